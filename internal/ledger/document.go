package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Document returns all layouts as a page of documentation, in Markdown.
func Document() string {
	var b strings.Builder
	b.WriteString(`# Layouts of ledgers

What an ERP exports is recognised by its headings and by what stands below them, on
every sheet. A layout is *seen* in a file that the system wrote, *documented* by its
maker, or *assumed*. ` + "`preset: auto`" + ` chooses among the first two; an assumed one has
to be named as ` + "`ledger.preset`" + `, and the report says that it was assumed. What a file
looks like most counts: where that layout is assumed, or the file cannot be read by it,
it is refused, and no other layout is taken in its place.

A heading counts in any case, with or without spaces and marks; of several for one
column the first counts, and * stands for anything. What is recognised wrongly or not
at all is named under ` + "`ledger.columns`" + `, by its heading or, as "column F", by its
letters. A file that fits two layouts equally well, or whose columns do not hold what
their headings say, is refused with the setting to paste.

Where an amount says Dr or Cr, in its text, its number format or the cell beside it,
Cr is owed and Dr is a credit of ours, whatever the layout says of signs and whatever
` + "`ledger.owed`" + ` is. The setting turns only amounts that say neither, and a file of which
most bills would be credits by it is refused.

This page is made from the program by ` + "`go test ./internal/ledger -update`" + `.
`)
	for _, l := range layouts() {
		l.document(&b)
	}
	return b.String()
}

func (l *layout) document(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s. %s.", l.name, capital(l.system), capital(l.known.String()))
	for _, s := range l.remarks() {
		b.WriteString(" " + s)
	}
	b.WriteString("\n\n| Column | Headings |\n|---|---|\n")
	for i, list := range append([][]heading{l.headings}, l.choices...) {
		for _, h := range list {
			column := h.column.String()
			if i > 0 && len(l.choices) > 1 {
				column += fmt.Sprintf(" (choice %d)", i)
			}
			fmt.Fprintf(b, "| %s | %s%s |\n", column, strings.Join(h.words, ", "), h.meaning())
		}
	}
	if len(l.kinds) > 0 {
		b.WriteString("\n| Type of document | is |\n|---|---|\n")
		for _, word := range slices.Sorted(maps.Keys(l.kinds)) {
			fmt.Fprintf(b, "| %s | %s |\n", word, l.kinds[word])
		}
	}
	if len(l.specials) > 0 {
		b.WriteString("\n| Special G/L indicator | is |\n|---|---|\n")
		for _, word := range slices.Sorted(maps.Keys(l.specials)) {
			fmt.Fprintf(b, "| %s | %s |\n", word, l.specials[word])
		}
		b.WriteString("| any other, such as H | a part of its invoice that is not to be paid yet, such as a retention |\n")
	}
}

// remarks says in sentences what is particular about the layout.
func (l *layout) remarks() []string {
	var all []string
	if l.vouchers {
		all = append(all, "Nothing of it is proposed for payment: "+vouchersOnly+".")
	}
	if l.numberByOthers {
		all = append(all, "The number is the voucher's own and not the supplier's.")
	}
	if l.settled {
		all = append(all, "Every row is a payment made; nothing is due on it. One that names no bill is an advance, and one that names a bill of another file read with it is joined to that.")
	}
	if l.headingLines > 1 {
		all = append(all, fmt.Sprintf("The heading may have %d lines.", l.headingLines))
	}
	if l.sectionNames {
		all = append(all, "The supplier may stand once, above its rows or on the first.")
	}
	if l.sectionsMay {
		all = append(all, "The supplier may stand above its rows, where there is no column for it.")
	}
	if l.groups {
		all = append(all, "A row with the supplier's name and a sum may stand above its rows.")
	}
	if len(l.statuses) > 0 {
		all = append(all, "Left out by status: "+strings.ToLower(strings.Join(slices.Sorted(maps.Keys(l.statuses)), ", "))+".")
	}
	if slices.ContainsFunc(l.headings, func(h heading) bool { return h.column == clearingDocument }) {
		all = append(all, "Left out as cleared: rows with a clearing document or its date.")
	}
	return all
}

// meaning returns what a heading means beyond its name.
func (h heading) meaning() string {
	switch h.column {
	case debitAmount:
		return "; is a credit of ours"
	case creditAmount:
		return "; is owed"
	}
	return h.sign.String()
}

// String returns which amounts of a column are owed.
func (s sign) String() string {
	switch s {
	case owedPositive:
		return "; positive, or Cr, is owed"
	case owedNegative:
		return "; negative, or Cr, is owed"
	case signOfAnother:
		return "; with the sign of the other amount"
	case asWritten:
	}
	return ""
}

// String returns what becomes of such a document.
func (k kind) String() string {
	switch k {
	case billKind:
		return "an invoice; with the other sign a credit"
	case creditKind:
		return "a credit note"
	case debitKind:
		return "a debit note"
	case advanceKind:
		return "an advance"
	case journalKind:
		return "left out as journal when we owe it, else an advance"
	case voucherKind:
		return "left out as journal"
	case paymentKind:
		return "left out as payment"
	case requestKind:
		return "left out as down payment request when we owe it, else an advance"
	case otherKind:
		return "left out as other document"
	case unnamedKind, strangeKind:
	}
	return "unknown"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
