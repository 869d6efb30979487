package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/period"
	"reconcile/internal/report"
)

// A PackVerdict is what was found out about a closing pack.
type PackVerdict struct {
	Period   period.Period `json:"period"`
	Version  int           `json:"version"`
	SHA256   string        `json:"sha256"` // of its manifest
	Files    int           `json:"files"`
	SignedBy []string      `json:"signed_by"`
	Recorded bool          `json:"recorded"` // the journal here has this closing
	Text     string        `json:"text"`
}

// VerifyPack proves a closing pack: every file against the manifest, the signatures
// against the manifest and the approvers of the configuration, and all against the
// journal where one is here. A draft that nobody signed is whole, and says so.
func VerifyPack(ctx context.Context, in Input, path string) (v *PackVerdict, err error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, &ExitError{ExitMissing, fmt.Errorf("%s: there is no such file [file-missing]", path)}
	}
	pack, end, err := openPack(path)
	defer func() { err = errors.Join(err, end()) }()
	if err != nil {
		return nil, err
	}
	closing, err := closingOf(pack)
	if err != nil {
		return nil, err
	}
	v = &PackVerdict{Period: closing.Period, Version: closing.Version, SHA256: pack.Manifest.SHA256, Files: len(pack.Manifest.Files)}
	if v.SignedBy, err = signers(in, pack, closing); err != nil {
		return nil, err
	}
	t, err := openTillReadOnly(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	where := "there is no journal here to compare it with"
	if t != nil {
		calendar, err := t.calendar(ctx)
		if err != nil {
			return nil, err
		}
		if where, err = recorded(calendar, closing, v); err != nil {
			return nil, err
		}
	}
	signed := "nobody has signed it"
	if len(v.SignedBy) > 0 {
		signed = "signed by " + strings.Join(v.SignedBy, " and ")
	}
	v.Text = fmt.Sprintf("%s, version %d: the pack is whole (%d files, SHA-256 %s), %s; %s", closing.Period.Long(), closing.Version, v.Files, v.SHA256, signed, where)
	return v, nil
}

// SignPack signs the draft of a closing into a new file, for close --statement: an
// approver reads the pack and signs it on a machine of his own. It is signed as it
// is; that the inputs still say so is asked where they are.
func SignPack(in Input, path string, d Decision, to string) (done *Decided, err error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, &ExitError{ExitMissing, fmt.Errorf("%s: there is no such file [file-missing]", path)}
	}
	pack, end, err := openPack(path)
	defer func() { err = errors.Join(err, end()) }()
	if err != nil {
		return nil, err
	}
	closing, err := closingOf(pack)
	if err == nil {
		err = closing.MayStand()
	}
	if err != nil {
		return nil, err
	}
	d.Verb, d.Reason = approval.Close, closingReason(d.Reason, closing.Period)
	m := &made{closing: closing, hash: pack.Manifest.SHA256}
	return signInto(in, d, closing.Period.String(), m.detail(), to)
}

// signers holds the signatures in a pack to its manifest, and to each other.
func signers(in Input, pack *report.Pack, closing *period.Closing) (by []string, err error) {
	statements := make([]approval.Statement, 0, 2)
	for _, s := range pack.Signatures {
		said, err := approval.Verify(s.Text, in.Config.Payments.Approvers, in.Now())
		if err != nil {
			return nil, refusal(fmt.Errorf("signature %s: %w", s.Name, err))
		}
		if said.Action != approval.Close || said.Subject != closing.Period.String() || said.Detail[approval.DetailReport] != pack.Manifest.SHA256 {
			return nil, &ExitError{ExitCorrupt, fmt.Errorf("%s signed something else than this pack [closing-damaged]", said.By)}
		}
		statements, by = append(statements, said), append(by, said.By)
	}
	switch len(statements) {
	case 0:
		return nil, nil
	case 2:
		return by, refusal(approval.Pair(statements[0], statements[1], in.Config.Payments.Approvers))
	}
	return nil, &ExitError{ExitCorrupt, fmt.Errorf("the pack has %d signatures, and a closing has two [closing-damaged]", len(statements))}
}

// recorded compares a pack with the closings that the journal has.
func recorded(calendar period.Calendar, closing *period.Closing, v *PackVerdict) (string, error) {
	e, known := calendar.Closing(closing.Period, closing.Version)
	switch {
	case known && e.Closing == v.SHA256:
		v.Recorded = true
		return fmt.Sprintf("the journal has it, closed on %s by %s", e.On.Long(), e.By), nil
	case known:
		return "", &ExitError{ExitCorrupt, fmt.Errorf("the journal closed version %d of %s with %s, and this pack is %s [closing-damaged]",
			closing.Version, closing.Period.Long(), short(e.Closing), short(v.SHA256))}
	case len(v.SignedBy) > 0:
		return "", &ExitError{ExitCorrupt, fmt.Errorf("the journal here knows no version %d of %s: the pack is of another store, or this store is older than it [closing-damaged]",
			closing.Version, closing.Period.Long())}
	}
	return "the journal knows of no such closing yet", nil
}
