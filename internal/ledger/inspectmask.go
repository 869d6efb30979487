package ledger

import (
	"slices"
	"strings"
	"unicode"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// secretWords are words of headings below which accounts, tax numbers and
// handles of people stand.
var secretWords = []string{
	"account", "accounts", "acct", "acc", "ac", "a/c", "bank", "ifsc", "iban", "swift", "konto",
	"beneficiary", "benificiary", "upi", "vpa", "pan", "aadhaar", "aadhar",
	"mobile", "phone", "telephone", "tel", "whatsapp", "contact", "email", "mail",
}

// smells tells whether a heading speaks of what must not be shown.
func smells(heading string) bool {
	var words []string
	var word []rune
	end := func() {
		words = append(words, strings.ToLower(string(word)))
		word = word[:0]
	}
	for _, r := range heading {
		switch {
		case !unicode.IsLetter(r) && r != '/':
			end()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]):
			end() // BankAccountNo
		}
		word = append(word, r)
	}
	end()
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords, w) })
}

// mask returns a text of a column as it may be shown. What the column means
// decides, not how long the text is: a voucher of SAP and a supplier's code have
// ten digits like a telephone. c is columns where nobody knows what it means;
// then the heading decides, and what looks like an account number is one. So it
// is where a cell holds something else than its column should, for it may have
// shifted.
func (b *binding) mask(c column, heading, text string, cell *table.Cell) string {
	switch {
	case c == accountNumber, b != nil && c < columns && b.has(accountNumber) && b.at[c] == b.at[accountNumber]:
		return party.MaskAccount(text)
	case c == vpa:
		return maskVPA(text)
	case c == hold:
		return party.FreeText(text)
	case c < columns && b.mayHold(c, cell):
		if slices.Contains(numbers[:], c) {
			return text
		}
		return party.MaskPAN(text)
	case smells(heading):
		return maskSecret(text)
	}
	return party.MaskPAN(maskDigits(maskHandles(text)))
}

// numbers are the columns whose texts may look like a PAN and are none.
var numbers = [...]column{invoiceNumber, documentNumber, documentID, invoiceObjectID, paymentID, clearingDocument, poNumber, part, utr, supplierGSTIN, buyerGSTIN}

// maskSecret hides a text with a digit in it but for its end. One without is the
// name of a bank or of an account in the books.
func maskSecret(text string) string {
	switch {
	case strings.Contains(text, "@"):
		return maskHandles(text)
	case !strings.ContainsAny(text, "0123456789"):
		return text
	case party.IsPAN(text):
		return party.MaskPAN(text)
	}
	return party.MaskAccount(text)
}

// maskHandles hides whose every handle is, of a VPA or a mailbox, and not where.
func maskHandles(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		if at := strings.IndexByte(w, '@'); at > 0 && at < len(w)-1 {
			words[i] = maskVPA(w)
		}
	}
	return strings.Join(words, " ")
}
