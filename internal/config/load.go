package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// maxFile is a thousand times a long configuration; a larger file was named by
// mistake.
const maxFile = 1 << 20

// Load reads the configuration file at path and applies the RECONCILE_ variables
// of environ, which has the form of os.Environ. What is wrong comes back as an
// *Error with every fault there is.
func Load(path string, environ []string) (*Config, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, &Error{[]Fault{missing(path, err)}}
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("finding the folder of %s: %w", path, err)
	}
	return parse(path, dir, b, environ)
}

// parse turns the bytes of a file into a configuration.
func parse(path, dir string, b []byte, environ []string) (*Config, error) {
	c := defaults()
	c.File, c.Dir = path, dir
	l := &loader{file: path, config: c, places: map[string]string{}}
	keys := schema(c)
	root := l.document(b)
	if root == nil {
		// Nothing was read, so nothing can be said to be missing.
		return nil, l.wrong()
	}
	l.section("", root, keys)
	sort.SliceStable(l.faults, func(i, j int) bool { return l.order(i) < l.order(j) })
	l.override(keys, environ)
	l.complete()
	l.secrets(keys, environ)
	if len(l.faults) > 0 {
		return nil, l.wrong()
	}
	return c, nil
}

// wrong returns the faults found so far.
func (l *loader) wrong() *Error {
	faults := make([]Fault, len(l.faults))
	for i, f := range l.faults {
		faults[i] = f.Fault
	}
	return &Error{faults}
}

// A loader gathers the faults of one file, and where each key stands.
type loader struct {
	file   string
	config *Config
	places map[string]string // path of a key -> file:line:column, or the variable
	faults []placedFault
}

// A placedFault remembers its line and column for the order of the report.
type placedFault struct {
	Fault
	line, column int
}

func (l *loader) order(i int) int { return l.faults[i].line<<20 | l.faults[i].column }

// at reports a fault at a line and a column, both from 1.
func (l *loader) at(line, column int, check, remedy, format string, args ...any) {
	place := fmt.Sprintf("%s:%d:%d", l.file, line, column)
	l.faults = append(l.faults, placedFault{faultf(place, check, remedy, format, args...), line, column})
}

// about reports a fault of the key at path, or of the section it should be in.
func (l *loader) about(path, check, remedy, format string, args ...any) {
	place := l.file
	for at := path; ; {
		if p, ok := l.places[at]; ok {
			place = p
			break
		}
		cut := strings.LastIndexByte(at, '.')
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	l.faults = append(l.faults, placedFault{Fault: faultf(place, check, remedy, format, args...)})
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	return b, errors.Join(err, f.Close())
}

func missing(path string, err error) Fault {
	remedy := "check that it is a file and may be read"
	if errors.Is(err, fs.ErrNotExist) {
		remedy = "name it with --config FILE, or write a first one with `reconcile init DIR`"
	}
	// The path stands in front already.
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return faultf(path, checkMissing, remedy, "reading the configuration: %v", err)
}
