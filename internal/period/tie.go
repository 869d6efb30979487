package period

import (
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Row is one line of a statement: how many of something there are, and what they
// come to, with its sign.
type Row struct {
	What   string      `json:"what"`
	Count  int         `json:"count"` // 0 of a sum
	Amount money.Paise `json:"amount"`
	Sum    bool        `json:"sum,omitempty"` // the sum of the rows above it, back to the sum before
}

// A Tie is the sub-ledger beside the creditors' control account.
type Tie struct {
	Bridge      []Row       `json:"bridge"` // from the open invoices to the control account
	SubLedger   money.Paise `json:"sub_ledger"`
	Control     money.Paise `json:"control"`     // credit balance: what the trial balance says is owed
	Difference  money.Paise `json:"difference"`  // control − sub-ledger
	Quarantined Row         `json:"quarantined"` // in the bridge only where the two are not equal
	Foreign     int         `json:"foreign"`     // rows in other currencies, which are in no sum
	Undated     int         `json:"undated"`     // rows without a date, which are taken to be of the period or before it
}

// Ties tells whether the two are equal, to the paisa.
func (t *Tie) Ties() bool { return t.Difference == 0 }

// TieOut compares what the files say is owed at the end of a period with the control
// account.
func TieOut(result *matcher.Result, book *ledger.Book, end day.Date, control money.Paise) Tie {
	t := Tie{Control: control}
	byType := map[ledger.DocumentType]*Row{
		ledger.Invoice: {What: "Open invoices, as the files have them"}, ledger.CreditNote: {What: "less credit notes"},
		ledger.DebitNote: {What: "less debit notes"}, ledger.Advance: {What: "less advances"},
	}
	later, since := Row{What: "less documents dated after the period"}, Row{What: "add back what was paid after the period"}
	for i := range result.Items {
		it := result.Items[i].Item
		switch {
		case !counts(it):
			t.Foreign++
			continue
		case it.InvoiceDate == 0:
			t.Undated++
		}
		due := signed(it, it.Due)
		if due != 0 {
			byType[it.Type].add(due)
		}
		switch at := balance(it, end); {
		case it.InvoiceDate > end && due != 0:
			later.add(-due)
		case it.InvoiceDate <= end && at != due:
			since.add(plus(at, -due))
		}
		if it.InvoiceDate <= end {
			t.SubLedger = plus(t.SubLedger, balance(it, end))
		}
	}
	for _, kind := range []ledger.DocumentType{ledger.Invoice, ledger.CreditNote, ledger.DebitNote, ledger.Advance} {
		t.Bridge = append(t.Bridge, *byType[kind])
	}
	t.Difference = plus(control, -t.SubLedger)
	t.Quarantined = quarantinedDue(book)
	t.Bridge = append(t.Bridge, later, since, Row{What: "Sub-ledger at the end of the period", Amount: t.SubLedger, Sum: true})
	if !t.Ties() {
		// Where it ties, what is in quarantine explains nothing.
		t.Bridge = append(t.Bridge, t.Quarantined, Row{What: "Unexplained", Amount: plus(t.Difference, -t.Quarantined.Amount)})
	}
	t.Bridge = append(t.Bridge, Row{What: "Creditors' control account", Amount: control, Sum: true})
	return t
}

// quarantinedDue is what the rows that could not be read say is due, as far as it
// can be read: of no row it is known whose sign it has.
func quarantinedDue(book *ledger.Book) Row {
	row := Row{What: "Rows in quarantine, as far as their amount due can be read"}
	for i := range book.Inputs {
		in := &book.Inputs[i]
		row.Count += in.Quarantined - in.Mended
		for _, c := range in.Columns {
			if c.Column == "due_amount" {
				row.Amount = plus(row.Amount, c.Quarantined)
			}
		}
	}
	return row
}

func (r *Row) add(p money.Paise) {
	r.Count++
	r.Amount = plus(r.Amount, p)
}

// added tells whether every sum of a statement is the sum of its rows.
func added(rows []Row) bool {
	var running money.Paise
	for _, r := range rows {
		if r.Sum {
			if r.Amount != running {
				return false
			}
			continue
		}
		running = plus(running, r.Amount)
	}
	return true
}
