package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"reconcile/internal/config"
)

// A guide is a document for users. Its blocks say by their kind what becomes of
// them: console is run by TestDocuments, sh is not and says why in the line before
// it, and no other holds a command.
type guide struct {
	path   string // from the top of the project
	lines  []string
	blocks []block
}

// A block is what stands between two fences.
type block struct {
	line  int // of its first fence, from 1
	kind  string
	mark  string // the comment in the line before it, without its brackets
	lines []string
}

// at names a line of a block, 0 being its fence.
func (g guide) at(b block, line int) string { return fmt.Sprintf("%s:%d", g.path, b.line+line) }

var comment = regexp.MustCompile(`^<!-- (.+) -->$`)

// guides reads the documents that users are sent to.
func guides(t *testing.T) []guide {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(paths) < 8 {
		t.Fatalf("got %d documents, %v, want at least 8", len(paths), err)
	}
	paths = append(paths, "../../README.md", "../../samples/README.md")
	all := make([]guide, 0, len(paths))
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		g := guide{path: strings.TrimPrefix(filepath.ToSlash(p), "../../"), lines: strings.Split(string(text), "\n")}
		g.blocks = blocksOf(t, g)
		all = append(all, g)
	}
	return all
}

func blocksOf(t *testing.T, g guide) []block {
	t.Helper()
	var all []block
	var open *block
	for i, line := range g.lines {
		kind, fence := strings.CutPrefix(line, "```")
		switch {
		case open == nil && fence:
			open = &block{line: i + 1, kind: kind}
			if i > 0 {
				if m := comment.FindStringSubmatch(g.lines[i-1]); m != nil {
					open.mark = m[1]
				}
			}
		case fence:
			all, open = append(all, *open), nil
		case open != nil:
			open.lines = append(open.lines, line)
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block has no end", g.path, open.line)
	}
	return all
}

// others are the programs that a block of kind sh may call: none of them is ours.
var others = []string{"apt-get", "cat", "cd", "docker", "dnf", "env", "journalctl", "kubectl", "make", "mount", "rsync", "runuser", "scp", "sha256sum", "systemctl"}

var (
	notRun = regexp.MustCompile(`^not run: .{20,}$`)
	runBy  = regexp.MustCompile(`^run by (Test[A-Za-z]+)$`)
	typed  = regexp.MustCompile(`^(\$|#) |^(bin/)?reconcile [a-z]`)
)

// TestCommandsAreRun: a command in a document is run, or the document says in
// front of it why not.
func TestCommandsAreRun(t *testing.T) {
	tests := testsHere(t)
	consoles := 0
	for _, g := range guides(t) {
		for _, b := range g.blocks {
			by := runBy.FindStringSubmatch(b.mark)
			switch {
			case b.kind == "console" && by != nil:
				if !tests[by[1]] {
					t.Errorf("%s: there is no %s", g.at(b, 0), by[1])
				}
			case b.kind == "console":
				consoles++
			case b.kind == "sh" && g.path == "docs/install.md" && b.mark == "run":
				// packaging/installed runs it on a copy of a machine.
			case b.kind == "sh":
				checkNotRun(t, g, b)
			default:
				for i, line := range b.lines {
					if typed.MatchString(line) && b.kind != "yaml" && b.kind != "nginx" {
						t.Errorf("%s: a command in a block of kind %q; make it console, which is run, or sh, which says why not: %s", g.at(b, i+1), b.kind, line)
					}
				}
			}
		}
	}
	if consoles < 30 {
		t.Errorf("got %d blocks that are run, want at least 30", consoles)
	}
}

func checkNotRun(t *testing.T, g guide, b block) {
	t.Helper()
	if !notRun.MatchString(b.mark) {
		t.Errorf("%s: want a line <!-- not run: why --> before it", g.at(b, 0))
	}
	for i, line := range b.lines {
		first, _, _ := strings.Cut(line, " ")
		if first != "" && first != "#" && !slices.Contains(others, first) {
			t.Errorf("%s: %s can be run; make the block console, or add the program to others", g.at(b, i+1), first)
		}
	}
}

// testsHere names the tests of this package.
func testsHere(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test[A-Za-z]+)\(`).FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
	}
	return all
}

var (
	span    = regexp.MustCompile("`([^`]+)`")
	flagged = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// TestWordsOfTheCommandLine: every verb and flag that a document names exists.
func TestWordsOfTheCommandLine(t *testing.T) {
	root := (&program{}).command()
	found := 0
	for _, g := range guides(t) {
		for i, line := range g.lines {
			var all []string
			for _, m := range span.FindAllStringSubmatch(line, -1) {
				all = append(all, m[1])
			}
			if text, is := strings.CutPrefix(line, "$ "); is || strings.HasPrefix(line, "reconcile ") {
				all = append(all, text)
			}
			for _, text := range all {
				found++
				if fault := unknownWords(root, text); fault != "" {
					t.Errorf("%s:%d: %s: %s", g.path, i+1, text, fault)
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("looked at %d texts; the search is broken", found)
	}
	eachCommand(root, func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if fault := unknownWords(root, strings.TrimSpace(line)); fault != "" {
				t.Errorf("%s --help: %s: %s", c.CommandPath(), strings.TrimSpace(line), fault)
			}
		}
	})
}

// TestSettingsOfTheDocuments: what a document shows of the configuration has keys
// and values that the program takes. A part of a file lacks what is required.
func TestSettingsOfTheDocuments(t *testing.T) {
	lacks := regexp.MustCompile(`\[config-(required|secret)\]`)
	found := 0
	for _, g := range guides(t) {
		for _, b := range g.blocks {
			if b.kind != "yaml" {
				continue
			}
			found++
			file := filepath.Join(t.TempDir(), "reconcile.yaml")
			if err := os.WriteFile(file, []byte(strings.Join(b.lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(file, nil)
			if err == nil {
				continue
			}
			for fault := range strings.Lines(err.Error()) {
				if strings.Contains(fault, "[config-") && !lacks.MatchString(fault) {
					t.Errorf("%s: %s", g.at(b, 0), strings.ReplaceAll(fault, file, "its line"))
				}
			}
		}
	}
	if found < 5 {
		t.Errorf("got %d blocks of the configuration, want at least 5", found)
	}
}

// unknownWords says what in a command line of ours does not exist. A text that is
// none, and begins with a flag, is of any command.
func unknownWords(root *cobra.Command, text string) string {
	words := strings.Fields(text)
	of := root
	for i, word := range words {
		ours := path.Base(word) == "reconcile" && (i == 0 || strings.Contains(words[i-1], "=") || slices.Contains([]string{"&&", "|", "--"}, words[i-1]))
		if !ours || i+1 == len(words) || strings.ToUpper(words[i+1]) == words[i+1] {
			continue
		}
		if strings.HasPrefix(words[i+1], "-") {
			continue
		}
		cmd, _, err := root.Find(words[i+1 : i+2])
		if err != nil || cmd == root {
			return "there is no command " + words[i+1]
		}
		of = cmd
	}
	if of == root && !strings.HasPrefix(text, "--") {
		return ""
	}
	for _, flag := range flagged.FindAllString(text, -1) {
		if !knowsFlag(of, strings.TrimPrefix(flag, "--"), of == root) {
			return of.CommandPath() + " has no flag " + flag
		}
	}
	return ""
}

func knowsFlag(c *cobra.Command, name string, anyOfThem bool) bool {
	c.InitDefaultHelpFlag()
	if c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil || c.PersistentFlags().Lookup(name) != nil {
		return true
	}
	return anyOfThem && slices.ContainsFunc(c.Commands(), func(sub *cobra.Command) bool { return knowsFlag(sub, name, false) })
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksResolve: what a document links to is there, and has the heading.
func TestLinksResolve(t *testing.T) {
	found := 0
	all := guides(t)
	for _, name := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, guide{path: name, lines: strings.Split(string(text), "\n")})
	}
	for _, g := range all {
		for i, line := range g.lines {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if strings.Contains(m[1], "://") {
					continue
				}
				found++
				file, heading, _ := strings.Cut(m[1], "#")
				target := path.Join("../..", path.Dir(g.path), file)
				if file == "" {
					target = path.Join("../..", g.path)
				}
				text, err := os.ReadFile(target)
				if stat, dir := os.Stat(target); dir == nil && stat.IsDir() {
					continue
				}
				if err != nil || heading != "" && !slices.Contains(headings(string(text)), heading) {
					t.Errorf("%s:%d: %s leads nowhere", g.path, i+1, m[1])
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("looked at %d links; the search is broken", found)
	}
}

// headings are the names by which the headings of a document are linked to.
func headings(text string) []string {
	var all []string
	drop := regexp.MustCompile(`[^a-z0-9 _-]`)
	for line := range strings.Lines(text) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			all = append(all, strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-"))
		}
	}
	return all
}

// TestDocuments runs the blocks of kind console of each document: a line behind $
// is typed into a shell, and what stands below it must be in what is printed; the
// exit code is 0, or that of a comment "# exit 10"; one with "# stays up" is stopped. A comment <!-- world: NAME -->
// begins in a new folder, made by testdata/docs/NAME.txtar, and <!-- clock: TIME -->
// sets the clock of the program.
func TestDocuments(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, g := range guides(t) {
		for i, script := range scriptsOf(t, g) {
			name := filepath.Join(dir, fmt.Sprintf("%s-%d.txtar", strings.TrimSuffix(filepath.Base(g.path), ".md"), i+1))
			if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, name)
		}
	}
	params := scripts()
	params.Dir, params.Files, params.UpdateScripts = "", files, false
	testscript.Run(t, params)
}

var (
	exitCode = regexp.MustCompile(`\s+# (?:exit (\d+)|stays (up))$`)
	marked   = regexp.MustCompile(`^<!-- (world|clock): (\S+) -->$`)
)

// scriptsOf makes a script of what a document does in each of its worlds.
func scriptsOf(t *testing.T, g guide) []string {
	t.Helper()
	var all []string
	var now, files strings.Builder
	end := func() {
		if now.Len() > 0 {
			all = append(all, now.String()+files.String())
		}
		now.Reset()
		files.Reset()
	}
	blocks := g.blocks
	for i, line := range g.lines {
		if m := marked.FindStringSubmatch(line); m != nil && m[1] == "clock" {
			fmt.Fprintf(&now, "env CLOCK=%s\n", m[2])
		} else if m != nil {
			end()
			world, err := os.ReadFile(filepath.Join("testdata", "docs", m[2]+".txtar"))
			if err != nil {
				t.Fatalf("%s:%d: %v", g.path, i+1, err)
			}
			commands, archive, _ := strings.Cut(string(world), "\n-- ")
			now.WriteString(commands + "\n")
			if archive != "" {
				files.WriteString("-- " + archive)
			}
		}
		if len(blocks) == 0 || blocks[0].line != i+1 {
			continue
		}
		b := blocks[0]
		blocks = blocks[1:]
		if b.kind != "console" || runBy.MatchString(b.mark) {
			continue
		}
		if now.Len() == 0 {
			t.Fatalf("%s: there is no world to run it in", g.at(b, 0))
		}
		for j, line := range b.lines {
			command, is := strings.CutPrefix(line, "$ ")
			switch {
			case is:
				want := "0"
				if m := exitCode.FindStringSubmatch(command); m != nil {
					want, command = m[1]+m[2], strings.TrimSuffix(command, m[0])
				}
				fmt.Fprintf(&now, "# %s\ntypes %s %s\n", g.at(b, j+1), want, quoted(command))
			case strings.TrimSpace(line) != "" && line != "…":
				fmt.Fprintf(&now, "shows %s\n", quoted(line))
			}
		}
	}
	end()
	return all
}

// quoted is a word of a script that holds a text as it is.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
