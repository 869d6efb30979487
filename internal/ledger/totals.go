package ledger

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// A fate is what became of a row.
type fate uint8

const (
	accepted fate = iota
	quarantined
	skipped
)

// totals counts the rows of one file and sums their amounts, as they go by.
type totals struct {
	rows    [3]int // by fate
	read    int
	reasons map[string]int
	sums    [len(amountColumns)]sums
	noise   int
}

type sums struct {
	present bool
	read    money.Paise
	by      [3]money.Paise // by fate
}

// add counts a row and its amounts. reason is of a skipped row.
func (t *totals) add(f fate, reason string, amounts *[len(amountColumns)]amount, there []uint8) error {
	t.read++
	t.rows[f]++
	if f == skipped {
		if t.reasons == nil {
			t.reasons = make(map[string]int)
		}
		t.reasons[reason]++
	}
	for _, i := range there {
		a := &amounts[i]
		if a.state != good {
			continue
		}
		if a.noisy {
			t.noise++
		}
		s := &t.sums[i]
		var err error
		if s.read, err = s.read.Add(a.value); err != nil {
			return fmt.Errorf("summing %s: %w", amountColumns[i], err)
		}
		if s.by[f], err = s.by[f].Add(a.value); err != nil {
			return fmt.Errorf("summing %s: %w", amountColumns[i], err)
		}
	}
	return nil
}

// into writes the totals to the Input and proves that they tie. An error here
// is a fault of the program.
func (t *totals) into(in *Input) error {
	in.Rows, in.Accepted, in.Quarantined = t.read, t.rows[accepted], t.rows[quarantined]
	in.Noise = t.noise
	for reason, n := range t.reasons {
		in.Skipped = append(in.Skipped, Skipped{reason, n})
	}
	slices.SortFunc(in.Skipped, func(a, b Skipped) int { return strings.Compare(a.Reason, b.Reason) })
	for i, s := range t.sums {
		if s.present {
			in.Columns = append(in.Columns, ColumnTotal{amountColumns[i].String(), s.read, s.by[accepted], s.by[skipped], s.by[quarantined]})
		}
	}
	return in.check()
}

// check proves that nothing was lost: rows and amounts read are those accepted,
// skipped and quarantined.
func (in *Input) check() error {
	rows := in.Accepted + in.Quarantined
	for _, s := range in.Skipped {
		rows += s.Rows
	}
	if rows != in.Rows {
		return fmt.Errorf("%s: %d rows were read and %d accounted for; this is a fault of the program, please report it", in.Path, in.Rows, rows)
	}
	for _, c := range in.Columns {
		if sum := c.Accepted + c.Skipped + c.Quarantined; sum != c.Read {
			return fmt.Errorf("%s: %s %s was read and %s accounted for; this is a fault of the program, please report it", in.Path, c.Column, c.Read, sum)
		}
	}
	return nil
}
