package posting

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// An Entry is one line of a payment to be booked against one open item.
type Entry struct {
	ID   string // of the entry; the same on any night and machine
	Line string // of the payment's line; entries of one line are handed out together

	Buyer, Supplier            string // B2B ids
	SupplierCode, SupplierName string // as the ledger has them
	Number, Part               string // of the invoice, as the ledger has it
	InvoiceDate                day.Date
	Source                     string // the ledger row, file:row

	ObjectID string   // of the payment
	Position int      // of the line in it, from 0
	Date     day.Date // of the payment
	Mode     string   // often empty
	UTR      string   // empty where no final one is known

	Cash       money.Paise // that left the bank for this invoice
	TDS        money.Paise // tax withheld that the books do not have yet
	Adjustment money.Paise // what else was settled without cash, and the books do not have yet

	ExceptionID string // of the break LEDGER_BEHIND
	ByHand      string // why a person must book it; empty where it can be imported

	// The run of another business date that handed it out first; both are empty
	// for what is new.
	Run   string
	Since day.Date
}

// New tells whether the entry is to be handed out now.
func (e *Entry) New() bool { return e.ByHand == "" && e.Run == "" }

// Settles returns by how much the invoice is settled once the entry is booked.
func (e *Entry) Settles() money.Paise { return e.Cash + e.TDS + e.Adjustment }

// lineID names a line of a payment. It has 80 bits: two lines with one name are
// not to be expected among all payments that ever were.
func lineID(objectID string, position int) string {
	return "P" + digest("posting", objectID, strconv.Itoa(position))[:16]
}

// entryID names an entry: as its line where the whole line pays one item, and
// with the item where it pays several.
func entryID(line string, it *ledger.Item, whole bool) string {
	if whole {
		return line
	}
	return line + "-" + digest(it.Buyer, it.Supplier.ID(), it.Key, it.Number, it.Year().String(), it.Part)[:6]
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return base32.StdEncoding.EncodeToString(sum[:])
}

// entryOf returns the entry of one share of a payment on an item, without tax
// and adjustment.
func entryOf(it *ledger.Item, m *matcher.Share, exception string) Entry {
	p := m.Remittance
	e := Entry{
		Line:  lineID(p.ObjectID, m.Line.Position),
		Buyer: it.Buyer, Supplier: it.Supplier.B2BID, SupplierCode: it.Supplier.Code, SupplierName: it.Supplier.Name,
		Number: it.Number, Part: it.Part, InvoiceDate: it.InvoiceDate, Source: it.Pos.String(),
		ObjectID: p.ObjectID, Position: m.Line.Position, Date: p.Date, Mode: p.Mode,
		Cash: m.Net, ExceptionID: exception,
	}
	e.ID = entryID(e.Line, it, m.Net == m.Line.Net)
	if p.UTRFinal {
		e.UTR = p.UTR
	}
	return e
}
