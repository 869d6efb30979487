package oracle

import (
	"slices"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// maxPool bounds the enumeration of subsets.
const maxPool = 15

// A bundle is one way to read a UTR as a group: several lines for one item, or
// one line for several items.
type bundle struct {
	wires []*wire
	rows  []*row
}

// group is the rule of that name in 5.2. It works on what one supplier
// and one final UTR have left.
func (w *world) group() {
	var done []*wire
	for _, first := range w.wires {
		if slices.Contains(done, first) || !first.free() || finalUTR(first) == "" || !hasAmount(first) {
			continue
		}
		var wires []*wire
		for _, x := range w.wires {
			if x.free() && hasAmount(x) && finalUTR(x) == finalUTR(first) && x.payment.Supplier == first.payment.Supplier {
				wires = append(wires, x)
			}
		}
		var rows []*row
		for _, y := range w.rows {
			if y.payable() && y.open() && inRupees(y.item) && sameSupplier(first, y) && utrsAgree(first, y) {
				rows = append(rows, y)
			}
		}
		done = append(done, wires...)
		if len(wires) > maxPool || len(rows) > maxPool {
			panic("oracle: the world is too large for it")
		}
		w.settle(w.bundles(wires, rows))
	}
}

// bundles: all of them, else the subsets.
func (w *world) bundles(wires []*wire, rows []*row) []bundle {
	var whole, parts []bundle
	for _, some := range subsets(wires) {
		for _, y := range rows {
			if len(some) > 1 && near(sumOfNet(some), y.item.Paid, w.rules.Tolerance) {
				b := bundle{some, []*row{y}}
				if len(some) == len(wires) {
					whole = append(whole, b)
				} else {
					parts = append(parts, b)
				}
			}
		}
	}
	for _, some := range subsets(rows) {
		for _, x := range wires {
			if len(some) > 1 && near(sumOfPaid(some), x.line.Net, w.rules.Tolerance) {
				b := bundle{[]*wire{x}, some}
				if len(some) == len(rows) {
					whole = append(whole, b)
				} else {
					parts = append(parts, b)
				}
			}
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return parts
}

// settle matches each bundle that competes with no other for a line or an item;
// those that compete are equally good.
func (w *world) settle(bundles []bundle) {
	for i, b := range bundles {
		unique := true
		for j, other := range bundles {
			if i != j && (overlap(b.rows, other.rows) || slices.ContainsFunc(b.wires, func(x *wire) bool { return slices.Contains(other.wires, x) })) {
				unique = false
			}
		}
		switch {
		case !unique:
			for _, x := range b.wires {
				x.ambiguous = true
			}
			for _, y := range b.rows {
				y.ambiguous = true
			}
		case len(b.rows) == 1:
			for _, x := range b.wires {
				x.give(b.rows[0], matcher.Grouped, x.line.Net, x.line.Adjustment)
			}
		default:
			b.wires[0].divide(b.rows)
		}
	}
}

// divide gives each item its paid_amount and the last the rest; the adjustment
// goes by what the books withhold in the same way, never more than there is.
func (x *wire) divide(rows []*row) {
	net, adjustment := x.line.Net, x.line.Adjustment
	for i, y := range rows {
		n, a := y.item.Paid, min(y.item.Withheld(), adjustment)
		if i == len(rows)-1 {
			n, a = net, adjustment
		}
		x.give(y, matcher.Grouped, n, a)
		net, adjustment = net-n, adjustment-a
	}
}

// subsets returns all subsets of s, each in the order of s.
func subsets[T any](s []T) [][]T {
	all := [][]T{nil}
	for _, x := range s {
		for _, some := range all[:len(all):len(all)] {
			all = append(all, append(slices.Clone(some), x))
		}
	}
	return all
}

func sumOfNet(wires []*wire) (sum money.Paise) {
	for _, x := range wires {
		sum += x.line.Net
	}
	return sum
}

func sumOfPaid(rows []*row) (sum money.Paise) {
	for _, y := range rows {
		sum += y.item.Paid
	}
	return sum
}
