package matcher

import (
	"errors"
	"fmt"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// ErrLost means that the matcher lost or made an item, a line or a paisa: a
// fault of this program.
var ErrLost = errors.New("the matcher's result does not tie to its input")

// check proves the money rule (contract, section 6): every item and every line
// once, every item in one status, and the shares of a line adding up to it.
func (result *Result) check(items []ledger.Item, remittances []payment.Remittance) error {
	if got, want := len(result.Items), len(items); got != want {
		return fmt.Errorf("%w: %d items, of %d read", ErrLost, got, want)
	}
	var in, out money.Paise
	for i := range items {
		in += items[i].Cash()
	}
	seen := make(map[*ledger.Item]bool, len(items))
	shares := make(map[LineRef]Share)
	for i := range result.Items {
		r := &result.Items[i]
		out += r.Item.Cash()
		if seen[r.Item] {
			return fmt.Errorf("%w: %s stands in it twice", ErrLost, r.Item.Pos)
		}
		seen[r.Item] = true
		if r.Status < Credit || r.Status > Due {
			return fmt.Errorf("%w: %s has no status", ErrLost, r.Item.Pos)
		}
		for _, m := range r.Matches {
			ref := LineRef{m.Remittance, m.Line}
			s := shares[ref]
			s.Net += m.Net
			s.Adjustment += m.Adjustment
			shares[ref] = s
		}
	}
	if in != out {
		return fmt.Errorf("%w: %s of cash, of %s read", ErrLost, out, in)
	}
	lines := 0
	for i := range remittances {
		lines += len(remittances[i].Lines)
	}
	if got := len(result.Lines); got != lines {
		return fmt.Errorf("%w: %d payment lines, of %d read", ErrLost, got, lines)
	}
	for i := range result.Lines {
		l := &result.Lines[i]
		s, matched := shares[LineRef{l.Remittance, l.Line}]
		delete(shares, LineRef{l.Remittance, l.Line})
		if matched != (len(l.Items) > 0) || matched && (s.Net != l.Line.Net || s.Adjustment != l.Line.Adjustment) {
			return fmt.Errorf("%w: invoice %d of payment %s was shared out as %s of %s", ErrLost,
				l.Line.Position+1, l.Remittance.ObjectID, s.Net, l.Line.Net)
		}
	}
	if len(shares) > 0 {
		return fmt.Errorf("%w: %d lines were used that do not exist", ErrLost, len(shares))
	}
	return nil
}
