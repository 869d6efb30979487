package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/spelling"
)

// A sight is what one reference stands for, in freshly matched inputs.
type sight struct {
	ref   string
	in    Input
	facts *gathering
	items []*matcher.ItemResult
	lines []*matcher.LineResult
	own   []OwnStatus          // payments of ours
	notes map[string]*NoteLine // of controllers, by exception id
}

// look loads and matches the inputs and finds what ref stands for: an invoice
// number as written or by its key, an objectId, or a UTR. It writes nothing.
func look(ctx context.Context, in Input, ref string) (found *sight, err error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return nil, &ExitError{ExitUsage, errors.New("give an invoice number, a UTR or an objectId")}
	}
	key, err := readKey(in.Config.Path(in.Config.Store))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, withIO(err)
	}
	in.Kind = KindRun // so that what is due is explained too; nothing is written
	t, err := openTillReadOnly(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	g, err := gather(ctx, in, key, t)
	if err != nil {
		return nil, err
	}
	due, err := g.payables(ctx, nil)
	if err != nil {
		return nil, err
	}
	g.facts.Proposal = due.propose()
	s := &sight{ref: ref, in: in, facts: g}
	s.find()
	if err := s.ownPayments(ctx, t); err != nil {
		return nil, err
	}
	if s.notes, err = g.standingNow(ctx); err != nil {
		return nil, err
	}
	if len(s.items) == 0 && len(s.lines) == 0 && len(s.own) == 0 {
		return nil, s.notFound()
	}
	return s, nil
}

// find collects the items and lines that ref names.
func (s *sight) find() {
	result := s.facts.facts.Result
	number, utr := party.NumberKey(s.ref), party.UTR(s.ref)
	for i := range result.Items {
		it := result.Items[i].Item
		if it.Number == s.ref || it.InvoiceID == s.ref || number != "" && it.Key == number && !it.Damaged || utr != "" && it.UTR == utr {
			s.items = append(s.items, &result.Items[i])
		}
	}
	for i := range result.Lines {
		r, l := result.Lines[i].Remittance, result.Lines[i].Line
		if r.ObjectID == s.ref || l.Number == s.ref || l.InvoiceID == s.ref || number != "" && l.Key == number || utr != "" && r.UTR == utr {
			s.lines = append(s.lines, &result.Lines[i])
		}
	}
}

// withMatches adds the lines on the items found, and the items of the lines
// found: the other side of the same invoice, however it is spelt there.
func (s *sight) withMatches() {
	result := s.facts.facts.Result
	items, lines := s.items, s.lines
	for i := range result.Items {
		for _, l := range lines {
			if slices.Contains(l.Items, result.Items[i].Item) && !slices.Contains(s.items, &result.Items[i]) {
				s.items = append(s.items, &result.Items[i])
			}
		}
	}
	for i := range result.Lines {
		for _, it := range items {
			if slices.Contains(result.Lines[i].Items, it.Item) && !slices.Contains(s.lines, &result.Lines[i]) {
				s.lines = append(s.lines, &result.Lines[i])
			}
		}
	}
}

// notFound says that ref names nothing, and which references read alike.
func (s *sight) notFound() error {
	if text := s.quarantined(); text != "" {
		return &ExitError{ExitMissing, errors.New(text)}
	}
	near := s.nearest(3)
	text := fmt.Sprintf("nothing in these inputs bears the reference %q", s.ref)
	if len(near) > 0 {
		text += "; the nearest are " + strings.Join(near, ", ")
	} else {
		text += "; check the spelling, and whether the files of that month are configured"
	}
	return &ExitError{ExitMissing, errors.New(text + " [reference-unknown]")}
}

// quarantined says why the row that bears the reference could not be read; empty
// where no such row does.
func (s *sight) quarantined() string {
	for _, row := range s.facts.facts.Ledger.Quarantined {
		if !slices.ContainsFunc(row.Cells, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), s.ref) }) {
			continue
		}
		for _, p := range s.facts.facts.Ledger.Problems {
			if p.Pos.File == row.Pos.File && p.Pos.Sheet == row.Pos.Sheet && p.Pos.Row == row.Pos.Row {
				return "quarantined: " + p.String()
			}
		}
	}
	return ""
}

// nearest returns the n references that take the fewest edits to become ref.
func (s *sight) nearest(n int) []string {
	type scored struct {
		ref      string
		distance int
	}
	var all []scored
	seen := map[string]bool{"": true}
	add := func(ref string) {
		if !seen[ref] {
			seen[ref] = true
			// Half of the characters changed is no longer a misspelling.
			if d := spelling.Distance(strings.ToUpper(s.ref), strings.ToUpper(ref)); d <= max(2, len(s.ref)/2) {
				all = append(all, scored{ref, d})
			}
		}
	}
	for i := range s.facts.facts.Result.Items {
		it := s.facts.facts.Result.Items[i].Item
		add(it.Number)
		add(it.UTR)
	}
	for i := range s.facts.facts.Result.Lines {
		l := &s.facts.facts.Result.Lines[i]
		add(l.Line.Number)
		add(l.Remittance.UTR)
		add(l.Remittance.ObjectID)
	}
	slices.SortFunc(all, func(a, b scored) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.ref, b.ref)
	})
	var refs []string
	for _, one := range all[:min(n, len(all))] {
		refs = append(refs, plainly(one.ref))
	}
	return refs
}

// plainly returns a reference as it is, and with its escapes where it holds what
// nobody sees or what would break the line.
func plainly(ref string) string {
	if strings.ContainsFunc(ref, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.QuoteToGraphic(ref)
	}
	return ref
}

// supplierName returns how a supplier is best called.
func supplierName(it *ledger.Item) string {
	for _, name := range []string{it.Supplier.Name, it.Supplier.B2BID, it.Supplier.Code, it.Supplier.GSTIN} {
		if name != "" {
			return name
		}
	}
	return ""
}

// evidence returns where a payment stands in the logs.
func evidence(r *payment.Remittance) []Evidence {
	list := make([]Evidence, len(r.Evidence))
	for i, e := range r.Evidence {
		list[i] = Evidence{Says: e.Says, Place: e.Pos.String()}
	}
	return list
}
