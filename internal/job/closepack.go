package job

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/period"
	"reconcile/internal/report"
)

// made is a pack that was made in this run, or was found to be what this run would
// make. It lies in the store.
type made struct {
	c       *closer
	closing *period.Closing
	hash    string // of its manifest
	files   []report.PackedFile
	path    string // in the store
}

func (m *made) hashOf(name string) string {
	for _, f := range m.files {
		if f.Name == name {
			return f.SHA256
		}
	}
	return ""
}

// make makes the pack of the closing, and compares it with the one that was kept:
// what was signed must be what the inputs still say. A closing that does not tie and
// has no reason comes back with the error, and leaves nothing.
func (c *closer) make(ctx context.Context) (*made, error) {
	verdict, err := c.till.journal.Verify(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	now := period.Journal{Steps: verdict.Steps, Head: verdict.Head}
	kept, err := c.kept()
	if err != nil && !c.order.Anew {
		return nil, err
	}
	var changed []string
	if kept != nil {
		// The journal has grown since, by the signature if by nothing else: the steps
		// that the kept pack knows are what is compared.
		same, err := c.pack(ctx, kept.closing.Journal, cmp.Or(c.order.DifferenceReason, kept.closing.DifferenceReason))
		if err != nil {
			return same, err
		}
		if err := same.drop(); err != nil || same.hash == kept.hash {
			return kept, err
		}
		changed = difference(kept, same)
	}
	if err := c.nobodySigned(ctx, kept, changed); err != nil {
		return nil, err
	}
	m, err := c.pack(ctx, now, c.order.DifferenceReason)
	if m == nil || err != nil {
		return m, err
	}
	return m, m.keep()
}

// kept returns the pack of this version that was kept; nil where there is none.
func (c *closer) kept() (*made, error) {
	path := packPaths(c.in.Config, c.order.Period, c.version)[0]
	pack, end, err := openPack(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	closing, err := closingOf(pack)
	if err := errors.Join(err, end()); err != nil {
		return nil, err
	}
	return &made{c: c, closing: closing, hash: pack.Manifest.SHA256, files: pack.Manifest.Files, path: path}, nil
}

func closingOf(pack *report.Pack) (*period.Closing, error) {
	text, err := pack.File(report.ClosingName)
	if err != nil {
		return nil, withCode(ExitCorrupt, fmt.Errorf("reading a closing pack: %w [closing-damaged]", err))
	}
	closing := new(period.Closing)
	if err := json.Unmarshal(text, closing); err != nil {
		return nil, withCode(ExitCorrupt, fmt.Errorf("reading the closing in its pack: %w [closing-damaged]", err))
	}
	return closing, nil
}

// nobodySigned refuses to make another pack where somebody has signed one of this
// version already, unless that signature is to count no more.
func (c *closer) nobodySigned(ctx context.Context, kept *made, changed []string) error {
	waiting, err := c.till.waitingFor(ctx, approval.Close, c.order.Period.String())
	if err != nil || c.order.Anew {
		return err
	}
	var who []string
	for _, w := range waiting {
		if w.Detail[detailVersion] == fmt.Sprint(c.version) {
			who = append(who, w.By)
		}
	}
	if len(who) == 0 {
		return nil
	}
	slices.Sort(who)
	what := "the pack is not in the store any more"
	if kept != nil {
		what = strings.Join(changed, "; ")
	}
	return &ExitError{ExitNotApproved, fmt.Errorf("%s signed other figures of %s: %s. Give the same, or begin anew with --anew, for which both sign again [closing-changed]",
		strings.Join(slices.Compact(who), ", "), c.order.Period.Long(), what)}
}

// difference says in what two packs of one closing differ.
func difference(old, now *made) (all []string) {
	a, b := &old.closing.Tie, &now.closing.Tie
	if a.Control != b.Control {
		all = append(all, fmt.Sprintf("the control account was given as %s, and now as %s", a.Control.Grouped(), b.Control.Grouped()))
	}
	if a.SubLedger != b.SubLedger {
		all = append(all, fmt.Sprintf("the sub-ledger was %s, and is %s", a.SubLedger.Grouped(), b.SubLedger.Grouped()))
	}
	if old.closing.DifferenceReason != now.closing.DifferenceReason {
		all = append(all, "the reason for the difference is another one")
	}
	if old.closing.Program != now.closing.Program {
		all = append(all, fmt.Sprintf("it was made by version %s of the program, and this is %s", old.closing.Program, now.closing.Program))
	}
	was := make(map[string]string)
	for _, in := range old.closing.Inputs {
		was[in.Path] = in.SHA256
	}
	for _, in := range now.closing.Inputs {
		if was[in.Path] != in.SHA256 {
			all = append(all, in.Path+" is not the file that it was")
		}
		delete(was, in.Path)
	}
	for _, in := range old.closing.Inputs {
		if _, gone := was[in.Path]; gone {
			all = append(all, in.Path+" is not there any more")
		}
	}
	if len(all) == 0 {
		for _, f := range now.files {
			if old.hashOf(f.Name) != f.SHA256 {
				all = append(all, f.Name+" is another")
			}
		}
	}
	return all
}

// pack makes the pack beside its place in the store, as of a step of the journal.
func (c *closer) pack(ctx context.Context, known period.Journal, reason string) (*made, error) {
	closing, snapshot, err := c.statement(known, reason)
	if err != nil {
		return nil, err
	}
	m := &made{c: c, closing: closing, path: packPaths(c.in.Config, c.order.Period, c.version)[0]}
	if err := closing.MayStand(); err != nil {
		return m, err
	}
	files := []report.File{
		{Name: report.ClosingName, Write: func(w io.Writer) error { return writeJSON(w, closing) }},
		{Name: report.ClosingWorkbookName, Write: func(w io.Writer) error { return report.WriteClosing(w, closing) }},
		{Name: report.SnapshotName, Write: snapshot.Write},
		{Name: report.WorkbookName, Write: c.g.facts.WriteWorkbook},
		{Name: report.ResultsName, Write: c.g.facts.WriteResults},
		{Name: report.SummaryName, Write: c.g.facts.WriteTotals},
		{Name: report.StepsName, Write: func(w io.Writer) error {
			return c.till.journal.Export(ctx, &firstLines{w: w, left: known.Steps})
		}},
	}
	files = append(files, c.g.facts.QuarantineOutput()...)
	var manifest *report.Manifest
	if err := keepFile(m.beside(), 0o600, func(w io.Writer) (err error) {
		manifest, err = report.WritePack(w, files)
		return err
	}); err != nil {
		return nil, withIO(err)
	}
	m.hash, m.files = manifest.SHA256, manifest.Files
	return m, nil
}

// statement makes the closing itself.
func (c *closer) statement(known period.Journal, reason string) (*period.Closing, *period.Snapshot, error) {
	m := period.Material{
		Period: c.order.Period, Version: c.version, Control: c.order.Control, DifferenceReason: reason,
		Result: c.g.facts.Result, Book: c.g.facts.Ledger, Own: c.ownPayments(), Journal: known, Program: c.in.Version,
	}
	for _, in := range c.g.facts.Summary(report.RunInfo{}).Inputs {
		m.Inputs = append(m.Inputs, period.Input{Path: in.Path, Kind: in.Kind, SHA256: in.SHA256})
	}
	var err error
	if before, is := c.calendar.Before(c.order.Period); is {
		m.Previous = &before
		if m.PreviousSnapshot, err = snapshotOf(c.in.Config, &before); err != nil {
			return nil, nil, err
		}
	}
	if old, is := c.calendar.LastClosing(c.order.Period); is {
		m.Replaces = &old
		if m.ReplacedSnapshot, err = snapshotOf(c.in.Config, &old); err != nil {
			return nil, nil, err
		}
	}
	closing, snapshot, err := period.Make(m)
	return closing, snapshot, withCode(ExitFault, err)
}

// beside is where a pack is made before it takes its place.
func (m *made) beside() string { return m.path + ".new" }

func (m *made) drop() error { return withIO(os.Remove(m.beside())) }

func (m *made) keep() error { return withIO(os.Rename(m.beside(), m.path)) }

// countersign writes the signatures into the pack in the store.
func (m *made) countersign(signatures []report.Signature) error {
	pack, end, err := openPack(m.path)
	if err != nil {
		return errors.Join(err, end())
	}
	err = keepFile(m.path, 0o600, func(w io.Writer) error { return pack.WriteSigned(w, signatures) })
	return errors.Join(withIO(err), end())
}

// publish copies the pack to the output, where people look for it. An old version is
// never in its way, for it has another name.
func (m *made) publish() error {
	f, err := os.Open(m.path)
	if err != nil {
		return withIO(err)
	}
	err = keepFile(packPaths(m.c.in.Config, m.c.order.Period, m.c.version)[1], 0o640, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
	return withCode(ExitNoReport, errors.Join(err, f.Close()))
}

// keepFile writes a file whole or not at all, in the place of one that may be there.
func keepFile(path string, mode os.FileMode, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return withIO(err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-")
	if err != nil {
		return withIO(err)
	}
	err = errors.Join(write(f), f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return withIO(errors.Join(err, os.Remove(f.Name())))
	}
	d, err := os.Open(dir)
	if err != nil {
		return withIO(err)
	}
	return withIO(errors.Join(d.Sync(), d.Close()))
}

// textOf returns what a function writes.
func textOf(write func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b)
	return b.Bytes(), err
}

func writes(text []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// firstLines passes on that many lines, and swallows what follows.
type firstLines struct {
	w    io.Writer
	left int64
}

func (f *firstLines) Write(b []byte) (int, error) {
	n := 0
	for f.left > 0 && n < len(b) {
		end := bytes.IndexByte(b[n:], '\n')
		if end < 0 {
			n = len(b)
			break
		}
		n += end + 1
		f.left--
	}
	if _, err := f.w.Write(b[:n]); err != nil {
		return 0, err
	}
	return len(b), nil
}
