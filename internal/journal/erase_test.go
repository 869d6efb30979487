package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/submit"
)

const year = 365 * 24 * time.Hour

// what returns the kinds of a list.
func what(found []Erasable) (kinds []string) {
	for _, e := range found {
		kinds = append(kinds, fmt.Sprintf("%s %d", e.What, e.Count))
	}
	return kinds
}

var allPersonal = []string{PersonalRequests, PersonalAnswers, PersonalPlans}

// Erased are the requests of payments that came to an end, and nothing else: what
// is open and what is frozen stays, and so does every hash.
func TestErasePersonal(t *testing.T) {
	b, _ := theBench(t)
	ctx := t.Context()
	before := map[string]string{}
	for _, table := range []string{"instruction", "allocation", "debt", "decision", "evidence"} {
		before[table] = dump(t, b, table)
	}
	if found := must(b.Personal(ctx, b.now.Add(-year), allPersonal...))(t); len(found) != 0 {
		t.Errorf("today got %v to be erased, want nothing", what(found))
	}
	is77(t, "an erasure of what is younger than a year", errOf(b.ErasePersonal(ctx, b.now.Add(-year+time.Hour), allPersonal...)))

	b.now = b.now.Add(2 * year)
	listed := must(b.Personal(ctx, b.now.Add(-year), allPersonal...))(t)
	// paid, failed and part have ended; late belongs to a frozen supplier, intent
	// and unsure are open, and so is the plan of them all.
	want := []string{"instruction 3", "proposal 5"}
	if got := what(listed); !slices.Equal(got, want) {
		t.Fatalf("got %v to be erased, want %v", got, want)
	}
	done := must(b.ErasePersonal(ctx, b.now.Add(-year), allPersonal...))(t)
	if !slices.Equal(done, listed) {
		t.Errorf("erased %v, and listed were %v", done, listed)
	}
	for name, whole := range map[string]bool{"paid": false, "failed": false, "part": false, "late": true, "intent": true, "unsure": true} {
		if n := count(t, b.conn, "instruction WHERE body IS NOT NULL AND object_id = '"+objectID(name)+"'"); (n == 1) != whole {
			t.Errorf("the request of %s: got %d, want it to be there: %v", name, n, whole)
		}
	}
	if n := count(t, b.conn, "evidence WHERE bytes IS NULL AND seq IN (SELECT seq FROM decision)"); n != 0 {
		t.Errorf("%d signed decisions were erased", n)
	}
	for table, text := range before {
		if got := dump(t, b, table); got != text {
			t.Errorf("the table %s is another after the erasure:\n%s\nwant\n%s", table, got, text)
		}
	}
	if again := must(b.ErasePersonal(ctx, b.now.Add(-year), allPersonal...))(t); len(again) != 0 {
		t.Errorf("a second erasure erased %v", what(again))
	}
	records := must(b.Records(ctx, KindPurged))(t)
	if len(records) != 1 || !bytes.Contains(records[0].Body, []byte(listed[0].SHA256)) {
		t.Errorf("got the records %v, want one with the hash %s", records, listed[0].SHA256)
	}
	b.shut()
	b.open() // and holds the tables to the chain
	_ = must(b.Verify(ctx))(t)
}

func errOf(_ []Erasable, err error) error { return err }

// dump is a table without its bytes.
func dump(t testing.TB, b *bench, name string) string {
	t.Helper()
	var text bytes.Buffer
	b.ok(tableOf(name).rows(t.Context(), b.conn, func(row []any, _ []byte) error {
		fmt.Fprintln(&text, row...)
		return nil
	}))
	return text.String()
}

