package job

import (
	"context"
	"fmt"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

// An Inspection is what the reader sees in one ledger.
type Inspection = ledger.Inspection

// An InspectedJoin says how its rows found their suppliers.
type InspectedJoin = ledger.InspectedJoin

// Inspect reads ledgers by themselves, without matching anything. base is the
// folder to which the paths are relative; c may be nil, and the ledgers are then
// read as if nothing were configured. The supplier master of c is joined to them. All files are looked for before any is
// read. Progress is told the bytes read of all of them, and may be nil.
func Inspect(ctx context.Context, base string, c *config.Config, paths []string, progress func(what string, done, total int64)) ([]*Inspection, error) {
	var files []source.Ref
	for _, path := range paths {
		found, err := source.Find(base, []string{literal(path)})
		if err != nil {
			return nil, fmt.Errorf("inspecting %s: %w", path, err)
		}
		files = append(files, found...)
	}
	var o ledger.Options
	var joined joined
	if c != nil {
		o = ledgerOptions(c)
		o.Suppliers = joined.master(c)
	}
	var before, whole int64
	for _, file := range files {
		whole += file.Size()
	}
	if progress != nil {
		o.Progress = func(done, _ int64) { progress("bytes of ledgers", before+done, whole) }
	}
	var all []*Inspection
	for _, file := range files {
		in, err := ledger.Inspect(ctx, file, o)
		if err != nil {
			return nil, err
		}
		joined.tell(in)
		all = append(all, in)
		before += file.Size()
	}
	return all, nil
}

// A joined is the supplier master that ledgers are inspected with.
type joined struct {
	path       string
	unreadable int
	fault      error // why there is none, though one is configured
}

// master reads the supplier master; nil where none is configured or it cannot be
// read, which does not make the ledger less worth looking at.
func (j *joined) master(c *config.Config) *party.Master {
	g := &gathering{in: Input{Config: c}}
	found, err := g.suppliers()
	if g.facts.Suppliers != nil {
		j.path, j.unreadable = g.facts.Suppliers.Path, g.facts.Suppliers.Quarantined
	}
	j.fault = err
	return found
}

// tell adds to an inspection what is known of the master.
func (j *joined) tell(in *Inspection) {
	switch {
	case j.fault != nil:
		in.Notes = append(in.Notes, fmt.Sprintf("no supplier was looked up, as a run would: %v", j.fault))
	case in.Suppliers != nil:
		in.Suppliers.Master, in.Suppliers.Unreadable = j.path, j.unreadable
	}
}

// literal returns a pattern that matches nothing but the path: the shell has
// looked for files already.
func literal(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// ledgerOptions returns how the configuration has ledgers read.
func ledgerOptions(c *config.Config) ledger.Options {
	l := c.Ledger
	return ledger.Options{
		Buyers: c.Buyers, Columns: l.Columns, Preset: l.Preset,
		Dates:     map[string]ledger.DateOrder{"day-first": ledger.DayFirst, "month-first": ledger.MonthFirst}[l.Dates],
		Separator: map[string]money.Separator{"point": money.Point, "comma": money.Comma}[l.Decimal],
		Owed:      map[string]ledger.Side{"positive": ledger.OwedIsPositive, "negative": ledger.OwedIsNegative}[l.Owed],
	}
}
