package enkash

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestScanner(t *testing.T) {
	for _, c := range []struct {
		text string
		want error
	}{
		{`{"a":[1,-0.5e+3,"x\u00e9\ud83d\ude00\n",true,false,null,{}]}`, nil},
		{`{"a":1,"\u0061":2}`, errDuplicate},
		{`{"a":1,"a":1}`, errDuplicate},
		{`{"a":1}{`, errSyntax},
		{`{"a":01}`, errSyntax},
		{`{"a":1.}`, errSyntax},
		{`{"a":"x`, errTorn},
		{`{"a":"\ud800"}`, errSurrogate},
		{`{"a":"\ude00\ud800"}`, errSurrogate},
		{"{\"a\":\"\xff\"}", errUTF8},
		{"{\"a\":\"\n\"}", errSyntax},
		{`{"a":1,}`, errSyntax},
		{`[1,]`, errSyntax},
		{``, errTorn},
		{`tru`, errTorn},
		{`{"a":"\x"}`, errSyntax},
		{strings.Repeat("[", 64) + strings.Repeat("]", 64), nil},
		{strings.Repeat("[", 65) + strings.Repeat("]", 65), errDepth},
	} {
		var tp tape
		err := tp.parse([]byte(c.text))
		if !errors.Is(err, c.want) {
			t.Errorf("parse(%s) = %v, want %v", c.text, err, c.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{ "b" : 1.50, "a" : [ -0.0, 1e3, 120e-2, 0.001, 1E-2 ] }`, `{"a":[0,1000,1.2,0.001,0.01],"b":1.5}`},
		{`"\u0041\/\"\\\n\u00e9"`, `"A/\"\\\u000aé"`},
		{`1e999999999`, `1e999999999`},
		{`10e999999998`, `1e999999999`},
		{`1e99999999999999999999`, `1e99999999999999999999`},
		{`0e99999999999999999999`, `0`},
		{`-12.30`, `-12.3`},
		{`{"é":1,"z":2,"":3}`, `{"":3,"z":2,"é":1}`},
	} {
		var tp tape
		if err := tp.parse([]byte(c.text)); err != nil {
			t.Fatal(err)
		}
		var canon canon
		if got := string(canon.append(nil, &tp, 0)); got != c.want {
			t.Errorf("canonical %s = %s, want %s", c.text, got, c.want)
		}
	}
}

// FuzzScanner holds the scanner against encoding/json: it accepts nothing that
// the standard library refuses, refuses more only for the reasons it names, and
// reads the same values.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`{"a":[1,-0.5e+3,"x\u00e9\ud83d\ude00\n",true,false,null,{}]}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte(wire{}.response()))
	f.Fuzz(func(t *testing.T, b []byte) {
		var tp tape
		err := tp.parse(b)
		valid := json.Valid(b)
		switch {
		case err == nil && !valid:
			t.Fatalf("accepted %q", b)
		case err != nil && valid && utf8.Valid(b) && !errors.Is(err, errDuplicate) && !errors.Is(err, errDepth) && !errors.Is(err, errSurrogate):
			t.Fatalf("refused %q: %v", b, err)
		case err != nil:
			return
		}
		var canon canon
		once := canon.append(nil, &tp, 0)
		var again tape
		if err := again.parse(once); err != nil {
			t.Fatalf("canonical %q: %v", once, err)
		}
		if twice := canon.append(nil, &again, 0); !bytes.Equal(once, twice) {
			t.Fatalf("canonical %q becomes %q", once, twice)
		}
		if want, got := decoded(t, b), decoded(t, once); !reflect.DeepEqual(want, got) {
			t.Fatalf("canonical %q means something else than %q", once, b)
		}
	})
}

// decoded reads a document with encoding/json; its numbers are brought to one
// text, for that is what they are compared by.
func decoded(t *testing.T, b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return oneText(v)
}

func oneText(v any) any {
	switch v := v.(type) {
	case json.Number:
		return json.Number(appendNumber(nil, []byte(v)))
	case []any:
		for i := range v {
			v[i] = oneText(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = oneText(v[k])
		}
	}
	return v
}

func TestSplitterIsIndependentOfReads(t *testing.T) {
	text := "\ufeff" + wire{}.request() + "\n\n{\"torn\n" + wire{}.response()
	want := split(t, strings.NewReader(text))
	got := split(t, oneByte{strings.NewReader(text)})
	if !reflect.DeepEqual(want, got) || len(want) != 3 {
		t.Errorf("got %q, want %q", got, want)
	}
}

type oneByte struct{ r *strings.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }

func split(t *testing.T, r interface{ Read([]byte) (int, error) }) []string {
	t.Helper()
	s := newSplitter(r)
	s.start()
	var all []string
	for {
		d, err := s.next()
		if err != nil {
			return all
		}
		all = append(all, string(d.bytes))
	}
}
