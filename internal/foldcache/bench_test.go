package foldcache_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
)

// BenchmarkNight reads a log of 20,000 bodies of about 1.4 KB, as long as EnKash's
// own examples are: for the first time, which remembers it, and on the night behind
// that, when nothing is new.
func BenchmarkNight(b *testing.B) {
	const payments = 10_000
	filler := `"additionalInfos":[` + strings.TrimSuffix(strings.Repeat(`{"name":"note","value":"as agreed on the telephone"},`, 16), ",") + `],"mode"`
	var text strings.Builder
	for n := range payments {
		number := fmt.Sprint("INV/26-27/", n)
		fmt.Fprintln(&text, strings.Replace(request(n, number, "100.50"), `"mode"`, filler, 1))
		fmt.Fprintln(&text, strings.Replace(response(n, number, "100.50", "SUCCESS"), `"mode"`, filler, 1))
	}
	for _, c := range []struct {
		name  string
		again bool
	}{{"first", false}, {"second", true}} {
		b.Run(c.name, func(b *testing.B) {
			h := newHouse(b, b.TempDir())
			h.write("app.jsonl", text.String())
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			if c.again {
				h.benchNight(b, false)
			}
			for b.Loop() {
				h.benchNight(b, !c.again)
			}
			b.ReportMetric(2*payments*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func (h *house) benchNight(b *testing.B, rebuild bool) {
	b.Helper()
	o := enkash.LogOptions{Buyers: ours}
	m := foldcache.Open(h.store, foldcache.Options{Reader: o.Reader(), AsOf: h.night, Write: true, Rebuild: rebuild})
	o.Memory = m
	if _, err := enkash.ReadLogs(context.Background(), h.find(), o); err != nil {
		b.Fatal(err)
	}
	m.Commit()
}
