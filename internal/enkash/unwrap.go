package enkash

import (
	"bytes"
	"errors"

	"reconcile/internal/payment"
)

// maxWraps bounds how many wrappers stand around one body. A gateway's log line
// in a listener's log line makes two.
const maxWraps = 4

// A fault is why a body cannot be used.
type fault struct {
	check  string
	column string // path of the key at fault; may be empty
	value  []byte
	text   string
}

// A verdict is what became of one body: exactly one of event, foreign, counted
// and fault is set.
type verdict struct {
	event    *payment.Event   // valid during the call
	foreign  bool             // neither we pay nor, where that is asked, are we paid
	counted  string           // the family of a body that changes no payment
	notices  []payment.Notice // beside counted: what the body says of invoices
	answered *Answered        // beside counted: what it says of an answer of ours
	fault    *fault
}

// registrations are our own, and on which side of a payment they are looked
// for.
type registrations struct {
	ids      map[string]bool
	received bool // we are paid; else we pay
}

// foreign tells whether a payment is none of ours. One that names nobody is no
// payment of others, and its fault is told.
func (o *registrations) foreign(t *tape, ids int32) bool {
	key := "buyerB2BId"
	if o.received {
		key = "supplierB2BId"
	}
	n := t.get(ids, key)
	return t.is(n, text) && validB2BID(t.bytes(n)) && !o.ids[string(t.bytes(n))]
}

// A decoder reads deliveries. It is used again for the next one, and not safe
// for concurrent use.
type decoder struct {
	ours  registrations
	tapes [maxWraps + 2]tape // one for each text within a text
	canon canon
	buf   []byte
	event payment.Event
	lines []payment.EventLine
	words map[string]string
	modes map[string]string
	tell  func(verdict)
}

func newDecoder(us registrations, tell func(verdict)) *decoder {
	return &decoder{ours: us, tell: tell, words: make(map[string]string), modes: make(map[string]string)}
}

// deliver tells of every body of a delivery: one, or two where a request is
// logged with its answer.
func (d *decoder) deliver(line []byte) {
	t := &d.tapes[0]
	if err := t.parse(line); err != nil {
		d.fault(syntaxCheck(err), "", line, err.Error())
		return
	}
	d.unwrap(t, 0, 0, position{})
}

// A position says where in a wrapper a body stands.
type position struct {
	path   string
	answer bool // it is what a server answered
}

func (d *decoder) unwrap(t *tape, n int32, level int, at position) {
	switch {
	case level > maxWraps:
		d.fault(checkFamily, at.path, nil, "wrapped more than four times")
	case t.is(n, text):
		d.unwrapText(t, n, level, at)
	case t.is(n, object):
		d.dispatch(t, n, level, at)
	case at.answer && n >= 0:
		d.tell(verdict{counted: familyAnswer})
	case n >= 0:
		d.fault(checkFamily, at.path, t.scalar(n), "neither an object nor the text of one")
	default:
		d.fault(checkFamily, at.path, nil, "there is no body")
	}
}

// unwrapText reads a body that was logged as text.
func (d *decoder) unwrapText(t *tape, n int32, level int, at position) {
	s := bytes.TrimSpace(t.bytes(n))
	switch {
	case len(s) > 0 && (s[0] == '{' || s[0] == '['):
		inner := &d.tapes[level+1]
		if err := inner.parse(s); err != nil {
			d.fault(syntaxCheck(err), at.path, s, "the text of the body: "+err.Error())
			return
		}
		d.unwrap(inner, 0, level+1, at)
	case looksEncrypted(s):
		d.fault(checkEncrypted, at.path, nil, "the body is encrypted")
	case at.answer:
		d.tell(verdict{counted: familyAnswer})
	default:
		d.fault(checkFamily, at.path, s, "the body is neither an object nor the text of one")
	}
}

// dispatch tells bodies and wrappers apart by their keys, never by a path.
func (d *decoder) dispatch(t *tape, n int32, level int, at position) {
	var (
		device, resp = t.get(n, "device"), t.get(n, "resp")
		pay, conf    = t.get(n, "payment"), t.get(n, "paymentConfirmation")
	)
	if (pay >= 0 || conf >= 0) && (device >= 0 || resp >= 0) {
		d.paymentBody(t, n, at)
		return
	}
	payload := t.get(n, "payload")
	if t.get(n, "response_code") >= 0 || at.answer && payload >= 0 {
		d.envelope(t, n, payload, level, at)
		return
	}
	if body := t.get(n, "body"); body >= 0 {
		d.unwrap(t, body, level+1, position{path: joinPath(at.path, "body"), answer: at.answer})
		return
	}
	if payload >= 0 {
		d.unwrap(t, payload, level+1, position{path: joinPath(at.path, "payload")})
		return
	}
	request, response := t.get(n, "request"), t.get(n, "response")
	if request >= 0 && !t.is(request, null) || response >= 0 {
		d.exchange(t, request, response, level, at)
		return
	}
	// A wrapper may carry keys of its own, such as "entity", that name a family:
	// the families come behind the wrappers, so that no payment is only counted.
	if family := familyOf(t, n); family != "" && pay < 0 && conf < 0 {
		d.tell(verdict{counted: family, notices: d.notices(t, n, family)})
		return
	}
	if event := t.get(n, "event"); t.is(event, object) || t.is(event, text) {
		d.unwrap(t, event, level+1, position{path: joinPath(at.path, "event")})
		return
	}
	d.fault(checkFamily, at.path, t.keyList(n), "no known webhook has these keys")
}

