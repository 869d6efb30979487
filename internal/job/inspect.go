package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
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
	configured := 0
	if c != nil {
		o = ledgerOptions(c)
		o.Suppliers = joined.master(ctx, c)
		var err error
		if o.PerFile, configured, err = inspected(c, files); err != nil {
			return nil, err
		}
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
		in, err := ledger.Inspect(ctx, file, o.For(file.Path()))
		if err != nil {
			return nil, err
		}
		if in.Paste != "" && configured > 1 {
			in.PasteNote = sentences(in.PasteNote, ledger.PerFile(file.Path()))
		}
		joined.tell(in)
		all = append(all, in)
		before += file.Size()
	}
	return all, nil
}

// inspected says which of the files that are inspected have settings of their
// own, by the paths that they are inspected by, and how many ledgers there are.
// Whether these are files of the configuration is told by the files themselves,
// for the paths of the two are relative to different folders.
func inspected(c *config.Config, files []source.Ref) (settings map[string]ledger.Settings, configured int, err error) {
	ledgers, err := source.Find(c.Dir, c.Ledger.Files)
	var none *source.NotFoundError
	if err != nil && !errors.As(err, &none) {
		return nil, 0, name(err, "ledger.files")
	}
	own, _, err := perFile(c, ledgers)
	if err != nil {
		return nil, 0, err
	}
	settings = make(map[string]ledger.Settings)
	for _, file := range files {
		for _, l := range ledgers {
			if s, ok := own[l.Path()]; ok && l.Same(file) {
				settings[file.Path()] = s
			}
		}
	}
	return settings, len(ledgers), nil
}

// sentences joins what is to be said, where there is anything.
func sentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// A joined is the supplier master that ledgers are inspected with.
type joined struct {
	path       string
	unreadable int
	fault      error // why there is none, though one is configured
}

// master reads the supplier master; nil where none is configured or it cannot be
// read, which does not make the ledger less worth looking at.
func (j *joined) master(ctx context.Context, c *config.Config) *party.Master {
	g := &gathering{in: Input{Config: c}}
	found, err := g.suppliers(ctx)
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
