package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	asha = "asha@example.com"
	ravi = "ravi@example.com"
)

func newOutbox(t testing.TB) *Outbox {
	t.Helper()
	return &Outbox{Dir: filepath.Join(t.TempDir(), "outbox"), Now: clock("2026-11-22T06:00:00Z")}
}

func clock(at string) func() time.Time {
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err) // unreachable: tests give a time
	}
	return func() time.Time { return now }
}

func mustAdd(t testing.TB, o *Outbox, m, shorter *Message) {
	t.Helper()
	if err := o.Add(m, shorter); err != nil {
		t.Fatal(err)
	}
}

// A fault is what goes wrong on the way, and what must come of it.
type fault struct {
	name   string
	post   func(t *testing.T, p *post)
	server func(t *testing.T, s *Server)
	want   map[string]State // of each recipient
	taken  int              // messages that the server took, in this flush
	reason string           // part of why
	unsure bool
	later  int // messages that it has taken after a second flush without the fault; each recipient once unless unsure
}

func faults() []fault {
	both := func(s State) map[string]State { return map[string]State{asha: s, ravi: s} }
	return []fault{
		{name: "no fault", want: both(Sent), taken: 1, later: 1},
		{
			name:   "refused connection",
			server: func(t *testing.T, s *Server) { s.URL = "smtp://" + deadPort(t) },
			want:   both(Waiting), reason: "connection refused", later: 1,
		},
		{
			name:   "STARTTLS stripped",
			server: func(_ *testing.T, s *Server) { s.TLS = Mandatory },
			want:   both(Waiting), reason: "does not support STARTTLS", later: 1,
		},
		{
			name: "wrong certificate",
			post: func(t *testing.T, p *post) {
				cert, _ := certificate(t, "another.example.com")
				p.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
			},
			server: func(_ *testing.T, s *Server) { s.TLS = Mandatory },
			want:   both(Waiting), reason: "certificate", later: 1,
		},
		{
			name: "wrong certificate where encryption was only hoped for",
			post: func(t *testing.T, p *post) {
				cert, _ := certificate(t, "another.example.com")
				p.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
			},
			server: func(_ *testing.T, s *Server) { s.TLS = Opportunistic },
			want:   both(Waiting), reason: "certificate", later: 1,
		},
		{
			name: "wrong password, repeated by the server",
			post: func(_ *testing.T, p *post) { p.user, p.server.AllowInsecureAuth = "recon", true },
			server: func(_ *testing.T, s *Server) {
				s.Username, s.Password = "somebody", func() string { return "swordfish" }
			},
			want: both(Waiting), reason: "535", later: 1,
		},
		{
			name: "no authentication offered",
			server: func(_ *testing.T, s *Server) {
				s.Username, s.Password = "recon", func() string { return "swordfish" }
			},
			want: both(Waiting), reason: "does not support SMTP AUTH", later: 1,
		},
		{
			name: "4xx on MAIL",
			post: func(_ *testing.T, p *post) { p.onMail = func(string) error { return answering(451, "greylisted") } },
			want: both(Waiting), reason: "greylisted", later: 1,
		},
		{
			name: "5xx on MAIL",
			post: func(_ *testing.T, p *post) { p.onMail = func(string) error { return answering(550, "not you") } },
			want: both(Refused), reason: "not you",
		},
		{
			name: "4xx on one RCPT",
			post: func(_ *testing.T, p *post) { p.onRcpt = only(ravi, 452, "mailbox full of "+ravi) },
			want: map[string]State{asha: Sent, ravi: Waiting}, taken: 1, reason: "mailbox full", later: 2,
		},
		{
			name: "5xx on one RCPT",
			post: func(_ *testing.T, p *post) { p.onRcpt = only(ravi, 550, "no such user") },
			want: map[string]State{asha: Sent, ravi: Refused}, taken: 1, reason: "no such user", later: 1,
		},
		{
			name: "every RCPT refused",
			post: func(_ *testing.T, p *post) {
				p.onRcpt = func(string) error { return answering(550, "nobody here") }
			},
			want: both(Refused), reason: "nobody here",
		},
		{
			name: "4xx on DATA",
			post: func(_ *testing.T, p *post) {
				p.onData = func(_ *smtp.Conn, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return orAnswer(err, 451, "try later")
				}
			},
			want: both(Waiting), reason: "try later", later: 1,
		},
		{
			name: "5xx on DATA",
			post: func(_ *testing.T, p *post) {
				p.onData = func(_ *smtp.Conn, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return orAnswer(err, 554, "spam")
				}
			},
			want: both(Refused), reason: "spam",
		},
		{
			name: "drop in MAIL",
			post: func(_ *testing.T, p *post) { p.onMail = func(string) error { return answering(421, "closing") } },
			want: both(Waiting), reason: "421", later: 1,
		},
		{
			name: "drop in DATA",
			post: func(_ *testing.T, p *post) {
				p.onData = func(c *smtp.Conn, _ io.Reader) error { return hangUp(c) }
			},
			want: both(Waiting), reason: "ending the message", unsure: true, later: 1,
		},
		{
			name: "drop after the final dot",
			post: func(_ *testing.T, p *post) { p.after = hangUp },
			want: both(Waiting), taken: 1, reason: "ending the message", unsure: true, later: 2,
		},
		{
			name: "time-out after the final dot",
			post: func(t *testing.T, p *post) {
				over := make(chan struct{})
				t.Cleanup(func() { close(over) })
				p.after = func(*smtp.Conn) error { <-over; return nil }
			},
			server: func(_ *testing.T, s *Server) { s.Patience = 2 * time.Second },
			want:   both(Waiting), taken: 1, reason: "timeout", unsure: true, later: 2,
		},
		{
			name: "size limit announced",
			post: func(_ *testing.T, p *post) { p.server.MaxMessageBytes = 100 },
			want: both(Refused), reason: "the server takes 100",
		},
		{
			name: "size limit not announced",
			post: func(_ *testing.T, p *post) {
				p.onData = func(_ *smtp.Conn, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return orAnswer(err, 552, "too big")
				}
			},
			want: both(Refused), reason: "too big",
		},
	}
}

