package job

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/history"
	"reconcile/internal/report"
)

// A Rendered is an old run that was rendered again.
type Rendered struct {
	Run     string         `json:"run"`
	Folder  string         `json:"folder"`
	Version string         `json:"version"` // of the program that the run was made by
	Same    bool           `json:"same"`    // every file is byte for byte what it was
	Files   []RenderedFile `json:"files"`   // by name
	Code    int            `json:"-"`
}

// A RenderedFile is one file of it.
type RenderedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // empty where the program writes it no more
	Was    string `json:"was"`    // the hash that the history has; empty where the run did not write it
}

// Same tells whether the file is byte for byte what it was.
func (f *RenderedFile) Same() bool { return f.SHA256 == f.Was }

// Report renders a run again from the facts that it kept, and compares each file
// with what the history says that it was. It writes into the folder of the run,
// which must be gone, or into another that does not exist; inputs, journal and
// wire are not asked.
func Report(ctx context.Context, c *config.Config, id, to string) (*Rendered, error) {
	store := c.Path(c.Store)
	run, was, err := recordOf(ctx, store, id)
	if err != nil {
		return nil, err
	}
	kept, err := restore(store, run, was)
	if err != nil {
		return nil, err
	}
	// A run that could not mail its report ended worse than its report could know.
	kept.Run.ExitCode = run.ExitCode
	folder := to
	if folder == "" {
		folder = filepath.Join(c.Path(c.Output), run.ID)
	}
	var is outputs
	files := append(kept.Facts.Output(kept.Plan), kept.Facts.SummaryOutput(kept.Run))
	err = report.WriteFolder(folder, is.of(files), nil)
	if errors.Is(err, fs.ErrExist) {
		return nil, &ExitError{ExitNoReport, fmt.Errorf("%s is there already, and a report is never written over: give another folder with --to, or move it away [report-exists]", folder)}
	}
	if err != nil {
		return nil, withCode(ExitNoReport, err)
	}
	r := compareOutputs(is, was)
	r.Run, r.Folder, r.Version = run.ID, folder, kept.Facts.Version
	return r, nil
}

// recordOf returns what the history knows of a run that wrote a report.
func recordOf(ctx context.Context, store, id string) (run history.Run, was []history.Output, err error) {
	runs, err := history.OpenReadOnly(ctx, store)
	if errors.Is(err, fs.ErrNotExist) {
		return run, nil, &ExitError{ExitMissing, fmt.Errorf("%s has no run history, so no run is known; see the setting store [run-unknown]", store)}
	}
	if err != nil {
		return run, nil, withIO(err)
	}
	defer func() { err = errors.Join(err, withIO(runs.Close())) }()
	run, found, err := runs.Find(ctx, id)
	if err != nil {
		return run, nil, withIO(err)
	}
	if !found {
		return run, nil, unknownRun(ctx, runs, id)
	}
	if run.ResultsSHA256 == "" {
		return run, nil, &ExitError{ExitMissing, fmt.Errorf("run %s wrote no report: it ended with code %d, or was interrupted [run-without-report]", id, run.ExitCode)}
	}
	if was, err = runs.Outputs(ctx, id); err != nil {
		return run, nil, withIO(err)
	}
	return run, was, nil
}

// runsNamed is how many runs an error names.
const runsNamed = 3

// unknownRun says that there is no such run, and which the last ones are.
func unknownRun(ctx context.Context, runs *history.Store, id string) error {
	all, err := runs.List(ctx)
	if err != nil {
		return withIO(err)
	}
	var last []string
	for _, r := range all {
		if r.ResultsSHA256 != "" && len(last) < runsNamed {
			last = append(last, r.ID)
		}
	}
	text := fmt.Sprintf("no run is called %q", id)
	if len(last) > 0 {
		text += "; the last ones are " + strings.Join(last, ", ")
	}
	return &ExitError{ExitMissing, errors.New(text + " [run-unknown]")}
}

