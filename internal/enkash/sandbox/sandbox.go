package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// The paths of the API pages.
const (
	PayPath     = "/api/v0/payment/req-pay"
	ConfirmPath = "/api/v0/payment/req-pay-confirmation"
	PayablePath = "/api/v0/payment"
)

// maxBody bounds a request, in bytes. Fifty invoices are 40 KiB.
const maxBody = 1 << 20

// Options say where webhooks go, and what goes wrong. The zero Options but for
// Log and Now are EnKash on its best day in its worst mode: everything is
// executed, as often as it is asked for, and told at once.
type Options struct {
	Log    string                               // the event log, appended to; made where it is missing
	Post   func(path string, body []byte) error // in place of Log: delivers one webhook, and returns when it was acknowledged
	Now    func() time.Time                     // stamps the webhooks
	Faults func(n int, objectID string) Fault   // of the n-th request of the books, from 1; nil means none. Called by one request at a time
	Dedupe bool                                 // a payment that was executed is acknowledged again and not executed again

	Confirm     bool // the supplier confirms every line of a payment that is told as SUCCESS
	Late        Late // when the webhooks of responses come
	ConfirmLate Late // and those of confirmations
	Form        Form // how they look in the log
	Copies      int  // of each webhook, besides the first
	Shuffle     bool // those that become due together come in an order of Seed
	Seed        uint64
	Drip        time.Duration // between two bytes of a Slow answer; 20 ms where it is 0
}

// Late says when a webhook is due; the zero Late is at once, before the answer.
type Late struct {
	Requests int           `json:"requests,omitempty"` // after so many further requests
	Delay    time.Duration `json:"delay,omitempty"`    // after so long
	Held     bool          `json:"held,omitempty"`     // when Deliver is called or the sandbox closes
}

// A Form is how a delivery looks in the log.
type Form uint8

// The forms that listeners write.
const (
	Wrapped Form = iota // received_at, method, path, headers and the body
	Bare                // the body alone
	Mixed               // now this, now that, by Seed
)

// A Server is a local EnKash. It is safe for concurrent use.
type Server struct {
	o       Options
	mux     *http.ServeMux
	closing chan struct{} // closed by Close: whoever waits for ever stops

	mu     sync.Mutex // of everything below
	state  *state
	timers []*time.Timer
	closed bool
}

var _ http.Handler = (*Server)(nil)

// New returns a sandbox whose books are in memory.
func New(o Options) *Server { return newServer(o, &state{}) }

// Open returns a sandbox that keeps its books in a file of state, which is made
// where it is missing and continued where it is not. One sandbox may have it open
// at a time.
func Open(statePath string, o Options) (*Server, error) {
	st, err := openState(statePath)
	if err != nil {
		return nil, err
	}
	s := newServer(o, st)
	for _, w := range st.waiting {
		s.wait(w)
	}
	return s, nil
}

func newServer(o Options, st *state) *Server {
	s := &Server{o: o, mux: http.NewServeMux(), closing: make(chan struct{}), state: st}
	s.mux.HandleFunc("POST "+PayPath, s.serve(PayPath))
	s.mux.HandleFunc("POST "+ConfirmPath, s.serve(ConfirmPath))
	s.mux.HandleFunc("POST "+PayablePath, s.serve(PayablePath))
	return s
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Books returns what was requested and executed so far.
func (s *Server) Books() Books {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.copyBooks()
}

// Close ends the answers that do not end, delivers what waits and closes the file
// of state. What is asked for afterwards is not taken. Close it before the server
// that it serves, which waits for its answers.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.closing)
	for _, t := range s.timers {
		t.Stop()
	}
	err := s.deliver(func(webhook) bool { return true })
	return errors.Join(err, s.state.close())
}

// An order is what a valid body asks for.
type order struct {
	objectID string
	executes func(n int) *Execution                           // nil where no money moves
	tells    func(f Fault, n, execution int) ([]entry, error) // webhooks; execution is its place in the books
}

func (s *Server) serve(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			err = fmt.Errorf("reading the body: %w", err)
		} else {
			err = checkType(r.Header.Get("Content-Type"))
		}
		var o order
		if err == nil {
			o, err = s.read(path, body)
		}
		request := Request{Path: path, ObjectID: o.objectID, SHA256: sumOf(body), Bytes: len(body)}
		if err != nil {
			request.ObjectID = string(anyID.Find(body)) // the caller sent something about it, whole or not
			request.Refused = err.Error()
		}
		if failed := s.take(&request, o); failed != nil {
			send(w, http.StatusInternalServerError, reply{"FAILURE", 1, failed.Error()})
			return
		}
		if err != nil {
			refuse(w, err)
			return
		}
		s.answer(w, r, request.Fault, o.objectID)
	}
}

// anyID finds the objectId of a payment in a body that cannot be read.
var anyID = regexp.MustCompile(`[PMT]{3}[A-Za-z0-9]{32}`)

// checkType looks at what the caller says that the body is. Saying nothing is no
// fault: the page asks for nothing.
func checkType(header string) error {
	if header == "" {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(header); err != nil || kind != "application/json" {
		return fmt.Errorf("Content-Type %q is not application/json", header)
	}
	return nil
}

func (s *Server) read(path string, body []byte) (order, error) {
	switch path {
	case PayPath:
		p, err := readPay(body)
		if err != nil {
			return order{}, err
		}
		tells := func(f Fault, n, execution int) ([]entry, error) { return s.tell(p, f, n, execution) }
		return order{p.Payment.ObjectID, p.executes, tells}, nil
	case ConfirmPath:
		c, err := readConfirm(body)
		if err != nil {
			return order{}, err
		}
		return order{objectID: c.Confirmation.ObjectID, tells: func(f Fault, n, _ int) ([]entry, error) { return s.pass(c, f, n) }}, nil
	default:
		p, err := readPayable(body)
		if err != nil {
			return order{}, err
		}
		return order{objectID: p.objectID(), executes: p.executes}, nil // its page knows no webhook
	}
}

// take writes down what came and what is done about it, and delivers what is due:
// a caller that reads SUCCESS finds the webhook in the log.
func (s *Server) take(r *Request, o order) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("the sandbox is closing and took nothing")
	}
	r.N = len(s.state.books.Requests) + 1
	all := []entry{{Request: r}}
	if r.Refused == "" {
		if s.o.Faults != nil {
			r.Fault = s.o.Faults(r.N, r.ObjectID)
		}
		done, err := s.execute(r, o)
		if err != nil {
			return err
		}
		all = append(all, done...)
	}
	if err := s.state.write(all...); err != nil {
		return err
	}
	for _, e := range all {
		if e.Webhook != nil {
			s.wait(*e.Webhook)
		}
	}
	return s.deliver(dueAfter(r.N))
}

func (s *Server) execute(r *Request, o order) ([]entry, error) {
	f := r.Fault
	done := func(e Execution) bool { return e.ObjectID == r.ObjectID }
	if s.o.Dedupe && o.executes != nil && slices.ContainsFunc(s.state.books.Executions, done) {
		return nil, nil // it was executed and told before
	}
	var all []entry
	place := len(s.state.books.Executions)
	if f.When == Executed && o.executes != nil {
		all = append(all, entry{Execution: o.executes(r.N)})
	}
	if o.tells == nil {
		return all, nil
	}
	webhooks, err := o.tells(f, r.N, place)
	return append(all, webhooks...), err
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
