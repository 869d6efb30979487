package matcher_test

import (
	"testing"

	"reconcile/internal/matcher"
	"reconcile/internal/testbed"
)

// BenchmarkMatch reconciles 100,000 items of a believable ledger with the
// payments that belong to them.
func BenchmarkMatch(b *testing.B) {
	w := testbed.New(1, 100_000, testbed.Options{Mix: testbed.Realistic})
	items, remittances := w.Items(), w.Remittances()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := matcher.Match(items, remittances, w.Rules); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(items))/b.Elapsed().Seconds(), "items/s")
	b.ReportMetric(float64(len(remittances)), "payments")
}