func TestFaults(t *testing.T) {
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			broken := newPost(t, func(p *post) {
				if f.post != nil {
					f.post(t, p)
				}
			})
			s := &Server{URL: broken.url(), Timeout: 5 * time.Second}
			if f.server != nil {
				f.server(t, s)
			}
			o := newOutbox(t)
			mustAdd(t, o, message(22, "Asha <"+asha+">", ravi), nil)
			deliveries, err := o.Flush(context.Background(), s)
			if len(deliveries) != 1 {
				t.Fatalf("got %d deliveries, want 1: %v", len(deliveries), err)
			}
			f.judge(t, deliveries[0], err)
			if got := len(broken.letters()); got != f.taken {
				t.Errorf("the server took %d messages, want %d", got, f.taken)
			}
			noSecrets(t, o, deliveries, err)

			// The next run, with the fault mended.
			mended := newPost(t, nil)
			if _, err := o.Flush(context.Background(), &Server{URL: mended.url()}); err != nil {
				t.Errorf("the flush after the fault was mended: %v", err)
			}
			f.judgeLater(t, append(broken.letters(), mended.letters()...))
			if again, err := o.Flush(context.Background(), &Server{URL: "smtp://" + deadPort(t)}); len(again) > 0 || err != nil {
				t.Errorf("a third flush had something to do: %v, %v", again, err)
			}
			if left, err := filepath.Glob(filepath.Join(o.Dir, "*.eml")); err != nil || len(left) > 0 {
				t.Errorf("messages that are done left %v, %v", left, err)
			}
		})
	}
}

