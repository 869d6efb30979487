package enkash

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A body is a payment body within a delivery. A family of 0 is a confirmation
// response, which is only counted.
type body struct {
	family        payment.Family
	t             *tape
	root          int32 // holds b2bIds
	payment, resp int32
	canonicalTape *tape // what is hashed: the envelope of an acknowledgement
	canonicalRoot int32
	path          string // of root
}

// read reads a payment body, and tells what became of it. Whose it is comes
// first: faults in the payments of others are none of our business.
func (d *decoder) read(b *body) {
	ids := b.t.get(b.root, "b2bIds")
	if d.ours.foreign(b.t, ids) {
		d.tell(verdict{foreign: true})
		return
	}
	if b.family == 0 {
		d.tell(verdict{counted: familyConfirmation, answered: d.answered(b)})
		return
	}
	d.lines = d.lines[:0]
	d.event = payment.Event{Family: b.family}
	if f := d.fill(b, ids); f != nil {
		f.column = joinPath(b.path, f.column)
		d.tell(verdict{fault: f})
		return
	}
	d.buf = d.canon.append(d.buf[:0], b.canonicalTape, b.canonicalRoot)
	d.event.Canonical = d.buf
	d.event.Sum = sha256.Sum256(d.buf)
	d.event.Lines = d.lines
	d.tell(verdict{event: &d.event})
}

func (d *decoder) fill(b *body, ids int32) *fault {
	t, e := b.t, &d.event
	for _, p := range []struct {
		key  string
		into *string
	}{{"buyerB2BId", &e.Buyer}, {"supplierB2BId", &e.Supplier}} {
		n := t.get(ids, p.key)
		if !t.is(n, text) || !validB2BID(t.bytes(n)) {
			return &fault{checkParty, "b2bIds." + p.key, t.scalar0(n), "no B2B id of 1 to 100 characters without backslash and double quote"}
		}
		*p.into = d.intern(t.bytes(n))
	}
	if b.family == payment.ConfirmationRequest {
		return d.confirmation(b)
	}
	if !t.is(b.payment, object) {
		return &fault{checkLines, "payment", t.scalar0(b.payment), "not an object"}
	}
	id := t.get(b.payment, "objectId")
	if !t.is(id, text) || !validPaymentID(t.bytes(id)) {
		return &fault{checkObjectID, "payment.objectId", t.scalar0(id), "not three letters of P, M, T and 32 letters or digits"}
	}
	e.ObjectID = string(t.bytes(id))
	typ := t.get(b.payment, "type")
	e.Type = typeOf(t, typ)
	if b.family == payment.Request && e.Type == 0 {
		return &fault{checkType, "payment.type", t.scalar0(typ), "neither ONPLATFORM nor OFFPLATFORM"}
	}
	e.TS = t.string0(t.get(b.payment, "ts"))
	e.Mode = d.mode(t.scalar0(t.get(b.payment, "mode")))
	e.UTR = t.string0(t.get(b.payment, "utr"))
	if b.family == payment.Response {
		e.Result, e.Word = d.result(t, b.resp)
	}
	if f := currency(t, b.payment, "payment."); f != nil {
		return f
	}
	if f := d.totals(t, t.get(b.payment, "paymentAmount")); f != nil {
		return f
	}
	return d.invoices(t, t.get(b.payment, "invoicesPayInfos"), b.family)
}

// answered reads what a confirmation response says, where it is we who answered;
// nil where that cannot be told.
func (d *decoder) answered(b *body) *Answered {
	id := b.t.get(b.payment, "objectId")
	if !d.ours.received || !b.t.is(id, text) || !validPaymentID(b.t.bytes(id)) {
		return nil
	}
	result, word := d.result(b.t, b.resp)
	return &Answered{ObjectID: string(b.t.bytes(id)), Failed: result == payment.Failure, Word: word}
}

