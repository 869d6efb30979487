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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/job"
)

// sandboxFlags are what the command line says of a sandbox.
type sandboxFlags struct {
	listen, events, submit, state, faults, confirm, webhook, secretFile string
}

func (p *program) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "be a local EnKash: take payment requests, deliver webhooks into an event log",
		Long: "sandbox listens on this machine only, answers payment requests as the API pages\n" +
			"describe it, and appends webhooks to the event log. With --submit it sends the\n" +
			"requests of a file to itself, and stops. No money is moved.\n\n" +
			"By itself it is EnKash on its best day. With --faults it goes wrong on demand:\n" +
			"parts separated by commas, each WORDS@WHICH, where WHICH is the number of a request\n" +
			"from 1, an objectId, or * for all, and WORDS are, joined by +,\n\n" +
			faultWords() + "\n" +
			"or any, which is one of them by seed. Other parts: seed=N, late=WHEN, copies=N, shuffle,\n" +
			"form=bare|mixed, drip=DURATION (of slow), dedupe (a payment is executed once only).\n" +
			"WHEN is at-once, a number of further requests, a duration such as 30s, or end.",
		Example: "  reconcile sandbox --listen 127.0.0.1:8787 --events events/sandbox.jsonl\n" +
			"  reconcile sandbox --events events/sandbox.jsonl --state sandbox-state.jsonl --confirm 30s\n" +
			"  reconcile sandbox --events events/sandbox.jsonl --faults 'lose-request@1,lose-answer@2,503+failed-paid@3'\n" +
			"  reconcile sandbox --events events/sandbox.jsonl --faults 'any@*,seed=7,late=2,copies=1,shuffle'\n" +
			"  reconcile sandbox --submit requests.jsonl --events events/sandbox.jsonl\n" +
			"  reconcile sandbox --webhook http://127.0.0.1:8788 --secret-file webhook.secret",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (f.events == "") == (f.webhook == "") {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("--events FILE is missing, or --webhook URL in its place: webhooks go to one place")}
			}
			options, err := p.sandboxOptions(f)
			if err != nil {
				return &job.ExitError{Code: job.ExitUsage, Err: err}
			}
			if f.submit != "" {
				return p.submit(cmd.Context(), f, options)
			}
			return p.serve(cmd.Context(), f, options)
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8787", "the loopback `ADDRESS` to listen on")
	cmd.Flags().StringVar(&f.events, "events", "", "the event log `FILE` to append webhooks to")
	cmd.Flags().StringVar(&f.webhook, "webhook", "", "the `URL` of a listener to post webhooks to, in place of --events")
	cmd.Flags().StringVar(&f.secretFile, "secret-file", "", "a `FILE` with what stands in X-Webhook-Secret at --webhook")
	cmd.Flags().StringVar(&f.submit, "submit", "", "a `FILE` of req-pay bodies, one a line, to send; then stop")
	cmd.Flags().StringVar(&f.state, "state", "", "a `FILE` to keep what was executed in, and to continue with")
	cmd.Flags().StringVar(&f.faults, "faults", "", "a `PLAN` of what goes wrong, such as lose-answer@2")
	cmd.Flags().StringVar(&f.confirm, "confirm", "never", "`WHEN` the supplier accepts what was paid: never, at-once, a number of requests, a duration, end")
	return cmd
}

// faultWords lists what a plan may say.
func faultWords() string {
	var answers, hooks []string
	for _, k := range sandbox.Kinds() {
		answers = append(answers, k.String())
	}
	for _, h := range sandbox.Hooks() {
		hooks = append(hooks, h.String())
	}
	return wrap("what the caller hears", append(answers, "or an HTTP status such as 503")) +
		wrap("whether it is executed", []string{"executed", "not-executed"}) +
		wrap("what the webhooks tell", hooks) +
		wrap("in short", []string{"lose-request is lose+not-executed", "lose-answer is lose+executed"})
}

