package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// A Summary is what summary.json holds and --json prints.
type Summary struct {
	Run         RunSummary           `json:"run"`
	Kind        string               `json:"kind"`
	Verdict     string               `json:"verdict"`
	Inputs      []InputSummary       `json:"inputs"`
	Totals      Ordered[StatusTotal] `json:"totals"`
	Breaks      Ordered[Amount]      `json:"breaks"`
	Changes     *ChangeSummary       `json:"changes,omitempty"` // absent where nobody compared
	Due         DueSummary           `json:"due"`
	Payments    PaymentSummary       `json:"payments"`
	ToBook      BookingSummary       `json:"to_book"`
	Quarantined int                  `json:"quarantined"`
	Proof       []Proof              `json:"proof"`
	Files       Files                `json:"files"`
}

// RunSummary is the only part of a summary that two runs on the same input do
// not share.
type RunSummary struct {
	ID        string         `json:"id"`
	AsOf      day.Date       `json:"as_of"`
	ExitCode  int            `json:"exit_code"`
	Started   time.Time      `json:"started"`
	Finished  time.Time      `json:"finished"`
	Host      string         `json:"host"`
	ElapsedMS Ordered[int64] `json:"elapsed_ms"`
	Overrides []string       `json:"overrides"`
	Version   string         `json:"version"`
}

// An InputSummary is one input file. Rows = Accepted + Skipped + Quarantined;
// of an event log a row is one body, of which a delivery holds one or, with its
// answer, two.
type InputSummary struct {
	Path        string                 `json:"path"`
	Kind        string                 `json:"kind"` // ledger, events
	SHA256      string                 `json:"sha256"`
	Bytes       int64                  `json:"bytes"`
	Rows        int                    `json:"rows"`
	Accepted    int                    `json:"accepted"`
	Skipped     int                    `json:"skipped"`
	Quarantined int                    `json:"quarantined"`
	Amounts     Ordered[ColumnAmounts] `json:"amounts"`

	Layout        string       `json:"layout,omitempty"`
	Score         int          `json:"score,omitempty"`     // by which the layout was chosen
	RunnerUp      string       `json:"runner_up,omitempty"` // the layout that fitted next best
	RunnerUpScore int          `json:"runner_up_score,omitempty"`
	Reasons       Ordered[int] `json:"skipped_by_reason,omitempty"`
	Noise         int          `json:"binary_noise,omitempty"` // numbers read as the whole paisa they lie beside
	Notes         []string     `json:"notes,omitempty"`        // what was found out about the file and is no fault
	Wrong         []string     `json:"wrong_totals,omitempty"` // of these, totals in the file that are not the sum of its rows
	Mended        int          `json:"mended,omitempty"`       // of the quarantined rows, those that a line of another file replaces

	Events *EventSummary `json:"events,omitempty"`
	ties   bool
}

// ColumnAmounts is what the cells of one amount column sum to.
type ColumnAmounts struct {
	Read        money.Paise `json:"read"`
	Accepted    money.Paise `json:"accepted"`
	Skipped     money.Paise `json:"skipped"`
	Quarantined money.Paise `json:"quarantined"`
}

// An EventSummary says what became of the bodies of an event log:
// Bodies = Folded + Copies + Foreign + the Counted ones + those quarantined.
type EventSummary struct {
	Deliveries int          `json:"deliveries"` // lines that hold anything, or elements of an array
	Bodies     int          `json:"bodies"`
	Folded     int          `json:"folded"`
	Copies     int          `json:"copies"`
	Foreign    int          `json:"foreign"`
	Counted    Ordered[int] `json:"counted"`
}

// A DueSummary says what a payment proposal would hold, and what it would leave
// out, by reason.
type DueSummary struct {
	Proposed Amount          `json:"proposed"`
	LeftOut  Ordered[Amount] `json:"left_out"`
}

// PaymentSummary counts our own payments: what this run did, and where all of
// them stand that the journal knows.
type PaymentSummary struct {
	Proposed  Amount `json:"proposed"`  // items, by this run
	Approved  Amount `json:"approved"`  // payments that this run found approved, or approved itself
	Submitted Amount `json:"submitted"` // payments that this run sent
	Paid      Amount `json:"paid"`      // of all
	Failed    Amount `json:"failed"`    // of all: not executed, or come back
	Unknown   Amount `json:"unknown"`   // of all: perhaps sent, and nobody knows what became of it
}

