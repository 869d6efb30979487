package enkash

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReadLog reads requests and responses of about 1.4 KB, the size that
// EnKash's own examples have.
func BenchmarkReadLog(b *testing.B) {
	const events = 5000
	filler := strings.Repeat(`{"name":"note","value":"as agreed on the telephone"},`, 9)
	extra := `"additionalInfos":[` + strings.TrimSuffix(filler, ",") + `]`
	for _, c := range []struct {
		name string
		body func(wire) string
	}{
		{"req-pay", func(w wire) string { return strings.Replace(w.request(), `{"device"`, `{`+extra+`,"device"`, 1) }},
		{"resp-pay", func(w wire) string { return strings.Replace(w.response(), `"additionalInfos":[]`, extra, 1) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var log strings.Builder
			for i := range events {
				log.WriteString(c.body(wire{id: paymentID(i), number: fmt.Sprintf("INV/26-27/%d", i), utr: fmt.Sprintf("SBINN%017d", i)}))
				log.WriteByte('\n')
			}
			text := log.String()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			b.ReportMetric(float64(len(text))/events, "bytes/event")
			defer func() { b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s") }()
			for b.Loop() {
				if _, err := readLogs(context.Background(), []logFile{inMemory("a", text)}, LogOptions{Buyers: ours, Zone: ist}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
