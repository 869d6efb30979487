package journal

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// is77 wants a RefusedError, which is exit code 77.
func is77(t testing.TB, what string, err error) {
	t.Helper()
	var r *RefusedError
	if !errors.As(err, &r) || r.ExitCode() != 77 {
		t.Errorf("%s: got %v, want a RefusedError", what, err)
	}
}

func TestRegister(t *testing.T) {
	b := newBench(t)
	p := plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)))
	first, fresh, err := b.Store.register(t.Context(), planBytes(t, p), p, 2, Caps{Run: 1000})
	b.ok(err)
	if !fresh || first.Status != Waiting || first.Total != 1000 || first.Count != 1 || first.Need != 2 || first.Expires.Sub(first.Registered) != 72*time.Hour || first.Caps.Run != 1000 {
		t.Errorf("got %+v, fresh: %v", first, fresh)
	}
	b.now = b.now.Add(time.Hour)
	again, fresh, err := b.Store.register(t.Context(), planBytes(t, p), p, 1, Caps{})
	b.ok(err)
	if fresh || again.Registered != first.Registered || again.Need != 2 {
		t.Errorf("again: got %+v, fresh: %v; want what was registered first", again, fresh)
	}
	b.now = first.Expires
	if got := must(b.Proposal(t.Context(), first.Hash))(t).Status; got != Expired {
		t.Errorf("at its end: got %s, want %s", got, Expired)
	}
	_, _, err = b.Register(t.Context(), planBytes(t, p), 1, Caps{})
	if !errors.Is(err, proposal.ErrAltered) {
		t.Errorf("a plan that Encode did not write: got %v, want %v", err, proposal.ErrAltered)
	}
	if _, err := b.Proposal(t.Context(), strings.Repeat("0", 64)); !errors.Is(err, ErrUnknown) {
		t.Errorf("no plan: got %v, want %v", err, ErrUnknown)
	}
}

func TestDecide(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	hash := b.register(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))), 2, Caps{})
	decide := func(action approval.Action, by string) error {
		_, err := b.Decide(ctx, signed(action, by, hash, nil))
		return err
	}
	is77(t, "the maker", decide(approval.Approve, "Ravi"))
	is77(t, "auto by hand", decide(approval.Approve, "auto"))
	is77(t, "a resolution", decide(approval.Resolve, "asha"))
	_, err := b.DecideAuto(ctx, hash, 999)
	is77(t, "auto over its limit", err)
	b.ok(decide(approval.Approve, "asha"))
	is77(t, "the same person again", decide(approval.Approve, "Asha"))
	hand := signed(approval.Approve, "meena", hash, nil)
	hand.Logins = []string{"asha.login"}
	_, err = b.Decide(ctx, hand)
	is77(t, "the same login under another name", err)
	if got := must(b.Proposal(ctx, hash))(t); got.Status != Waiting || len(got.Decisions) != 1 {
		t.Errorf("got %s and %d decisions, want %s and one", got.Status, len(got.Decisions), Waiting)
	}
	b.ok(decide(approval.Approve, "meena"))
	if got := must(b.Proposal(ctx, hash))(t); got.Status != Approved {
		t.Errorf("got %s, want %s", got.Status, Approved)
	}
	b.ok(decide(approval.Reject, "ravi")) // the maker may
	if got := must(b.Proposal(ctx, hash))(t); got.Status != Rejected {
		t.Errorf("got %s, want %s", got.Status, Rejected)
	}
	is77(t, "after the rejection", decide(approval.Approve, "kiran"))

	p := plan(2, pay("two", "S2", 1, line("S2", "INV/2", 1, 1000, 1000)))
	second := b.register(p, 2, Caps{})
	if got := must(b.DecideAuto(ctx, second, 1000))(t); got.Status != Approved {
		t.Errorf("auto: got %s, want %s", got.Status, Approved)
	}
	_ = must(b.DecideAuto(ctx, second, 1000))(t) // again: nothing
	b.ok(b.writeDown(second, p))
	b.ok(b.writeDown(second, p)) // resuming: nothing
	other := plan(2, pay("other", "S2", 1, line("S2", "INV/3", 1, 1000, 1000)))
	is77(t, "others than were written down", b.writeDown(second, other))
	b.now = b.now.Add(72 * time.Hour)
	if _, err := b.Begin(ctx, objectID("two"), b.now); !errors.Is(err, submit.ErrNotApproved) {
		t.Errorf("an expired plan: got %v, want %v", err, submit.ErrNotApproved)
	}
	if got := must(b.Proposal(ctx, second))(t).Status; got != Expired {
		t.Errorf("got %s, want %s", got, Expired)
	}
	_ = must(b.Withdraw(ctx, signed(approval.Withdraw, "asha", objectID("two"), nil), submit.Proof{Text: "too late"}))(t)
	if got := must(b.Proposal(ctx, second))(t).Status; got != Done {
		t.Errorf("got %s, want %s", got, Done)
	}
	again := b.register(plan(3, pay("again", "S2", 2, line("S2", "INV/2", 1, 1000, 1000)), pay("anew", "S3", 2, line("S3", "INV/3", 1, 100, 100))), 1, Caps{})
	if got := must(b.Proposal(ctx, again))(t); !got.SecondAttempt {
		t.Errorf("got %+v, want it to have second attempts", got)
	}
	_, err = b.DecideAuto(ctx, again, 1100)
	is77(t, "auto for a second attempt", err)
}