// wrap writes a list behind its title, in lines that fit a terminal.
func wrap(title string, words []string) string {
	const margin, width = 26, 84
	var text strings.Builder
	column, _ := fmt.Fprintf(&text, "  %-*s", margin-3, title+":") // a builder takes everything
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if column+1+len(word) > width {
			text.WriteString("\n" + strings.Repeat(" ", margin-1))
			column = margin - 1
		}
		text.WriteString(" " + word)
		column += 1 + len(word)
	}
	return text.String() + "\n"
}

func (p *program) sandboxOptions(f sandboxFlags) (sandbox.Options, error) {
	o, err := sandbox.ParsePlan(f.faults, sandbox.Options{Log: f.events, Now: p.now})
	if err != nil {
		return o, fmt.Errorf("--faults: %w", err)
	}
	if f.webhook != "" {
		if o.Post, err = poster(f); err != nil {
			return o, err
		}
	}
	if f.confirm == "never" {
		return o, nil
	}
	o.Confirm = true
	if o.ConfirmLate, err = sandbox.ParseLate(f.confirm); err != nil {
		return o, fmt.Errorf("--confirm: %w, nor never", err)
	}
	return o, nil
}

// serve answers until the context ends.
func (p *program) serve(ctx context.Context, f sandboxFlags, o sandbox.Options) error {
	b, err := openBank(f.listen, f.state, o)
	if err != nil {
		return err
	}
	if err := p.print(fmt.Sprintf("The sandbox listens at http://%s and delivers webhooks %s; stop it with Ctrl-C.\n", b.address, f.whither())); err != nil {
		return errors.Join(err, b.close())
	}
	select {
	case <-ctx.Done():
		if err := b.close(); err != nil {
			return &job.ExitError{Code: job.ExitIO, Err: err}
		}
		return p.print(told(b.sandbox.Books()))
	case err := <-b.failed:
		return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("the sandbox stopped: %w", errors.Join(err, b.sandbox.Close()))}
	}
}

// told says what the books of a sandbox come to.
func told(b sandbox.Books) string {
	var text strings.Builder
	fmt.Fprintf(&text, "Requests: %d, payments executed: %d, debts paid: %d.\n", len(b.Requests), len(b.Executions), len(b.Debts()))
	for _, twice := range b.Twice() {
		fmt.Fprintf(&text, "Twice: %s.\n", twice)
	}
	return text.String()
}

// submit sends the requests of a file to a sandbox of its own.
func (p *program) submit(ctx context.Context, flags sandboxFlags, o sandbox.Options) (err error) {
	path := flags.submit
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &job.ExitError{Code: job.ExitMissing, Err: fmt.Errorf("--submit: %w", err)}
	}
	if err != nil {
		return fmt.Errorf("--submit: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := openBank("127.0.0.1:0", flags.state, o)
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
		}{sent, flags.events})
	}
	return p.print(fmt.Sprintf("%d payment requests sent to the sandbox; its webhooks went %s\n", sent, flags.whither()))
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
		return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("calling the sandbox: %w", err)}
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("reading the sandbox's answer: %w", err)}
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
	sandbox *sandbox.Server
	server  *http.Server
	failed  chan error
}

func openBank(address, state string, o sandbox.Options) (*bank, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("--listen: %w; give an address like 127.0.0.1:8787", err)}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("--listen %s: the sandbox listens on this machine only; give an address like 127.0.0.1:8787", address)}
	}
	s := sandbox.New(o)
	if state != "" {
		if s, err = sandbox.Open(state, o); err != nil {
			return nil, &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("--state: %w", err)}
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		err = fmt.Errorf("starting the sandbox: %w; choose another port with --listen", errors.Join(err, s.Close()))
		return nil, &job.ExitError{Code: job.ExitIO, Err: err}
	}
	b := &bank{
		address: listener.Addr().String(),
		sandbox: s,
		server:  &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second},
		failed:  make(chan error, 1),
	}
	go func() { b.failed <- b.server.Serve(listener) }()
	return b, nil
}

// close lets calls that have begun come to their end, and those that have none
// break off. What waits to be delivered is delivered.
func (b *bank) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := errors.Join(b.sandbox.Close(), b.server.Shutdown(ctx))
	if served := <-b.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