// A BookingSummary counts the payments of the platform that the books lack, by
// invoice.
type BookingSummary struct {
	New Amount `json:"new"` // handed out by no run of another date
	All Amount `json:"all"`
}

// Summary returns the summary of one run that had these facts.
func (f *Facts) Summary(run RunInfo) Summary {
	s := Summary{
		Run: RunSummary{
			ID: run.ID, AsOf: f.AsOf, ExitCode: run.ExitCode, Started: run.Started, Finished: run.Finished,
			Host: run.Host, Overrides: append([]string{}, run.Overrides...), Version: f.Version,
		},
		Kind:        f.Kind,
		Verdict:     f.verdict(),
		Inputs:      f.inputs(),
		Totals:      f.statusTotals(),
		Breaks:      f.breakTotals(),
		Changes:     f.changesSaid(),
		Due:         f.dueTotals(),
		Quarantined: len(f.quarantined()),
		Proof:       f.proofs(),
		Files:       run.Files,
	}
	s.ToBook.New, s.ToBook.All = f.Postings.toBook()
	for _, stage := range run.Elapsed {
		s.Run.ElapsedMS = append(s.Run.ElapsedMS, Entry[int64]{stage.Name, stage.MS})
	}
	own := &f.Payments
	s.Payments = PaymentSummary{
		Proposed: s.Due.Proposed, Approved: own.Approved, Submitted: own.Submitted,
		Paid: own.by("PAID"), Failed: own.by("FAILED", "RETURNED"), Unknown: own.unknown(),
	}
	return s
}

// WriteJSON writes the summary as one JSON object, indented for people.
func (s Summary) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	return nil
}

// Ties tells whether every control total of the summary holds.
func (s Summary) Ties() bool {
	for _, in := range s.Inputs {
		if !in.ties {
			return false
		}
	}
	for _, p := range s.Proof {
		if !p.Ties {
			return false
		}
	}
	return true
}

func (f *Facts) inputs() []InputSummary {
	list := make([]InputSummary, 0, len(f.Ledger.Inputs)+len(f.Logs))
	tables := slices.Clone(f.Ledger.Inputs)
	if f.Suppliers != nil {
		tables = append(tables, *f.Suppliers)
	}
	for i, in := range tables {
		kind := "ledger"
		if i == len(f.Ledger.Inputs) {
			kind = "suppliers"
		}
		s := InputSummary{
			Path: in.Path, Kind: kind, SHA256: in.SHA256, Bytes: in.Bytes, Rows: in.Rows,
			Accepted: in.Accepted, Quarantined: in.Quarantined, Layout: in.Layout, Score: in.Score, RunnerUp: in.RunnerUp, RunnerUpScore: in.SecondScore, Noise: in.Noise, Notes: in.Notes, Wrong: in.WrongTotals, Mended: in.Mended,
		}
		for _, skip := range in.Skipped {
			s.Skipped += skip.Rows
			s.Reasons = append(s.Reasons, Entry[int]{skip.Reason, skip.Rows})
		}
		s.ties = s.Rows == s.Accepted+s.Skipped+s.Quarantined
		for _, c := range in.Columns {
			s.Amounts = append(s.Amounts, Entry[ColumnAmounts]{c.Column, ColumnAmounts{c.Read, c.Accepted, c.Skipped, c.Quarantined}})
			s.ties = s.ties && c.Read == money.Sum(c.Accepted, money.Sum(c.Skipped, c.Quarantined))
		}
		list = append(list, s)
	}
	for _, log := range f.Logs {
		s := InputSummary{
			Path: log.Path, Kind: "events", SHA256: log.SHA256, Bytes: log.Bytes,
			Rows: log.Bodies, Accepted: log.Folded + log.Copies, Quarantined: log.Quarantined,
			Events: &EventSummary{Deliveries: log.Lines, Bodies: log.Bodies, Folded: log.Folded, Copies: log.Copies, Foreign: log.Foreign},
		}
		if log.Gone != 0 {
			s.Notes = []string{goneNote(&log)}
		}
		if log.Foreign > 0 {
			s.Skipped, s.Reasons = log.Foreign, Ordered[int]{{"foreign", log.Foreign}}
		}
		for _, c := range log.Counted {
			s.Skipped += c.Bodies
			s.Reasons = append(s.Reasons, Entry[int]{c.Family, c.Bodies})
			s.Events.Counted = append(s.Events.Counted, Entry[int]{c.Family, c.Bodies})
		}
		s.ties = s.Rows == s.Accepted+s.Skipped+s.Quarantined
		list = append(list, s)
	}
	return list
}