// A late success with a second attempt alive: both are in the alarm with what is
// paid in all, the supplier is frozen, and two people release it.
func TestLatePaidWithASecondAttempt(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("first", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.begin("first")
	b.move("first", submit.SaysFailed)
	b.pay(plan(2, pay("second", "S1", 2, line("S1", "INV/1", 1, 1000, 1000)), pay("third", "S1", 1, line("S1", "INV/2", 1, 1000, 1000))))
	b.begin("second")
	b.move("second", submit.SaysPaid)
	b.move("first", submit.SaysPaid)
	alarms := must(b.Alarms(ctx, 0))(t)
	if len(alarms) != 1 || alarms[0].Kind != submit.LatePaid || alarms[0].Paid != 2000 || len(alarms[0].Others) != 1 || alarms[0].Others[0] != objectID("second") {
		t.Errorf("got %+v, want one LATE_PAID over 20.00 that names the second", alarms)
	}
	if got := b.heldOf("S1", "INV/1"); got != 1000 {
		t.Errorf("got %v held, want the 10.00 of the second alone", got)
	}
	if _, err := b.Begin(ctx, objectID("third"), b.now.Add(time.Minute)); !errors.Is(err, submit.ErrNotApproved) {
		t.Errorf("to a frozen supplier: got %v, want %v", err, submit.ErrNotApproved)
	}
	holds := must(b.Holds(ctx))(t)
	if len(holds) != 1 || holds[0].What != HoldSupplier || holds[0].Subject != "S1" {
		t.Fatalf("got %+v, want the supplier frozen", holds)
	}
	// An invoice that the ledger alone holds back is released with it.
	holds = append(holds, Hold{What: HoldDebt, Subject: "BUYER0001|S1|INV/2|2026-27|"})
	detail := map[string]string{approval.DetailHold: Digest(holds)}
	asha, meena := signed(approval.Release, "asha", "S1", detail), signed(approval.Release, "meena", "S1", detail)
	old := signed(approval.Release, "meena", "S1", map[string]string{approval.DetailHold: strings.Repeat("0", 64)})
	// Who is an approver no more has said the same before, and is passed over.
	gone := signed(approval.Release, "vikram", "S1", detail)
	b.ok(b.Pledge(ctx, gone))
	b.ok(b.Pledge(ctx, asha))
	b.ok(b.Pledge(ctx, asha)) // again: nothing
	is77(t, "a statement about another hold", b.Release(ctx, holds, asha, old))
	is77(t, "one person twice", b.Release(ctx, holds, asha, asha))
	b.shut()
	b.open()
	waiting := must(b.Pending(ctx))(t)
	if len(waiting) != 2 || waiting[1].By != "asha" || !bytes.Equal(waiting[1].Text, asha.Text) {
		t.Fatalf("got %+v, want the statements of vikram and asha", waiting)
	}
	b.ok(b.Release(ctx, holds, waiting[1], meena))
	if left, waiting := must(b.Holds(ctx))(t), must(b.Pending(ctx))(t); len(left) != 0 || len(waiting) != 1 || waiting[0].By != "vikram" {
		t.Errorf("got %d holds and %+v pending, want none but that of vikram", len(left), waiting)
	}
	if released := must(b.Releases(ctx))(t); len(released) != 2 || released[0].By != "asha+meena" || released[1].What != HoldDebt {
		t.Errorf("got %+v, want the supplier and the debt by both", released)
	}
	is77(t, "the same statements again", b.Release(ctx, holds, asha, meena))
	b.begin("third")
	if _, err := b.Verify(ctx); err != nil {
		t.Error(err)
	}
}

func TestResolve(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.begin("one")
	b.move("one", submit.Unclear)
	detail := map[string]string{approval.DetailOutcome: "not-paid", approval.DetailReference: "X1"}
	asha, meena := signed(approval.Resolve, "asha", objectID("one"), detail), signed(approval.Resolve, "meena", objectID("one"), detail)
	proof := submit.Proof{Text: "not on the bank statement", UTR: "X1"}
	_, err := b.Resolve(ctx, asha, meena, submit.SaysFailed, proof, nil)
	is77(t, "before the deadline and 24 hours", err)
	b.now = b.now.Add(24*time.Hour + time.Minute)
	one := signed(approval.Resolve, "meena", objectID("one"), nil)
	_, err = b.Resolve(ctx, asha, one, submit.SaysFailed, proof, nil)
	is77(t, "two who say different things", err)
	if got := must(b.Resolve(ctx, asha, meena, submit.SaysFailed, proof, nil))(t); got != submit.Failed {
		t.Errorf("got %v, want %v", got, submit.Failed)
	}
	if got := b.heldOf("S1", "INV/1"); got != 0 {
		t.Errorf("got %v held, want nothing", got)
	}
	last := must(b.one(ctx, objectID("one")))(t).Last
	if last.Actor != "asha+meena" || last.UTR != "X1" || last.SHA256 == "" {
		t.Errorf("got %+v, want both people and the reference", last)
	}
}

// A return that nobody acknowledged before is two steps, by the same statements.
func TestResolveReturned(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.begin("one")
	b.move("one", submit.Unclear)
	b.now = b.now.Add(25 * time.Hour)
	asha, meena := signed(approval.Resolve, "asha", objectID("one"), nil), signed(approval.Resolve, "meena", objectID("one"), nil)
	if got := must(b.Resolve(ctx, asha, meena, submit.SaysReturned, submit.Proof{Text: "came back"}, nil))(t); got != submit.Returned {
		t.Errorf("got %v, want %v", got, submit.Returned)
	}
	if got := b.heldOf("S1", "INV/1"); got != 0 {
		t.Errorf("got %v held, want nothing", got)
	}
	b.shut()
	b.open()
	_ = must(b.Verify(ctx))(t)
}

// Whoever stops the program in a transaction leaves nothing of it, and the Store
// goes on.
func TestStopped(t *testing.T) {
	b := newBench(t)
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	before := b.steps()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := b.Begin(stopped, objectID("one"), noon.Add(time.Minute)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	half, stop := context.WithCancel(t.Context())
	err := b.write(half, false, func(x *batch) error {
		if err := x.freeze(Hold{What: HoldSupplier, Subject: "S1", Reason: "x"}); err != nil {
			return err
		}
		stop()
		return nil
	})
	if !errors.Is(err, context.Canceled) || b.steps() != before {
		t.Errorf("got %v and %d steps more, want %v and none", err, b.steps()-before, context.Canceled)
	}
	b.begin("one")
}

func TestAnswers(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	id := objectID("received")
	by := signed(approval.AnswerReject, "asha", id, nil)
	reject := Reply{ObjectID: id, Buyer: "B", Supplier: "S", Type: payment.OffPlatform, Remarks: "Not received", Body: []byte("{}"), By: &by}
	wrong := reject
	wrong.Type = payment.OnPlatform
	is77(t, "REJECT of an ONPLATFORM payment", b.AnswerIntend(ctx, wrong))
	wrong = reject
	wrong.By = nil
	is77(t, "REJECT that nobody signed", b.AnswerIntend(ctx, wrong))
	b.ok(b.AnswerIntend(ctx, reject))
	before := b.steps()
	b.ok(b.AnswerIntend(ctx, reject))
	if b.steps() != before {
		t.Error("the same answer again left a trace")
	}
	other := Reply{ObjectID: id, Buyer: "B", Supplier: "S", Type: payment.OffPlatform, Accept: true, Remarks: "Received", Body: []byte("{}")}
	is77(t, "another answer", b.AnswerIntend(ctx, other))
	ticket := must(b.AnswerBegin(ctx, id, b.now.Add(time.Minute), nil))(t)
	if string(ticket.Body) != "{}" {
		t.Errorf("got the body %q", ticket.Body)
	}
	if _, err := b.AnswerBegin(ctx, id, b.now, nil); !errors.Is(err, submit.ErrNotIntended) {
		t.Errorf("a second time: got %v, want %v", err, submit.ErrNotIntended)
	}
	if got := must(b.AnswerMove(ctx, id, submit.Unclear, submit.Proof{Actor: "gateway"}))(t); got != submit.Unsure {
		t.Errorf("got %v, want %v", got, submit.Unsure)
	}
	if _, err := b.AnswerMove(ctx, id, submit.SaysPaid, submit.Proof{Actor: "webhook"}); !errors.Is(err, submit.ErrIllegal) {
		t.Errorf("a success of an answer: got %v, want %v", err, submit.ErrIllegal)
	}
	if all := must(b.Answers(ctx))(t); len(all) != 1 || all[0].State != submit.Unsure || all[0].Accept {
		t.Errorf("got %+v", all)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for _, back := range []time.Duration{time.Second, 5 * time.Minute, 5*time.Minute + time.Second, time.Hour, 24 * time.Hour, 5 * 365 * 24 * time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			b := newBench(t)
			b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)), pay("two", "S2", 1, line("S2", "INV/1", 1, 1000, 1000))))
			b.begin("one")
			b.now = b.now.Add(-back)
			_, err := b.Begin(t.Context(), objectID("two"), b.now.Add(time.Minute))
			if back <= maxBack {
				b.ok(err)
				return
			}
			if doubt := inDoubt(t, err); doubt.Check != "journal-clock" {
				t.Errorf("got %v, want a doubt about the clock", err)
			}
			b.shut()
			_, err = Open(t.Context(), b.dir, b.options)
			doubt := inDoubt(t, err)
			if _, err := recoverBy(t, copied{b.dir, b.options}, doubt.From); err != nil {
				t.Fatal(err)
			}
			b.open()
			if got := b.state("one"); got != submit.Unsure {
				t.Errorf("one is %v, want %v", got, submit.Unsure)
			}
			b.begin("two")
		})
	}
}

