package enkash

// A Check is one reason for which a delivery is quarantined.
type Check struct {
	Name    string // shown in brackets behind the problem
	Meaning string
	Remedy  string
}

// The names of the checks.
const (
	checkNotJSON   = "log-not-json"
	checkTorn      = "log-line-torn"
	CheckFileTorn  = "log-file-torn"
	checkReplaced  = "log-replaced"
	checkTooLong   = "log-line-too-long"
	checkDuplicate = "log-key-repeated"
	checkDepth     = "log-too-deep"
	checkEncoding  = "log-not-utf8"
	checkEncrypted = "log-body-encrypted"
	checkFamily    = "log-family-unknown"
	checkObjectID  = "payment-id-invalid"
	checkParty     = "party-id-invalid"
	checkType      = "payment-type-invalid"
	checkCurrency  = "payment-currency-not-inr"
	checkAmount    = "payment-amount-invalid"
	checkLines     = "payment-lines-invalid"
	checkAnswer    = "supplier-response-invalid"
)

// Checks lists every reason for which a delivery is quarantined, in the order in
// which they are tested.
func Checks() []Check {
	return []Check{
		{checkTooLong, "a delivery is longer than 4 MiB", "find out what wrote it; no webhook is that long"},
		{checkTorn, "a delivery ends in the middle", "run again when the log has been written on, or copy the file again; if it stays, ask for the delivery again"},
		{CheckFileTorn, "a compressed log ends too early or is damaged", "fetch the file again from where it was written"},
		{checkReplaced, "a log was cut off or written over in its place, and what it said before is in no other file; that is remembered, and what came in between two runs may be lost", "put the old file back beside the new one, under another name; let the rotation of logs rename a file rather than truncate it, and ask EnKash for what was sent in between"},
		{checkEncoding, "a delivery is not UTF-8 text", "log the body as it was received, without converting it"},
		{checkNotJSON, "a delivery is not JSON", "look at the line, and at what wrote it"},
		{checkDepth, "a delivery is nested deeper than 64 levels", "find out what wrote it; no webhook is that deep"},
		{checkDuplicate, "a key stands twice in one object, so that readers may differ on what it says", "ask EnKash which value holds, and for the delivery again"},
		{checkEncrypted, "a body is encrypted", "let the listener decrypt bodies before it logs them, and log these deliveries again"},
		{checkFamily, "a body is of no family of webhooks that is known", "if it is about money, tell us its keys; else keep it out of the log"},
		{checkParty, "the B2B id of buyer or supplier is missing, longer than 100 characters, or holds a backslash or a double quote", "ask EnKash for the delivery again"},
		{checkObjectID, "the objectId of the payment is missing, or not three letters of P, M, T and 32 letters or digits", "ask EnKash for the delivery again"},
		{checkType, "the type of a request is neither ONPLATFORM nor OFFPLATFORM", "ask EnKash whether the platform was to move this money"},
		{checkCurrency, "a currency is not INR", "settle the payment by hand: this program knows rupees only"},
		{checkLines, "the invoices of a payment are missing or not a list of objects", "ask EnKash for the delivery again"},
		{checkAmount, "an amount is missing, negative, too large, finer than a paisa, or no number", "ask EnKash for the amounts of this payment"},
		{checkAnswer, "the answer of the supplier is neither ACCEPT nor REJECT", "ask the supplier, and EnKash for the delivery again"},
	}
}

// remedy returns what to do about a failed check.
func remedy(name string) string {
	for _, c := range Checks() {
		if c.Name == name {
			return c.Remedy
		}
	}
	panic("unreachable: unknown check " + name)
}
