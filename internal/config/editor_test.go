package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "rewrite samples/reconcile.schema.json")

const (
	sampleFile = "../../samples/reconcile.yaml"
	schemaFile = "../../samples/reconcile.schema.json"
)

// An object is a part of a JSON Schema.
type object = map[string]any

// required are the keys without which no configuration is whole, whatever the
// environment says: lists cannot be overridden.
var required = map[string][]string{"": {"buyers", "ledger", "events"}, "ledger": {"files"}, "events": {"files"}}

// jsonSchema draws the list of keys for editors, which then complete and check
// while a person types. Where a rule cannot be said in a schema it says less:
// what the program accepts, the schema never refuses.
func jsonSchema(explained map[string]string) object {
	all := section("", schema(defaults()), explained)
	all["$schema"] = "http://json-schema.org/draft-07/schema#" // the newest that editors of YAML know well
	all["title"] = "The configuration of reconcile"
	return all
}

func section(path string, keys []key, explained map[string]string) object {
	properties := object{}
	for _, k := range keys {
		k.path = join(path, k.name)
		drawn := draw(k, explained)
		if text := explained[k.path]; text != "" {
			drawn["description"] = text
		}
		properties[k.name] = drawn
	}
	all := object{"type": "object", "additionalProperties": false, "properties": properties}
	if needs := required[path]; needs != nil {
		all["required"] = needs
	}
	return all
}

