package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A binding is a layout found in a sheet: where each column stands.
type binding struct {
	l        *layout
	row      int             // of the heading
	at       [columns]int    // index of the cell; -1 where there is no such column
	signs    [columns]sign   // of the amounts
	beside   [columns]bool   // the cell behind the amount has no heading, and may say Dr or Cr
	amounts  []uint8         // which of amountColumns there are
	owes     bool            // amounts are turned so that what we owe is positive
	headings []string        // as written, by index
	width    int             // cells up to the last heading
	known    int             // columns found
	own      int             // of these, those that the layout knows without ledger.columns
	named    bool            // ledger.columns names what is owed
	byItself bool            // and the number and an amount are among them
	score    int             // see rate
	scale    string          // what says that amounts are not in rupees; empty where nothing does
	titles   map[string]bool // what stands above the heading alone in its row, without its digits

	twice   map[column][]int // columns that two headings claim
	missing []column         // from ledger.columns, whose heading is not there
	misfits []misfit         // columns that hold something else than their heading says
}

// has tells whether the sheet has the column.
func (b *binding) has(c column) bool { return b.at[c] >= 0 }

// heading returns the heading of a column as the file writes it.
func (b *binding) heading(c column) string {
	switch i := b.at[c]; {
	case i < 0:
		return c.String()
	case b.headings[i] == "":
		return "column " + source.ColumnName(i+1)
	default:
		return b.headings[i]
	}
}

// lacks returns the needed columns that are not there, the first of each choice.
func (b *binding) lacks() []column {
	var lacking []column
	for _, choice := range needed {
		if choice[0] == supplierName && b.l.sectionNames {
			continue
		}
		if !slices.ContainsFunc(choice, b.has) {
			lacking = append(lacking, choice[0])
		}
	}
	return lacking
}

// complete tells whether the sheet can be read by the binding.
func (b *binding) complete() bool {
	return len(b.lacks()) == 0 && len(b.twice) == 0 && len(b.missing) == 0 && len(b.misfits) == 0
}

// bind takes a row, of which folded are the folded texts, for a heading and says
// what that would make of it.
func bind(row table.Row, folded []string, g *glossary, overrides map[column]string) *binding {
	b := &binding{l: g.layout, row: row.Number, owes: g.foreign()}
	for c := range b.at {
		b.at[c] = -1
	}
	found := b.find(row, folded, g)
	// Amount alone is what every system calls something: it helps to read a file,
	// and says nothing about what the file is.
	whole := found[paymentTotal]
	delete(found, paymentTotal)
	b.own = len(found)
	b.byItself = found[invoiceNumber] != nil && (found[invoiceAmount] != nil || found[dueAmount] != nil || found[creditAmount] != nil)
	written := b.own > 0
	for c, heading := range overrides {
		at := b.headed(heading)
		switch {
		case len(at) > 0:
			found[c] = at
			written = written || b.headings[at[0]] != "" && lettered(heading) < 0
			b.signs[c] = g.sign(c)
			b.named = b.named || c == invoiceAmount || c == dueAmount
		case len(found[c]) == 0:
			b.missing = append(b.missing, c)
		}
	}
	slices.Sort(b.missing)
	for c, at := range found {
		b.at[c] = at[0]
		if written { // by letters alone any row would be a heading
			b.known++
		}
		if len(at) > 1 && c != lineItem {
			b.claimTwice(c, at)
		}
	}
	if len(whole) > 0 && !b.has(paymentTotal) && b.has(invoiceAmount) && b.at[invoiceAmount] != whole[0] {
		b.at[paymentTotal] = whole[0]
		if len(whole) > 1 {
			b.claimTwice(paymentTotal, whole)
		}
	}
	if g.sectionsMay && !b.has(supplierName) {
		grouped := *g.layout
		grouped.sectionNames = true
		b.l = &grouped
	}
	b.noteAmounts()
	if b.has(creditAmount) || b.has(side) {
		// Only ledger.columns puts these into a canonical ledger.
		b.takeSides()
	}
	return b
}

// claimTwice notes that several headings are those of one column.
func (b *binding) claimTwice(c column, at []int) {
	if b.twice == nil {
		b.twice = make(map[column][]int)
	}
	b.twice[c] = at
}

// takeSides has the amounts read by their sides.
func (b *binding) takeSides() {
	b.owes = true
	for _, c := range []column{invoiceAmount, dueAmount} {
		if b.signs[c] == asWritten {
			b.signs[c] = owedPositive
		}
	}
}

// marked tells whether an amount of the row that is owed says Dr or Cr. Whoever
// writes so in the columns of this program means by it what everybody does.
func (b *binding) marked(row table.Row) bool {
	for _, c := range []column{invoiceAmount, dueAmount} {
		if i := b.at[c]; i >= 0 && i < len(row.Cells) && markOf(&row.Cells[i]) != unmarked && strings.ContainsAny(row.Cells[i].Text, "0123456789") {
			return true
		}
	}
	return false
}

