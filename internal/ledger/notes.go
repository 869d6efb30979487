package ledger

import (
	"fmt"
	"slices"
)

// notes tells people what was assumed in reading a file by a foreign layout.
func (c *choice) notes(r *rowReader, rows int) []string {
	if rows == 0 {
		return []string{"there are no rows below the heading"}
	}
	if !c.l.foreign() {
		if c.sided() {
			return []string{"amounts say Dr or Cr: " + c.convention(r)}
		}
		return nil
	}
	notes := []string{fmt.Sprintf("read as %s (%s, score %d%s); %s", c.l.system, c.l.known, c.score, c.before(), c.convention(r))}
	if c.l.known == Assumed {
		notes = append(notes, fmt.Sprintf("the layout %s is assumed: nobody has compared it with a real file, so compare the totals with the ERP", c.l.name))
	}
	if c.l.numberByOthers {
		notes = append(notes, "the numbers are the vouchers' own and not the suppliers'; matching will mostly be by reference of the bank and amount")
	}
	if c.l.vouchers {
		notes = append(notes, "nothing of this file is proposed for payment: "+vouchersOnly)
	}
	if c.l.settled {
		notes = append(notes, "every row is a payment made; nothing is due on it")
	}
	return notes
}

// sided tells whether amounts are read by their sides.
func (c *choice) sided() bool {
	return slices.ContainsFunc(c.sheets, func(b *binding) bool { return b != nil && b.owes })
}

// before names the layout that fitted next best.
func (c *choice) before() string {
	if c.runnerUp == "" {
		return ""
	}
	return fmt.Sprintf("; next %s with %d", c.runnerUp, c.second)
}

// convention says which amounts were taken for owed.
func (c *choice) convention(r *rowReader) string {
	for _, b := range c.sheets {
		if b == nil {
			continue
		}
		if b.has(creditAmount) {
			return "an amount in the column for credit is owed"
		}
		for _, i := range []int{atDue, atGross} {
			if !b.has(amountColumns[i]) {
				continue
			}
			sign := b.signs[amountColumns[i]]
			switch {
			case r.marked[i]:
				return "an amount with Cr is owed, one with Dr is a credit of ours"
			case r.o.Owed == OwedIsNegative, r.o.Owed == AutoSide && sign == owedNegative:
				return "a negative amount is owed, a positive one is a credit of ours"
			case sign == signOfAnother:
				continue
			}
			return "a positive amount is owed, a negative one is a credit of ours"
		}
	}
	return "a positive amount is owed"
}
