package proposal

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// The domain tags tell the hashes of this package apart. A change of what is
// hashed is a change of the number in its tag.
const (
	instructionTag = "reconcile instruction 1"
	payeeTag       = "reconcile payee 1\n"
	accountTag     = "reconcile account 1"
	debtTag        = "reconcile debt 1"
)

// ObjectID returns the id of an instruction: PMT and 32 characters of base32,
// the first 160 bits of SHA-256 over buyer, supplier, the debts with instalment
// and net in paise, whatever their order, and the attempt. The same debts,
// amounts, grouping and attempt give the same id on any machine at any time, so
// that after the loss of everything a platform that knows the id can still
// refuse the second payment. Its form is that of the page Pay Invoice.
func ObjectID(buyer, supplier string, allocations []Allocation, attempt int) string {
	parts := make([]string, len(allocations))
	for i := range allocations {
		a := &allocations[i]
		parts[i] = string(fields(debtKey(a.Debt), number(int64(a.Instalment)), number(int64(a.Net))))
	}
	slices.Sort(parts)
	all := append([]string{instructionTag, buyer, supplier}, parts...)
	sum := sha256.Sum256(fields(append(all, number(int64(attempt)))...))
	return "PMT" + base32.StdEncoding.EncodeToString(sum[:20])
}

// debtKey is what tells two debts of one buyer and supplier apart, in one text.
func debtKey(d payment.Debt) string {
	return string(fields(d.Buyer, d.Supplier, d.NumberKey, strconv.Itoa(int(d.Year)), d.Part))
}

// fields writes texts one behind another with their lengths, so that no two
// lists give the same bytes.
func fields(all ...string) []byte {
	var b []byte
	for _, s := range all {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Reference returns what an ONPLATFORM request carries for a UTR: the bank's
// does not exist before the money has moved, and the page demands one. It is as
// unique as the objectId it is derived from, and has 35 letters and digits.
func Reference(objectID string) string { return "RCN" + strings.TrimPrefix(objectID, "PMT") }

// PayeeDigest returns the digest of Payee for an account, and nothing where it
// has no fingerprint.
func PayeeDigest(objectID string, account party.Account) string {
	if account.Fingerprint == [16]byte{} {
		return ""
	}
	sum := sha256.Sum256(append([]byte(payeeTag+objectID+"\n"), account.Fingerprint[:]...))
	return hex.EncodeToString(sum[:])
}

// A Release is what two people allowed: an account of a supplier, or a debt
// although another looks like it.
type Release struct {
	What    string // ACCOUNT or DEBT
	Subject string // the supplier's B2B id, or the debt
	Key     string // tells what is released under one subject apart
}

// AccountRelease is what has to be released for an account of a supplier. It is
// for that very account, and for as long as no money of ours goes to another one
// of the supplier: every change waits for people again. The key is worth nothing
// to whoever does not have the account's keyed fingerprint.
func AccountRelease(supplier string, account party.Account, ifsc, vpa string) Release {
	sum := sha256.Sum256(fields(accountTag, supplier, string(account.Fingerprint[:]), account.Last4, ifsc, vpa))
	return Release{"ACCOUNT", supplier, hex.EncodeToString(sum[:])}
}

// DebtRelease is what has to be released for a debt. The subject is for people;
// the key leaves no doubt which debt it is.
func DebtRelease(d payment.Debt) Release {
	sum := sha256.Sum256(fields(debtTag, debtKey(d)))
	return Release{"DEBT", strings.TrimSpace(strings.Join([]string{d.Supplier, d.NumberKey, d.Year.String(), d.Part}, " ")), hex.EncodeToString(sum[:])}
}

// compareDebts orders debts by buyer, supplier, number key, year and part.
func compareDebts(a, b payment.Debt) int {
	return cmp.Or(
		strings.Compare(a.Buyer, b.Buyer),
		strings.Compare(a.Supplier, b.Supplier),
		strings.Compare(a.NumberKey, b.NumberKey),
		cmp.Compare(a.Year, b.Year),
		strings.Compare(a.Part, b.Part))
}
