package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/payment"
)

// record answers a request without a network.
func record(s *sandbox.Server, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return w
}

// numbered is the payment with another objectId and another invoice.
func numbered(n string) string {
	const invoiceID = "INV00000000000000000000000000000001"
	with := func(id string) string { return id[:len(id)-len(n)] + n }
	return strings.NewReplacer(payID, with(payID), invoiceID, with(invoiceID), "A&B/42", "A&B/"+n).Replace(pay)
}

// read returns the webhooks of a log, each as family, objectId and word, and the
// log itself.
func read(t *testing.T, log string) (said []string, text []byte) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var w struct {
			Body json.RawMessage `json:"body"`
		}
		if err := json.Unmarshal(line, &w); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if w.Body == nil {
			w.Body = line
		}
		var b struct {
			Resp    struct{ Result string }
			Payment struct{ ObjectID string }
			Answer  struct{ ObjectID, SupplierResponse string } `json:"paymentConfirmation"`
		}
		if err := json.Unmarshal(w.Body, &b); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		id := b.Payment.ObjectID + b.Answer.ObjectID
		said = append(said, id[len(id)-1:]+" "+b.Resp.Result+b.Answer.SupplierResponse)
	}
	return said, text
}

// The fold of what a hook tells is what its name says.
func TestHooks(t *testing.T) {
	for _, c := range []struct {
		plan, typ    string
		confirm      bool
		outcome      payment.Outcome
		conflict     bool
		confirmation payment.Confirmation
		net          string // in the books, executed less returned
	}{
		{"clean", "ONPLATFORM", false, payment.Paid, false, payment.Unconfirmed, "1000.50"},
		{"clean", "ONPLATFORM", true, payment.Paid, false, payment.Accepted, "1000.50"},
		{"clean+not-executed", "ONPLATFORM", true, payment.Failed, false, payment.Unconfirmed, ""},
		{"lose-answer", "ONPLATFORM", true, payment.Paid, false, payment.Accepted, "1000.50"},
		{"failure+not-executed", "ONPLATFORM", true, payment.Failed, false, payment.Unconfirmed, ""},
		{"failure", "ONPLATFORM", true, payment.Failed, false, payment.Unconfirmed, "1000.50"}, // the provider lies
		{"failed-paid", "ONPLATFORM", false, payment.Unknown, true, payment.Unconfirmed, "1000.50"},
		{"paid-failed", "ONPLATFORM", false, payment.Unknown, true, payment.Unconfirmed, "1000.50"},
		{"reversed", "ONPLATFORM", true, payment.Reversed, false, payment.Unconfirmed, "0.00"},
		{"odd-word", "ONPLATFORM", true, payment.Unknown, false, payment.Unconfirmed, "1000.50"},
		{"wrong-utr", "ONPLATFORM", false, payment.Unknown, true, payment.Unconfirmed, "1000.50"},
		{"reject", "OFFPLATFORM", false, payment.Paid, false, payment.Rejected, "0.00"},
		{"reject", "ONPLATFORM", false, payment.Unknown, true, payment.Rejected, "1000.50"},
		{"accepted-only", "ONPLATFORM", false, payment.Paid, false, payment.Accepted, "1000.50"},
	} {
		t.Run(c.plan+"/"+c.typ, func(t *testing.T) {
			o, err := sandbox.ParsePlan(c.plan+"@*", sandbox.Options{Confirm: c.confirm})
			if err != nil {
				t.Fatal(err)
			}
			s, url, log := start(t, o)
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			res, err := client.Post(url+sandbox.PayPath, "application/json", strings.NewReader(strings.ReplaceAll(pay, "ONPLATFORM", c.typ)))
			if err == nil {
				res.Body.Close()
			}
			all := fold(t, log)
			if len(all) != 1 {
				t.Fatalf("got %d payments in the log, want 1", len(all))
			}
			r := all[0]
			if r.Outcome != c.outcome || (r.Conflict != "") != c.conflict || r.Lines[0].Confirmation != c.confirmation {
				t.Errorf("got %v, conflict %q, confirmation %v, want %v, %v, %v",
					r.Outcome, r.Conflict, r.Lines[0].Confirmation, c.outcome, c.conflict, c.confirmation)
			}
			books, net := s.Books(), ""
			for _, d := range books.Debts() {
				net = d.Net.String()
			}
			if net != c.net {
				t.Errorf("the books have %q for the debt, want %q", net, c.net)
			}
		})
	}
}

