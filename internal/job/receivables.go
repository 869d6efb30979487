package job

import (
	"context"
	"errors"
	"fmt"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/statute"
)

// Receivables are the books of what customers owe us. They are read as a ledger
// is, with one difference: of the two parties of a row, the one that is a
// registration of ours is us, under whichever of the two columns it stands, and
// the other one is the customer. The paid amount is what we received.
type receivables struct {
	book      *ledger.Book
	tolerance money.Paise
	doubtful  map[string]bool // by file: rows of it could not be read
	byNumber  map[claimKey][]*ledger.Item
	nobody    int // rows that name no registration of ours, or no customer
}

// A claimKey is by what a payment names an invoice of ours.
type claimKey struct{ us, customer, number string }

// readReceivables reads the books that the configuration names.
func readReceivables(ctx context.Context, in Input) (*receivables, error) {
	c := *in.Config
	c.Ledger, c.Buyers = c.Receivables, nil // customers are anybody
	in.Config = &c
	files, err := source.Find(c.Dir, c.Ledger.Files)
	if err != nil {
		return nil, name(err, "receivables.files")
	}
	g := &gathering{in: in}
	customers, err := g.suppliers(ctx)
	if err != nil {
		return nil, name(err, "receivables")
	}
	if err := g.ledger(ctx, files, customers); err != nil {
		return nil, name(err, "receivables")
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("stopped after receivables: %w", err)
	}
	return newReceivables(g.facts.Ledger, c.Supplier, c.Matching.AmountTolerance), nil
}

func newReceivables(book *ledger.Book, ours []party.Buyer, tolerance money.Paise) *receivables {
	r := &receivables{book: book, tolerance: tolerance, doubtful: make(map[string]bool), byNumber: make(map[claimKey][]*ledger.Item)}
	for _, in := range book.Inputs {
		r.doubtful[in.Path] = in.Doubtful
	}
	for i := range book.Items {
		it := &book.Items[i]
		us, customer := sides(it, ours)
		if us == "" || customer == "" {
			r.nobody++
			continue
		}
		if it.Key != "" && !it.Damaged {
			k := claimKey{us, customer, it.Key}
			r.byNumber[k] = append(r.byNumber[k], it)
		}
	}
	return r
}

// sides tells who of a row is us and who the customer. Where we have one
// registration a row need not name it.
func sides(it *ledger.Item, ours []party.Buyer) (us, customer string) {
	is := func(id string) bool {
		for _, o := range ours {
			if o.B2BID == id {
				return true
			}
		}
		return false
	}
	buyer, supplier := it.Buyer, it.Supplier.B2BID
	switch {
	case is(supplier):
		return supplier, buyer
	case is(buyer):
		return buyer, supplier
	case len(ours) == 1 && buyer == "":
		return ours[0].B2BID, supplier
	case len(ours) == 1 && supplier == "":
		return ours[0].B2BID, buyer
	}
	return "", ""
}

// of finds the one row that an invoice of a payment pays, or says why there is
// none.
func (r *receivables) of(p *payment.Remittance, l *payment.Line) (*ledger.Item, error) {
	found := r.byNumber[claimKey{p.Supplier, p.Buyer, l.Key}]
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("no receivable of %s has the number %s", p.Buyer, l.Number)
	case len(found) > 1:
		return nil, fmt.Errorf("%d receivables of %s have the number %s, the first at %s", len(found), p.Buyer, l.Number, sourceOf(found[0]))
	}
	it := found[0]
	at := sourceOf(it)
	switch {
	case it.Type != ledger.Invoice || it.Cash() < 0:
		return nil, fmt.Errorf("%s at %s is no invoice but a %s", l.Number, at, it.Type)
	case it.Repeated:
		return nil, fmt.Errorf("another row says the same of invoice %s as %s", l.Number, at)
	case it.Currency != "INR":
		return nil, fmt.Errorf("invoice %s at %s is in %s", l.Number, at, it.Currency)
	case r.doubtful[it.Pos.File]:
		return nil, fmt.Errorf("invoice %s stands in %s, of which rows could not be read", l.Number, it.Pos.File)
	case l.InvoiceID != "" && it.InvoiceID != "" && l.InvoiceID != it.InvoiceID:
		return nil, fmt.Errorf("the platform's id of invoice %s is another one at %s", l.Number, at)
	}
	return it, nil
}

// agrees says why the amounts of an invoice and its row differ; nil where they
// agree. What is booked as received has to be the cash of this payment; where
// nothing is, all that is open has to be settled by it. What is settled without
// cash the books must know, or a rate of withholding must explain.
func (r *receivables) agrees(p *payment.Remittance, l *payment.Line, it *ledger.Item) error {
	near := func(a, b money.Paise) bool { return (a - b).Abs() <= r.tolerance }
	booked := it.Paid > r.tolerance
	known := it.Withheld()
	switch at := sourceOf(it); {
	case it.Gap.Abs() > r.tolerance:
		return fmt.Errorf("the amounts of invoice %s at %s do not add up", l.Number, at)
	case booked && !near(l.Net, it.Paid):
		return fmt.Errorf("of invoice %s ₹ %s is booked as received at %s, and the payment brings ₹ %s", l.Number, it.Paid.Grouped(), at, l.Net.Grouped())
	case booked && p.UTRFinal && it.UTR != "" && it.UTR != p.UTR:
		return fmt.Errorf("the money for invoice %s is booked under UTR %s at %s, and the payment has %s", l.Number, it.UTR, at, p.UTR)
	case !booked && !near(l.Net+l.Adjustment, it.Due+known):
		return fmt.Errorf("of invoice %s ₹ %s is open at %s, and the payment settles ₹ %s", l.Number, (it.Due + known).Grouped(), at, (l.Net + l.Adjustment).Grouped())
	case !near(l.Adjustment, known) && len(statute.Explain(l.Adjustment-known, it.Taxable, it.InvoiceDate)) == 0:
		return fmt.Errorf("the payment settles ₹ %s of invoice %s without cash, and the books know of ₹ %s at %s", l.Adjustment.Grouped(), l.Number, known.Grouped(), at)
	}
	return nil
}

// errNoReference is why an OFFPLATFORM payment cannot be found in the books.
var errNoReference = errors.New("the payment names no UTR by which the books could know it")

// received says why the books do not show that the money of an OFFPLATFORM
// payment came; nil where they do. To accept is to say that it came.
func (r *receivables) received(p *payment.Remittance, l *payment.Line, it *ledger.Item) error {
	switch {
	case p.UTR == "":
		return errNoReference
	case it.Paid <= r.tolerance || it.UTR != p.UTR:
		return fmt.Errorf("the books do not show the money for invoice %s as received under UTR %s, at %s", l.Number, p.UTR, sourceOf(it))
	}
	return nil
}
