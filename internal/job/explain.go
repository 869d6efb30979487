package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// nearestShown is how many candidates an explanation compares.
const nearestShown = 5

// An Explanation says why items and payment lines came together, or why not.
type Explanation struct {
	Reference string    `json:"reference"`
	Items     []Because `json:"items"`
	Lines     []Because `json:"payment_lines"`
}

// A Because explains one item, or one payment line.
type Because struct {
	What       string       `json:"what"`
	Place      string       `json:"place"` // file:row, or the payment's objectId
	Match      string       `json:"match"`
	Status     string       `json:"status"`
	Matched    []Reason     `json:"matched"`
	Breaks     []BreakLine  `json:"breaks"`
	Note       string       `json:"note,omitempty"`
	Candidates []Comparison `json:"candidates"` // nearest first; only where nothing matched
}

// A Reason is one line on one item, and why.
type Reason struct {
	Rule       string      `json:"rule"`
	With       string      `json:"with"`
	Why        string      `json:"why"`
	Net        money.Paise `json:"net"`
	Adjustment money.Paise `json:"adjustment"`
}

// A Comparison is a candidate that was not taken, and what each rule says of it.
type Comparison struct {
	With  string   `json:"with"`
	Rules []Failed `json:"rules"`
	Taken string   `json:"taken_by,omitempty"` // whom it belongs to instead
	score [2]int64
}

// A Failed is one rule that did not hold, and by how much.
type Failed struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// Explain says why an invoice number, a UTR or an objectId matched or not. A
// reference of nothing is an error with ExitMissing.
func Explain(ctx context.Context, in Input, ref string) (*Explanation, error) {
	s, err := look(ctx, in, ref)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Reference: s.ref, Items: []Because{}, Lines: []Because{}}
	for _, r := range s.items {
		e.Items = append(e.Items, s.item(r))
	}
	for _, l := range s.lines {
		e.Lines = append(e.Lines, s.line(l))
	}
	return e, nil
}

// item explains an item: its lines, else the lines that come nearest.
func (s *sight) item(r *matcher.ItemResult) Because {
	it := r.Item
	b := Because{
		What:  fmt.Sprintf("%s %s of %s, %s", it.Type, it.Number, supplierName(it), it.Gross.Grouped()),
		Place: it.Pos.String(), Match: r.Rule.String(), Status: r.Status.String(), Note: r.Note, Breaks: s.breakLines(r.Breaks),
		Matched: []Reason{}, Candidates: []Comparison{},
	}
	for _, p := range s.facts.facts.Due() {
		if p.Source == sourceOf(it) && p.Debt == debtOf(it) && p.Reason != "" {
			b.Note = strings.TrimPrefix(b.Note+"; would not be proposed: "+p.Why+" ["+string(p.Reason)+"]", "; ")
		}
	}
	for _, m := range r.Matches {
		l := &matcher.LineResult{Remittance: m.Remittance, Line: m.Line}
		b.Matched = append(b.Matched, Reason{m.Rule.String(), lineName(l), whyMatched(m.Rule, it, l), m.Net, m.Adjustment})
	}
	if len(r.Matches) > 0 {
		return b
	}
	for i := range s.facts.facts.Result.Lines {
		l := &s.facts.facts.Result.Lines[i]
		if c, near := s.compare(it, l); near {
			c.With = lineName(l)
			if len(l.Items) > 0 {
				c.Taken = itemName(l.Items[0])
			}
			b.Candidates = append(b.Candidates, c)
		}
	}
	b.Candidates = nearestFirst(b.Candidates)
	return b
}

// line is the mirror image of item.
func (s *sight) line(l *matcher.LineResult) Because {
	b := Because{
		What:  fmt.Sprintf("payment of %s for %s, %s", l.Line.Net.Grouped(), l.Line.Number, l.Remittance.Outcome),
		Place: l.Remittance.ObjectID, Match: l.Rule.String(), Status: l.Remittance.Outcome.String(), Breaks: s.breakLines(l.Breaks),
		Matched: []Reason{}, Candidates: []Comparison{},
	}
	for _, it := range l.Items {
		b.Matched = append(b.Matched, Reason{l.Rule.String(), itemName(it), whyMatched(l.Rule, it, l), l.Line.Net, l.Line.Adjustment})
	}
	if len(l.Items) > 0 {
		return b
	}
	for i := range s.facts.facts.Result.Items {
		r := &s.facts.facts.Result.Items[i]
		if c, near := s.compare(r.Item, l); near {
			c.With = itemName(r.Item)
			if len(r.Matches) > 0 {
				c.Taken = r.Matches[0].Remittance.ObjectID
			}
			b.Candidates = append(b.Candidates, c)
		}
	}
	b.Candidates = nearestFirst(b.Candidates)
	return b
}

