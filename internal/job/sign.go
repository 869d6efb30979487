package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"reconcile/internal/approval"
	"reconcile/internal/proposal"
)

// sign signs a decision with the approver's key.
func sign(in Input, d Decision, subject string, detail map[string]string) ([]byte, error) {
	key, err := approval.ReadKeyFile(d.KeyFile)
	if err != nil {
		return nil, refusal(err)
	}
	owner, err := in.Config.Payments.Approvers.Owner(key.Public())
	if err != nil {
		return nil, refusal(err)
	}
	text, err := approval.Sign(key, approval.Statement{
		Action: d.Verb, Subject: subject, By: owner.Name, At: in.Now().In(in.Config.Timezone), Reason: d.Reason, Detail: detail,
	})
	if err != nil {
		return nil, refusal(err)
	}
	return text, nil
}

// Sign writes the statement of a decision into a new file and does nothing else:
// an approver signs on a machine of his own, where there is no store, and the key
// never leaves it. Whoever runs the program takes the file with --statement.
//
// Of a plan it needs the file, not the journal; a release and a recovery name what
// only the store knows, and are signed beside it; the closing of a month is in its
// pack (SignPack).
func Sign(in Input, d Decision, path string) (*Decided, error) {
	subject, err := subjectOf(in, d)
	if err != nil {
		return nil, err
	}
	return signInto(in, d, subject, d.details(), path)
}

// signInto signs a decision and writes the statement into a new file.
func signInto(in Input, d Decision, subject string, detail map[string]string, path string) (*Decided, error) {
	text, err := sign(in, d, subject, detail)
	if err != nil {
		return nil, err
	}
	s, err := approval.Verify(text, in.Config.Payments.Approvers, in.Now())
	if err != nil {
		return nil, refusal(err)
	}
	// A statement is not written over another one: that may be the only copy.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, &ExitError{ExitUsage, fmt.Errorf("%s exists; name a new file for the statement [statement-exists]", path)}
	}
	if err != nil {
		return nil, withIO(err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, withIO(errors.Join(err, os.Remove(path)))
	}
	return &Decided{Action: d.Verb.String(), Subject: subject, By: s.By, Effect: "signed",
		Text: fmt.Sprintf("%s signed to %s %s; nothing is decided until reconcile %s … --statement %s", s.By, d.Verb, subject, d.Verb, path)}, nil
}

// subjectOf is what a statement is about, from the command line alone.
func subjectOf(in Input, d Decision) (string, error) {
	switch d.Verb {
	case approval.Withdraw, approval.Resolve:
		return d.Subject, nil
	case approval.Approve, approval.Reject:
		text, err := readBounded(d.Subject, maxPlan)
		if err != nil {
			return "", err
		}
		// What cannot be read is not signed: an approver should have seen it.
		p, err := proposal.Decode(text)
		if err != nil {
			return "", withCode(ExitNotApproved, fmt.Errorf("%s: %w", d.Subject, err))
		}
		key, err := approval.ReadKeyFile(d.KeyFile)
		if err != nil {
			return "", refusal(err)
		}
		owner, err := in.Config.Payments.Approvers.Owner(key.Public())
		if err == nil {
			err = approval.MayDecide(owner, p.Maker)
		}
		return proposal.Hash(text), refusal(err)
	}
	return "", &ExitError{ExitUsage, fmt.Errorf("a statement to %s names what only the store knows: sign it where the store is, with --key", d.Verb)}
}

// details are what is signed besides the subject, as the command line says it.
func (d Decision) details() map[string]string {
	if d.Verb != approval.Resolve {
		return nil
	}
	detail := map[string]string{approval.DetailOutcome: d.Outcome, approval.DetailReference: d.Reference}
	if d.UTR != "" {
		detail[approval.DetailUTR] = d.UTR
	}
	return detail
}