// totals reads the amounts of the whole payment, which may be absent: the lines
// carry the same money.
func (d *decoder) totals(t *tape, n int32) *fault {
	const path = "payment.paymentAmount."
	if n < 0 || t.is(n, null) {
		return nil
	}
	if !t.is(n, object) {
		return &fault{checkAmount, "payment.paymentAmount", t.scalar0(n), "not an object"}
	}
	if f := currency(t, n, path); f != nil {
		return f
	}
	var f *fault
	w := &d.event.Totals
	if w.Net, w.HasNet, f = amount(t, n, "netPaidAmount", path, false); f != nil {
		return f
	}
	if w.Adjustment, w.HasAdjustment, f = amount(t, n, "netAdjustmentAmount", path, true); f != nil {
		return f
	}
	w.Total, w.HasTotal, f = amount(t, n, "totalAmount", path, false)
	return f
}

func (d *decoder) invoices(t *tape, n int32, family payment.Family) *fault {
	const path = "payment.invoicesPayInfos"
	absent := n < 0 || t.is(n, null)
	if absent && family == payment.Acknowledgement {
		return nil
	}
	if absent || !t.is(n, array) {
		return &fault{checkLines, path, t.scalar0(n), "not a list of invoices"}
	}
	if t.nodes[n].next == n+1 && family != payment.Acknowledgement {
		return &fault{checkLines, path, nil, "a payment of no invoice"}
	}
	var sum money.Paise
	for i := n + 1; i < t.nodes[n].next; i = t.nodes[i].next {
		var line payment.EventLine
		f := d.invoice(t, i, &line)
		if f == nil && addUp(&sum, line.Net, line.Adjustment, line.Total, line.Splits) != nil {
			f = &fault{checkAmount, "invoicePaymentAmount", nil, "the amounts of the payment sum to more than can be held"}
		}
		if f != nil {
			f.column = joinPath(fmt.Sprintf("%s[%d]", path, len(d.lines)), f.column)
			return f
		}
		d.lines = append(d.lines, line)
	}
	return nil
}