func TestFence(t *testing.T) {
	b := newBench(t)
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	old := b.Store
	defer old.Close()
	b.open()
	if _, err := old.Begin(t.Context(), objectID("one"), noon.Add(time.Minute)); !errors.Is(err, submit.ErrFenced) {
		t.Errorf("the old process: got %v, want %v", err, submit.ErrFenced)
	}
	if _, err := old.Move(t.Context(), objectID("one"), submit.SaysPaid, evidenceOf("one", submit.SaysPaid), nil); !errors.Is(err, submit.ErrFenced) {
		t.Errorf("the old process: got %v, want %v", err, submit.ErrFenced)
	}
	if got := b.begin("one"); got.Fence != 2 {
		t.Errorf("got fence %d, want 2", got.Fence)
	}
}

func TestPaidInputs(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.pay(plan(2, pay("two", "S2", 1, line("S2", "INV/2", 1, 1000, 1000))))
	if _, any, err := b.LastPaidAsOf(ctx); any || err != nil {
		t.Errorf("before anything was sent: got %v, %v", any, err)
	}
	b.begin("two")
	inputs := must(b.PaidInputs(ctx))(t)
	if len(inputs) != 1 || inputs[0].SHA256 != digest([]byte("2")) || inputs[0].AsOf.String() != "2026-11-21" {
		t.Errorf("got %+v, want the file of the second plan", inputs)
	}
	if asOf, any, err := b.LastPaidAsOf(ctx); !any || err != nil || asOf.String() != "2026-11-21" {
		t.Errorf("got %v, %v, %v", asOf, any, err)
	}
	totals := must(b.Totals(ctx))(t)
	for _, total := range totals {
		want := 0
		if total.State == submit.Intended || total.State == submit.Sending {
			want = 1
		}
		if total.Count != want || int64(total.Amount) != int64(want)*1000 {
			t.Errorf("%v: got %d and %v, want %d", total.State, total.Count, total.Amount, want)
		}
	}
}

