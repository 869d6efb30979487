package proof

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// byBoth is a command as each of the two people gives it.
func (w *world) byBoth(args ...string) (all [][]string) {
	for _, name := range []string{"asha", "vikram"} {
		all = append(all, append(slices.Clone(args), "--reason", "seen on the statement", "--key", w.path(name+".key")))
	}
	return all
}

// atFirst lets something go wrong with the first request of all.
func atFirst(t *testing.T, word string) sandbox.Options {
	t.Helper()
	f, err := sandbox.ParseFault(word)
	if err != nil {
		t.Fatal(err)
	}
	return sandbox.Options{Faults: func(n int, _ string) sandbox.Fault {
		if n == 1 {
			return f
		}
		return sandbox.Fault{}
	}}
}

// first is the payment that was asked for first.
func (w *world) first() (objectID string) { return w.bank.Books().Requests[0].ObjectID }

// is says what is wrong where a payment is not in a state.
func (w *world) is(objectID string, want submit.State) []string {
	w.t.Helper()
	if got := w.state(w.t, objectID); got != want {
		return []string{fmt.Sprintf("%s is %s, want %s", objectID, got, want)}
	}
	return nil
}

// executions says what is wrong where a debt was not paid as often as it should be.
func (w *world) executions(number string, want int) []string {
	got := 0
	for _, d := range w.bank.Books().Debts() {
		if d.Debt.Number == number {
			got = d.Executed
		}
	}
	if got != want {
		return []string{fmt.Sprintf("invoice %s was paid %d times, want %d", number, got, want)}
	}
	return nil
}

// A request is lost: nobody knows whether it was executed until two people find
// that it was not. Then it is paid anew.
var unknownOutcome = affair{
	name: "resolve",
	world: func(t *testing.T, late string) *world {
		w := newWorld(t, atFirst(t, "lose-request"), "")
		w.configure(`mode: auto, auto_limit: "1000000.00", same_ledger: allow, ` + approvers(t, w) + `, approvals: [{need: 2}]`)
		w.must(20, "run")
		w.later(late, 25*time.Hour)
		return w
	},
	steps: func(w *world) [][]string {
		return w.byBoth("resolve", w.first(), "--outcome", "not-paid", "--reference", "statement of the day after")
	},
	before: func(w *world, _ int) []string { return w.is(w.first(), submit.Unsure) },
	after: func(w *world) []string {
		wrong := w.is(w.first(), submit.Failed)
		w.later(w.late, 50*time.Hour)
		w.propose(w.t)
		plan := w.lastPlan()
		wrong = append(wrong, w.both("approve", plan)...)
		if r := w.run("submit", plan); !slices.Contains(mayEnd, r.code) {
			wrong = append(wrong, fmt.Sprintf("the second attempt ended with exit code %d: %s", r.code, r.err))
		}
		bad, _ := w.settle() // the other two waited for its answer
		wrong = append(wrong, bad...)
		for _, v := range threeInvoices() {
			wrong = append(wrong, w.executions(v.number, 1)...)
		}
		return wrong
	},
	again: []int{77},
}

// The answer to the first request is lost, and the night stops there: the others
// wait, written down. A person rejects their plan, and none of them is ever sent.
var rejectedPlan = affair{
	name: "reject",
	world: func(t *testing.T, _ string) *world {
		w := newWorld(t, atFirst(t, "lose-answer"), "")
		people(t, w)
		w.must(20, "run")
		return w
	},
	steps: func(w *world) [][]string {
		plans, err := filepath.Glob(w.path("reports/*/plan.json"))
		if err != nil || len(plans) == 0 {
			w.t.Fatalf("there is no plan: %v", err)
		}
		return [][]string{{"reject", plans[0], "--reason", "the account is not theirs", "--key", w.path("asha.key")}}
	},
	before: func(w *world, _ int) []string { return w.unsentAre(submit.Intended) },
	after: func(w *world) []string {
		wrong, _ := w.settle()
		return append(append(wrong, w.unsentAre(submit.Void)...), w.requestsAre(1)...)
	},
	again: []int{77},
}

