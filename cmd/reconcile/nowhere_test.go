package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/rogpeppe/go-internal/testscript"
)

// nowhere FOLDER TEXT… asks that none of the texts stands in a file below a folder,
// nor in what is packed in it: workbooks, packs, and the facts of a run. At least
// one file of each of these kinds must be there, or nothing would be asked.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nowhere FOLDER TEXT…")
	}
	seen := make(map[string]bool) // by the end of the name
	var look func(name string, text []byte)
	look = func(name string, text []byte) {
		ext := filepath.Ext(name)
		seen[ext] = true
		for _, never := range args[1:] {
			if bytes.Contains(text, []byte(never)) || strings.Contains(name, never) {
				ts.Fatalf("%s holds %s, want it nowhere", name, never)
			}
		}
		switch ext {
		case ".zip", ".xlsx":
			z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
			ts.Check(err)
			for _, f := range z.File {
				r, err := f.Open()
				ts.Check(err)
				inner, err := io.ReadAll(r)
				ts.Check(err)
				look(name+"!"+f.Name, inner)
			}
		case ".facts":
			_, packed, _ := bytes.Cut(text, []byte("\n")) // behind the line with the format
			inner, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
			ts.Check(err)
			look(name+"!unpacked", inner)
		}
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			look(path, text)
		}
		return err
	}))
	for _, ext := range []string{".xlsx", ".xml", ".csv", ".jsonl", ".json", ".facts", ".db", ".zip"} {
		if !seen[ext] {
			ts.Fatalf("below %s is no file %s, and nothing was looked for in one", args[0], ext)
		}
	}
}
