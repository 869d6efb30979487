package report

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

func somePack(t *testing.T, order ...int) ([]byte, *Manifest) {
	t.Helper()
	files := []File{
		{Name: "a.json", Write: writesText("{}\n")},
		{Name: "b/c.txt", Write: writesText(strings.Repeat("a line\n", 1000))},
		{Name: "empty", Write: writesText("")},
	}
	var sorted []File
	for _, i := range order {
		sorted = append(sorted, files[i])
	}
	var b bytes.Buffer
	m, err := WritePack(&b, sorted)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

func writesText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func readPack(text []byte) (*Pack, error) {
	return ReadPack(bytes.NewReader(text), int64(len(text)))
}

// A pack is a function of its files, comes back as it was, and keeps its one hash
// when signatures are laid beside them.
func TestPack(t *testing.T) {
	text, m := somePack(t, 0, 1, 2)
	if other, _ := somePack(t, 2, 0, 1); !bytes.Equal(text, other) {
		t.Error("the same files in another order are another pack")
	}
	p, err := readPack(text)
	if err != nil {
		t.Fatal(err)
	}
	if p.Manifest.SHA256 != m.SHA256 || len(p.Manifest.Files) != 3 || len(p.Signatures) != 0 {
		t.Errorf("got %+v, want %+v", p.Manifest, m)
	}
	if got, err := p.File("a.json"); err != nil || string(got) != "{}\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := p.File("manifest.json"); err == nil {
		t.Error("the manifest was handed out as one of its files")
	}
	signed := func(p *Pack, who ...string) []byte {
		var b bytes.Buffer
		var all []Signature
		for _, name := range who {
			all = append(all, Signature{name, []byte("signed by " + name)})
		}
		if err := p.WriteSigned(&b, all); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	once := signed(p, "ravi", "../asha r.")
	again, err := readPack(once)
	if err != nil {
		t.Fatal(err)
	}
	if again.Manifest.SHA256 != m.SHA256 || len(again.Signatures) != 2 || again.Signatures[0].Name != "1-___asha_r_" || string(again.Signatures[1].Text) != "signed by ravi" {
		t.Errorf("got %+v with the signatures %+v", again.Manifest, again.Signatures)
	}
	if !bytes.Equal(signed(again, "../asha r.", "ravi"), once) {
		t.Error("signing what is signed leaves other bytes")
	}
}

// Whatever was put in, taken out or altered is found.
func TestReadPackRefuses(t *testing.T) {
	good, _ := somePack(t, 0, 1, 2)
	rewritten := func(change func(name string, text []byte) (string, []byte), more ...string) []byte {
		z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		out := zip.NewWriter(&b)
		put := func(name string, text []byte) {
			w, err := out.Create(name)
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if name, text := change(f.Name, text); name != "" {
				put(name, text)
			}
		}
		for _, name := range more {
			put(name, []byte("more"))
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	same := func(name string, text []byte) (string, []byte) { return name, text }
	of := func(which string, to func([]byte) []byte) func(string, []byte) (string, []byte) {
		return func(name string, text []byte) (string, []byte) {
			if name == which {
				text = to(text)
			}
			return name, text
		}
	}
	if _, err := readPack(rewritten(same)); err != nil {
		t.Fatalf("a pack that was only packed again was refused: %v", err)
	}
	for name, test := range map[string]struct {
		text []byte
		want string
	}{
		"no zip":          {[]byte("PK and nothing"), "it is no zip file"},
		"another byte":    {rewritten(of("a.json", func([]byte) []byte { return []byte("[]\n") })), "a.json is not what the manifest says"},
		"a longer file":   {rewritten(of("a.json", func(b []byte) []byte { return append(b, ' ') })), "a.json does not have the 3 bytes"},
		"a shorter file":  {rewritten(of("b/c.txt", func(b []byte) []byte { return b[:10] })), "b/c.txt does not have the 7000 bytes"},
		"one more file":   {rewritten(same, "extra.txt"), "it holds extra.txt, which its manifest does not name"},
		"one file twice":  {rewritten(same, "a.json"), "it holds a.json twice"},
		"one file less":   {rewritten(func(n string, b []byte) (string, []byte) { return strings.TrimPrefix(n, "empty"), b }), "it does not hold empty"},
		"no manifest":     {rewritten(func(n string, b []byte) (string, []byte) { return strings.TrimPrefix(n, "manifest.json"), b }), "it does not hold manifest.json"},
		"a manifest":      {rewritten(of("manifest.json", func(b []byte) []byte { return append(b, '\n') })), "its manifest is not written as this program writes it"},
		"no manifest's":   {rewritten(of("manifest.json", func([]byte) []byte { return []byte("{") })), "its manifest cannot be read"},
		"a huge manifest": {rewritten(of("manifest.json", func([]byte) []byte { return make([]byte, maxManifest+1) })), "manifest.json is longer than"},
		"many files":      {rewritten(same, strings.Split(strings.Repeat("x,", maxPackFiles), ",")...), "more than any pack"},
	} {
		if _, err := readPack(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
