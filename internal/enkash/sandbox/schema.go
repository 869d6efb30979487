package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"reconcile/internal/money"
)

// A rule says what may stand at one place of a body. Exactly one of fields, of
// and value is set.
type rule struct {
	fields []field                  // an object of these keys and no others
	of     *rule                    // a list of these
	least  int                      // so many in a list,
	most   int                      // at most
	value  func(v json.Token) error // anything else: a string, json.Number or bool
}

// A field is a key of an object, spelled exactly so.
type field struct {
	name     string
	rule     rule
	optional bool
}

func object(fields ...field) rule { return rule{fields: fields} }

func list(least, most int, of rule) rule { return rule{of: &of, least: least, most: most} }

func must(name string, r rule) field { return field{name: name, rule: r} }

func may(name string, r rule) field { return field{name: name, rule: r, optional: true} }

// obey reads a body by a rule. It is stricter than encoding/json: a key in another
// case, a key twice, null, text that is not UTF-8 and anything behind the body are
// refused, for another reader may take each of them differently. What is nested
// deeper than the rule is never entered.
func obey(body []byte, r rule) error {
	if !utf8.Valid(body) {
		return errors.New("the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := r.read(d, ""); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the body")
	}
	return nil
}

func (r rule) read(d *json.Decoder, path string) error {
	v, err := d.Token()
	if err != nil {
		return fmt.Errorf("reading %s: %w", place(path), err)
	}
	switch {
	case r.fields != nil:
		if v != json.Delim('{') {
			return fmt.Errorf("%s is no object", place(path))
		}
		return r.readObject(d, path)
	case r.of != nil:
		if v != json.Delim('[') {
			return fmt.Errorf("%s is no list", place(path))
		}
		return r.readList(d, path)
	}
	if err := r.value(v); err != nil {
		return fmt.Errorf("%s %w", place(path), err)
	}
	return nil
}

func (r rule) readObject(d *json.Decoder, path string) error {
	var seen []string
	for d.More() {
		v, err := d.Token()
		if err != nil {
			return fmt.Errorf("reading %s: %w", place(path), err)
		}
		key := v.(string) // unreachable otherwise: encoding/json takes no other key
		below := strings.TrimPrefix(path+"."+key, ".")
		i := slices.IndexFunc(r.fields, func(f field) bool { return f.name == key })
		switch {
		case i < 0:
			return fmt.Errorf("%s is not on the API page", below)
		case slices.Contains(seen, key):
			return fmt.Errorf("%s stands there twice", below)
		}
		seen = append(seen, key)
		if err := r.fields[i].rule.read(d, below); err != nil {
			return err
		}
	}
	for _, f := range r.fields {
		if !f.optional && !slices.Contains(seen, f.name) {
			return fmt.Errorf("%s is missing", strings.TrimPrefix(path+"."+f.name, "."))
		}
	}
	return end(d, path)
}

func (r rule) readList(d *json.Decoder, path string) error {
	n := 0
	for ; d.More(); n++ {
		if n == r.most {
			return fmt.Errorf("%s has more than %d entries", path, r.most)
		}
		if err := r.of.read(d, fmt.Sprintf("%s[%d]", path, n)); err != nil {
			return err
		}
	}
	if n < r.least {
		return fmt.Errorf("%s has %d entries, and needs %d", path, n, r.least)
	}
	return end(d, path)
}

// end reads the closing bracket.
func end(d *json.Decoder, path string) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("reading %s: %w", place(path), err)
	}
	return nil
}

func place(path string) string {
	if path == "" {
		return "the body"
	}
	return path
}

// text is a string of a pattern.
func text(pattern string) rule {
	p := regexp.MustCompile(pattern)
	return rule{value: func(v json.Token) error {
		s, ok := v.(string)
		switch {
		case !ok:
			return errors.New("is no text")
		case strings.ContainsRune(s, utf8.RuneError):
			return errors.New("has a character that is none")
		case !p.MatchString(s):
			return fmt.Errorf("does not match %s", p)
		}
		return nil
	}}
}

// oneOf is a string out of a list.
func oneOf(words ...string) rule {
	return rule{value: func(v json.Token) error {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fmt.Errorf("is none of %q", words)
		}
		return nil
	}}
}

// moment is a time with its offset from UTC. The API pages say only that it is
// text; two readers of a time without an offset may be five and a half hours apart.
func moment() rule {
	return rule{value: func(v json.Token) error {
		s, ok := v.(string)
		if !ok {
			return errors.New("is no text")
		}
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return errors.New("is no time such as 2026-11-21T10:05:00+05:30")
		}
		return nil
	}}
}

var plainNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]{1,2})?$`)

// rupees is an amount: a number of at most two decimals, not negative, without an
// exponent.
func rupees() rule {
	return rule{value: func(v json.Token) error {
		n, ok := v.(json.Number)
		if _, quoted := v.(string); quoted {
			return errors.New("is a number in quotes")
		}
		if !ok {
			return errors.New("is no number")
		}
		if !plainNumber.MatchString(n.String()) {
			return errors.New("is no amount of at most two decimals")
		}
		if _, err := money.ParseNumber(n.String()); err != nil {
			return err
		}
		return nil
	}}
}

// wholeNumber is an integer from least on.
func wholeNumber(least int64) rule {
	return rule{value: func(v json.Token) error {
		n, ok := v.(json.Number)
		if !ok {
			return errors.New("is no number")
		}
		if i, err := n.Int64(); err != nil || i < least {
			return fmt.Errorf("is no whole number from %d on", least)
		}
		return nil
	}}
}

func yesOrNo() rule {
	return rule{value: func(v json.Token) error {
		if _, ok := v.(bool); !ok {
			return errors.New("is neither true nor false")
		}
		return nil
	}}
}
