package enkash

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options)
		text   string
	}{
		{"no clock", func(o *Options) { o.Now = nil }, "clock"},
		{"no timeout", func(o *Options) { o.Timeout = 0 }, "enkash.timeout"},
		{"no path", func(o *Options) { o.Path = "" }, "no call of EnKash's"},
		{"another path", func(o *Options) { o.Path = "/api/v0/payment/req-pay " }, "no call of EnKash's"},
		{"no URL", func(o *Options) { o.BaseURL = "" }, "enkash.base_url"},
		{"another scheme", func(o *Options) { o.BaseURL = "ftp://enkash.example" }, "enkash.base_url"},
		{"no host", func(o *Options) { o.BaseURL = "https://:443" }, "enkash.base_url"},
		{"a user in the URL", func(o *Options) { o.BaseURL = "https://u:hush@enkash.example" }, "enkash.base_url"},
		{"a query in the URL", func(o *Options) { o.BaseURL = "https://enkash.example/?k=hush" }, "enkash.base_url"},
		{"no certificate", func(o *Options) { o.Roots = []byte("hush") }, "enkash.ca_file"},
		{"proxy without a port", func(o *Options) { o.Proxy = "http://proxy.example" }, "enkash.proxy"},
		{"proxy with TLS", func(o *Options) { o.Proxy = "https://u:hush@proxy.example:1" }, "enkash.proxy"},
		{"header without a name", func(o *Options) { o.Headers = []Header{{"", "hush"}} }, "no name of a header"},
		{"header with a colon", func(o *Options) { o.Headers = []Header{{"A: b", "hush"}} }, "no name of a header"},
		{"header that ends the head", func(o *Options) { o.Headers = []Header{{"A", "hush\r\n\r\nPOST /"}} }, "header A"},
		{"header twice", func(o *Options) { o.Headers = []Header{{"A", "1"}, {"a", "hush"}} }, "twice"},
		{"length", func(o *Options) { o.Headers = []Header{{"Content-Length", "1"}} }, "by the program itself"},
		{"expect", func(o *Options) { o.Headers = []Header{{"expect", "100-continue"}} }, "by the program itself"},
		{"idempotency key", func(o *Options) { o.Headers = []Header{{"Idempotency-Key", "1"}} }, "by the program itself"},
		{"token and authorization", func(o *Options) { o.Token, o.Headers = "hush", []Header{{"Authorization", "Basic hush"}} }, "by the program itself"},
		{"token with a line break", func(o *Options) { o.Token = "hush\n" }, "enkash.token_file"},
	} {
		o := Options{BaseURL: "https://enkash.example", Path: PathPay, Timeout: time.Minute, Now: func() time.Time { return today }}
		c.change(&o)
		g, err := New(o)
		if err == nil || !strings.Contains(err.Error(), c.text) || g != nil {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.text)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error shows a secret: %v", c.name, err)
		}
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		url, host, name, path string
	}{
		{"https://enkash.example", "enkash.example:443", "enkash.example", "/api/v0/payment"},
		{"https://enkash.example:8443/", "enkash.example:8443", "enkash.example:8443", "/api/v0/payment"},
		{"http://127.0.0.1:8787/uat/b2b/", "127.0.0.1:8787", "127.0.0.1:8787", "/uat/b2b/api/v0/payment"},
		{"http://[::1]", "[::1]:80", "[::1]", "/api/v0/payment"},
	} {
		g := aGateway(t, Options{BaseURL: c.url, Path: PathAPPayment})
		if got := g.target; got != (target{host: c.host, name: c.name, path: c.path}) {
			t.Errorf("%s: got %+v, want %+v", c.url, got, c)
		}
	}
}

// The payload of an accounts-payable payment is any text, by its page.
func TestPayloadOfAnAPPayment(t *testing.T) {
	l := listen(t, nil, func(l *listener, c net.Conn) {
		l.request(c)
		io.WriteString(c, http11("200 OK", asJSON, `{"response_code":0,"response_message":"string","payload":"PAY-1"}`))
	})
	for path, want := range map[string]bool{PathAPPayment: true, PathPay: false, PathConfirm: false} {
		g := aGateway(t, Options{BaseURL: "http://" + l.Addr().String(), Path: path})
		if a, _ := sendOnce(t, g, "{}"); a.Acked != want {
			t.Errorf("%s: got %+v, want acked %t", path, a, want)
		}
	}
}

