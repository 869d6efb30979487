package oracle

import (
	"cmp"
	"math"
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A row is an item and what was found for it on the way.
type row struct {
	item      *ledger.Item
	matches   []matcher.Share
	ambiguous bool
}

// A wire is one invoice line of one payment.
type wire struct {
	payment   *payment.Remittance
	line      *payment.Line
	rows      []*row
	rule      matcher.Rule
	ambiguous bool
}

type world struct {
	rows  []*row  // as many as items, invoices or not
	wires []*wire // by ts, objectId, position, which is the order in which ties are paired
	rules matcher.Rules
}

// Match answers sections 5.1 to 5.4 of the contract for a small world. The
// result points into items and remittances.
func Match(items []ledger.Item, remittances []payment.Remittance, r matcher.Rules) *matcher.Result {
	w := &world{rules: r}
	for i := range items {
		w.rows = append(w.rows, &row{item: &items[i]})
	}
	for i := range remittances {
		for j := range remittances[i].Lines {
			w.wires = append(w.wires, &wire{payment: &remittances[i], line: &remittances[i].Lines[j]})
		}
	}
	slices.SortFunc(w.rows, inPairingOrder)
	slices.SortFunc(w.wires, byTime)
	w.match()

	result := &matcher.Result{}
	for _, x := range w.rows {
		result.Items = append(result.Items, w.judge(x))
	}
	for _, x := range w.wires {
		result.Lines = append(result.Lines, w.place(x))
	}
	slices.SortFunc(result.Items, func(a, b matcher.ItemResult) int {
		return cmp.Or(
			cmp.Compare(a.Item.Supplier.B2BID, b.Item.Supplier.B2BID),
			cmp.Compare(a.Item.Number, b.Item.Number),
			byPlace(a.Item, b.Item),
		)
	})
	slices.SortFunc(result.Lines, func(a, b matcher.LineResult) int {
		return cmp.Or(
			cmp.Compare(a.Remittance.Supplier, b.Remittance.Supplier),
			cmp.Compare(a.Line.Number, b.Line.Number),
			cmp.Compare(a.Remittance.ObjectID, b.Remittance.ObjectID),
			cmp.Compare(a.Line.Position, b.Line.Position),
		)
	})
	return result
}

// inPairingOrder is the order of items that are equal in all (5.2).
func inPairingOrder(a, b *row) int {
	return cmp.Or(
		cmp.Compare(dueOrNever(a.item), dueOrNever(b.item)),
		cmp.Compare(a.item.Part, b.item.Part),
		byPlace(a.item, b.item),
	)
}

// dueOrNever: an item without due date is due never, which is after all.
func dueOrNever(it *ledger.Item) day.Date {
	if it.DueDate == 0 {
		return math.MaxInt32
	}
	return it.DueDate
}

func byPlace(a, b *ledger.Item) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File),
		cmp.Compare(a.Pos.Sheet, b.Pos.Sheet),
		cmp.Compare(a.Pos.Row, b.Pos.Row),
	)
}

// byTime is the order of lines that are equal in all (5.2).
func byTime(a, b *wire) int {
	return cmp.Or(
		a.payment.Time.Compare(b.payment.Time),
		cmp.Compare(a.payment.ObjectID, b.payment.ObjectID),
		cmp.Compare(a.line.Position, b.line.Position),
	)
}

func near(a, b, tolerance money.Paise) bool { return (a - b).Abs() <= tolerance }

// older tells whether d is more than the given days before the business date. A
// date that could not be read is not.
func (w *world) older(d day.Date, days int) bool {
	return d != 0 && int(w.rules.AsOf-d) > days
}
