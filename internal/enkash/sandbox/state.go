package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// An entry is one line of the file of state: exactly one of its fields.
type entry struct {
	Request   *Request   `json:"request,omitempty"`
	Execution *Execution `json:"execution,omitempty"`
	Webhook   *webhook   `json:"webhook,omitempty"`
	Returned  *returned  `json:"returned,omitempty"`
	Delivered int        `json:"delivered,omitempty"` // the id of a webhook
}

// A webhook waits to be delivered.
type webhook struct {
	ID      int             `json:"id"` // from 1
	Request int             `json:"request"`
	Path    string          `json:"path"`
	Body    json.RawMessage `json:"body"`
	Late    Late            `json:"late"`
	Returns *returned       `json:"returns,omitempty"` // what comes back when it is delivered
}

// Returned names lines of one execution; no numbers mean all of them.
type returned struct {
	Execution int      `json:"execution"` // its place in the books, from 0
	Numbers   []string `json:"numbers,omitempty"`
}

// A state is the books, the webhooks that wait, and the file of both.
type state struct {
	books   Books
	waiting []webhook
	made    int      // webhooks so far
	file    *os.File // nil where the books are in memory
	fault   error    // the first failure to write; nothing is done after it
}

// openState reads a file of state, drops a line that was cut off, and goes on
// behind it. Without a path the state is in memory.
func openState(path string) (*state, error) {
	s := &state{}
	if path == "" {
		return s, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox's state: %w", err)
	}
	end, err := s.replay(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading the sandbox's state %s: %w", path, err), f.Close())
	}
	s.file = f
	return s, nil
}

// ReadBooks reads the books of a file of state, also while a sandbox writes it or
// after one was killed.
func ReadBooks(path string) (Books, error) {
	f, err := os.Open(path)
	if err != nil {
		return Books{}, fmt.Errorf("opening the sandbox's state: %w", err)
	}
	s := &state{}
	_, err = s.replay(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return Books{}, fmt.Errorf("reading the sandbox's state %s: %w", path, err)
	}
	return s.books, nil
}

// replay applies every whole line, and returns where the last of them ends.
func (s *state) replay(r io.Reader) (end int64, err error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	for n := 1; ; n++ {
		i := bytes.IndexByte(all[end:], '\n')
		if i < 0 {
			return end, nil
		}
		var e entry
		if err := json.Unmarshal(all[end:end+int64(i)], &e); err != nil {
			return end, fmt.Errorf("line %d: %w", n, err)
		}
		if err := s.apply(e); err != nil {
			return end, fmt.Errorf("line %d: %w", n, err)
		}
		end += int64(i) + 1
	}
}

// write puts entries on the disk in one write, and then into the books.
func (s *state) write(entries ...entry) error {
	if s.fault != nil {
		return fmt.Errorf("the sandbox could not write its state and does nothing more: %w", s.fault)
	}
	if s.file != nil {
		var lines []byte
		for _, e := range entries {
			line, err := encode(e)
			if err != nil {
				return fmt.Errorf("writing the sandbox's state: %w", err)
			}
			lines = append(lines, line...)
		}
		_, err := s.file.Write(lines)
		if err == nil {
			err = s.file.Sync()
		}
		if err != nil {
			s.fault = err
			return fmt.Errorf("writing the sandbox's state: %w", err)
		}
	}
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return err
		}
	}
	return nil
}

func (s *state) apply(e entry) error {
	switch {
	case e.Request != nil:
		s.books.Requests = append(s.books.Requests, *e.Request)
	case e.Execution != nil:
		s.books.Executions = append(s.books.Executions, *e.Execution)
	case e.Webhook != nil:
		s.waiting = append(s.waiting, *e.Webhook)
		s.made = max(s.made, e.Webhook.ID)
	case e.Returned != nil:
		return s.giveBack(e.Returned)
	case e.Delivered != 0:
		i := slices.IndexFunc(s.waiting, func(w webhook) bool { return w.ID == e.Delivered })
		if i < 0 {
			return fmt.Errorf("no webhook %d waits to be delivered", e.Delivered)
		}
		s.waiting = slices.Delete(s.waiting, i, i+1)
	default:
		return errors.New("an entry of no kind")
	}
	return nil
}

// giveBack marks the lines that came back.
func (s *state) giveBack(r *returned) error {
	if r.Execution < 0 || r.Execution >= len(s.books.Executions) {
		return fmt.Errorf("there is no execution %d to return", r.Execution)
	}
	lines := s.books.Executions[r.Execution].Lines
	for i := range lines {
		if !lines[i].Returned() && (len(r.Numbers) == 0 || slices.Contains(r.Numbers, lines[i].Number)) {
			lines[i].ReturnedAfter = len(s.books.Executions)
		}
	}
	return nil
}

// copyBooks returns books that nobody changes.
func (s *state) copyBooks() Books {
	b := Books{Requests: slices.Clone(s.books.Requests), Executions: slices.Clone(s.books.Executions)}
	for i := range b.Executions {
		b.Executions[i].Lines = slices.Clone(b.Executions[i].Lines)
	}
	return b
}

func (s *state) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
