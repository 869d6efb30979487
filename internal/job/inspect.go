package job

import (
	"context"
	"fmt"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// An Inspection is what the reader sees in one ledger.
type Inspection = ledger.Inspection

// Inspect reads ledgers by themselves, without matching anything. base is the
// folder to which the paths are relative; c may be nil, and the ledgers are then
// read as if nothing were configured. All files are looked for before any is
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
	if c != nil {
		o = ledgerOptions(c)
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
		all = append(all, in)
		before += file.Size()
	}
	return all, nil
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
