package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/posting"
)

// TallyBooks is one company in TallyPrime and its ledgers, as they are called
// there.
type TallyBooks struct {
	Buyer            string // B2B id whose payments are booked there
	Company          string
	BankLedger       string
	TDSLedger        string // may be empty
	AdjustmentLedger string // may be empty
	VoucherType      string
}

// tallyName returns the name of the file for one company.
func (p *Postings) tallyName(books *TallyBooks) string {
	if len(p.Tally) == 1 {
		return "postings-tally.xml"
	}
	return "postings-tally-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, books.Buyer) + ".xml"
}

// vouchers returns the entries that go into the file.
func (t *TallyBooks) vouchers(entries []*posting.Entry) []*posting.Entry {
	var list []*posting.Entry
	for _, e := range entries {
		if e.Buyer == t.Buyer && t.flaw(e) == "" {
			list = append(list, e)
		}
	}
	return list
}

// flaw says why an entry of this company cannot stand in its file; empty where
// it can.
func (t *TallyBooks) flaw(e *posting.Entry) string {
	switch {
	case t.party(e) == "":
		return "not in the file for Tally: the ledger has no name of the supplier"
	case e.TDS != 0 && t.TDSLedger == "":
		return "not in the file for Tally: name postings.tally.tds_ledger"
	case e.Adjustment != 0 && t.AdjustmentLedger == "":
		return "not in the file for Tally: name postings.tally.adjustment_ledger"
	}
	return ""
}

// party returns how the supplier's ledger is called: by its name, else by the
// code, which may be an alias.
func (t *TallyBooks) party(e *posting.Entry) string {
	if name := strings.TrimSpace(cleanText(e.SupplierName)); name != "" {
		return name
	}
	return strings.TrimSpace(cleanText(e.SupplierCode))
}

// What follows is the form in which TallyPrime imports vouchers ("Import Data",
// report Vouchers; Tally's developer reference, Integration, Transactions). An
// amount that is debited is negative and ISDEEMEDPOSITIVE says Yes; of each
// voucher the amounts sum to nothing.
type (
	tallyEnvelope struct {
		XMLName xml.Name    `xml:"ENVELOPE"`
		Request string      `xml:"HEADER>TALLYREQUEST"`
		Import  tallyImport `xml:"BODY>IMPORTDATA"`
	}
	tallyImport struct {
		Report   string         `xml:"REQUESTDESC>REPORTNAME"`
		Company  string         `xml:"REQUESTDESC>STATICVARIABLES>SVCURRENTCOMPANY"`
		Messages []tallyMessage `xml:"REQUESTDATA>TALLYMESSAGE"`
	}
	tallyMessage struct {
		UDF     string       `xml:"xmlns:UDF,attr"`
		Voucher tallyVoucher `xml:"VOUCHER"`
	}
	tallyVoucher struct {
		RemoteID  string        `xml:"REMOTEID,attr"`
		Type      string        `xml:"VCHTYPE,attr"`
		Action    string        `xml:"ACTION,attr"`
		View      string        `xml:"OBJVIEW,attr"`
		Date      string        `xml:"DATE"`
		Effective string        `xml:"EFFECTIVEDATE"`
		GUID      string        `xml:"GUID"`
		TypeName  string        `xml:"VOUCHERTYPENAME"`
		Number    string        `xml:"VOUCHERNUMBER"`
		Reference string        `xml:"REFERENCE,omitempty"`
		Party     string        `xml:"PARTYLEDGERNAME"`
		Narration string        `xml:"NARRATION"`
		Persisted string        `xml:"PERSISTEDVIEW"`
		Ledgers   []tallyLedger `xml:"ALLLEDGERENTRIES.LIST"`
	}
	tallyLedger struct {
		Name    string     `xml:"LEDGERNAME"`
		Debit   string     `xml:"ISDEEMEDPOSITIVE"` // Yes or No
		IsParty string     `xml:"ISPARTYLEDGER"`    // Yes or No
		Amount  string     `xml:"AMOUNT"`
		Bill    *tallyBill `xml:"BILLALLOCATIONS.LIST"`
		Bank    *tallyBank `xml:"BANKALLOCATIONS.LIST"`
	}
	tallyBill struct {
		Name   string `xml:"NAME"`
		Type   string `xml:"BILLTYPE"`
		Amount string `xml:"AMOUNT"`
	}
	tallyBank struct {
		Date           string `xml:"DATE"`
		InstrumentDate string `xml:"INSTRUMENTDATE"`
		Type           string `xml:"TRANSACTIONTYPE"`
		Favouring      string `xml:"PAYMENTFAVOURING"`
		Instrument     string `xml:"INSTRUMENTNUMBER,omitempty"`
		Reference      string `xml:"UNIQUEREFERENCENUMBER,omitempty"`
		Amount         string `xml:"AMOUNT"`
	}
)

// write writes the file for one company.
func (t *TallyBooks) write(w io.Writer, entries []*posting.Entry) error {
	envelope := tallyEnvelope{Request: "Import Data", Import: tallyImport{Report: "Vouchers", Company: t.Company}}
	for _, e := range entries {
		envelope.Import.Messages = append(envelope.Import.Messages, tallyMessage{UDF: "TallyUDF", Voucher: t.voucher(e)})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing the postings for Tally: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(envelope); err != nil {
		return fmt.Errorf("writing the postings for Tally: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("writing the postings for Tally: %w", err)
	}
	return nil
}

// voucher returns the voucher of one entry: the supplier's bill is settled, the
// bank pays, and what was withheld or credited stands against its own ledger.
//
// Its id and its number are those of the entry, so that Tally knows it again
// where it is set up to.
func (t *TallyBooks) voucher(e *posting.Entry) tallyVoucher {
	on := strings.ReplaceAll(e.Date.String(), "-", "")
	party, number, utr := t.party(e), cleanText(e.Number), cleanText(e.UTR)
	v := tallyVoucher{
		RemoteID: e.ID, GUID: e.ID, Type: t.VoucherType, Action: "Create", View: "Accounting Voucher View", Persisted: "Accounting Voucher View",
		Date: on, Effective: on, TypeName: t.VoucherType, Number: e.ID, Reference: utr, Party: party,
		Narration: cleanText(fmt.Sprintf("Invoice %s, payment %s, UTR %s, posting %s", e.Number, e.ObjectID, orDash(e.UTR), e.ID)),
	}
	bill := &tallyBill{Name: number, Type: "Agst Ref", Amount: signedAmount(e.Settles(), true)}
	v.Ledgers = append(v.Ledgers, tallyLedger{Name: party, Debit: "Yes", IsParty: "Yes", Amount: bill.Amount, Bill: bill})
	v.Ledgers = append(v.Ledgers, tallyLedger{Name: t.BankLedger, Debit: "No", IsParty: "No", Amount: signedAmount(e.Cash, false), Bank: &tallyBank{
		Date: on, InstrumentDate: on, Favouring: party, Instrument: utr, Reference: utr, Amount: signedAmount(e.Cash, false),
		// An e-Fund Transfer would stand in Tally's own list of payments to be sent
		// to the bank, and be paid a second time by whoever sends it.
		Type: "Others",
	}})
	for _, other := range []struct {
		ledger string
		amount money.Paise
	}{{t.TDSLedger, e.TDS}, {t.AdjustmentLedger, e.Adjustment}} {
		if other.amount != 0 {
			v.Ledgers = append(v.Ledgers, tallyLedger{Name: other.ledger, Debit: "No", IsParty: "No", Amount: signedAmount(other.amount, false)})
		}
	}
	return v
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
