package enkash

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/submit"
)

// An envelope is what the pages show of an answer: {payload, response_code,
// response_message}.
type envelope struct {
	code    int64
	message string
	payload string
	text    bool // the payload is a text, as on the pages of the calls; else it is not
	fault   bool // an errorResponse stands beside it, as newer pages of EnKash show
}

// judge tells what an answer says. Only an answer that is in every part as the
// page of the call shows it is an acknowledgement. An object as payload is none:
// that is how the page Payment Request Webhook wants us to answer, not how the
// page Pay Invoice says that EnKash does.
func (g *Gateway) judge(head *http.Response, body []byte, reading error) submit.Answer {
	status := head.StatusCode
	a := submit.Answer{
		Stop:   status == http.StatusUnauthorized || status == http.StatusForbidden,
		SHA256: digest(body),
	}
	tell := func(reason string) submit.Answer {
		a.Text = fmt.Sprintf("HTTP %d", status)
		if reason != "" {
			a.Text += ": " + reason
		}
		if len(body) == 0 {
			a.SHA256 = digest([]byte(a.Text))
		}
		return a
	}
	switch {
	case reading != nil:
		reason, fault := g.reason(reading)
		a.Stop = a.Stop || fault
		return tell(fmt.Sprintf("the answer ended after %d bytes: %s", len(body), reason))
	case len(body) > maxAnswer:
		return tell("the answer is longer than 1 MiB")
	case head.Proto != "HTTP/1.1":
		return tell("the answer is " + head.Proto + " and not HTTP/1.1")
	case status >= 300 && status < 400:
		return tell("EnKash sends the request elsewhere, which is not followed; look at enkash.base_url")
	case !isJSON(head.Header):
		return tell("the answer is not of the type application/json")
	}
	e, err := open(body)
	if err != nil {
		return tell("the answer cannot be read: " + err.Error())
	}
	said := fmt.Sprintf("response_code %d", e.code) + g.quoted(e.message)
	a.Stop = a.Stop || e.code == http.StatusUnauthorized || e.code == http.StatusForbidden
	switch {
	case slices.ContainsFunc(g.options.DefiniteRefusals, func(r Refusal) bool { return r.HTTP == status && (r.AnyCode || r.Code == e.code) }):
		a.Refused = true
		return tell(said + ", a definite refusal by the configuration")
	case status != http.StatusOK || e.code != 0:
		return tell(said)
	case e.fault:
		return tell(said + ", and an errorResponse beside it")
	case !e.text || g.options.Path != PathAPPayment && e.payload != "SUCCESS":
		return tell(said + ", but the payload is not as documented")
	}
	a.Acked = true
	return tell(said)
}

func isJSON(h http.Header) bool {
	types, encodings := h.Values("Content-Type"), h.Values("Content-Encoding")
	if len(types) != 1 || len(encodings) > 1 || len(encodings) == 1 && !strings.EqualFold(encodings[0], "identity") {
		return false
	}
	name, params, err := mime.ParseMediaType(types[0])
	return err == nil && name == "application/json" && (params["charset"] == "" || strings.EqualFold(params["charset"], "utf-8"))
}

// open reads the envelope: one JSON object with nothing behind it and no key
// twice.
func open(body []byte) (envelope, error) {
	var t tape
	var e envelope
	if err := t.parse(body); err != nil {
		return e, err
	}
	if !t.is(0, object) {
		return e, fmt.Errorf("it is no object")
	}
	code, message, payload, fault := t.get(0, "response_code"), t.get(0, "response_message"), t.get(0, "payload"), t.get(0, "errorResponse")
	if !t.is(code, number) {
		return e, fmt.Errorf("response_code is no number")
	}
	n, err := strconv.ParseInt(string(t.scalar(code)), 10, 64)
	if err != nil || string(t.scalar(code)) == "-0" {
		return e, fmt.Errorf("response_code is no whole number")
	}
	if !t.is(message, text) {
		return e, fmt.Errorf("response_message is no text")
	}
	e.code, e.message = n, string(t.scalar(message))
	if e.text = t.is(payload, text); e.text {
		e.payload = string(t.scalar(payload))
	}
	e.fault = fault >= 0 && !t.is(fault, null)
	return e, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
