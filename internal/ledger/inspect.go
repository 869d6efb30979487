package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// An Inspection is what the reader sees in one ledger: enough to compare it with
// the ERP, and to mend the configuration where it is wrong. Values in it are
// masked where they are account numbers or may be.
type Inspection struct {
	Path   string `json:"path"`
	Format string `json:"format,omitempty"` // "CSV, UTF-8, comma"
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`

	Layout      string `json:"layout,omitempty"` // empty where it is not recognised
	System      string `json:"system,omitempty"` // for people: "Tally, Bills Payable"
	Known       string `json:"known,omitempty"`  // seen, documented, assumed
	Score       int    `json:"score,omitempty"`
	RunnerUp    string `json:"runner_up,omitempty"`
	SecondScore int    `json:"second_score,omitempty"`
	Convention  string `json:"convention,omitempty"` // which amounts are owed

	Sheets      []InspectedSheet `json:"sheets"`
	Rows        int              `json:"rows"` // below the heading
	Accepted    int              `json:"accepted"`
	Quarantined int              `json:"quarantined"`
	Skipped     []SkippedRows    `json:"skipped,omitempty"`
	Totals      []InspectedTotal `json:"totals,omitempty"`
	Suppliers   *InspectedJoin   `json:"suppliers,omitempty"` // nil where there is no supplier master, or the file is refused
	Notes       []string         `json:"notes,omitempty"`

	Problems     []Remark `json:"problems,omitempty"` // the first of them
	MoreProblems int      `json:"more_problems,omitempty"`
	Refused      []Remark `json:"refused,omitempty"` // why the file cannot be read as a whole; empty where it can
	Paste        string   `json:"paste,omitempty"`   // lines for reconcile.yaml; empty where nothing has to be set
	PasteNote    string   `json:"paste_note,omitempty"`
}

// An InspectedSheet is one sheet of the file. A CSV has one without a name.
type InspectedSheet struct {
	Name    string            `json:"name,omitempty"`
	Read    bool              `json:"read"`
	Why     string            `json:"why"`
	Heading int               `json:"heading,omitempty"` // its row; 0 where there is none
	Columns []InspectedColumn `json:"columns,omitempty"`
}

// An InspectedColumn is one column of a sheet.
type InspectedColumn struct {
	Letter     string   `json:"letter"`
	Heading    string   `json:"heading"`
	Meaning    string   `json:"meaning"`              // canonical, or "not used"
	Confidence string   `json:"confidence,omitempty"` // high, medium, low, set
	Why        string   `json:"why,omitempty"`
	Format     string   `json:"format"`
	Examples   []string `json:"examples,omitempty"` // at most three, distinct
}

// A Remark is a fault with its place and what to do.
type Remark struct {
	Place  string `json:"place"`
	Check  string `json:"check"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// SkippedRows counts rows that are no items, for one reason.
type SkippedRows struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

// An InspectedTotal is the control total of one column, in rupees with two
// decimals.
type InspectedTotal struct {
	Column      string `json:"column"`
	Read        string `json:"read"`
	Accepted    string `json:"accepted"`
	Skipped     string `json:"skipped"`
	Quarantined string `json:"quarantined"`
}

// NotUsed is the meaning of a column that is not read.
const NotUsed = "not used"

// firstProblems is how many faults of rows an inspection names.
const firstProblems = 10

// A sighting is what a reader found out about a file on the way.
type sighting struct {
	chosen  *choice
	votes   *ballot
	reading *rowReader // nil where the votes contradict each other
}

// Inspect reads one ledger as Read would and says what it saw. A file that is
// refused is no error: Refused says why. An error is about the options, or about
// ctx.
func Inspect(ctx context.Context, ref source.Ref, o Options) (*Inspection, error) {
	in := &Inspection{Path: ref.Path()}
	o = o.For(ref.Path())
	if _, err := o.overrides(); err != nil {
		return nil, err
	}
	m := &meter{tell: o.Progress}
	m.of([]source.Ref{ref})
	defer m.close()
	reading, cancel := within(ctx, ref.Path())
	defer cancel()
	m.begin(ref.Size())
	data, stat, err := ref.ReadAll(source.MaxTable)
	in.SHA256, in.Bytes = stat.SHA256, stat.Bytes
	if err != nil {
		in.refuse(refused(ref.Path(), err))
		return in, nil
	}
	file, err := table.Open(ref.Path(), data, limits(reading, m))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("inspecting %s: %w", ref.Path(), context.Cause(ctx))
	}
	if err != nil {
		in.refuse(refused(ref.Path(), err))
		return in, nil
	}
	in.Format = file.Format
	m.open(file.Size, inspectPasses)
	err = in.file(ctx, m, sheetFile{Input{Path: ref.Path(), Notes: file.Notes}, file.Sheets}, o)
	return in, errors.Join(err, file.Close())
}

