package ledger_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// quirks is how many ways are known in which ledgers go wrong; each has a number.
const quirks = 54

// TestEveryQuirkHasATest: by its number, and one that runs without public data.
func TestEveryQuirkHasATest(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "*", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`(?m)^func TestQuirk(\d\d)\w*\(`)
	tested := make(map[int]bool)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(content), "//go:build") {
			continue
		}
		for _, found := range name.FindAllStringSubmatch(string(content), -1) {
			n, err := strconv.Atoi(found[1])
			if err != nil || n < 1 || n > quirks {
				t.Errorf("%s: %s has the number of no quirk", path, found[0])
			}
			tested[n] = true
		}
	}
	for n := 1; n <= quirks; n++ {
		if !tested[n] {
			t.Errorf("quirk %d has no test", n)
		}
	}
}

// TestEveryLayoutIsKnownSomehow: and says so where people read of it.
func TestEveryLayoutIsKnownSomehow(t *testing.T) {
	page := ledger.Document()
	for _, p := range ledger.Presets() {
		says := map[ledger.Known]string{ledger.Seen: "Seen.", ledger.Documented: "Documented.", ledger.Assumed: "Assumed."}[p.Known]
		_, of, found := strings.Cut(page, "\n## "+p.Name+"\n\n")
		first, _, _ := strings.Cut(of, "\n")
		if says == "" || !found || !strings.Contains(first, says) {
			t.Errorf("%s is known as %v, and the documentation says %q", p.Name, p.Known, first)
		}
	}
}
