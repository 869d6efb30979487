package matcher

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"reconcile/internal/ledger"
)

// itemException names a break of an item so that the next run finds it again,
// and what a controller wrote beside it: it depends on the buyer, the supplier,
// the number, the year and the code, and on nothing that changes from night to
// night.
func itemException(it *ledger.Item, code Code) string {
	number := it.Key
	if it.Damaged || number == "" {
		number = "\x00" + it.Number
	}
	return exceptionID("item", it.Buyer, it.Supplier.ID(), number, it.Year().String(), string(code))
}

// lineException is the same for a payment line.
func lineException(l LineRef, code Code) string {
	return exceptionID("line", l.Remittance.ObjectID, strconv.Itoa(l.Line.Position), string(code))
}

// exceptionID has 60 bits: among a million exceptions the chance that two share
// a name is one in two million.
func exceptionID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return "X" + base32.StdEncoding.EncodeToString(sum[:])[:12]
}
