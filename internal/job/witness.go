package job

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
)

// notTheFirst refuses to begin a journal where the reports of earlier runs say
// that something was sent: then there was one, and it and its side log are lost,
// or nothing is left in them.
// The reports are no authority for what was sent, but they are a witness that
// something was, and a new journal would send all of it again.
func notTheFirst(c *config.Config) error {
	output := c.Path(c.Output)
	folders, err := runFolders(output)
	if noSuchFile(err) {
		return nil
	}
	if err != nil {
		return withIO(err)
	}
	for _, f := range folders {
		text, err := os.ReadFile(filepath.Join(output, f, "summary.json"))
		if noSuchFile(err) {
			continue
		}
		if err != nil {
			return unreadable(err)
		}
		var summary struct {
			Payments struct {
				Submitted struct {
					Count int `json:"count"`
				} `json:"submitted"`
			} `json:"payments"`
		}
		if json.Unmarshal(text, &summary) != nil || summary.Payments.Submitted.Count == 0 {
			continue
		}
		return &ExitError{ExitCorrupt, fmt.Errorf("%s sent %s, and neither the journal in %s nor its side log %s is there, or has a step: nothing is paid, for nobody knows what was. "+
			"Put back the newest copy of the store, then see reconcile recover; if all that was a trial, move the reports away too [journal-lost]",
			f, countOf(summary.Payments.Submitted.Count, "payment"), c.Path(c.Store), c.Path(c.Payments.SideLog))}
	}
	return nil
}

// toldByReports returns the payments of which the reports of earlier runs tell.
// Where an old store came back and no side log with it, nobody else knows that their
// suppliers may have been paid. A report that cannot be read may tell of more, and
// is an error.
func toldByReports(c *config.Config) (told []journal.Told, err error) {
	folders, err := runFolders(c.Path(c.Output))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, withIO(err)
	}
	for _, f := range folders {
		folder := filepath.Join(c.Path(c.Output), f)
		planned, err := planned(filepath.Join(folder, report.PlanName))
		if err != nil {
			return nil, unreadable(err)
		}
		reported, err := reported(filepath.Join(folder, report.ResultsName))
		if err != nil {
			return nil, unreadable(err)
		}
		for _, t := range append(planned, reported...) {
			t.By = "the report " + f
			told = append(told, t)
		}
	}
	return told, nil
}

// runFolder is how the folder of a run is called. What else lies beside the reports
// is not ours to read.
var runFolder = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z]+-[0-9]{2,}$`)

// runFolders returns the names of the folders of runs.
func runFolders(output string) (names []string, err error) {
	all, err := os.ReadDir(output)
	for _, f := range all {
		if runFolder.MatchString(f.Name()) {
			names = append(names, f.Name())
		}
	}
	return names, err
}

// unreadable is said of a report that may tell of payments and cannot be read.
func unreadable(err error) error {
	return &ExitError{ExitIO, fmt.Errorf("a report that may tell of payments cannot be read; make it readable, or move its folder away if that was a trial [report-unreadable]: %w", err)}
}

// noSuchFile tells whether an error is that there is no such file in a folder, or no
// such folder: not every file beside the reports is one.
func noSuchFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// planned returns the payments of a plan.
func planned(path string) (told []journal.Told, err error) {
	text, err := os.ReadFile(path)
	if noSuchFile(err) {
		return nil, nil // a run without a plan
	}
	if err != nil {
		return nil, err
	}
	p, err := proposal.Decode(text)
	if err != nil {
		return nil, nil // nobody could have sent it
	}
	hash := proposal.Hash(text)
	for i := range p.Instructions {
		told = append(told, journal.Told{ObjectID: p.Instructions[i].ObjectID, Supplier: p.Instructions[i].Supplier, Plan: hash})
	}
	return told, nil
}

// reported returns the payments in a report that bear a reference which only this
// program makes.
func reported(path string) (told []journal.Told, err error) {
	f, err := os.Open(path)
	if noSuchFile(err) {
		return nil, nil // no folder of a run
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l struct {
			ID       string `json:"payment_object_id"`
			Supplier string `json:"supplier_b2b_id"`
			UTR      string `json:"utr"`
		}
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.ID != "" && l.UTR == proposal.Reference(l.ID) {
			told = append(told, journal.Told{ObjectID: l.ID, Supplier: l.Supplier})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return told, nil
}
