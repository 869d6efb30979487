package ledger

import (
	"regexp"

	"reconcile/internal/money"
	"reconcile/internal/party"
)

// holdText returns what is kept of the reason of a hold: people type into it whom
// to pay instead. The number of the row itself stays readable.
func (r *rowReader) holdText(text string) string {
	return party.FreeText(text, r.cell(invoiceNumber).Text, r.cell(documentNumber).Text)
}

// withPaise is a single number with decimals. Nobody writes an account so.
var withPaise = regexp.MustCompile(`^[^0-9]*[0-9][0-9,]*(?:\.[0-9]+|,[0-9]{1,2})[^0-9eE]*$`)

// surelyRupees is below what whole rupees without any grouping are an amount: a
// thousand crore, in paise. The accounts of nearly all banks have eleven digits and
// more.
const surelyRupees money.Paise = 1_000_00_00_000_00

// maskAmount returns what may be shown of a cell of amounts: an account number
// may have been typed into it. With decimals or in groups it is an amount, and so
// is what reads as less than a thousand crore.
func maskAmount(text string) string {
	if withPaise.MatchString(text) {
		return text
	}
	if p, _, err := money.ParseStored(text); err == nil && p.Abs() < surelyRupees {
		return text
	}
	return party.FreeText(maskHandles(text))
}
