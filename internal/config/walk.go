package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document parses the bytes into the root section, or reports why it cannot.
func (l *loader) document(b []byte) *yaml.Node {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	switch {
	case len(b) > maxFile:
		l.at(1, 1, checkSyntax, "name the right file with --config", "the file is larger than %d bytes", maxFile)
		return nil
	case !utf8.Valid(b):
		line, column := invalidUTF8(b)
		l.at(line, column, checkSyntax, "save the file as UTF-8", "the file is not UTF-8")
		return nil
	case l.tabs(b):
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		l.syntax(b, err)
		return nil
	}
	if len(doc.Content) == 0 {
		l.at(1, 1, checkRequired, "`reconcile init DIR` writes a first one", "the file is empty")
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		l.at(second.Line, max(second.Column, 1), checkSyntax, "remove the line ---", "a second document begins here")
		return nil
	}
	return doc.Content[0]
}

// section reads a mapping by its keys.
func (l *loader) section(path string, n *yaml.Node, keys []key) {
	if n.Kind != yaml.MappingNode {
		l.wrongType(n, path, "a section of keys")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, node := n.Content[i], n.Content[i+1]
		switch {
		case name.Kind == yaml.AliasNode || name.Tag == "!!merge" || name.Anchor != "":
			l.alias(name)
			continue
		case name.Kind != yaml.ScalarNode:
			l.wrongType(name, path, "the name of a key")
			continue
		}
		k, known := find(keys, name.Value)
		if !known {
			l.unknown(path, name, keys)
			continue
		}
		if line, twice := seen[name.Value]; twice {
			l.at(name.Line, name.Column, checkDuplicate, "keep one of the two",
				"key %q stands here for the second time, first in line %d", join(path, name.Value), line)
			continue
		}
		seen[name.Value] = name.Line
		k.path = join(path, k.name)
		l.places[k.path] = l.place(node)
		l.fill(k, node)
	}
}

// fill reads what stands behind one key.
func (l *loader) fill(k key, n *yaml.Node) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		l.alias(n)
		return
	}
	// A key with nothing behind it was perhaps meant to be filled in later.
	if n.Tag == "!!null" {
		l.at(n.Line, n.Column, checkType, "give a value, or remove the key to have the default", "%s has no value", k.path)
		return
	}
	switch {
	case k.keys != nil:
		l.section(k.path, n, k.keys)
	case k.entries != nil:
		if n.Kind != yaml.SequenceNode {
			l.wrongType(n, k.path, "a list of sections, like [{b2b_id: BUYER0001}]")
			return
		}
		for i, keys := range k.entries(len(n.Content)) {
			path := k.path + "[" + strconv.Itoa(i) + "]"
			l.places[path] = l.place(n.Content[i])
			if n.Content[i].Kind == yaml.AliasNode || n.Content[i].Anchor != "" {
				l.alias(n.Content[i])
				continue
			}
			l.section(path, n.Content[i], keys)
		}
	case k.pairs != nil:
		l.pairs(k, n)
	case k.list != nil:
		l.texts(k, n)
	default:
		if n.Kind != yaml.ScalarNode {
			l.wrongType(n, k.path, "one value")
			return
		}
		if _, switched := k.value.(boolean); n.Tag == "!!bool" && !switched {
			l.wrongType(n, k.path, "one value that is not true or false (in quotes, if it is meant as text)")
			return
		}
		if err := k.value.Set(n.Value); err != nil {
			l.at(n.Line, n.Column, checkValue, "", "%s %s: %v", k.path, k.quote(n.Value), err)
		}
	}
}

// texts reads a list of single values.
func (l *loader) texts(k key, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		l.wrongType(n, k.path, `a list, like ["one", "two"]`)
		return
	}
	for _, entry := range n.Content {
		var s string
		switch {
		case entry.Kind == yaml.AliasNode || entry.Anchor != "":
			l.alias(entry)
			continue
		case entry.Kind != yaml.ScalarNode || entry.Tag == "!!null" || entry.Tag == "!!bool":
			l.wrongType(entry, k.path, "a list of texts")
			continue
		}
		err := (text{&s}).Set(entry.Value)
		if err == nil && k.each != nil {
			err = k.each(s)
		}
		if err != nil {
			l.at(entry.Line, entry.Column, checkValue, "", "%s %s: %v", k.path, k.quote(entry.Value), err)
			continue
		}
		*k.list = append(*k.list, s)
	}
}

func (l *loader) place(n *yaml.Node) string {
	return l.file + ":" + strconv.Itoa(n.Line) + ":" + strconv.Itoa(n.Column)
}

func (l *loader) wrongType(n *yaml.Node, path, want string) {
	got := "one value"
	switch n.Kind {
	case yaml.MappingNode:
		got = "a section"
	case yaml.SequenceNode:
		got = "a list"
	case yaml.AliasNode:
		l.alias(n)
		return
	case yaml.ScalarNode:
		if n.Tag == "!!bool" || n.Tag == "!!null" {
			got = n.Value
		}
	}
	if path == "" {
		path = "the file"
	}
	l.at(n.Line, n.Column, checkType, "", "%s: expected %s, got %s", path, want, got)
}

func (l *loader) alias(n *yaml.Node) {
	l.at(n.Line, n.Column, checkAlias, "write the value out", "anchors (&), aliases (*) and merge keys (<<) are not read here")
}

func (l *loader) unknown(path string, name *yaml.Node, keys []key) {
	near := nearestKey(name.Value, path, keys, schema(defaults()))
	where := ""
	if path != "" {
		where = " in " + path
	}
	l.at(name.Line, name.Column, checkUnknown, "the nearest known key is "+near,
		"unknown key %s%s", strconv.Quote(clip(name.Value)), where)
}

// quote returns a value for a message, and nothing of what may be a secret.
func (k key) quote(s string) string {
	if _, secret := k.value.(secretFile); secret {
		return hidden
	}
	return strconv.Quote(clip(s))
}

// clip shortens what a message repeats of the file.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// tabs reports lines indented with a tab, which YAML forbids and editors hide.
func (l *loader) tabs(b []byte) (found bool) {
	for i, line := range strings.Split(string(b), "\n") {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && strings.TrimSpace(line) != "" {
			l.at(i+1, tab+1, checkTab, "indent with spaces", "the line is indented with a tab")
			found = true
		}
	}
	return found
}

var yamlLine = regexp.MustCompile(`line ([0-9]+): `)

// syntax reports an error of the YAML parser, which names a line only.
func (l *loader) syntax(b []byte, err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatchIndex(message); m != nil {
		line, _ = strconv.Atoi(message[m[2]:m[3]])
		message = message[:m[0]] + message[m[1]:]
	}
	lines := strings.Split(string(b), "\n")
	line = min(max(line, 1), len(lines))
	column := len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " ")) + 1
	l.at(line, column, checkSyntax, "mend this line or the one before it; a value with a colon or a # in it belongs in quotes",
		"this is not YAML: %s", clip(message))
}

func invalidUTF8(b []byte) (line, column int) {
	line, column = 1, 1
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			return line, column
		case r == '\n':
			line, column = line+1, 0
		}
		column++
		b = b[size:]
	}
	return line, column
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func find(keys []key, name string) (key, bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}
