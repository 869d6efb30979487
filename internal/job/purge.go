package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/history"
	"reconcile/internal/journal"
)

// A Purge is what had its time by the section keep, and whether it went.
type Purge struct {
	DryRun bool   `json:"dry_run"`
	Gone   []Gone `json:"gone"`
	Kept   string `json:"kept"` // what never goes
}

// A Gone is what of one kind has had its time.
type Gone struct {
	What   string `json:"what"`
	Count  int    `json:"count"`
	Bytes  int64  `json:"bytes"`
	Before string `json:"before"` // the date before which it lies
	Why    string `json:"why"`    // the setting
	Rule   string `json:"rule"`   // what makes it no shorter

	do func(context.Context) error
}

// neverPurged is what no setting erases.
const neverPurged = "debts, amounts, states, hashes and the steps of the journal, its side log, what people signed, the run history, closings, keys, ledgers and event logs are kept for ever"

// purgeBatch is how many runs one record names: a record is bounded.
const purgeBatch = 500

// Purged lists what has had its time and, unless dryRun, erases it. What goes is
// written into the journal first, by its hashes: if we die in between, the next
// purge finds the rest. Without a section keep nothing ever goes.
func Purged(ctx context.Context, in Input, dryRun bool) (p *Purge, err error) {
	keep := in.Config.Keep
	p = &Purge{DryRun: dryRun, Gone: []Gone{}, Kept: neverPurged}
	if keep.Reports.Forever() && keep.PersonalData.Forever() {
		return p, nil
	}
	w := &purger{in: in, today: day.In(in.Now(), in.Config.Timezone)}
	if !dryRun {
		release, locked := history.Lock(in.Config.Path(in.Config.Store))
		if locked != nil {
			return nil, withIO(locked)
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	if err := w.find(ctx); err != nil {
		return nil, err
	}
	p.Gone = append(p.Gone, w.gone...)
	if dryRun || len(w.gone) == 0 {
		return p, nil
	}
	return p, w.erase(ctx)
}

// find looks for what has had its time, and changes nothing.
func (w *purger) find(ctx context.Context) (err error) {
	if w.till, err = openTillReadOnly(ctx, w.in); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.till.close()) }()
	for _, find := range []func(context.Context) error{w.reports, w.personal, w.copies} {
		if err := find(ctx); err != nil {
			return withIO(err)
		}
	}
	return nil
}

// erase does it, with the journal open to write it down; where there is none, it
// begins with this.
func (w *purger) erase(ctx context.Context) (err error) {
	if w.till, err = beginTill(ctx, w.in); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.till.close()) }()
	for _, g := range w.gone {
		if err := g.do(ctx); err != nil {
			return withIO(fmt.Errorf("erasing %s: %w", g.What, err))
		}
		w.in.log().Info("erased", "stage", "purge", "what", g.What, "count", g.Count, "bytes", g.Bytes)
	}
	return nil
}

// A purger finds what has had its time.
type purger struct {
	in    Input
	till  *till // nil where there is no journal yet
	today day.Date
	gone  []Gone
}

// A purgedRun is what the journal keeps of a report that was deleted.
type purgedRun struct {
	Run            string `json:"run"`
	Bytes          int64  `json:"bytes"`
	ResultsSHA256  string `json:"results_sha256"`
	WorkbookSHA256 string `json:"workbook_sha256"`
}

// reports finds the folders of runs that the history knows, and their facts in the
// store. The term begins with the end of the financial year of the business date.
// The last report of all stays: the next one is compared with it.
func (w *purger) reports(ctx context.Context) (err error) {
	c := w.in.Config
	if c.Keep.Reports.Forever() {
		return nil
	}
	runs, err := history.OpenReadOnly(ctx, c.Path(c.Store))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	all, err := runs.List(ctx)
	if err != nil {
		return err
	}
	last, known, err := runs.Last(ctx)
	if err != nil {
		return err
	}
	var old []purgedRun
	for _, r := range all {
		if r.Finished.IsZero() || known && r.ID == last.ID || w.today < keptUntil(r.AsOf, c.Keep.Reports) {
			continue
		}
		bytes, there, err := w.sizeOf(r.ID)
		if err != nil {
			return err
		}
		if there {
			old = append(old, purgedRun{r.ID, bytes, r.ResultsSHA256, r.WorkbookSHA256})
		}
	}
	if len(old) == 0 {
		return nil
	}
	g := Gone{What: "reports of runs", Count: len(old), Before: firstKept(w.today, c.Keep.Reports).String(),
		Why: "keep.reports " + c.Keep.Reports.String(), Rule: "Companies Act 2013, section 128(5): 8 financial years",
		do: func(ctx context.Context) error { return w.dropReports(ctx, old) }}
	for _, r := range old {
		g.Bytes += r.Bytes
	}
	w.gone = append(w.gone, g)
	return nil
}

// keptUntil returns the first date on which a document of a business date may go.
func keptUntil(asOf day.Date, t config.Term) day.Date {
	next, _ := day.Of(int(asOf.FinancialYear())+1, 4, 1)
	return t.After(next)
}

// firstKept returns the first business date whose documents stay.
func firstKept(today day.Date, t config.Term) day.Date {
	first, _ := day.Of(int(today.FinancialYear()), 4, 1)
	for d := first; ; {
		before, _ := day.Of(int(d.FinancialYear())-1, 4, 1)
		if today >= keptUntil(before, t) {
			return d
		}
		d = before
	}
}

// purging begins the name of what is being removed.
const purging = ".purged-"

