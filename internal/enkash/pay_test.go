package enkash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

const ownID = "PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

var (
	geocode = Device{"GEOCODE", "19.0760,72.8777"}
	night   = time.Date(2026, 11, 21, 20, 0, 7, 999, time.UTC) // 01:30:07 of the 22nd in India
)

// twoInvoices is an instruction with all that an instruction can have.
func twoInvoices() *proposal.Instruction {
	return &proposal.Instruction{
		ObjectID: ownID, Buyer: "BUYER0001", Supplier: "zwch_1731304320a8b539acf65f1337854926",
		SupplierName: "Blue Peak", Mode: "ACCOUNT TRANSFER", Reference: "RCN-ABCDEFGH",
		Payee: proposal.Payee{Last4: "6789", IFSC: "HDFC0001234", Beneficiary: "Blue Peak & Söhne <Guards>", VPA: "bluepeak@hdfcbank"},
		Allocations: []proposal.Allocation{
			{
				Number: "BPS/26-27/091", InvoiceID: "INV0123456789abcdefghijABCDEFGHIJ01", ObjectVersion: 3, InvoiceStatus: "CONFIRMED",
				Gross: 11800000, Due: 11800000, Net: 11300000, Adjustment: 500000,
				Splits: []proposal.Split{{Name: "TDS", Value: 200000, RefNo: "393(1)"}, {Name: "CREDIT_NOTE", Value: 300000}},
			},
			{Number: "BPS/26-27/092", Gross: 105, Due: 101, Net: 1},
		},
		Net: 11300001, Adjustment: 500000, Total: 11800001,
	}
}

func TestRenderPay(t *testing.T) {
	want := `{"device":{"tag":{"name":"GEOCODE","value":"19.0760,72.8777"}},` +
		`"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"zwch_1731304320a8b539acf65f1337854926"},` +
		`"payment":{"objectId":"PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567","ts":"2026-11-22T01:30:07+05:30","type":"ONPLATFORM","mode":"ACCOUNT TRANSFER","utr":"RCN-ABCDEFGH","currency":"INR",` +
		`"paymentAmount":{"netPaidAmount":113000.01,"netAdjustmentAmount":5000.00,"totalAmount":118000.01,"currency":"INR"},` +
		`"invoicesPayInfos":[{"objectId":"INV0123456789abcdefghijABCDEFGHIJ01","supplierInvoiceNumber":"BPS/26-27/091",` +
		`"objectVersion":{"currentVersion":3,"newVersion":3},"statusTransition":{"currentStatus":"CONFIRMED","newStatus":"CONFIRMED"},` +
		`"invoiceAmount":{"dueAmount":118000.00,"totalAmount":118000.00,"currency":"INR"},` +
		`"invoicePaymentAmount":{"netPaidAmount":113000.00,"netAdjustmentAmount":5000.00,"totalAmount":118000.00,"currency":"INR",` +
		`"splits":[{"name":"TDS","value":2000.00,"refNo":"393(1)"},{"name":"CREDIT_NOTE","value":3000.00,"refNo":""}]},` +
		`"supplierBankAccountDetails":{"maskedAccountNumber":"XXXX6789","ifsc":"HDFC0001234","beneficiaryName":"Blue Peak & Söhne <Guards>","businessVPA":"bluepeak@hdfcbank"}},` +
		`{"supplierInvoiceNumber":"BPS/26-27/092",` +
		`"invoiceAmount":{"dueAmount":1.01,"totalAmount":1.05,"currency":"INR"},` +
		`"invoicePaymentAmount":{"netPaidAmount":0.01,"netAdjustmentAmount":0.00,"totalAmount":0.01,"currency":"INR","splits":[]},` +
		`"supplierBankAccountDetails":{"maskedAccountNumber":"XXXX6789","ifsc":"HDFC0001234","beneficiaryName":"Blue Peak & Söhne <Guards>","businessVPA":"bluepeak@hdfcbank"}}]}}`
	got, err := RenderPay(twoInvoices(), payment.OnPlatform, geocode, night)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRenderPayLeavesOutWhatIsNotKnown(t *testing.T) {
	in := twoInvoices()
	in.Payee = proposal.Payee{Digest: strings.Repeat("0", 64)}
	in.Allocations[0].InvoiceID, in.Allocations[0].ObjectVersion, in.Allocations[0].InvoiceStatus = "", 0, ""
	got, err := RenderPay(in, payment.OnPlatform, geocode, night)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"supplierBankAccountDetails", "objectVersion", "statusTransition", `"objectId":""`, "null", in.Payee.Digest} {
		if bytes.Contains(got, []byte(key)) {
			t.Errorf("the body holds %s, of which nothing is known:\n%s", key, got)
		}
	}
}

