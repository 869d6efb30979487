package report

import (
	"reconcile/internal/day"
	"reconcile/internal/money"
)

// Payments is what our own submissions have come to.
type Payments struct {
	Approved  Amount // what this run found approved, or approved itself
	Submitted Amount // what this run wrote to the platform
	Withdrawn int    // how many this run withdrew, for something had changed since the approval

	// Own are the instructions of the journal, in its order: all that are not
	// settled, and what moved in this run.
	Own []OwnPayment

	// Alarms are what must be told at once, a sentence each.
	Alarms []string

	// Stopped says why sending ended before its end; empty where it did not.
	Stopped string
}

// An OwnPayment is one instruction of ours and how far it has come.
type OwnPayment struct {
	ObjectID     string
	State        string // INTENT, SENDING, UNSURE, ACKED, PAID, FAILED, RETURNED, VOID
	Unclear      bool   // ACKED, and messages tell neither success nor failure
	Supplier     string // B2B id
	SupplierName string
	Buyer        string
	Numbers      string // of its invoices
	Net          money.Paise
	Adjustment   money.Paise
	Attempt      int
	Since        day.Date // of the state, in the company's zone

	// The way it took, as days in the company's zone; 0 where it has not come so far.
	Proposed day.Date // its plan was registered
	Approved day.Date // by the decision that completed what the plan needs
	Sent     day.Date // begun: from then on it may have been sent
	Paid     day.Date // the journal learnt that it is paid

	// Told says that its outcome is known from people, from the answer to the
	// request or from a message whose log is gone: then the logs have no day of it.
	Told bool

	Why  string // the last word about it, a line
	Plan string // SHA-256 of its plan
}

// stateMeanings says what each state asks of the reader.
var stateMeanings = map[string]string{
	"INTENT":   "approved, not sent yet",
	"SENDING":  "begun; it may have been sent",
	"UNSURE":   "perhaps sent: nobody knows the outcome; it is never sent again. Wait for the webhook, or resolve it",
	"ACKED":    "the platform has it; the outcome is to come",
	"PAID":     "paid",
	"FAILED":   "not executed; a person decides about the next attempt",
	"RETURNED": "came back; a person decides about the next attempt",
	"VOID":     "withdrawn before it was sent",
}

// by sums the payments in one of the states.
func (p *Payments) by(states ...string) Amount {
	var a Amount
	for i := range p.Own {
		for _, s := range states {
			if p.Own[i].State == s {
				a.add(p.Own[i].Net)
			}
		}
	}
	return a
}

// unknown sums the payments whose outcome nobody knows.
func (p *Payments) unknown() Amount {
	a := p.by("UNSURE", "SENDING")
	for i := range p.Own {
		if o := &p.Own[i]; o.Unclear && o.State == "ACKED" {
			a.add(o.Net)
		}
	}
	return a
}

// paymentsTable lists our own payments, the doubtful first.
func (f *Facts) paymentsTable() table {
	return table{
		name:  "Payments",
		empty: "Nothing was submitted by this program.",
		fixed: 2,
		paper: 8,
		columns: []column{
			{title: "State"}, {title: "Supplier", max: 30}, {title: "Invoice numbers", max: 34}, {title: "Cash", right: true}, {title: "Tax and credits", right: true},
			{title: "What it means", max: 50}, {title: "Last word", max: 50}, {title: "Since"}, {title: "Attempt", right: true},
			{title: "Payment", max: 38}, {title: "Supplier B2B id"}, {title: "Buyer B2B id"}, {title: "Plan", max: 80},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 13)
			for _, state := range []string{"UNSURE", "SENDING", "FAILED", "RETURNED", "ACKED", "INTENT", "PAID", "VOID"} {
				for i := range f.Payments.Own {
					o := &f.Payments.Own[i]
					if o.State != state {
						continue
					}
					row = append(row[:0], text(o.State), text(o.SupplierName), text(o.Numbers), amount(o.Net), amount(o.Adjustment),
						text(stateMeanings[o.State]), text(o.Why), date(o.Since), count(o.Attempt),
						text(o.ObjectID), text(o.Supplier), text(o.Buyer), text(o.Plan))
					if err := yield(row); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}
