package sandbox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"
)

// logged is how a listener logs a delivery.
type logged struct {
	ReceivedAt string            `json:"received_at"`
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Headers    map[string]string `json:"headers"`
	Body       json.RawMessage   `json:"body"`
}

// deliver brings the webhooks that are due into the event log: first it is
// written down what comes back with them, then they are in the log, then they are
// marked as delivered. Between the first two a caller cannot know of the return
// yet; between the last two they may be delivered again.
func (s *Server) deliver(due func(webhook) bool) error {
	var chosen []webhook
	var returns, marks []entry
	for _, w := range s.state.waiting {
		if !due(w) {
			continue
		}
		chosen = append(chosen, w)
		marks = append(marks, entry{Delivered: w.ID})
		if w.Returns != nil {
			returns = append(returns, entry{Returned: w.Returns})
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	lines, err := s.lines(chosen)
	if err != nil {
		return err
	}
	if err := s.state.write(returns...); err != nil {
		return err
	}
	if s.o.Post != nil {
		err = s.postAll(chosen)
	} else {
		err = appendLog(s.o.Log, lines)
	}
	if err != nil {
		return err
	}
	return s.state.write(marks...)
}

// postAll delivers webhooks and their copies to a listener, in their order. Where
// one is not acknowledged, all of them are delivered again with the next.
func (s *Server) postAll(all []webhook) error {
	for _, w := range all {
		for range 1 + s.o.Copies {
			if err := s.o.Post(w.Path, w.Body); err != nil {
				return fmt.Errorf("delivering the webhook %s: %w", w.Path, err)
			}
		}
	}
	return nil
}

// lines renders webhooks and their copies, in their order or in one of the seed.
// The first of them is a part of the dice, so that no two deliveries fall alike.
func (s *Server) lines(all []webhook) ([]byte, error) {
	dice := rand.New(rand.NewPCG(s.o.Seed, uint64(all[0].ID)))
	var lines [][]byte
	now := s.o.Now().Format(time.RFC3339)
	for _, w := range all {
		for range 1 + s.o.Copies {
			line, err := s.line(w, now, dice)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	if s.o.Shuffle {
		dice.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	}
	var text []byte
	for _, line := range lines {
		text = append(text, line...)
	}
	return text, nil
}

func (s *Server) line(w webhook, now string, dice *rand.Rand) ([]byte, error) {
	form := s.o.Form
	if form == Mixed {
		form = []Form{Wrapped, Bare}[dice.IntN(2)]
	}
	if form == Bare {
		return append(append([]byte{}, w.Body...), '\n'), nil
	}
	line, err := encode(logged{
		ReceivedAt: now,
		Method:     http.MethodPost,
		Path:       w.Path,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       w.Body,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the webhook: %w", err)
	}
	return line, nil
}

// appendLog appends to the event log as one write, and waits for the disk.
func appendLog(path string, lines []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the event log: %w", err)
	}
	_, err = f.Write(lines)
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

// dueAfter tells what is due when n requests have come.
func dueAfter(n int) func(webhook) bool {
	return func(w webhook) bool {
		return !w.Late.Held && w.Late.Delay == 0 && w.Request+w.Late.Requests <= n
	}
}

// wait starts the clock of a webhook that is due after a while. What goes wrong
// then is in the state, and the next request is told.
func (s *Server) wait(w webhook) {
	if w.Late.Held || w.Late.Delay == 0 {
		return
	}
	s.timers = append(s.timers, time.AfterFunc(w.Late.Delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed {
			return
		}
		if err := s.deliver(func(other webhook) bool { return other.ID == w.ID }); err != nil {
			s.state.fault = err
		}
	}))
}

// Deliver brings every webhook that waits into the event log.
func (s *Server) Deliver() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(func(webhook) bool { return true })
}
