package enkash

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

var ist = time.FixedZone("IST", 5*3600+1800)

var ours = []party.Buyer{{B2BID: "BUYER0001"}}

const pmt = "PMT0123456789abcdefghijABCDEFGHIJ01"

func paymentID(n int) string { return fmt.Sprintf("PMT%032d", n) }

// memory is a log file that lies in memory.
type memory struct {
	io.Reader
	size int64
}

func (m memory) Close() error      { return nil }
func (m memory) Stat() source.Stat { return source.Stat{SHA256: "sum", Bytes: m.size} }
func (m memory) Packed() bool      { return false }

func inMemory(path, content string) logFile {
	return logFile{path: path, open: func() (logReader, error) {
		return memory{strings.NewReader(content), int64(len(content))}, nil
	}}
}

func read(t testing.TB, contents ...string) *Log {
	t.Helper()
	var files []logFile
	for i, c := range contents {
		files = append(files, inMemory(fmt.Sprintf("events/%d.jsonl", i+1), c))
	}
	log, err := readLogs(context.Background(), files, LogOptions{Buyers: ours, Zone: ist})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// A wire builds bodies.
type wire struct {
	id, buyer, supplier, typ, utr, result, number string
	net, adjustment                               string
}

func (w wire) filled() wire {
	def := func(s *string, d string) {
		if *s == "" {
			*s = d
		}
	}
	def(&w.id, pmt)
	def(&w.buyer, "BUYER0001")
	def(&w.supplier, "SUPP0001")
	def(&w.typ, "ONPLATFORM")
	def(&w.utr, "PROV1")
	def(&w.result, "SUCCESS")
	def(&w.number, "INV/26-27/0042")
	def(&w.net, "1000.00")
	def(&w.adjustment, "180")
	return w
}

func (w wire) parties() string {
	return fmt.Sprintf(`"b2bIds":{"buyerB2BId":%q,"supplierB2BId":%q}`, w.buyer, w.supplier)
}

func (w wire) payment() string {
	return fmt.Sprintf(`"payment":{"objectId":%q,"ts":"2026-11-20T23:30:00+05:30","type":%q,"mode":"ACCOUNT TRANSFER","utr":%q,"currency":"INR","paymentAmount":{"netPaidAmount":%s,"netAdjustmentAmount":%s,"currency":"INR"},"invoicesPayInfos":[{"objectId":"INV1","supplierInvoiceNumber":%q,"invoicePaymentAmount":{"netPaidAmount":%s,"netAdjustmentAmount":%s,"currency":"INR"},"supplierBankAccountDetails":{"maskedAccountNumber":"XXXXXX1234","ifsc":"hdfc0000001"}}]}`,
		w.id, w.typ, w.utr, w.net, w.adjustment, w.number, w.net, w.adjustment)
}

func (w wire) request() string {
	w = w.filled()
	return `{"device":{"tag":{"name":"GEOCODE","value":"x"}},` + w.parties() + `,` + w.payment() + `}`
}

func (w wire) response() string {
	w = w.filled()
	return fmt.Sprintf(`{"resp":{"reqMsgId":"M1","result":%q,"errorCd":"","errorDtl":"","errorField":""},%s,%s,"additionalInfos":[]}`, w.result, w.parties(), w.payment())
}

func (w wire) acknowledgement() string {
	w = w.filled()
	return fmt.Sprintf(`{"response_code":0,"response_message":"SUCCESS","payload":%s}`, w.response())
}

func (w wire) confirmation(answer string, numbers ...string) string {
	w = w.filled()
	var infos []string
	for _, n := range numbers {
		infos = append(infos, fmt.Sprintf(`{"objectId":"","supplierInvoiceNumber":%q}`, n))
	}
	return fmt.Sprintf(`{"device":{"tag":{}},%s,"paymentConfirmation":{"objectId":%q,"ts":"2026-11-21 10:00:00","type":%q,"supplierResponse":%q,"supplierRemarks":"ok","invoiceInfos":[%s]}}`,
		w.parties(), w.id, w.typ, answer, strings.Join(infos, ","))
}

func TestOutcomes(t *testing.T) {
	off := wire{typ: "OFFPLATFORM", utr: "UTR NO: HDFC-1"}
	for _, c := range []struct {
		name   string
		log    []string
		want   payment.Outcome
		confd  payment.Confirmation
		utr    string
		final  bool
		reason string // part of the conflict
	}{
		{"request", []string{wire{}.request()}, payment.Sent, 0, "PROV1", false, ""},
		{"offplatform request", []string{off.request()}, payment.Sent, 0, "HDFC1", true, ""},
		{"acknowledgement", []string{wire{}.acknowledgement()}, payment.Sent, 0, "PROV1", false, ""},
		{"request and success", []string{wire{}.request(), wire{utr: "N1"}.response()}, payment.Paid, 0, "N1", true, ""},
		{"success without UTR", []string{wire{}.request(), wire{utr: "-"}.response()}, payment.Paid, 0, "PROV1", false, ""},
		{"s", []string{wire{result: " s "}.response()}, payment.Paid, 0, "PROV1", true, ""},
		{"failure", []string{wire{result: "Failed"}.response()}, payment.Failed, 0, "", false, ""},
		{"reversal", []string{wire{}.response(), wire{result: "RETURNED"}.response()}, payment.Reversed, 0, "PROV1", true, ""},
		{"unknown word", []string{wire{result: "PENDING"}.response()}, payment.Unknown, 0, "", false, ""},
		{"unknown, then success", []string{wire{result: "PENDING"}.response(), wire{}.response()}, payment.Paid, 0, "PROV1", true, ""},
		{"success and failure", []string{wire{}.response(), wire{result: "F"}.response()}, payment.Unknown, 0, "PROV1", true, "another failure"},
		{"accept", []string{wire{}.request(), wire{}.confirmation("ACCEPT", "inv-26-27-42")}, payment.Paid, payment.Accepted, "PROV1", false, ""},
		{"accept of all", []string{wire{}.request(), wire{}.confirmation("ACCEPT")}, payment.Paid, payment.Accepted, "PROV1", false, ""},
		{"accept and failure", []string{wire{}.confirmation("ACCEPT"), wire{result: "F"}.response()}, payment.Unknown, payment.Accepted, "", false, "accepted a payment"},
		{"reject of offplatform", []string{off.response(), off.confirmation("REJECT")}, payment.Paid, payment.Rejected, "HDFC1", true, ""},
		{"reject of onplatform", []string{wire{}.response(), wire{}.confirmation("REJECT")}, payment.Unknown, payment.Rejected, "PROV1", true, "rejected an ONPLATFORM"},
		{"accept and reject", []string{off.response(), off.confirmation("REJECT"), off.confirmation("ACCEPT")}, payment.Unknown, payment.Rejected, "HDFC1", true, "both accepted and rejected invoice INV/26-27/0042"},
		{"amounts", []string{wire{}.request(), wire{net: "1000.01"}.response()}, payment.Unknown, 0, "PROV1", true, "different amounts"},
		{"parties", []string{wire{}.request(), wire{supplier: "SUPP0002"}.confirmation("ACCEPT")}, payment.Unknown, payment.Accepted, "PROV1", false, "different parties"},
		{"two UTRs", []string{wire{utr: "B"}.response(), wire{utr: "A"}.response()}, payment.Unknown, 0, "A", true, "two success responses"},
		{"off UTR", []string{off.request(), wire{typ: "OFFPLATFORM", utr: "N9"}.response()}, payment.Unknown, 0, "N9", true, "OFFPLATFORM request and a success"},
		{"only confirmed", []string{wire{}.confirmation("ACCEPT", "A-1")}, payment.Paid, payment.Accepted, "", false, ""},
		{"only rejected", []string{off.confirmation("REJECT", "A-1")}, payment.Sent, payment.Rejected, "", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := read(t, strings.Join(c.log, "\n")+"\n")
			if len(log.Problems) > 0 || len(log.Remittances) != 1 {
				t.Fatalf("got %d remittances and problems %v, want one and none", len(log.Remittances), log.Problems)
			}
			r := log.Remittances[0]
			if r.Outcome != c.want || r.UTR != c.utr || r.UTRFinal != c.final {
				t.Errorf("got %v, UTR %q, final %v; want %v, %q, %v", r.Outcome, r.UTR, r.UTRFinal, c.want, c.utr, c.final)
			}
			if got := r.Lines[0].Confirmation; got != c.confd {
				t.Errorf("got confirmation %v, want %v", got, c.confd)
			}
			if c.reason == "" && r.Conflict != "" || !strings.Contains(r.Conflict, c.reason) {
				t.Errorf("got conflict %q, want %q", r.Conflict, c.reason)
			}
			if len(r.Evidence) != len(c.log) {
				t.Errorf("got %d pieces of evidence, want %d", len(r.Evidence), len(c.log))
			}
		})
	}
}