// exchange reads a request that was logged with its answer; either may be
// missing.
func (d *decoder) exchange(t *tape, request, response int32, level int, at position) {
	if request >= 0 && !t.is(request, null) {
		d.unwrap(t, request, level+1, position{path: joinPath(at.path, "request")})
	} else {
		request = -1
	}
	if response >= 0 && (request < 0 || !t.is(response, null)) {
		d.unwrap(t, response, level+1, position{path: joinPath(at.path, "response"), answer: true})
	}
}

// paymentBody reads an object with payment or paymentConfirmation, and device or
// resp beside it.
func (d *decoder) paymentBody(t *tape, n int32, at position) {
	var (
		device, resp = t.get(n, "device"), t.get(n, "resp")
		pay, conf    = t.get(n, "payment"), t.get(n, "paymentConfirmation")
	)
	if device >= 0 && resp >= 0 || pay >= 0 && conf >= 0 {
		d.fault(checkFamily, at.path, t.keyList(n), "a request and a response, or a payment and a confirmation, in one body")
		return
	}
	b := body{t: t, root: n, canonicalTape: t, canonicalRoot: n, payment: pay, resp: resp, path: at.path}
	switch {
	case pay >= 0 && device >= 0:
		b.family = payment.Request
	case pay >= 0:
		b.family = payment.Response
	case device >= 0:
		b.family, b.payment = payment.ConfirmationRequest, conf
	default:
		b.payment = conf
	}
	d.read(&b)
}

// envelope reads an answer, {"response_code","response_message","payload"}. One
// that echoes a payment says that the request arrived, and nothing more: the
// whole envelope is the body.
func (d *decoder) envelope(t *tape, n, payload int32, level int, at position) {
	inner, root := t, payload
	if t.is(payload, text) {
		s := bytes.TrimSpace(t.bytes(payload))
		if len(s) > 0 && s[0] == '{' {
			inner, root = &d.tapes[level+1], 0
			if err := inner.parse(s); err != nil {
				d.fault(syntaxCheck(err), joinPath(at.path, "payload"), s, "the text of the payload: "+err.Error())
				return
			}
		}
	}
	pay, conf := inner.get(root, "payment"), inner.get(root, "paymentConfirmation")
	resp := inner.get(root, "resp")
	switch {
	case pay < 0 && conf < 0:
		d.tell(verdict{counted: familyAnswer})
	case resp < 0 || pay >= 0 && conf >= 0:
		d.fault(checkFamily, joinPath(at.path, "payload"), inner.keyList(root), "an answer that echoes a payment without resp")
	case pay >= 0:
		d.read(&body{
			family: payment.Acknowledgement, t: inner, root: root, canonicalTape: t, canonicalRoot: n,
			payment: pay, resp: resp, path: joinPath(at.path, "payload"),
		})
	default:
		d.read(&body{t: inner, root: root, payment: conf, resp: resp, path: joinPath(at.path, "payload")})
	}
}

func (d *decoder) fault(check, column string, value []byte, text string) {
	d.tell(verdict{fault: &fault{check: check, column: column, value: value, text: text}})
}

// joinPath joins two paths of keys, either of which may be empty.
func joinPath(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

func syntaxCheck(err error) string {
	switch {
	case errors.Is(err, errDuplicate):
		return checkDuplicate
	case errors.Is(err, errDepth):
		return checkDepth
	case errors.Is(err, errUTF8), errors.Is(err, errSurrogate):
		return checkEncoding
	}
	return checkNotJSON
}

// looksEncrypted tells whether text is what remains of a body when encryption is
// switched on for the account: base64 of at least one block of a cipher.
func looksEncrypted(s []byte) bool {
	if len(s) < 22 {
		return false
	}
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '+', c == '/', c == '-', c == '_', c == '=', c == '\n', c == '\r':
		default:
			return false
		}
	}
	return true
}

// scalar returns the text of a scalar, and nothing for an object or array.
func (t *tape) scalar(n int32) []byte {
	if n < 0 || t.nodes[n].kind == object || t.nodes[n].kind == array {
		return nil
	}
	return t.bytes(n)
}

// keyList returns the keys of an object, separated by commas.
func (t *tape) keyList(n int32) []byte {
	if !t.is(n, object) {
		return t.scalar(n)
	}
	var list []byte
	for k, end := n+1, t.nodes[n].next; k < end; k = t.nodes[k+1].next {
		if len(list) > 0 {
			list = append(list, ", "...)
		}
		list = append(list, t.bytes(k)...)
	}
	return list
}