// file inspects a ledger that has been opened.
func (in *Inspection) file(ctx context.Context, m *meter, f sheetFile, o Options) error {
	r, err := newReader(ctx, o)
	if err != nil {
		return err
	}
	r.saw, r.meter = &sighting{}, m
	r.add(f)
	book, err := r.finish()
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		in.refuse(err)
		in.Notes = f.Input.Notes
	default:
		in.take(book)
		in.Suppliers = joinWith(book, o.Suppliers)
	}
	f.Sheets, _ = withoutReasons(f.Sheets)
	seen := r.saw.chosen
	if seen == nil {
		nearest, err := in.guessed(f, o, r.overrides)
		if err != nil {
			return nil // the file itself cannot be read, which was said
		}
		seen = &nearest
	}
	if r.saw.reading != nil {
		in.Convention = "amounts stand as they are written; document_type says which documents are credits"
		if seen.l.foreign() || seen.sided() {
			in.Convention = seen.convention(r.saw.reading)
		}
	}
	if seen.l != nil {
		in.Notes = slices.DeleteFunc(in.Notes, func(note string) bool { return strings.HasPrefix(note, "read as "+seen.l.system) }) // said by the fields
		in.Layout, in.System, in.Known, in.Score = seen.l.name, seen.l.system, seen.l.known.String(), seen.score
		in.RunnerUp, in.SecondScore = seen.runnerUp, seen.second
	}
	l := looker{in: in, f: f, seen: seen, saw: r.saw, meter: m, overrides: r.overrides, named: o.Preset != "" && o.Preset != "auto"}
	if err := l.sheets(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		in.refuse(refused(f.Input.Path, err))
	}
	if len(in.Refused) > 0 {
		l.paste(ctx, o)
		if r.saw.chosen == nil {
			in.Layout, in.System, in.Known, in.Score, in.RunnerUp, in.SecondScore = "", "", "", 0, "", 0
		}
	}
	return nil
}

// guessed returns the layout that comes nearest to a file that was refused
// before one was chosen.
func (in *Inspection) guessed(f sheetFile, o Options, overrides map[column]string) (choice, error) {
	var samples []sample
	for _, sheet := range f.Sheets {
		s, err := takeSample(sheet)
		if err != nil {
			return choice{}, err
		}
		samples = append(samples, s)
	}
	c, err := choose(f.Input.Path, samples, o.Preset, overrides)
	if err != nil {
		c.runnerUp, c.second = "", 0 // said by the refusal
	}
	return c, nil
}

// take notes what was read.
func (in *Inspection) take(book *Book) {
	input := book.Inputs[0]
	in.Rows, in.Accepted, in.Quarantined, in.Notes = input.Rows, input.Accepted, input.Quarantined, input.Notes
	for _, s := range input.Skipped {
		in.Skipped = append(in.Skipped, SkippedRows(s))
	}
	for _, c := range input.Columns {
		in.Totals = append(in.Totals, InspectedTotal{c.Column, c.Read.String(), c.Accepted.String(), c.Skipped.String(), c.Quarantined.String()})
	}
	for _, p := range book.Problems[:min(len(book.Problems), firstProblems)] {
		r := Remark{Place: p.Pos.String(), Check: p.Check, Text: p.Text, Remedy: p.Remedy}
		if p.Column != "" {
			r.Text = p.Column + ": " + r.Text
			if p.Value != "" {
				r.Text = fmt.Sprintf("%s %q: %s", p.Column, party.MaskPAN(maskHandles(p.Value)), p.Text)
			}
		}
		in.Problems = append(in.Problems, r)
	}
	in.MoreProblems = len(book.Problems) - len(in.Problems)
}

// refuse notes why the file cannot be read, each reason by itself.
func (in *Inspection) refuse(err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			in.refuse(one)
		}
		return
	}
	var e *FileError
	if errors.As(err, &e) {
		in.Refused = append(in.Refused, Remark{e.Pos.String(), e.Check, e.Text, e.Remedy})
		return
	}
	in.Refused = append(in.Refused, Remark{Place: in.Path, Check: checks[checkFile].Name, Text: err.Error()})
}

// refusedFor tells whether the file was refused by one of the checks.
func (in *Inspection) refusedFor(ids ...checkID) bool {
	return slices.ContainsFunc(in.Refused, func(r Remark) bool {
		return slices.ContainsFunc(ids, func(id checkID) bool { return checks[id].Name == r.Check })
	})
}

// oneLine returns text as it may stand in a table: on one line, and not longer
// than people read.
func oneLine(s string) string {
	const longest = 40
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}