// An OFFPLATFORM payment moved when the books say, and not when we tell of it.
func TestRenderPayOffPlatformDay(t *testing.T) {
	in := twoInvoices()
	for _, c := range []struct {
		date string
		want string
	}{
		{"2026-11-03", `"ts":"2026-11-03T00:00:00+05:30"`},
		{"2026-11-22", `"ts":"2026-11-22T00:00:00+05:30"`}, // today in India, tomorrow in UTC
		{"", `"ts":"2026-11-22T01:30:07+05:30"`},
	} {
		in.PaymentDate = 0
		if c.date != "" {
			in.PaymentDate = mustDay(t, c.date)
		}
		got, err := RenderPay(in, payment.OffPlatform, geocode, night)
		if err != nil {
			t.Fatalf("paid on %q: %v", c.date, err)
		}
		if !bytes.Contains(got, []byte(c.want)) {
			t.Errorf("paid on %q: got %s, want %s in it", c.date, got, c.want)
		}
	}
	in.PaymentDate = mustDay(t, "2026-11-23")
	if _, err := RenderPay(in, payment.OffPlatform, geocode, night); err == nil || !strings.Contains(err.Error(), "payment.ts") {
		t.Errorf("paid tomorrow: got %v, want an error about payment.ts", err)
	}
}