func (f *fault) judge(t *testing.T, d Delivery, err error) {
	t.Helper()
	text := fmt.Sprint(err)
	for _, r := range d.Recipients {
		if r.State != f.want[r.To] {
			t.Errorf("%s is %s, want %s (%s)", r.To, r.State, f.want[r.To], r.Reason)
		}
		if r.State != Sent && f.want[r.To] != Sent && r.Reason == "" {
			t.Errorf("%s is %s without a reason", r.To, r.State)
		}
		if (r.Unsure > 0) != f.unsure {
			t.Errorf("%s was unsure %d times, want %v", r.To, r.Unsure, f.unsure)
		}
		text += " " + r.Reason
	}
	if !strings.Contains(text, f.reason) {
		t.Errorf("nothing says %q: %s", f.reason, text)
	}
}

// judgeLater holds what arrived in the end to the law: to each who was not
// refused at least once, more than once only after an unsure try, and always
// under one Message-ID, with the same bytes.
func (f *fault) judgeLater(t *testing.T, took []letter) {
	t.Helper()
	if len(took) != f.later {
		t.Errorf("in the end %d messages were taken, want %d", len(took), f.later)
	}
	times := map[string]int{}
	for _, l := range took {
		if id := idOf(t, l.text); id != message(22, asha).ID {
			t.Errorf("a message has the Message-ID %s", id)
		}
		if l.text != took[0].text {
			t.Error("two copies of one message differ")
		}
		for _, to := range l.to {
			times[to]++
		}
	}
	for to, state := range f.want {
		switch n := times[to]; {
		case state == Refused && n > 0:
			t.Errorf("%s was refused and got %d messages", to, n)
		case state != Refused && n == 0:
			t.Errorf("%s got nothing", to)
		case n > 1 && !f.unsure:
			t.Errorf("%s got %d copies", to, n)
		}
	}
}

func TestImplicitTLSAndPassword(t *testing.T) {
	cert, roots := certificate(t, "127.0.0.1")
	for _, scheme := range []string{"smtp", "smtps"} {
		t.Run(scheme, func(t *testing.T) {
			p := newPost(t, func(p *post) {
				p.user = "recon"
				p.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
				p.implicit = scheme == "smtps"
			})
			s := &Server{URL: scheme + "://" + p.addr, TLS: Mandatory, Username: "recon", Password: func() string { return "swordfish" }, Roots: roots}
			o := newOutbox(t)
			mustAdd(t, o, message(22, asha), nil)
			d, err := o.Flush(context.Background(), s)
			if err != nil || len(d) != 1 || !d[0].Every(Sent) {
				t.Fatalf("got %+v, %v", d, err)
			}
			noSecrets(t, o, d, s)
		})
	}
}

func TestPolicy(t *testing.T) {
	password := func() string { return "swordfish" }
	for _, c := range []struct {
		s    Server
		want address
		err  string
	}{
		{s: Server{URL: "smtp://localhost:1025"}, want: address{"localhost", 1025, false, Plain}},
		{s: Server{URL: "smtp://[::1]"}, want: address{"::1", 25, false, Plain}},
		{s: Server{URL: "smtp://127.0.0.1", TLS: Mandatory}, want: address{"127.0.0.1", 587, false, Mandatory}},
		{s: Server{URL: "smtp://mail.example.com"}, want: address{"mail.example.com", 587, false, Mandatory}},
		{s: Server{URL: "smtp://mail.example.com:25", TLS: Opportunistic}, want: address{"mail.example.com", 25, false, Opportunistic}},
		{s: Server{URL: "smtps://mail.example.com"}, want: address{"mail.example.com", 465, true, Mandatory}},
		{s: Server{URL: "smtps://localhost"}, want: address{"localhost", 465, true, Mandatory}},
		{s: Server{URL: "smtps://mail.example.com", TLS: Plain}, err: "always encrypted"},
		{s: Server{URL: "smtp://mail.example.com", TLS: Plain}, err: "this machine only"},
		{s: Server{URL: "smtp://localhost.example.com", TLS: Plain}, err: "this machine only"},
		{s: Server{URL: "smtp://mail.example.com", TLS: Opportunistic, Username: "u", Password: password}, err: "offer of encryption"},
		{s: Server{URL: "smtp://mail.example.com", TLS: "yes"}, err: "TLS is"},
		{s: Server{URL: "smtp://u:swordfish@mail.example.com"}, err: "no address like"},
		{s: Server{URL: "http://mail.example.com"}, err: "no address like"},
		{s: Server{URL: "smtp://"}, err: "no address like"},
	} {
		got, err := c.s.address()
		switch {
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%s %s: got %+v, %v, want %+v", c.s.URL, c.s.TLS, got, err, c.want)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s %s: got %v, want an error with %q", c.s.URL, c.s.TLS, err, c.err)
		}
		if strings.Contains(fmt.Sprint(err), "swordfish") {
			t.Errorf("%v shows a password", err)
		}
	}
}

