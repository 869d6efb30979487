package tidy

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// A goFile is one Go file of the project.
type goFile struct {
	name   string // below the root, with slashes
	room   string // the folder it is in
	inTest bool   // a _test.go file, or in a room that only tests use
	files  *token.FileSet
	ast    *ast.File
	lines  []string
}

// A finding is one thing out of order.
type finding struct {
	line int
	what string
}

// forTests are rooms whose whole code is equipment of tests.
var forTests = []string{"internal/testbed", "internal/matcher/oracle", "internal/ledger/realdata", "internal/submit/journaltest", "internal/importtest", "internal/tidy"}

func TestGoFiles(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, rule := range goRules {
			for _, found := range rule(f) {
				t.Errorf("%s:%d: %s", f.name, found.line, found.what)
			}
		}
	}
}

// TestFloatsOfTheReport: a workbook stores numbers as binary fractions, so one
// function has to make one, and it reads back what it wrote.
func TestFloatsOfTheReport(t *testing.T) {
	makers := map[string]string{}
	for _, f := range goFiles(t) {
		if f.room != "internal/report" || f.inTest {
			continue
		}
		for _, decl := range f.ast.Decls {
			if line, found := floatIn(f, decl); found {
				makers[declName(decl)] = fmt.Sprintf("%s:%d", f.name, line)
			}
		}
	}
	if len(makers) > 1 {
		t.Errorf("float64 stands in %d places of internal/report, and one function may write number cells: %v", len(makers), makers)
	}
}

// TestEveryRoomSaysWhatItIs: a package opens with one essay, and with one only,
// for the tools would print two of them one after the other.
func TestEveryRoomSaysWhatItIs(t *testing.T) {
	essays := map[string][]string{}
	for _, f := range goFiles(t) {
		if strings.HasSuffix(f.name, "_test.go") {
			continue
		}
		if essays[f.room] == nil {
			essays[f.room] = []string{}
		}
		if f.ast.Doc != nil {
			essays[f.room] = append(essays[f.room], f.name)
		}
	}
	for room, files := range essays {
		switch {
		case len(files) == 0:
			t.Errorf("%s: has no package comment that says what it knows and what it must not know; write a doc.go", room)
		case len(files) > 1:
			t.Errorf("%s: has package comments in %s; keep one", room, strings.Join(files, " and "))
		}
	}
}

func TestTextFiles(t *testing.T) {
	for _, name := range textFiles(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			continue // UTF-16 and compressed inputs of tests
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, rule := range lineRules {
				if what := rule(name, line); what != "" {
					t.Errorf("%s:%d: %s", name, i+1, what)
				}
			}
		}
	}
}

// TestDocumentsNameFilesThatExist: a tour that leads to a door which is no longer
// there is worse than none.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	named := regexp.MustCompile(`[a-z0-9/]+/[a-z0-9_]+\.(?:go|md|yaml|csv|jsonl)\b`)
	for _, name := range textFiles(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		// What make demo makes is there once it has been made, and a path from the
		// root is one of an operator's machine. What is typed in a document is run by
		// TestDocuments of cmd/reconcile.
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "$ ") {
				continue
			}
			for _, file := range named.FindAllString(line, -1) {
				places := []string{file, "internal/" + file, "samples/" + file, path.Join(path.Dir(name), file)}
				made := strings.HasPrefix(file, "demo/") || file == "events/sandbox.jsonl" || strings.HasPrefix(file, "/")
				if !made && !slices.ContainsFunc(places, exists) && !strings.Contains(line, "http") {
					t.Errorf("%s:%d: there is no file %s", name, i+1, file)
				}
			}
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, name))
	return err == nil
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var all []goFile
	for _, name := range textFiles(t) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		room := path.Dir(name)
		all = append(all, goFile{
			name:   name,
			room:   room,
			inTest: strings.HasSuffix(name, "_test.go") || slices.Contains(forTests, room),
			files:  files,
			ast:    parsed,
			lines:  strings.Split(string(text), "\n"),
		})
	}
	if len(all) == 0 {
		t.Fatal("no Go files found at all: the test looks in the wrong place")
	}
	return all
}

// textFiles returns every file of the project that people write, below the root
// and with slashes. What the make targets leave behind is none of them.
func textFiles(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if slices.Contains([]string{"bin", "demo", "dist"}, rel) || strings.HasSuffix(rel, "testdata/fuzz") || foreign(rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if slices.Contains(written, path.Ext(rel)) || slices.Contains(written, path.Base(rel)) {
			all = append(all, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// foreign tells whether a folder is none of the project: somebody's tools keep their
// things in folders that begin with a point, and other clones are modules too.
func foreign(rel string) bool {
	if slices.Contains([]string{".", ".ci", ".github", "packaging"}, rel) {
		return false
	}
	return strings.HasPrefix(path.Base(rel), ".") || exists(path.Join(rel, "go.mod"))
}

// written are the endings, and the names without one, of files with text in them.
var written = []string{".go", ".md", ".txt", ".txtar", ".yaml", ".yml", ".csv", ".json", ".jsonl", ".sql", "Makefile", "run"}
