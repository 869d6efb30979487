package proposal

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"reconcile/internal/payment"
)

// The two APIs by which EnKash pays.
const (
	APIReqPay  = "req-pay" // Pay Invoice
	APIPayment = "payment" // Accounts Payable: Payment Request
)

// The names of splits; the API pages name none.
const (
	SplitTDS        = "TDS"
	SplitCreditNote = "CREDIT_NOTE"
	SplitAdjustment = "ADJUSTMENT"
)

// The most characters of a field, by the page Pay Invoice.
const (
	maxB2BID  = 100
	maxNumber = 50 // invoice numbers, references
	maxText   = 100
)

var (
	invoiceIDForm = regexp.MustCompile(`^[INV]{3}[A-Za-z0-9]{32}$`)
	ifscForm      = regexp.MustCompile(`^[A-Z]{4}0[A-Z0-9]{6}$`) // the Reserve Bank's
	last4Form     = regexp.MustCompile(`^[0-9A-Za-z]{1,4}$`)
	digestForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// fault says what the platform would refuse in a text, and nothing where it
// takes it. Backslash and double quote are what its patterns exclude; control
// characters they let through, and no field of a payment has a use for one.
func fault(text string, limit int) string {
	switch {
	case !utf8.ValidString(text):
		return "is not UTF-8 text"
	case utf8.RuneCountInString(text) > limit:
		return "is longer than " + number(int64(limit)) + " characters"
	case strings.ContainsAny(text, `\"`):
		return "holds a backslash or a double quote"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "holds a control character"
	case strings.TrimSpace(text) != text:
		return "has spaces around it"
	}
	return ""
}

// A field is one text of a request, as the books call it.
type field struct {
	name, text string
	limit      int
	needed     bool
}

// invalid: a request with such a field would be refused, or worse, not refused.
func (s *survey) invalid(c *claim) *refusal {
	mode := c.mode(s.policy)
	list := []field{
		{"the buyer's B2B id", c.Debt.Buyer, maxB2BID, true},
		{"the supplier's B2B id", c.Debt.Supplier, maxB2BID, true},
		{"the invoice number", c.Number, maxNumber, true},
		{"the invoice status", c.InvoiceStatus, maxText, false},
		{"the name of the beneficiary", c.Beneficiary, maxText, false},
		{"the VPA", c.payee.VPA, maxText, false},
		{"the payment id", c.PaymentID, maxText, s.policy.API == APIPayment},
		{"the bank reference", c.UTR, maxNumber, false},
	}
	for _, f := range list {
		switch why := fault(f.text, f.limit); {
		case f.needed && f.text == "":
			return because(InvalidField, "field", f.name, "fault", "is missing")
		case why != "":
			return because(InvalidField, "field", f.name, "fault", why)
		}
	}
	switch {
	case c.Debt.NumberKey == "":
		return because(InvalidField, "field", "the invoice number", "fault", "has neither letter nor digit")
	case c.Debt.Year == 0:
		return because(InvalidField, "field", "the invoice date", "fault", "is missing, and with it the year that tells this invoice from the next of its number")
	case c.InvoiceID != "" && !invoiceIDForm.MatchString(c.InvoiceID):
		return because(InvalidField, "field", "the platform's id of the invoice", "fault", "is not three letters of I, N, V and 32 letters or digits")
	case c.IFSC != "" && !ifscForm.MatchString(c.IFSC):
		return because(InvalidField, "field", "the IFSC", "fault", "is not four letters, a zero and six letters or digits")
	case c.Account.Last4 != "" && !last4Form.MatchString(c.Account.Last4):
		return because(InvalidField, "field", "the account number", "fault", "does not end in digits")
	case s.policy.Type == payment.OffPlatform && c.PaymentDate > s.policy.AsOf:
		return because(InvalidField, "field", "the payment date", "fault", "is still to come")
	case c.Currency != "" && c.Currency != rupee:
		return because(InvalidField, "field", "the currency", "fault", "is not INR")
	case !slices.Contains(Modes(), mode):
		return because(InvalidField, "field", "the mode of payment "+mode, "fault", "is none of the eleven")
	}
	return nil
}

// mode is by which the money moves: ONPLATFORM as configured, OFFPLATFORM as the
// books say, in the platform's words.
func (c *claim) mode(p Policy) string {
	if p.Type != payment.OffPlatform || c.Mode == "" {
		return p.Mode
	}
	mode := strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToUpper(c.Mode))), " ")
	switch mode {
	case "RTGS", "BANK TRANSFER", "BOOK TRANSFER", "TRANSFER", "ONLINE TRANSFER":
		return "ACCOUNT TRANSFER" // the platform's list has no RTGS
	case "NET BANKING", "NETBANKING":
		return "INTERNET BANKING"
	case "CHECK", "DD", "DEMAND DRAFT":
		return "CHEQUE"
	}
	return mode
}
