package report

import "reconcile/internal/matcher"

// remedy says in one sentence what a controller does about a break. A code that
// nobody described sends the reader to the sheet that has both sides.
func remedy(code matcher.Code) string {
	switch code {
	case matcher.DuplicateInFlight:
		return "Ask the platform and the bank today to stop what is under way, and pay this invoice nothing until its outcome is known."
	case matcher.DuplicatePayment:
		return "Ask the supplier for the second payment back, or agree in writing to set it off."
	case matcher.Overpaid:
		return "Ask the supplier for the excess or a credit note; first look whether an invoice is missing in the books."
	case matcher.LedgerBehind:
		return "Post the payment in the books with its UTR and date."
	case matcher.Underpaid:
		return "Correct what the books say is paid, or pay the rest."
	case matcher.PaidWithoutEvent:
		return "Look for the payment in the bank statement; if it is not there, reverse the entry."
	case matcher.PaymentFailed:
		return "Mend what made it fail and approve the next attempt; if the books say paid, reverse that."
	case matcher.SupplierRejected:
		return "Ask the supplier why it rejected and where the money is; mend that before it is paid again."
	case matcher.AdjustmentMismatch:
		return "Correct the tax or the credit in the books, or have the platform's entry corrected."
	case matcher.UTRMismatch:
		return "Enter the payment's UTR in the books; if both references exist at the bank, it was paid twice."
	case matcher.SupplierMismatch:
		return "Ask the bank whose account was credited; recover the money, or correct the supplier in the books."
	case matcher.AmbiguousMatch:
		return "Enter the UTR on the row that was paid, so that one candidate is left."
	case matcher.DuplicateLedgerItem:
		return "Cancel all but one of the entries in the books."
	case matcher.BankDetailsChanged:
		return "Call the supplier on a number known before; release the account only when it is confirmed."
	case matcher.CurrencyMismatch:
		return "Reconcile this invoice by hand: only rupees are compared."
	case matcher.LedgerArithmetic:
		return "Correct the amounts of the row in the ERP and export again."
	case matcher.DamagedKey:
		return "Export again with the column of the number as text."
	case matcher.NoDueDate:
		return "Enter a due date, or the supplier's terms in the supplier master."
	case matcher.OutcomeOverdue:
		return "Ask the platform and the bank for the outcome; do not pay again meanwhile."
	case matcher.ConfirmationOverdue:
		return "Ask the supplier to confirm the payment."
	case matcher.ConfirmedUnseen:
		return "Look for the payment on the platform: a log may be missing here."
	case matcher.UnknownInvoice:
		return "Book the invoice if it is ours; if it is not, stop or recover the payment."
	case matcher.UTRReused:
		return "Ask the bank which of the payments bears the reference: another may not have moved."
	case matcher.PaymentArithmetic:
		return "Ask the platform for the right amounts before the payment is posted."
	case matcher.ConflictingEvents:
		return "Ask the platform for the true outcome; until two people resolve it, the money counts as under way."
	case matcher.ReferenceVariant:
		return "Nothing; writing the number as the supplier does makes the match exact."
	case matcher.SupplierUnknown:
		return "Add the supplier's B2B id to the supplier master."
	case matcher.SupplierAmbiguous:
		return "Give the row a B2B id, a code or a GSTIN that only one supplier has."
	}
	return "Look at both sides in the sheet Breaks."
}