// dying returns the name that a place has while it is removed.
func dying(place string) string {
	return filepath.Join(filepath.Dir(place), purging+filepath.Base(place))
}

// places are the folder and the file of a run.
func (w *purger) places(id string) []string {
	c := w.in.Config
	return []string{filepath.Join(c.Path(c.Output), id), factsPath(c.Path(c.Store), id)}
}

// sizeOf measures what there is of a run, and what an interrupted purge has left.
// A symbolic link is no report of ours.
func (w *purger) sizeOf(id string) (bytes int64, there bool, err error) {
	for _, place := range w.places(id) {
		for _, path := range []string{place, dying(place)} {
			info, err := os.Lstat(path)
			if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink != 0 {
				continue
			}
			if err != nil {
				return 0, false, err
			}
			n, err := weigh(path)
			if err != nil {
				return 0, false, err
			}
			bytes, there = bytes+n, true
		}
	}
	return bytes, there, nil
}

// weigh sums the files below a path.
func weigh(path string) (bytes int64, err error) {
	err = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// dropReports notes the runs in the journal and removes what there is of them.
func (w *purger) dropReports(ctx context.Context, old []purgedRun) error {
	for from := 0; from < len(old); from += purgeBatch {
		batch := old[from:min(from+purgeBatch, len(old))]
		if err := w.note(ctx, "reports", map[string]any{"runs": batch, "keep": w.in.Config.Keep.Reports.String()}); err != nil {
			return err
		}
		for _, r := range batch {
			for _, place := range w.places(r.Run) {
				if err := remove(place); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// remove takes the name from a folder before its files, so that nobody reads half a
// report, and finishes what an interrupted purge has begun.
func remove(place string) error {
	if err := os.RemoveAll(dying(place)); err != nil {
		return err
	}
	info, err := os.Lstat(place)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil // gone, or none of ours
	}
	if err != nil {
		return err
	}
	if err := os.Rename(place, dying(place)); err != nil {
		return err
	}
	if err := os.RemoveAll(dying(place)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(place))
}

// note writes down what is erased.
func (w *purger) note(ctx context.Context, subject string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return w.till.journal.Record(ctx, journal.Record{Kind: journal.KindPurged, Subject: subject, Body: text})
}

// personal finds plans, requests and answers in the journal. Requests to accounts
// payable stay: by the id in them it is known that an invoice was paid.
func (w *purger) personal(ctx context.Context) error {
	keep := w.in.Config.Keep.PersonalData
	if keep.Forever() || w.till == nil {
		return nil
	}
	kinds := []string{journal.PersonalRequests, journal.PersonalAnswers, journal.PersonalPlans}
	for i := range w.till.entries {
		if _, payable := enkash.APPaymentID(w.till.entries[i].Body); payable {
			kinds = kinds[1:]
			break
		}
	}
	before := keep.Before(w.in.Now())
	found, err := w.till.journal.Personal(ctx, before, kinds...)
	if err != nil {
		return err
	}
	words := map[string]string{journal.PersonalRequests: "requests of payments that came to an end", journal.PersonalAnswers: "answers as a supplier", journal.PersonalPlans: "plans that are over"}
	for _, f := range found {
		w.gone = append(w.gone, Gone{What: words[f.What], Count: f.Count, Bytes: f.Bytes, Before: day.In(before, w.in.Config.Timezone).String(),
			Why: "keep.personal_data " + keep.String(), Rule: "Digital Personal Data Protection Rules 2025, rule 8(3): 1 year",
			do: func(ctx context.Context) error {
				_, err := w.till.journal.ErasePersonal(ctx, before, f.What)
				return err
			}})
	}
	return nil
}

// copies finds the copies of the journal that a new version of the program left
// before it brought the journal up to date: they hold what is erased elsewhere.
func (w *purger) copies(context.Context) error {
	keep := w.in.Config.Keep.PersonalData
	if keep.Forever() {
		return nil
	}
	before := keep.Before(w.in.Now())
	all, err := filepath.Glob(journal.File(w.in.Config.Path(w.in.Config.Store)) + ".before-*")
	if err != nil {
		return err
	}
	var old []string
	g := Gone{What: "copies of the journal of earlier versions", Before: day.In(before, w.in.Config.Timezone).String(), Why: "keep.personal_data " + keep.String(),
		Rule: "Digital Personal Data Protection Rules 2025, rule 8(3): 1 year"}
	for _, path := range all {
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() && info.ModTime().Before(before) {
			old, g.Bytes = append(old, path), g.Bytes+info.Size()
		}
	}
	if g.Count = len(old); g.Count == 0 {
		return nil
	}
	g.do = func(ctx context.Context) error {
		names := make([]string, len(old))
		for i, path := range old {
			names[i] = filepath.Base(path)
		}
		if err := w.note(ctx, "journal-copies", map[string]any{"files": names, "keep": keep.String()}); err != nil {
			return err
		}
		for _, path := range old {
			if err := remove(path); err != nil {
				return err
			}
		}
		return nil
	}
	w.gone = append(w.gone, g)
	return nil
}

// Text says it to people.
func (p *Purge) Text() string {
	var b strings.Builder
	verb := "erased"
	if p.DryRun {
		verb = "would erase"
	}
	for _, g := range p.Gone {
		fmt.Fprintf(&b, "%s %d %s (%s), before %s: %s; %s\n", verb, g.Count, g.What, size(g.Bytes), g.Before, g.Why, g.Rule)
	}
	if len(p.Gone) == 0 {
		b.WriteString("nothing has had its time; see the section keep of the configuration\n")
	}
	fmt.Fprintf(&b, "%s\n", p.Kept)
	return b.String()
}
