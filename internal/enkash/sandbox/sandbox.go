package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
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
	Log    string                             // the event log, appended to; made where it is missing
	Now    func() time.Time                   // stamps the webhooks
	Faults func(n int, objectID string) Fault // of the n-th request, from 1; nil means none. Called in order, by one request at a time
	Dedupe bool                               // a payment that was executed is acknowledged again and not executed again

	Confirm     bool // the supplier confirms every line of a payment that is told as SUCCESS
	Late        Late // when the webhooks of responses come
	ConfirmLate Late // and those of confirmations, which come after them where both are told the same
	Form        Form // how they look in the log
	Copies      int  // of each webhook, besides the first
	Shuffle     bool // those that become due together come in an order of Seed
	Seed        uint64
	Drip        time.Duration // between two bytes of a Slow answer; 20 ms where it is 0
}

// Late says when a webhook is due; the zero Late is at once, before the answer.
type Late struct {
	Requests int           // after so many further requests
	Delay    time.Duration // after so long
	Held     bool          // when Deliver is called or the sandbox closes
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
	o     Options
	mux   *http.ServeMux
	mu    sync.Mutex // of everything below
	state *state
}

var _ http.Handler = (*Server)(nil)

// New returns a sandbox whose books are in memory.
func New(o Options) *Server { return newServer(o, &state{}) }

// Open returns a sandbox that keeps its books in a file of state, which is made
// where it is missing and continued where it is not. One sandbox may have it open
// at a time.
func Open(statePath string, o Options) (*Server, error) {
	s, err := openState(statePath)
	if err != nil {
		return nil, err
	}
	return newServer(o, s), nil
}

func newServer(o Options, st *state) *Server {
	s := &Server{o: o, mux: http.NewServeMux(), state: st}
	s.mux.HandleFunc("POST "+PayPath, s.pay)
	s.mux.HandleFunc("POST "+ConfirmPath, s.confirm)
	return s
}

// Books returns what was requested and executed so far.
func (s *Server) Books() Books {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.copyBooks()
}

// Deliver brings every webhook that waits into the event log.
func (s *Server) Deliver() error { return nil }

// Close ends the answers that do not end, delivers what waits and closes the file
// of state.
func (s *Server) Close() error { return s.state.close() }

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) pay(w http.ResponseWriter, r *http.Request) {
	var p payRequest
	if err := decode(w, r, &p); err != nil {
		refuse(w, err)
		return
	}
	if err := p.check(); err != nil {
		refuse(w, err)
		return
	}
	if p.Payment.Type == "ONPLATFORM" {
		p.Payment.UTR = utrOf(p.Payment.ObjectID)
	}
	s.finish(w, "api/v0/payment/resp-pay", payResponse{
		Resp:            resp{ReqMsgID: messageOf(p.Payment.ObjectID), Result: "SUCCESS"},
		B2BIDs:          p.B2BIDs,
		Payment:         p.Payment,
		AdditionalInfos: append([]namedValue{}, p.AdditionalInfos...),
	})
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) {
	var c confirmRequest
	if err := decode(w, r, &c); err != nil {
		refuse(w, err)
		return
	}
	if err := c.check(); err != nil {
		refuse(w, err)
		return
	}
	s.finish(w, "api/v0/payment/req-pay-confirmation", c)
}

// finish delivers the webhook and then answers: a caller that reads SUCCESS
// finds the webhook in the log.
func (s *Server) finish(w http.ResponseWriter, path string, body any) {
	if err := s.deliver(path, body); err != nil {
		answer(w, http.StatusInternalServerError, 1, err.Error())
		return
	}
	answer(w, http.StatusOK, 0, "SUCCESS")
}

// deliver appends one webhook to the log as one write, and waits for the disk.
func (s *Server) deliver(path string, body any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, err := encode(logged{
		ReceivedAt: s.o.Now().Format(time.RFC3339),
		Method:     http.MethodPost,
		Path:       path,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       body,
	})
	if err != nil {
		return fmt.Errorf("writing the webhook: %w", err)
	}
	f, err := os.OpenFile(s.o.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the event log: %w", err)
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("appending to the event log: %w", err)
	}
	return nil
}

// logged is how a listener logs a delivery.
type logged struct {
	ReceivedAt string            `json:"received_at"`
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Headers    map[string]string `json:"headers"`
	Body       any               `json:"body"`
}

// decode reads a request. An unknown key is refused: the real one may ignore it,
// and then what it was for would not happen.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("reading the body: there is more behind it")
	}
	return nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

func refuse(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadRequest, 1, err.Error())
}

func answer(w http.ResponseWriter, status, code int, message string) {
	payload := "SUCCESS"
	if code != 0 {
		payload = "FAILURE"
	}
	b, err := encode(struct {
		Payload string `json:"payload"`
		Code    int    `json:"response_code"`
		Message string `json:"response_message"`
	}{payload, code, message})
	if err != nil {
		panic("unreachable: three plain fields do not encode")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(b) // a caller that is gone learns the outcome from the log
}

// utrOf makes the bank reference of a payment: 22 characters as NEFT and RTGS
// have them, the same for the same payment.
func utrOf(objectID string) string {
	sum := sha256.Sum256([]byte("utr " + objectID))
	utr := []byte("SBOXN")
	for _, b := range sum[:17] {
		utr = append(utr, '0'+b%10)
	}
	return string(utr)
}

func messageOf(objectID string) string {
	sum := sha256.Sum256([]byte("message " + objectID))
	return "SBX" + hex.EncodeToString(sum[:16])
}