// addUp adds the absolute amounts to sum, which bounds every other sum of them.
func addUp(sum *money.Paise, amounts ...money.Paise) (err error) {
	for _, p := range amounts {
		if *sum, err = sum.Add(p.Abs()); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) invoice(t *tape, n int32, line *payment.EventLine) *fault {
	if !t.is(n, object) {
		return &fault{checkLines, "", t.scalar0(n), "an invoice that is not an object"}
	}
	line.InvoiceID = trimmed(t, t.get(n, "objectId"))
	line.Number = trimmed(t, t.get(n, "supplierInvoiceNumber"))
	bank := t.get(n, "supplierBankAccountDetails")
	line.Last4 = d.intern(lastDigits(t.scalar0(t.get(bank, "maskedAccountNumber"))))
	line.IFSC = d.intern(bytes.ToUpper(bytes.TrimSpace(t.scalar0(t.get(bank, "ifsc")))))
	return invoiceAmounts(t, t.get(n, "invoicePaymentAmount"), line)
}

func invoiceAmounts(t *tape, n int32, line *payment.EventLine) *fault {
	const path = "invoicePaymentAmount."
	if !t.is(n, object) {
		return &fault{checkAmount, "invoicePaymentAmount", t.scalar0(n), "there are no amounts"}
	}
	if f := currency(t, n, path); f != nil {
		return f
	}
	net, hasNet, f := amount(t, n, "netPaidAmount", path, false)
	if f != nil {
		return f
	}
	adjustment, _, f := amount(t, n, "netAdjustmentAmount", path, true)
	if f != nil {
		return f
	}
	total, hasTotal, f := amount(t, n, "totalAmount", path, false)
	if f != nil {
		return f
	}
	switch {
	case !hasNet && !hasTotal:
		return &fault{checkAmount, path + "netPaidAmount", nil, "neither netPaidAmount nor totalAmount"}
	case !hasNet:
		net = total - adjustment
	case !hasTotal:
		total = net + adjustment
	}
	if net < 0 || total < 0 {
		return &fault{checkAmount, path + "netPaidAmount", nil, "the adjustment leaves less than nothing"}
	}
	line.Net, line.Adjustment, line.Total = net, adjustment, total
	return splits(t, t.get(n, "splits"), line)
}

func splits(t *tape, n int32, line *payment.EventLine) *fault {
	if n < 0 || t.is(n, null) {
		return nil
	}
	if !t.is(n, array) {
		return &fault{checkAmount, "invoicePaymentAmount.splits", t.scalar0(n), "not a list"}
	}
	for i := n + 1; i < t.nodes[n].next; i = t.nodes[i].next {
		value, has, f := amount(t, i, "value", "invoicePaymentAmount.splits.", true)
		if f != nil {
			return f
		}
		var err error
		if line.Splits, err = line.Splits.Add(value); err != nil {
			return &fault{checkAmount, "invoicePaymentAmount.splits", nil, "the splits sum to more than can be held"}
		}
		line.HasSplits = line.HasSplits || has
	}
	return nil
}

func (d *decoder) confirmation(b *body) *fault {
	t, e := b.t, &d.event
	if !t.is(b.payment, object) {
		return &fault{checkObjectID, "paymentConfirmation", t.scalar0(b.payment), "not an object"}
	}
	id := t.get(b.payment, "objectId")
	if !t.is(id, text) || !validPaymentID(t.bytes(id)) {
		return &fault{checkObjectID, "paymentConfirmation.objectId", t.scalar0(id), "not three letters of P, M, T and 32 letters or digits"}
	}
	e.ObjectID = string(t.bytes(id))
	e.Type = typeOf(t, t.get(b.payment, "type"))
	e.TS = t.string0(t.get(b.payment, "ts"))
	answer := t.get(b.payment, "supplierResponse")
	switch cleaned(t.scalar0(answer)) {
	case "ACCEPT":
	case "REJECT":
		e.Reject = true
	default:
		return &fault{checkAnswer, "paymentConfirmation.supplierResponse", t.scalar0(answer), "neither ACCEPT nor REJECT"}
	}
	infos := t.get(b.payment, "invoiceInfos")
	if infos < 0 || t.is(infos, null) {
		return nil
	}
	const path = "paymentConfirmation.invoiceInfos"
	if !t.is(infos, array) {
		return &fault{checkLines, path, t.scalar0(infos), "not a list of invoices"}
	}
	for i := infos + 1; i < t.nodes[infos].next; i = t.nodes[i].next {
		if !t.is(i, object) {
			return &fault{checkLines, path, t.scalar0(i), "an invoice that is not an object"}
		}
		d.lines = append(d.lines, payment.EventLine{
			InvoiceID: trimmed(t, t.get(i, "objectId")),
			Number:    trimmed(t, t.get(i, "supplierInvoiceNumber")),
		})
	}
	return nil
}

// results are the words whose meaning is known. Nothing documents them for this
// API; these were seen in EnKash's other products and in bill payments.
var results = map[string]payment.Result{
	"SUCCESS": payment.Success, "SUCCESSFUL": payment.Success, "S": payment.Success,
	"FAILURE": payment.Failure, "FAILED": payment.Failure, "FAIL": payment.Failure,
	"F": payment.Failure, "REJECTED": payment.Failure,
	"REVERSED": payment.Reversal, "REVERSAL": payment.Reversal, "RETURNED": payment.Reversal,
}

// result reads resp. A success that names an error is none.
func (d *decoder) result(t *tape, resp int32) (payment.Result, string) {
	word := cleaned(t.scalar0(t.get(resp, "result")))
	result, known := results[word]
	if !known {
		result = payment.OtherResult
	}
	word = shorten(word, 40)
	code := t.get(resp, "errorCd")
	if result != payment.Success || code < 0 || t.is(code, null) {
		return result, d.intern([]byte(word))
	}
	switch c := strings.TrimSpace(string(t.scalar0(code))); c {
	case "", "0", "00", "000":
		if t.nodes[code].kind == object || t.nodes[code].kind == array {
			return payment.OtherResult, word + " with an error"
		}
	default:
		return payment.OtherResult, word + " with error " + shorten(c, 40)
	}
	return result, d.intern([]byte(word))
}

// amount reads one amount of an object: a JSON number, or text that is one.
func amount(t *tape, obj int32, key, path string, mayBeNegative bool) (money.Paise, bool, *fault) {
	n := t.get(obj, key)
	if n < 0 || t.is(n, null) {
		return 0, false, nil
	}
	s := t.scalar0(n)
	bad := func(text string) (money.Paise, bool, *fault) {
		return 0, false, &fault{checkAmount, path + key, s, text}
	}
	if end, ok := numberEnd(s, 0); !ok || end != len(s) {
		return bad("not a number")
	}
	p, err := money.ParseNumber(string(s))
	switch {
	case errors.Is(err, money.ErrPrecision):
		return bad("finer than a paisa")
	case errors.Is(err, money.ErrRange):
		return bad("larger than ten lakh crore rupees")
	case err != nil:
		return bad("not a number")
	case p < 0 && !mayBeNegative:
		return bad("negative")
	}
	return p, true, nil
}

func currency(t *tape, obj int32, path string) *fault {
	n := t.get(obj, "currency")
	if n < 0 || t.is(n, null) {
		return nil
	}
	if c := t.scalar0(n); t.is(n, text) && (says(c, "INR") || says(c, "")) {
		return nil
	}
	return &fault{checkCurrency, path + "currency", t.scalar0(n), "not INR"}
}

func typeOf(t *tape, n int32) payment.Type {
	switch word := t.scalar0(n); {
	case says(word, payment.OnPlatform.String()):
		return payment.OnPlatform
	case says(word, payment.OffPlatform.String()):
		return payment.OffPlatform
	}
	return 0
}

// mode returns a mode of payment in upper case with single spaces, whatever
// separates its words.
func (d *decoder) mode(s []byte) string {
	if m, ok := d.modes[string(s)]; ok {
		return m
	}
	m := strings.Join(strings.FieldsFunc(strings.ToUpper(string(s)), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0'
	}), " ")
	if len(d.modes) < maxWords {
		d.modes[string(s)] = m
	}
	return m
}