func mustDay(t *testing.T, s string) day.Date {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each fault of an instruction is found, under the name that the field has on
// the page, and no bytes are given.
func TestRenderPayRefuses(t *testing.T) {
	type in = proposal.Instruction
	first := func(change func(a *proposal.Allocation)) func(*in) {
		return func(i *in) { change(&i.Allocations[0]) }
	}
	const line = "payment.invoicesPayInfos[0]."
	for _, c := range []struct {
		name   string
		change func(*in)
		field  string
	}{
		{"no id", func(i *in) { i.ObjectID = "" }, "payment.objectId"},
		{"id of the class, but not PMT", func(i *in) { i.ObjectID = "TTP" + ownID[3:] }, "payment.objectId"},
		{"id too long", func(i *in) { i.ObjectID += "A" }, "payment.objectId"},
		{"id with a line break", func(i *in) { i.ObjectID += "\n" }, "payment.objectId"},
		{"no buyer", func(i *in) { i.Buyer = "" }, "b2bIds.buyerB2BId"},
		{"buyer with a quote", func(i *in) { i.Buyer = `B"` }, "b2bIds.buyerB2BId"},
		{"supplier too long", func(i *in) { i.Supplier = strings.Repeat("ü", 101) }, "b2bIds.supplierB2BId"},
		{"supplier with a backslash", func(i *in) { i.Supplier = `a\b` }, "b2bIds.supplierB2BId"},
		{"supplier with a space before", func(i *in) { i.Supplier = " S" }, "b2bIds.supplierB2BId"},
		{"mode of another product", func(i *in) { i.Mode = "RTGS" }, "payment.mode"},
		{"mode with an underscore", func(i *in) { i.Mode = "ACCOUNT_TRANSFER" }, "payment.mode"},
		{"no reference", func(i *in) { i.Reference = "" }, "payment.utr"},
		{"reference too long", func(i *in) { i.Reference = strings.Repeat("1", 51) }, "payment.utr"},
		{"reference that is no text", func(i *in) { i.Reference = "\xff" }, "payment.utr"},
		{"net is not the sum", func(i *in) { i.Net--; i.Total-- }, "payment.paymentAmount.netPaidAmount"},
		{"adjustment is not the sum", func(i *in) { i.Adjustment++; i.Total++ }, "payment.paymentAmount.netAdjustmentAmount"},
		{"total is not the sum", func(i *in) { i.Total++ }, "payment.paymentAmount.totalAmount"},
		{"no invoice", func(i *in) { i.Allocations = nil }, "payment.invoicesPayInfos"},
		{"too many invoices", func(i *in) { i.Allocations = make([]proposal.Allocation, 51) }, "payment.invoicesPayInfos"},
		{"no number", first(func(a *proposal.Allocation) { a.Number = "" }), line + "supplierInvoiceNumber"},
		{"number with a line break", first(func(a *proposal.Allocation) { a.Number = "A\nB" }), line + "supplierInvoiceNumber"},
		{"number too long", first(func(a *proposal.Allocation) { a.Number = strings.Repeat("9", 51) }), line + "supplierInvoiceNumber"},
		{"invoice id", first(func(a *proposal.Allocation) { a.InvoiceID = ownID }), line + "objectId"},
		{"version", first(func(a *proposal.Allocation) { a.ObjectVersion = -1 }), line + "objectVersion"},
		{"status", first(func(a *proposal.Allocation) { a.InvoiceStatus = `"` }), line + "statusTransition"},
		{"net of a line is nothing", first(func(a *proposal.Allocation) { a.Net = 0 }), line + "invoicePaymentAmount.netPaidAmount"},
		{"net of a line is negative", first(func(a *proposal.Allocation) { a.Net = -1 }), line + "invoicePaymentAmount.netPaidAmount"},
		{"adjustment of a line is negative", first(func(a *proposal.Allocation) { a.Adjustment = -1 }), line + "invoicePaymentAmount.netAdjustmentAmount"},
		{"more than is due", first(func(a *proposal.Allocation) { a.Due-- }), line + "invoicePaymentAmount.totalAmount"},
		{"more due than the invoice", first(func(a *proposal.Allocation) { a.Gross-- }), line + "invoiceAmount.dueAmount"},
		{"more than can be read", first(func(a *proposal.Allocation) { a.Gross = money.Max + 1 }), line + "invoiceAmount.totalAmount"},
		{"sums that overflow", first(func(a *proposal.Allocation) { a.Net = math.MaxInt64 }), "payment.paymentAmount.netPaidAmount"},
		{"splits are not the adjustment", first(func(a *proposal.Allocation) { a.Splits = a.Splits[:1] }), line + "invoicePaymentAmount.splits"},
		{"split of nothing", first(func(a *proposal.Allocation) { a.Splits[0].Value = 0 }), line + "invoicePaymentAmount.splits[0].value"},
		{"split without a name", first(func(a *proposal.Allocation) { a.Splits[0].Name = "" }), line + "invoicePaymentAmount.splits[0].name"},
		{"split with a bad number", first(func(a *proposal.Allocation) { a.Splits[1].RefNo = `\` }), line + "invoicePaymentAmount.splits[1].refNo"},
		{"whole account number", func(i *in) { i.Payee.Last4 = "50100123456789" }, "supplierBankAccountDetails.maskedAccountNumber"},
		{"no IFSC", func(i *in) { i.Payee.IFSC = "HDFC1001234" }, "supplierBankAccountDetails.ifsc"},
		{"beneficiary", func(i *in) { i.Payee.Beneficiary = `"` }, "supplierBankAccountDetails.beneficiaryName"},
		{"VPA", func(i *in) { i.Payee.VPA = strings.Repeat("a", 101) }, "supplierBankAccountDetails.businessVPA"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := twoInvoices()
			c.change(in)
			got, err := RenderPay(in, payment.OnPlatform, geocode, night)
			if err == nil || !strings.Contains(err.Error(), c.field+":") {
				t.Fatalf("got %v, want an error that names %s", err, c.field)
			}
			if got != nil {
				t.Errorf("got the body %s beside the error", got)
			}
			if strings.Contains(err.Error(), "50100123456789") {
				t.Errorf("the error shows an account: %v", err)
			}
		})
	}
	for _, c := range []struct {
		field  string
		typ    payment.Type
		device Device
		at     time.Time
	}{
		{"payment.type", 0, geocode, night},
		{"payment.type", 7, geocode, night},
		{"device.tag.name", payment.OnPlatform, Device{Value: "1,2"}, night},
		{"device.tag.value", payment.OnPlatform, Device{Name: "GEOCODE"}, night},
		{"payment.ts", payment.OnPlatform, geocode, time.Time{}},
	} {
		if _, err := RenderPay(twoInvoices(), c.typ, c.device, c.at); err == nil || !strings.Contains(err.Error(), c.field+":") {
			t.Errorf("type %d, device %v, at %v: got %v, want an error that names %s", c.typ, c.device, c.at, err, c.field)
		}
	}
}

// What RenderPay writes, the reader of logs reads back: the same amounts and the
// same lines, whatever the names and numbers are made of.
func TestRenderPayIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, typ := anyInstruction(t)
		body, err := RenderPay(in, typ, geocode, night)
		if err != nil {
			t.Fatalf("an instruction without fault is refused: %v", err)
		}
		if again, _ := RenderPay(in, typ, geocode, night); !bytes.Equal(body, again) {
			t.Fatalf("the same instruction gives other bytes:\n%s\n%s", body, again)
		}
		if bytes.ContainsAny(body, "\n\r") {
			t.Fatalf("the body is more than one line: %q", body)
		}
		log, err := readLogs(t.Context(), []logFile{inMemory("own", string(body)+"\n")}, LogOptions{Buyers: ours, Zone: ist})
		if err != nil {
			t.Fatal(err)
		}
		if len(log.Problems) > 0 || len(log.Remittances) != 1 {
			t.Fatalf("%s\nis read as %d payments with the problems %v", body, len(log.Remittances), log.Problems)
		}
		if diff := difference(in, typ, &log.Remittances[0]); diff != "" {
			t.Fatalf("%s\nis read back with another %s", body, diff)
		}
	})
}

