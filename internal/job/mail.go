package job

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/history"
	"reconcile/internal/mail"
	"reconcile/internal/report"
)

// outboxName is the folder in the store where reports wait for the mail server.
const outboxName = "outbox"

// mail sends the report of a run, which is written and complete, and what
// earlier runs could not send. It returns ExitNotMailed where somebody did not
// get his, and what a person must be told. Nothing here touches a payment, and
// the report stays on the disk whatever becomes of the mail.
func (g *gathering) mail(ctx context.Context, done *Done) (code int, notices []string) {
	c := g.in.Config
	if !c.Mail.Configured || g.in.Kind != KindRun {
		return ExitClean, nil
	}
	unsent := func(err error) (int, []string) {
		return ExitNotMailed, []string{fmt.Sprintf("the report was written and not mailed: %v [mail-not-sent]", err)}
	}
	message, shorter, err := g.message(done)
	if err != nil {
		return unsent(err)
	}
	outbox := mail.Outbox{Dir: filepath.Join(c.Path(c.Store), outboxName), Now: g.in.Now}
	if err := outbox.Add(message, shorter); err != nil {
		return unsent(err)
	}
	deliveries, err := outbox.Flush(ctx, &mail.Server{
		URL: c.Mail.SMTP, TLS: mail.TLS(c.Mail.TLS), Username: c.Mail.Username, Password: c.Mail.Password.Reveal,
	})
	for _, d := range deliveries {
		switch {
		case !d.Every(mail.Sent):
			notices = append(notices, unsentNotice(d, done.Summary.Run.ID))
		case d.Body > 0 && d.ID == message.ID:
			g.in.Log.Info("the mail server found the workbook too large; the totals and its path were mailed")
		}
	}
	if len(notices) > 0 {
		return ExitNotMailed, notices
	}
	if err != nil {
		return unsent(err)
	}
	g.in.Log.Info("report mailed", "stage", "mail", "recipients", len(message.To), "message_id", message.ID)
	return ExitClean, nil
}

// message returns the mail of a run and, where its workbook is attached, the
// form without it.
func (g *gathering) message(done *Done) (message, shorter *mail.Message, err error) {
	path := done.Summary.Files.Report
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if shorter, err = g.form(done, false); err != nil || info.Size() > int64(g.in.Config.Mail.MaxBytes) {
		return shorter, nil, err
	}
	if message, err = g.form(done, true); err != nil {
		return nil, nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	message.Attachments = []mail.Attachment{{
		Name: strings.TrimSuffix(report.WorkbookName, ".xlsx") + "-" + done.Summary.Run.ID + ".xlsx",
		Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Bytes: b,
	}}
	return message, shorter, nil
}

// form returns the mail in one of its two forms.
func (g *gathering) form(done *Done, attached bool) (*mail.Message, error) {
	c, run := &g.in.Config.Mail, &done.Summary.Run
	letter, err := g.facts.Letter(
		report.RunInfo{ID: run.ID, ExitCode: done.Code, Started: run.Started, Finished: run.Finished, Host: run.Host, Files: done.Summary.Files},
		report.LetterOptions{Attached: attached, Notices: done.Notices})
	if err != nil {
		return nil, err
	}
	to := slices.Clone(c.To)
	if letter.Act {
		to = append(to, c.Act...)
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail.from: %w", err)
	}
	// A run id is unique in its store; the hash tells apart two stores of one
	// company.
	store := sha256.Sum256([]byte(strings.Join([]string{run.Host, g.in.Config.Path(g.in.Config.Store), run.Started.UTC().String()}, "\x00")))
	return &mail.Message{
		ID:   fmt.Sprintf("%s.%x@%s", run.ID, store[:6], from.Address[strings.LastIndexByte(from.Address, '@')+1:]),
		Date: run.Started, From: c.From, To: to,
		Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML,
	}, nil
}

// unsentNotice says who did not get a report, why, and what becomes of it.
func unsentNotice(d mail.Delivery, tonight string) string {
	run, _, _ := strings.Cut(d.ID, ".")
	what := "the report was written and not mailed"
	if run != tonight {
		what = fmt.Sprintf("the report of run %s was not mailed either", run)
	}
	remedies := map[mail.State]string{
		mail.Waiting: "the next run tries again",
		mail.Refused: "correct mail.to, or ask whoever runs the mail server",
		mail.GivenUp: fmt.Sprintf("given up after %d tries", d.Tries),
	}
	var parts []string
	for _, state := range []mail.State{mail.Waiting, mail.Refused, mail.GivenUp} {
		var to []string
		reason := ""
		for _, r := range d.Recipients {
			if r.State == state {
				to, reason = append(to, r.To), r.Reason
			}
		}
		if len(to) > 0 {
			parts = append(parts, fmt.Sprintf("to %s (%s): %s", strings.Join(to, ", "), reason, remedies[state]))
		}
	}
	return what + " " + strings.Join(parts, "; ") + " [mail-not-sent]"
}

// notMailed notes in the summary, which is there already, that the run ended
// worse than the report could know, and in outputs what the summary is now.
func notMailed(done *Done, outputs []history.Output) (err error) {
	done.Summary.Run.ExitCode = done.Code
	path := filepath.Join(done.Folder, report.SummaryName)
	temp := filepath.Join(done.Folder, "."+report.SummaryName)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := done.Summary.WriteJSON(&b); err != nil {
		return errors.Join(err, f.Close(), os.Remove(temp))
	}
	_, err = f.Write(b.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	for i := range outputs {
		if outputs[i].Name == report.SummaryName {
			sum := sha256.Sum256(b.Bytes())
			outputs[i].Bytes, outputs[i].SHA256 = int64(b.Len()), hex.EncodeToString(sum[:])
		}
	}
	return os.Rename(temp, path)
}