// The same night; a person withdraws one payment that waits.
var withdrawnPayment = affair{
	name:  "withdraw",
	world: rejectedPlan.world,
	steps: func(w *world) [][]string {
		return [][]string{{"withdraw", w.unsent(), "--reason", "the goods came back", "--key", w.path("asha.key")}}
	},
	before: func(w *world, _ int) []string { return w.unsentAre(submit.Intended) },
	after: func(w *world) []string {
		wrong, _ := w.settle()
		return append(wrong, w.requestsAre(2)...)
	},
	again: []int{77},
}

// unsentAre says what is wrong where the payments that were not sent are not all in
// a state.
func (w *world) unsentAre(want submit.State) (wrong []string) {
	w.t.Helper()
	entries, err := w.entries()
	if err != nil || len(entries) != len(threeInvoices()) {
		return []string{fmt.Sprintf("the journal has %d payments: %v", len(entries), err)}
	}
	for i := range entries {
		if e := &entries[i]; e.Sends == 0 && e.State != want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, want %s", e.ObjectID, e.State, want))
		}
	}
	return wrong
}

// unsent is the first payment that was not sent.
func (w *world) unsent() (objectID string) {
	w.t.Helper()
	entries, err := w.entries()
	i := slices.IndexFunc(entries, func(e submit.Entry) bool { return e.Sends == 0 })
	if err != nil || i < 0 {
		w.t.Fatalf("no payment waits: %v", err)
	}
	return entries[i].ObjectID
}

func (w *world) requestsAre(want int) []string {
	if n := w.requests(); n != want {
		return []string{fmt.Sprintf("%d requests were sent, want %d", n, want)}
	}
	return nil
}

// A payment fails, and then it succeeded: its supplier is frozen until two people
// have looked. What else is owed to it waits so long.
var frozenSupplier = affair{
	name: "release",
	world: func(t *testing.T, _ string) *world {
		w := newWorld(t, atFirst(t, "clean+executed+failed-paid"), "")
		people(t, w)
		w.run("run")
		if err := w.bank.Deliver(); err != nil {
			t.Fatal(err)
		}
		w.must(21, "run")
		w.ledger([]invoice{{w.frozen(), "the same", "NEW/1", "100.00"}})
		return w
	},
	steps: func(w *world) [][]string { return w.byBoth("release", w.frozen()) },
	before: func(w *world, _ int) []string {
		w.run("run") // whichever way it ends: what counts is what is sent
		return w.executions("NEW/1", 0)
	},
	after: func(w *world) []string {
		wrong, _ := w.settle()
		return append(wrong, w.executions("NEW/1", 1)...)
	},
	again: []int{66, 77},
}

// frozen is the supplier of the first payment.
func (w *world) frozen() string { return w.bank.Books().Executions[0].Supplier }

// An older store is put back: nothing is paid until two people recover.
var olderStore = affair{
	name: "recover",
	world: func(t *testing.T, _ string) *world {
		w := newWorld(t, sandbox.Options{}, "")
		people(t, w)
		books := w.read("ledger/open.csv")
		w.ledger(nil)
		w.must(0, "run")
		restore := w.keep("state")
		w.write("ledger/open.csv", books)
		w.must(0, "run")
		restore()
		return w
	},
	steps: func(w *world) [][]string { return w.byBoth("recover") },
	before: func(w *world, _ int) (wrong []string) {
		if r := w.run("run"); r.code != 65 {
			wrong = append(wrong, fmt.Sprintf("before two had recovered a run ended with exit code %d, want 65: %s", r.code, r.err))
		}
		return wrong
	},
	after: func(w *world) []string {
		wrong, _ := w.settle()
		if _, err := w.entries(); err != nil {
			wrong = append(wrong, err.Error())
		}
		for _, v := range threeInvoices() {
			wrong = append(wrong, w.executions(v.number, 1)...)
		}
		return wrong
	},
	again: []int{64, 77}, // there is nothing to recover any more
}