// difference names what was not read back as it was written.
func difference(in *proposal.Instruction, typ payment.Type, r *payment.Remittance) string {
	switch {
	case r.ObjectID != in.ObjectID:
		return "objectId: " + r.ObjectID
	case r.Buyer != in.Buyer || r.Supplier != in.Supplier:
		return "party: " + r.Buyer + ", " + r.Supplier
	case r.Type != typ || r.Mode != in.Mode:
		return "type or mode: " + r.Type.String() + ", " + r.Mode
	case r.Outcome != payment.Sent || r.Conflict != "":
		return "outcome: " + r.Conflict
	case len(r.Lines) != len(in.Allocations):
		return fmt.Sprintf("number of lines: %d", len(r.Lines))
	}
	for i, l := range r.Lines {
		a := in.Allocations[i]
		if l.Number != a.Number || l.InvoiceID != a.InvoiceID || l.Net != a.Net || l.Adjustment != a.Adjustment || l.Total != a.Net+a.Adjustment || l.Unbalanced != "" || l.IFSC != in.Payee.IFSC || l.Last4 != in.Payee.Last4 {
			return fmt.Sprintf("line %d: %+v", i, l)
		}
	}
	return ""
}

func anyInstruction(t *rapid.T) (*proposal.Instruction, payment.Type) {
	text := func(name string, limit int) string {
		ok := func(r rune) bool { return r != '\\' && r != '"' && !unicode.IsControl(r) && !unicode.IsSpace(r) }
		return rapid.StringOfN(rapid.Rune().Filter(ok), 1, limit, -1).Draw(t, name)
	}
	amount := func(name string, least, most money.Paise) money.Paise {
		return money.Paise(rapid.Int64Range(int64(least), int64(most)).Draw(t, name))
	}
	in := &proposal.Instruction{
		ObjectID: rapid.StringMatching(`PMT[A-Z2-7]{32}`).Draw(t, "id"),
		Buyer:    "BUYER0001", Supplier: text("supplier", 100),
		Mode: rapid.SampledFrom(proposal.Modes()).Draw(t, "mode"), Reference: text("reference", 50),
		Payee: proposal.Payee{
			Last4:       rapid.StringMatching(`([0-9]{4})?`).Draw(t, "last4"),
			IFSC:        rapid.StringMatching(`([A-Z]{4}0[A-Z0-9]{6})?`).Draw(t, "ifsc"),
			Beneficiary: text("beneficiary", 100),
		},
	}
	for range rapid.IntRange(1, proposal.MaxInvoices).Draw(t, "invoices") {
		a := proposal.Allocation{Number: text("number", 50), ObjectVersion: rapid.IntRange(0, 3).Draw(t, "version")}
		if rapid.Bool().Draw(t, "on platform") {
			a.InvoiceID = rapid.StringMatching(`INV[A-Za-z0-9]{32}`).Draw(t, "invoice id")
		}
		a.Net = amount("net", 1, money.Max/1000)
		for range rapid.IntRange(0, 3).Draw(t, "splits") {
			s := proposal.Split{Name: text("split", 100), Value: amount("value", 1, money.Max/1000)}
			a.Splits, a.Adjustment = append(a.Splits, s), a.Adjustment+s.Value
		}
		a.Due = a.Net + a.Adjustment + amount("rest", 0, 1000)
		a.Gross = a.Due + amount("earlier", 0, 1000)
		in.Allocations = append(in.Allocations, a)
		in.Net, in.Adjustment, in.Total = in.Net+a.Net, in.Adjustment+a.Adjustment, in.Total+a.Net+a.Adjustment
	}
	return in, rapid.SampledFrom([]payment.Type{payment.OnPlatform, payment.OffPlatform}).Draw(t, "type")
}

