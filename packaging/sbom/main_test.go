package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// TestOfItself lists the modules of this very test, which is a built program too.
func TestOfItself(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := run([]string{program, "1.2.0", "1763769600"}, to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same program is described in other bytes the second time")
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(&first, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if got, want := bom.Metadata.Timestamp, "2025-11-22T00:00:00Z"; got != want {
		t.Errorf("got timestamp %s, want %s", got, want)
	}
	found := map[string]bool{}
	for _, c := range *bom.Components {
		found[c.Name] = c.Version != "" && strings.HasPrefix(c.PackageURL, "pkg:golang/"+c.Name+"@")
	}
	for _, want := range []string{"std", "github.com/CycloneDX/cyclonedx-go"} {
		if !found[want] {
			t.Errorf("%s is not listed, or without its version: got %v", want, found)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {"main.go", "1", "0"}, {"absent", "1", "0"}, {"main.go", "1", "today"}} {
		if err := run(args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
}
