package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/submit"
)

// A snapshot is both files after some commit.
type snapshot struct {
	did           string
	journal, side []byte
	entries       []submit.Entry
}

// aNight makes commits of every kind, with both files after each.
func aNight(t testing.TB) (b *bench, all []snapshot) {
	t.Helper()
	b = newBench(t)
	ctx := t.Context()
	p := plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)), pay("two", "S2", 1, line("S2", "INV/2", 1, 1000, 1000)),
		pay("three", "S3", 1, line("S3", "INV/3", 1, 1000, 1000)), pay("four", "S4", 1, line("S4", "INV/4", 1, 1000, 1000)))
	var hash string
	for _, do := range []struct {
		name string
		it   func()
	}{
		{"open", func() {}},
		{"register", func() { hash = b.register(p, 1, Caps{}) }},
		{"approve", func() { b.approve(hash, "asha") }},
		{"intend", func() { b.ok(b.writeDown(hash, p)) }},
		{"begin one", func() { b.begin("one") }},
		{"one is acknowledged", func() { b.move("one", submit.Acknowledged) }},
		{"one is paid", func() { b.move("one", submit.SaysPaid) }},
		{"begin two", func() { b.begin("two") }},
		{"two is unclear", func() { b.move("two", submit.Unclear) }},
		{"two failed", func() { b.move("two", submit.SaysFailed) }},
		{"two is paid after all", func() { b.move("two", submit.SaysPaid) }},
		{"pledge", func() { b.ok(b.Pledge(ctx, signed(approval.Release, "asha", "S2", nil))) }},
		{"answer", func() {
			b.ok(b.AnswerIntend(ctx, Reply{ObjectID: objectID("received"), Buyer: "B", Supplier: "S", Type: 1, Accept: true, Remarks: "Received", Body: []byte("{}")}))
		}},
		{"answer begun", func() { _ = must(b.AnswerBegin(ctx, objectID("received"), b.now.Add(time.Minute), nil))(t) }},
		{"begin three", func() { b.begin("three") }},
	} {
		do.it()
		s := snapshot{did: do.name, entries: must(b.Entries(ctx, true))(t)}
		s.journal, s.side = b.files()
		all = append(all, s)
	}
	return b, all
}

func recoverBy(t testing.TB, c copied, from string) (Recovery, error) {
	t.Helper()
	return Recover(t.Context(), c.dir, c.options, nil, signed(approval.Recover, "asha", from, nil), signed(approval.Recover, "meena", from, nil))
}

