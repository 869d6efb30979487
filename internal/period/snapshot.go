package period

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A Snapshot is what one closing leaves for the next.
type Snapshot struct {
	Period    Period
	Documents []Document // by supplier, number and key
	Payments  []Known    // by objectId; all that were known, whenever they were made
	Carried   []Carried  // by objectId and position
}

// A Document is one document of the books at the end of a period. Rows that nothing
// tells apart are one document.
type Document struct {
	Key      string   `json:"key"` // the same from period to period, for the same debt
	Supplier string   `json:"supplier"`
	Name     string   `json:"name"`
	Number   string   `json:"number"`
	Type     string   `json:"type"` // invoice, credit_note, debit_note, advance
	Date     day.Date `json:"date"` // of the document; empty where the books have none
	Rows     int      `json:"rows"`

	Withheld money.Paise `json:"withheld"` // settled without cash: tax, credits, discounts
	Paid     money.Paise `json:"paid"`     // cash that the books say was paid by the end of the period
	Balance  money.Paise `json:"balance"`  // still owed at the end of the period; negative for what stands against it
}

// A Known is one payment as it was known when a period was closed.
type Known struct {
	ObjectID string      `json:"object_id"`
	Date     day.Date    `json:"date"`
	Outcome  string      `json:"outcome"`
	Net      money.Paise `json:"net"`
	Placed   bool        `json:"placed"` // each line of it paid something that the books have or had
}

// Take takes the snapshot of a period from what was found at its end. The snapshot
// before it says what the books had and have no more, and since when something has
// been carried forward; nil where there is none.
func Take(p Period, result *matcher.Result, before *Snapshot) Snapshot {
	s := Snapshot{Period: p, Documents: documents(result, p.Last())}
	known := recall(before, &s)
	s.Payments, s.Carried = payments(result, known), carry(p, result, known)
	return s
}

// A memory is what the closing before knew, as far as this one needs it.
type memory struct {
	placed map[string]bool   // by objectId
	gone   map[debtName]bool // invoices with a balance that the books have no more
	since  map[carriedKey]Period
}

// A debtName is how a payment names what it pays.
type debtName struct{ supplier, numberKey string }

// recall asks the closing before.
func recall(before, now *Snapshot) *memory {
	m := &memory{placed: make(map[string]bool), gone: make(map[debtName]bool), since: make(map[carriedKey]Period)}
	if before == nil {
		return m
	}
	for i := range before.Payments {
		m.placed[before.Payments[i].ObjectID] = before.Payments[i].Placed
	}
	for i := range before.Carried {
		m.since[before.Carried[i].key()] = before.Carried[i].Since
	}
	for _, d := range gone(before, now) {
		m.gone[debtName{d.Supplier, party.NumberKey(d.Number)}] = true
	}
	return m
}

// gone returns the invoices that had a balance and are in the books no more: an ERP
// that exports open items leaves out what is cleared.
func gone(before, now *Snapshot) (left []*Document) {
	still := make(map[string]bool, len(now.Documents))
	for i := range now.Documents {
		still[now.Documents[i].Key] = true
	}
	for i := range before.Documents {
		if d := &before.Documents[i]; d.Type == invoice && d.Balance != 0 && !still[d.Key] {
			left = append(left, d)
		}
	}
	return left
}

// place tells whether a line pays something that the books have or had.
func (m *memory) place(l *matcher.LineResult) bool {
	return !stray(l) || m.placed[l.Remittance.ObjectID] || m.gone[debtName{l.Remittance.Supplier, l.Line.Key}]
}

// documents returns what the books had at the end of a period, in rupees.
func documents(result *matcher.Result, end day.Date) []Document {
	byKey := make(map[string]*Document)
	for i := range result.Items {
		it := result.Items[i].Item
		if !counts(it) || it.InvoiceDate > end {
			continue
		}
		key := keyOf(it)
		d := byKey[key]
		if d == nil {
			d = &Document{Key: key, Supplier: supplierID(it), Name: it.Supplier.Name, Number: it.Number, Type: it.Type.String(), Date: it.InvoiceDate}
			byKey[key] = d
		}
		d.Rows++
		d.Balance = plus(d.Balance, balance(it, end))
		if it.Type == ledger.Invoice {
			d.Withheld, d.Paid = plus(d.Withheld, it.Withheld()), plus(d.Paid, paidBy(it, end))
		}
	}
	all := make([]Document, 0, len(byKey))
	for _, d := range byKey {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Document) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Number, b.Number), strings.Compare(a.Key, b.Key))
	})
	return all
}

