package proposal

import (
	"regexp"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// The ids below were computed by another program from the words of ObjectID. An
// id that changes is a debt that a platform no longer recognises.
func TestObjectIDGolden(t *testing.T) {
	konkan := payment.Debt{Buyer: "BUYER", Supplier: "KONKAN", NumberKey: "KFP/FY2026/215", Year: 2026}
	guards := payment.Debt{Buyer: "BUYER", Supplier: "SUPPLIER", NumberKey: "BPS/FY2026/104", Year: 2026}
	retention := payment.Debt{Buyer: "BUYER", Supplier: "SUPPLIER", NumberKey: "BPS/FY2026/110", Year: 2026, Part: "retention"}
	form := regexp.MustCompile(`^[PMT]{3}[A-Za-z0-9]{32,32}$`) // of the page Pay Invoice
	for _, c := range []struct {
		name, supplier string
		allocations    []Allocation
		attempt        int
		want           string
	}{
		{"one debt", "KONKAN", []Allocation{{Debt: konkan, Instalment: 1, Net: 18_900_00}}, 1, "PMTIZIB5RURXEICC5XCROV4SHOPWRHGPSYJ"},
		{"its second attempt", "KONKAN", []Allocation{{Debt: konkan, Instalment: 1, Net: 18_900_00}}, 2, "PMTAJNFFXIYXGQVRTAPO3EBVL7ZAQRG42NO"},
		{"its second instalment", "KONKAN", []Allocation{{Debt: konkan, Instalment: 2, Net: 18_900_00}}, 1, "PMTVGIPMSXRJ53F3MX34UKYZBN4SROHOX6L"},
		{"two debts", "SUPPLIER", []Allocation{{Debt: retention, Instalment: 1, Net: 50_000_00}, {Debt: guards, Instalment: 1, Net: 1_08_280_00}}, 1, "PMTM4KCPF2UD2VGOLQBV5Q5JFTXSC76GFVL"},
	} {
		got := ObjectID("BUYER", c.supplier, c.allocations, c.attempt)
		if got != c.want || !form.MatchString(got) {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if ref := Reference(got); len(ref) > maxNumber || fault(ref, maxNumber) != "" || party.UTR(ref) != ref {
			t.Errorf("%s: the reference %s is none that the platform takes and a log shows unchanged", c.name, ref)
		}
	}
}

// TestDigests: a digest tells accounts apart within its instruction, and nothing
// from one instruction to the next.
func TestDigests(t *testing.T) {
	a, b := party.Account{Last4: "1", Fingerprint: [16]byte{1}}, party.Account{Last4: "1", Fingerprint: [16]byte{2}}
	if got, want := PayeeDigest("PMTX", a), "786d4bf924a455a886db035c52224d648e24843a4c5f6f8ea8f3fdad9cf60b63"; got != want {
		t.Errorf("got the digest %s, want %s", got, want)
	}
	if PayeeDigest("PMTX", a) == PayeeDigest("PMTX", b) {
		t.Error("two accounts have one digest")
	}
	if PayeeDigest("PMTX", a) == PayeeDigest("PMTY", a) {
		t.Error("the digests of two instructions show that they pay one account")
	}
	if got := PayeeDigest("PMTX", party.Account{Last4: "1"}); got != "" {
		t.Errorf("an account without a fingerprint has the digest %s", got)
	}
	debt := payment.Debt{Buyer: "B", Supplier: "S", NumberKey: "A/1", Year: 2026, Part: "1 2"}
	for name, other := range map[string]payment.Debt{
		"another part": {Buyer: "B", Supplier: "S", NumberKey: "A/1", Year: 2026}, "another buyer": {Buyer: "C", Supplier: "S", NumberKey: "A/1", Year: 2026, Part: "1 2"},
		"another year": {Buyer: "B", Supplier: "S", NumberKey: "A/1", Year: 2025, Part: "1 2"},
	} {
		if DebtRelease(debt) == DebtRelease(other) {
			t.Errorf("who releases a debt releases one of %s too", name)
		}
	}
	one := AccountRelease("S", a, "BANK0000001", "")
	for name, other := range map[string]Release{
		"another account": AccountRelease("S", b, "BANK0000001", ""), "another supplier": AccountRelease("T", a, "BANK0000001", ""),
		"another branch": AccountRelease("S", a, "BANK0000002", ""), "a VPA": AccountRelease("S", a, "BANK0000001", "s@bank"),
	} {
		if other == one {
			t.Errorf("who releases an account releases %s too", name)
		}
	}
}
