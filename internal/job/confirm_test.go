package job

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/journal"
)

// A shop is a supplier with its receivables, its event log and an EnKash.
type shop struct {
	t      *testing.T
	in     Input
	server *sandbox.Server
	sent   *letterbox
	dir    string
	key    string // file of an approver's key
}

const receivablesHead = "buyer_b2b_id,supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,taxable_amount,invoice_amount,tds_amount,paid_amount,due_amount,utr\n"

// openShop makes one with an EnKash that goes wrong as told.
func openShop(t *testing.T, faults func(n int, objectID string) sandbox.Fault, rows ...string) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir()}
	key, err := approval.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.key = filepath.Join(s.dir, "asha.key")
	if err := approval.WriteKeyFile(s.key, "asha", key); err != nil {
		t.Fatal(err)
	}
	s.write("events/in.jsonl", "")
	s.write("receivables/open.csv", receivablesHead+strings.Join(rows, "\n")+"\n")
	s.server = sandbox.New(sandbox.Options{Log: filepath.Join(s.dir, "events", "sandbox.jsonl"), Now: time.Now, Faults: faults})
	s.sent = &letterbox{to: s.server}
	http := httptest.NewServer(s.sent)
	t.Cleanup(http.Close)
	t.Cleanup(func() { s.server.Close() })
	s.write("reconcile.yaml", fmt.Sprintf(`buyers: [{b2b_id: BUYER0001}]
supplier: [{b2b_id: SHOP0001, name: Shop}]
receivables: {files: ["receivables/*.csv"]}
ledger: {files: ["ledger/*.csv"]}
events: {files: ["events/*.jsonl"]}
payments: {mode: off, approvers: [{name: asha, key: %q, logins: [asha]}]}
enkash: {base_url: %q, timeout: 5s, device: {name: GEOCODE, value: "19.0760,72.8777"}}
`, key.Public().String(), http.URL))
	c, err := config.Load(filepath.Join(s.dir, "reconcile.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := day.Parse("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	s.in = Input{Config: c, AsOf: asOf, Kind: KindDecide, Actor: "clerk", Version: "test",
		Now: func() time.Time { now = now.Add(time.Millisecond); return now }}
	return s
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) confirm(ask Answering) *Confirmed {
	s.t.Helper()
	done, err := Confirm(s.t.Context(), s.in, ask)
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// told is a result in one text.
func told(done *Confirmed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "exit %d, settled %d\n", done.ExitCode, done.Settled)
	for _, a := range done.Answers {
		fmt.Fprintf(&b, "%s %s: %s\n", a.ObjectID[32:], a.Status, a.Why)
	}
	return b.String()
}

// asked are the bodies that came to the sandbox, by payment.
func (s *shop) asked() map[string]int {
	asked := make(map[string]int)
	for _, r := range s.server.Books().Requests {
		if r.Path != sandbox.ConfirmPath || r.Refused != "" {
			s.t.Errorf("the sandbox got %+v, want only confirmations that it takes", r)
		}
		asked[r.ObjectID[32:]]++
	}
	return asked
}

// A pay is one payment to the shop, as the log has it.
type pay struct {
	n                             int
	buyer, typ, utr, number       string
	net, adjustment, result, date string
}

func (p pay) id() string { return fmt.Sprintf("PMT%032d", p.n) }

func (p pay) lines() string {
	def := func(s *string, d string) {
		if *s == "" {
			*s = d
		}
	}
	def(&p.buyer, "CUST0001")
	def(&p.typ, "OFFPLATFORM")
	def(&p.net, "1180.00")
	def(&p.adjustment, "0.00")
	def(&p.date, "2026-11-20")
	body := fmt.Sprintf(`"b2bIds":{"buyerB2BId":%q,"supplierB2BId":"SHOP0001"},"payment":{"objectId":%q,"ts":"%sT10:00:00+05:30","type":%q,"mode":"NEFT","utr":%q,"currency":"INR","invoicesPayInfos":[{"supplierInvoiceNumber":%q,"invoicePaymentAmount":{"netPaidAmount":%s,"netAdjustmentAmount":%s,"currency":"INR"}}]}`,
		p.buyer, p.id(), p.date, p.typ, p.utr, p.number, p.net, p.adjustment)
	text := `{"device":{"tag":{"name":"GEOCODE","value":"x"}},` + body + "}\n"
	if p.result != "" {
		text += fmt.Sprintf(`{"resp":{"reqMsgId":"M%d","result":%q},%s}`, p.n, p.result, body) + "\n"
	}
	return text
}

func (s *shop) received(payments ...pay) {
	s.t.Helper()
	var b strings.Builder
	for _, p := range payments {
		b.WriteString(p.lines())
	}
	s.write("events/in.jsonl", b.String())
}

// row is a receivable of CUST0001 over 1180.00.
func row(number, paid, due, utr string) string {
	return "CUST0001,SHOP0001," + number + ",2026-10-01,2026-10-31,1000.00,1180.00,0.00," + paid + "," + due + "," + utr
}

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []string
		pays []pay
		want string
	}{
		{"money received under its UTR", []string{row("A/1", "1180.00", "0.00", "N1")}, []pay{{n: 1, number: "a-001", utr: "UTR N1"}},
			"exit 0, settled 0\n001 accepted: EnKash has the answer\n"},
		{"money not received", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: the books do not show the money for invoice A/1 as received under UTR N1, at receivables/open.csv:2\n"},
		{"received under another UTR", []string{row("A/1", "1180.00", "0.00", "N2")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: the books do not show the money for invoice A/1 as received under UTR N1, at receivables/open.csv:2\n"},
		{"another amount received", []string{row("A/1", "1000.00", "180.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: of invoice A/1 ₹ 1,000.00 is booked as received at receivables/open.csv:2, and the payment brings ₹ 1,180.00\n"},
		{"within the tolerance", []string{row("A/1", "1179.00", "1.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 0, settled 0\n001 accepted: EnKash has the answer\n"},
		{"a paisa beyond it", []string{row("A/1", "1178.99", "1.01", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: of invoice A/1 ₹ 1,178.99 is booked as received at receivables/open.csv:2, and the payment brings ₹ 1,180.00\n"},
		{"another customer", []string{row("A/1", "1180.00", "0.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1", buyer: "CUST0002"}},
			"exit 10, settled 0\n001 person: no receivable of CUST0002 has the number A/1\n"},
		{"two rows of one number", []string{row("A/1", "1180.00", "0.00", "N1"), strings.Replace(row("A/1", "1180.00", "0.00", "N1"), "2026-10-01", "2025-10-01", 1)}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: 2 receivables of CUST0001 have the number A/1, the first at receivables/open.csv:2\n"},
		{"two payments of one invoice", []string{row("A/1", "1180.00", "0.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1"}, {n: 2, number: "A/1", utr: "N2"}},
			"exit 10, settled 0\n001 person: 2 payments are for invoice A/1 at receivables/open.csv:2\n002 person: 2 payments are for invoice A/1 at receivables/open.csv:2\n"},
		{"tax that a rate explains", []string{row("A/1", "1160.00", "20.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1", net: "1160.00", adjustment: "20.00"}},
			"exit 0, settled 0\n001 accepted: EnKash has the answer\n"},
		{"a discount that nobody knows", []string{row("A/1", "1147.00", "33.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1", net: "1147.00", adjustment: "33.00"}},
			"exit 10, settled 0\n001 person: the payment settles ₹ 33.00 of invoice A/1 without cash, and the books know of ₹ 0.00 at receivables/open.csv:2\n"},
		{"on the platform and succeeded", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", result: "SUCCESS"}},
			"exit 0, settled 0\n001 accepted: EnKash has the answer\n"},
		{"on the platform and not yet told", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1"}},
			"exit 0, settled 0\n001 later: the platform has not said that it succeeded\n"},
		{"on the platform and never told", []string{row("A/1", "1180.00", "0.00", "P1")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", date: "2026-11-18"}},
			"exit 10, settled 0\n001 person: the platform has not said that it succeeded\n"},
		{"a part of what is open", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", result: "SUCCESS", net: "500.00"}},
			"exit 10, settled 0\n001 person: of invoice A/1 ₹ 1,180.00 is open at receivables/open.csv:2, and the payment settles ₹ 500.00\n"},
		{"failed", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", result: "FAILED"}}, "exit 0, settled 1\n"},
		{"reversed", []string{row("A/1", "0.00", "1180.00", "")}, []pay{{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", result: "REVERSED"}},
			"exit 10, settled 0\n001 person: the money went back\n"},
		{"a row that cannot be read beside it", []string{row("A/1", "1180.00", "0.00", "N1"), row("A/2", "many", "0.00", "N1")}, []pay{{n: 1, number: "A/1", utr: "N1"}},
			"exit 10, settled 0\n001 person: invoice A/1 stands in receivables/open.csv, of which rows could not be read\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openShop(t, nil, c.rows...)
			s.received(c.pays...)
			first := told(s.confirm(Answering{}))
			if first != c.want {
				t.Errorf("got\n%swant\n%s", first, c.want)
			}
			asked := s.asked()
			if accepted := strings.Count(first, " accepted: "); len(asked) != accepted {
				t.Errorf("got %v requests, want %d", asked, accepted)
			}
			s.confirm(Answering{})
			for id, n := range s.asked() {
				if n != 1 {
					t.Errorf("payment %s was answered %d times, want once", id, n)
				}
			}
		})
	}
}

// A dry run says the same and leaves nothing behind.
func TestConfirmDry(t *testing.T) {
	s := openShop(t, nil, row("A/1", "1180.00", "0.00", "N1"))
	s.received(pay{n: 1, number: "A/1", utr: "N1"})
	if got, want := told(s.confirm(Answering{DryRun: true})), "exit 0, settled 0\n001 to accept: \n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if len(s.asked()) > 0 || exists(s.in.Config.Path(s.in.Config.Store)) {
		t.Error("a dry run sent or wrote something")
	}
}

// Whatever follows the one write, an answer is not written again; the log may
// show later that it arrived.
func TestConfirmOnce(t *testing.T) {
	const unsure = "exit 20, settled 0\n001 unsure: nobody knows whether the answer arrived; look into the portal, and answer there where it did not arrive\n"
	for _, c := range []struct {
		name  string
		fault sandbox.Fault
		then  string // by a log that was read afterwards
	}{
		{"a lost answer", sandbox.Fault{Kind: sandbox.Lose}, "exit 0, settled 1\n"},
		{"a reset", sandbox.Fault{Kind: sandbox.Reset}, "exit 0, settled 1\n"},
		{"a lost request", sandbox.Fault{Kind: sandbox.Lose, When: sandbox.NotExecuted}, unsure},
		{"a code", sandbox.Fault{Kind: sandbox.Code, When: sandbox.NotExecuted}, unsure},
		{"a redirect", sandbox.Fault{Kind: sandbox.Redirect, When: sandbox.NotExecuted}, unsure},
		{"a payload that is an object", sandbox.Fault{Kind: sandbox.ObjectPayload}, "exit 0, settled 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openShop(t, func(int, string) sandbox.Fault { return c.fault }, row("A/1", "1180.00", "0.00", "N1"))
			s.received(pay{n: 1, number: "A/1", utr: "N1"})
			if got := told(s.confirm(Answering{})); got != unsure {
				t.Errorf("got\n%swant\n%s", got, unsure)
			}
			if got := told(s.confirm(Answering{})); got != c.then {
				t.Errorf("by the next pass: got\n%swant\n%s", got, c.then)
			}
			if got := s.asked()["001"]; got != 1 {
				t.Errorf("got %d requests, want one", got)
			}
		})
	}
}

// Where EnKash is not reached nothing is lost: the next pass sends it.
func TestConfirmUnreachable(t *testing.T) {
	s := openShop(t, nil, row("A/1", "1180.00", "0.00", "N1"))
	s.received(pay{n: 1, number: "A/1", utr: "N1"})
	url := s.in.Config.EnKash.BaseURL
	closed := httptest.NewServer(nil)
	s.in.Config.EnKash.BaseURL = closed.URL
	closed.Close()
	done := s.confirm(Answering{})
	if got, want := told(done), "exit 69, settled 0\n001 unsent: the next reconcile confirm sends the answer\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	// What does not match any more is not sent, however it was decided.
	s.write("receivables/open.csv", receivablesHead+row("A/1", "0.00", "1180.00", "")+"\n")
	s.in.Config.EnKash.BaseURL = url
	if got := told(s.confirm(Answering{})); !strings.HasPrefix(got, "exit 10, settled 0\n001 person: it was to be accepted and does not match any more:") {
		t.Errorf("got\n%s", got)
	}
	s.write("receivables/open.csv", receivablesHead+row("A/1", "1180.00", "0.00", "N1")+"\n")
	s.confirm(Answering{})
	if got := s.asked()["001"]; got != 1 {
		t.Errorf("got %d requests, want one", got)
	}
}

func TestConfirmReject(t *testing.T) {
	s := openShop(t, nil, row("A/1", "0.00", "1180.00", ""), row("A/2", "0.00", "1180.00", ""))
	s.received(pay{n: 1, number: "A/1", utr: "N1"}, pay{n: 2, number: "A/2", typ: "ONPLATFORM", utr: "N2"})
	ask := Answering{Reject: pay{n: 1}.id(), Remarks: "no such credit", KeyFile: s.key}
	refused := func(change func(*Answering), code int, check string) {
		t.Helper()
		other := ask
		change(&other)
		_, err := Confirm(t.Context(), s.in, other)
		if err == nil || Code(err) != code || !strings.Contains(err.Error(), check) {
			t.Errorf("got %v with code %d, want %s with %d", err, Code(err), check, code)
		}
	}
	refused(func(a *Answering) { a.Reject = pay{n: 2}.id() }, ExitNotApproved, "[reject-onplatform]")
	refused(func(a *Answering) { a.Reject = pay{n: 9}.id() }, ExitMissing, "[payment-not-received]")
	refused(func(a *Answering) { a.Remarks = `a "quoted" word` }, ExitUsage, "[remarks-malformed]")
	refused(func(a *Answering) { a.Remarks = strings.Repeat("x", 101) }, ExitUsage, "[remarks-malformed]")
	stranger, err := approval.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.dir, "stranger.key")
	if err := approval.WriteKeyFile(file, "stranger", stranger); err != nil {
		t.Fatal(err)
	}
	refused(func(a *Answering) { a.KeyFile = file }, ExitNotApproved, "")
	s.write("receivables/open.csv", receivablesHead+row("A/1", "1180.00", "0.00", "N1")+"\n")
	refused(func(*Answering) {}, ExitNotApproved, "[reject-received]")
	s.write("receivables/open.csv", receivablesHead+row("A/1", "0.00", "1180.00", "")+"\n")
	if len(s.asked()) > 0 {
		t.Fatal("something was sent that nobody may send")
	}

	if got := told(s.confirm(ask)); !strings.Contains(got, "001 rejected: ") {
		t.Errorf("got\n%s", got)
	}
	s.confirm(ask) // the same again
	s.confirm(Answering{})
	if got := s.asked(); len(got) != 1 || got["001"] != 1 {
		t.Errorf("got %v, want one answer to the first payment", got)
	}
	refused(func(a *Answering) { a.Remarks = "something else" }, ExitNotApproved, "[answered-before]")

	// What was rejected is not accepted when the money comes after all.
	s.write("receivables/open.csv", receivablesHead+row("A/1", "1180.00", "0.00", "N1")+"\n")
	s.confirm(Answering{})
	if got := s.asked()["001"]; got != 1 {
		t.Errorf("got %d answers, want one", got)
	}
	b, err := os.ReadFile(filepath.Join(s.dir, "events", "sandbox.jsonl"))
	if err != nil || !strings.Contains(string(b), `"supplierResponse":"REJECT"`) || strings.Contains(string(b), "ACCEPT") {
		t.Errorf("the log says %s, %v; want one REJECT", b, err)
	}
}

// What an answer says of an invoice is what our own books have of it. A refusal
// that was confirmed as definite for payments means nothing here.
func TestConfirmBody(t *testing.T) {
	s := openShop(t, func(int, string) sandbox.Fault { return sandbox.Fault{Kind: sandbox.Status, Status: 422} })
	s.in.Config.EnKash.DefiniteRefusals = []string{"422"}
	s.write("receivables/open.csv", "buyer_b2b_id,supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,taxable_amount,invoice_amount,tds_amount,paid_amount,due_amount,utr,invoice_object_id,object_version,invoice_status\n"+
		row("A/1", "1180.00", "0.00", "N1")+",INV00000000000000000000000000000007,3,PARTIALLY_PAID\n")
	s.received(pay{n: 1, number: "A/1", utr: "N1"})
	if got, want := told(s.confirm(Answering{})), "001 unsure: "; !strings.Contains(got, want) {
		t.Errorf("got\n%swant %s", got, want)
	}
	s.confirm(Answering{})
	bodies := s.sent.came()
	if len(bodies) != 1 {
		t.Fatalf("got %d answers, want one: %q", len(bodies), bodies)
	}
	for _, want := range []string{`"supplierInvoiceNumber":"A/1"`, `"objectId":"INV00000000000000000000000000000007"`, `"currentVersion":3`, `"currentStatus":"PARTIALLY_PAID"`, `"supplierResponse":"ACCEPT"`} {
		if !strings.Contains(bodies[0], want) {
			t.Errorf("the answer is %s, want %s in it", bodies[0], want)
		}
	}
}

// A rejection that was signed and not sent is not sent any more when somebody else
// has answered, or the money has come.
func TestConfirmOvertaken(t *testing.T) {
	p := pay{n: 1, number: "A/1", utr: "N1"}
	answered := `{"device":{"tag":{"name":"GEOCODE","value":"x"}},"b2bIds":{"buyerB2BId":"CUST0001","supplierB2BId":"SHOP0001"},` +
		`"paymentConfirmation":{"objectId":"` + p.id() + `","ts":"2026-11-20T11:00:00+05:30","type":"OFFPLATFORM","supplierResponse":"ACCEPT","supplierRemarks":"ok","invoiceInfos":[{"supplierInvoiceNumber":"A/1"}]}}`
	for _, one := range []struct{ name, file, text, want, again string }{
		{"accepted by somebody", "events/in.jsonl", p.lines() + answered + "\n", "exit 10, settled 0\n001 person: the log shows another answer than ours; settle it with its buyer\n", ""},
		{"rejected by somebody", "events/in.jsonl", p.lines() + strings.Replace(answered, "ACCEPT", "REJECT", 1) + "\n", "exit 0, settled 1\n", ""},
		{"booked", "receivables/open.csv", receivablesHead + row("A/1", "1180.00", "0.00", "N1") + "\n",
			"exit 10, settled 0\n001 person: it was to be rejected, and the books show the money for invoice A/1 as received, at receivables/open.csv:2; settle it with its buyer\n", ""},
		{"its row is gone", "receivables/open.csv", receivablesHead + row("A/2", "0.00", "1180.00", "") + "\n",
			"exit 10, settled 0\n001 person: it was to be rejected, and the books have no row for it any more; where the money did not come, say it again with --reject\n",
			"exit 0, settled 0\n001 rejected: EnKash has the answer\n"},
	} {
		t.Run(one.name, func(t *testing.T) {
			s := openShop(t, nil, row("A/1", "0.00", "1180.00", ""))
			s.received(p)
			open := s.in.Config.EnKash.BaseURL
			closed := httptest.NewServer(nil)
			s.in.Config.EnKash.BaseURL = closed.URL
			closed.Close()
			ask := Answering{Reject: p.id(), Remarks: "no such credit", KeyFile: s.key}
			s.confirm(ask)
			s.in.Config.EnKash.BaseURL = open
			s.write(one.file, one.text)
			if got := told(s.confirm(Answering{})); got != one.want {
				t.Errorf("got\n%swant\n%s", got, one.want)
			}
			if got := s.asked(); len(got) != 0 {
				t.Errorf("got %v, want nothing sent", got)
			}
			if got := told(s.confirm(ask)); got != cmp.Or(one.again, one.want) {
				t.Errorf("rejected again, got\n%swant\n%s", got, cmp.Or(one.again, one.want))
			}
		})
	}
}

// A rejection that was signed and not sent waits where its signer has left, until an
// approver of today says it again; who that was is kept with the send.
func TestConfirmSignerLeft(t *testing.T) {
	const waits = "exit 10, settled 0\n001 person: it was to be rejected, and no approver of today has signed that; where the money did not come, have one say it again with --reject\n"
	p := pay{n: 1, number: "A/1", utr: "N1"}
	s := openShop(t, nil, row("A/1", "0.00", "1180.00", ""))
	s.received(p)
	open := s.in.Config.EnKash.BaseURL
	closed := httptest.NewServer(nil)
	closed.Close()
	s.in.Config.EnKash.BaseURL = closed.URL
	ask := Answering{Reject: p.id(), Remarks: "no such credit", KeyFile: s.key}
	s.confirm(ask)
	s.in.Config.EnKash.BaseURL = open

	ravi := filepath.Join(s.dir, "ravi.key")
	key, err := approval.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := approval.WriteKeyFile(ravi, "ravi", key); err != nil {
		t.Fatal(err)
	}
	s.in.Config.Payments.Approvers = approval.Approvers{{Name: "ravi", Key: key.Public()}}
	for _, again := range []Answering{{}, {DryRun: true}} {
		if got := told(s.confirm(again)); got != waits {
			t.Errorf("got\n%swant\n%s", got, waits)
		}
	}
	unsigned := ask
	unsigned.KeyFile = ""
	for _, again := range []Answering{ask, unsigned} {
		if _, err := Confirm(t.Context(), s.in, again); err == nil {
			t.Errorf("rejected with the key %q, which is no approver's", again.KeyFile)
		}
	}
	if got := s.asked(); len(got) != 0 {
		t.Errorf("got %v, want nothing sent", got)
	}
	ask.KeyFile = ravi
	if got, want := told(s.confirm(ask)), "exit 0, settled 0\n001 rejected: EnKash has the answer\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	store, err := journal.OpenReadOnly(t.Context(), s.in.Config.Path(s.in.Config.Store), journalOptions(s.in))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	steps, err := store.Timeline(t.Context(), p.id())
	if err != nil || len(steps) != 3 || steps[0].Actor != "asha" || steps[1].Actor != "ravi" || steps[1].Evidence == "" {
		t.Errorf("got the steps %+v, %v; want that asha rejected it and ravi had it sent, each signed", steps, err)
	}
}

// Nothing is accepted while a delivery that names it cannot be read, or the end of
// a log is not written yet that may.
func TestConfirmUnread(t *testing.T) {
	p := pay{n: 1, number: "A/1", utr: "N1"}
	reversed := `{"resp":{"reqMsgId":"M1","result":"REVERSED"},"b2bIds":{"buyerB2BId":"CUST0001","supplierB2BId":"SHOP0001"},` +
		`"payment":{"objectId":"` + p.id() + `","ts":"2026-11-20T10:00:00+05:30","type":"OFFPLATFORM","mode":"NEFT","utr":"N1","currency":"INR",` +
		`"invoicesPayInfos":[{"supplierInvoiceNumber":"A/1","invoicePaymentAmount":{"netPaidAmount":"1,180.00 CR","netAdjustmentAmount":0,"currency":"INR"}}]}}` + "\n"
	for _, one := range []struct{ name, more, want string }{
		{"about it", reversed, "001 person: a delivery about it cannot be read, at events/in.jsonl:2"},
		{"about another", strings.ReplaceAll(reversed, p.id(), pay{n: 9}.id()), "001 to accept: "},
		{"about nothing", "noise\n", "001 to accept: "},
		{"not written to its end", `{"resp":{"reqMs`, "001 later: the end of events/in.jsonl is not written yet, and may be about it"},
	} {
		t.Run(one.name, func(t *testing.T) {
			s := openShop(t, nil, row("A/1", "1180.00", "0.00", "N1"))
			s.write("events/in.jsonl", p.lines()+one.more)
			if got := told(s.confirm(Answering{DryRun: true})); !strings.Contains(got, one.want) {
				t.Errorf("got\n%swant %s", got, one.want)
			}
		})
	}
}

// The sides of a row: whichever names us is us.
func TestSides(t *testing.T) {
	s := openShop(t, nil)
	for _, c := range []struct{ head, row string }{
		{"buyer_b2b_id,supplier_b2b_id", "CUST0001,SHOP0001"},
		{"buyer_b2b_id,supplier_b2b_id", "SHOP0001,CUST0001"},
		{"supplier_b2b_id", "CUST0001"},
		{"supplier_b2b_id,buyer_b2b_id", "CUST0001,"},
	} {
		s.write("receivables/open.csv", c.head+",supplier_invoice_number,invoice_date,invoice_amount,due_amount\n"+c.row+",A/1,2026-10-01,1180.00,1180.00\n")
		r, err := readReceivables(t.Context(), s.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(r.byNumber[claimKey{"SHOP0001", "CUST0001", "A/1"}]); got != 1 || r.nobody != 0 {
			t.Errorf("%s: got %d rows, and %d of nobody; want the one", c.row, got, r.nobody)
		}
	}
	s.write("receivables/open.csv", "buyer_b2b_id,supplier_b2b_id,supplier_invoice_number,invoice_date,invoice_amount,due_amount\nX,Y,A/1,2026-10-01,1180.00,1180.00\n")
	r, err := readReceivables(t.Context(), s.in)
	if err != nil || r.nobody != 1 {
		t.Errorf("got %d rows of nobody, %v; want one", r.nobody, err)
	}
}

// TestConfirmMissesALog takes away what was said of a payment before it is answered:
// while it is missing nobody is told that the money came, and a signed rejection is
// not sent; two people may let it go.
func TestConfirmMissesALog(t *testing.T) {
	accepted := pay{n: 1, number: "A/1", typ: "ONPLATFORM", utr: "P1", result: "SUCCESS"}
	back := strings.Replace(strings.SplitAfter(accepted.lines(), "\n")[1], "SUCCESS", "REVERSED", 1)
	portal := `{"resp":{"reqMsgId":"M1","result":"SUCCESS"},"b2bIds":{"buyerB2BId":"CUST0001","supplierB2BId":"SHOP0001"},"paymentConfirmation":{"objectId":"` + accepted.id() + `"}}` + "\n"
	for _, c := range []struct{ name, gone, before string }{
		{"that it came back", back, "exit 10, settled 0\n001 person: the money went back\n"},
		{"an answer in the portal", portal, "exit 0, settled 1\n"},
		{"another payment of the invoice", pay{n: 2, number: "A/1", typ: "ONPLATFORM", utr: "P2"}.lines(),
			"exit 10, settled 0\n001 person: 2 payments are for invoice A/1 at receivables/open.csv:2\n002 person: 2 payments are for invoice A/1 at receivables/open.csv:2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openShop(t, nil, row("A/1", "0.00", "1180.00", ""))
			s.received(accepted)
			s.write("events/old.jsonl", c.gone)
			if got := told(s.confirm(Answering{})); got != c.before {
				t.Fatalf("with the log: got %s, want %s", got, c.before)
			}
			old := filepath.Join(s.dir, "events", "old.jsonl")
			mustDo(t, os.Rename(old, old+".away"))
			missed := "exit 66, settled 0\n001 person: a log is missing, and with it perhaps what became of it\n"
			for range 2 {
				if got := told(s.confirm(Answering{})); got != missed {
					t.Errorf("without it: got %s, want %s", got, missed)
				}
			}
			if got := told(s.confirm(Answering{DryRun: true})); got != missed {
				t.Errorf("without it, in a dry run: got %s, want %s", got, missed)
			}
			mustDo(t, os.Rename(old+".away", old))
			if got := told(s.confirm(Answering{})); got != c.before {
				t.Errorf("it is back: got %s, want %s", got, c.before)
			}
			if asked := s.asked(); len(asked) > 0 {
				t.Errorf("got answers %v, want none", asked)
			}
		})
	}
}
