package foldcache_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

func someLines(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintln(&b, request(n, fmt.Sprint("A/", n), "100"))
		fmt.Fprintln(&b, response(n, fmt.Sprint("A/", n), "100", "SUCCESS"))
	}
	return b.String()
}

// TestANightDecodesWhatIsNew counts the bytes that are decoded on each night.
func TestANightDecodesWhatIsNew(t *testing.T) {
	h := newHouse(t, t.TempDir())
	night := func(what string, want int) {
		t.Helper()
		got, m := h.run(foldcache.Options{})
		if m.recorded != int64(want) {
			t.Errorf("%s: %d bytes were decoded, want %d", what, m.recorded, want)
		}
		if len(got.Kept) > 0 {
			t.Errorf("%s: %d logs are missed, want none", what, len(got.Kept))
		}
		same(t, what, h.afresh(), got)
	}
	first, more, other := someLines(0, 50), someLines(50, 60), someLines(60, 70)
	h.write("app.jsonl", first)
	night("the first night", len(first))
	night("nothing new", 0)
	h.append("app.jsonl", more)
	night("the log has grown", len(more))
	h.rename("app.jsonl", "app.jsonl.1")
	h.write("app.jsonl", other)
	night("the log was renamed, and begins anew", len(other))
	h.pack("app.jsonl.1")
	night("yesterday's log is packed", 0)
	night("it still is", 0)
	h.write("copy.jsonl", h.content("app.jsonl"))
	night("a copy lies beside it", 0)
	h.append("copy.jsonl", more)
	h.append("app.jsonl", first)
	night("both go on, and differ", len(more)+len(first))
	if _, m := h.run(foldcache.Options{Rebuild: true}); m.recorded == 0 {
		t.Error("a rebuild decoded nothing")
	}
	night("behind a rebuild", 0)
}

// TestAPackedLogIsUnpackedOnce counts the bytes that come out of compressed logs.
func TestAPackedLogIsUnpackedOnce(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.write("app.jsonl.gz", zipped(someLines(0, 50)))
	for night, want := range []bool{true, false, false} {
		unpacked := int64(0)
		options := h.options()
		options.Progress = func(n int64) { unpacked += n }
		m := foldcache.Open(h.store, foldcache.Options{Write: true, AsOf: h.night})
		options.Memory = m
		log, err := enkash.ReadLogs(context.Background(), h.find(), options)
		if err != nil {
			t.Fatal(err)
		}
		m.Commit()
		if got := unpacked > 0; got != want {
			t.Errorf("night %d: %d bytes were unpacked", night+1, unpacked)
		}
		same(t, fmt.Sprint("night ", night+1), h.afresh(), log)
	}
}

// TestALineWithoutAnEnd cuts a log at every byte of its last three lines. What is
// left of a line is held back and counted, and once the line is whole it is read.
func TestALineWithoutAnEnd(t *testing.T) {
	head := someLines(0, 3)
	short := strings.NewReplacer(`,"splits":[{"name":"TDS","value":0}]`, "", `"supplierBankAccountDetails":{"maskedAccountNumber":"XXXX1234","ifsc":"HDFC0000001"},`, "", `"ts":"2026-11-08T10:00:00+05:30",`, "")
	lines := []string{short.Replace(request(7, "B/7", "12")), short.Replace(response(7, "B/7", "12", "SUCCESS")), short.Replace(confirmation(7, "ACCEPT"))}
	tail := strings.Join(lines, "\n") + "\n"
	dir := t.TempDir()
	for cut := range len(tail) + 1 {
		h := newHouse(t, filepath.Join(dir, fmt.Sprint(cut)))
		h.write("app.jsonl", head+tail[:cut])
		got, _ := h.run(foldcache.Options{})
		same(t, fmt.Sprintf("a log cut at byte %d", cut), h.afresh(), got)
		ended := strings.Count(tail[:cut], "\n")
		rest := tail[:cut][strings.LastIndexByte(tail[:cut], '\n')+1:]
		folded, torn := 6+ended, 0
		switch {
		case rest == "":
		case rest == lines[ended]:
			folded++ // only its newline is missing
		default:
			torn++
		}
		in := got.Inputs[0]
		if in.Folded != folded || in.Quarantined != torn || len(got.Problems) != torn || torn > 0 && got.Problems[0].Check != "log-line-torn" {
			t.Fatalf("cut at byte %d: %d bodies are folded, %d quarantined (%v), want %d and %d", cut, in.Folded, in.Quarantined, got.Problems, folded, torn)
		}
		h.append("app.jsonl", tail[cut:])
		grown, m := h.run(foldcache.Options{})
		same(t, fmt.Sprintf("the log that was cut at byte %d", cut), h.afresh(), grown)
		if len(grown.Problems) > 0 || grown.Inputs[0].Folded != 9 || len(grown.Kept) > 0 {
			t.Fatalf("cut at byte %d and gone on: %d bodies are folded, problems %v, kept %v", cut, grown.Inputs[0].Folded, grown.Problems, grown.Kept)
		}
		if want := int64(len(tail) - strings.LastIndexByte(tail[:cut], '\n') - 1); m.recorded != want {
			t.Fatalf("cut at byte %d and gone on: %d bytes were decoded, want the %d behind the last line that had an end", cut, m.recorded, want)
		}
	}
}

