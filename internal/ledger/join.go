package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/source"
)

// skipJoined is why a payment is no item: it is in that of the bill it names.
const skipJoined = "joined to a bill"

// joins knows, of the items that were read, the bills that a list of payments may
// name and the payments of such lists. Both are about the same money: read for
// two documents, what was paid would count twice, and the bank reference would
// not be the bill's.
//
// A payment is joined only where the bill's own figures say the same: what its
// total and its balance leave as paid is, to the paisa, the sum of the payments
// that name it. Where they differ, one of the exports is older than the other or
// something else has settled part of the bill, and nobody can tell which from the
// files; then both stand as they are, neither can be proposed, and it is said.
type joins struct {
	bills    map[source.Pos]string // the ERP's own number of the bill; often empty
	payments map[source.Pos]payRow
}

// A payRow is a payment of a list, beside its item.
type payRow struct {
	bill  string     // the ERP's own number of the bill it names
	of    *layout    // by which the list was read
	input int        // index of Inputs
	sums  columnSums // what it adds to the totals of the file
}

// note remembers the row at hand, which has just become an item.
func (j *joins) note(r *rowReader, input int) {
	switch {
	case r.b.l.paidFor:
		if j.bills == nil {
			j.bills = make(map[source.Pos]string)
		}
		j.bills[r.pos] = strings.Clone(wholeID(r.row, r.b))
	case r.b.l.settled && !r.unallocated():
		row := payRow{bill: strings.Clone(wholeID(r.row, r.b)), of: r.b.l, input: input}
		for i := range r.amounts {
			if r.amounts[i].state == good {
				row.sums[i] = r.amounts[i].value
			}
		}
		if j.payments == nil {
			j.payments = make(map[source.Pos]payRow)
		}
		j.payments[r.pos] = row
	}
}

// join joins the payments to the bills that they name. It returns where the rows
// are that contradict one another.
func (r *reader) join() (doubtful map[source.Pos]bool, err error) {
	if len(r.joins.payments) == 0 || len(r.joins.bills) == 0 {
		return nil, nil
	}
	items, doubtful := r.book.Items, make(map[source.Pos]bool)
	x := r.joins.index(items)
	said := make(map[int][]string) // by input
	of := make(map[int][]int)      // payments by bill
	apart := make(map[int]bool)    // bills of which a payment says what cannot be
	for i := range items {
		it := &items[i]
		row, there := r.joins.payments[it.Pos]
		if !there || it.Type != Invoice {
			continue
		}
		bill, why := x.of(it, row.bill)
		if bill < 0 {
			continue
		}
		if why != "" {
			said[row.input] = append(said[row.input], fmt.Sprintf("%s: a payment of %s for bill %q, but %s", it.Pos, it.Paid.Grouped(), it.Number, why))
			doubtful[it.Pos], apart[bill] = true, true
			continue
		}
		of[bill] = append(of[bill], i)
	}
	var joined []int
	counts := make(map[[2]int]int) // by list and by input of the bill
	for _, bill := range slices.Sorted(maps.Keys(of)) {
		b, rows := &items[bill], of[bill]
		first := r.joins.payments[items[rows[0]].Pos]
		if why := disagrees(b, items, rows); why != "" || apart[bill] {
			if why != "" {
				said[first.input] = append(said[first.input], why)
			}
			for _, i := range rows {
				doubtful[items[i].Pos] = true
			}
			doubtful[b.Pos] = true
			continue
		}
		if several := b.paidBy(items, rows); several != "" {
			said[first.input] = append(said[first.input], several)
		}
		for _, i := range rows {
			row := r.joins.payments[items[i].Pos]
			if err := r.book.Inputs[row.input].leaveOut(skipJoined, &row.sums); err != nil {
				e := fileError(items[i].Pos.File, items[i].Pos.Sheet, items[i].Pos.Row, checkTotalTooLarge, skipJoined)
				e.Err = err
				return nil, e
			}
			counts[[2]int{row.input, r.inputAt(b.Pos.File)}]++
		}
		joined = append(joined, rows...)
	}
	for bill := range apart {
		doubtful[items[bill].Pos] = true
	}
	r.sayJoined(counts, said)
	slices.Sort(joined)
	r.withdraw(joined)
	return doubtful, nil
}

