package testbed

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// columns are the canonical headings that a world fills in.
var columns = []string{
	"buyer_b2b_id", "supplier_b2b_id", "supplier_code", "supplier_name", "supplier_gstin",
	"supplier_invoice_number", "document_type", "invoice_object_id", "object_version", "invoice_status",
	"invoice_date", "acceptance_date", "due_date", "currency",
	"taxable_amount", "invoice_amount", "tds_amount", "adjustment_amount", "paid_amount", "due_amount",
	"utr", "payment_date", "payment_mode", "account_number", "ifsc", "beneficiary_name", "vpa",
	"part", "hold", "msme", "po_number",
}

// WriteLedger writes the ledger as a canonical CSV, whose lines are the rows
// that the items name.
func (w *World) WriteLedger(out io.Writer) error {
	c := newLedgerWriter(out)
	for i := range w.Rows {
		c.write(&w.Rows[i])
	}
	return c.close()
}

type ledgerWriter struct {
	csv    *csv.Writer
	record []string
}

func newLedgerWriter(out io.Writer) *ledgerWriter {
	c := &ledgerWriter{csv: csv.NewWriter(out)}
	c.csv.Write(columns) // an error stays until close
	return c
}

func (c *ledgerWriter) write(y *Row) {
	it := &y.Item
	version, taxable := "", ""
	if it.ObjectVersion != 0 {
		version = strconv.Itoa(it.ObjectVersion)
	}
	if it.HasTaxable {
		taxable = it.Taxable.String()
	}
	kind := ""
	if it.Type != ledger.Invoice {
		kind = it.Type.String()
	}
	c.record = append(c.record[:0],
		it.Buyer, it.Supplier.B2BID, it.Supplier.Code, it.Supplier.Name, it.Supplier.GSTIN,
		it.Number, kind, it.InvoiceID, version, it.InvoiceStatus,
		cell(it.InvoiceDate), cell(it.AcceptanceDate), cell(it.DueDate), it.Currency,
		taxable, it.Gross.String(), it.TDS.String(), it.Adjustment.String(), it.Paid.String(), it.Due.String(),
		it.UTR, cell(it.PaymentDate), it.PaymentMode, y.Account, it.IFSC, it.Beneficiary, it.VPA,
		it.Part, it.Hold, it.MSME, it.PONumber,
	)
	c.csv.Write(c.record)
}

func (c *ledgerWriter) close() error {
	c.csv.Flush()
	if err := c.csv.Error(); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}

// cell is a date as Indian ledgers write it, 21-11-2026.
func cell(d day.Date) string {
	if d == 0 {
		return ""
	}
	year, month, dayOfMonth := d.Civil()
	return fmt.Sprintf("%02d-%02d-%04d", dayOfMonth, month, year)
}

// WriteTruth writes what must be said of each row, as a CSV: row, scene, status,
// match, codes, cash payable.
func (w *World) WriteTruth(out io.Writer) error {
	t := newTruthWriter(out)
	for i := range w.Rows {
		t.write(&w.Rows[i])
	}
	return t.close()
}

type truthWriter struct{ csv *csv.Writer }

func newTruthWriter(out io.Writer) *truthWriter {
	t := &truthWriter{csv.NewWriter(out)}
	t.csv.Write([]string{"row", "scene", "status", "match", "codes", "cash_payable"}) // an error stays until close
	return t
}

func (t *truthWriter) write(y *Row) {
	codes := ""
	for i, c := range y.Truth.Codes {
		if i > 0 {
			codes += " "
		}
		codes += string(c)
	}
	t.csv.Write([]string{strconv.Itoa(y.Item.Pos.Row), y.Truth.Scene, y.Truth.Status.String(), y.Truth.Rule.String(), codes, money.Paise(y.Item.Cash()).String()})
}

func (t *truthWriter) close() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return fmt.Errorf("writing the truth: %w", err)
	}
	return nil
}
