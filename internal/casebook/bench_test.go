package casebook

import (
	"fmt"
	"testing"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// BenchmarkUpdate100k compares two nights of a hundred thousand exceptions, of which
// every tenth has changed, and keeps what they come to.
func BenchmarkUpdate100k(b *testing.B) {
	breaks := make([]told, 100_000)
	for i := range breaks {
		breaks[i] = told{fmt.Sprintf("X%06d", i), matcher.LedgerBehind, money.Paise(i), matcher.Paid}
	}
	_, before := Update(nil, resultOf(breaks...), first)
	for i := 0; i < len(breaks); i += 10 {
		breaks[i].amount++
	}
	result := resultOf(breaks...)
	b.ReportAllocs()
	for b.Loop() {
		c, next := Update(before, result, first+1)
		if err := c.Check(result); err != nil {
			b.Fatal(err)
		}
		text, err := next.Encode()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "exceptions/s")
}
