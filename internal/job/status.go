package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Status is where one reference stands, with evidence.
type Status struct {
	Reference string        `json:"reference"`
	AsOf      day.Date      `json:"as_of"`
	Items     []ItemStatus  `json:"items"`
	Payments  []PaymentLine `json:"payment_lines"`
	Own       []OwnStatus   `json:"own_payments"` // as our journal has them
}

// An ItemStatus is one open item of the books and what became of it.
type ItemStatus struct {
	Place          string      `json:"place"` // file:row
	Buyer          string      `json:"buyer_b2b_id"`
	Supplier       string      `json:"supplier_b2b_id"`
	SupplierName   string      `json:"supplier_name"`
	Number         string      `json:"supplier_invoice_number"`
	Document       string      `json:"document_type"`
	InvoiceAmount  money.Paise `json:"invoice_amount"`
	CashPayable    money.Paise `json:"cash_payable"`
	CashPaid       money.Paise `json:"cash_paid"`
	Adjusted       money.Paise `json:"adjusted"`
	Difference     money.Paise `json:"difference"`
	Status         string      `json:"status"`
	Match          string      `json:"match"`
	Confirmation   string      `json:"confirmation"`
	Timeline       []Moment    `json:"timeline"`
	Breaks         []BreakLine `json:"breaks"`
	Note           string      `json:"note,omitempty"`
	PaymentsByRule []string    `json:"payments"` // objectIds
}

// A Moment is one entry of a timeline.
type Moment struct {
	Date  day.Date `json:"date"` // empty where nothing says when
	What  string   `json:"what"`
	Place string   `json:"evidence"`
}

// A PaymentLine is one invoice of a payment, as the world tells it.
type PaymentLine struct {
	ObjectID     string      `json:"payment_object_id"`
	Date         day.Date    `json:"date"`
	Supplier     string      `json:"supplier_b2b_id"`
	Number       string      `json:"supplier_invoice_number"`
	UTR          string      `json:"utr"`
	UTRFinal     bool        `json:"utr_final"`
	Mode         string      `json:"mode"`
	Net          money.Paise `json:"net"`
	Adjustment   money.Paise `json:"adjustment"`
	Outcome      string      `json:"outcome"`
	Conflict     string      `json:"conflict,omitempty"`
	Confirmation string      `json:"confirmation"`
	Items        []string    `json:"items"` // file:row
	Match        string      `json:"match"`
	Breaks       []BreakLine `json:"breaks"`
	Evidence     []Evidence  `json:"evidence"`
}

// A BreakLine is one break.
type BreakLine struct {
	Code   string      `json:"code"`
	Amount money.Paise `json:"amount"`
	Detail string      `json:"detail"`
	Note   *NoteLine   `json:"note,omitempty"` // what a controller has said of it; nil where nothing
}

// Evidence is one thing said about a payment, and where.
type Evidence struct {
	Says  string `json:"says"`
	Place string `json:"place"`
}

// StatusOf says where an invoice number, a UTR or an objectId stands at the
// business date. A reference of nothing is an error with ExitMissing.
func StatusOf(ctx context.Context, in Input, ref string) (*Status, error) {
	s, err := look(ctx, in, ref)
	if err != nil {
		return nil, err
	}
	s.withMatches()
	status := &Status{Reference: s.ref, AsOf: in.AsOf, Items: []ItemStatus{}, Payments: []PaymentLine{}, Own: s.own}
	for _, r := range s.items {
		status.Items = append(status.Items, s.itemStatus(r))
	}
	for _, l := range s.lines {
		status.Payments = append(status.Payments, s.paymentLine(l))
	}
	return status, nil
}

func (s *sight) itemStatus(r *matcher.ItemResult) ItemStatus {
	it := r.Item
	one := ItemStatus{
		Place: it.Pos.String(), Buyer: it.Buyer, Supplier: it.Supplier.B2BID, SupplierName: supplierName(it),
		Number: it.Number, Document: it.Type.String(), InvoiceAmount: it.Gross,
		CashPayable: it.Cash(), CashPaid: r.CashPaid, Adjusted: r.Adjusted, Difference: it.Cash() - r.CashPaid,
		Status: r.Status.String(), Match: r.Rule.String(), Confirmation: r.Confirmation,
		Breaks: s.breakLines(r.Breaks), Note: r.Note, PaymentsByRule: []string{},
	}
	one.Timeline = timeline(r)
	for _, m := range r.Matches {
		one.PaymentsByRule = append(one.PaymentsByRule, m.Remittance.ObjectID)
	}
	return one
}

// timeline tells an item's story by date: what the books say, and what the world
// says of each payment on it. What nobody dated comes last.
func timeline(r *matcher.ItemResult) []Moment {
	it := r.Item
	place := it.Pos.String()
	told := [][]Moment{{{it.InvoiceDate, fmt.Sprintf("%s of %s booked", it.Type, it.Gross.Grouped()), place}}}
	if it.DueDate != 0 {
		told = append(told, []Moment{{it.DueDate, fmt.Sprintf("due, %s still to be paid in the books", it.Due.Grouped()), place}})
	}
	if it.Paid != 0 {
		what := fmt.Sprintf("the books say that %s was paid", it.Paid.Grouped())
		if it.UTR != "" {
			what += ", UTR " + it.UTR
		}
		told = append(told, []Moment{{it.PaymentDate, what, place}})
	}
	for _, m := range r.Matches {
		p := m.Remittance
		what := fmt.Sprintf("payment %s of %s (%s): %s", p.ObjectID, m.Net.Grouped(), m.Rule, p.Outcome)
		if p.Conflict != "" {
			what += ", for the evidence contradicts itself: " + p.Conflict
		}
		moments := []Moment{{Date: p.Date, What: what}}
		for _, e := range evidence(p) {
			moments = append(moments, Moment{What: "  " + e.Says, Place: e.Place})
		}
		if m.Line.Confirmation != 0 {
			moments = append(moments, Moment{What: "  the supplier's answer: " + m.Line.Confirmation.String()})
		}
		told = append(told, moments)
	}
	slices.SortStableFunc(told, func(a, b []Moment) int {
		// As an unsigned number, the day before the first is the last one.
		return cmp.Compare(uint32(a[0].Date-1), uint32(b[0].Date-1))
	})
	return slices.Concat(told...)
}

func (s *sight) paymentLine(r *matcher.LineResult) PaymentLine {
	p, l := r.Remittance, r.Line
	line := PaymentLine{
		ObjectID: p.ObjectID, Date: p.Date, Supplier: p.Supplier, Number: l.Number, UTR: p.UTR, UTRFinal: p.UTRFinal,
		Mode: p.Mode, Net: l.Net, Adjustment: l.Adjustment, Outcome: p.Outcome.String(), Conflict: p.Conflict,
		Confirmation: l.Confirmation.String(), Items: []string{}, Match: r.Rule.String(),
		Breaks: s.breakLines(r.Breaks), Evidence: evidence(p),
	}
	for _, it := range r.Items {
		line.Items = append(line.Items, it.Pos.String())
	}
	return line
}

// breakLines lists breaks with what controllers have said of them.
func (s *sight) breakLines(breaks []matcher.Break) []BreakLine {
	lines := make([]BreakLine, len(breaks))
	for i, b := range breaks {
		lines[i] = BreakLine{string(b.Code), b.Amount, b.Detail, s.notes[b.ExceptionID]}
	}
	return lines
}