// Whatever a ledger holds, a body keeps to the patterns of the pages, or there is
// none.
func FuzzRenderPay(f *testing.F) {
	f.Add("SUPP0001", "UTR1", "INV/1", "CREATED", "Blue Peak", int64(100), int64(0))
	f.Add(`a"b`, `a\b`, "\u2028", " x", "\x00", int64(-1), int64(1))
	f.Add(strings.Repeat("ü", 100), strings.Repeat("1", 50), "\xff", "\ufeff", "🙂", int64(math.MaxInt64), int64(math.MaxInt64))
	text100, text50 := regexp.MustCompile(`^([^\\\"]){1,100}$`), regexp.MustCompile(`^([^\\\"]){1,50}$`)
	f.Fuzz(func(t *testing.T, supplier, reference, number, status, beneficiary string, net, adjustment int64) {
		in := twoInvoices()
		in.Supplier, in.Reference, in.Payee.Beneficiary = supplier, reference, beneficiary
		in.Allocations = []proposal.Allocation{{
			Number: number, InvoiceStatus: status, Gross: money.Max, Due: money.Max,
			Net: money.Paise(net), Adjustment: money.Paise(adjustment),
		}}
		if adjustment != 0 {
			in.Allocations[0].Splits = []proposal.Split{{Name: "TDS", Value: money.Paise(adjustment)}}
		}
		in.Net, in.Adjustment, in.Total = money.Paise(net), money.Paise(adjustment), money.Paise(net)+money.Paise(adjustment)
		body, err := RenderPay(in, payment.OnPlatform, geocode, night)
		if err != nil {
			return
		}
		var page struct {
			IDs     map[string]string `json:"b2bIds"`
			Payment struct {
				UTR    string                 `json:"utr"`
				Amount map[string]json.Number `json:"paymentAmount"`
				Lines  []struct {
					Number string `json:"supplierInvoiceNumber"`
				} `json:"invoicesPayInfos"`
			} `json:"payment"`
		}
		body = bytes.ReplaceAll(body, []byte(`,"currency":"INR"`), nil) // leaves numbers alone
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatalf("not JSON: %v in %s", err, body)
		}
		p := page.Payment
		if got := page.IDs["supplierB2BId"]; got != supplier || !text100.MatchString(got) {
			t.Errorf("got the supplier %q of %q", got, supplier)
		}
		if p.UTR != reference || !text50.MatchString(p.UTR) {
			t.Errorf("got the utr %q of %q", p.UTR, reference)
		}
		if len(p.Lines) != 1 || p.Lines[0].Number != number || !text50.MatchString(number) {
			t.Errorf("got the invoices %q of %q", p.Lines, number)
		}
		for key, want := range map[string]money.Paise{"netPaidAmount": in.Net, "netAdjustmentAmount": in.Adjustment, "totalAmount": in.Total} {
			if got := p.Amount[key].String(); got != want.String() || want < 0 || want > money.Max {
				t.Errorf("got %s %s of %s", key, got, want)
			}
		}
	})
}