// received are the payments that came to us as a supplier; the last of them did not
// come, and is rejected.
var received = []string{"PMT00000000000000000000000000000001", "PMT00000000000000000000000000000002", "PMT00000000000000000000000000000003"}

// As a supplier we answer what we received.
var paymentsReceived = affair{
	name: "confirm",
	world: func(t *testing.T, _ string) *world {
		w := newWorld(t, sandbox.Options{}, "")
		people(t, w)
		w.write("reconcile.yaml", w.read("reconcile.yaml")+"supplier: [{b2b_id: BUYER0001, name: Acme Retail Pvt Ltd}]\nreceivables: {files: [\"receivables/*.csv\"]}\n")
		ago := time.Now().AddDate(0, 0, -2)
		day := ago.Format(time.DateOnly)
		rows := "buyer_b2b_id,supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount,utr\n"
		events := ""
		for i, id := range received {
			amounts := "500.00,500.00,0.00"
			if i == len(received)-1 {
				amounts = "500.00,0.00,500.00"
			}
			rows += fmt.Sprintf("CUST0001,BUYER0001,S/000%d,%s,%s,%s,HDFCN5202611190000000%d\n", i, day, day, amounts, i)
			events += fmt.Sprintf(`{"device":{"tag":{"name":"GEOCODE","value":"x"}},"b2bIds":{"buyerB2BId":"CUST0001","supplierB2BId":"BUYER0001"},`+
				`"payment":{"objectId":%q,"ts":%q,"type":"OFFPLATFORM","mode":"NEFT","utr":"HDFCN5202611190000000%d","currency":"INR",`+
				`"invoicesPayInfos":[{"supplierInvoiceNumber":"S/000%d","invoicePaymentAmount":{"netPaidAmount":500.00,"netAdjustmentAmount":0,"currency":"INR"}}]}}`+"\n",
				id, ago.Format(time.RFC3339), i, i)
		}
		w.write("receivables/open.csv", rows)
		w.write("events/received.jsonl", events)
		return w
	},
	steps: func(w *world) [][]string {
		return [][]string{
			{"confirm"},
			{"confirm", "--reject", received[len(received)-1], "--remarks", "no such credit on our account", "--key", w.path("asha.key")},
		}
	},
	before: func(w *world, step int) (wrong []string) {
		asked := w.answered()
		if n := asked[received[len(received)-1]]; n != 0 {
			wrong = append(wrong, "it was answered what nobody had decided")
		}
		if step == 0 && len(asked) > 0 {
			wrong = append(wrong, "something was answered before anybody was asked to")
		}
		return wrong
	},
	after: func(w *world) (wrong []string) {
		if err := w.bank.Deliver(); err != nil {
			w.t.Fatal(err)
		}
		w.run("confirm") // whichever way it ends: the next one tells
		r := w.run("confirm", "--json")
		var said struct {
			Answers []struct {
				ObjectID string `json:"object_id"`
				Status   string `json:"status"`
			} `json:"answers"`
		}
		if err := json.Unmarshal([]byte(r.out), &said); err != nil || !slices.Contains(mayEnd, r.code) {
			return []string{fmt.Sprintf("confirm ended with exit code %d, %v: %s", r.code, err, r.err)}
		}
		unsure := map[string]bool{}
		for _, a := range said.Answers {
			unsure[a.ObjectID] = a.Status == "unsure"
		}
		asked := w.answered()
		for _, id := range received {
			if n := asked[id]; n > 1 || n == 0 && !unsure[id] {
				wrong = append(wrong, fmt.Sprintf("payment %s was answered %d times, and it is %v that its answer is unsure", id, n, unsure[id]))
			}
		}
		return wrong
	},
	again: []int{77},
}

// answered says how often each payment that came to us was answered.
func (w *world) answered() map[string]int {
	times := map[string]int{}
	for _, r := range w.bank.Books().Requests {
		if r.Path == sandbox.ConfirmPath {
			times[r.ObjectID]++
		}
	}
	return times
}
