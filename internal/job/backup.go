package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/history"
	"reconcile/internal/journal"
)

// A Copy is a backup that was made.
type Copy struct {
	Path   string `json:"path"`
	Steps  int64  `json:"steps"`
	SHA256 string `json:"sha256"`
}

// Backup copies the journal to a new file; to none, into backup.folder, of which
// the oldest copies go.
func Backup(ctx context.Context, in Input, path string) (c *Copy, err error) {
	if path == "" && in.Config.Backup.Folder == "" {
		return nil, &ExitError{ExitUsage, errors.New("--to FILE is missing, and backup.folder is not set: say where the copy goes")}
	}
	release, err := history.Lock(in.Config.Path(in.Config.Store))
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	store, err := openChain(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, withIO(store.Close())) }()
	if path == "" {
		return copyByItself(ctx, in, store)
	}
	return copyJournal(ctx, in, store, path)
}

// copyJournal proves the journal, copies it, proves the copy, and notes when.
func copyJournal(ctx context.Context, in Input, store *journal.Store, path string) (*Copy, error) {
	v, err := store.Verify(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	sum, err := store.Backup(ctx, path)
	if err != nil {
		return nil, withIO(err)
	}
	mark := in.Now().UTC().Format(time.RFC3339) + "\n"
	if err := os.WriteFile(backupMark(in.Config), []byte(mark), 0o600); err != nil {
		return nil, withIO(fmt.Errorf("the copy was made; noting when it was: %w", err))
	}
	return &Copy{path, v.Steps, sum}, nil
}

// The names of copies in backup.folder. Their order is that of time.
const (
	copyName    = "journal-20060102T150405.000Z.db"
	copyPattern = "journal-????????T??????.???Z.db"
)

// copyByItself makes a copy in backup.folder, and then removes those that are too
// many: never one before the new one is proved.
func copyByItself(ctx context.Context, in Input, store *journal.Store) (*Copy, error) {
	folder := in.Config.Path(in.Config.Backup.Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, withIO(err)
	}
	c, err := copyJournal(ctx, in, store, filepath.Join(folder, in.Now().UTC().Format(copyName)))
	if err != nil {
		return nil, err
	}
	all, err := filepath.Glob(filepath.Join(folder, copyPattern))
	if err != nil {
		return nil, err
	}
	slices.Sort(all)
	for _, old := range all[:max(0, len(all)-in.Config.Backup.Copies)] {
		if old == c.Path { // the clock was set back: this one is the newest all the same
			continue
		}
		if err := os.Remove(old); err != nil {
			return nil, withIO(fmt.Errorf("the copy was made; removing an old one: %w", err))
		}
	}
	return c, nil
}

// backup makes the copy of a night, where the configuration asks for one. That it
// could not is told, and changes nothing of what the night has done.
func (g *gathering) backup(ctx context.Context) (notices []string) {
	if g.in.Config.Backup.Folder == "" || g.in.Kind != KindRun || g.till == nil {
		return nil
	}
	c, err := copyByItself(ctx, g.in, g.till.journal)
	if err != nil {
		return []string{fmt.Sprintf("the journal was not copied into backup.folder: %v; the night is none the worse, and the next one tries again [backup-not-made]", err)}
	}
	g.in.Log.Info("journal copied", "stage", "backup", "steps", c.Steps, "sha256", c.SHA256)
	return nil
}

// A Drilled is what a restore of a copy would come to.
type Drilled struct {
	Path   string    `json:"path"`
	Steps  int64     `json:"steps"`
	Head   string    `json:"head"`
	At     time.Time `json:"at"`     // of its last step
	Behind int       `json:"behind"` // steps that the side log has and the copy has not
	Unsure []string  `json:"unsure"` // payments whose outcome would be unknown after a recovery
	Void   []string  `json:"void"`   // payments that a recovery would withdraw
	Text   string    `json:"text"`
}

// Drill restores a copy of the journal in a folder of its own, recovers it there by
// the side log, and says what that would come to. The store is not touched, and no
// lock is taken: the side log may grow meanwhile.
func Drill(ctx context.Context, in Input, path string) (d *Drilled, err error) {
	dir, err := os.MkdirTemp("", "reconcile-drill-")
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, withIO(os.RemoveAll(dir))) }()
	if _, err := os.Stat(path); err != nil {
		return nil, &ExitError{ExitMissing, fmt.Errorf("--backup: %w", err)}
	}
	found, err := journal.Rehearse(ctx, path, dir, journalOptions(in))
	if err != nil {
		return nil, withIO(fmt.Errorf("the copy %s is of no use: %w", path, err))
	}
	d = &Drilled{Path: path, Steps: found.Steps, Head: found.Head, At: found.At, Behind: found.Behind, Unsure: append([]string{}, found.Unsure...), Void: append([]string{}, found.Void...)}
	d.Text = fmt.Sprintf("the copy %s can be restored: %d steps, the last on %s, each by its hash", path, d.Steps, d.At.In(in.Config.Timezone).Format("2 January 2006 15:04"))
	if d.Behind == 0 {
		d.Text += "; the side log has no more, and nothing would have to be recovered"
		return d, nil
	}
	d.Text += fmt.Sprintf("\nit is %s behind the side log: after a restore two people run reconcile recover, which takes them over (it was tried just now). "+
		"Then the outcome of %s would be unknown and held, and %s withdrawn that were never begun; plans made since the copy have to be proposed again",
		counted(d.Behind, "step", "steps"), countOf(len(d.Unsure), "payment"), countOf(len(d.Void), "payment"))
	return d, nil
}

// backupMark is the file that says when the journal was copied last, for check;
// nothing else depends on it.
func backupMark(c *config.Config) string { return filepath.Join(c.Path(c.Store), "last-backup") }

// lastBackup returns when the journal was copied last; zero where nobody knows.
func lastBackup(c *config.Config) time.Time {
	text, err := os.ReadFile(backupMark(c))
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil {
		return time.Time{}
	}
	return at
}
