package config

import (
	"errors"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The values of EnKash.API: the two pages by which money is moved.
const (
	APIReqPay  = "req-pay" // Pay Invoice of Vendor Payment
	APIPayment = "payment" // Payment Request of accounts payable
)

// EnKash says where the platform is reached.
type EnKash struct {
	// BaseURL is https, or http to this machine only. Empty means that nothing is
	// ever sent.
	BaseURL string

	// API is APIReqPay (the default) or APIPayment, which pays by ids out of the
	// ledger's column payment_id, by hand alone, and has no webhooks.
	API string

	Timeout     time.Duration // of one call, 1s to 10m; 60s when absent
	DeviceName  string        // device.tag of a request; GEOCODE when absent
	DeviceValue string        // such as "19.0760,72.8777"

	// Token goes as Authorization: Bearer, and Headers as they are. Each comes
	// from a file; none when absent.
	Token   Secret // from token_file
	Headers []Header

	// DefiniteRefusals are answers of which EnKash has said in writing that
	// nothing was executed: an HTTP status from 400 to 499, like 422, or a status
	// and a response_code, like 200/412. None when absent. A wrong entry frees a
	// debt that may have been paid.
	DefiniteRefusals []string

	// Proxy is http://host:port, through which https goes; none when absent, and
	// no variable of the environment is asked. CAFile holds the certificates that
	// EnKash's must be signed by, in PEM; those of the machine when absent.
	Proxy, CAFile string

	Payment APPayment // of API payment alone
}

// A Header is sent with every request. Its name is as HTTP spells it.
type Header struct {
	Name  string
	Value Secret // from file
	file  string
}

// APPayment are the fields of the page Payment Request that stay the same from
// payment to payment. A one-time password is none of them.
type APPayment struct {
	Type      string // paymentType, one of seven; INVOICE when absent
	AccountNo Secret // that is debited, from account_no_file; none when absent
	URN       string
	Remarks   string // paymentRemarks
	Seamless  bool   // seamlessBanking; false when absent
	Frontend  bool   // frontendVersion; false when absent
}

func defaultEnKash() EnKash {
	return EnKash{API: APIReqPay, Timeout: 60 * time.Second, DeviceName: "GEOCODE", Payment: APPayment{Type: "INVOICE"}}
}

// paymentTypes are those of the page Payment Request.
var paymentTypes = []string{"INVOICE", "GST", "UTILITY", "RENTAL", "CONSENT_TRANSACTION", "COLLECTION_INVOICE", "ADVANCE_PAYMENT"}

func (e *EnKash) keys(c *Config) []key {
	return []key{
		{name: "base_url", value: baseURL{&e.BaseURL}},
		{name: "api", value: word{&e.API, []string{APIReqPay, APIPayment}}},
		{name: "timeout", value: duration{&e.Timeout, time.Second, 10 * time.Minute}},
		{name: "token_file", value: secretFile{&e.Token, c, new(string)}},
		{name: "headers", entries: e.makeHeaders(c), shown: e.showHeaders},
		{name: "definite_refusals", list: &e.DefiniteRefusals, each: definiteRefusal},
		{name: "proxy", value: proxyURL{&e.Proxy}},
		{name: "ca_file", value: text{&e.CAFile}},
		{name: "device", keys: []key{
			{name: "name", value: text{&e.DeviceName}},
			{name: "value", value: text{&e.DeviceValue}},
		}},
		{name: "payment", keys: []key{
			{name: "payment_type", value: word{&e.Payment.Type, paymentTypes}},
			{name: "account_no_file", value: secretFile{&e.Payment.AccountNo, c, new(string)}},
			{name: "urn", value: text{&e.Payment.URN}},
			{name: "remarks", value: text{&e.Payment.Remarks}},
			{name: "seamless_banking", value: boolean{&e.Payment.Seamless}},
			{name: "frontend_version", value: boolean{&e.Payment.Frontend}},
		}},
	}
}

func (e *EnKash) makeHeaders(c *Config) func(n int) [][]key {
	return func(n int) [][]key {
		e.Headers = make([]Header, n)
		entries := make([][]key, n)
		for i := range e.Headers {
			h := &e.Headers[i]
			entries[i] = []key{
				{name: "name", value: headerName{&h.Name}},
				{name: "file", value: secretFile{&h.Value, c, &h.file}},
			}
		}
		return entries
	}
}

func (e *EnKash) showHeaders() string {
	all := make([]string, len(e.Headers))
	for i, h := range e.Headers {
		all[i] = h.Name + ": " + hidden
	}
	return strings.Join(all, ", ")
}

// headerNames are the tokens of RFC 9110, section 5.6.2.
var headerNames = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")

// ownHeaders are written by the program or by nobody, each in canonical spelling.
var ownHeaders = []string{
	"Accept", "Accept-Encoding", "Connection", "Expect", "Host", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
}

type headerName struct{ to *string }

func (v headerName) String() string { return *v.to }
func (v headerName) Set(s string) error {
	name := textproto.CanonicalMIMEHeaderKey(s)
	switch {
	case !headerNames.MatchString(s):
		return errors.New("expected the name of a header, like X-Api-Key")
	case strings.HasSuffix(name, "Idempotency-Key"):
		return errors.New("with this header in it, HTTP clients and proxies send a request again by themselves")
	case slices.Contains(ownHeaders, name), strings.HasPrefix(name, "Content-"), strings.HasPrefix(name, "Proxy-"):
		return errors.New("this header is the program's own affair")
	}
	*v.to = name
	return nil
}

var definiteRefusals = regexp.MustCompile(`^(4[0-9]{2})(/-?[0-9]{1,9})?$|^200/(-?[0-9]{1,9})$`)

func definiteRefusal(s string) error {
	m := definiteRefusals.FindStringSubmatch(s)
	switch {
	case m == nil:
		return errors.New("expected an HTTP status from 400 to 499 like 422, or a status and a response_code like 200/412; no other answer can be a definite refusal")
	case m[1] == "408":
		return errors.New("408 says that time ran out, and never that nothing was executed")
	case m[1] == "" && strings.Trim(m[3], "-0") == "":
		return errors.New("response_code 0 is an acknowledgement")
	}
	return nil
}

// A proxyURL names what stands between us and the platform. It sees only the
// encrypted connection.
type proxyURL struct{ to *string }

func (v proxyURL) String() string { return *v.to }
func (v proxyURL) Set(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return errors.New("expected an address like http://proxy.example.com:3128")
	case u.User != nil:
		return errors.New("a password has no place in an address")
	}
	*v.to = s
	return nil
}