// find looks the headings up: for each column the cells with the heading of the
// lowest rank, by the choice that fits.
func (b *binding) find(row table.Row, folded []string, g *glossary) map[column][]int {
	type claim struct {
		entry
		at []int
	}
	claims := make([]map[column]claim, len(g.choices)+1)
	for i := range claims {
		claims[i] = make(map[column]claim)
	}
	for i := range row.Cells {
		text := row.Cells[i].Text
		if g.foreign() {
			text = withoutIcon(text)
		}
		b.headings = append(b.headings, text)
		if text == "" {
			continue
		}
		b.width = i + 1
		for _, e := range g.find(folded[i]) {
			c, ok := claims[e.choice][e.column]
			switch {
			case !ok || e.rank < c.rank:
				c = claim{e, []int{i}}
			case e.rank == c.rank:
				c.at = append(c.at, i)
			}
			claims[e.choice][e.column] = c
		}
	}
	chosen := 0
	for i, list := range g.choices {
		if len(claims[i+1]) == len(list) {
			chosen = i + 1
			break
		}
		if _, ok := claims[i+1][list[0].column]; ok && chosen == 0 {
			chosen = i + 1
		}
	}
	found := make(map[column][]int)
	for i, of := range claims {
		if i != 0 && i != chosen {
			continue
		}
		for c, claim := range of {
			found[c], b.signs[c] = claim.at, claim.sign
		}
	}
	return found
}

// noteAmounts finds the amounts, and the cells beside them that may hold a sign.
func (b *binding) noteAmounts() {
	for i, c := range amountColumns {
		at := b.at[c]
		if at < 0 {
			continue
		}
		b.amounts = append(b.amounts, uint8(i))
		if !b.l.foreign() || at+1 < len(b.headings) && b.headings[at+1] != "" {
			continue
		}
		b.beside[c] = true
	}
}

// besideLast tells whether the last column is an amount that may have Dr or Cr
// behind it.
func (b *binding) besideLast() bool {
	for _, i := range b.amounts {
		if c := amountColumns[i]; b.beside[c] && b.at[c] == b.width-1 {
			return true
		}
	}
	return false
}

// headed returns the cells with a heading: as written, else folded. "column F"
// means the sixth, where the file has no such heading, with or without one of
// its own.
func (b *binding) headed(heading string) []int {
	var exact, folded []int
	want := fold(heading)
	for i, h := range b.headings {
		if h == "" {
			continue
		}
		if h == strings.TrimSpace(heading) {
			exact = append(exact, i)
		}
		if want != "" && fold(h) == want {
			folded = append(folded, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	if i := lettered(heading); len(folded) == 0 && i >= 0 {
		for len(b.headings) <= i {
			b.headings = append(b.headings, "")
		}
		b.width = max(b.width, i+1)
		return []int{i}
	}
	return folded
}

// lettered returns the index of a column named by its letters, as in "column F",
// or -1.
func lettered(heading string) int {
	word, letters, _ := strings.Cut(strings.TrimSpace(heading), " ")
	if !strings.EqualFold(word, "column") || letters == "" || len(letters) > 3 {
		return -1
	}
	n := 0
	for _, c := range strings.ToUpper(letters) {
		if c < 'A' || c > 'Z' {
			return -1
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// refusal says why the heading cannot be used: what is there twice, what is
// missing, what stands in the wrong place, and what to paste into the
// configuration.
func (b *binding) refusal(path, sheet string) error {
	var faults []error
	for c := range columns {
		at := b.twice[c]
		if at == nil {
			continue
		}
		var places []string
		for _, i := range at {
			places = append(places, source.ColumnName(i+1))
		}
		e := fileError(path, sheet, b.row, checkHeadingTwice,
			fmt.Sprintf("%s is headed %q in columns %s", c, b.headings[at[0]], strings.Join(places, " and ")))
		faults = append(faults, e)
	}
	if lacking := append(b.lacks(), b.missing...); len(lacking) > 0 {
		slices.Sort(lacking)
		lacking = slices.Compact(lacking)
		var names, paste []string
		for _, c := range lacking {
			names = append(names, b.l.describe(c))
			paste = append(paste, c.String()+`: "…"`)
		}
		e := fileError(path, sheet, b.row, checkColumnMissing, fmt.Sprintf(
			"no column %s; the file has %s", strings.Join(names, ", "), b.list()))
		e.Setting = "ledger:\n  columns: {" + strings.Join(paste, ", ") + "}"
		faults = append(faults, e)
	}
	if len(b.misfits) > 0 {
		faults = append(faults, b.shifted(path, sheet))
	}
	return errors.Join(faults...)
}

// shifted says which columns hold something else than their heading says.
func (b *binding) shifted(path, sheet string) error {
	var says, paste []string
	for _, m := range b.misfits {
		says = append(says, m.String())
		paste = append(paste, m.column.String()+`: "column …"`)
	}
	e := fileError(path, sheet, b.row, checkColumnsShifted, strings.Join(says, "; "))
	e.Setting = "ledger:\n  preset: " + b.l.name + "\n  columns: {" + strings.Join(paste, ", ") + "}"
	return e
}

// list returns the headings of the file, in quotes.
func (b *binding) list() string {
	var quoted []string
	for _, h := range b.headings {
		if h != "" {
			quoted = append(quoted, fmt.Sprintf("%q", maskDigits(h)))
		}
	}
	return strings.Join(quoted, ", ")
}

// withoutIcon returns the text of a cell that SAP exported with an icon, as in
// @5B\QReleased@.
func withoutIcon(s string) string {
	if len(s) < 4 || s[0] != '@' || s[len(s)-1] != '@' {
		return s
	}
	if _, text, ok := strings.Cut(s[1:len(s)-1], `\Q`); ok {
		return strings.TrimSpace(text)
	}
	return s
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