func TestWrappers(t *testing.T) {
	bare := wire{}.response()
	asText := fmt.Sprintf("%q", bare)
	for _, c := range []struct {
		name, line string
		bodies     int
		want       payment.Outcome
	}{
		{"listener", `{"received_at":"x","method":"POST","path":"/odd","headers":{},"body":` + bare + `}`, 1, payment.Paid},
		{"listener, text", `{"received_at":"x","body":` + asText + `}`, 1, payment.Paid},
		{"event", `{"event":"payment","payload":` + bare + `}`, 1, payment.Paid},
		{"event, text", `{"event":"payment","payload":` + asText + `}`, 1, payment.Paid},
		{"request and answer", `{"request":` + wire{}.request() + `,"response":` + wire{}.acknowledgement() + `}`, 2, payment.Sent},
		{"request and word", `{"request":` + wire{}.request() + `,"response":{"payload":"SUCCESS","response_code":0}}`, 2, payment.Sent},
		{"a wrapper with keys of a family", `{"entity":"event","event":"payment","payload":` + bare + `}`, 1, payment.Paid},
		{"answer alone", `{"request":null,"response":` + wire{}.acknowledgement() + `}`, 1, payment.Sent},
		{"two wrappers", `{"received_at":"x","body":{"event":"e","payload":` + asText + `}}`, 1, payment.Paid},
		{"envelope", wire{}.acknowledgement(), 1, payment.Sent},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := read(t, c.line)
			if len(log.Remittances) != 1 || log.Inputs[0].Bodies != c.bodies {
				t.Fatalf("got %d remittances of %d bodies, problems %v", len(log.Remittances), log.Inputs[0].Bodies, log.Problems)
			}
			if got := log.Remittances[0].Outcome; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestCanonicalBodyIsTheSameHoweverLogged(t *testing.T) {
	bare := wire{}.response()
	spaced := strings.NewReplacer(`,"b2bIds`, " ,\t\"b2b\\u0049ds", `1000.00`, `1e3`).Replace(bare)
	log := read(t, bare+"\n"+spaced+"\n"+fmt.Sprintf(`{"body":%q}`, bare)+"\n")
	if in := log.Inputs[0]; in.Folded != 1 || in.Copies != 2 {
		t.Errorf("got %d folded and %d copies, want 1 and 2: %v", in.Folded, in.Copies, log.Problems)
	}
}

func TestArrays(t *testing.T) {
	a, b := wire{id: paymentID(1)}.request(), wire{id: paymentID(2)}.request()
	var pretty bytes.Buffer
	for _, line := range strings.SplitAfter(strings.NewReplacer(",", ",\n    ", "{", "{\n    ").Replace(a), "\n") {
		pretty.WriteString(line)
	}
	for _, c := range []struct {
		name, content string
		lines         int
		payments      int
		rows          string
	}{
		{"one line", "[" + a + "," + b + "]", 2, 2, "1 1"},
		{"lines", "\ufeff[\n" + a + ",\n" + b + "\n]\n", 2, 2, "2 3"},
		{"pretty object", pretty.String(), 1, 1, "1"},
		{"pretty objects", pretty.String() + "\n" + pretty.String() + "\n" + b, 3, 2, ""},
		{"pretty array", "[" + pretty.String() + ",\n" + b + "]", 2, 2, ""},
		{"no end", "[\n" + a + ",\n" + b, 3, 2, "2 3"},
		{"broken element", "[\n" + a[:300] + "\n,\n" + b + "]", 2, 1, "4"},
		{"lines of objects", a + "\n\n" + b, 2, 2, "1 3"},
		{"torn", a + "\n" + b[:200], 2, 1, "1"},
		{"empty", "", 0, 0, ""},
		{"empty array", "[]", 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := read(t, c.content)
			if log.Inputs[0].Lines != c.lines || len(log.Remittances) != c.payments {
				t.Fatalf("got %d deliveries and %d payments, want %d and %d: %v", log.Inputs[0].Lines, len(log.Remittances), c.lines, c.payments, log.Problems)
			}
			var rows []string
			for _, r := range log.Remittances {
				rows = append(rows, fmt.Sprint(r.Evidence[0].Pos.Row))
			}
			if got := strings.Join(rows, " "); c.rows != "" && got != c.rows {
				t.Errorf("got rows %s, want %s", got, c.rows)
			}
		})
	}
}
