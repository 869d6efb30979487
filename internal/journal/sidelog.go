package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A mark is a line of the side log that is no step: it ends a batch, the steps of
// one transaction, or says what became of it.
type mark struct {
	Batch string `json:"batch"` // prepared, committed or void
	Hash  string `json:"hash"`  // of the last step of the batch
	Seq   int64  `json:"seq"`   // its number
}

const (
	prepared  = "prepared"  // all its steps are above; the journal may have it or not
	committed = "committed" // the journal has it on disk
	void      = "void"      // the journal does not have it and never will
)

// A sideLog is what the file tells.
type sideLog struct {
	path   string
	exists bool
	steps  []Step // of every batch that is not void
	sure   int    // so many of them are committed; the others are of the one batch that may not be
	good   int64  // bytes up to the end of the last whole batch or mark
	size   int64
	bad    string // why the file cannot be read any further, where that is no torn end; empty means that it can
	badAt  int64  // the number of the line
}

// torn tells whether the file ends in the middle of a batch.
func (l *sideLog) torn() bool { return l.bad == "" && l.good < l.size }

// head returns the number and hash of the last step of the first n.
func (l *sideLog) head(n int) (seq int64, hash string) {
	if n == 0 {
		return 0, genesis
	}
	return l.steps[n-1].Seq, l.steps[n-1].Hash
}

// readSideLog reads the whole file. Where there is none it is empty.
func readSideLog(path string) (*sideLog, error) {
	l := &sideLog{path: path}
	there, err := plain(path, "journal-side-log")
	if err != nil || !there {
		return l, err
	}
	all, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the side log: %w", err)
	}
	l.exists, l.size = true, int64(len(all))
	var batch []Step
	rest := all
	for number := int64(1); len(rest) > 0; number++ {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			break
		}
		if batch, err = l.take(line, batch); err != nil {
			l.bad, l.badAt = err.Error(), number
			break
		}
		rest = after
		if batch == nil {
			l.good = l.size - int64(len(rest))
		}
	}
	// A power cut may leave holes in what was being appended. Nothing in there
	// was promised, unless a batch in there is said to be committed.
	if l.bad != "" && !bytes.Contains(all[l.good:], []byte(`"batch":"`+committed+`"`)) {
		l.bad = ""
	}
	return l, nil
}

// plain tells whether a file is there, and refuses what is none: to open a FIFO is
// to wait for ever, and a device says something else each time.
func plain(path, check string) (there bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("looking for the journal: %w", err)
	case !info.Mode().IsRegular():
		return false, &CorruptError{Path: path, Check: check, What: "this is not a file, but a folder, a pipe or a device",
			Do: "nothing is sent by it. See what it is, and move it away or set store: and payments.side_log to other places"}
	}
	return true, nil
}

// take reads one line. It returns the steps of the batch that is not ended yet.
func (l *sideLog) take(line []byte, batch []Step) ([]Step, error) {
	if bytes.HasPrefix(line, []byte(`{"batch":`)) {
		return l.takeMark(line, batch)
	}
	s, err := parseStep(line)
	if err != nil {
		return nil, errors.New("the line is neither a step nor a mark")
	}
	if l.sure < len(l.steps) {
		return nil, errors.New("a batch follows one of which nothing is known")
	}
	seq, hash := l.head(len(l.steps))
	if len(batch) > 0 {
		seq, hash = batch[len(batch)-1].Seq, batch[len(batch)-1].Hash
	}
	if what := s.follows(seq, hash); what != "" {
		return nil, errors.New(what)
	}
	return append(batch, s), nil
}

func (l *sideLog) takeMark(line []byte, batch []Step) ([]Step, error) {
	var m mark
	if err := strict(line, &m); err != nil {
		return nil, errors.New("the mark cannot be read")
	}
	if m.Batch == prepared && len(batch) > 0 && l.sure == len(l.steps) {
		last := batch[len(batch)-1]
		if last.Seq != m.Seq || last.Hash != m.Hash {
			return nil, errors.New("the mark is not that of the steps above it")
		}
		l.steps = append(l.steps, batch...)
		return nil, nil
	}
	seq, hash := l.head(len(l.steps))
	if len(batch) > 0 || l.sure == len(l.steps) || m.Seq != seq || m.Hash != hash {
		return nil, errors.New("the mark is about no batch")
	}
	switch m.Batch {
	case committed:
		l.sure = len(l.steps)
	case void:
		l.steps = l.steps[:l.sure]
	default:
		return nil, errors.New("the mark says nothing that we know")
	}
	return nil, nil
}

// A sideWriter appends to the side log. It knows how long the file is, so that
// nobody else's lines are taken for its own.
type sideWriter struct {
	file *os.File
	path string
	size int64
}

// openSideLog opens the file for appending and makes it, and its folder, where
// they do not exist.
func openSideLog(path string, size int64) (*sideWriter, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &DiskError{path, err}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, &DiskError{path, err}
	}
	if err := toDisk(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &sideWriter{f, path, size}, nil
}

// cut takes a torn end off, before anything is appended behind it.
func (w *sideWriter) cut(size int64) error {
	if err := errors.Join(w.file.Truncate(size), w.file.Sync()); err != nil {
		return &DiskError{w.path, err}
	}
	w.size = size
	return nil
}

// prepare appends the steps of a transaction and brings them to disk.
func (w *sideWriter) prepare(steps []Step) error {
	var b bytes.Buffer
	for _, s := range steps {
		line, err := s.line(s.Hash)
		if err != nil {
			return err
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	last := steps[len(steps)-1]
	if err := writeMark(&b, mark{prepared, last.Hash, last.Seq}); err != nil {
		return err
	}
	return w.append(b.Bytes(), true)
}

// note appends what became of the last batch.
func (w *sideWriter) note(what string, seq int64, hash string, sync bool) error {
	var b bytes.Buffer
	if err := writeMark(&b, mark{what, hash, seq}); err != nil {
		return err
	}
	return w.append(b.Bytes(), sync)
}

func writeMark(w io.Writer, m mark) error {
	b, err := canonical(m)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func (w *sideWriter) append(b []byte, sync bool) error {
	info, err := w.file.Stat()
	if err != nil {
		return &DiskError{w.path, err}
	}
	if info.Size() != w.size {
		return sideDoubt(w.path, "", fmt.Sprintf("the side log has %d bytes and should have %d: somebody else wrote into it", info.Size(), w.size))
	}
	if _, err := w.file.Write(b); err != nil {
		return &DiskError{w.path, err}
	}
	w.size += int64(len(b))
	if !sync {
		return nil
	}
	if err := w.file.Sync(); err != nil {
		return &DiskError{w.path, err}
	}
	return nil
}

// close brings the last marks to disk.
func (w *sideWriter) close() error {
	if err := errors.Join(w.file.Sync(), w.file.Close()); err != nil {
		return &DiskError{w.path, err}
	}
	return nil
}
