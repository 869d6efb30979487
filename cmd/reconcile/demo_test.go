package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemo goes the whole way of make demo, and holds what README.md shows of it
// to what it prints. Lines with … are cut, and those of other days differ.
func TestDemo(t *testing.T) {
	script, err := filepath.Abs(filepath.Join("..", "..", "samples", "demo.sh"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// Under this name the test binary is the program; see TestMain.
	if err := os.Symlink(self, filepath.Join(dir, "reconcile")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", script, "./reconcile", "demo", "2026-11-21")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the demo failed: %v\n%s", err, out)
	}
	printed := string(out)
	for _, want := range []string{"asha approved 3 payments", "status confirmed, match exact, confirmation accepted", "the chain is whole"} {
		if !strings.Contains(printed, want) {
			t.Errorf("the demo does not say %q:\n%s", want, printed)
		}
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, session, _ := strings.Cut(string(readme), "$ make demo\n")
	session, _, _ = strings.Cut(session, "```")
	compared := 0
	for line := range strings.Lines(session) {
		if strings.Contains(line, "…") || strings.HasPrefix(line, "$ ") || strings.TrimSpace(line) == "" {
			continue
		}
		compared++
		if !strings.Contains(printed, line) {
			t.Errorf("README.md shows a line that make demo does not print: %s", line)
		}
	}
	if compared < 10 {
		t.Errorf("README.md shows %d lines of make demo, want at least 10", compared)
	}
}
