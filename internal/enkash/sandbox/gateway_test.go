package sandbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"reconcile/internal/enkash"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// instruction is a payment with everything that one can have.
func instruction() *proposal.Instruction {
	return &proposal.Instruction{
		ObjectID: payID, Buyer: "BUYER0001", Supplier: "SUPP0001", Mode: "ACCOUNT TRANSFER", Reference: "RCN-1",
		Payee: proposal.Payee{Last4: "1234", IFSC: "HDFC0000001", Beneficiary: "Blue Peak & Söhne", VPA: "bluepeak@hdfcbank"},
		Allocations: []proposal.Allocation{
			{Number: "A&B/42", InvoiceID: "INV00000000000000000000000000000001", ObjectVersion: 2, InvoiceStatus: "CONFIRMED",
				Gross: 1180_00, Due: 1180_00, Net: 1160_00, Adjustment: 20_00, Splits: []proposal.Split{{Name: "TDS", Value: 20_00}}},
			{Number: "A&B/43", Gross: 1_05, Due: 1_01, Net: 1},
		},
		Net: 1160_01, Adjustment: 20_00, Total: 1180_01,
	}
}

// send sends a body once through the gateway that pays.
func send(t *testing.T, url, path string, timeout time.Duration, body []byte) submit.Answer {
	t.Helper()
	g, err := enkash.New(enkash.Options{BaseURL: url, Path: path, Timeout: timeout, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.Send(context.Background(), submit.Ticket{ObjectID: payID, Body: body, Deadline: time.Now().Add(time.Minute)})
}

// Whatever the sandbox does to it, our gateway sends a payment once, byte for
// byte, and takes nothing but a clean answer for an acknowledgement; the books
// know whether it was executed, and the answer does not decide it.
func TestGatewayMeetsEveryFault(t *testing.T) {
	body, err := enkash.RenderPay(instruction(), payment.OnPlatform, enkash.Device{Name: "GEOCODE", Value: "19.0760,72.8777"}, time.Date(2026, 11, 21, 10, 0, 0, 0, ist))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	acked := map[string]bool{"clean": true, "informational": true, "twice": true, "slow": true}
	var plans []string
	for _, k := range sandbox.Kinds() {
		plans = append(plans, k.String())
	}
	for _, plan := range append(plans, "401", "403", "404", "429", "500", "202", "204") {
		for _, when := range []sandbox.When{sandbox.Executed, sandbox.NotExecuted} {
			t.Run(plan+"/"+when.String(), func(t *testing.T) {
				t.Parallel()
				o, err := sandbox.ParsePlan(plan+"+"+when.String()+"@*,drip=1ms", sandbox.Options{})
				if err != nil {
					t.Fatal(err)
				}
				timeout := 20 * time.Second
				if plan == "never" {
					timeout = 2 * time.Second // long enough for a busy machine to bring the request
				}
				s, url, _ := start(t, o)
				answer := send(t, url, enkash.PathPay, timeout, body)
				if answer.Acked != acked[plan] || answer.Text == "" || answer.SHA256 == "" || answer.Refused || answer.Stop != (plan == "401" || plan == "403") {
					t.Errorf("got %+v, want acknowledged: %v", answer, acked[plan])
				}
				b := s.Books()
				if len(b.Requests) != 1 || b.Requests[0].SHA256 != hex.EncodeToString(sum[:]) || b.Requests[0].Refused != "" {
					t.Errorf("got the requests %+v, want the bytes of the ticket, once", b.Requests)
				}
				if n := len(b.Executions); n == 1 != (when == sandbox.Executed) {
					t.Errorf("got %d executions of a payment that is %s", n, when)
				}
			})
		}
	}
}

// The bodies of the two other calls pass as well, and are executed as they say.
func TestGatewayMakesTheOtherCalls(t *testing.T) {
	s, url, log := start(t, sandbox.Options{})
	at := time.Date(2026, 11, 21, 11, 0, 0, 0, ist)
	confirm, err := enkash.RenderConfirm(&enkash.Confirmation{
		ObjectID: payID, Buyer: "BUYER0001", Supplier: "SUPP0001", Type: payment.OffPlatform, Reject: true, Remarks: "not received",
		Invoices: []enkash.ConfirmedInvoice{{Number: "A&B/42", Version: 1, Status: "PAID"}},
	}, enkash.Device{Name: "GEOCODE", Value: "x"}, at)
	if err != nil {
		t.Fatal(err)
	}
	ap, err := enkash.RenderAPPayment(&enkash.APPayment{PaymentIDs: []string{"P1", "P2"}, Type: "INVOICE", AccountNo: "X", OTP: "123456", OTPReference: "r", Remarks: "two"})
	if err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string][]byte{enkash.PathConfirm: confirm, enkash.PathAPPayment: ap} {
		if got := send(t, url, path, 20*time.Second, body); !got.Acked {
			t.Errorf("%s: got %+v, want it acknowledged", path, got)
		}
	}
	b := s.Books()
	if len(b.Executions) != 1 || len(b.Executions[0].Lines) != 2 || b.Executions[0].ObjectID != "P1,P2" {
		t.Errorf("got %+v, want one execution of two payables", b.Executions)
	}
	if said, _ := read(t, log); len(said) != 1 || said[0] != "1 REJECT" {
		t.Errorf("the log says %v, want the supplier's answer", said)
	}
}

// One payment, from the instruction to what the log says of it: EnKash loses its
// answer, and only the webhook tells that the money moved.
func Example() {
	log, err := os.CreateTemp("", "events-*.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(log.Name())
	defer log.Close()
	now := func() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, ist) }
	s := sandbox.New(sandbox.Options{Log: log.Name(), Now: now, Confirm: true, Faults: func(n int, _ string) sandbox.Fault {
		return sandbox.Fault{Kind: sandbox.Lose, When: sandbox.Executed}
	}})
	server := httptest.NewServer(s)
	defer server.Close()
	defer s.Close()

	body, err := enkash.RenderPay(instruction(), payment.OnPlatform, enkash.Device{Name: "GEOCODE", Value: "19.0760,72.8777"}, now())
	if err != nil {
		fmt.Println(err)
		return
	}
	gateway, err := enkash.New(enkash.Options{BaseURL: server.URL, Path: enkash.PathPay, Timeout: time.Minute, Now: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	conn, err := gateway.Dial(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	answer := conn.Send(context.Background(), submit.Ticket{ObjectID: payID, Body: body, Deadline: now().Add(time.Minute)})
	fmt.Println("acknowledged:", answer.Acked)

	for _, d := range s.Books().Debts() {
		fmt.Printf("%s: paid %d times, ₹%s\n", d.Debt, d.Executed-d.Returned, d.Net)
	}
	text, err := os.ReadFile(log.Name())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("told:", strings.Count(string(text), `"result":"SUCCESS"`), "success,", strings.Count(string(text), `"ACCEPT"`), "confirmation")
	// Output:
	// acknowledged: false
	// BUYER0001 to SUPP0001, A&B/42: paid 1 times, ₹1160.00
	// BUYER0001 to SUPP0001, A&B/43: paid 1 times, ₹0.01
	// told: 1 success, 1 confirmation
}