// restore reads the facts of a run, which must be the bytes that were kept.
func restore(store string, run history.Run, was []history.Output) (*report.Kept, error) {
	i := slices.IndexFunc(was, func(o history.Output) bool { return o.Name == history.FactsName })
	path := factsPath(store, run.ID)
	text, err := os.ReadFile(path)
	switch {
	case i < 0:
		return nil, &ExitError{ExitMissing, fmt.Errorf("run %s was made by version %s, which kept nothing to render it from; its folder is all there is [facts-missing]", run.ID, run.Version)}
	case errors.Is(err, fs.ErrNotExist):
		return nil, &ExitError{ExitMissing, fmt.Errorf("%s is gone: put it back from a copy of the store; without it run %s cannot be rendered again [facts-missing]", path, run.ID)}
	case err != nil:
		return nil, withCode(ExitIO, err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != was[i].SHA256 {
		return nil, &ExitError{ExitCorrupt, fmt.Errorf("%s is not what run %s kept (SHA-256 %x, and the history has %s): put it back from a copy of the store; what it would give would prove nothing [facts-changed]", path, run.ID, sum, was[i].SHA256)}
	}
	kept, err := report.ReadKept(bytes.NewReader(text))
	var format *report.KeptFormatError
	if errors.As(err, &format) {
		return nil, &ExitError{ExitCorrupt, fmt.Errorf("%s: %w; use version %s of the program, which made run %s [facts-unreadable]", path, err, run.Version, run.ID)}
	}
	return kept, withCode(ExitCorrupt, err)
}

// compareOutputs sets beside each other what was written now and then.
func compareOutputs(is outputs, was []history.Output) *Rendered {
	r := &Rendered{Same: true, Files: []RenderedFile{}}
	for _, o := range is {
		r.Files = append(r.Files, RenderedFile{Name: o.Name, SHA256: o.SHA256, Was: outputs(was).sum(o.Name)})
	}
	for _, o := range was {
		if o.Name != history.FactsName && is.sum(o.Name) == "" {
			r.Files = append(r.Files, RenderedFile{Name: o.Name, Was: o.SHA256})
		}
	}
	slices.SortFunc(r.Files, func(a, b RenderedFile) int { return strings.Compare(a.Name, b.Name) })
	for i := range r.Files {
		r.Same = r.Same && r.Files[i].Same()
	}
	if !r.Same {
		r.Code = ExitNoReport
	}
	return r
}

// Text writes for a person what was rendered and whether it is what it was.
// Version is that of this program.
func (r *Rendered) Text(w io.Writer, version string) error {
	var b bytes.Buffer
	if r.Same {
		fmt.Fprintf(&b, "Run %s: %s in %s, byte for byte the same\n", r.Run, countOf(len(r.Files), "file"), r.Folder)
		_, err := w.Write(b.Bytes())
		return err
	}
	fmt.Fprintf(&b, "Run %s: %s in %s, and not all of them are what they were [report-differs]\n", r.Run, countOf(len(r.Files), "file"), r.Folder)
	for i := range r.Files {
		switch f := &r.Files[i]; {
		case f.Same():
		case f.SHA256 == "":
			fmt.Fprintf(&b, "  %s  is not written any more (it was %s)\n", f.Name, f.Was)
		case f.Was == "":
			fmt.Fprintf(&b, "  %s  was not written then (it is %s)\n", f.Name, f.SHA256)
		default:
			fmt.Fprintf(&b, "  %s  is %s, and was %s\n", f.Name, f.SHA256, f.Was)
		}
	}
	fmt.Fprintf(&b, "Its facts are what was kept. Version %s made the run, and this is %s: another version may write the same facts in another way; for the same bytes use that one.\n", r.Version, version)
	_, err := w.Write(b.Bytes())
	return err
}

// ReportMessages lists what can be said about rendering an old run.
func ReportMessages() []Message {
	return []Message{
		{"run-unknown", "No run is called like that, or there is no run history.", "Use one of those that are named: the names of the folders of reports."},
		{"run-without-report", "The run ended before its report was written.", "Nothing: there is no report of it."},
		{"facts-missing", "What the run kept is not in the store, or it was made by a version that kept nothing.", "Put back the file from a copy of the store."},
		{"facts-changed", "What the run kept is not byte for byte what the history says.", "Put back the file from a copy of the store."},
		{"facts-unreadable", "What the run kept is in a form that this version does not know.", "Use the version of the program that is named."},
		{"report-exists", "The folder is there already, and no report is written over.", "Give another folder with --to, or move that one away."},
		{"report-differs", "The report was rendered, and not all of its files are byte for byte what they were; each is named.", "Use the version of the program that made the run."},
	}
}