// TestShorterForm: a server that finds the message too large gets its short
// form, whether it says so beforehand or only when it is asked.
func TestShorterForm(t *testing.T) {
	long := message(22, asha)
	long.Attachments = []Attachment{{Name: "reconciliation.xlsx", Type: "application/octet-stream", Bytes: bytes.Repeat([]byte("x"), 50<<10)}}
	for name, set := range map[string]func(p *post){
		"announced": func(p *post) { p.server.MaxMessageBytes = 20 << 10 },
		"answered": func(p *post) {
			p.onData = func(_ *smtp.Conn, r io.Reader) error {
				if n, err := io.Copy(io.Discard, io.LimitReader(r, 20<<10)); err != nil || n == 20<<10 {
					return orAnswer(err, 552, "too big")
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, set)
			o := newOutbox(t)
			mustAdd(t, o, long, message(22, asha))
			d, err := o.Flush(context.Background(), &Server{URL: p.url()})
			if err != nil || len(d) != 1 || !d[0].Every(Sent) || d[0].Body != 1 {
				t.Fatalf("got %+v, %v; want the short form sent", d, err)
			}
			if got := p.letters(); len(got) != 1 {
				t.Errorf("the server took %d messages, want 1", len(got))
			}
		})
	}
}

// TestStoppedProgram: whoever stops the program need not wait for a server that
// says nothing.
func TestStoppedProgram(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	p := newPost(t, func(p *post) {
		p.onMail = func(string) error { stop(); <-over; return nil }
	})
	o := newOutbox(t)
	mustAdd(t, o, message(22, asha), nil)
	d, err := o.Flush(ctx, &Server{URL: p.url(), Timeout: time.Hour})
	if err == nil || len(d) != 1 || !d[0].Every(Waiting) {
		t.Errorf("got %+v, %v; want a message that waits", d, err)
	}
}

// TestEndlessAnswer: a server cannot fill our memory.
func TestEndlessAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c, err := l.Accept()
		if err != nil {
			return
		}
		for err == nil {
			_, err = c.Write(bytes.Repeat([]byte("220-x"), 1<<10))
		}
	}()
	o := newOutbox(t)
	mustAdd(t, o, message(22, asha), nil)
	d, err := o.Flush(context.Background(), &Server{URL: "smtp://" + l.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), errTalkative.Error()) || !d[0].Every(Waiting) {
		t.Errorf("got %+v, %v; want %v", d, err, errTalkative)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	<-gone
}

// only refuses one recipient.
func only(who string, code int, text string) func(to string) error {
	return func(to string) error {
		if to == who {
			return answering(code, text)
		}
		return nil
	}
}

func orAnswer(err error, code int, text string) error {
	if err != nil {
		return err
	}
	return answering(code, text)
}

func hangUp(c *smtp.Conn) error { return c.Conn().Close() }

// deadPort is an address where nobody listens.
func deadPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// noSecrets looks for the password, plain and encoded, in everything that is
// written or returned.
func noSecrets(t *testing.T, o *Outbox, values ...any) {
	t.Helper()
	var all strings.Builder
	for _, v := range values {
		fmt.Fprintf(&all, "%v %+v %#v\n", v, v, v)
	}
	err := filepath.WalkDir(o.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"swordfish", "c3dvcmRmaXNo", "AHJlY29uAHN3b3JkZmlzaA", "AHNvbWVib2R5AHN3b3JkZmlzaA"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("the password shows as %s", secret)
		}
	}
}