// goneNote says of a log that is in no file any more since when that is so.
func goneNote(log *payment.LogInput) string {
	if log.Changed {
		return fmt.Sprintf("gone since the run for %s: the file was cut off or written over in its place; what it said before is remembered, until a run with --rebuild", log.Gone.Long())
	}
	return fmt.Sprintf("gone since the run for %s; what it said is remembered, until a run with --rebuild", log.Gone.Long())
}

// verdict says in one line what a controller has to know first.
func (f *Facts) verdict() string {
	var parts []string
	worst, quiet := f.loudTotals()
	breaks, items := 0, len(f.Result.Items)
	for _, b := range worst {
		breaks += b.Value.Count
	}
	quarantined, wrong, left, withdrawn := len(f.quarantined()), 0, f.leftOut(), f.Payments.Withdrawn
	for i := range f.Ledger.Inputs {
		wrong += len(f.Ledger.Inputs[i].WrongTotals)
	}
	if !f.ties() {
		parts = append(parts, "THE CONTROL TOTALS DO NOT TIE: do not rely on this report")
	}
	alarms, unknown := len(f.Payments.Alarms), f.Payments.unknown().Count
	if alarms > 0 {
		parts = append(parts, plural(alarms, "alarm")+" about payments of ours")
	}
	if unknown > 0 {
		parts = append(parts, "the outcome of "+plural(unknown, "payment")+" of ours is not known")
	}
	switch {
	case breaks > 0:
		parts = append(parts, fmt.Sprintf("%s in %s and %s, the worst %s (%d, ₹ %s)",
			plural(breaks, "break"), plural(items, "item"), plural(len(f.Result.Lines), "payment line"),
			worst[0].Name, worst[0].Value.Count, worst[0].Value.Amount.Grouped()))
	case quarantined+wrong+alarms+unknown+quiet+left+withdrawn == 0:
		parts = append(parts, fmt.Sprintf("nothing to look at: %s and %s agree",
			plural(items, "item"), plural(len(f.Result.Lines), "payment line")))
	default:
		parts = append(parts, fmt.Sprintf("no breaks in %s and %s", plural(items, "item"), plural(len(f.Result.Lines), "payment line")))
	}
	if quiet > 0 {
		parts = append(parts, plural(quiet, "break")+" accepted")
	}
	if withdrawn > 0 {
		parts = append(parts, plural(withdrawn, "approved payment")+" withdrawn")
	}
	if left > 0 && breaks == 0 { // else the breaks are what comes first
		parts = append(parts, plural(left, "due item is", "due items are")+" left out of the proposal")
	}
	if quarantined > 0 {
		parts = append(parts, plural(quarantined, "row or event", "rows or events")+" could not be read")
	}
	if wrong > 0 {
		parts = append(parts, plural(wrong, "total of a ledger is", "totals of the ledgers are")+" not the sum of the rows")
	}
	text := strings.Join(parts, "; ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// leftOut counts the due items that are not proposed and that somebody has to look
// at: what was submitted already takes its way.
func (f *Facts) leftOut() (n int) {
	for _, l := range f.Due() {
		if l.Reason != "" && l.Reason != proposal.AlreadySubmitted {
			n++
		}
	}
	return n
}

func (f *Facts) ties() bool { return Summary{Inputs: f.inputs(), Proof: f.proofs()}.Ties() }

// plural returns "1 break", "2 breaks"; another plural may be given.
func plural(n int, one string, many ...string) string {
	word := one
	if n != 1 {
		word = one + "s"
		if len(many) > 0 {
			word = many[0]
		}
	}
	return groupedCount(n) + " " + word
}

// groupedCount returns a count in Indian grouping.
func groupedCount(n int) string {
	text := money.Paise(n * 100).Grouped()
	return text[:len(text)-3]
}
