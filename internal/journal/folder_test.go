package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/approval"
)

// Neither half of a journal is kept on a network file system, whichever door it is
// opened by, and nothing of it is made there.
func TestNetworkFileSystem(t *testing.T) {
	b := newBench(t)
	b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
	b.shut()
	ctx := t.Context()
	by := [2]Signed{signed(approval.Recover, "asha", genesis, nil), signed(approval.Recover, "meena", genesis, nil)}
	doors := map[string]func(dir string, o Options) error{
		"Open":         func(dir string, o Options) error { return closed(Open(ctx, dir, o)) },
		"OpenReadOnly": func(dir string, o Options) error { return closed(OpenReadOnly(ctx, dir, o)) },
		"Doubt":        func(dir string, o Options) error { return Doubt(ctx, dir, o) },
		"Recover": func(dir string, o Options) error {
			_, err := Recover(ctx, dir, o, nil, by[0], by[1])
			return err
		},
	}
	for what, side := range map[string]bool{"the store": false, "the side log": true} {
		asked := filepath.Dir(b.options.SideLog)
		if !side {
			asked = b.dir
		}
		o := b.options
		o.Remote = func(dir string) (string, error) {
			if dir == asked {
				return "NFS", nil
			}
			return "", nil
		}
		for door, open := range doors {
			err := open(b.dir, o)
			if doubt := inDoubt(t, err); doubt.Check != "journal-folder" || !strings.Contains(doubt.Error(), "the folder of "+what+" is on NFS") {
				t.Errorf("%s, with %s on NFS: got %v", door, what, err)
			}
		}
	}
	b.open() // on a disk of ours it still is one

	// What is to be made is asked of the folder in which it will be.
	share := t.TempDir()
	o := b.options
	o.SideLog = filepath.Join(share, "new", "deep", "steps.jsonl")
	o.Remote = func(dir string) (string, error) {
		if dir == share {
			return "SMB", nil
		}
		return "", nil
	}
	if doubt := inDoubt(t, closed(Open(ctx, t.TempDir(), o))); doubt.Check != "journal-folder" {
		t.Errorf("a side log to be made on SMB: got %v", doubt)
	}
	if _, err := os.Stat(filepath.Join(share, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the side log was made on SMB: %v", err)
	}
	o.Remote = func(string) (string, error) { return "", fs.ErrPermission }
	if err := closed(Open(ctx, t.TempDir(), o)); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a folder that cannot be asked: got %v, want %v", err, fs.ErrPermission)
	}
}

// closed lets go of a journal that should not have opened.
func closed(s *Store, err error) error {
	if err == nil {
		err = s.Close()
	}
	return err
}