// disagrees says why the payments of a bill are not what its figures say.
func disagrees(b *Item, items []Item, rows []int) string {
	var sum money.Paise
	for _, i := range rows {
		it := &items[i]
		if it.Currency != b.Currency {
			return fmt.Sprintf("%s: a payment in %s for bill %q, which %s has in %s", it.Pos, it.Currency, b.Number, b.Pos, b.Currency)
		}
		if b.UTR != "" && it.UTR != "" && b.UTR != it.UTR {
			return fmt.Sprintf("%s: a payment by %s for bill %q, which %s says was paid by %s", it.Pos, it.UTR, b.Number, b.Pos, b.UTR)
		}
		var err error
		if sum, err = sum.Add(it.Paid); err != nil {
			return fmt.Sprintf("%s: the payments for bill %q sum to more than can be held", it.Pos, b.Number)
		}
	}
	if sum == b.Paid {
		return ""
	}
	return fmt.Sprintf("%s: the payments for bill %q sum to %s, and by its total and its balance %s were paid (%s)",
		items[rows[0]].Pos, b.Number, sum.Grouped(), b.Paid.Grouped(), b.Pos)
}

// paidBy takes over how the payments say the bill was paid, the latest day of
// several, and returns what people should know of that. An item has one bank
// reference: of several that differ none is taken, for it would stand for money
// that came by another.
func (it *Item) paidBy(items []Item, rows []int) (said string) {
	first := &items[rows[0]]
	reference, mode := first.UTR, first.PaymentMode
	var shown []string
	for _, i := range rows {
		p := &items[i]
		it.PaymentDate = max(it.PaymentDate, p.PaymentDate)
		if p.UTR != first.UTR {
			reference = ""
		}
		if p.PaymentMode != first.PaymentMode {
			mode = ""
		}
		shown = append(shown, strings.TrimSpace(p.Paid.Grouped()+" "+p.UTR))
	}
	if it.UTR == "" {
		it.UTR = reference
	}
	if it.PaymentMode == "" {
		it.PaymentMode = mode
	}
	if reference == first.UTR {
		return ""
	}
	return fmt.Sprintf("%s: bill %q was paid by %d payments with references of their own, %s; none of them was taken for the bill's",
		it.Pos, it.Number, len(rows), strings.Join(shown[:min(len(shown), 5)], ", "))
}

// mostSaid is how many contradictions of one file are said one by one.
const mostSaid = 20

// sayJoined notes what was joined, and what was not and why.
func (r *reader) sayJoined(counts map[[2]int]int, said map[int][]string) {
	for i := range r.book.Inputs {
		in := &r.book.Inputs[i]
		for k := range r.book.Inputs {
			if n := counts[[2]int{i, k}]; n > 0 {
				bills := &r.book.Inputs[k]
				in.Notes = append(in.Notes, fmt.Sprintf("%d payments were joined to the bills in %s that they name, and count there alone", n, bills.Path))
				bills.Notes = append(bills.Notes, fmt.Sprintf("%d payments in %s name its bills, which have their bank reference, day and mode", n, in.Path))
			}
		}
		lines := said[i]
		if len(lines) > mostSaid {
			lines = append(lines[:mostSaid:mostSaid], fmt.Sprintf("%d further payments do not agree with the bills that they name", len(lines)-mostSaid))
		}
		in.Notes = append(in.Notes, lines...)
	}
}

func (r *reader) inputAt(path string) int {
	return slices.IndexFunc(r.book.Inputs, func(in Input) bool { return in.Path == path })
}

// leaveOut counts a row that has become an item among those left out.
func (in *Input) leaveOut(reason string, sums *columnSums) error {
	in.Accepted--
	i, there := slices.BinarySearchFunc(in.Skipped, reason, func(s Skipped, reason string) int { return strings.Compare(s.Reason, reason) })
	if !there {
		in.Skipped = slices.Insert(in.Skipped, i, Skipped{Reason: reason})
	}
	in.Skipped[i].Rows++
	for i := range in.Columns {
		t := &in.Columns[i]
		v := sums[slices.IndexFunc(amountColumns[:], func(col column) bool { return col.String() == t.Column })]
		t.Accepted -= v
		var err error
		if t.Skipped, err = t.Skipped.Add(v); err != nil {
			return fmt.Errorf("summing %s: %w", t.Column, err)
		}
	}
	return in.check()
}
