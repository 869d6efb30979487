package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/history"
	"reconcile/internal/posting"
	"reconcile/internal/report"
)

// write writes the report into folder, and what the history keeps of it into
// ending.
func (g *gathering) write(ctx context.Context, runs *history.Store, info report.RunInfo, folder string, ending *history.Ending) (*Done, error) {
	done := &Done{Facts: &g.facts, Folder: folder, Plan: g.plan, Approved: g.autoApproved}
	done.Code, done.Notices = g.verdict()
	info.ExitCode = done.Code
	info.Files = g.files(folder)
	if !g.facts.Summary(info).Ties() {
		return nil, fault("the control totals do not tie")
	}
	begun := g.in.Now()
	var noted outputs
	files := append(g.facts.Output(g.plan), report.File{Name: report.SummaryName, Write: func(w io.Writer) error {
		// The summary comes last, for it tells how long the others took.
		info.Elapsed = append(g.stages, report.Stage{Name: "report", MS: g.in.since(begun)})
		info.Finished = g.in.Now()
		done.Summary = g.facts.Summary(info)
		return done.Summary.WriteJSON(w)
	}})
	err := report.WriteFolder(folder, noted.of(files), func() error {
		// Nobody can see the report yet. What it is made of is kept first, and what
		// it hands out is noted; if we die here, the next run takes both back.
		kept := report.Kept{Run: info, Facts: &g.facts, Plan: g.plan}
		err := keep(g.in.Config.Path(g.in.Config.Store), info.ID, noted.of([]report.File{{Name: history.FactsName, Write: kept.Write}})[0])
		if err != nil {
			return err
		}
		return runs.HandOut(ctx, info.ID, g.facts.Postings.Lines())
	})
	if err == nil || exists(folder) && len(noted) > 0 {
		// A folder that is there has handed out what is in it, whatever came after.
		ending.WorkbookSHA256, ending.ResultsSHA256 = noted.sum(report.WorkbookName), noted.sum(report.ResultsName)
	}
	if err != nil {
		return nil, withCode(ExitNoReport, err)
	}
	ending.ExitCode, ending.Outputs = done.Code, noted
	if ending.Inputs, err = json.Marshal(done.Summary.Inputs); err != nil {
		return nil, fmt.Errorf("noting the inputs: %w", err)
	}
	if ending.Totals, err = json.Marshal(done.Summary.Totals); err != nil {
		return nil, fmt.Errorf("noting the totals: %w", err)
	}
	return done, nil
}

// files says where the report will stand.
func (g *gathering) files(folder string) report.Files {
	f := report.Files{
		Report:  filepath.Join(folder, report.WorkbookName),
		Results: filepath.Join(folder, report.ResultsName),
		CSV:     filepath.Join(folder, report.CSVFolder),
	}
	if g.plan != nil {
		f.Plan, f.PlanSHA256 = filepath.Join(folder, report.PlanName), g.plan.Hash
	}
	for _, file := range g.facts.QuarantineOutput() {
		f.Quarantined = append(f.Quarantined, filepath.Join(folder, file.Name))
	}
	for _, file := range g.facts.PostingsOutput() {
		f.Postings = append(f.Postings, filepath.Join(folder, file.Name))
	}
	return f
}

// outputs are the files that were written, with their hashes.
type outputs []history.Output

// of returns the files; each is noted when it has been written.
func (o *outputs) of(files []report.File) []report.File {
	noting := make([]report.File, len(files))
	for i, f := range files {
		noting[i] = report.File{Name: f.Name, Write: func(w io.Writer) error {
			m := &meter{to: w}
			h := sha256.New()
			if err := f.Write(io.MultiWriter(m, h)); err != nil {
				return err
			}
			*o = append(*o, history.Output{Name: f.Name, Bytes: m.bytes, SHA256: hex.EncodeToString(h.Sum(nil))})
			return nil
		}}
	}
	return noting
}

// sum returns the hash of a file; empty where it was not written.
func (o outputs) sum(name string) string {
	if i := slices.IndexFunc(o, func(one history.Output) bool { return one.Name == name }); i >= 0 {
		return o[i].SHA256
	}
	return ""
}

// A meter counts bytes.
type meter struct {
	to    io.Writer
	bytes int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.to.Write(b)
	m.bytes += int64(n)
	return n, err
}

// toBook says what a clerk must book, and what of it a run of another date
// has handed out. Only the run itself hands out, so that there is one place to
// look for it.
func (g *gathering) toBook(ctx context.Context, runs *history.Store) error {
	c := g.in.Config
	err := runs.Withdraw(ctx, func(id string) bool { return exists(filepath.Join(c.Path(c.Output), id)) })
	if err != nil {
		return withIO(err)
	}
	_, known, err := runs.Previous(ctx, g.in.AsOf)
	if err != nil {
		return withIO(err)
	}
	p := report.Postings{
		Entries: posting.Entries(g.facts.Result, c.Matching.AmountTolerance),
		HandOut: g.in.Kind == KindRun, First: !known,
	}
	for _, books := range c.Postings.Tally {
		p.Tally = append(p.Tally, report.TallyBooks(books))
	}
	lines := make([]string, len(p.Entries))
	for i := range p.Entries {
		lines[i] = p.Entries[i].Line
	}
	before, err := runs.HandedOutElsewhere(ctx, g.in.AsOf, lines)
	if err != nil {
		return withIO(err)
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		if h, handed := before[e.Line]; handed {
			e.Run, e.Since = h.Run, h.AsOf
		}
	}
	g.facts.Postings = p
	return nil
}

// factsFolder is the folder in the store where the facts of runs are kept.
const factsFolder = "runs"

func factsPath(store, id string) string { return filepath.Join(store, factsFolder, id+".facts") }

// unfinished begins the name of a file of facts that is being written.
const unfinished = ".unfinished-"

// keep writes the facts of a run into the store, whole or not at all. The caller
// holds the lock, so what is unfinished there is of the dead.
func keep(store, id string, f report.File) (err error) {
	path := factsPath(store, id)
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range left {
		if strings.HasPrefix(e.Name(), unfinished) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	temp := filepath.Join(dir, unfinished+id)
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Write(file), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a folder outlive a power cut.
func syncDir(path string) (err error) {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
