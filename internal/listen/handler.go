package listen

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"reconcile/internal/enkash"
)

// Paths that say how the listener is, to whoever asks: nothing in their answers
// is a secret.
const (
	healthPath = "/healthz" // the process answers
	readyPath  = "/readyz"  // a webhook that comes now would be kept
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case healthPath:
		answerText(w, http.StatusOK, "ok\n")
		return
	case readyPath:
		s.ready(w)
		return
	}
	s.measured.request()
	if refusal := s.refuse(r); refusal != nil {
		s.turnAway(w, *refusal)
		return
	}
	body, refusal := s.read(w, r)
	if refusal != nil {
		s.turnAway(w, *refusal)
		return
	}
	received := enkash.Receive(body)
	line, err := s.line(r, body, received.Fault)
	if err == nil {
		err = s.log.append(line)
	}
	if err != nil {
		// Nothing is kept, so nothing is acknowledged. The log has told the operator.
		w.Header().Set("Retry-After", "10")
		s.turnAway(w, refusal503)
		return
	}
	s.measured.stored(received.Fault != nil)
	send(w, http.StatusOK, received.Answer(s.o.Answers[received.Hook]))
}

// read returns the body, or why it is not taken.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	if r.ContentLength > int64(s.o.MaxBytes) {
		return nil, &refusal413
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(s.o.MaxBytes)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal413
	case err != nil:
		return nil, &refusalCut
	case len(bytes.TrimSpace(body)) == 0:
		return nil, &refusalEmpty
	}
	return body, nil
}

// turnAway answers whoever is not taken, and ends the connection: the rest of
// the request is not read.
func (s *Server) turnAway(w http.ResponseWriter, why refusal) {
	s.measured.refused(why.reason)
	w.Header().Set("Connection", "close")
	if why.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	// Every text is ours and needs no escapes.
	send(w, why.status, []byte(`{"response_code":`+strconv.Itoa(why.status)+`,"response_message":"`+why.text+`"}`))
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who has gone away asks again
}

// ready tells whether a webhook that comes now would be kept. Where the last
// write failed it is tried, so that a full disk which was emptied is noticed
// without a webhook.
func (s *Server) ready(w http.ResponseWriter) {
	if s.log.failed() && s.log.append(nil) != nil {
		answerText(w, http.StatusServiceUnavailable, "the event log cannot be written\n")
		return
	}
	if s.o.Free != nil {
		if free, known := s.o.Free(s.o.Folder); known && free < s.o.MinFree {
			answerText(w, http.StatusServiceUnavailable, "the disk of the event log is nearly full\n")
			return
		}
	}
	answerText(w, http.StatusOK, "ready\n")
}

func answerText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
