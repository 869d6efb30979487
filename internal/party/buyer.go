package party

// A Buyer is one GST registration of ours; a company has one for every State it
// trades in, and each has a B2B id of its own.
type Buyer struct {
	B2BID string // as registered with Bharat Connect; compared as written
	GSTIN string // 15 characters, upper case
	Name  string
}

// A Supplier is a party we pay, as far as a ledger row or the supplier master
// names it. B2BID is empty where nobody knows it; then the supplier can be
// matched with what was paid but never be paid by this program.
type Supplier struct {
	B2BID string
	Code  string // the ERP's own number of the supplier
	Name  string
	GSTIN string
}

// ID returns by which name the supplier's rows belong together: the B2B id, or
// where it is unknown the first of code, GSTIN and name, marked so that it can
// never equal a B2B id.
func (s Supplier) ID() string {
	switch {
	case s.B2BID != "":
		return s.B2BID
	case s.Code != "":
		return "\x00code:" + s.Code
	case s.GSTIN != "":
		return "\x00gstin:" + s.GSTIN
	}
	return "\x00name:" + s.Name
}

// An Account is where a supplier is paid. The number itself is kept nowhere.
type Account struct {
	Last4       string   // its last four digits; empty where there is none
	Fingerprint [16]byte // keyed; tells accounts apart, and reaches no output
}