// The hooks that change a body change what they name, and nothing of the request.
func TestChangedBodies(t *testing.T) {
	for plan, want := range map[string]string{
		"wrong-amount": `"netPaidAmount":1000.51,"netAdjustmentAmount":20,"totalAmount":1020.51,"currency":"INR"},"invoicesPayInfos"`,
		"other-buyer":  `"buyerB2BId":"SBXOTHERBUYER"`,
		"other-lines":  `"supplierInvoiceNumber":"SBX/OTHER/1"`,
	} {
		o, err := sandbox.ParsePlan(plan+"@1", sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, _, log := start(t, o)
		record(s, sandbox.PayPath, pay)
		record(s, sandbox.PayPath, pay)
		_, text := read(t, log)
		lines := bytes.SplitAfter(text, []byte("\n"))
		if !bytes.Contains(lines[0], []byte(want)) || bytes.Contains(lines[1], []byte(want)) {
			t.Errorf("%s: want %s in the first webhook alone, got\n%s", plan, want, text)
		}
		books := s.Books()
		got := books.Debts()
		if len(got) != 1 || got[0].Net != 2001_00 {
			t.Errorf("%s: got %+v, want one debt, paid twice as it was asked for", plan, got)
		}
	}
}

func TestLateWebhooks(t *testing.T) {
	o := sandbox.Options{Confirm: true, Late: sandbox.Late{Requests: 1}, ConfirmLate: sandbox.Late{Held: true}}
	s, _, log := start(t, o)
	for i, want := range [][]string{nil, {"1 SUCCESS"}, {"1 SUCCESS", "2 SUCCESS"}} {
		record(s, sandbox.PayPath, numbered(string(rune('1'+i))))
		if got, _ := read(t, log); !slices.Equal(got, want) {
			t.Errorf("after %d requests the log says %v, want %v", i+1, got, want)
		}
	}
	if err := s.Deliver(); err != nil {
		t.Fatal(err)
	}
	want := []string{"1 SUCCESS", "2 SUCCESS", "1 ACCEPT", "2 ACCEPT", "3 SUCCESS", "3 ACCEPT"}
	if got, _ := read(t, log); !slices.Equal(got, want) {
		t.Errorf("after Deliver the log says %v, want %v", got, want)
	}
}

func TestDelayedWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := filepath.Join(t.TempDir(), "events.jsonl")
		s := sandbox.New(sandbox.Options{Log: log, Now: time.Now, Confirm: true, ConfirmLate: sandbox.Late{Delay: time.Minute}})
		record(s, sandbox.PayPath, numbered("1"))
		time.Sleep(30 * time.Second)
		record(s, sandbox.PayPath, numbered("2"))
		for _, want := range [][]string{{"1 SUCCESS", "2 SUCCESS"}, {"1 SUCCESS", "2 SUCCESS", "1 ACCEPT"}} {
			if got, _ := read(t, log); !slices.Equal(got, want) {
				t.Errorf("the log says %v, want %v", got, want)
			}
			time.Sleep(31 * time.Second)
			synctest.Wait()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got, _ := read(t, log); len(got) != 4 {
			t.Errorf("after Close the log says %v, want two more", got)
		}
	})
}

// Copies and order are dice, and the same dice for the same seed.
func TestSeeds(t *testing.T) {
	deliver := func(seed uint64) ([]string, []byte) {
		s, _, log := start(t, sandbox.Options{Confirm: true, Late: sandbox.Late{Held: true}, ConfirmLate: sandbox.Late{Held: true},
			Copies: 1, Shuffle: true, Form: sandbox.Mixed, Seed: seed})
		for _, n := range []string{"1", "2", "3"} {
			record(s, sandbox.PayPath, numbered(n))
		}
		if err := s.Deliver(); err != nil {
			t.Fatal(err)
		}
		return read(t, log)
	}
	said, text := deliver(7)
	if _, again := deliver(7); !bytes.Equal(text, again) {
		t.Errorf("seed 7 gave\n%s\nand then\n%s", text, again)
	}
	if _, other := deliver(8); bytes.Equal(text, other) {
		t.Error("seeds 7 and 8 gave the same log")
	}
	if n := bytes.Count(text, []byte("received_at")); n == 0 || n == 12 {
		t.Errorf("%d of 12 webhooks are wrapped, want some", n)
	}
	want := []string{"1 ACCEPT", "1 ACCEPT", "1 SUCCESS", "1 SUCCESS", "2 ACCEPT", "2 ACCEPT", "2 SUCCESS", "2 SUCCESS",
		"3 ACCEPT", "3 ACCEPT", "3 SUCCESS", "3 SUCCESS"}
	if slices.IsSorted(said) {
		t.Error("nothing was shuffled")
	}
	slices.Sort(said)
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("the webhooks differ (-want +got):\n%s", diff)
	}
}
