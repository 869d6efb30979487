package journal

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// A bench is a journal in a folder of its own, with a clock that the test moves.
type bench struct {
	*Store
	t       testing.TB
	dir     string
	options Options
	now     time.Time
}

var noon = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

func newBench(t testing.TB) *bench {
	t.Helper()
	root := t.TempDir()
	b := &bench{t: t, dir: filepath.Join(root, "state"), now: noon}
	b.options = Options{SideLog: filepath.Join(root, "side", "steps.jsonl"), Now: func() time.Time { return b.now }, Actor: "svc-recon"}
	b.open()
	t.Cleanup(func() {
		if b.Store != nil {
			_ = b.Close()
		}
	})
	return b
}

func (b *bench) open() {
	b.t.Helper()
	s, err := Open(context.Background(), b.dir, b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Store = s
}

func (b *bench) shut() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.Store = nil
}

func (b *bench) file() string { return filepath.Join(b.dir, fileName) }

// must ends the test on an error.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b *bench) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// objectID makes an id of ours out of a name.
func objectID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "PMT" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
}

func debt(supplier, number string) payment.Debt {
	return payment.Debt{Buyer: "BUYER0001", Supplier: supplier, NumberKey: number, Year: 2026}
}

// pay is one instruction of one or more invoices, each paid in full.
func pay(name, supplier string, attempt int, lines ...proposal.Allocation) proposal.Instruction {
	in := proposal.Instruction{ObjectID: objectID(name), Attempt: attempt, Buyer: "BUYER0001", Supplier: supplier, SupplierName: supplier,
		Mode: "ACCOUNT TRANSFER", Reference: strings.ToUpper(name), Payee: proposal.Payee{Last4: "1234", IFSC: "HDFC0000001"}, Allocations: lines}
	for _, a := range lines {
		in.Net += a.Net
		in.Adjustment += a.Adjustment
	}
	in.Total = in.Net + in.Adjustment
	return in
}

func line(supplier, number string, instalment int, owed, net money.Paise) proposal.Allocation {
	return proposal.Allocation{Debt: debt(supplier, number), Instalment: instalment, Number: number, Source: "ledger.csv:" + number, Owed: owed, Due: net, Net: net}
}

func plan(round int, instructions ...proposal.Instruction) *proposal.Proposal {
	asOf, _ := day.Of(2026, 11, 21)
	p := &proposal.Proposal{AsOf: asOf, Round: round, Maker: "ravi", BaseURL: "http://127.0.0.1:8787", API: "req-pay", Type: payment.OnPlatform, ValidFor: 72 * 3600,
		Instructions: instructions, Inputs: []proposal.Input{{Path: "ledger.csv", SHA256: digest([]byte(fmt.Sprint(round)))}}}
	for _, in := range instructions {
		for _, a := range in.Allocations {
			p.Lines = append(p.Lines, proposal.Line{Debt: a.Debt, Number: a.Number, Amount: a.Net, Instruction: in.ObjectID, SecondAttempt: in.Attempt > 1})
		}
	}
	return p
}

func planBytes(t testing.TB, p *proposal.Proposal) []byte {
	t.Helper()
	return must(json.Marshal(p))(t)
}

func bodies(p *proposal.Proposal) map[string][]byte {
	all := map[string][]byte{}
	for _, in := range p.Instructions {
		all[in.ObjectID] = []byte(`{"payment":{"objectId":"` + in.ObjectID + `"}}`)
	}
	return all
}

// signed is a statement by a person who is not checked here.
func signed(action approval.Action, by, subject string, detail map[string]string) Signed {
	st := approval.Statement{Action: action, Subject: subject, By: by, At: noon, Reason: "because", Detail: detail}
	return Signed{Statement: st, Text: []byte(fmt.Sprintf("%s %s %s %v", action, by, subject, detail)), Logins: []string{by + ".login"}}
}

// register, approve and intend are what comes before a payment.
func (b *bench) register(p *proposal.Proposal, need int, caps Caps) string {
	b.t.Helper()
	got, _, err := b.Store.register(context.Background(), planBytes(b.t, p), p, need, caps)
	b.ok(err)
	return got.Hash
}

func (b *bench) approve(hash string, people ...string) {
	b.t.Helper()
	for _, who := range people {
		_, err := b.Decide(context.Background(), signed(approval.Approve, who, hash, nil))
		b.ok(err)
	}
}