// counts tells whether a row is in the sums: amounts of other currencies are no
// rupees.
func counts(it *ledger.Item) bool { return it.Currency == "INR" }

// paidBy returns the cash that the books say was paid by a day. A payment without a
// date was made before, for nothing says otherwise.
func paidBy(it *ledger.Item, end day.Date) money.Paise {
	if it.PaymentDate > end {
		return 0
	}
	return it.Paid
}

// balance returns what a row is still owed at the end of a period, whatever was paid
// since; negative for what stands against invoices.
func balance(it *ledger.Item, end day.Date) money.Paise {
	return signed(it, plus(it.Due, it.Paid-paidBy(it, end)))
}

// signed gives an amount the sign of its document.
func signed(it *ledger.Item, p money.Paise) money.Paise {
	if it.Type == ledger.Invoice {
		return p
	}
	return -p.Abs()
}

// keyOf names a document by what the contract calls a debt (section 5.5), and its
// type.
func keyOf(it *ledger.Item) string {
	number := it.Key
	if it.Damaged || number == "" {
		number = "as written: " + it.Number
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{it.Buyer, it.Supplier.ID(), it.Type.String(), number, strconv.Itoa(int(it.Year())), it.Part}, "\x1f")))
	return hex.EncodeToString(sum[:12])
}

// supplierID names a supplier as people can read it.
func supplierID(it *ledger.Item) string { return strings.TrimPrefix(it.Supplier.ID(), "\x00") }

// payments returns every payment of the results once.
func payments(result *matcher.Result, before *memory) []Known {
	byID := make(map[string]*Known)
	for i := range result.Lines {
		r, l := result.Lines[i].Remittance, result.Lines[i].Line
		k := byID[r.ObjectID]
		if k == nil {
			k = &Known{ObjectID: r.ObjectID, Date: r.Date, Outcome: outcome(r), Placed: true}
			byID[r.ObjectID] = k
		}
		k.Net = plus(k.Net, l.Net)
		k.Placed = k.Placed && before.place(&result.Lines[i])
	}
	all := make([]Known, 0, len(byID))
	for _, k := range byID {
		all = append(all, *k)
	}
	slices.SortFunc(all, func(a, b Known) int { return strings.Compare(a.ObjectID, b.ObjectID) })
	return all
}

func outcome(r *payment.Remittance) string {
	if r.Conflict != "" {
		return "conflict"
	}
	return r.Outcome.String()
}

// A record is one line of a snapshot as a file: one of its fields is set.
type record struct {
	Period   *Period   `json:"period,omitempty"`
	Document *Document `json:"document,omitempty"`
	Payment  *Known    `json:"payment,omitempty"`
	Carried  *Carried  `json:"carried,omitempty"`
}

// Write writes the snapshot as lines of JSON.
func (s *Snapshot) Write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 256<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(record{Period: &s.Period})
	for i := range s.Documents {
		err = errors.Join(err, enc.Encode(record{Document: &s.Documents[i]}))
	}
	for i := range s.Payments {
		err = errors.Join(err, enc.Encode(record{Payment: &s.Payments[i]}))
	}
	for i := range s.Carried {
		err = errors.Join(err, enc.Encode(record{Carried: &s.Carried[i]}))
	}
	if err := errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("writing the snapshot of %s: %w", s.Period, err)
	}
	return nil
}

// ReadSnapshot reads what Write wrote.
func ReadSnapshot(text []byte) (*Snapshot, error) {
	s := new(Snapshot)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	for {
		var r record
		err := dec.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse(CheckDamaged, "use a sound copy of it", "a snapshot cannot be read: %v", err)
		}
		switch {
		case r.Period != nil:
			s.Period = *r.Period
		case r.Document != nil:
			s.Documents = append(s.Documents, *r.Document)
		case r.Payment != nil:
			s.Payments = append(s.Payments, *r.Payment)
		case r.Carried != nil:
			s.Carried = append(s.Carried, *r.Carried)
		}
	}
	if s.Period == 0 {
		return nil, refuse(CheckDamaged, "use a sound copy of it", "a snapshot does not say of which period it is")
	}
	return s, nil
}

// Total returns what the snapshot says is owed in all.
func (s *Snapshot) Total() (sum money.Paise) {
	for i := range s.Documents {
		sum = plus(sum, s.Documents[i].Balance)
	}
	return sum
}

// plus adds two amounts. A sum that cannot be held stays at the end of the range, so
// that it does not tie, instead of wrapping around to a likely number.
func plus(a, b money.Paise) money.Paise {
	sum, err := a.Add(b)
	switch {
	case err == nil:
		return sum
	case a > 0:
		return 1<<63 - 1
	}
	return -1 << 63
}