// maxWords bounds the strings that are kept to be shared.
const maxWords = 1 << 20

func (d *decoder) intern(b []byte) string {
	if s, ok := d.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(d.words) < maxWords {
		d.words[s] = s
	}
	return s
}

// validB2BID follows the API page: ^([^\\\"]){1,100}$.
func validB2BID(s []byte) bool {
	return len(s) > 0 && utf8.RuneCount(s) <= 100 && !bytes.ContainsAny(s, `\"`)
}

// validPaymentID follows the API page: ^[PMT]{3}[A-Za-z0-9]{32,32}$, a class of
// letters and no literal PMT.
func validPaymentID(s []byte) bool {
	if len(s) != 35 {
		return false
	}
	for i, c := range s {
		switch {
		case i < 3 && (c == 'P' || c == 'M' || c == 'T'):
		case i >= 3 && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'):
		default:
			return false
		}
	}
	return true
}

// lastDigits returns the trailing digits of a masked account, at most four.
func lastDigits(s []byte) []byte {
	s = bytes.TrimSpace(s)
	from := len(s)
	for from > 0 && len(s)-from < 4 && s[from-1] >= '0' && s[from-1] <= '9' {
		from--
	}
	return s[from:]
}

// says tells whether cleaned would return word, which is in upper case. It makes
// no string where s is word as it stands.
func says(s []byte, word string) bool { return string(s) == word || cleaned(s) == word }

func cleaned(s []byte) string { return strings.ToUpper(strings.TrimSpace(string(s))) }

func trimmed(t *tape, n int32) string { return string(bytes.TrimSpace(t.scalar0(n))) }

// scalar0 is scalar, and nothing for null.
func (t *tape) scalar0(n int32) []byte {
	if t.is(n, null) {
		return nil
	}
	return t.scalar(n)
}

func (t *tape) string0(n int32) string { return string(t.scalar0(n)) }
