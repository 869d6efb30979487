package foldcache

import (
	"encoding/binary"
	"errors"

	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// The kinds of a record. Zero is none, so that a hole in a file is no record.
const (
	kindEvent byte = iota + 1
	kindNotice
	kindProblem
)

// errRecord says that bytes are no record. Stretches are proved by their hash
// before they are read, so that only a fault of the program makes it.
var errRecord = errors.New("no record of a stretch")

// maxWords bounds the dictionary of a stretch.
const maxWords = 1 << 16

// A writer turns what is told into bytes. Words that come again and again, such
// as the ids of suppliers, are written once.
type writer struct {
	b     []byte
	words map[string]uint64
}

func newWriter() *writer { return &writer{words: make(map[string]uint64)} }

func (w *writer) number(n int)        { w.b = binary.AppendVarint(w.b, int64(n)) }
func (w *writer) paise(p money.Paise) { w.b = binary.AppendVarint(w.b, int64(p)) }
func (w *writer) octet(b byte)        { w.b = append(w.b, b) }
func (w *writer) digest(d *[32]byte)  { w.b = append(w.b, d[:]...) }
func (w *writer) flags(bits ...bool)  { w.octet(pack(bits)) }
func (w *writer) length(n int)        { w.b = binary.AppendUvarint(w.b, uint64(n)) }
func (w *writer) text(s string)       { w.length(len(s)); w.b = append(w.b, s...) }
func (w *writer) texts(all ...string) {
	for _, s := range all {
		w.text(s)
	}
}
func (w *writer) repeated(all ...string) {
	for _, s := range all {
		w.word(s)
	}
}

// word writes a string, or the number under which it was written before.
func (w *writer) word(s string) {
	if n, ok := w.words[s]; ok {
		w.b = binary.AppendUvarint(w.b, n)
		return
	}
	w.b = append(w.b, 0)
	w.text(s)
	if len(w.words) < maxWords {
		w.words[s] = uint64(len(w.words) + 1)
	}
}

func pack(bits []bool) (b byte) {
	for i, bit := range bits {
		if bit {
			b |= 1 << i
		}
	}
	return b
}

func (w *writer) told(t payment.Told) {
	switch {
	case t.Event != nil:
		w.octet(kindEvent)
		w.event(t.Event)
	case t.Notice != nil:
		n := t.Notice
		w.octet(kindNotice)
		w.texts(n.ID, n.Number, n.Buyer, n.Supplier, n.Status, n.Response)
		w.number(n.Version)
		w.flags(n.Financed)
	case t.Problem != nil:
		p := t.Problem
		w.octet(kindProblem)
		w.number(p.Pos.Row)
		w.texts(p.Column, p.Value, p.Check, p.Text, p.Remedy)
	}
}

func (w *writer) event(e *payment.Event) {
	w.number(e.Pos.Row)
	w.octet(byte(e.Family))
	w.octet(byte(e.Type))
	w.octet(byte(e.Result))
	w.flags(e.Reject, e.Totals.HasNet, e.Totals.HasAdjustment, e.Totals.HasTotal)
	w.digest(&e.Sum)
	w.repeated(e.Buyer, e.Supplier, e.Mode, e.Word)
	w.texts(e.ObjectID, e.TS, e.UTR)
	w.paise(e.Totals.Net)
	w.paise(e.Totals.Adjustment)
	w.paise(e.Totals.Total)
	w.length(len(e.Lines))
	for i := range e.Lines {
		l := &e.Lines[i]
		w.flags(l.HasSplits)
		w.texts(l.InvoiceID, l.Number)
		w.repeated(l.Last4, l.IFSC)
		w.paise(l.Net)
		w.paise(l.Adjustment)
		w.paise(l.Total)
		w.paise(l.Splits)
	}
}

// A reader turns the bytes back. Once something is missing, all that follows is
// zero, and bad is set.
type reader struct {
	b     []byte
	words []string
	bad   bool
	lines []payment.EventLine
}

func (r *reader) fail() { r.b, r.bad = nil, true }

func (r *reader) number() int {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) paise() money.Paise { return money.Paise(r.number()) }

// length reads a length, of as many things as there can be.
func (r *reader) length() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) octet() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	b := r.b[0]
	r.b = r.b[1:]
	return b
}

func (r *reader) flags(bits ...*bool) {
	b := r.octet()
	for i, bit := range bits {
		*bit = b&(1<<i) != 0
	}
}

func (r *reader) digest(d *[32]byte) {
	if len(r.b) < len(d) {
		r.fail()
		return
	}
	copy(d[:], r.b)
	r.b = r.b[len(d):]
}

func (r *reader) text() string {
	n := r.length()
	if n > len(r.b) {
		r.fail()
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) texts(all ...*string) {
	for _, s := range all {
		*s = r.text()
	}
}

func (r *reader) repeated(all ...*string) {
	for _, s := range all {
		*s = r.word()
	}
}

func (r *reader) word() string {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > uint64(len(r.words)) {
		r.fail()
		return ""
	}
	r.b = r.b[size:]
	if n > 0 {
		return r.words[n-1]
	}
	s := r.text()
	if len(r.words) < maxWords && !r.bad {
		r.words = append(r.words, s)
	}
	return s
}

// told reads one record. What it returns is valid until the next one is read.
func (r *reader) told(e *payment.Event) (t payment.Told, err error) {
	switch r.octet() {
	case kindEvent:
		r.event(e)
		t.Event = e
	case kindNotice:
		n := &payment.Notice{}
		r.texts(&n.ID, &n.Number, &n.Buyer, &n.Supplier, &n.Status, &n.Response)
		n.Version = r.number()
		r.flags(&n.Financed)
		t.Notice = n
	case kindProblem:
		p := &source.Problem{}
		p.Pos.Row = r.number()
		r.texts(&p.Column, &p.Value, &p.Check, &p.Text, &p.Remedy)
		t.Problem = p
	default:
		r.fail()
	}
	if r.bad {
		return payment.Told{}, errRecord
	}
	return t, nil
}

func (r *reader) event(e *payment.Event) {
	*e = payment.Event{}
	e.Pos.Row = r.number()
	e.Family, e.Type, e.Result = payment.Family(r.octet()), payment.Type(r.octet()), payment.Result(r.octet())
	r.flags(&e.Reject, &e.Totals.HasNet, &e.Totals.HasAdjustment, &e.Totals.HasTotal)
	r.digest(&e.Sum)
	r.repeated(&e.Buyer, &e.Supplier, &e.Mode, &e.Word)
	r.texts(&e.ObjectID, &e.TS, &e.UTR)
	e.Totals.Net, e.Totals.Adjustment, e.Totals.Total = r.paise(), r.paise(), r.paise()
	n := r.length()
	r.lines = r.lines[:0]
	for range n {
		var l payment.EventLine
		r.flags(&l.HasSplits)
		r.texts(&l.InvoiceID, &l.Number)
		r.repeated(&l.Last4, &l.IFSC)
		l.Net, l.Adjustment, l.Total, l.Splits = r.paise(), r.paise(), r.paise(), r.paise()
		if r.bad {
			return
		}
		r.lines = append(r.lines, l)
	}
	e.Lines = r.lines
}
