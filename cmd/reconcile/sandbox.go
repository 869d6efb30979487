package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/job"
)

func (p *program) sandboxCommand() *cobra.Command {
	var listen, events, submit string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "be a local EnKash: take payment requests, deliver webhooks into an event log",
		Long: "sandbox listens on this machine only, answers payment requests as EnKash does on\n" +
			"its best day, and appends one webhook for each to the event log. With --submit it\n" +
			"sends the requests of a file to itself, and stops. No money is moved.",
		Example: "  reconcile sandbox --listen 127.0.0.1:8787 --events events/sandbox.jsonl\n" +
			"  reconcile sandbox --submit requests.jsonl --events events/sandbox.jsonl",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if events == "" {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("--events FILE is missing: webhooks must go somewhere")}
			}
			if submit != "" {
				return p.submit(cmd.Context(), submit, events)
			}
			return p.serve(cmd.Context(), listen, events)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8787", "the loopback `ADDRESS` to listen on")
	cmd.Flags().StringVar(&events, "events", "", "the event log `FILE` to append webhooks to")
	cmd.Flags().StringVar(&submit, "submit", "", "a `FILE` of req-pay bodies, one a line, to send; then stop")
	return cmd
}

// serve answers until the context ends.
func (p *program) serve(ctx context.Context, address, events string) error {
	b, err := p.openBank(address, events)
	if err != nil {
		return err
	}
	if err := p.print(fmt.Sprintf("The sandbox listens at http://%s and delivers webhooks into %s; stop it with Ctrl-C.\n", b.address, events)); err != nil {
		return errors.Join(err, b.close())
	}
	select {
	case <-ctx.Done():
		return b.close()
	case err := <-b.failed:
		return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("the sandbox stopped: %w", err)}
	}
}

// submit sends the requests of a file to a sandbox of its own.
func (p *program) submit(ctx context.Context, path, events string) (err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &job.ExitError{Code: job.ExitMissing, Err: fmt.Errorf("--submit: %w", err)}
	}
	if err != nil {
		return fmt.Errorf("--submit: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := p.openBank("127.0.0.1:0", events)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()

	sent, line := 0, 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20) // as the sandbox: fifty invoices are 40 KiB
	for lines.Scan() {
		if line++; len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := post(ctx, "http://"+b.address+sandbox.PayPath, lines.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, line, err)
		}
		sent++
	}
	if err := lines.Err(); err != nil {
		return &job.ExitError{Code: job.ExitCorrupt, Err: fmt.Errorf("reading %s: %w", path, err)}
	}
	if p.flags.json {
		return p.printJSON(struct {
			Submitted int    `json:"submitted"`
			Events    string `json:"events"`
		}{sent, events})
	}
	return p.print(fmt.Sprintf("%d payment requests sent to the sandbox; its webhooks are in %s\n", sent, events))
}

// post sends one request. The sandbox has written the webhook when it answers.
func post(ctx context.Context, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("calling the sandbox: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Message string `json:"response_message"`
	}
	if json.Unmarshal(text, &said) != nil || said.Message == "" {
		said.Message = answer.Status
	}
	code := job.ExitCorrupt
	if answer.StatusCode >= http.StatusInternalServerError {
		code = job.ExitIO
	}
	return &job.ExitError{Code: code, Err: fmt.Errorf("the sandbox refused the request: %s [sandbox-refused]", said.Message)}
}

// A bank is a sandbox that listens.
type bank struct {
	address string
	server  *http.Server
	failed  chan error
}

func (p *program) openBank(address, events string) (*bank, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("--listen: %w; give an address like 127.0.0.1:8787", err)}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("--listen %s: the sandbox listens on this machine only; give an address like 127.0.0.1:8787", address)}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("starting the sandbox: %w; choose another port with --listen", err)}
	}
	b := &bank{
		address: listener.Addr().String(),
		server:  &http.Server{Handler: sandbox.New(sandbox.Options{Log: events, Now: p.now}), ReadHeaderTimeout: 10 * time.Second},
		failed:  make(chan error, 1),
	}
	go func() { b.failed <- b.server.Serve(listener) }()
	return b, nil
}

// close lets calls that have begun come to their end.
func (b *bank) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := b.server.Shutdown(ctx)
	if served := <-b.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
