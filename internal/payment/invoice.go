package payment

// An Invoice is what the platform says of one invoice, folded from every
// distinct body that speaks of it. It is a function of the set of bodies.
type Invoice struct {
	ID       string // the platform's objectId
	Number   string // supplierInvoiceNumber
	Key      string // party.NumberKey(Number)
	Buyer    string // B2B ids; empty where no body has them
	Supplier string

	Version  int      // the highest that any body has; 0 where none has one
	Statuses []string // upper case, in order: those that bodies of that version give it
	Response string   // the buyer's to that version: ACCEPT, REJECT, RETURN, the worst where several; often empty
	Financed bool     // a financier bids on it, so that the money may belong to another
}
