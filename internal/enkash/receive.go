package enkash

// The families of webhooks that are answered each in its own way, by the last
// part of the paths under which their pages list them.
const (
	HookPayRequest      = "req-pay"
	HookPayResponse     = "resp-pay"
	HookConfirmRequest  = "req-pay-confirmation"
	HookConfirmResponse = "resp-pay-confirmation"
	HookOther           = "other"
)

// An AnswerForm is what stands in the payload of our answer to a webhook. The
// pages show two forms, and for most webhooks none at all.
type AnswerForm string

// The forms of an answer.
const (
	AnswerNone AnswerForm = "none" // {"response_code":0,"response_message":"SUCCESS"}
	AnswerText AnswerForm = "text" // the same with "payload":"SUCCESS", as EnKash answers our own calls
	AnswerEcho AnswerForm = "echo" // the same with what came, as the page Payment Request Webhook asks for
)

// A Received is the body of one webhook, as it came over HTTP.
type Received struct {
	Hook  string // its family, by its keys; HookOther where none is known or it cannot be read
	Fault error  // why it cannot be read by anyone, or nil

	tape tape
}

// Receive reads the body of a webhook as far as its answer asks for. It keeps
// body, which must not be changed while the Received is in use. Whether the body
// can be used is for the reader of logs, which says so with its place.
func Receive(body []byte) *Received {
	r := &Received{Hook: HookOther}
	if r.Fault = r.tape.parse(body); r.Fault != nil {
		return r
	}
	t := &r.tape
	device, resp := t.get(0, "device") >= 0, t.get(0, "resp") >= 0
	pay, confirmation := t.get(0, "payment") >= 0, t.get(0, "paymentConfirmation") >= 0
	switch {
	case device == resp || pay == confirmation:
	case pay && device:
		r.Hook = HookPayRequest
	case pay:
		r.Hook = HookPayResponse
	case device:
		r.Hook = HookConfirmRequest
	default:
		r.Hook = HookConfirmResponse
	}
	return r
}

// Answer returns what is answered when the body is on disk: that it was
// received, and nothing more. A body of no known family cannot be echoed.
func (r *Received) Answer(form AnswerForm) []byte {
	b := []byte(`{"response_code":0,"response_message":"SUCCESS"`)
	switch {
	case form == AnswerText:
		b = append(b, `,"payload":"SUCCESS"`...)
	case form == AnswerEcho && r.Hook != HookOther:
		b = append(b, `,"payload":`...)
		b = r.echo(b)
	}
	return append(b, '}')
}

// echo appends a PaymentResponse of the page Payment Request Webhook: resp,
// b2bIds, payment and additionalInfos, the last required there and optional in
// what it answers. The parts are repeated as they came, to the byte. The page
// names no source for reqMsgId; it is the objectId, which tells one request from
// another.
func (r *Received) echo(b []byte) []byte {
	t, subject := &r.tape, "payment"
	if t.get(0, subject) < 0 {
		subject = "paymentConfirmation"
	}
	b = append(b, `{"resp":`...)
	if resp := t.get(0, "resp"); resp >= 0 {
		b = t.appendRaw(b, resp)
	} else {
		b = append(b, `{"reqMsgId":`...)
		if id := t.get(t.get(0, subject), "objectId"); t.is(id, text) {
			b = t.appendRaw(b, id)
		} else {
			b = append(b, `""`...)
		}
		b = append(b, `,"result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""}`...)
	}
	for _, key := range []string{"b2bIds", subject} {
		if n := t.get(0, key); n >= 0 {
			b = append(b, `,"`+key+`":`...)
			b = t.appendRaw(b, n)
		}
	}
	infos := t.get(0, "additionalInfos")
	if infos < 0 {
		infos = t.get(0, "additionalInfo") // as the page of one response spells it
	}
	b = append(b, `,"additionalInfos":`...)
	if t.is(infos, array) {
		b = t.appendRaw(b, infos)
	} else {
		b = append(b, `[]`...)
	}
	return append(b, '}')
}

// appendRaw appends a value as it was written, but for a string with escapes,
// which is written anew.
func (t *tape) appendRaw(b []byte, n int32) []byte {
	v := &t.nodes[n]
	if v.kind == text {
		return appendString(b, t, n)
	}
	return append(b, t.src[v.start:v.end]...)
}
