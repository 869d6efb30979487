package samples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/job"
)

// assumed are the layouts that have to be named, by sample.
var assumed = map[string]string{
	"dynamics-vendor.csv":    "dynamics-vendor",
	"erpnext-invoices.csv":   "erpnext-invoices",
	"quickbooks-online.csv":  "quickbooks-online",
	"sap-s4-line-items.xlsx": "sap-s4-line-items",
	"sap-text.txt":           "sap-text",
}

// TestLayouts reconciles each sample of an export with a log that is derived
// from it, and compares what became of its rows with expected/layouts. The log
// pays the first invoice, the second under a number that is spelled otherwise,
// has asked for the third, and knows nothing of the fourth; and so on.
func TestLayouts(t *testing.T) {
	files, err := os.ReadDir("layouts")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == "README.md" || f.Name() == "suppliers.csv" || f.Name() == "totals.csv" {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			dir := t.TempDir()
			write := func(name string, content []byte) {
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write(f.Name(), read(t, filepath.Join("layouts", f.Name())))
			write("suppliers.csv", read(t, filepath.Join("layouts", "suppliers.csv")))
			write("reconcile.yaml", settings(f.Name()))
			write("events.jsonl", []byte("\n"))
			before := resultsOf(t, run(t, dir))
			write("events.jsonl", logOf(t, before))
			done := run(t, dir)
			if !done.Summary.Ties() {
				t.Error("the sums do not tie")
			}
			golden(t, filepath.Join("layouts", f.Name()+".txt"), tellAll(resultsOf(t, done)))
		})
	}
}

// TestTogether reconciles the bills of Zoho Books with its payments, which say with
// which bank reference they were made: two exports about the same two bills, of
// which neither may count twice. The log has the first payment under a number that
// nobody can read, so that only the reference, which is in the other export, tells
// which bill it was for.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	names := []string{"zoho-bills-paid.csv", "zoho-payments-made.csv"}
	for _, name := range append([]string{"suppliers.csv"}, names...) {
		if err := os.WriteFile(filepath.Join(dir, name), read(t, filepath.Join("layouts", name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string][]byte{"reconcile.yaml": settings(names...), "events.jsonl": append(body(t, success, 1, "BCSAHYADRIPA", "0000", "61360.00", "HDFCN52026111000033871"), body(t, success, 2, "BCTAPTILOGIS", "TL-2301", "20000.00", "HDFCN52026111200041905")...)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := run(t, dir)
	if !done.Summary.Ties() {
		t.Error("the sums do not tie")
	}
	told := append(tellAll(resultsOf(t, done)), '\n')
	for _, in := range done.Summary.Inputs {
		for _, a := range in.Amounts {
			told = fmt.Appendf(told, "%s: %s %s = accepted %s + skipped %s + quarantined %s\n", in.Path, a.Name, a.Value.Read, a.Value.Accepted, a.Value.Skipped, a.Value.Quarantined)
		}
	}
	golden(t, filepath.Join("layouts", "zoho-together.txt"), told)
}

func settings(files ...string) []byte {
	preset := "auto"
	if name := assumed[files[0]]; name != "" {
		preset = name
	}
	quoted, err := json.Marshal(files)
	if err != nil { // unreachable: they are strings
		return nil
	}
	return fmt.Appendf(nil, `buyers: [{b2b_id: BUYER0001, gstin: 27AAPFU0939F1ZV, name: Sample Buyer}]
ledger: {files: %s, preset: %s, suppliers: suppliers.csv}
events: {files: [events.jsonl]}
payments: {mode: propose, type: ONPLATFORM, mode_of_payment: ACCOUNT TRANSFER}
store: state
output: reports
`, quoted, preset)
}

// A result is one line of results.jsonl, as far as it is compared.
type result struct {
	Record, Status, Match, Sheet string
	Row                          int
	Supplier                     string `json:"supplier_b2b_id"`
	Number                       string `json:"supplier_invoice_number"`
	Payable                      string `json:"cash_payable"`
	Paid                         string `json:"cash_paid"`
	Column, Reason               string
	Breaks                       []struct{ Code, Amount string }
}

func resultsOf(t *testing.T, done *job.Done) []result {
	t.Helper()
	var all []result
	decoder := json.NewDecoder(bytes.NewReader(read(t, filepath.Join(done.Folder, "results.jsonl"))))
	for decoder.More() {
		var r result
		if err := decoder.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b result) int { return a.Row - b.Row })
	return all
}

// logOf derives the deliveries of a log from the rows of a ledger.
func logOf(t *testing.T, rows []result) []byte {
	t.Helper()
	var log bytes.Buffer
	n := 0
	for _, r := range rows {
		if r.Record != "item" || r.Status == "credit" || r.Supplier == "" || r.Payable == "0.00" {
			continue
		}
		n++
		number, head := r.Number, success
		switch n % 4 {
		case 2:
			number = strings.ToLower(strings.NewReplacer("/", " - ").Replace(number))
		case 3:
			head = `"device":{"tag":{"name":"GEOCODE","value":"19.0760,72.8777"}}`
		case 0:
			continue
		}
		log.Write(body(t, head, n, r.Supplier, number, r.Payable, fmt.Sprintf("HDFCN520261120%08d", n)))
	}
	return log.Bytes()
}

// success is the head of a body that says that a payment was made.
const success = `"resp":{"reqMsgId":"M","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""}`

// body is one line of a log, of a payment for one invoice.
func body(t *testing.T, head string, n int, supplier, number, net, reference string) []byte {
	t.Helper()
	amount := fmt.Sprintf(`{"netPaidAmount":%s,"netAdjustmentAmount":0.00,"totalAmount":%s,"currency":"INR"`, net, net)
	quoted, err := json.Marshal(number)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, `{%s,"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":%q},"payment":{"objectId":"PMT%032d","ts":"2026-11-20T10:00:00+05:30","type":"ONPLATFORM","mode":"NEFT","utr":%q,"currency":"INR","paymentAmount":%s},`+
		`"invoicesPayInfos":[{"objectId":"INV%032d","supplierInvoiceNumber":%s,"invoiceAmount":{"dueAmount":%s,"totalAmount":%s,"currency":"INR"},"invoicePaymentAmount":%s,"splits":[]}}]},"additionalInfos":[]}`+"\n",
		head, supplier, n, reference, amount, n, quoted, net, net, amount)
}

func tellAll(rows []result) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		switch r.Record {
		case "item":
			fmt.Fprintf(&b, "row %d, %s %s: %s by %s, payable %s, paid %s", r.Row, r.Supplier, r.Number, r.Status, r.Match, r.Payable, r.Paid)
		case "quarantined":
			fmt.Fprintf(&b, "row %d: quarantined, %s", r.Row, r.Reason)
		default:
			if len(r.Breaks) == 0 {
				continue
			}
			fmt.Fprintf(&b, "line %s %s", r.Supplier, r.Number)
		}
		for _, breach := range r.Breaks {
			fmt.Fprintf(&b, ", %s %s", breach.Code, breach.Amount)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}
