//go:build unix

package job_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/job"
	"reconcile/internal/testbed"
)

// BenchmarkRun is a whole night: 50,000 ledger rows and 100,000 events to
// results and workbook. Peak memory is that of the process, which also made the
// data, streamed.
func BenchmarkRun(b *testing.B) {
	const rows, events = 50_000, 100_000
	folder := b.TempDir()
	size := generate(b, folder, rows, events)
	settings, err := config.Load(filepath.Join(folder, "reconcile.yaml"), nil)
	if err != nil {
		b.Fatal(err)
	}
	asOf, _ := day.Of(2026, 11, 21)
	b.ReportAllocs()
	b.SetBytes(size)
	for b.Loop() {
		_, err := job.Run(b.Context(), job.Input{
			Config: settings, AsOf: asOf, Kind: job.KindMatch, Version: "bench", Host: "bench",
			Now: func() time.Time { return asOf.Time() },
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(rows/seconds, "rows/s")
	b.ReportMetric(events/seconds, "events/s")
	b.ReportMetric(peakMB(), "peak-MB")
}

// generate writes a believable world into the folder and returns how many bytes
// the job will read of it.
func generate(b *testing.B, folder string, rows, events int) (size int64) {
	b.Helper()
	var ledger, settings bytes.Buffer
	log, err := os.Create(filepath.Join(folder, "events.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	o := testbed.Options{Mix: testbed.Realistic, Copies: 2, Noise: 1}
	if _, err := testbed.Stream(1, rows, events, o, &ledger, io.Discard, log); err != nil {
		b.Fatal(err)
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	if err := testbed.WriteConfig(&settings, o); err != nil {
		b.Fatal(err)
	}
	for name, content := range map[string][]byte{"ledger.csv": ledger.Bytes(), "reconcile.yaml": settings.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, name := range []string{"ledger.csv", "events.jsonl"} {
		stat, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			b.Fatal(err)
		}
		size += stat.Size()
	}
	return size
}

// peakMB is the most memory this process ever held, in megabytes.
func peakMB() float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	unit := 1e3 // Linux counts kilobytes
	if runtime.GOOS == "darwin" {
		unit = 1e6 // and macOS bytes
	}
	return float64(use.Maxrss) / unit
}
