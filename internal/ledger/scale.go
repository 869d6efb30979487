package ledger

import (
	"fmt"
	"regexp"
	"slices"

	"reconcile/internal/table"
)

// inScale finds words by which a report says that its amounts are not in rupees:
// "(Rs. in Lakhs)", "All figures in INR thousands", "₹ in '000".
var inScale = regexp.MustCompile(`(?i)(\bin|rs\.?|\binr|\brupees|₹)\s*(\bin\s+|inr\s+|rs\.?\s*|rupees\s+|₹\s*)*(lakhs?|lacs?|crores?|thousands?|millions?|['’]?000s?)\b`)

// scaleOf returns the text above the rows that says so, empty where none does: one
// of the titles, or the heading of an amount. Read as rupees, every debt would be
// a thousand or a hundred thousand times too small.
func (b *binding) scaleOf(above []table.Row, heading table.Row) string {
	for _, row := range above {
		for i := range row.Cells {
			if c := &row.Cells[i]; c.Kind == table.Text && inScale.MatchString(c.Text) {
				return c.Text
			}
		}
	}
	for i := range heading.Cells {
		amount := slices.ContainsFunc(b.amounts, func(n uint8) bool { return b.at[amountColumns[n]] == i })
		if amount && inScale.MatchString(heading.Cells[i].Text) {
			return heading.Cells[i].Text
		}
	}
	return ""
}

// scaled refuses a sheet whose amounts are not in rupees.
func (b *binding) scaled(path, sheet string) error {
	e := fileError(path, sheet, b.row, checkFile, fmt.Sprintf("its amounts are not in rupees, for it says %q", oneLine(maskDigits(b.scale))))
	e.Remedy = "export it with amounts in rupees"
	return e
}