// nothingSentIsFree: what a side log or a journal ever knew as begun is neither
// waiting to be sent nor free, unless evidence freed it.
func nothingSentIsFree(t *testing.T, c copied, want []submit.Entry) {
	t.Helper()
	s, err := Open(t.Context(), c.dir, c.options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := map[string]submit.Entry{}
	for _, e := range must(s.Entries(t.Context(), true))(t) {
		got[e.ObjectID] = e
	}
	for _, e := range want {
		if e.Sends == 0 {
			continue
		}
		now, known := got[e.ObjectID]
		if !known || now.State == submit.Intended || e.State.Holds() && !now.State.Holds() {
			t.Errorf("%s was sent and %v; afterwards it is %v (known: %v)", e.ObjectID, e.State, now.State, known)
		}
		for i, a := range now.Allocations {
			if a.Held != e.Allocations[i].Held {
				t.Errorf("%s: allocation %d was held: %v, and is: %v", e.ObjectID, i, e.Allocations[i].Held, a.Held)
			}
		}
		if _, err := s.Begin(t.Context(), e.ObjectID, noon.Add(time.Hour)); !errors.Is(err, submit.ErrNotIntended) {
			t.Errorf("%s was sent and can be begun again: %v", e.ObjectID, err)
		}
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Errorf("after the recovery: %v", err)
	}
}

// P12: an older copy of the journal is refused, whichever commit it was made
// before, until two people recover it; then it knows everything that was sent.
func TestRestoredJournal(t *testing.T) {
	t.Parallel()
	b, all := aNight(t)
	end := all[len(all)-1]
	for i, s := range append([]snapshot{{did: "nothing at all"}}, all[:len(all)-1]...) {
		t.Run(fmt.Sprintf("%d after %s", i, s.did), func(t *testing.T) {
			c := copyOf(t, b, s.journal, end.side)
			_, err := Open(t.Context(), c.dir, c.options)
			doubt := inDoubt(t, err)
			if doubt.Check != "journal-side-log" {
				t.Fatalf("got %v, want a doubt about the side log", err)
			}
			if _, err := recoverBy(t, c, strings.Repeat("1", 64)); err == nil {
				t.Error("statements about another step recovered it")
			}
			if _, err := Recover(t.Context(), c.dir, c.options, nil, signed(approval.Recover, "asha", doubt.From, nil), signed(approval.Recover, "asha", doubt.From, nil)); err == nil {
				t.Error("one person recovered it")
			}
			did, err := recoverBy(t, c, doubt.From)
			if err != nil {
				t.Fatal(err)
			}
			if did.Steps == 0 || did.SideLog != "" {
				t.Errorf("got %+v, want steps taken over and the side log to go on", did)
			}
			want := slices.Clone(end.entries)
			for i := range want {
				if want[i].State == submit.Sending {
					want[i].State = submit.Unsure
				}
			}
			nothingSentIsFree(t, c, want)
			if _, err := recoverBy(t, c, doubt.From); err == nil {
				t.Error("it was recovered twice")
			}
		})
	}
}

// The side log is missing, cut, or older: refused, until two people recover. Only
// the mark of the last commit may be missing, for it may have been lost with the
// power.
func TestLostSideLog(t *testing.T) {
	t.Parallel()
	b, all := aNight(t)
	end := all[len(all)-1]
	lines := bytes.SplitAfter(end.side, []byte("\n"))
	lines = lines[:len(lines)-1]
	sides := map[string][]byte{"missing": nil, "empty": {}, "only the last mark is missing": bytes.Join(lines[:len(lines)-1], nil)}
	for n := 1; n < len(lines)-1; n++ {
		sides[fmt.Sprintf("%d lines of %d", n, len(lines))] = bytes.Join(lines[:n], nil)
	}
	for name, side := range sides {
		t.Run(name, func(t *testing.T) {
			c := copyOf(t, b, end.journal, side)
			s, err := Open(t.Context(), c.dir, c.options)
			if name == "only the last mark is missing" {
				if err != nil {
					t.Fatal(err)
				}
				b.ok(s.Close())
				nothingSentIsFree(t, c, end.entries)
				return
			}
			doubt := inDoubt(t, err)
			did, err := recoverBy(t, c, doubt.From)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(did.Unsure, objectID("four")) {
				t.Errorf("got %+v; four was waiting to be sent, and without a side log nobody knows that it was not", did)
			}
			want := slices.Clone(end.entries)
			for i := range want {
				want[i].Sends = 1 // for all we know
				if want[i].State == submit.Sending || want[i].State == submit.Intended {
					want[i].State = submit.Unsure
				}
			}
			nothingSentIsFree(t, c, want)
		})
	}
}

// A crash at any point of a commit ends with one more or one less step, and the
// next run goes on without a person.
func TestCrashInACommit(t *testing.T) {
	t.Parallel()
	b, all := aNight(t)
	for i := 1; i < len(all); i++ {
		before, after := all[i-1], all[i]
		added := after.side[len(before.side):]
		mark := bytes.LastIndexByte(added[:len(added)-1], '\n') + 1 // where the mark of the commit begins
		for _, cut := range []int{0, mark / 3, mark - 1, mark, mark + 20, len(added) - 1, len(added)} {
			side := append(bytes.Clone(before.side), added[:cut]...)
			if cut < len(added) {
				c := copyOf(t, b, before.journal, side)
				if s, err := Open(t.Context(), c.dir, c.options); err != nil {
					t.Errorf("%s, %d of %d bytes in the side log, not in the journal: %v", after.did, cut, len(added), err)
				} else {
					b.ok(s.Close())
					nothingSentIsFree(t, c, before.entries)
				}
			}
			if cut >= mark {
				c := copyOf(t, b, after.journal, side)
				s, err := Open(t.Context(), c.dir, c.options)
				if err != nil {
					t.Errorf("%s, %d of %d bytes in the side log, and in the journal: %v", after.did, cut, len(added), err)
					continue
				}
				b.ok(s.Close())
				nothingSentIsFree(t, c, after.entries)
			}
		}
	}
}

// Holes in what was being appended, as after a power cut, are no doubt; anything
// else in the middle is.
func TestHoles(t *testing.T) {
	b, all := aNight(t)
	before, after := all[2], all[3] // intend
	added := bytes.Clone(after.side[len(before.side):])
	mark := bytes.LastIndexByte(added[:len(added)-1], '\n') + 1
	for i := 10; i < 200; i++ {
		added[i] = 0
	}
	c := copyOf(t, b, before.journal, append(bytes.Clone(before.side), added[:mark]...))
	nothingSentIsFree(t, c, before.entries)
	c = copyOf(t, b, after.journal, append(bytes.Clone(before.side), added...))
	_, err := Open(t.Context(), c.dir, c.options)
	if doubt := inDoubt(t, err); !strings.Contains(doubt.What, "line") {
		t.Errorf("got %v, want a doubt that names the line", err)
	}
}

// Two journals that were one: what only the side log of the other knows as begun
// freezes its supplier.
func TestForkedSideLog(t *testing.T) {
	b, all := aNight(t)
	fork := all[3] // intended, nothing begun
	c := copyOf(t, b, fork.journal, fork.side)
	other := must(Open(t.Context(), c.dir, c.options))(t)
	for _, name := range []string{"one", "two", "three", "four"} {
		_ = must(other.Begin(t.Context(), objectID(name), noon.Add(time.Minute)))(t)
	}
	b.ok(other.Close())
	_ = must(b.Move(t.Context(), objectID("four"), submit.Withdrawn, submit.Proof{Actor: "asha"}, nil))(t)
	journal, _ := b.files()
	side := must(os.ReadFile(c.options.SideLog))(t)

	mixed := copyOf(t, b, journal, side)
	_, err := Open(t.Context(), mixed.dir, mixed.options)
	doubt := inDoubt(t, err)
	did, err := recoverBy(t, mixed, doubt.From)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(did.Frozen, []string{"S4"}) || did.SideLog == "" {
		t.Errorf("got %+v, want S4 frozen, for the other knew that it was sent, and the old side log kept", did)
	}
	if kept := must(os.ReadFile(did.SideLog))(t); !bytes.Equal(kept, side) {
		t.Error("the old side log was changed")
	}
	s := must(Open(t.Context(), mixed.dir, mixed.options))(t)
	defer s.Close()
	holds := must(s.Holds(t.Context()))(t)
	if !slices.ContainsFunc(holds, func(h Hold) bool { return h.Subject == "S4" }) {
		t.Errorf("got holds %+v, want one on S4", holds)
	}
}

// Somebody writes into the side log while we have it open.
func TestSideLogOfTwo(t *testing.T) {
	b, _ := aNight(t)
	f := must(os.OpenFile(b.options.SideLog, os.O_APPEND|os.O_WRONLY, 0))(t)
	_, err := f.WriteString("{}\n")
	b.ok(errors.Join(err, f.Close()))
	_, err = b.Begin(t.Context(), objectID("four"), noon.Add(time.Minute))
	inDoubt(t, err)
	_, again := b.Move(t.Context(), objectID("one"), submit.SaysFailed, evidenceOf("one", submit.SaysFailed), nil)
	if again == nil || again.Error() != err.Error() {
		t.Errorf("after a doubt: got %v, want the same again", again)
	}
}

// A disk that cannot be written stops everything with exit code 74, and the next
// Open goes on from what is there.
func TestSideLogThatCannotBeWritten(t *testing.T) {
	b, all := aNight(t)
	b.ok(b.side.file.Close())
	b.side.file = must(os.Open(b.options.SideLog))(t) // for reading alone
	_, err := b.Begin(t.Context(), objectID("four"), noon.Add(time.Minute))
	var disk *DiskError
	if !errors.As(err, &disk) || disk.ExitCode() != 74 || !strings.Contains(err.Error(), b.options.SideLog) {
		t.Fatalf("got %v, want a DiskError that names the side log", err)
	}
	if _, err := b.Begin(t.Context(), objectID("four"), noon.Add(time.Minute)); !errors.As(err, &disk) {
		t.Errorf("afterwards: got %v, want the same", err)
	}
	b.shut()
	nothingSentIsFree(t, copied{b.dir, b.options}, all[len(all)-1].entries)
	b.open()
	if got := b.state("four"); got != submit.Intended {
		t.Errorf("four is %v, want %v", got, submit.Intended)
	}
}

// If a recovery dies on the way the doubt is still there, and it is done again.
func TestCrashInARecovery(t *testing.T) {
	b, all := aNight(t)
	end := all[len(all)-1]
	lines := bytes.SplitAfter(end.side, []byte("\n"))
	for name, c := range map[string]copied{
		"an older journal":  copyOf(t, b, all[5].journal, end.side),
		"an older side log": copyOf(t, b, end.journal, bytes.Join(lines[:10], nil)),
	} {
		t.Run(name, func(t *testing.T) {
			oldJournal, oldSide := must(os.ReadFile(c.file()))(t), must(os.ReadFile(c.options.SideLog))(t)
			_, err := Open(t.Context(), c.dir, c.options)
			from := inDoubt(t, err).From
			if _, err := recoverBy(t, c, from); err != nil {
				t.Fatal(err)
			}
			newJournal, newSide := must(os.ReadFile(c.file()))(t), must(os.ReadFile(c.options.SideLog))(t)
			unmarked := newSide[:bytes.LastIndexByte(newSide[:len(newSide)-1], '\n')+1]
			half := copyOf(t, b, oldJournal, unmarked) // the side log is ready, the journal is not
			if name == "an older side log" {
				half = copyOf(t, b, newJournal, oldSide) // the other way round
			}
			_, err = Open(t.Context(), half.dir, half.options)
			again := inDoubt(t, err).From
			if name == "an older journal" && again != from {
				t.Errorf("who signed %s would have to sign %s now", from, again)
			}
			did, err := recoverBy(t, half, again)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(end.entries)
			for i := range want {
				if want[i].State == submit.Sending {
					want[i].State = submit.Unsure
				}
			}
			nothingSentIsFree(t, half, want)
			t.Logf("the second time: %+v", did)
		})
	}
}

// A journal that cannot grow: exit code 74, its name, and nothing half done.
func TestFullDisk(t *testing.T) {
	b, all := aNight(t)
	var pages int
	b.ok(b.conn.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages))
	_, err := b.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	b.ok(err)
	p := plan(7)
	for i := range 200 {
		n := fmt.Sprintf("full%d", i)
		p.Instructions = append(p.Instructions, pay(n, "S9", 1, line("S9", n, 1, 1000, 1000)))
	}
	_, _, err = b.Store.register(t.Context(), planBytes(t, p), p, 1, Caps{})
	var disk *DiskError
	if !errors.As(err, &disk) || disk.ExitCode() != 74 || !strings.Contains(err.Error(), b.file()) {
		t.Errorf("got %v, want a DiskError that names the journal", err)
	}
	b.shut()
	nothingSentIsFree(t, copied{b.dir, b.options}, all[len(all)-1].entries)
	b.open()
}

