package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A setting is one line to paste below ledger:. An empty value is for a person
// to fill in, and so is never one that could be taken for an answer.
type setting struct {
	key, value, comment string
}

// leftOpen stands for what only a person knows.
const leftOpen = "…"

// paste makes the lines for the configuration that a refused file needs: what
// can be told from headings and contents together is filled in and said to be a
// guess, what cannot be told is left open.
func (l *looker) paste(ctx context.Context, o Options) {
	var settings, columns []setting
	if l.in.refusedFor(checkPresetTie) {
		settings = append(settings, setting{"preset", leftOpen, "one of the two that are named above"})
	}
	if l.in.refusedFor(checkPresetAssumed) {
		settings = append(settings, setting{"preset", l.seen.l.name, "nobody has confirmed it yet: compare the columns above with the ERP"})
	}
	if l.in.refusedFor(checkDatesDisagree) {
		settings = append(settings, setting{"dates", leftOpen, "day-first or month-first"})
	}
	if l.in.refusedFor(checkDecimalsDisagree, checkDecimalsUnclear) {
		settings = append(settings, setting{"decimal", leftOpen, "point or comma"})
	}
	if l.in.refusedFor(checkSignsDisagree) {
		settings = append(settings, setting{"owed", leftOpen, "positive or negative: the amounts that we owe"})
	}
	if l.in.refusedFor(checkNoHeading, checkHeadingTwice, checkColumnMissing, checkColumnsShifted) {
		at := l.best()
		if at < 0 {
			l.in.PasteNote = "no row looks like a heading: put one above the rows, in which every column has a name"
			return
		}
		b := l.binding(at)
		columns = l.guessColumns(b, at)
		if b != nil && b.l.foreign() && (o.Preset == "" || o.Preset == "auto") {
			settings = append(settings, setting{"preset", b.l.name, "the layout whose headings fit best"})
		}
	}
	if len(settings)+len(columns) == 0 {
		return
	}
	l.in.Paste = pasted(settings, columns)
	l.try(ctx, o, settings, columns)
}

// best returns the sheet whose heading is the most likely, -1 for none.
func (l *looker) best() int {
	best := -1
	for i := range l.surveys {
		if l.surveys[i] == nil {
			continue
		}
		if b := l.binding(i); best < 0 || b != nil && (l.binding(best) == nil || b.known > l.binding(best).known) {
			best = i
		}
	}
	return best
}

// try reads the file with the settings where none is left open.
func (l *looker) try(ctx context.Context, o Options, settings, columns []setting) {
	if strings.Contains(l.in.Paste, strconv.Quote(leftOpen)) {
		l.in.PasteNote = "fill in what is left open, and inspect the file again"
		return
	}
	columnsNow := make(map[string]string)
	for c, heading := range o.Columns {
		columnsNow[c] = heading
	}
	for _, s := range columns {
		columnsNow[s.key] = s.value
	}
	o.Columns = columnsNow
	for _, s := range settings {
		if s.key == "preset" {
			o.Preset = s.value
		}
	}
	o.Progress, o.PerFile = nil, nil // the file's own settings are in o
	r, err := newReader(ctx, o)
	if err != nil {
		return
	}
	r.add(l.f)
	book, err := r.finish()
	if err != nil {
		l.in.PasteNote = "with these lines the file is still refused: " + err.Error()
		return
	}
	in := book.Inputs[0]
	l.in.PasteNote = fmt.Sprintf("with these lines %d of %s would be accepted; compare the columns and the totals with the ERP before you use them",
		in.Accepted, counted(in.Rows, "row", "rows"))
}

// pasted writes the settings as they stand in reconcile.yaml.
func pasted(settings, columns []setting) string {
	var b strings.Builder
	b.WriteString("ledger:\n")
	line := func(indent string, s setting) {
		fmt.Fprintf(&b, "%s%s: %s", indent, s.key, strconv.Quote(s.value))
		if s.comment != "" {
			fmt.Fprintf(&b, "  # %s", s.comment)
		}
		b.WriteByte('\n')
	}
	for _, s := range settings {
		line("  ", s)
	}
	if len(columns) > 0 {
		b.WriteString("  columns:\n")
	}
	for _, s := range columns {
		line("    ", s)
	}
	return b.String()
}

// guessColumns returns the columns that have to be named.
func (l *looker) guessColumns(b *binding, sheet int) []setting {
	g := guesser{surveys: l.surveys[sheet], used: make(map[int]bool)}
	var lacking []column
	if b == nil {
		g.headings, _ = headingOf(l.f.Sheets[sheet])
		lacking = []column{invoiceNumber, supplierName, invoiceAmount}
	} else {
		g.headings = b.headings
		lacking = append(b.lacks(), b.missing...)
		wrong := make(map[column]bool)
		for _, m := range b.misfits {
			lacking = append(lacking, m.column)
			wrong[m.column] = true
		}
		for c := range columns {
			if b.has(c) && b.twice[c] == nil && !wrong[c] {
				g.used[b.at[c]] = true
			}
		}
	}
	var all []setting
	for c := range columns {
		if b != nil && b.twice[c] != nil {
			all = append(all, setting{c.String(), leftOpen, "one of " + g.letters(b.twice[c])})
		}
	}
	slices.Sort(lacking)
	for _, c := range slices.Compact(lacking) {
		all = append(all, g.guess(c))
	}
	if b == nil || !b.l.foreign() {
		for _, c := range []column{supplierGSTIN, invoiceDate, dueDate, dueAmount, paidAmount, tdsAmount, utr, ifsc} {
			if (b == nil || !b.has(c)) && !slices.Contains(lacking, c) {
				s := g.guess(c)
				if s.value == leftOpen {
					continue
				}
				all = append(all, s)
				if c == dueAmount { // either amount will do
					all = slices.DeleteFunc(all, func(s setting) bool { return s.key == invoiceAmount.String() && s.value == leftOpen })
				}
			}
		}
	}
	return all
}

