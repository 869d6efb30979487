package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ClearLeftovers removes from the folder output what WriteFolder was filling when
// the processes of these runs died: the hidden folders that never took their
// names. Nobody may be writing a folder of theirs. Whatever else is there stays,
// also of the same name but not a folder.
func ClearLeftovers(output string, runs []string) (cleared []string, err error) {
	if len(runs) == 0 {
		return nil, nil
	}
	entries, err := os.ReadDir(output)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("looking for what runs that died left in %s: %w", output, err)
	}
	for _, e := range entries {
		if !e.IsDir() || !leftover(e.Name(), runs) {
			continue
		}
		path := filepath.Join(output, e.Name())
		if err := os.RemoveAll(path); err != nil {
			return cleared, fmt.Errorf("removing what a run that died left: %w", err)
		}
		cleared = append(cleared, path)
	}
	return cleared, nil
}

// leftover tells whether a name is one that WriteFolder gives to the hidden folder
// of one of these runs: the name of the run, and a number at random.
func leftover(name string, runs []string) bool {
	for _, run := range runs {
		number, is := strings.CutPrefix(name, hiddenPrefix(run))
		if is && number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

func hiddenPrefix(run string) string { return "." + run + ".tmp-" }
