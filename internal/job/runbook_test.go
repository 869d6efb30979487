package job

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRunbook holds docs/runbook.md to the exit codes: a section for each, in the
// order of their weight, which says what it means, whether money may have moved,
// what to do and what not.
func TestRunbook(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile(`^(\d+): .+`)
	var got []int
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		m := title.FindStringSubmatch(section)
		if m == nil {
			continue // about codes that are not ours
		}
		code, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, code)
		at := 0
		for _, part := range []string{"**It means**", "**Money**", "**Do**", "**Do not**"} {
			next := strings.Index(section[at:], part)
			if next < 0 {
				t.Errorf("docs/runbook.md, exit code %d: want %s behind what comes before it", code, part)
				continue
			}
			at += next
		}
	}
	if want := worstFirst[:]; !slices.Equal(got, want) {
		t.Errorf("docs/runbook.md has sections for %v, want %v", got, want)
	}
}