func TestExportAndTimeline(t *testing.T) {
	b, _ := theBench(t)
	var out bytes.Buffer
	b.ok(b.Export(t.Context(), &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if int64(len(lines)) != b.steps() {
		t.Errorf("got %d lines, want %d", len(lines), b.steps())
	}
	side := string(must(os.ReadFile(b.options.SideLog))(t))
	for i, text := range lines {
		s := must(parseStep([]byte(text)))(t)
		if sum := must(s.sum())(t); s.Seq != int64(i+1) || sum != s.Hash {
			t.Errorf("line %d is step %d with hash %s, want %s", i+1, s.Seq, s.Hash, sum)
		}
		if !strings.Contains(side, text+"\n") {
			t.Errorf("step %d does not stand in the side log as it is exported", i+1)
		}
		// Canonical: keys sorted, in details too.
		var tree any
		b.ok(json.Unmarshal([]byte(text), &tree))
		if again := must(canonical(tree))(t); string(again) != text {
			t.Errorf("step %d is not canonical:\n%s\n%s", i+1, text, again)
		}
	}
	for ref, want := range map[string]string{
		objectID("paid"): "INTENDED BEGUN PAID", "S2": "INTENDED BEGUN PAID", "INV/2": "INTENDED BEGUN PAID", "UTRpaid": "INTENDED BEGUN PAID", "PAID": "INTENDED BEGUN PAID",
		"S5": "INTENDED BEGUN FAILED PAID FROZEN PLEDGED", "nothing": "",
	} {
		var got []string
		for _, s := range must(b.Timeline(t.Context(), ref))(t) {
			got = append(got, s.Kind)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", ref, got, want)
		}
	}
}

func TestBackup(t *testing.T) {
	b, _ := theBench(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	hash := must(b.Backup(t.Context(), path))(t)
	copy := must(os.ReadFile(path))(t)
	if got := digest(copy); got != hash {
		t.Errorf("got the hash %s, and the file has %s", hash, got)
	}
	if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, want 0600", info.Mode())
	}
	if _, err := b.Backup(t.Context(), path); err == nil {
		t.Error("a copy was written over another")
	}
	reader := must(OpenReadOnly(t.Context(), b.dir, b.options))(t)
	defer reader.Close()
	if got := must(reader.Backup(t.Context(), path+".2"))(t); got != hash {
		t.Errorf("a copy by a reader has the hash %s, want %s", got, hash)
	}
	_, side := b.files()
	c := copyOf(t, b, copy, side)
	s := must(Open(t.Context(), c.dir, c.options))(t)
	defer s.Close()
	if got, want := fmt.Sprint(must(s.Entries(t.Context(), true))(t)), fmt.Sprint(must(b.Entries(t.Context(), true))(t)); got != want {
		t.Errorf("the copy tells another story")
	}
}

func TestForeignFiles(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"of another program": "PRAGMA application_id = 7",
		"of a newer version": "PRAGMA user_version = 99",
		"with a table more":  "CREATE TABLE more (a)",
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := theBench(t)
			b.shut()
			db := must(sql.Open("sqlite", b.file()))(t)
			_, err := db.Exec(script)
			b.ok(errors.Join(err, db.Close()))
			_, err = Open(t.Context(), b.dir, b.options)
			inDoubt(t, err)
		})
	}
}
