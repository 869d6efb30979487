package oracle

import (
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Rates of section 5.4 as they are since October 2024, in hundredths of a
// percent: 194Q and 194-O; 194C for an individual; 194C, 194H, 194-I, 194J; the
// goods of a seller without PAN; 194-I, 194J; anyone else without PAN. The Act
// of 2025 renumbered the sections and kept the rates.
var incomeTax = [...]int64{10, 100, 200, 500, 1000, 2000}

const gstTDS = 200

// firstDay is 1 October 2024; the worlds that are tried here begin later.
const firstDay day.Date = 719_163 + 19_997

// explained is 5.4: some rate, in force on the invoice date, explains the gap.
func explained(it *ledger.Item, gap money.Paise) bool {
	if !it.HasTaxable || it.Taxable <= 0 || it.InvoiceDate < firstDay || gap < 10_00 {
		return false
	}
	rates := []int64{gstTDS}
	for _, r := range incomeTax {
		rates = append(rates, r, r+gstTDS)
	}
	for _, r := range rates {
		if near(gap, toRupee(int64(it.Taxable)*r), 1_00) {
			return true
		}
	}
	return false
}

// toRupee rounds an amount in ten-thousandths of a paisa, half up, to rupees.
func toRupee(x int64) money.Paise { return money.Paise((x + 500_000) / 1_000_000 * 100) }
