package enkash

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// anyBody draws a delivery: few payments and few values, so that bodies collide,
// agree and contradict each other.
var anyBody = rapid.Custom(func(t *rapid.T) string {
	w := wire{
		id:       paymentID(rapid.IntRange(1, 3).Draw(t, "payment")),
		supplier: rapid.SampledFrom([]string{"S1", "S1", "S1", "S1", "S1", "S2"}).Draw(t, "supplier"),
		typ:      rapid.SampledFrom([]string{"ONPLATFORM", "OFFPLATFORM"}).Draw(t, "type"),
		utr:      rapid.SampledFrom([]string{"N1", "N1", "UTR N2", "-"}).Draw(t, "utr"),
		result:   rapid.SampledFrom([]string{"SUCCESS", "S", "FAILED", "REVERSED", "ODD"}).Draw(t, "result"),
		number:   rapid.SampledFrom([]string{"A/1", "A-01", "B/2"}).Draw(t, "number"),
		net:      rapid.SampledFrom([]string{"100", "100.00", "100", "101"}).Draw(t, "net"),
	}
	switch rapid.IntRange(0, 6).Draw(t, "family") {
	case 0, 1:
		return w.request()
	case 2:
		return w.acknowledgement()
	case 3:
		return w.response()
	case 4:
		return w.confirmation("ACCEPT", w.number)
	case 5:
		return w.confirmation("REJECT", w.number, "C/3")
	}
	return fmt.Sprintf(`{"received_at":"x","body":%q}`, w.response())
})

func TestAnyOrderAndCopiesFoldTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(anyBody, 1, 12).Draw(t, "bodies")
		copies := rapid.SliceOfN(rapid.SampledFrom(bodies), 0, 12).Draw(t, "copies")
		shuffled := rapid.Permutation(append(append([]string{}, bodies...), copies...)).Draw(t, "order")
		cut := rapid.IntRange(0, len(shuffled)).Draw(t, "cut")

		want := withoutEvidence(readRapid(t, strings.Join(bodies, "\n")))
		got := withoutEvidence(readRapid(t, strings.Join(shuffled[:cut], "\n"), "["+strings.Join(shuffled[cut:], ",\n")+"]"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the order changed the result (-want +got):\n%s", diff)
		}
	})
}

func readRapid(t *rapid.T, contents ...string) []payment.Remittance {
	var files []logFile
	for i, c := range contents {
		files = append(files, inMemory(fmt.Sprintf("%d.jsonl", i), c))
	}
	log, err := readLogs(context.Background(), files, LogOptions{Buyers: ours, Zone: ist})
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Problems) > 0 {
		t.Fatalf("problems: %v", log.Problems)
	}
	return log.Remittances
}

// withoutEvidence drops the places: they are those of the copies.
func withoutEvidence(all []payment.Remittance) []payment.Remittance {
	for i := range all {
		for k := range all[i].Evidence {
			all[i].Evidence[k].Pos = source.Pos{}
		}
		says := make(map[string]int)
		for _, e := range all[i].Evidence {
			says[e.Says]++
		}
		all[i].Evidence = []payment.Evidence{{Says: fmt.Sprint(says)}}
	}
	return all
}

func TestCompressedAndSplitFilesFoldTheSame(t *testing.T) {
	var lines []string
	for i := range 50 {
		w := wire{id: paymentID(i)}
		lines = append(lines, w.request(), wire{id: w.id, utr: "N" + fmt.Sprint(i)}.response(), w.confirmation("ACCEPT"))
	}
	dir := t.TempDir()
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprintln(z, strings.Join(lines[:60], "\n"))
	z.Close()
	write("b.jsonl.gz", zipped.Bytes())
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	write("a.jsonl.zst", e.EncodeAll([]byte(strings.Join(lines[50:120], "\n")), nil))
	write("c.json", []byte("["+strings.Join(lines[100:], ",")+"]"))
	write("d.jsonl.gz", zipped.Bytes()[:len(zipped.Bytes())/2])

	files, err := source.Find(dir, []string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	var read int64
	got, err := ReadLogs(context.Background(), files, LogOptions{Buyers: ours, Zone: ist, Progress: func(n int64) { read += n }})
	if err != nil {
		t.Fatal(err)
	}
	want := readAll(t, strings.Join(lines, "\n"))
	if diff := cmp.Diff(withoutEvidence(want), withoutEvidence(got.Remittances)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tornFile := 0
	for _, p := range got.Problems {
		if p.Check == CheckFileTorn {
			tornFile++
		}
	}
	if tornFile != 1 || read == 0 {
		t.Errorf("got %d torn files and %d bytes read, want 1 and some: %v", tornFile, read, got.Problems)
	}
}

func readAll(t *testing.T, content string) []payment.Remittance {
	t.Helper()
	return read(t, content).Remittances
}

func FuzzReadLog(f *testing.F) {
	w := wire{}
	f.Add([]byte(w.request() + "\n" + w.response() + "\n" + w.confirmation("ACCEPT")))
	f.Add([]byte("[" + w.request() + ",\n" + w.acknowledgement() + "]"))
	f.Add([]byte(`{"request":` + w.request() + `,"response":"SUCCESS"}` + "\n{\"invoice\":{}}\n\x00\x00{"))
	f.Add([]byte(strings.ReplaceAll(w.response(), ",", ",\n  ")))
	f.Fuzz(func(t *testing.T, b []byte) {
		once := read(t, string(b)) // ties, or is an error
		if strings.Contains(string(b), "\r") || len(b) == 0 {
			return
		}
		lines := strings.Split(string(b), "\n")
		if lines[0] = strings.TrimPrefix(lines[0], "\ufeff"); !allLines(lines) {
			return
		}
		var twice []string
		for i := range lines {
			twice = append(twice, lines[len(lines)-1-i], lines[i])
		}
		again := read(t, strings.Join(twice, "\n")+"\n")
		if diff := cmp.Diff(withoutEvidence(once.Remittances), withoutEvidence(again.Remittances)); diff != "" {
			t.Errorf("lines twice and reversed (-once +again):\n%s", diff)
		}
	})
}

// allLines tells whether the text is a log of lines however its lines stand.
func allLines(lines []string) bool {
	for _, l := range lines {
		l = strings.Trim(l, " \t\x00")
		if l == "" {
			continue
		}
		var t tape
		if l[0] != '{' || t.parse([]byte(l)) != nil {
			return false
		}
	}
	return true
}
