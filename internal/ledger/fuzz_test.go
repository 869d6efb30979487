package ledger

import (
	"context"
	"strings"
	"testing"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/table"
)

// FuzzRead holds reading against its laws: every row and every paisa is
// accounted for, every quarantined row has a problem, and no account number
// reaches a problem or an error.
func FuzzRead(f *testing.F) {
	f.Add("supplier_code,supplier_invoice_number,invoice_amount,due_date,account_number\nV1,INV/1,\"1,18,000.00\",25/12/2026,000123456789012\nTotal,,118000,,\n")
	f.Add("supplier_code,supplier_invoice_number,invoice_amount,paid_amount,account_number\nV1,1,1.180,,12345678901x\nV1,1,\"1,5\",,\n,,,,\n")
	f.Add("supplier_name;supplier_invoice_number;due_amount;tds_amount;account_number\nA;6.55E+14;5;-1;987654321098765\nA, B;x;y;z;1;2;3\n")
	f.Add("supplier_name,supplier_invoice_number,due_amount,msme,account_number\nA,1,2,small\n\"A,1,2,x,123456789012\n")
	f.Add("Date,Ref. No.,Party's Name,Pending Amount,,Due on\n,,,Amount,,\n1-Oct-26,A1,Ganga,5.00,Dr,31-Oct-26\n2-Oct-26,A2,Ganga,6.00 Cr,,31-Oct-26\n,,,6.00 Cr,,\n")
	f.Add("Bill Date,Bill ID,Bill Number,Vendor Name,Due Date,Item Name,Total,Balance\n01-10-2026,1,5,G,31-10-2026,Rope,1000,900\n01-10-2026,1,5,G,31-10-2026,Twine,1000,900\n,,,,,Nail,,\n01-10-2026,2,5,G,31-10-2026,x,7,7\n01-10-2026,2,5,G,31-10-2026,y,8,8\n")
	f.Add("Date,Transaction Type,Document Number,P.O. No.,Due Date,Age,Open Balance\nTotal Tea,,,,,,\n05/10/2026,Bill,A1,,04/11/2026,17,(1.00)\n05/10/2026,Bill Credit,A2,,,17,1.00\nTotal - Total Tea,,,,,,0.00\n")
	f.Add("|S|Account|DocumentNo|Type|Doc. Date |Reference|Amt in loc.cur.|LCurr|\n|-----|\n|@5B\\QOpen@|100023|1|KR|05.10.2026|VP/1|1.000,00-|INR|\n|*|||||| 1.000,00-|INR|\n")
	f.Add("Date,Particulars,Vch Type,Vch No.,Debit,Credit\n,,,,Amount,Amount\n1-Oct-26,(cancelled),Purchase,1,,\n1-Oct-26,G,Purchase,2,,5\n1-Oct-26,G,Journal,3,5,6\n")
	const account = "918273645546372819"
	f.Fuzz(func(t *testing.T, text string) {
		// The known number stands wherever the text has an account of zeros.
		text = strings.ReplaceAll(text, "000000000", account)
		file, err := table.Open("ledger.csv", []byte(text), table.Limits{})
		if err != nil {
			return
		}
		lines, column, elsewhere := 0, -1, false
		if err := file.Sheets[0].Rows(func(row table.Row) error {
			lines++
			for i, c := range row.Cells {
				if fold(c.Text) == "accountnumber" {
					column = i
				} else if strings.Contains(c.Text, account) && i != column {
					elsewhere = true // perhaps an amount, which is shown
				}
			}
			return nil
		}); err != nil {
			return
		}
		book, err := readFiles(context.Background(), []sheetFile{{Input{Path: "ledger.csv"}, file.Sheets}}, Options{Buyers: []party.Buyer{buyer}, FingerprintKey: []byte("k")})
		if err != nil {
			if !elsewhere && strings.Contains(err.Error(), account) {
				t.Errorf("an account number stands in %v", err)
			}
			return
		}
		in := book.Inputs[0]
		skipped := 0
		for _, s := range in.Skipped {
			skipped += s.Rows
		}
		if in.Rows != in.Accepted+skipped+in.Quarantined || in.Accepted != len(book.Items) || in.Rows >= lines {
			t.Errorf("%d lines, %d rows, %d accepted (%d items), %d skipped, %d quarantined", lines, in.Rows, in.Accepted, len(book.Items), skipped, in.Quarantined)
		}
		for _, c := range in.Columns {
			if c.Read != c.Accepted+c.Skipped+c.Quarantined {
				t.Errorf("%+v does not tie", c)
			}
		}
		faulty := make(map[int]bool)
		for _, p := range book.Problems {
			faulty[p.Pos.Row] = true
			if !elsewhere && strings.Contains(p.String(), account) {
				t.Errorf("an account number stands in %s", p)
			}
			if p.Check == "" || p.Remedy == "" {
				t.Errorf("%s has no check or no remedy", p)
			}
		}
		if len(faulty) != in.Quarantined {
			t.Errorf("%d rows have problems and %d are quarantined", len(faulty), in.Quarantined)
		}
		last := 0
		for _, it := range book.Items {
			if it.Pos.Row <= last || faulty[it.Pos.Row] {
				t.Errorf("row %d is an item behind row %d, faulty %v", it.Pos.Row, last, faulty[it.Pos.Row])
			}
			last = it.Pos.Row
			if it.Number == "" || it.Supplier == (party.Supplier{}) || it.Buyer == "" || it.Currency == "" {
				t.Errorf("%+v lacks what every item has", it)
			}
		}
		if sum := itemSum(book); in.Layout == "canonical" && in.Columns != nil && in.Columns[0].Column == "invoice_amount" && len(in.Columns) == 1 && sum != in.Columns[0].Accepted {
			t.Errorf("the items sum to %s, the column to %s", sum, in.Columns[0].Accepted)
		}
	})
}

func itemSum(book *Book) (sum money.Paise) {
	for _, it := range book.Items {
		sum += it.Gross
	}
	return sum
}
