package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/money"
)

// Settings say how the files of one system are read, where they need other ones
// than the rest: an entry of ledger.per_file. They are whole: what an entry leaves
// out has been filled in from the settings of all ledgers.
type Settings struct {
	Columns   map[string]string
	Preset    string
	Dates     DateOrder
	Separator money.Separator
	Owed      Side
	Types     map[string]DocumentType
}

// For returns the options for one file: its own settings, where it has some.
func (o *Options) For(path string) Options {
	of := *o
	if s, own := o.PerFile[path]; own {
		of.Columns, of.Preset, of.Dates, of.Separator, of.Owed, of.Types = s.Columns, s.Preset, s.Dates, s.Separator, s.Owed, s.Types
	}
	return of
}

// overrides returns ledger.columns by column, and an error for names that are
// none.
func (o *Options) overrides() (map[column]string, error) {
	if o.Preset != "" && o.Preset != "auto" && layoutNamed(o.Preset) == nil {
		var names []string
		for _, l := range layouts() {
			names = append(names, l.name)
		}
		return nil, fileError("", "", 0, checkPreset, fmt.Sprintf("%q; there are auto, %s", o.Preset, strings.Join(names, ", ")))
	}
	found := make(map[column]string, len(o.Columns))
	var unknown []string
	for name, heading := range o.Columns {
		c, ok := columnNamed(name)
		if !ok {
			unknown = append(unknown, name)
			continue
		}
		found[c] = heading
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, fileError("", "", 0, checkColumnUnknown, fmt.Sprintf("%q; there are %v", unknown, columnNames[:]))
	}
	return found, nil
}

// types returns the company's own types of document by the folded word. Of two
// words that are one when folded the first in order counts.
func (o *Options) types() map[string]DocumentType {
	folded := make(map[string]DocumentType, len(o.Types))
	for _, name := range slices.Sorted(maps.Keys(o.Types)) {
		word := foldWords(strings.TrimSpace(name))
		if _, there := folded[word]; !there {
			folded[word] = o.Types[name]
		}
	}
	return folded
}

// typeNamed returns the type that a company has given to one of its own words
// for documents.
func (r *rowReader) typeNamed(text string) (DocumentType, bool) {
	if len(r.types) == 0 || text == "" {
		return 0, false
	}
	t, ok := r.types[foldWords(strings.TrimSpace(text))]
	return t, ok
}

// PerFile says how a setting is given to one file alone, for those who have
// several: the lines that stand below ledger: take the place of what the other
// files are read by.
func PerFile(path string) string {
	return "where the other ledgers are read well without it, put it below ledger.per_file instead, as in: per_file: [{files: [" +
		strconv.Quote(path) + "], …}]"
}

// pointOut adds to the remedy of files that a setting would help how to give it
// to them alone, where there are others.
func (r *reader) pointOut() {
	if r.files > 1 {
		for _, fault := range r.faults {
			point(fault)
		}
	}
}

func point(fault error) {
	if many, ok := fault.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			point(one)
		}
		return
	}
	if e, ok := fault.(*FileError); ok && e.Setting != "" {
		e.Remedy += "; where the other ledgers are read well without it, below ledger.per_file"
	}
}
