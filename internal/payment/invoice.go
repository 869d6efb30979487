package payment

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/party"
)

// An Invoice is what the platform says of one invoice, folded from every
// distinct body that speaks of it. It is a function of the set of bodies.
type Invoice struct {
	ID       string // the platform's objectId
	Number   string // supplierInvoiceNumber; often empty
	Key      string // party.NumberKey(Number)
	Buyer    string // B2B ids; empty where no body has them
	Supplier string

	Version  int      // the highest that any body has; 0 where none has one
	Statuses []string // upper case, in order: those that bodies of that version give it, or of none
	Response string   // the buyer's to that version: ACCEPT, REJECT, RETURN, the worst where several; often empty
	Financed bool     // somebody finances it, so that the money may belong to another
}

// A Notice is what one body says of an invoice. Any of its texts may be empty.
type Notice struct {
	ID              string // the platform's objectId of the invoice
	Number          string
	Buyer, Supplier string
	Version         int    // 0 where the body has none
	Status          string // upper case
	Response        string // ACCEPT, REJECT, RETURN
	Financed        bool
}

// An InvoiceFolder turns notices into invoices. What it keeps are sets and a
// maximum, so that neither order nor copies matter. The zero InvoiceFolder is
// empty.
type InvoiceFolder struct {
	invoices map[string]*invoiceRecord
}

type invoiceRecord struct {
	version  int
	financed bool
	said     map[saying]bool
}

// A saying is one text of a notice, with the version that it is about.
type saying struct {
	version int
	what    invoiceText
	text    string
}

type invoiceText uint8

const (
	textNumber invoiceText = iota + 1
	textBuyer
	textSupplier
	textStatus
	textResponse
)

// Add folds a notice. One without an id is about no invoice that could be told
// from another, and changes nothing.
func (f *InvoiceFolder) Add(n Notice) {
	if n.ID == "" {
		return
	}
	if f.invoices == nil {
		f.invoices = make(map[string]*invoiceRecord)
	}
	r := f.invoices[n.ID]
	if r == nil {
		r = &invoiceRecord{said: make(map[saying]bool)}
		f.invoices[n.ID] = r
	}
	r.version = max(r.version, n.Version)
	r.financed = r.financed || n.Financed
	for _, s := range n.sayings() {
		if s.text != "" {
			r.said[s] = true
		}
	}
}

// Has tells whether a notice would add nothing.
func (f *InvoiceFolder) Has(n Notice) bool {
	if n.ID == "" {
		return true
	}
	r := f.invoices[n.ID]
	if r == nil || n.Version > r.version || n.Financed && !r.financed {
		return false
	}
	for _, s := range n.sayings() {
		if s.text != "" && !r.said[s] {
			return false
		}
	}
	return true
}

func (n *Notice) sayings() [5]saying {
	return [...]saying{
		{n.Version, textNumber, n.Number}, {n.Version, textBuyer, n.Buyer}, {n.Version, textSupplier, n.Supplier},
		{n.Version, textStatus, n.Status}, {n.Version, textResponse, n.Response},
	}
}

// Invoices returns every invoice that was spoken of, by id.
func (f *InvoiceFolder) Invoices() []Invoice {
	var all []Invoice
	for _, id := range slices.Sorted(maps.Keys(f.invoices)) {
		all = append(all, f.invoices[id].conclude(id))
	}
	return all
}

func (r *invoiceRecord) conclude(id string) Invoice {
	v := Invoice{ID: id, Version: r.version, Financed: r.financed}
	said := slices.SortedFunc(maps.Keys(r.said), func(a, b saying) int {
		return cmp.Or(cmp.Compare(b.version, a.version), cmp.Compare(a.what, b.what), strings.Compare(a.text, b.text))
	})
	for _, s := range said {
		switch s.what { // of names the newest, and of several the first
		case textNumber:
			v.Number = cmp.Or(v.Number, s.text)
		case textBuyer:
			v.Buyer = cmp.Or(v.Buyer, s.text)
		case textSupplier:
			v.Supplier = cmp.Or(v.Supplier, s.text)
		case textStatus:
			if s.version == r.version || s.version == 0 {
				v.Statuses = append(v.Statuses, s.text)
			}
		case textResponse:
			// An answer without a version refuses any, and accepts the first only.
			if s.version == r.version || s.version == 0 && (s.text != "ACCEPT" || r.version <= 1) {
				v.Response = worse(v.Response, s.text)
			}
		}
	}
	slices.Sort(v.Statuses)
	v.Statuses = slices.Compact(v.Statuses)
	v.Key = party.NumberKey(v.Number)
	return v
}

// worse returns the answer that speaks more against paying.
func worse(a, b string) string {
	for _, word := range []string{"REJECT", "RETURN"} {
		if a == word || b == word {
			return word
		}
	}
	return cmp.Or(a, b)
}
