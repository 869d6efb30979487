package ledger

import (
	"context"
	"fmt"
	"time"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// longest is how long one file may take. The largest that the limits of package
// table let in, two gibibytes of XML read four times over, takes a minute; ten
// are for a slow disk beside a busy machine. What takes longer was made to, and
// must not hold the lock of the store until somebody comes.
const longest = 10 * time.Minute

// within returns a context that ends with ctx, or when a file has taken too long.
func within(ctx context.Context, path string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, longest, &table.LimitError{
		Name:   path,
		Reason: fmt.Sprintf("reading it took longer than %d minutes, and no ledger takes so long", int(longest.Minutes())),
		Remedy: "split it into several files, or export it as .csv",
	})
}

// limits are those of a file that is read no longer than until ctx ends.
func limits(ctx context.Context) table.Limits {
	return table.Limits{Stop: func() error { return context.Cause(ctx) }}
}

// A file is read from end to end once to vote and once for its rows. Who
// inspects it looks at it once more.
const (
	rowPasses     = 2
	inspectPasses = 3
)

// A meter tells how far the reading of several files is. Their bytes on disk are
// known before the first is opened, and so is the end; how much of one is done
// is the share of its text, over all times that it is read. What it tells never
// falls.
type meter struct {
	tell func(done, total int64) // nil: nobody listens

	total  int64 // bytes on disk of all files
	before int64 // of those that are done
	disk   int64 // of the one at hand
	text   int64 // of it, as table.Row.Read counts
	passes int64 // how often it is read
	pass   int64 // how often it has been
	above  int64 // text of the sheets that this pass is done with
	last   int64 // and of the one at hand
	told   int64
}

// of begins with files that are to be read.
func (m *meter) of(files []source.Ref) {
	for _, f := range files {
		m.total += f.Size()
	}
}

// open begins a file of so many bytes on disk and of text.
func (m *meter) open(disk, text, passes int64) {
	m.disk, m.text, m.passes = disk, text, passes
	m.pass, m.above, m.last = 0, 0, 0
}

// at notes how much of a sheet has been read.
func (m *meter) at(read int64) {
	if m.last = max(m.last, read); m.tell == nil || m.text == 0 {
		return
	}
	const fine = 1000 // a thousandth of a file is all that a bar shows, and keeps the product small
	share := min((m.pass*m.text+m.above+m.last)*fine/(m.passes*m.text), fine)
	m.report(m.before + m.disk*share/fine)
}

func (m *meter) report(done int64) {
	if m.tell != nil && done > m.told {
		m.told = done
		m.tell(done, m.total)
	}
}

// sheet ends a sheet, and next a reading of all of them.
func (m *meter) sheet() { m.above, m.last = m.above+m.last, 0 }
func (m *meter) next()  { m.pass, m.above, m.last = m.pass+1, 0, 0 }

// close ends a file, whatever became of it.
func (m *meter) close() {
	m.before += m.disk
	m.report(m.before)
	m.disk, m.text = 0, 0
}