func TestDefiniteRefusals(t *testing.T) {
	for _, s := range []string{"", "x", "200", "200/0", "204", "307/1", "500", "503/1", "422/", "422/x", "-422", "4220", "422/1/2", "200/99999999999999999999"} {
		if r, err := ParseRefusal(s); err == nil {
			t.Errorf("%q: got %+v, want an error", s, r)
		}
	}
	body := func(code string) string {
		return `{"payload":"","response_code":` + code + `,"response_message":"no"}`
	}
	for _, c := range []struct {
		listed, status, headers, body string
		want                          bool
	}{
		{"422", "422 Unprocessable", asJSON, body("412"), true},
		{"422/412", "422 Unprocessable", asJSON, body("412"), true},
		{"422/412", "422 Unprocessable", asJSON, body("413"), false},
		{"200/412", "200 OK", asJSON, body("412"), true},
		{"200/412", "200 OK", asJSON, body("0"), false},
		{"422", "400 Bad Request", asJSON, body("412"), false},
		{"422", "422 Unprocessable", "Content-Type: text/html\r\n", body("412"), false}, // something on the way said it
		{"422", "422 Unprocessable", asJSON, `{"response_code":412`, false},
		{"422", "422 Unprocessable", asJSON, "", false},
	} {
		refusal, err := ParseRefusal(c.listed)
		if err != nil {
			t.Fatal(err)
		}
		l := listen(t, nil, func(l *listener, conn net.Conn) {
			l.request(conn)
			io.WriteString(conn, http11(c.status, c.headers, c.body))
		})
		g := aGateway(t, Options{BaseURL: "http://" + l.Addr().String(), DefiniteRefusals: []Refusal{refusal}})
		if a, _ := sendOnce(t, g, "{}"); a.Refused != c.want || a.Acked {
			t.Errorf("listed %s, answer %s %s: got %+v, want refused %t and no acknowledgement", c.listed, c.status, c.body, a, c.want)
		}
	}
}

// What EnKash says is shown without what must not be shown.
func TestWhatIsQuoted(t *testing.T) {
	g := aGateway(t, Options{BaseURL: "https://enkash.example", Token: "opensesame", Headers: []Header{{"X-Key", "hush"}}, Proxy: "http://clerk:psst@127.0.0.1:3"})
	for said, want := range map[string]string{
		"":                              "",
		" \n\t":                         "",
		"Invalid supplier B2B id":       " “Invalid supplier B2B id”",
		"account 50100123456789 closed": " “account … closed”",
		"account 501 001 234 567":       " “account … … … …”",
		"PAN AAPFU0939F is unknown":     " “PAN … is unknown”",
		"pay bluepeak@hdfcbank":         " “pay …”",
		"token opensesame expired":      " “token … expired”",
		"key=hush;":                     " “key= … ;”",
		"proxy psst":                    " “proxy …”",
		"a\r\nb\x1b[31mc\u202ed":        " “a b [31mc d”",
		strings.Repeat("ab", 100):       " “" + strings.Repeat("ab", 60) + "”",
	} {
		if got := g.quoted(said); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
}

// There is one way out. The tools of net/http that send would be a second one,
// and some of them send again by themselves.
func TestOneWayOut(t *testing.T) {
	senders := regexp.MustCompile(`http\.(Client|Transport|RoundTripper|Default\w+|Get|Post\w*|Head|NewRequest\w*)\b|httputil|httptrace`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := senders.Find(code); found != nil {
			t.Errorf("%s uses %s: requests leave by the one Write of send.go", name, found)
		}
		written += strings.Count(string(code), "wire.Write(")
	}
	if written != 1 {
		t.Errorf("a connection is written to in %d places, want 1", written)
	}
}

// Whatever an answer holds, it acknowledges only what the page shows.
func FuzzAnswer(f *testing.F) {
	for _, b := range behaviours() {
		if _, body, ok := strings.Cut(b.answer, "\r\n\r\n"); ok {
			f.Add([]byte(body))
		}
	}
	g, err := New(Options{BaseURL: "https://enkash.example", Path: PathPay, Timeout: time.Minute, Now: func() time.Time { return today }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		head := &http.Response{StatusCode: 200, Proto: "HTTP/1.1", Header: http.Header{"Content-Type": {"application/json"}}}
		a := g.judge(head, body, nil)
		var page struct {
			Payload any          `json:"payload"`
			Code    *json.Number `json:"response_code"`
			Message *string      `json:"response_message"`
		}
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		err := d.Decode(&page)
		clean := err == nil && page.Payload == "SUCCESS" && page.Code != nil && *page.Code == "0" && page.Message != nil
		if a.Acked && !clean {
			t.Errorf("acknowledged by %q", body)
		}
		if strings.ContainsAny(a.Text, "\r\n") || a.Refused {
			t.Errorf("got %+v from %q", a, body)
		}
		for _, status := range []int{0, 100, 199, 201, 202, 204, 206, 299, 301, 307, 400, 404, 409, 500, 503, 599} {
			head.StatusCode = status
			if b := g.judge(head, body, nil); b.Acked && (status != 200 || !a.Acked) {
				t.Errorf("HTTP %d acknowledged by %q", status, body)
			}
		}
		head.StatusCode = 200
		if b := g.judge(head, body, context.DeadlineExceeded); b.Acked {
			t.Errorf("an answer that broke off acknowledged: %q", body)
		}
	})
}