// No side log came back: what is told of payments that the journal does not know
// freezes their suppliers, what was approved may have been sent and is ended, and
// only a person approves the next plan. All of it is one batch.
func TestRecoverWithoutSideLog(t *testing.T) {
	b, all := aNight(t)
	ctx := t.Context()
	c := copyOf(t, b, all[2].journal, nil) // approved, nothing written down
	s, err := Open(ctx, c.dir, c.options)
	if err == nil {
		b.ok(s.Close())
	}
	from := inDoubt(t, err).From
	hash := must(b.Proposals(ctx))(t)[0].Hash
	told := []Told{{ObjectID: objectID("one"), Supplier: "S1", Plan: hash, By: "the plan that the journal knows"},
		{ObjectID: objectID("two"), Supplier: "S2", By: "a report"}, {ObjectID: objectID("of a lost plan"), Supplier: "S9", Plan: "lost", By: "a report"}}
	did, err := Recover(ctx, c.dir, c.options, told, signed(approval.Recover, "asha", from, nil), signed(approval.Recover, "meena", from, nil))
	b.ok(err)
	if !did.Lost || !slices.Equal(did.Ended, []string{hash}) || !slices.Equal(did.Frozen, []string{"S2", "S9"}) {
		t.Errorf("got %+v, want the plan ended, and S2 and S9 frozen", did)
	}
	if n := bytes.Count(must(os.ReadFile(c.options.SideLog))(t), []byte(`"batch":"`+prepared+`"`)); n != 1 {
		t.Errorf("got %d batches, want one", n)
	}
	b.shut()
	b.Store = must(Open(ctx, c.dir, c.options))(t)
	if got := must(b.Proposal(ctx, hash))(t).Status; got != Rejected {
		t.Errorf("got a plan that is %s, want %s", got, Rejected)
	}
	if holds := must(b.Holds(ctx))(t); len(holds) != 2 || holds[0].Subject != "S2" || holds[1].Subject != "S9" {
		t.Errorf("got holds %+v, want S2 and S9", holds)
	}
	next := b.register(plan(2, pay("next", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))), 1, Caps{})
	_, err = b.DecideAuto(ctx, next, 1000)
	is77(t, "auto after a recovery that nobody vouches for", err)
	b.approve(next, "asha")
	later := b.register(plan(3, pay("later", "S3", 1, line("S3", "INV/3", 1, 1000, 1000))), 1, Caps{})
	if got := must(b.DecideAuto(ctx, later, 1000))(t); got.Status != Approved {
		t.Errorf("after a person has approved: got %s, want %s", got.Status, Approved)
	}
	_ = must(b.Verify(ctx))(t)
}
