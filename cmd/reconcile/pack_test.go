package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"reconcile/internal/report"
)

// unpack ZIP DIR writes the files of a zip into a folder.
func unpack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unpack ZIP DIR")
	}
	eachPacked(ts, args[0], func(name string, text []byte) {
		path := filepath.Join(ts.MkAbs(args[1]), filepath.FromSlash(name))
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, text, 0o600))
	})
}

// forge FROM TO FILE OLD NEW [remade|unsigned] copies a pack with the first OLD in
// one of its files replaced, as somebody would who wants other figures in it; with a
// manifest that fits, and without the signatures, where that is asked for.
func forge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 || len(args) > 6 {
		ts.Fatalf("usage: forge FROM TO FILE OLD NEW [remade|unsigned]")
	}
	how := append(args, "plain")[5]
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	var files []report.File
	var signatures []report.Signature
	found := false
	eachPacked(ts, args[0], func(name string, text []byte) {
		if name == args[2] && strings.Contains(string(text), args[3]) {
			found = true
			text = []byte(strings.Replace(string(text), args[3], args[4], 1))
		}
		w, err := out.Create(name)
		ts.Check(err)
		_, err = w.Write(text)
		ts.Check(err)
		switch who, signature := strings.CutPrefix(name, "signatures/"); {
		case signature:
			signatures = append(signatures, report.Signature{Name: who, Text: text})
		case name != "manifest.json":
			files = append(files, report.File{Name: name, Write: func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			}})
		}
	})
	ts.Check(out.Close())
	if !found {
		ts.Fatalf("%s of %s has no %q", args[2], args[0], args[3])
	}
	if how != "plain" {
		b.Reset()
		_, err := report.WritePack(&b, files)
		ts.Check(err)
	}
	if how == "remade" {
		unsigned := bytes.Clone(b.Bytes())
		pack, err := report.ReadPack(bytes.NewReader(unsigned), int64(len(unsigned)))
		ts.Check(err)
		b.Reset()
		ts.Check(pack.WriteSigned(&b, signatures))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

var aHash = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// hashless FILE writes the last stdout with every SHA-256 as HASH: those of the
// journal and of the sandbox's log are never the same.
func hashless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hashless FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), aHash.ReplaceAll([]byte(ts.ReadFile("stdout")), []byte("HASH")), 0o600))
}

func eachPacked(ts *testscript.TestScript, path string, do func(name string, text []byte)) {
	z, err := zip.OpenReader(ts.MkAbs(path))
	ts.Check(err)
	defer func() { ts.Check(z.Close()) }()
	for _, f := range z.File {
		r, err := f.Open()
		ts.Check(err)
		text, err := io.ReadAll(r)
		ts.Check(err)
		ts.Check(r.Close())
		do(f.Name, text)
	}
}
