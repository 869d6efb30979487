package ledger

import (
	"errors"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/table"
)

// An amount is what a cell of an amount column holds.
type amount struct {
	value money.Paise
	state amountState
	noisy bool    // a stored number that was not quite a whole paisa
	mark  mark    // Dr or Cr, of a foreign layout
	fault checkID // of a bad one
}

type amountState uint8

const (
	absent amountState = iota // no column, or nothing in the cell
	good
	bad
)

// readAmount reads the amount of a cell. A lone hyphen and "nil" are how
// accountants write 0.00; an empty cell is no amount.
func readAmount(c *table.Cell, sep money.Separator) amount {
	switch c.Kind {
	case table.Empty:
		return amount{}
	case table.Text:
		p, err := money.ParseCell(c.Text, sep)
		if err != nil && nothing(c.Text) {
			return amount{state: good}
		}
		return amountOf(p, false, err)
	case table.Number:
		p, noisy, err := money.ParseStored(c.Text)
		if c.Credit {
			p = -p
		}
		return amountOf(p, noisy, err)
	case table.Error:
		return amount{state: bad, fault: checkCellError}
	case table.NoCache:
		return amount{state: bad, fault: checkCellNoCache}
	}
	return amount{state: bad, fault: checkAmount}
}

func amountOf(p money.Paise, noisy bool, err error) amount {
	switch {
	case err == nil:
		return amount{value: p, state: good, noisy: noisy}
	case errors.Is(err, money.ErrPrecision):
		return amount{state: bad, fault: checkAmountDecimals}
	case errors.Is(err, money.ErrRange):
		return amount{state: bad, fault: checkAmountRange}
	}
	return amount{state: bad, fault: checkAmount}
}

// nothing tells whether a text stands for 0.00.
func nothing(s string) bool {
	return s == "-" || s == "–" || s == "—" || strings.EqualFold(s, "nil")
}

// five are the amounts of an item, of which the first is the sum of the others.
// The arrays run as amountColumns does.
type five [5]amount

// complete fills in what the row leaves out, by invoice = tds + adjustment +
// paid + due, and returns which of tds, adjustment and paid it computed, 0 for
// none (index of amountColumns). It reports false when there is nothing to
// compute from.
func (f *five) complete(t DocumentType) (computed int, ok bool) {
	missing, which := 0, 0
	for i := range f {
		if f[i].state != good {
			missing++
			which = i
		}
	}
	const gross, due = 0, 4
	switch {
	case missing == 0:
		return 0, true
	case missing > 1 && f[gross].state != good && f[due].state != good:
		return 0, false
	case missing > 1:
		which = due
		if f[gross].state != good {
			which = gross
		} else if f[due].state == good {
			which = -1
		}
		for i := gross + 1; i < due; i++ {
			if f[i].state != good {
				f[i] = amount{state: good}
			}
		}
	}
	switch which {
	case -1:
		return 0, true
	case gross:
		f[gross] = amount{value: f[1].value + f[2].value + f[3].value + f[4].value, state: good}
		return 0, true
	}
	rest := f[gross].value
	for i := gross + 1; i <= due; i++ {
		if i != which {
			rest -= f[i].value
		}
	}
	if which == due {
		f[due] = amount{value: rest, state: good}
		return 0, true
	}
	// Tax, adjustment and cash paid have no sign of their own; that the row does
	// not tie must show as a gap and not as negative tax.
	if rest < 0 && (t == Invoice || f[gross].value >= 0) {
		rest = 0
	}
	f[which] = amount{value: rest, state: good}
	return which, true
}
