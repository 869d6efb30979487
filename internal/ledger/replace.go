package ledger

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/source"
)

// A claim is a line of a mended file that could be read: it says that it
// replaces a quarantined row of a ledger, and counts only where that is true. It
// may be no item, such as a further line of a bill, or a voucher that was taken
// back.
type claim struct {
	origin   origin
	line     QuarantinedRow // the line itself, as it would be shown if it were refused
	headings []string       // above it
	amounts  [len(amountColumns)]amount
	item     int    // index of Items; -1 where the line was skipped
	reason   string // for which it was
	input    int    // index of Inputs
	done     bool
}

// claim notes the line at hand, which has just become an item, or was skipped for
// a reason.
func (r *reader) claim(o origin, reading *rowReader, reason string) {
	c := claim{
		origin: o, line: reading.kept(), headings: reading.b.headings, amounts: reading.amounts,
		item: len(r.book.Items) - 1, input: len(r.book.Inputs), reason: reason,
	}
	c.line.mended = true
	if reason != "" {
		c.item = -1
	}
	r.claims = append(r.claims, c)
}

// resolves tells whether a line that was skipped for the reason says all the same
// what becomes of its row. An emptied line says nothing.
func resolves(reason string) bool {
	switch reason {
	case skipBlank, skipHeading, skipRule, skipSection:
		return false
	}
	return true
}

// replace looks for every mended line whether the row that it replaces is still
// there as it was quarantined. Where it is, the row is mended; where it is not,
// the line may be in the books a second time, and is quarantined. What it says of
// itself is never enough: money is proposed by it.
func (r *reader) replace() error {
	if len(r.claims) > 0 {
		rows := r.replaceable()
		claimed := make(map[*QuarantinedRow]int)
		for i := range r.claims {
			if row := rows.at[place(r.claims[i].origin.pos)]; row != nil {
				claimed[row]++
			}
		}
		var refused []int
		var faults []source.Problem
		var lines []QuarantinedRow
		for i := range r.claims {
			c := &r.claims[i]
			row, id, more := rows.of(c)
			if row != nil && claimed[row] > 1 {
				row, id, more = nil, checkMendedTwice, "row "+row.Pos.String()
			}
			if row != nil {
				rows.mend(row, c)
				r.input(row.Pos.File).Mended++
				continue
			}
			if err := r.refuse(c); err != nil {
				return err
			}
			if c.item >= 0 {
				refused = append(refused, c.item)
			}
			lines = append(lines, c.line)
			faults = append(faults, c.fault(id, more))
		}
		r.withdraw(refused)
		r.book.Problems = append(r.book.Problems, faults...)
		r.book.Quarantined = append(r.book.Quarantined, lines...)
	}
	r.doubt()
	return nil
}

// A rowIndex knows the rows that may be replaced, and what else there is.
type rowIndex struct {
	files    map[string]bool // ledgers that are no mended files
	problems map[source.Pos][]*source.Problem
	at       map[source.Pos]*QuarantinedRow // those whose cells are known, by place
	sealed   map[string]*QuarantinedRow     // the same by seal
}

// place is the place of a row, as a mended file can say it: outer spaces of a
// sheet's name are lost on the way.
func place(p source.Pos) source.Pos {
	p.Col, p.Sheet = 0, strings.TrimSpace(p.Sheet)
	return p
}

func (r *reader) replaceable() *rowIndex {
	x := &rowIndex{
		files: make(map[string]bool), at: make(map[source.Pos]*QuarantinedRow),
		sealed: make(map[string]*QuarantinedRow), problems: make(map[source.Pos][]*source.Problem),
	}
	for _, in := range r.book.Inputs {
		x.files[in.Path] = true
	}
	for i := range r.claims {
		delete(x.files, r.claims[i].line.Pos.File)
	}
	for i := range r.book.Problems {
		p := &r.book.Problems[i]
		x.problems[place(p.Pos)] = append(x.problems[place(p.Pos)], p)
	}
	for i := range r.book.Quarantined {
		row := &r.book.Quarantined[i]
		if row.Seal == "" || row.mended {
			continue
		}
		x.at[place(row.Pos)] = row
		x.sealed[row.Seal] = row
	}
	return x
}

