package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/casebook"
	"reconcile/internal/matcher"
)

// TestControllerGuide holds the tables of docs/controller.md to those of the
// code, and its list of sheets to the workbook.
func TestControllerGuide(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "controller.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, want := string(text), string(text)
	for _, p := range []struct{ name, table string }{
		{"statuses", statusesGuide()}, {"breaks", breaksGuide()}, {"states", statesGuide(t)}, {"resolutions", resolutionsGuide(t)},
	} {
		before, rest, begun := strings.Cut(want, "<!-- begin "+p.name+": made by go test ./internal/report -run Controller -update -->\n")
		_, after, ended := strings.Cut(rest, "<!-- end "+p.name+" -->")
		if !begun || !ended {
			t.Fatalf("docs/controller.md has no place for the %s", p.name)
		}
		mark := want[len(before) : len(want)-len(rest)]
		want = before + mark + p.table + "<!-- end " + p.name + " -->" + after
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/controller.md is out of date; run go test ./internal/report -run Controller -update (-want +got):\n%s", diff)
	}
	f := smallFacts()
	f.Late = &Late{}
	sheets := []string{"Summary", "Run"}
	for _, s := range f.tables() {
		sheets = append(sheets, s.name)
	}
	_, list, _ := strings.Cut(got, "\n## The sheets\n")
	list, _, _ = strings.Cut(list, "\n## ")
	for _, name := range sheets {
		if !strings.Contains(list, "\n| "+name+" | ") {
			t.Errorf("docs/controller.md does not say what the sheet %s is for", name)
		}
	}
	if rows := strings.Count(list, "\n| ") - 1; rows != len(sheets) {
		t.Errorf("docs/controller.md lists %d sheets, want %d", rows, len(sheets))
	}
}

func statusesGuide() string {
	var b strings.Builder
	b.WriteString("| status | what it means |\n|---|---|\n")
	for i, s := range matcher.Statuses {
		fmt.Fprintf(&b, "| %s | %s |\n", s, statusMeanings[i])
	}
	return b.String()
}

func breaksGuide() string {
	var b strings.Builder
	b.WriteString("| code | how soon | on | what it means | what to do |\n|---|---|---|---|---|\n")
	for _, c := range matcher.Codes() {
		soon, on := c.Severity.String(), "item"
		if c.Blocks {
			soon += ", blocks"
		}
		if c.OnLine {
			on = "payment line"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.Code, soon, on, c.Meaning, remedy(c.Code))
	}
	return b.String()
}

// statesGuide lists the states in the order in which a payment may reach them.
func statesGuide(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| state | what it means |\n|---|---|\n")
	order := []string{"INTENT", "SENDING", "UNSURE", "ACKED", "PAID", "FAILED", "RETURNED", "VOID"}
	if len(order) != len(stateMeanings) {
		t.Errorf("there are %d states, and docs/controller.md lists %d", len(stateMeanings), len(order))
	}
	for _, s := range order {
		if stateMeanings[s] == "" {
			t.Errorf("nothing says what the state %s means", s)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", s, stateMeanings[s])
	}
	return b.String()
}

func resolutionsGuide(t *testing.T) string {
	meanings := map[casebook.Resolution]string{
		casebook.Investigate:      "somebody looks into it",
		casebook.AcceptDifference: "it is right as it is; quiet up to what you saw",
		casebook.WriteOff:         "not worth pursuing; quiet, up to the limit of the configuration",
		casebook.SupplierToRefund: "the supplier owes us the money",
		casebook.BooksToCorrect:   "the ledger is wrong, and accounting mends it",
		casebook.PlatformToAnswer: "EnKash or the bank has to say what happened",
		casebook.WrongSupplier:    "somebody else was paid than was owed",
		casebook.RecoverDuplicate: "paid twice, and to be got back",
	}
	var b strings.Builder
	b.WriteString("| resolution | what it means |\n|---|---|\n")
	for _, r := range casebook.Resolutions() {
		if meanings[r] == "" {
			t.Errorf("nothing says what the resolution %s means", r)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r, meanings[r])
	}
	return b.String()
}
