package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"reconcile/internal/approval"
	"reconcile/internal/submit"
)

func TestRecords(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	note := Record{Kind: KindNoted, Subject: "x1", Actor: "meera", Body: json.RawMessage(`{ "paise": 9007199254740993, "new": {"owner":"<meera>"} }`)}
	b.ok(b.Record(ctx, note, Record{Kind: KindSoftClosed, Subject: "2026-10", Body: json.RawMessage(`{}`)}))
	if err := b.Record(ctx, Record{Kind: KindNoted, Subject: "x2", Body: json.RawMessage(`[1]`)}); err == nil {
		t.Error("a body that is no object was taken")
	}
	is77(t, "a closing by one person", b.Record(ctx, Record{Kind: KindClosed, Subject: "2026-10", Body: json.RawMessage(`{}`)}))

	closing := Record{Kind: KindClosed, Subject: "2026-10", Body: json.RawMessage(`{"creditors":"100.00"}`)}
	detail := map[string]string{approval.DetailReport: someone}
	asha, vikram := signed(approval.Close, "asha", "2026-10", detail), signed(approval.Close, "vikram", "2026-10", detail)
	is77(t, "a closing by one person twice", b.RecordByTwo(ctx, closing, asha, asha))
	is77(t, "a closing signed as a reopening", b.RecordByTwo(ctx, closing, signed(approval.Reopen, "asha", "2026-10", detail), signed(approval.Reopen, "vikram", "2026-10", detail)))
	other := closing
	other.Subject = "2026-09"
	is77(t, "a closing of another period", b.RecordByTwo(ctx, other, asha, vikram))
	b.ok(b.Pledge(ctx, asha))
	b.ok(b.RecordByTwo(ctx, closing, asha, vikram))
	is77(t, "the same statements again", b.RecordByTwo(ctx, closing, asha, vikram))

	found := must(b.Records(ctx, KindNoted, KindClosed))(t)
	if len(found) != 2 || found[0].Actor != "meera" || found[1].Actor != "asha+vikram" {
		t.Fatalf("got %+v, want the note of meera and the closing of both", found)
	}
	if want := `{"new":{"owner":"<meera>"},"paise":9007199254740993}`; string(found[0].Body) != want {
		t.Errorf("got the body %s, want %s", found[0].Body, want)
	}
	b.shut()
	b.open() // and holds the tables to the chain
	if again := must(b.Records(ctx, KindClosed))(t); len(again) != 1 || again[0].Hash != found[1].Hash {
		t.Errorf("after opening it again got %+v, want %+v", again, found[1:])
	}
}

// A journal of the first version, with payments in it, is brought to the second
// and goes on.
func TestFromTheFirstVersion(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	b.pay(plan(1, pay("paid", "S1", 1, line("S1", "INV/1", 1, 1000, 1000)), pay("intent", "S2", 1, line("S2", "INV/2", 1, 1000, 1000))))
	b.begin("paid")
	b.move("paid", submit.SaysPaid)
	var steps []Step
	b.ok(chain(ctx, b.conn, "", nil, func(s Step) error { steps = append(steps, s); return nil }))
	b.shut()

	b.ok(os.Remove(b.file()))
	b.ok(os.WriteFile(b.file(), nil, 0o600))
	first := fstest.MapFS{"migrations/0001_journal.sql": {Data: must(fs.ReadFile(migrationFiles, "migrations/0001_journal.sql"))(t)}}
	db, conn, err := connect(ctx, b.file(), false)
	b.ok(err)
	b.ok(migrate(ctx, conn, b.file(), first, 0))
	old := &batch{ctx: ctx, db: conn}
	for _, s := range steps {
		b.ok(old.put(s, nil))
	}
	b.ok(errors.Join(conn.Close(), db.Close()))

	b.open()
	if got := b.state("paid"); got != submit.Paid {
		t.Errorf("got %v, want %v", got, submit.Paid)
	}
	b.ok(b.Record(ctx, Record{Kind: KindNoted, Subject: "x1", Body: json.RawMessage(`{}`)}))
	if n := count(t, b.conn, "pragma_foreign_key_check"); n != 0 {
		t.Errorf("%d references lead nowhere after the migration", n)
	}
	if kept := must(filepath.Glob(b.file() + ".before-*"))(t); len(kept) != 1 {
		t.Errorf("got the copies %v, want one", kept)
	}
	if _, err := b.conn.ExecContext(ctx, "DELETE FROM step"); err == nil {
		t.Error("steps can be deleted after the migration")
	}
}

// Alarms of the older form keep what rang them.
func TestAlarmsFromTheFourthVersion(t *testing.T) {
	ctx := context.Background()
	old := fstest.MapFS{}
	for _, name := range migrations(migrationFiles)[:4] {
		old[name] = &fstest.MapFile{Data: must(fs.ReadFile(migrationFiles, name))(t)}
	}
	db := must(sql.Open("sqlite", "file::memory:"))(t)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if err := migrate(ctx, db, ":memory:", old, 0); err != nil {
		t.Fatal(err)
	}
	step := func(seq int, alarm string) string {
		return fmt.Sprintf(`INSERT INTO step VALUES (%d, 1, 'webhook', 'PAID', 'P', 'FAILED', 'PAID', '%s', '{"alarm":"%s"}', '%064d', '%064d');
			INSERT INTO alarm VALUES ('P', '%s', %d, 'x', 0, '[]');`, seq, someone, alarm, seq-1, seq, alarm, seq)
	}
	if _, err := db.ExecContext(ctx, "DROP TRIGGER alarm_of_step;"+step(1, "LATE_PAID")+step(2, "NOT_SENT")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, string(must(fs.ReadFile(migrationFiles, migrations(migrationFiles)[4]))(t))); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := db.QueryRowContext(ctx, "SELECT group_concat(seq || ' ' || kind || ' ' || evidence_sha256, ', ' ORDER BY seq) FROM alarm").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := "1 LATE_PAID " + someone + ", 2 NOT_SENT "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
