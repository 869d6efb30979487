package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

const (
	zohoBills    = "Bill Date,Bill ID,Bill Number,Bill Status,Vendor Name,Due Date,Currency Code,Item Name,Item Total,Total,Balance\n"
	zohoPayments = "VendorPayment ID,Payment Number,Date,Vendor Name,Amount,Mode,Reference Number,PIPayment ID,Bill ID,Bill Number,Bill Amount\n"
)

// TestPaymentsJoinTheirBills reads bills and payments of Zoho Books together, in
// the shape that its exports are documented to have.
func TestPaymentsJoinTheirBills(t *testing.T) {
	bill := func(id, number, total, balance string) string {
		return "12-10-2026," + id + "," + number + ",Paid,Tapti Logistics,11-11-2026,INR,Freight,1.00," + total + "," + balance + "\n"
	}
	paid := func(n, id, number, amount, reference string) string {
		return "81230" + n + "," + n + ",1" + n + "-11-2026,Tapti Logistics," + amount + ",Bank Transfer," + reference + ",9" + n + "," + id + "," + number + "," + amount + "\n"
	}
	const a, b = "HDFCN52026111000033871", "HDFCN52026111200041905"
	for _, c := range []struct {
		name, bills, payments string
		items                 string // number paid/due reference day, and ! where it cannot be proposed
		skipped               string // of the list of payments
		note                  string
	}{
		{"paid in full", bill("46001", "TL-1", "29500.00", "0.00"), paid("1", "46001", "TL-1", "29500.00", a),
			"TL-1 29500.00/0.00 " + a + " 2026-11-11", "joined to a bill 1: 29500.00", "1 payments were joined to the bills in bills.csv that they name"},
		{"paid in part", bill("46001", "TL-1", "29500.00", "9500.00"), paid("1", "46001", "TL-1", "20000.00", a),
			"TL-1 20000.00/9500.00 " + a + " 2026-11-11", "joined to a bill 1: 20000.00", ""},
		{"two payments of one reference", bill("46001", "TL-1", "29500.00", "0.00"), paid("1", "46001", "TL-1", "20000.00", a) + paid("2", "46001", "TL-1", "9500.00", a),
			"TL-1 29500.00/0.00 " + a + " 2026-11-12", "joined to a bill 2: 29500.00", "2 payments in payments.csv name its bills"},
		{"two payments of two references", bill("46001", "TL-1", "29500.00", "0.00"), paid("1", "46001", "TL-1", "20000.00", a) + paid("2", "46001", "TL-1", "9500.00", b),
			"TL-1 29500.00/0.00  2026-11-12", "joined to a bill 2: 29500.00", "was paid by 2 payments with references of their own, 20,000.00 " + a + ", 9,500.00 " + b},
		{"more paid than the bill says", bill("46001", "TL-1", "29500.00", "29500.00"), paid("1", "46001", "TL-1", "20000.00", a),
			"TL-1 0.00/29500.00  !; TL-1 20000.00/0.00 " + a + " 2026-11-11!", "", `payments for bill "TL-1" sum to 20,000.00, and by its total and its balance 0.00 were paid (bills.csv:2)`},
		{"less paid than the bill says", bill("46001", "TL-1", "29500.00", "0.00"), paid("1", "46001", "TL-1", "20000.00", a),
			"TL-1 29500.00/0.00  !; TL-1 20000.00/0.00 " + a + " 2026-11-11!", "", "sum to 20,000.00, and by its total and its balance 29,500.00 were paid"},
		{"a payment in the list twice", bill("46001", "TL-1", "29500.00", "9500.00"), paid("1", "46001", "TL-1", "20000.00", a) + paid("1", "46001", "TL-1", "20000.00", a),
			"TL-1 20000.00/9500.00  !; TL-1 20000.00/0.00 " + a + " 2026-11-11!; TL-1 20000.00/0.00 " + a + " 2026-11-11!", "", "sum to 40,000.00, and by its total and its balance 20,000.00 were paid"},
		{"the bill's number a spreadsheet's accident", bill("46001", "14-Nov-20", "29500.00", "0.00"), paid("1", "46001", "TL-1", "29500.00", a),
			"14-Nov-20 29500.00/0.00 " + a + " 2026-11-11", "joined to a bill 1: 29500.00", ""},
		{"the ids a spreadsheet's accident", bill("4.6E+17", "TL-1", "29500.00", "0.00"), paid("1", "4.6E+17", "TL-1", "29500.00", a),
			"TL-1 29500.00/0.00 " + a + " 2026-11-11", "joined to a bill 1: 29500.00", ""},
		{"another bill's id", bill("46001", "TL-1", "29500.00", "0.00") + bill("46002", "TL-2", "29500.00", "0.00"), paid("1", "46002", "TL-1", "29500.00", a),
			"TL-1 29500.00/0.00  !; TL-2 29500.00/0.00  !; TL-1 29500.00/0.00 " + a + " 2026-11-11!", "", `a payment of 29,500.00 for bill "TL-1", but the bill of that id, bills.csv:3, has the number "TL-2"`},
		{"two bills of one number", bill("46001", "TL-1", "29500.00", "0.00") + strings.Replace(bill("46002", "TL-1", "11800.00", "0.00"), "12-", "13-", 1), paid("1", "4.6E+17", "TL-1", "29500.00", a),
			"TL-1 29500.00/0.00  !; TL-1 11800.00/0.00  !; TL-1 29500.00/0.00 " + a + " 2026-11-11!", "", "2 rows have the bill's number, such as bills.csv:2"},
		{"no such bill", bill("46001", "TL-1", "29500.00", "29500.00"), paid("1", "46009", "TL-9", "20000.00", a),
			"TL-1 0.00/29500.00  ; TL-9 20000.00/0.00 " + a + " 2026-11-11", "", ""},
		{"on account", bill("46001", "TL-1", "29500.00", "29500.00"), "812301,7,11-11-2026,Tapti Logistics,20000.00,Bank Transfer," + a + ",,,,\n",
			"TL-1 0.00/29500.00  ; advance 7 0.00/20000.00 " + a + " 2026-11-11", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustReadAll(t, map[string]string{"bills.csv": zohoBills + c.bills, "payments.csv": zohoPayments + c.payments})
			if got := paidItems(book); got != c.items {
				t.Errorf("got %s\nwant %s", got, c.items)
			}
			list := book.Inputs[1]
			if got := leftOut(list); got != c.skipped {
				t.Errorf("left out of the list: got %q, want %q", got, c.skipped)
			}
			if said := strings.Join(append(slices.Clone(book.Inputs[0].Notes), list.Notes...), "\n"); !strings.Contains(said, c.note) {
				t.Errorf("got notes\n%s\nwant one that says %q", said, c.note)
			}
		})
	}
}

