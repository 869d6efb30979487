package ledger

import "fmt"

// notes tells people what was assumed in reading a file by a foreign layout.
func (c *choice) notes(r *rowReader, rows int) []string {
	if rows == 0 {
		return []string{"there are no rows below the heading"}
	}
	if !c.l.foreign() {
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

// prove compares a total row of a foreign layout with the rows above it, and
// notes what the report's control total says. Subtotals are too many to speak
// of, so a row that is another sum than the whole counts only as plain Total.
func (r *rowReader) prove(sums *running) {
	if !r.b.owes {
		return
	}
	where := fmt.Sprintf("row %d", r.row.Number)
	if r.pos.Sheet != "" {
		where = fmt.Sprintf("row %d of sheet %q", r.row.Number, r.pos.Sheet)
	}
	for _, i := range r.b.amounts {
		a := r.amounts[i]
		if a.state != good || a.value == 0 {
			continue
		}
		c := r.b.heading(amountColumns[i])
		switch {
		case r.equals(&sums.all):
			r.proof = append(r.proof, fmt.Sprintf("the total in %s, %s of %s, is the sum of the rows above", where, a.value.Grouped(), c))
		case r.equalsCurrency(sums):
			r.proof = append(r.proof, fmt.Sprintf("the total in %s, %s of %s, is the sum of the rows above in %s", where, a.value.Grouped(), c, r.cell(currency).Text))
		case !r.equals(&sums.since) && r.plainTotal():
			r.proof = append(r.proof, fmt.Sprintf("the total in %s, %s of %s, is not the sum of the rows above, which is %s", where, a.value.Grouped(), c, sums.all[i].Grouped()))
		}
		return
	}
}

// plainTotal tells whether the row says that it is the total, and of nothing in
// particular.
func (r *rowReader) plainTotal() bool {
	for i := range r.row.Cells {
		if rest, ok := saysTotal(r.row.Cells[i].Text); ok {
			return rest == ""
		}
	}
	return false
}