func draw(k key, explained map[string]string) object {
	switch {
	case k.keys != nil:
		return section(k.path, k.keys, explained)
	case k.entries != nil:
		return k.atLeastOne(object{"type": "array", "items": section(k.path+"[]", k.entries(1)[0], explained)})
	case k.pairs != nil:
		return object{"type": "object", "additionalProperties": object{"enum": k.some}}
	case k.list != nil:
		return k.atLeastOne(object{"type": "array", "items": object{"type": []string{"string", "number"}}})
	}
	switch v := k.value.(type) {
	case word:
		return object{"enum": v.some}
	case boolean:
		return object{"enum": []any{true, false, "true", "false"}}
	case count:
		return whole(v.min, v.max)
	case size:
		return whole(1, v.max)
	case amount, bandLimit:
		return object{"type": []string{"string", "number"}, "minimum": 0, "pattern": `^[0-9][0-9,]*(\.[0-9]{1,2}0*)?$`}
	case date:
		return object{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
	case duration:
		return object{"type": []string{"string", "number"}, "pattern": `^[+]?(0|([0-9]*[.]?[0-9]*(ns|us|µs|μs|ms|s|m|h))+)$`, "maximum": 0}
	}
	// Of the others each has rules of its own, told by the program when it reads
	// them.
	return object{"type": []string{"string", "number"}}
}

func whole(least, most int) object {
	return object{"type": []string{"integer", "string"}, "minimum": least, "maximum": most, "pattern": "^[+-]?[0-9]+$"}
}

func (k key) atLeastOne(list object) object {
	section, name := "", k.path
	if dot := strings.LastIndexByte(k.path, '.'); dot >= 0 {
		section, name = k.path[:dot], k.path[dot+1:]
	}
	if slices.Contains(required[section], name) {
		list["minItems"] = 1
	}
	return list
}

// explanations reads what the sample says of each key: the comment above it. A
// key that the sample shows as a comment is a key as well.
func explanations(sample string) map[string]string {
	keyLine := regexp.MustCompile(`^([a-z0-9_]+):( |$)`)
	explained := map[string]string{}
	var comment, names []string
	var depths []int
	for line := range strings.Lines(sample) {
		text := strings.TrimSpace(line)
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if inner, is := strings.CutPrefix(text, "#"); is {
			text = strings.TrimSpace(inner)
			depth += max(len(inner)-len(strings.TrimLeft(inner, " "))-1, 0)
		}
		found := keyLine.FindStringSubmatch(text)
		switch {
		case found != nil:
			for len(depths) > 0 && depths[len(depths)-1] >= depth {
				depths, names = depths[:len(depths)-1], names[:len(names)-1]
			}
			depths, names = append(depths, depth), append(names, found[1])
			explained[strings.Join(names, ".")] = strings.Join(comment, " ")
			comment = nil
		case text == "" || strings.HasPrefix(text, "- ") || !strings.HasPrefix(strings.TrimSpace(line), "#"):
			comment = nil
		default:
			comment = append(comment, strings.TrimSpace(strings.TrimPrefix(text, "#")))
		}
	}
	return explained
}

// TestEditorSchema holds the file that editors read to the list of keys and to
// the comments of the sample.
func TestEditorSchema(t *testing.T) {
	sample, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(jsonSchema(explanations(string(sample)))); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what the keys and the sample say: run go test ./internal/config -update", schemaFile)
	}
	if !strings.Contains(string(sample), "\n# yaml-language-server: $schema="+filepath.Base(schemaFile)+"\n") {
		t.Errorf("%s does not name %s for editors", sampleFile, filepath.Base(schemaFile))
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEditorSchemaAgrees asks the schema about every configuration that stands
// in a sample or a script: what the program accepts the schema accepts, and a
// key that the program does not know neither does the schema.
func TestEditorSchemaAgrees(t *testing.T) {
	editor := compiled(t)
	accepted, unknown := 0, 0
	for name, text := range configurations(t) {
		_, err := parse(name, t.TempDir(), []byte(text), nil)
		value, readable := plain(text)
		switch {
		case !readable:
		case err == nil:
			accepted++
			if err := editor.Validate(value); err != nil {
				t.Errorf("%s is accepted by the program, and the schema says: %v", name, err)
			}
		case strings.Contains(err.Error(), "["+checkUnknown+"]"):
			unknown++
			if editor.Validate(value) == nil {
				t.Errorf("%s has a key that the program does not know, and the schema accepts it", name)
			}
		}
	}
	if accepted < 10 || unknown < 2 {
		t.Errorf("got %d accepted configurations and %d with unknown keys, want at least 10 and 2: the test looks in the wrong place", accepted, unknown)
	}
}

// TestEditorSchemaRefuses has one wrong value of each kind, which both refuse.
func TestEditorSchemaRefuses(t *testing.T) {
	editor := compiled(t)
	for _, line := range []string{
		"ledgers: {files: [l.csv]}",
		"payments: {type: ONPLATFORM, mode: sometimes}",
		"payments: {type: ONPLATFORM, max_invoices: 51}",
		`payments: {type: ONPLATFORM, max_invoices: "many"}`,
		"payments: {type: ONPLATFORM, auto_limit: -1}",
		`payments: {type: ONPLATFORM, auto_limit: "1.005"}`,
		"payments: {type: ONPLATFORM, valid_for: 72}",
		"payments: {type: ONPLATFORM, valid_for: three days}",
		"payments: {type: ONPLATFORM, net_credits: yes}",
		"payments: {type: ONPLATFORM, approvers: {name: asha}}",
		"payments: {type: ONPLATFORM, caps: {week: 1}}",
		"payments: [ONPLATFORM]",
		"matching: {covers_from: 1 April 2026}",
		"matching: {covers_modes: NEFT}",
		"matching: {outcome_within: }",
		"schedule: {cron: true}",
		"mail: {max_bytes: 0}",
	} {
		text := small + line + "\n"
		if _, err := load(t, text); err == nil {
			t.Errorf("%s: the program accepts it", line)
		}
		value, readable := plain(text)
		if !readable {
			t.Fatalf("%s is not YAML", line)
		}
		if editor.Validate(value) == nil {
			t.Errorf("%s: the schema accepts it, and the program does not", line)
		}
	}
	for _, missing := range []string{"buyers", "ledger", "events"} {
		text := regexp.MustCompile(`(?m)^`+missing+`: .*\n`).ReplaceAllString(small, "")
		if value, _ := plain(text); editor.Validate(value) == nil {
			t.Errorf("the schema accepts a configuration without %s", missing)
		}
	}
}

// configurations returns the YAML files of the samples, the scripts and these
// tests by name.
func configurations(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"small": small, "full": full}
	for _, root := range []string{"../../samples", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".txtar" {
				return err
			}
			b, err := os.ReadFile(path)
			if filepath.Ext(path) == ".yaml" {
				all[path] = string(b)
				return err
			}
			for _, f := range txtar.Parse(b).Files {
				if filepath.Ext(f.Name) == ".yaml" {
					all[path+":"+f.Name] = string(f.Data)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// plain reads YAML as editors do, to which a date is a text.
func plain(text string) (value any, ok bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return nil, false
	}
	b, err := json.Marshal(plainNode(doc.Content[0]))
	if err != nil {
		return nil, false
	}
	value, err = jsonschema.UnmarshalJSON(bytes.NewReader(b))
	return value, err == nil
}

func plainNode(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		all := object{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			all[n.Content[i].Value] = plainNode(n.Content[i+1])
		}
		return all
	case yaml.SequenceNode:
		all := make([]any, len(n.Content))
		for i, entry := range n.Content {
			all[i] = plainNode(entry)
		}
		return all
	}
	var value any
	if n.Tag == "!!timestamp" || n.Decode(&value) != nil {
		return fmt.Sprint(n.Value)
	}
	return value
}