// A guesser tells what columns may be by their headings and contents together.
type guesser struct {
	headings []string
	surveys  []surveyed
	used     map[int]bool // known already
}

// clues are words of headings, folded, that speak for a column, and those that
// speak against it.
var clues = map[column]struct{ words, not []string }{
	invoiceNumber: {[]string{"inv", "bill", "voucher", "doc", "ref", "rechnung", "beleg", "number"}, []string{"date", "amount", "amt", "value", "gst", "account", "acc", "po", "phone", "utr", "credit", "debit", "payment", "order", "receipt", "cheque"}},
	supplierName:  {[]string{"supplier", "vendor", "party", "creditor", "payee", "lieferant", "kreditor"}, []string{"code", "gst", "id", "date", "type", "group", "post", "pin", "address", "city", "state"}},
	supplierGSTIN: {[]string{"gst"}, nil},
	invoiceDate:   {[]string{"invdate", "invoicedate", "billdate", "docdate", "documentdate", "voucherdate", "billdt", "invdt", "dated", "rechnungsdatum"}, []string{"due", "updated"}},
	dueDate:       {[]string{"due", "maturity", "payby", "faellig", "fällig"}, nil},
	invoiceAmount: {[]string{"gross", "invoiceamount", "invamount", "invamt", "billamount", "billamt", "invoicevalue", "billvalue", "total", "amount", "amt", "betrag"}, []string{"due", "balance", "paid", "tds", "tax", "net", "vat", "outstanding", "pending", "open", "offen"}},
	dueAmount:     {[]string{"due", "balance", "outstanding", "pending", "open", "offen", "unpaid", "payable"}, []string{"tds"}},
	paidAmount:    {[]string{"paid"}, []string{"unpaid"}},
	tdsAmount:     {[]string{"tds"}, []string{"rate", "section"}},
	utr:           {[]string{"utr"}, nil},
	ifsc:          {[]string{"ifsc"}, nil},
}

// guess returns a column by name where exactly one fits it by heading and
// contents, else what it may be.
func (g *guesser) guess(c column) setting {
	byBoth, byContents := g.candidates(c)
	s := setting{key: c.String(), value: leftOpen}
	switch {
	case len(byBoth) == 1:
		s.value, s.comment = g.name(byBoth[0]), "a guess, by its heading and contents"
		g.used[byBoth[0]] = true
	case len(byBoth) > 1:
		s.comment = "one of " + g.letters(byBoth)
	case len(byContents) > 0:
		s.comment = "by their contents it may be " + g.letters(byContents)
	default:
		s.comment = "no column fits it by its contents"
	}
	return s
}

// candidates returns the columns that the heading and the contents speak for,
// and those that the contents alone do.
func (g *guesser) candidates(c column) (byBoth, byContents []int) {
	for i := range g.surveys {
		if g.used[i] || !g.surveys[i].mayBe(c) {
			continue
		}
		byContents = append(byContents, i)
		if i < len(g.headings) && speaksFor(c, fold(g.headings[i])) {
			byBoth = append(byBoth, i)
		}
	}
	return byBoth, byContents
}

func speaksFor(c column, heading string) bool {
	has := func(word string) bool { return strings.Contains(heading, word) }
	clue := clues[c]
	return slices.ContainsFunc(clue.words, has) && !slices.ContainsFunc(clue.not, has)
}

// mayBe tells whether most of what stands in a column is of the kind.
func (s *surveyed) mayBe(c column) bool {
	most := func(n int) bool { return s.full > 0 && n*5 >= s.full*4 }
	switch c {
	case invoiceNumber:
		return most(s.codes+s.kinds[table.Number]) && s.dates*2 < s.full && s.decimal == 0 && len(s.values)*2 > min(s.full, valuesKept)
	case supplierName:
		return most(s.names+s.codes) && s.names*2 > s.full
	case supplierGSTIN:
		return most(s.gstins)
	case ifsc:
		return most(s.ifscs)
	case invoiceDate, dueDate, acceptanceDate, paymentDate:
		return most(s.dates)
	case invoiceAmount, dueAmount, paidAmount, tdsAmount, adjustmentAmount, taxableAmount, debitAmount, creditAmount:
		return most(s.amounts) && s.long*2 < s.full
	}
	return s.full > 0
}

// name returns how ledger.columns names a column: by its heading, or by its
// letters where no other tells it apart.
func (g *guesser) name(i int) string {
	if i < len(g.headings) && fold(g.headings[i]) != "" {
		same := 0
		for _, h := range g.headings {
			if fold(h) == fold(g.headings[i]) {
				same++
			}
		}
		if same == 1 && lettered(g.headings[i]) < 0 {
			return g.headings[i]
		}
	}
	return "column " + source.ColumnName(i+1)
}

// letters names several columns for people.
func (g *guesser) letters(all []int) string {
	var list []string
	for _, i := range all[:min(len(all), 6)] {
		one := "column " + source.ColumnName(i+1)
		if i < len(g.headings) && g.headings[i] != "" {
			one += " " + strconv.Quote(oneLine(party.MaskPAN(maskDigits(g.headings[i]))))
		}
		list = append(list, one)
	}
	if len(all) > 6 {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
