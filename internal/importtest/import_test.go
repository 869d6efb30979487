package importtest

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "reconcile"
	root   = "../.."
)

// An arrow is one import as it stands in a file.
type arrow struct {
	from   string // room
	to     string // import path; a room of ours without the module's name
	ours   bool
	inTest bool
	at     string // file:line
}

func TestArrowsBetweenRooms(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range arrows(t) {
		seen[a.from] = true
		from, known := find(a.from)
		if !known || !a.ours || a.to == a.from {
			continue
		}
		if slices.Contains(from.uses, a.to) {
			continue
		}
		if a.inTest && (isEquipment(a.to) || slices.Contains(testsUse[a.from], a.to)) {
			continue
		}
		reason := forbidden[[2]string{a.from, a.to}]
		if reason == "" {
			reason = from.why
		}
		t.Errorf("%s: %s may not import %s: %s; it may import %s",
			a.at, a.from, a.to, reason, listOf(from.uses))
	}
	for name := range seen {
		if _, known := find(name); !known {
			t.Errorf("%s is a new room: add it to the tables of internal/importtest with what it may import and why, and to ARCHITECTURE.md", name)
		}
	}
}

func TestTableHasNoEmptyRooms(t *testing.T) {
	for _, r := range slices.Concat(rooms, equipment) {
		if files, _ := filepath.Glob(filepath.Join(root, r.path, "*.go")); len(files) == 0 {
			t.Errorf("%s is in the table and not in the house: take it out until its first line is written", r.path)
		}
	}
}

// TestArrowsPointDown proves that the table itself has no loop: a room may only
// use rooms that stand above it in the table.
func TestArrowsPointDown(t *testing.T) {
	above := map[string]bool{}
	for _, r := range slices.Concat(rooms, equipment) {
		for _, used := range r.uses {
			if !above[used] {
				t.Errorf("the table lets %s import %s, which does not stand above it", r.path, used)
			}
		}
		above[r.path] = true
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, a := range arrows(t) {
		if a.ours || !strings.Contains(strings.Split(a.to, "/")[0], ".") {
			continue
		}
		i := slices.IndexFunc(owners, func(o owner) bool { return under(a.to, o.library) })
		switch {
		case i >= 0 && slices.Contains(owners[i].rooms, a.from):
		case a.inTest || isEquipment(a.from):
			if !slices.ContainsFunc(testLibraries, func(l string) bool { return under(a.to, l) }) {
				t.Errorf("%s: the tests of %s may not import %s: it is not among the libraries for tests", a.at, a.from, a.to)
			}
		case i >= 0:
			t.Errorf("%s: %s may not import %s, which belongs to %s: %s",
				a.at, a.from, a.to, listOf(owners[i].rooms), owners[i].why)
		default:
			t.Errorf("%s: %s imports %s, which has no owner: add it to the table of internal/importtest with one owner and the reason", a.at, a.from, a.to)
		}
	}
}

func TestHermits(t *testing.T) {
	for _, a := range arrows(t) {
		if a.ours || a.inTest {
			continue
		}
		for _, h := range hermits {
			if h.room != a.from {
				continue
			}
			for _, shut := range h.shut {
				if under(a.to, shut) {
					t.Errorf("%s: %s may not import %s: %s", a.at, a.from, a.to, h.reason)
				}
			}
		}
	}
}

// arrows returns every import of every Go file below the module's root, whatever
// its build tags.
func arrows(t *testing.T) []arrow {
	t.Helper()
	var all []arrow
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && name != root && (base == "testdata" || strings.HasPrefix(base, ".") || hasModule(name)) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(base, ".go") {
			return nil
		}
		found, err := arrowsOf(name)
		all = append(all, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no imports found at all: the test looks in the wrong place")
	}
	return all
}

func arrowsOf(name string) ([]arrow, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return nil, err
	}
	rel = filepath.ToSlash(rel)
	var all []arrow
	for _, spec := range file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		inner, ours := strings.CutPrefix(to, module+"/")
		all = append(all, arrow{
			from:   path.Dir(rel),
			to:     inner,
			ours:   ours,
			inTest: strings.HasSuffix(name, "_test.go"),
			at:     fmt.Sprintf("%s:%d", rel, files.Position(spec.Pos()).Line),
		})
	}
	return all, nil
}

// hasModule tells whether a folder is a module of its own.
func hasModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func find(name string) (room, bool) {
	for _, r := range slices.Concat(rooms, equipment) {
		if r.path == name {
			return r, true
		}
	}
	return room{}, false
}

func isEquipment(name string) bool {
	return slices.ContainsFunc(equipment, func(r room) bool { return r.path == name })
}

// under tells whether an import path is prefix or lies below it.
func under(importPath, prefix string) bool {
	return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
}

func listOf(names []string) string {
	if len(names) == 0 {
		return "nothing of ours"
	}
	return strings.Join(names, ", ")
}
