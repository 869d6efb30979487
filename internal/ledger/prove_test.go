package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestTotalsAreProvedByColumn holds that a total row is compared in every column
// that it fills, and a subtotal with its section.
func TestTotalsAreProvedByColumn(t *testing.T) {
	const head = "Posting Date,Party,Supplier Name,Voucher Type,Voucher No,Due Date,Bill No,Invoiced Amount,Paid Amount,Debit Note,Outstanding Amount,Currency\n"
	const one = "05-10-2026,S1,Godavari,Purchase Invoice,P-1,04-11-2026,GE/1,100.00,10.00,0.00,90.00,INR\n"
	const two = "06-10-2026,S2,Malabar,Purchase Invoice,P-2,05-11-2026,MS/1,200.00,0.00,0.00,200.00,INR\n"
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"all right", one + two + "Total,,,,,,,300.00,10.00,0.00,290.00,\n",
			[]string{"the total in row 4, 300.00 of Invoiced Amount, 10.00 of Paid Amount, 290.00 of Outstanding Amount, is the sum of the rows above"}},
		{"second column wrong", one + two + "Total,,,,,,,300.00,10.00,0.00,280.00,\n",
			[]string{"the total in row 4, 280.00 of Outstanding Amount, is not the sum of the rows above, which is 290.00",
				"the total in row 4, 300.00 of Invoiced Amount, 10.00 of Paid Amount, is the sum of the rows above"}},
		{"all wrong", one + two + "Total,,,,,,,301.00,,,291.00,\n",
			[]string{"the total in row 4, 301.00 of Invoiced Amount, is not the sum of the rows above, which is 300.00",
				"the total in row 4, 291.00 of Outstanding Amount, is not the sum of the rows above, which is 290.00"}},
		{"section wrong", one + "Total Godavari,,,,,,,100.00,10.00,,90.00,\n" + two + "Total Malabar,,,,,,,200.00,,,199.00,\n",
			[]string{"the total in row 3, 100.00 of Invoiced Amount, 10.00 of Paid Amount, 90.00 of Outstanding Amount, is the sum of the rows above",
				"the total in row 5, 199.00 of Outstanding Amount, is not the sum of the rows since the last total, which is 200.00"}},
		{"sections right", one + "Total Godavari,,,,,,,100.00,10.00,,90.00,\n" + two + "Total Malabar,,,,,,,200.00,,,200.00,\nTotal,,,,,,,300.00,,,290.00,\n",
			[]string{"the total in row 3, 100.00 of Invoiced Amount, 10.00 of Paid Amount, 90.00 of Outstanding Amount, is the sum of the rows above",
				"the total in row 6, 300.00 of Invoiced Amount, 290.00 of Outstanding Amount, is the sum of the rows above"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustRead(t, "ap.csv", []byte(head+c.rows), ledger.Options{})
			var got []string
			for _, n := range book.Inputs[0].Notes {
				if strings.HasPrefix(n, "the total in") {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
