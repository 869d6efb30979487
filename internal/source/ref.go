package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Ref is one input file found by a pattern. It holds nothing open, and never
// reaches a file outside the fixed leading folder of its pattern.
type Ref struct {
	shown string // for people, with slashes
	dir   string // the folder it is confined to
	name  string // inside dir, with slashes
	info  fs.FileInfo
}

// Path returns the name by which the file is spoken of: relative to the
// configuration, with slashes, or as its pattern was written where it lies
// elsewhere.
func (r Ref) Path() string { return r.shown }

// Size returns how many bytes the file had on disk when it was found.
func (r Ref) Size() int64 { return r.info.Size() }

// Modified returns when the file was last written to, as the file system says.
func (r Ref) Modified() time.Time { return r.info.ModTime() }

// Same tells whether two refs are one file, by whatever names.
func (r Ref) Same(o Ref) bool { return os.SameFile(r.info, o.info) }

// A NotFoundError says that a file which is named is not there, or that none of
// several patterns matches one.
type NotFoundError struct{ Patterns []string }

// Error says what to do about it.
func (e *NotFoundError) Error() string {
	quoted := make([]string, len(e.Patterns))
	for i, p := range e.Patterns {
		quoted[i] = strconv.Quote(p)
	}
	return fmt.Sprintf("no file matches %s; put the file there or correct the pattern in the configuration", strings.Join(quoted, " or "))
}

// A RefusedError says that a file was found but is not opened: a symbolic link
// that leads out of its folder, a device, a FIFO.
type RefusedError struct {
	Path   string
	Reason string
}

// Error says why, and what to do about it.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: %s; put the file itself into the folder", e.Path, e.Reason)
}

// Find returns the files that the patterns match, sorted by path, each once.
// base is the folder of the configuration, to which patterns are relative. A
// pattern is a path whose elements path.Match understands; the part before the
// first element with a *, ? or [ is a folder, and what matches is confined to
// it. Files whose name begins with a dot, and lock files of office programs
// (~$), are passed over.
//
// A name without a wildcard must be there, and of the patterns at least one must
// match: else it is a *NotFoundError. A configuration that asks for *.csv and
// *.xlsx is content with either. A match that may not be read is a *RefusedError.
func Find(base string, patterns []string) ([]Ref, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, fmt.Errorf("looking for input files: %w", err)
	}
	var all []Ref
	for _, pattern := range patterns {
		found, err := findOne(base, pattern)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 && !strings.ContainsAny(pattern, wildcards) {
			return nil, &NotFoundError{[]string{pattern}}
		}
		all = append(all, found...)
	}
	if len(all) == 0 && len(patterns) > 0 {
		return nil, &NotFoundError{patterns}
	}
	slices.SortFunc(all, func(a, b Ref) int { return strings.Compare(a.shown, b.shown) })
	return distinct(all), nil
}

// distinct drops what names a file again, be it through a link: a ledger that
// is read twice would be owed twice.
func distinct(refs []Ref) []Ref {
	var kept []Ref
	for _, r := range refs {
		if !slices.ContainsFunc(kept, func(k Ref) bool { return os.SameFile(k.info, r.info) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

// wildcards are the marks that make a name a pattern.
const wildcards = `*?[\`

func findOne(base, pattern string) ([]Ref, error) {
	lead, rest := splitPattern(filepath.ToSlash(pattern))
	for _, element := range rest {
		if _, err := path.Match(element, ""); err != nil {
			return nil, fmt.Errorf("the pattern %q cannot be understood at %q; write * ? or [a-z]: %w", pattern, element, err)
		}
	}
	dir := filepath.FromSlash(lead)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(base, dir)
	}
	root, err := os.OpenRoot(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking for %q: %w", pattern, err)
	}
	defer root.Close()

	g := globber{root: root, shownDir: shownDir(base, dir, lead), dir: dir}
	err = g.match(".", rest)
	return g.found, err
}

// splitPattern cuts a pattern behind its fixed leading folder.
func splitPattern(pattern string) (lead string, rest []string) {
	elements := strings.Split(pattern, "/")
	n := slices.IndexFunc(elements, func(e string) bool { return strings.ContainsAny(e, wildcards) })
	if n < 0 {
		n = len(elements) - 1
	}
	lead = strings.Join(elements[:n], "/")
	if lead == "" && strings.HasPrefix(pattern, "/") {
		lead = "/"
	}
	for _, e := range elements[n:] {
		if e != "" && e != "." {
			rest = append(rest, e)
		}
	}
	return lead, rest
}

// shownDir returns how the files of dir are to be called.
func shownDir(base, dir, lead string) string {
	rel, err := filepath.Rel(base, dir)
	if err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return lead
}

type globber struct {
	root     *os.Root
	dir      string
	shownDir string
	found    []Ref
}

// match collects the files below the folder at that match the elements.
func (g *globber) match(at string, elements []string) error {
	if len(elements) == 0 {
		return nil
	}
	entries, err := fs.ReadDir(g.root.FS(), at)
	if err != nil {
		return fmt.Errorf("looking into %s: %w", path.Join(g.shownDir, at), err)
	}
	for _, entry := range entries {
		name := entry.Name()
		ok, _ := path.Match(elements[0], name)
		if !ok || strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".") {
			continue
		}
		if err := g.visit(path.Join(at, name), elements[1:]); err != nil {
			return err
		}
	}
	return nil
}

func (g *globber) visit(name string, rest []string) error {
	shown := path.Join(g.shownDir, name)
	info, err := g.root.Stat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("looking at %s: %w", shown, err)
	}
	if err != nil {
		// What is left is what os.Root refuses, a link that leads out.
		return &RefusedError{Path: shown, Reason: "it is a link that leads out of the configured folder"}
	}
	switch {
	case len(rest) > 0 && info.IsDir():
		return g.match(name, rest)
	case len(rest) > 0 || info.IsDir():
		return nil
	case !info.Mode().IsRegular():
		return &RefusedError{Path: shown, Reason: "it is not a file but a device, a pipe or a socket"}
	}
	g.found = append(g.found, Ref{shown: shown, dir: g.dir, name: name, info: info})
	return nil
}
