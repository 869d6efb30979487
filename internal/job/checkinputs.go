package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/ledger"
	"reconcile/internal/source"
)

// quietLog is how long an event log may have nothing new before somebody should
// look at who writes it: a weekend and a holiday, and some hours.
const quietLog = 84 * time.Hour

// inputs reads everything as a run would.
func (c *checker) inputs(ctx context.Context) {
	key, err := readKey(c.in.Config.Path(c.in.Config.Store))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.fail("store", err, Code(withIO(err)))
	}
	t, err := openTillReadOnly(ctx, c.in)
	if outdated(err) {
		err = nil // journal tells of it
	}
	if err != nil {
		c.fail("journal", err, Code(err))
		return
	}
	g, err := gather(ctx, c.in, key, t)
	var why map[string]string
	if err == nil {
		why, err = g.stale(ctx)
	}
	if err = errors.Join(err, t.close()); err != nil {
		c.fail("inputs", err, Code(err))
		return
	}
	for _, text := range g.idle {
		c.warn("ledger", text, idleRemedy)
	}
	for i := range g.facts.Ledger.Inputs {
		c.ledger(g, &g.facts.Ledger.Inputs[i], why)
	}
	if in := g.facts.Suppliers; in != nil {
		c.ok("suppliers", "supplier master %s: %d lines, %d suppliers", in.Path, in.Rows, in.Accepted)
		if in.Quarantined > 0 {
			c.warn("suppliers", fmt.Sprintf("supplier master %s: %d lines cannot be read", in.Path, in.Quarantined), "the report lists them with what to do; until then their suppliers are unknown")
		}
		for _, note := range in.Notes {
			c.warn("suppliers", "supplier master: "+note, "look whether that is as it should be")
		}
	}
	for _, in := range g.facts.Logs {
		c.ok("events", "event log %s: %d bodies, %d about payments of ours", in.Path, in.Bodies, in.Folded)
		if in.Quarantined > 0 {
			c.warn("events", fmt.Sprintf("event log %s: %s cannot be read", in.Path, counted(in.Quarantined, "delivery", "deliveries")), "the report lists them with what to do")
		}
	}
	c.continuity(ctx, g)
}

// ledger says what was read of one file, and whether anything may be paid from it.
func (c *checker) ledger(g *gathering, in *ledger.Input, why map[string]string) {
	age := c.in.Now().Sub(g.written[in.Path])
	c.ok("ledger", "ledger %s: layout %s, %d rows, %d accepted; written %s ago", in.Path, in.Layout, in.Rows, in.Accepted, aboutTime(age))
	if n := in.Quarantined - in.Mended; n > 0 {
		c.warn("ledger", fmt.Sprintf("ledger %s: %s cannot be read", in.Path, counted(n, "row", "rows")), "the report lists them with what to do; until then nothing of this file is proposed")
	}
	if in.Accepted == 0 {
		c.warn("ledger", fmt.Sprintf("ledger %s holds no open item", in.Path), "look whether the export is complete")
	}
	for _, note := range in.Notes {
		c.warn("ledger", "ledger "+in.Path+": "+note, "look whether that is as it should be")
	}
	switch {
	case c.in.Config.Payments.Mode == config.ModeOff || why[in.Path] == "":
	case g.tooOld(in.Path):
		c.fail("ledger", fmt.Errorf("nothing would be paid out of ledger %s: %s; export it again, and look why the export has stopped", in.Path, why[in.Path]), ExitMissing)
	default:
		c.warn("ledger", fmt.Sprintf("nothing would be paid out of ledger %s: %s", in.Path, why[in.Path]), "export it again before the next run")
	}
}

