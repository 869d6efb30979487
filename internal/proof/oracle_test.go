package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"reconcile/internal/journal"
	"reconcile/internal/money"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// The exit codes that a plain run may have after a death: a clean end, breaks, an
// outcome that nobody knows, a contradiction. Any other needs a person.
var mayEnd = []int{0, 10, 20, 21}

// settle runs the program plainly until nothing more is sent, then brings all
// webhooks, and runs it twice more. It returns what was wrong in that.
func (w *world) settle() (wrong []string, codes []int) {
	w.t.Helper()
	w.undisturbed()
	once := func() int {
		had := w.requests()
		r := w.run("run")
		codes = append(codes, r.code)
		if !slices.Contains(mayEnd, r.code) {
			wrong = append(wrong, fmt.Sprintf("a plain run ended with exit code %d: %s%s", r.code, r.err, r.out))
		}
		return w.requests() - had
	}
	for range len(threeInvoices()) + 2 {
		if once() == 0 || len(wrong) > 0 {
			break
		}
	}
	if err := w.bank.Deliver(); err != nil {
		w.t.Fatal(err)
	}
	for range 2 {
		if n := once(); n > 0 {
			wrong = append(wrong, fmt.Sprintf("%d requests were sent when all had been said", n))
		}
	}
	return wrong, codes
}

func (w *world) requests() int { return len(w.bank.Books().Requests) }

// entries returns what the journal says, once its chain is proved.
func (w *world) entries() ([]submit.Entry, error) {
	ctx := context.Background()
	s, err := journal.OpenReadOnly(ctx, w.path("state"), journal.Options{SideLog: w.path("state-side/steps.jsonl"), Now: w.now})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = s.Verify(ctx)
	entries, reading := s.Entries(ctx, true)
	return entries, errors.Join(err, reading, s.Close())
}

// twice says what may be at no moment, whatever befell us.
func (w *world) twice() []string {
	wrong := append(w.bank.Books().Twice(), w.wire.twice()...)
	w.mu.Lock()
	defer w.mu.Unlock()
	return append(wrong, w.early...)
}

// judge says everything that is wrong when all is quiet: see the package's essay.
func (w *world) judge(last int) []string {
	w.t.Helper()
	wrong := w.twice()
	entries, err := w.entries()
	if err != nil {
		return append(wrong, "the journal: "+err.Error())
	}
	executed := map[string]money.Paise{}
	for _, o := range w.bank.Books().Objects() {
		if o.Executed > 0 {
			executed[o.ObjectID] = o.Net
		}
	}
	unclear, err := w.unclear()
	if err != nil {
		return append(wrong, err.Error())
	}
	unsure, invoices := false, map[string]int{}
	for i := range entries {
		e := &entries[i]
		for _, a := range e.Allocations {
			invoices[a.Number]++
		}
		unsure = unsure || e.State == submit.Unsure || e.State == submit.Acked && unclear[e.ObjectID]
		switch {
		case e.Sends != 1:
			wrong = append(wrong, fmt.Sprintf("%s is lost: it is %s and was never sent", e.ObjectID, e.State))
		case e.State == submit.Intended || e.State == submit.Sending || e.State == submit.Void:
			wrong = append(wrong, fmt.Sprintf("%s was sent and is left %s", e.ObjectID, e.State))
		}
		if net, was := executed[e.ObjectID]; was && net != 0 && net != e.Net {
			wrong = append(wrong, fmt.Sprintf("%s: %s was executed, and the journal has %s", e.ObjectID, net, e.Net))
		}
		delete(executed, e.ObjectID)
	}
	for id := range executed {
		wrong = append(wrong, id+" was executed, and the journal does not know it")
	}
	wrong = append(wrong, w.writtenOff(entries)...)
	for _, v := range threeInvoices() {
		if n := invoices[v.number]; n != 1 {
			wrong = append(wrong, fmt.Sprintf("invoice %s has %d payments in the journal, want 1", v.number, n))
		}
	}
	if unsure != (last == 20) && last != 21 {
		wrong = append(wrong, fmt.Sprintf("the last run ended with exit code %d, and it is %v that an outcome is unknown", last, unsure))
	}
	return append(wrong, w.totals(entries, unclear)...)
}

// writtenOff says where more payments are counted as sent that never came by the
// wire than there were deaths: each can have stopped one sender between its word to
// the journal and the wire, and whoever comes later must not send for it.
func (w *world) writtenOff(entries []submit.Entry) []string {
	came := w.wire.requests()
	if w.url != "" { // another server was asked, of which only the books are known
		for _, r := range w.bank.Books().Requests {
			came[r.ObjectID]++
		}
	}
	var never []string
	for i := range entries {
		if e := &entries[i]; e.Sends > 0 && came[e.ObjectID] == 0 {
			never = append(never, e.ObjectID)
		}
	}
	if deaths := w.deaths.Load(); int64(len(never)) > deaths {
		return []string{fmt.Sprintf("%v are counted as sent and never came, with %d deaths", never, deaths)}
	}
	return nil
}

// unclear are the payments of which the last report lists lines of unknown
// outcome: their messages contradict each other, or tell neither success nor
// failure.
func (w *world) unclear() (map[string]bool, error) {
	all := w.runs()
	if len(all) == 0 {
		return nil, errors.New("there is no report")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(all[len(all)-1]), report.ResultsName))
	if err != nil {
		return nil, err
	}
	unclear := map[string]bool{}
	for line := range bytes.Lines(text) {
		var l struct {
			Record   string `json:"record"`
			ObjectID string `json:"payment_object_id"`
			Outcome  string `json:"outcome"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		if l.Record == "payment_line" && l.Outcome == "unknown" {
			unclear[l.ObjectID] = true
		}
	}
	return unclear, nil
}

// totals compares the last report with the journal.
func (w *world) totals(entries []submit.Entry, unclear map[string]bool) []string {
	w.t.Helper()
	all := w.runs()
	if len(all) == 0 {
		return []string{"there is no report"}
	}
	text, err := os.ReadFile(all[len(all)-1])
	if err != nil {
		w.t.Fatal(err)
	}
	var said struct {
		Payments report.PaymentSummary `json:"payments"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return []string{"the summary: " + err.Error()}
	}
	var wrong []string
	check := func(what string, got report.Amount, is func(*submit.Entry) bool) {
		var want report.Amount
		for i := range entries {
			if is(&entries[i]) {
				want.Count++
				want.Amount += entries[i].Net
			}
		}
		if got != want {
			wrong = append(wrong, fmt.Sprintf("the report says that %d of %s are %s, and the journal %d of %s", got.Count, got.Amount, what, want.Count, want.Amount))
		}
	}
	check("paid", said.Payments.Paid, func(e *submit.Entry) bool { return e.State == submit.Paid })
	check("failed", said.Payments.Failed, func(e *submit.Entry) bool { return e.State == submit.Failed || e.State == submit.Returned })
	check("unknown", said.Payments.Unknown, func(e *submit.Entry) bool {
		return e.State == submit.Unsure || e.State == submit.Sending || e.State == submit.Acked && unclear[e.ObjectID]
	})
	return wrong
}
