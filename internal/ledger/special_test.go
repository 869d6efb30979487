package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestSpecialLedgers reads line items of SAP that stand under a special G/L
// indicator, under the headings of a real export: down payments are advances, a
// request for one is no debt yet, and a retention is a part of its invoice that
// nobody pays.
func TestSpecialLedgers(t *testing.T) {
	book := mustRead(t, "EXPORT.XLSX", workbook(t, page{"Sheet1", [][]any{
		{"Document Status", "G/L Account", "Account", "Document Number", "Document Date", "Reference", "Document Type", "Special G/L Ind.", "Net Due Date", "Amount in Local Currency", "Local Currency", "Clearing Document"},
		{`@5B\QOpen@`, "21100000", "0000100023", "1900004711", date(46300), "VP/91", "KR", "", date(46330), -90000, "INR", ""},
		{`@5B\QOpen@`, "21190000", "0000100023", "1900004711", date(46300), "VP/91", "KR", "H", date(46330), -10000, "INR", ""},
		{`@5B\QOpen@`, "21180000", "0000100023", "1500000301", date(46310), "", "KZ", "A", nil, 25000, "INR", ""},
		{`@5B\QOpen@`, "21180000", "0000100023", "1500000302", date(46310), "DP-2", "SA", "M", nil, 4000, "INR", ""},
		{`@5B\QOpen@`, "21180000", "0000100023", "1500000303", date(46310), "DP-3", "KR", "f", nil, -7000, "INR", ""},
		{`@5B\QOpen@`, "21190000", "0000100031", "1900004720", date(46300), "MT/5", "KR", "W", date(46330), -5000, "INR", ""},
		{`@5B\QOpen@`, "21180000", "0000100031", "1500000304", date(46310), "DP-4", "KZ", "A", nil, -300, "INR", ""},
	}}), ledger.Options{})
	var got []string
	for i := range book.Items {
		it := &book.Items[i]
		got = append(got, fmt.Sprintf("%s %s due %s part %q held %q repeated %t", it.Type, it.Number, it.Due, it.Part, it.Hold, it.Repeated))
	}
	want := []string{
		`invoice VP/91 due 90000.00 part "" held "" repeated false`,
		`invoice VP/91 due 10000.00 part "special G/L H" held "special G/L H" repeated false`,
		`advance 1500000301 due 25000.00 part "" held "" repeated false`,
		`advance DP-2 due 4000.00 part "" held "" repeated false`,
		`invoice MT/5 due 5000.00 part "special G/L W" held "special G/L W" repeated false`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if in := book.Inputs[0]; leftOut(in) != "down payment request 1: -7000.00" || in.Quarantined != 1 {
		t.Errorf("left out %q and quarantined %d, want the request and the down payment with the sign of a debt", leftOut(in), in.Quarantined)
	}
}
