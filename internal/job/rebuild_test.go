package job_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/job"
	"reconcile/internal/report"
	"reconcile/internal/testbed"
)

// TestARebuildGivesTheSameBytes lets a log of a thousand payments grow, be
// renamed, packed and copied over four nights. Each night the report of a run that
// reads what is new is, byte for byte, that of a run that reads everything.
func TestARebuildGivesTheSameBytes(t *testing.T) {
	folder := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var ledger, events, settings bytes.Buffer
	o := testbed.Options{Mix: testbed.Realistic, Copies: 5, Noise: 3}
	_, err := testbed.Stream(3, 800, 2000, o, &ledger, io.Discard, &events)
	must(err)
	must(testbed.WriteConfig(&settings, o))
	text := bytes.Replace(settings.Bytes(), []byte(`["events.jsonl"]`), []byte(`["logs/*"]`), 1)
	if bytes.Equal(text, settings.Bytes()) {
		t.Fatalf("the settings name no events.jsonl:\n%s", text)
	}
	must(os.WriteFile(filepath.Join(folder, "ledger.csv"), ledger.Bytes(), 0o600))
	must(os.WriteFile(filepath.Join(folder, "reconcile.yaml"), text, 0o600))
	logs := filepath.Join(folder, "logs")
	must(os.Mkdir(logs, 0o700))
	c, err := config.Load(filepath.Join(folder, "reconcile.yaml"), nil)
	must(err)

	all := events.Bytes()
	app := filepath.Join(logs, "app.jsonl")
	write := func(to string, content []byte) { t.Helper(); must(os.WriteFile(to, content, 0o600)) }
	nights := []func(){
		func() { write(app, all[:len(all)/3]) }, // in the middle of a line
		func() { write(app, all[:len(all)/2]) },
		func() {
			must(os.Rename(app, app+".1"))
			write(app, all[len(all)/2:len(all)*2/3])
		},
		func() {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err := z.Write(all[:len(all)/2])
			must(err)
			must(z.Close())
			write(app+".1.gz", b.Bytes())
			must(os.Remove(app + ".1"))
			write(app, all[len(all)/2:])
			write(filepath.Join(logs, "copy.jsonl"), all[:len(all)/4])
		},
	}
	for n, change := range nights {
		change()
		asOf, _ := day.Of(2026, 11, 18+n)
		var outputs [2][]byte
		for i, rebuild := range []bool{false, true} {
			done, err := job.Run(t.Context(), job.Input{
				Config: c, AsOf: asOf, Kind: job.KindMatch, Version: "test", Host: "here", Rebuild: rebuild,
				Now: func() time.Time { return asOf.Time() },
			})
			must(err)
			for _, name := range []string{report.WorkbookName, report.ResultsName} {
				b, err := os.ReadFile(filepath.Join(done.Folder, name))
				must(err)
				outputs[i] = append(outputs[i], b...)
			}
		}
		if !bytes.Equal(outputs[0], outputs[1]) {
			t.Errorf("night %d: a rebuild writes other bytes", n+1)
		}
	}
}
