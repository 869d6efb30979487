package job

import (
	"errors"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"reconcile/internal/config"
)

// A postbox is a mail server that keeps what it takes.
type postbox struct {
	addr   string
	limit  int64 // of a message, in bytes; 0: none
	refuse string

	mu   sync.Mutex
	took []string
	to   [][]string
}

type visit struct {
	box *postbox
	to  []string
}

func (v *visit) Reset()                               { v.to = nil }
func (v *visit) Logout() error                        { return nil }
func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == v.box.refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such user"}
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	v.box.took, v.box.to = append(v.box.took, string(b)), append(v.box.to, v.to)
	return nil
}

// open starts the server at an address; :0 for a new one.
func (b *postbox) open(t *testing.T, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	b.addr = l.Addr().String()
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{box: b}, nil }))
	s.Domain, s.MaxMessageBytes, s.ErrorLog = "localhost", b.limit, log.New(io.Discard, "", 0)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), l.Close()); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		<-served
	})
}

func mailTo(in *Input, addr string) {
	in.Config.Mail = config.Mail{Configured: true, To: []string{"asha@example.com"}, Act: []string{"cfo@example.com"},
		From: "recon@example.com", SMTP: "smtp://" + addr, MaxBytes: 20 << 20}
}

func TestRunIsMailed(t *testing.T) {
	var box postbox
	box.open(t, "127.0.0.1:0")
	in := input(t, "2026-11-21")
	mailTo(&in, box.addr)
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if done.Code == ExitNotMailed || len(box.took) != 1 {
		t.Fatalf("got exit code %d, %d mails, %v", done.Code, len(box.took), done.Notices)
	}
	for _, want := range []string{"Message-ID: <2026-11-21-run-01.", "reconciliation-2026-11-21-run-01.xlsx", "Subject:"} {
		if !strings.Contains(box.took[0], want) {
			t.Errorf("the mail has no %s", want)
		}
	}
	// A match mails nothing.
	in.Kind = KindMatch
	if _, err := Run(t.Context(), in); err != nil || len(box.took) != 1 {
		t.Errorf("a match: %v, %d mails", err, len(box.took))
	}
}

// TestDeadMailServer: 41, in the summary and the history too; the report is
// there; and the next run mails both.
func TestDeadMailServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	in := input(t, "2026-11-21")
	mailTo(&in, addr)
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if done.Code != ExitNotMailed || len(done.Notices) == 0 || !strings.Contains(done.Notices[len(done.Notices)-1], "the next run tries again [mail-not-sent]") {
		t.Errorf("got %d, %q", done.Code, done.Notices)
	}
	summary, err := os.ReadFile(filepath.Join(done.Folder, "summary.json"))
	if err != nil || !strings.Contains(string(summary), `"exit_code": 41`) {
		t.Errorf("the summary does not say 41: %v", err)
	}
	if all := runs(t, in); all[0].ExitCode != ExitNotMailed {
		t.Errorf("the history says %d", all[0].ExitCode)
	}
	if names, err := filepath.Glob(filepath.Join(done.Folder, ".*")); err != nil || len(names) > 0 {
		t.Errorf("the folder has %v, %v", names, err)
	}

	var box postbox
	box.open(t, addr)
	if done, err = Run(t.Context(), in); err != nil || done.Code == ExitNotMailed {
		t.Fatalf("the next run: %v, %d, %q", err, done.Code, done.Notices)
	}
	if len(box.took) != 2 || !strings.Contains(box.took[0], "<2026-11-21-run-01.") || !strings.Contains(box.took[1], "<2026-11-21-run-02.") {
		t.Errorf("got %d mails, want that of the first run and then that of the second", len(box.took))
	}
}

func TestMailWithoutWorkbook(t *testing.T) {
	for name, set := range map[string]func(in *Input, box *postbox){
		"over our limit":          func(in *Input, _ *postbox) { in.Config.Mail.MaxBytes = 1 },
		"over the server's limit": func(_ *Input, box *postbox) { box.limit = 20 << 10 },
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, "2026-11-21")
			mailTo(&in, "")
			var box postbox
			set(&in, &box)
			box.open(t, "127.0.0.1:0")
			in.Config.Mail.SMTP = "smtp://" + box.addr
			done, err := Run(t.Context(), in)
			if err != nil || done.Code == ExitNotMailed || len(box.took) != 1 {
				t.Fatalf("got %v, %+v, %d mails", err, done, len(box.took))
			}
			if strings.Contains(box.took[0], "application/vnd.") || !strings.Contains(box.took[0], "too large for a mail") {
				t.Error("the mail has a workbook, or does not say where it is")
			}
		})
	}
}

func TestOneRecipientRefused(t *testing.T) {
	box := postbox{refuse: "gone@example.com"}
	box.open(t, "127.0.0.1:0")
	in := input(t, "2026-11-21")
	mailTo(&in, box.addr)
	in.Config.Mail.To = append(in.Config.Mail.To, box.refuse)
	done, err := Run(t.Context(), in)
	if err != nil || done.Code != ExitNotMailed || len(box.took) != 1 || !slices.Contains(box.to[0], "asha@example.com") {
		t.Fatalf("got %v, %d, %v", err, done.Code, box.to)
	}
	last := done.Notices[len(done.Notices)-1]
	if !strings.Contains(last, "not mailed to gone@example.com (naming the recipient: 550") || strings.Contains(last, "asha") {
		t.Errorf("got %q", last)
	}
}