// What was erased is nowhere in the file.
func TestErasedIsOverwritten(t *testing.T) {
	b := newBench(t)
	b.pay(plan(1, pay("paid", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.begin("paid")
	b.move("paid", submit.SaysPaid)
	var body []byte
	b.ok(b.conn.QueryRowContext(t.Context(), "SELECT body FROM instruction").Scan(&body))
	b.now = b.now.Add(2 * year)
	if file := must(os.ReadFile(b.file()))(t); !bytes.Contains(file, body) {
		t.Fatal("the request is not in the file before, and the test shows nothing")
	}
	_ = must(b.ErasePersonal(t.Context(), b.now.Add(-year), allPersonal...))(t)
	if file := must(os.ReadFile(b.file()))(t); bytes.Contains(file, body) {
		t.Error("the request is still in the file")
	}
}

// Nobody erases by SQL what the rules keep, whatever step he forges.
func TestEraseAbuse(t *testing.T) {
	b, plans := theBench(t)
	purged := func(subject string, ago time.Duration) string {
		at := b.now.Add(2 * year).UnixMilli()
		return forgeAt(fmt.Sprint(at), "mallory", "PURGED", subject, "", "", "", fmt.Sprintf(`{"body":{"before":%d}}`, at-ago.Milliseconds()))
	}
	due := purged(subjectPersonal, year)
	empty := func(name string) string {
		return "UPDATE instruction SET body = NULL WHERE object_id = '" + objectID(name) + "'"
	}
	eachWay(t, b, func(t *testing.T, db database) {
		if err := refused(t, db, due+empty("paid")); err != nil {
			t.Fatalf("what the rule allows was refused: %v", err)
		}
		for name, script := range map[string]string{
			"without a step":             empty("paid"),
			"by a step of another kind":  forge("NOTED", subjectPersonal, "", "", "", `{"body":{"before":1}}`) + empty("paid"),
			"by a step about reports":    purged("reports", year) + empty("paid"),
			"too young":                  purged(subjectPersonal, year-time.Hour) + empty("paid"),
			"when it is not the last":    due + forge("NOTED", "x", "", "", "", `{}`) + empty("paid"),
			"an open payment":            due + empty("unsure"),
			"one that was not sent":      due + empty("intent"),
			"one of a frozen supplier":   due + empty("late"),
			"other bytes":                due + "UPDATE instruction SET body = X'00' WHERE object_id = '" + objectID("paid") + "'",
			"with its hash":              due + "UPDATE instruction SET body = NULL, body_sha256 = '" + someone + "' WHERE object_id = '" + objectID("paid") + "'",
			"with its state":             due + "UPDATE instruction SET body = NULL, state = 'VOID', last_seq = " + last + " WHERE object_id = '" + objectID("paid") + "'",
			"with its sends":             due + "UPDATE instruction SET body = NULL, sends = 0, deadline = NULL, fence = NULL, sent_on = NULL WHERE object_id = '" + objectID("paid") + "'",
			"the plan of what is open":   due + "UPDATE proposal SET plan = NULL WHERE hash = '" + plans["done"] + "'",
			"a plan with its total":      due + "UPDATE proposal SET plan = NULL, total_paise = 1 WHERE hash = '" + plans["rejected"] + "'",
			"what a person signed":       due + "UPDATE evidence SET bytes = NULL WHERE bytes IS NOT NULL",
			"an answer that was not yet": due + "UPDATE answer SET body = NULL",
		} {
			if err := refused(t, db, script); err == nil {
				t.Errorf("%s: the bytes were erased", name)
			}
		}
	})
}

// An older copy brings nothing back that was erased: the recovery erases it again.
func TestErasedStaysErased(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("paid", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.begin("paid")
	b.move("paid", submit.SaysPaid)
	copied := filepath.Join(t.TempDir(), "copy.db")
	_ = must(b.Backup(ctx, copied))(t)
	b.now = b.now.Add(2 * year)
	_ = must(b.ErasePersonal(ctx, b.now.Add(-year), allPersonal...))(t)
	b.shut()
	b.ok(os.WriteFile(b.file(), must(os.ReadFile(copied))(t), 0o600))

	_, err := Open(ctx, b.dir, b.options)
	from := inDoubt(t, err).From
	_ = must(Recover(ctx, b.dir, b.options, nil, signed(approval.Recover, "asha", from, nil), signed(approval.Recover, "vikram", from, nil)))(t)
	b.open()
	if n := count(t, b.conn, "instruction WHERE body IS NOT NULL") + count(t, b.conn, "proposal WHERE plan IS NOT NULL"); n != 0 {
		t.Errorf("%d requests and plans came back with the copy", n)
	}
}

// A drill says of a copy what a recovery would do, and changes nothing.
func TestRehearse(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.pay(plan(1, pay("paid", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)), pay("sending", "S2", 1, line("S2", "INV/2", 1, 1000, 1000))))
	copied := filepath.Join(t.TempDir(), "copy.db")
	_ = must(b.Backup(ctx, copied))(t)
	b.begin("paid")
	b.move("paid", submit.SaysPaid)
	b.begin("sending")
	b.pay(plan(2, pay("lost", "S3", 1, line("S3", "INV/3", 1, 1000, 1000))))
	head := must(b.Verify(ctx))(t).Steps
	journal, side := b.files()

	d := must(Rehearse(ctx, copied, t.TempDir(), b.options))(t)
	if d.Steps+int64(d.Behind) != head || d.Behind == 0 {
		t.Errorf("got %d steps and %d missing, want %d in all and some missing", d.Steps, d.Behind, head)
	}
	if want := []string{objectID("sending")}; !slices.Equal(d.Unsure, want) {
		t.Errorf("got %v whose outcome would be unknown, want %v", d.Unsure, want)
	}
	if want := []string{objectID("lost")}; !slices.Equal(d.Void, want) {
		t.Errorf("got %v that would be withdrawn, want %v", d.Void, want)
	}
	if j, s := b.files(); !bytes.Equal(j, journal) || !bytes.Equal(s, side) {
		t.Error("the drill changed the journal or the side log")
	}

	broken := bytes.Clone(must(os.ReadFile(copied))(t))
	broken[len(broken)/2] ^= 0xff
	b.ok(os.WriteFile(copied, broken[:len(broken)-4096], 0o600))
	_, err := Rehearse(ctx, copied, t.TempDir(), b.options)
	inDoubt(t, err)

	other := newBench(t)
	other.pay(plan(9, pay("other", "S9", 1, line("S9", "INV/9", 1, 1000, 1000))))
	foreign := filepath.Join(t.TempDir(), "other.db")
	_ = must(other.Backup(ctx, foreign))(t)
	_, err = Rehearse(ctx, foreign, t.TempDir(), b.options)
	inDoubt(t, err)
}