// continuity looks for what is missing in the event logs: a payment of which no
// message came looks as if it had not been made.
func (c *checker) continuity(ctx context.Context, g *gathering) {
	for _, text := range g.gone {
		what, remedy, _ := strings.Cut(text, ". ")
		c.warn("log-continuity", what, remedy)
	}
	before := len(c.findings)
	c.shrunk(ctx, g)
	files, err := source.Find(c.in.Config.Dir, c.in.Config.Events.Files)
	if err != nil {
		return // gather has found them a moment ago; they are being rotated
	}
	var newest time.Time
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path()
		if f.Modified().After(newest) {
			newest = f.Modified()
		}
	}
	for _, gap := range gaps(paths) {
		c.warn("log-continuity", fmt.Sprintf("there is no event log of %s, and there are some of days before and after", gap), "look whether anything was received on that day, and ask EnKash for what is missing")
	}
	if quiet := c.in.Now().Sub(newest); quiet > quietLog {
		c.warn("log-continuity", fmt.Sprintf("nothing was written to any event log for %s", aboutTime(quiet)), "look whether webhooks are still received; see reconcile listen")
	}
	if len(c.findings) == before && len(g.gone) == 0 {
		c.ok("log-continuity", "the event logs go on from those of the last run, and no day is missing between them")
	}
}

// shrunk compares the logs with what the last run read: a log only grows.
func (c *checker) shrunk(ctx context.Context, g *gathering) {
	inputs, err := c.lastInputs(ctx)
	if err != nil {
		var corrupt *history.CorruptError
		if !errors.Is(err, fs.ErrNotExist) && !errors.As(err, &corrupt) { // those the store reports
			c.warn("log-continuity", "what the last run read is not known: "+err.Error(), "run reconcile again; the next check can compare")
		}
		return
	}
	for _, now := range g.facts.Logs {
		i := slices.IndexFunc(inputs, func(was inputRead) bool { return was.Kind == "events" && was.Path == now.Path })
		if i >= 0 && now.Bytes < inputs[i].Bytes && !packed(now.Path) && now.Gone == 0 {
			c.warn("log-continuity", fmt.Sprintf("event log %s has %d bytes, and had %d when the last run read it", now.Path, now.Bytes, inputs[i].Bytes),
				"what it said is remembered; let rotation rename a log and begin a new one, and ask EnKash for what may be missing")
		}
	}
}

// packed tells whether the length of a file says nothing of what is in it.
func packed(name string) bool { return slices.Contains([]string{".gz", ".zst"}, path.Ext(name)) }

// An inputRead is what the history has of a file that a run read, as far as it is
// compared.
type inputRead struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"` // ledger, events
	Bytes int64  `json:"bytes"`
}

// lastInputs returns what the last run that wrote a report had read, and notes how
// much it wrote.
func (c *checker) lastInputs(ctx context.Context) (inputs []inputRead, err error) {
	runs, err := history.OpenReadOnly(ctx, c.in.Config.Path(c.in.Config.Store))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	last, known, err := runs.Last(ctx)
	if err != nil || !known {
		return nil, err
	}
	written, err := runs.Outputs(ctx, last.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range written {
		c.wrote += o.Bytes
	}
	return inputs, json.Unmarshal([]byte(last.Inputs), &inputs)
}

// dated is a date in the name of a log.
var dated = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

// gaps returns the days that are missing between logs of one name with the date of
// a day in it. A name with two dates is of more than a day, and says nothing.
func gaps(paths []string) (missing []day.Date) {
	days := map[string][]day.Date{} // by the name without its date and its packing
	for _, p := range paths {
		found := dated.FindAllString(p, -1)
		if len(found) != 1 {
			continue
		}
		date, err := day.Parse(found[0])
		if err != nil {
			continue
		}
		family := dated.ReplaceAllString(strings.TrimSuffix(strings.TrimSuffix(p, ".gz"), ".zst"), "")
		days[family] = append(days[family], date)
	}
	seen := map[day.Date]bool{}
	for _, list := range days {
		slices.Sort(list)
		for i := 1; i < len(list); i++ {
			for d := list[i-1] + 1; d < list[i]; d++ {
				if !seen[d] {
					seen[d] = true
					missing = append(missing, d)
				}
			}
		}
	}
	slices.Sort(missing)
	return missing
}