// of returns the row that a line replaces, or why it replaces none.
func (x *rowIndex) of(c *claim) (row *QuarantinedRow, id checkID, more string) {
	o := &c.origin
	row = x.at[place(o.pos)]
	switch {
	case o.pos.File == "" || o.pos.Row == 0:
		return nil, checkMendedUnknown, "file and row are not filled in"
	case o.seal == "":
		return nil, checkMendedUnknown, "the seal is missing, by which the row is known again"
	case !x.files[o.pos.File]:
		return nil, checkMendedUnknown, o.pos.File + " is none of the ledgers"
	case row != nil && row.Seal != o.seal || row == nil && x.problems[place(o.pos)] != nil:
		return nil, checkMendedChanged, x.moved(o)
	case row == nil && x.sealed[o.seal] != nil:
		return nil, checkMendedChanged, x.moved(o)
	case row == nil:
		return nil, checkMendedDone, o.pos.String()
	case row.Layout != c.line.Layout || !sameHeadings(row.Headings, c.headings):
		return nil, checkMendedUnknown, "its headings are not those of " + o.pos.File
	}
	return row, 0, ""
}

// moved says where the row stands now, if it is anywhere.
func (x *rowIndex) moved(o *origin) string {
	if row := x.sealed[o.seal]; row != nil {
		return o.pos.String() + " stands at " + row.Pos.String() + " now"
	}
	return o.pos.String()
}

// sameHeadings compares the headings of a ledger with those of its mended rows,
// which may have empty ones behind them.
func sameHeadings(a, b []string) bool {
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if fold(x) != fold(y) {
			return false
		}
	}
	return true
}

// mend notes that a line replaces a row.
func (x *rowIndex) mend(row *QuarantinedRow, c *claim) {
	row.done, c.done = true, true
	for _, p := range x.problems[place(row.Pos)] {
		p.Remedy = "mended in " + c.line.Pos.String() + "; mend it in the ERP too"
	}
}

func (r *reader) input(path string) *Input {
	i := slices.IndexFunc(r.book.Inputs, func(in Input) bool { return in.Path == path })
	return &r.book.Inputs[i]
}

// fault says why the line replaces nothing.
func (c *claim) fault(id checkID, more string) source.Problem {
	k := checks[id]
	return source.Problem{Pos: c.line.Pos, Check: k.Name, Text: k.Text + ": " + more, Remedy: k.Remedy}
}

// refuse counts a line that has become an item, or was skipped, among the
// quarantined rows.
func (r *reader) refuse(c *claim) error {
	in := &r.book.Inputs[c.input]
	in.Quarantined++
	if c.item >= 0 {
		in.Accepted--
	} else {
		in.unskip(c.reason)
	}
	for i := range in.Columns {
		t := &in.Columns[i]
		at := slices.IndexFunc(amountColumns[:], func(col column) bool { return col.String() == t.Column })
		if c.amounts[at].state != good {
			continue
		}
		if c.item >= 0 {
			t.Accepted -= c.amounts[at].value
		} else {
			t.Skipped -= c.amounts[at].value
		}
		var err error
		if t.Quarantined, err = t.Quarantined.Add(c.amounts[at].value); err != nil {
			e := fileError(in.Path, c.line.Pos.Sheet, c.line.Pos.Row, checkTotalTooLarge, t.Column)
			e.Err = err
			return e
		}
	}
	return in.check()
}

// unskip takes a row out of those that were skipped for a reason.
func (in *Input) unskip(reason string) {
	i := slices.IndexFunc(in.Skipped, func(s Skipped) bool { return s.Reason == reason })
	if in.Skipped[i].Rows--; in.Skipped[i].Rows == 0 {
		in.Skipped = slices.Delete(in.Skipped, i, i+1)
	}
}

// withdraw takes refused lines out of the items; they are named in order.
func (r *reader) withdraw(refused []int) {
	if len(refused) == 0 {
		return
	}
	items, computed := r.book.Items[:0], r.computed[:0]
	for i := range r.book.Items {
		if len(refused) > 0 && refused[0] == i {
			refused = refused[1:]
			continue
		}
		items, computed = append(items, r.book.Items[i]), append(computed, r.computed[i])
	}
	r.book.Items, r.computed = items, computed
}

// doubt says which files may not be relied on: those with a row that could not
// be read and that nothing replaces, and what mends rows of such a file.
func (r *reader) doubt() {
	for i := range r.book.Inputs {
		in := &r.book.Inputs[i]
		in.Doubtful = in.Quarantined > in.Mended
	}
	in := make(map[string][]string) // files by the ledger whose rows they mend
	for i := range r.claims {
		c := &r.claims[i]
		mended := r.book.Inputs[c.input].Path
		if of := c.origin.pos.File; c.done && !slices.Contains(in[of], mended) {
			in[of] = append(in[of], mended)
		}
	}
	for i := range r.book.Inputs {
		of := &r.book.Inputs[i]
		for _, mended := range in[of.Path] {
			m := r.input(mended)
			m.Doubtful = m.Doubtful || of.Doubtful
		}
		if of.Mended > 0 {
			of.Notes = append(of.Notes, fmt.Sprintf("%d quarantined, %d of them mended in %s", of.Quarantined, of.Mended, strings.Join(in[of.Path], ", ")))
		}
	}
}
