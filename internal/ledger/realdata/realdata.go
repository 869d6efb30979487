// Package realdata says how public ledgers, published by British authorities,
// are to be read, and what is in them. It is for tests: the files themselves are
// no part of the project, and a test that wants them is told where they lie.
//
// The numbers were counted by a second program that shares nothing with this
// one, so that agreement means something.
package realdata

import (
	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// A Ledger is one public file.
type Ledger struct {
	File    string            // below the folder of ledgers, with slashes
	Columns map[string]string // as ledger.columns
	Want    Want
}

// Want is what reading the file must find.
type Want struct {
	Rows        int
	Accepted    int
	Quarantined int
	Skipped     []ledger.Skipped
	Checks      map[string]int // problems by the name of their check
	Damaged     int            // items whose number a spreadsheet destroyed
	Read        money.Paise    // Σ invoice_amount of all rows
	InItems     money.Paise    // Σ invoice_amount of the accepted ones
}

// columns maps the usual ones: the number, the supplier's name, the amount and
// the date of payment, which stands for the date of the invoice too.
func columns(number, name, amount, date string) map[string]string {
	return map[string]string{
		"supplier_invoice_number": number, "supplier_name": name,
		"invoice_amount": amount, "invoice_date": date, "payment_date": date,
	}
}

func withCode(columns map[string]string, code string) map[string]string {
	columns["supplier_code"] = code
	return columns
}