// enkash checks what no single value of the section can show.
func (l *loader) enkash(e *EnKash) {
	if e.Proxy != "" && strings.HasPrefix(e.BaseURL, "http:") {
		l.about("enkash.proxy", checkValue, "remove the proxy, or use https", "enkash.base_url is plain http, which may not leave this machine, and the proxy would see it")
	}
	seen := map[string]bool{}
	for i, h := range e.Headers {
		path := "enkash.headers[" + strconv.Itoa(i) + "]"
		l.require(h.Name != "" || l.given(path+".name"), path+".name", "say which header it is, like name: X-Api-Key")
		l.require(h.file != "" || l.given(path+".file"), path+".file", "name the file of mode 0600 that holds its value")
		if h.Name != "" && seen[h.Name] {
			l.about(path+".name", checkDuplicate, "keep one of the two", "the header %s stands here for the second time", h.Name)
		}
		seen[h.Name] = true
		if h.Name == "Authorization" && l.given("enkash.token_file") {
			l.about(path+".name", checkDuplicate, "keep one of the two", "the header Authorization is made from enkash.token_file already")
		}
	}
	p := l.config.Payments
	if e.API == APIPayment && p.Mode == ModeAuto {
		l.about("enkash.api", checkValue, "use payments.mode: propose", "enkash.api payment is for payments by hand, and payments.mode auto pays by itself")
	}
	if e.API == APIPayment && p.Type == "OFFPLATFORM" {
		l.about("enkash.api", checkValue, "use req-pay", "enkash.api payment moves money, and payments.type OFFPLATFORM says that it has moved")
	}
}
