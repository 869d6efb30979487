package report

import (
	"fmt"
	"io"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/posting"
)

// PostingsName is the file of a run with what is to be booked, for any ERP.
const PostingsName = "postings.csv"

// Postings is what the platform paid and the books still show as due.
type Postings struct {
	Entries []posting.Entry
	HandOut bool // this run hands out what is new; others only show it
	First   bool // no earlier run is known, so nobody knows what was handed out before
	Tally   []TallyBooks
}

// fresh returns the entries that this run hands out.
func (p *Postings) fresh() []*posting.Entry {
	if !p.HandOut {
		return nil
	}
	var list []*posting.Entry
	for i := range p.Entries {
		if e := &p.Entries[i]; e.New() {
			list = append(list, e)
		}
	}
	return list
}

// Lines returns the lines of payments that this run hands out, each once.
func (p *Postings) Lines() []string {
	var lines []string
	seen := map[string]bool{}
	for _, e := range p.fresh() {
		if !seen[e.Line] {
			seen[e.Line] = true
			lines = append(lines, e.Line)
		}
	}
	return lines
}

// PostingsOutput returns the files in which this run hands out what is to be
// booked: only what no run of another date handed out, for whoever imports
// all of them must not book a payment twice. There are none where nothing is new.
func (f *Facts) PostingsOutput() []File {
	p := &f.Postings
	fresh := p.fresh()
	if len(fresh) == 0 {
		return nil
	}
	files := []File{{Name: PostingsName, Write: func(w io.Writer) error { return writePostings(w, fresh) }}}
	for i := range p.Tally {
		books := &p.Tally[i]
		if vouchers := books.vouchers(fresh); len(vouchers) > 0 {
			files = append(files, File{Name: p.tallyName(books), Write: func(w io.Writer) error { return books.write(w, vouchers) }})
		}
	}
	return files
}

// postingColumns are the headings of postings.csv; they are for programs, and
// stay as they are.
var postingColumns = [...]string{
	"posting_id", "payment_date", "supplier_code", "supplier_name", "supplier_b2b_id", "supplier_invoice_number", "part", "invoice_date",
	"payment_mode", "utr", "cash", "tds", "adjustment", "buyer_b2b_id", "payment_object_id", "line", "ledger_row", "exception_id",
}

func writePostings(w io.Writer, entries []*posting.Entry) error {
	out, err := newCSV(w, len(postingColumns))
	if err != nil {
		return err
	}
	head := make([]cell, len(postingColumns))
	for i, title := range postingColumns {
		head[i] = text(title)
	}
	if err := out.cells(head); err != nil {
		return err
	}
	for _, e := range entries {
		err := out.cells([]cell{
			text(e.ID), date(e.Date), text(e.SupplierCode), text(e.SupplierName), text(e.Supplier), text(e.Number), text(e.Part), date(e.InvoiceDate),
			text(e.Mode), text(e.UTR), amount(e.Cash), amount(e.TDS), amount(e.Adjustment), text(e.Buyer), text(e.ObjectID), count(e.Position + 1),
			text(e.Source), text(e.ExceptionID),
		})
		if err != nil {
			return err
		}
	}
	return out.end()
}

// postingsTable lists all that is to be booked: also what was handed out before
// and has not been booked, and what a person must book.
func (f *Facts) postingsTable() table {
	p := &f.Postings
	t := table{
		name:  "To be booked",
		empty: "The books have every payment of the platform.",
		fixed: 2,
		paper: 12,
		columns: []column{
			{title: "State"}, {title: "Supplier", max: 24}, {title: "Supplier code"}, {title: "Invoice number", max: 20}, {title: "Part"}, {title: "Paid on"},
			{title: "Cash", right: true}, {title: "Tax to book", right: true}, {title: "Adjustment to book", right: true}, {title: "Mode", max: 18}, {title: "UTR", max: 26},
			{title: "Why, or since when", max: 44}, {title: "Days", right: true}, {title: "Ledger row", max: 30}, {title: "Payment", max: 36}, {title: "Line", right: true},
			{title: "Buyer B2B id"}, {title: "Posting id"}, {title: "Exception id", max: 20},
		},
		marks: []mark{{0, "by hand"}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 19)
			for _, state := range []string{"new", "handed out", "by hand"} {
				for i := range p.Entries {
					e := &p.Entries[i]
					if p.state(e) != state {
						continue
					}
					row = append(row[:0], text(state), text(e.SupplierName), text(e.SupplierCode), text(e.Number), text(e.Part), date(e.Date),
						amount(e.Cash), amount(e.TDS), amount(e.Adjustment), text(e.Mode), text(e.UTR),
						text(p.remark(e)), daysSince(e.Date, f.AsOf), text(e.Source), text(e.ObjectID), count(e.Position+1),
						text(e.Buyer), text(e.ID), text(e.ExceptionID))
					if err := yield(row); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	if len(p.Entries) > 0 {
		t.notes = p.notes()
	}
	return t
}

func (p *Postings) notes() []string {
	notes := []string{
		"Only the new ones stand in " + PostingsName + " of this run, and in its file for Tally: one that a run of another date handed out stands in the files of that run, and is not handed out again. A row goes from here when the ledger has the payment.",
		"Tax and adjustment are what the books do not have yet, as far as anybody can tell; tax that they show as withheld is not booked again.",
	}
	if !p.HandOut {
		notes[0] = "A command other than run only shows what is to be booked, and hands out nothing."
	}
	if p.First {
		notes = append(notes, "No earlier run is known, so everything is new: where reports of earlier runs exist, compare the posting ids before anything is imported.")
	}
	return notes
}

func (p *Postings) state(e *posting.Entry) string {
	switch {
	case e.ByHand != "":
		return "by hand"
	case e.Run != "":
		return "handed out"
	}
	return "new"
}

// remark says of an entry why it is where it is.
func (p *Postings) remark(e *posting.Entry) string {
	switch {
	case e.ByHand != "":
		return e.ByHand
	case e.Run != "":
		return fmt.Sprintf("in the files of %s since %s", e.Run, e.Since.Long())
	}
	for i := range p.Tally {
		if p.Tally[i].Buyer == e.Buyer {
			return p.Tally[i].flaw(e)
		}
	}
	return ""
}

// daysSince returns how many days have passed since a day; nothing where it is
// not known.
func daysSince(d, asOf day.Date) cell {
	if d == 0 {
		return cell{}
	}
	return count(max(0, int(asOf-d)))
}

// toBook sums what a clerk has to book: what is new, and all of it.
func (p *Postings) toBook() (fresh, all Amount) {
	for i := range p.Entries {
		e := &p.Entries[i]
		all.add(e.Cash)
		if e.New() {
			fresh.add(e.Cash)
		}
	}
	return fresh, all
}

// signedAmount writes an amount as Tally has it: what is debited is negative.
func signedAmount(p money.Paise, debit bool) string {
	if debit {
		p = -p
	}
	return p.String()
}
