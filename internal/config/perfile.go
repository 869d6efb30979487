package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// LedgerFiles are ledgers that need other settings than the rest, such as those
// of a second system. Load fills in what an entry leaves out from the section
// that it stands in, so that each is whole.
type LedgerFiles struct {
	// Files are globs that choose among the files of the section; they add none.
	// Required.
	Files []string

	// Each as in Ledger. Columns and DocumentTypes take the place of the
	// section's as a whole; an empty one takes it away.
	Preset, Dates, Decimal, Owed string
	Columns, DocumentTypes       map[string]string
}

// DocumentTypes lists what a type of document can be.
func DocumentTypes() []string { return []string{"invoice", "credit_note", "debit_note", "advance"} }

// readingKeys are those that say how ledgers are read, of all or of some.
func readingKeys(preset, dates, decimal, owed *string, columns, types map[string]string) []key {
	all := make([]key, 0, len(Columns()))
	for _, name := range Columns() {
		all = append(all, key{name: name, value: column{columns, name}})
	}
	return []key{
		{name: "preset", value: text{preset}},
		{name: "columns", keys: all},
		{name: "dates", value: word{dates, []string{"auto", "day-first", "month-first"}}},
		{name: "decimal", value: word{decimal, []string{"auto", "point", "comma"}}},
		{name: "owed", value: word{owed, []string{"auto", "positive", "negative"}}},
		{name: "document_types", pairs: types, some: DocumentTypes(), shown: showPairs(types), silent: true},
	}
}

// makePerFile makes n entries of l, and the keys of each.
func (l *Ledger) makePerFile(n int) [][]key {
	l.PerFile = make([]LedgerFiles, n)
	entries := make([][]key, n)
	for i := range l.PerFile {
		f := &l.PerFile[i]
		f.Columns, f.DocumentTypes = map[string]string{}, map[string]string{}
		entries[i] = append([]key{{name: "files", list: &f.Files}},
			readingKeys(&f.Preset, &f.Dates, &f.Decimal, &f.Owed, f.Columns, f.DocumentTypes)...)
	}
	return entries
}

// showPerFile writes the entries as they are in force.
func (l *Ledger) showPerFile() string {
	var all []string
	for _, f := range l.PerFile {
		parts := []string{strings.Join(f.Files, ", ") + ": preset " + f.Preset, "dates " + f.Dates, "decimal " + f.Decimal, "owed " + f.Owed}
		if len(f.Columns) > 0 {
			parts = append(parts, "columns "+showPairs(f.Columns)())
		}
		if len(f.DocumentTypes) > 0 {
			parts = append(parts, "document_types "+showPairs(f.DocumentTypes)())
		}
		all = append(all, strings.Join(parts, ", "))
	}
	return strings.Join(all, "; ")
}

func showPairs(pairs map[string]string) func() string {
	return func() string {
		var all []string
		for _, name := range slices.Sorted(maps.Keys(pairs)) {
			all = append(all, name+"="+pairs[name])
		}
		return strings.Join(all, " ")
	}
}

// perFile makes the entries of a section whole.
func (l *loader) perFile(section string, of *Ledger) {
	for i := range of.PerFile {
		f := &of.PerFile[i]
		path := fmt.Sprintf("%s.per_file[%d]", section, i)
		l.require(len(f.Files) > 0, path+".files", `name the files that these settings are for, like files: ["ledger/sap/*.xlsx"]`)
		for _, s := range []struct{ own, rest *string }{
			{&f.Preset, &of.Preset}, {&f.Dates, &of.Dates}, {&f.Decimal, &of.Decimal}, {&f.Owed, &of.Owed},
		} {
			if *s.own == "" {
				*s.own = *s.rest
			}
		}
		if !l.given(path + ".columns") {
			f.Columns = of.Columns
		}
		if !l.given(path + ".document_types") {
			f.DocumentTypes = of.DocumentTypes
		}
	}
}

// pairs reads a section whose keys only the user knows; each has one of a few
// words. Two keys that differ in capitals alone would be one.
func (l *loader) pairs(k key, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		l.wrongType(n, k.path, "a section of words, like {KRX: "+k.some[0]+"}")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, node := n.Content[i], n.Content[i+1]
		var word string
		switch {
		case name.Kind == yaml.AliasNode || name.Tag == "!!merge" || name.Anchor != "" || node.Kind == yaml.AliasNode || node.Anchor != "":
			l.alias(name)
			continue
		case name.Kind != yaml.ScalarNode || (text{&word}).Set(name.Value) != nil:
			l.wrongType(name, k.path, "a word")
			continue
		}
		path := join(k.path, word)
		if line, twice := seen[strings.ToUpper(word)]; twice {
			l.at(name.Line, name.Column, checkDuplicate, "keep one of the two", "key %q stands here for the second time, first in line %d", path, line)
			continue
		}
		seen[strings.ToUpper(word)] = name.Line
		if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
			l.wrongType(node, path, alternatives(k.some))
			continue
		}
		if !slices.Contains(k.some, node.Value) {
			l.at(node.Line, node.Column, checkValue, "", "%s %q: expected %s", path, clip(node.Value), alternatives(k.some))
			continue
		}
		k.pairs[word] = node.Value
	}
}