func (b *bench) pay(p *proposal.Proposal) string {
	b.t.Helper()
	hash := b.register(p, 1, Caps{})
	b.approve(hash, "asha")
	b.ok(b.writeDown(hash, p))
	return hash
}

// writeDown is Intend for a proposal that need not be one that Propose could make.
func (b *bench) writeDown(hash string, p *proposal.Proposal) error {
	b.t.Helper()
	return b.Store.intend(context.Background(), must(b.Proposal(context.Background(), hash))(b.t), p, bodies(p))
}

func (b *bench) begin(name string) submit.Ticket {
	b.t.Helper()
	return must(b.Begin(context.Background(), objectID(name), b.now.Add(time.Minute)))(b.t)
}

func (b *bench) move(name string, say submit.Say, positions ...int) submit.State {
	b.t.Helper()
	return must(b.Move(context.Background(), objectID(name), say, evidenceOf(name, say), positions))(b.t)
}

func evidenceOf(name string, say submit.Say) submit.Proof {
	return submit.Proof{Actor: "webhook", Text: "events.jsonl:1 " + say.String(), SHA256: digest([]byte(name + say.String())), UTR: "UTR" + name}
}

func (b *bench) state(name string) submit.State {
	b.t.Helper()
	return must(b.one(context.Background(), objectID(name)))(b.t).State
}

func (b *bench) heldOf(supplier, number string) (held money.Paise) {
	b.t.Helper()
	b.ok(b.conn.QueryRowContext(context.Background(), "SELECT held_paise FROM debt WHERE debt_id = ?", debtID(debt(supplier, number))).Scan(&held))
	return held
}

func (b *bench) steps() int64 {
	b.t.Helper()
	seq, _, err := b.Head(context.Background())
	b.ok(err)
	return seq
}

func TestOnePayment(t *testing.T) {
	b := newBench(t)
	p := plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)), pay("two", "S2", 1, line("S2", "INV/2", 1, 500, 500)))
	hash := b.pay(p)
	ticket := b.begin("one")
	if ticket.ObjectID != objectID("one") || string(ticket.Body) != string(bodies(p)[objectID("one")]) || ticket.Fence != 1 {
		t.Errorf("got the ticket %+v", ticket)
	}
	if got, want := b.move("one", submit.Acknowledged), submit.Acked; got != want {
		t.Errorf("after the acknowledgement: got %v, want %v", got, want)
	}
	if got, want := b.move("one", submit.SaysPaid), submit.Paid; got != want {
		t.Errorf("after the success: got %v, want %v", got, want)
	}
	before := b.steps()
	if got, want := b.move("one", submit.SaysPaid), submit.Paid; got != want || b.steps() != before {
		t.Errorf("the success again: got %v and %d steps more, want %v and none", got, b.steps()-before, want)
	}
	b.shut()
	b.open()
	entries := must(b.Entries(t.Context(), false))(t)
	if len(entries) != 2 || entries[0].State != submit.Paid || entries[1].State != submit.Intended || entries[0].Plan != hash ||
		len(entries[0].Allocations) != 1 || entries[0].Allocations[0].Debt != debt("S1", "INV/1") || !entries[0].Allocations[0].Held {
		t.Errorf("opened again: got %+v", entries)
	}
	if got := must(b.Proposal(t.Context(), hash))(t).Status; got != InProgress {
		t.Errorf("the plan: got %s, want %s", got, InProgress)
	}
	if v, err := b.Verify(t.Context()); err != nil || v.Steps != v.Side || v.Rows == 0 {
		t.Errorf("verify: got %+v, %v", v, err)
	}
}

func TestReadOnly(t *testing.T) {
	b := newBench(t)
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	r := must(OpenReadOnly(t.Context(), b.dir, b.options))(t)
	defer r.Close()
	if _, err := r.Begin(t.Context(), objectID("one"), noon); err == nil {
		t.Error("a journal opened to be read began a payment")
	}
	b.begin("one")
	if v, err := r.Verify(t.Context()); err != nil || v.Steps != b.steps() {
		t.Errorf("verify beside a run: got %+v, %v", v, err)
	}
	if _, err := OpenReadOnly(t.Context(), t.TempDir(), b.options); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no journal: got %v, want os.ErrNotExist", err)
	}
}