// compare says of an item and a line what each rule finds missing. They are near
// when they share the supplier, the number or the UTR.
func (s *sight) compare(it *ledger.Item, l *matcher.LineResult) (c Comparison, near bool) {
	p, line := l.Remittance, l.Line
	tolerance := s.in.Config.Matching.AmountTolerance
	supplier := it.Supplier.B2BID == p.Supplier && p.Supplier != ""
	number := it.Key != "" && it.Key == line.Key && !it.Damaged
	utr := it.UTR != "" && it.UTR == p.UTR && p.UTRFinal
	off := line.Net - it.Paid
	if it.Paid == 0 {
		off = line.Net - it.Cash()
	}
	amount := off.Abs() <= tolerance

	differ := []struct {
		same bool
		why  string
	}{
		{it.Buyer == p.Buyer, fmt.Sprintf("the buyer differs: %s in the books, %s in the payment", it.Buyer, p.Buyer)},
		{supplier, fmt.Sprintf("the supplier differs: %s in the books, %s in the payment", orNone(it.Supplier.B2BID), orNone(p.Supplier))},
		{number, s.numberDiffers(it, l)},
		{utr, utrDiffers(it, l)},
		{amount, fmt.Sprintf("the amount differs by %s: %s in the books, %s in the payment", off.Abs().Grouped(), (line.Net - off).Grouped(), line.Net.Grouped())},
	}
	first := func(needed ...int) string {
		for _, i := range needed {
			if !differ[i].same {
				return differ[i].why
			}
		}
		return "nothing differs, but another candidate fits as well or came first"
	}
	across := "the supplier is the same, and this rule is for those that differ"
	if !supplier {
		across = first(2, 3)
	}
	c.Rules = []Failed{
		{matcher.Normalised.String(), first(0, 1, 2)},
		{matcher.UTRAmount.String(), first(1, 3, 4)},
		{matcher.CrossSupplier.String(), across},
		{matcher.Suggested.String(), first(1, 4)},
	}
	for _, d := range differ {
		if !d.same {
			c.score[0]++
		}
	}
	c.score[1] = int64(off.Abs())
	return c, supplier || number || utr
}

func (s *sight) numberDiffers(it *ledger.Item, l *matcher.LineResult) string {
	if it.Damaged {
		return fmt.Sprintf("the number %q in the books is what a spreadsheet made of one, and is not compared", it.Number)
	}
	return fmt.Sprintf("the number differs: %q in the books, %q in the payment (compared as %s and %s)",
		it.Number, l.Line.Number, orNone(it.Key), orNone(l.Line.Key))
}

func utrDiffers(it *ledger.Item, l *matcher.LineResult) string {
	switch {
	case it.UTR == "":
		return "the books have no UTR"
	case l.Remittance.UTR == "":
		return "the payment has no UTR"
	case !l.Remittance.UTRFinal:
		return "the UTR of the payment is provisional and is not compared"
	}
	return fmt.Sprintf("the UTR differs: %s in the books, %s in the payment", it.UTR, l.Remittance.UTR)
}

// whyMatched says in words what the rule found equal.
func whyMatched(rule matcher.Rule, it *ledger.Item, l *matcher.LineResult) string {
	switch rule {
	case matcher.Exact:
		if it.InvoiceID != "" && it.InvoiceID == l.Line.InvoiceID {
			return "the objectId of the invoice is the same"
		}
		return "buyer, supplier and number are the same as written"
	case matcher.Normalised:
		return fmt.Sprintf("%q and %q are both %s when spelling is set aside", it.Number, l.Line.Number, it.Key)
	case matcher.UTRAmount:
		return fmt.Sprintf("the supplier and the UTR %s are the same, and the amount agrees; the number differs", l.Remittance.UTR)
	case matcher.Grouped:
		return fmt.Sprintf("the supplier and the UTR %s are the same, and the amounts of several sum up", l.Remittance.UTR)
	case matcher.CrossSupplier:
		return fmt.Sprintf("the number and the UTR are the same, and the supplier differs: %s in the books, %s in the payment", orNone(it.Supplier.B2BID), l.Remittance.Supplier)
	case matcher.Suggested:
		return "the supplier is the same and the amount agrees, and nothing else does: a likely pair that a person must confirm, and that counts as nothing"
	}
	return ""
}

func nearestFirst(all []Comparison) []Comparison {
	slices.SortStableFunc(all, func(a, b Comparison) int {
		return cmp.Or(cmp.Compare(a.score[0], b.score[0]), cmp.Compare(a.score[1], b.score[1]))
	})
	return all[:min(len(all), nearestShown)]
}

func lineName(l *matcher.LineResult) string {
	return fmt.Sprintf("payment %s for %s, net %s", l.Remittance.ObjectID, l.Line.Number, l.Line.Net.Grouped())
}

func itemName(it *ledger.Item) string {
	return fmt.Sprintf("%s %s (%s), cash %s", it.Type, it.Number, it.Pos, it.Cash().Grouped())
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
