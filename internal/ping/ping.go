package ping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// timeout is how long one ping may take: long enough for a slow line, and no
// matter to a night.
const timeout = 10 * time.Second

// maxAnswer is more than a switch has to say; the rest is not read.
const maxAnswer = 4 << 10

// A Switch is one check of a dead man's switch.
type Switch struct {
	address string
	client  http.Client
}

// New returns the switch at an address, which is https, or http to this machine.
func New(address string) *Switch {
	return &Switch{address, http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Start says that something began.
func (s *Switch) Start(ctx context.Context, text string) error { return s.send(ctx, "/start", text) }

// Success says that it went well.
func (s *Switch) Success(ctx context.Context, text string) error { return s.send(ctx, "", text) }

// Fail says that it did not.
func (s *Switch) Fail(ctx context.Context, text string) error { return s.send(ctx, "/fail", text) }

// send posts one line of text to the address, with what behind its path.
func (s *Switch) send(ctx context.Context, what, text string) (err error) {
	u, err := url.Parse(s.address)
	if err != nil {
		return errors.New("the address of the switch cannot be read")
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/")+what, ""
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(text+"\n"))
	if err != nil {
		return errors.New("the address of the switch cannot be read")
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("User-Agent", "reconcile")
	answer, err := s.client.Do(request)
	if err != nil {
		// The outer error names the whole address.
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return fmt.Errorf("asking %s: %w", u.Host, err)
	}
	_, reading := io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	if err := errors.Join(reading, answer.Body.Close()); err != nil {
		return fmt.Errorf("asking %s: %w", u.Host, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("%s answered %s", u.Host, answer.Status)
	}
	return nil
}
