package matcher

import (
	"slices"
	"testing"
)

// TestBlocking holds the table to the list of the contract, section 5.1.
func TestBlocking(t *testing.T) {
	want := []Code{SupplierRejected, SupplierMismatch, AmbiguousMatch, DuplicateLedgerItem,
		CurrencyMismatch, LedgerArithmetic, DamagedKey, NoDueDate}
	var got []Code
	for _, c := range Codes() {
		if blocking(c.Code) {
			got = append(got, c.Code)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if blocking("MSME_DAYS") {
		t.Error("a code that is not in the table blocks")
	}
}