// TestPartlyOnAccount holds that of a payment of which a bill has taken a part
// nobody computes the rest.
func TestPartlyOnAccount(t *testing.T) {
	book := mustReadAll(t, map[string]string{"payments.csv": zohoPayments +
		"812301,7,11-11-2026,Tapti Logistics,30000.00,Bank Transfer,HDFCN52026111000033871,91,46001,TL-1,20000.00\n" +
		"812301,7,11-11-2026,Tapti Logistics,30000.00,Bank Transfer,HDFCN52026111000033871,,,,\n"})
	if got, want := paidItems(book), "TL-1 20000.00/0.00 HDFCN52026111000033871 2026-11-11"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(book.Problems) != 1 || book.Problems[0].Check != "amount-missing" || book.Problems[0].Pos.Row != 3 {
		t.Errorf("got problems %v, want the amount of row 3 missing", book.Problems)
	}
}

// mustReadAll reads several ledgers together.
func mustReadAll(t *testing.T, files map[string]string) *ledger.Book {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refs, err := source.Find(dir, []string{"*.csv"})
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Read(t.Context(), refs, ledger.Options{Buyers: []party.Buyer{{B2BID: "BUYER0001"}}})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// paidItems tells of each item what was paid, what is open, and how it was paid.
func paidItems(book *ledger.Book) string {
	var all []string
	for i := range book.Items {
		it := &book.Items[i]
		s := fmt.Sprintf("%s %s/%s %s %s", it.Number, it.Paid, it.Due, it.UTR, it.PaymentDate)
		if it.Type != ledger.Invoice {
			s = it.Type.String() + " " + s
		}
		if it.Repeated {
			s += "!"
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

// leftOut tells of the rows of a file that were left out, and of their amounts.
func leftOut(in ledger.Input) string {
	var all []string
	for _, s := range in.Skipped {
		all = append(all, fmt.Sprintf("%s %d", s.Reason, s.Rows))
	}
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, ", ") + ": " + in.Columns[0].Skipped.String()
}

// TestAmountAloneNamesNoSystem: a column called Amount makes a file no list of
// payments, for every system has one.
func TestAmountAloneNamesNoSystem(t *testing.T) {
	_, err := readFile(t, "a.csv", []byte("Date,Amount,Whom\n01/10/2026,118.00,Ganga\n"), ledger.Options{})
	refuse(t, err, "heading-missing", "ledger.columns")
	if strings.Contains(err.Error(), "zoho") {
		t.Errorf("got %v, want no system named", err)
	}
}