// TestADeletedLogIsNotForgotten deletes a log, one body of which decides about a
// payment by its canonical form.
func TestADeletedLogIsNotForgotten(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.write("a.jsonl", someLines(0, 3)+request(5, "A/5", "10")+"\n"+invoice(3, "ACCEPTED")+"\n"+"no JSON\n")
	h.write("b.jsonl", strings.Replace(request(5, "A/6", "10"), `"IP"`, `"AB"`, 1)+"\n")
	before, _ := h.run(foldcache.Options{})
	if len(before.Kept) > 0 {
		t.Fatalf("the first night keeps %v", before.Kept)
	}
	h.remove("a.jsonl")
	after, _ := h.run(foldcache.Options{})
	ignore := cmp.Options{cmpopts.IgnoreFields(payment.Remittance{}, "Evidence", "Bodies")}
	if diff := cmp.Diff(before.Remittances, after.Remittances, ignore); diff != "" {
		t.Errorf("the log was deleted (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(before.Invoices, after.Invoices); diff != "" {
		t.Errorf("invoices (-before +after):\n%s", diff)
	}
	if len(after.Kept) != 1 || after.Kept[0].Path != "a.jsonl"+foldcache.Kept || after.Kept[0].Gone != h.night || after.Kept[0].Changed || after.Kept[0].Folded != 7 || after.Kept[0].Quarantined != 1 {
		t.Fatalf("kept is %+v, want a.jsonl with 7 bodies and a quarantined one, missed since %v", after.Kept, h.night)
	}
	ties(t, after)
	// What stands in another log too is shown where it can be looked up.
	h.write("z.jsonl", request(5, "A/5", "10")+"\n")
	both, _ := h.run(foldcache.Options{})
	for _, r := range both.Remittances {
		for _, e := range r.Evidence {
			if r.ObjectID == id(5) && e.Pos.File != "b.jsonl" && e.Pos.File != "z.jsonl" {
				t.Errorf("%s of %s is shown at %s, which nobody can look up", e.Says, r.ObjectID, e.Pos)
			}
		}
	}
	h.remove("z.jsonl")
	since := h.night - 1
	later, _ := h.run(foldcache.Options{})
	if len(later.Kept) != 1 || later.Kept[0].Gone != since || later.Kept[0].New {
		t.Errorf("a night later kept is %+v, want the same since %v", later.Kept, since)
	}
	// For other buyers the log would be read otherwise, were it there.
	other, _ := h.run(foldcache.Options{Reader: "other rules"})
	if diff := cmp.Diff(later.Remittances, other.Remittances); diff != "" {
		t.Errorf("under other rules (-before +after):\n%s", diff)
	}
	// What another log says as well is not kept for its own sake.
	h.write("c.jsonl", "["+request(0, "A/0", "100")+"]")
	h.write("d.jsonl.gz", zipped(someLines(0, 3)+request(5, "A/5", "10")+"\n"+invoice(3, "ACCEPTED")+"\n"))
	back, _ := h.run(foldcache.Options{})
	if len(back.Kept) > 0 || len(back.Problems) > 0 {
		t.Errorf("the log is back without its bad line, and %v is kept, with %v", back.Kept, back.Problems)
	}
	same(t, "the log that is back", h.afresh(), back)
}

// TestARebuildForgets says what a rebuild forgets, and that it is gone then.
func TestARebuildForgets(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.write("a.jsonl", someLines(0, 3))
	h.write("b.jsonl", someLines(3, 4))
	h.run(foldcache.Options{})
	h.remove("a.jsonl")
	log, _ := h.run(foldcache.Options{Rebuild: true})
	if len(log.Forgotten) != 1 || log.Forgotten[0].Bodies != 6 || len(log.Kept) > 0 || len(log.Remittances) != 1 {
		t.Errorf("forgotten %+v, kept %v, %d payments; want 6 bodies of a.jsonl forgotten, and one payment", log.Forgotten, log.Kept, len(log.Remittances))
	}
	if log, _ = h.run(foldcache.Options{}); len(log.Forgotten)+len(log.Kept) > 0 {
		t.Errorf("a night later %v is forgotten and %v kept", log.Forgotten, log.Kept)
	}
}

// TestLogsAreReadAnewForOtherBuyers reads one log for one buyer, and then for
// another.
func TestLogsAreReadAnewForOtherBuyers(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.write("a.jsonl", someLines(0, 3)+strings.ReplaceAll(someLines(3, 5), "BUYER0001", "BUYER0002"))
	for _, buyers := range [][]party.Buyer{ours, {{B2BID: "BUYER0002"}}, append([]party.Buyer{{B2BID: "BUYER0002"}}, ours...)} {
		o := enkash.LogOptions{Buyers: buyers}
		want, err := enkash.ReadLogs(context.Background(), h.find(), o)
		if err != nil {
			t.Fatal(err)
		}
		m := foldcache.Open(h.store, foldcache.Options{Reader: o.Reader(), Write: true, AsOf: h.night})
		o.Memory = m
		got, err := enkash.ReadLogs(context.Background(), h.find(), o)
		if err != nil {
			t.Fatal(err)
		}
		m.Commit()
		same(t, fmt.Sprint("for ", buyers), want, got)
	}
}

// TestNobodyElseReadsTheCache looks at the modes of what is written.
func TestNobodyElseReadsTheCache(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.write("a.jsonl", someLines(0, 3))
	h.run(foldcache.Options{})
	files, err := filepath.Glob(filepath.Join(h.store, foldcache.Folder, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("got %q, %v; want a stretch and the index", files, err)
	}
	for _, f := range append(files, filepath.Join(h.store, foldcache.Folder)) {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, want none for others", f, info.Mode())
		}
	}
}
