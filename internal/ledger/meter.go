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
func limits(ctx context.Context, m *meter) table.Limits {
	return table.Limits{Stop: func() error { return context.Cause(ctx) }, Looked: m.ahead}
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

	looked int64 // of the one at hand, thousandths of it, before its first row
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

// begin begins a file of so many bytes on disk, and open its text, which is known
// once the file is open, and how often it will be read.
func (m *meter) begin(disk int64) { m.disk, m.looked = disk, 0 }

func (m *meter) open(text, passes int64) {
	m.text, m.passes = text, passes
	m.pass, m.above, m.last = 0, 0, 0
}

// The bar moves in thousandths of a file, and what is to be done in a workbook
// before its first row is counted as a fifth of it, as it was measured.
const (
	fine      = 1000
	beforeRow = fine / 5
)

// ahead notes how far a workbook is with what stands before its first row.
func (m *meter) ahead(done, of int64) {
	if m.tell == nil || of == 0 {
		return
	}
	m.looked = max(m.looked, beforeRow*done/of)
	m.report(m.before + m.disk*m.looked/fine)
}

// at notes how much of a sheet has been read.
func (m *meter) at(read int64) {
	if m.last = max(m.last, read); m.tell == nil || m.text == 0 {
		return
	}
	rest := fine - m.looked
	share := m.looked + min((m.pass*m.text+m.above+m.last)*rest/(m.passes*m.text), rest)
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
	m.disk, m.text, m.looked = 0, 0, 0
}
