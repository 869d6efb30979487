package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// The pages are made by a test, and not by a verb, so that what turns text into
// troff is no part of a program that pays.
var manual = flag.String("manual", "", "write the manual pages into this `folder`, dated SOURCE_DATE_EPOCH")

// TestManual makes a page of each command, twice the same.
func TestManual(t *testing.T) {
	if *manual == "" {
		t.Setenv("SOURCE_DATE_EPOCH", "0")
	}
	dir, again := *manual, t.TempDir()
	if dir == "" {
		dir = t.TempDir()
	}
	writeManual(t, dir)
	writeManual(t, again)
	pages := 0
	eachCommand((&program{}).command(), func(c *cobra.Command) {
		pages++
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		first, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(again, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s is not the same bytes when it is made again", name)
		}
		for _, part := range []string{".TH \"RECONCILE", ".SH SYNOPSIS", ".SH EXAMPLE"} {
			if !bytes.Contains(first, []byte(part)) {
				t.Errorf("%s has no %s", name, part)
			}
		}
	})
	files, err := os.ReadDir(again)
	if err != nil {
		t.Fatal(err)
	}
	if pages < 20 || len(files) != pages {
		t.Errorf("got %d pages of %d commands, want one of each of at least 20", len(files), pages)
	}
}

func writeManual(t *testing.T, dir string) {
	t.Helper()
	root := (&program{}).command()
	root.DisableAutoGenTag = true
	eachCommand(root, func(c *cobra.Command) { c.DisableAutoGenTag = true })
	header := &doc.GenManHeader{Section: "1", Source: "reconcile", Manual: "reconcile"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
}

// eachCommand visits the commands that have a page.
func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && !sub.IsAdditionalHelpTopicCommand() {
			eachCommand(sub, visit)
		}
	}
}
