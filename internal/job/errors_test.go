package job

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/ledger"
	"reconcile/internal/party"
	"reconcile/internal/period"
)

var update = flag.Bool("update", false, "write docs/errors.md anew")

// A shelf is one chapter of docs/errors.md.
type shelf struct {
	title, intro string
	checks       []Message
}

// shelves gathers the checks of all rooms. Those of the command line have none.
func shelves() []shelf {
	var conf, files, rows, suppliers, events []Message
	for _, c := range config.Checks() {
		conf = append(conf, Message(c))
	}
	for _, c := range ledger.Checks() {
		one := Message{c.Name, sentence(c.Text), sentence(c.Remedy)}
		if c.File {
			files = append(files, one)
		} else {
			rows = append(rows, one)
		}
	}
	for _, c := range party.Checks() {
		suppliers = append(suppliers, Message{c.Name, sentence(c.Text), sentence(c.Remedy)})
	}
	for _, c := range enkash.Checks() {
		events = append(events, Message{c.Name, sentence(c.Meaning), sentence(c.Remedy)})
	}
	closings := ClosingMessages()
	for _, c := range period.Checks() {
		closings = append(closings, Message(c))
	}
	payments, decisions := PaymentMessages(), make([]Message, 0, 20)
	for _, c := range approval.Checks() {
		decisions = append(decisions, Message(c))
	}
	return []shelf{
		{"The configuration", "Exit code 78, except for a wrong check digit, which is a warning. Every fault is reported at once, with file, line and column.", conf},
		{"Ledgers that are refused", "Exit code 65: nothing may be concluded from half of the books. What only a setting can decide is never guessed. A setting that no file can obey is 78.", files},
		{"Ledger rows in quarantine", "The row stands in the sheet Quarantined and in results.jsonl, the rest goes on, and the run ends with 10.", rows},
		{"Lines of the supplier master in quarantine", "The same for a line of the supplier master: it joins no ledger row, and whoever it names is unknown.", suppliers},
		{"Events in quarantine", "The same for a line of an event log.", events},
		{"The store and the report", "Exit codes 10, 65, 66, 74, 75 and 41.", Messages()},
		{"Payments of ours", "Exit codes 21, 20, 64, 65, 66, 69, 74, 77 and 78: nothing is sent that is not approved, and nothing twice.", payments},
		{"The journal of our payments", "Exit codes 65, 74, 75 and 77.", JournalMessages()},
		{"Who decides", "Exit code 77; 64 and 66 for a file of a key.", decisions},
		{"Answering as a supplier", "Exit codes 78, 20, 77, 66, 64 and 10, as they stand here.", AnswerMessages()},
		{"Paying by accounts payable", "Exit code 64; that something waits for a person changes no exit code.", PayableMessages()},
		{"Receiving webhooks", "Exit codes 78, 74 and 75.", ListenMessages()},
		{"Old reports", "Exit codes 66, 65 and 40.", ReportMessages()},
		{"Notes of controllers", "Exit codes 10, 65 and 66. In a run they are told, and change no exit code.", NotesMessages()},
		{"Closing a month", "Exit codes 77, 64, 65 and 66. A gap is a warning, and a run for a business date in a closed month only reconciles.", closings},
		{"Nights that nobody watches", "Exit codes 78, 130 and 20; what nobody heard of changes no exit code.", NightMessages()},
		{"The command line", "Exit codes 64 and 65.", []Message{
			{"init-exists", "A file of the sample month is in the way.", "Name another folder, or move the file away."},
			{"sandbox-refused", "The sandbox does not take a payment request.", "Mend the field that is named."},
		}},
	}
}

// unprovoked are the checks that a user cannot meet, each with the reason.
var unprovoked = map[string]string{
	"column-unknown":   "the configuration refuses such a column before the ledger is opened",
	"journal-folder":   "it takes a network file system; internal/journal does it to itself in its tests",
	"journal-outdated": "it takes an older version of the program; internal/journal makes its journals in its tests",
	"journal-busy":     "it takes a program that keeps the file for half a minute; internal/journal does it to itself in its tests",
	"journal-disk":     "it takes a disk that is full or broken; internal/journal does it to itself in its tests",
	"logs-moving":      "it takes a rotation of logs that never ends; internal/job does it to itself in its tests",
	"facts-unreadable": "it takes facts that a later version kept; internal/job makes some in its tests",
	"report-differs":   "it takes another version of the program; internal/job does it to itself in its tests",
	"row-unreadable":   "the readers of tables say more exactly what is wrong, such as quote-misplaced",
}

// TestErrorsAreDocumented holds docs/errors.md to the checks of the code, and
// every check to a script that provokes it.
func TestErrorsAreDocumented(t *testing.T) {
	scripts := readScripts(t)
	var b strings.Builder
	b.WriteString("# What the program says when something is wrong\n\n" +
		"Every fault has a name, which stands in brackets behind its message or beside its\n" +
		"row in the report. This page is made from the program and its scripts by\n" +
		"`go test ./internal/job -update`.\n")
	seen := map[string]bool{}
	for _, s := range shelves() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.title, s.intro)
		for _, c := range s.checks {
			if seen[c.Name] {
				t.Errorf("two checks have the name %s", c.Name)
			}
			seen[c.Name] = true
			fmt.Fprintf(&b, "\n### %s\n\n%s *%s*\n", c.Name, c.Meaning, c.Remedy)
			script := provokes(scripts, c.Name)
			switch why, excused := unprovoked[c.Name], unprovoked[c.Name] != ""; {
			case script == "" && !excused:
				t.Errorf("no script provokes %s: add it to cmd/reconcile/testdata/script", c.Name)
			case script != "" && excused:
				t.Errorf("%s provokes %s, which is said to be impossible", script, c.Name)
			case excused:
				fmt.Fprintf(&b, "\nNobody meets it: %s.\n", why)
			default:
				fmt.Fprintf(&b, "\nProvoked in [%s](../cmd/reconcile/testdata/script/%s).\n", script, script)
			}
		}
	}
	path := filepath.Join("..", "..", "docs", "errors.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("docs/errors.md is out of date; run go test ./internal/job -update (-want +got):\n%s", diff)
	}
}

// TestEveryCheckIsListed: who puts a name into brackets puts it into the
// documentation.
func TestEveryCheckIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, s := range shelves() {
		for _, c := range s.checks {
			listed[c.Name] = true
		}
	}
	named := regexp.MustCompile(`[^\^]\[([a-z]{2,}(?:-[a-z]{2,})+)\]|Check: +"([a-z-]+)"`)
	found := 0
	for _, room := range []string{".", "../journal", "../listen", "../approval", "../submit", "../proposal", "../../cmd/reconcile"} {
		paths, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no files in %s: %v", room, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(b), -1) {
				found++
				if name := m[1] + m[2]; !listed[name] {
					t.Errorf("%s says [%s], which docs/errors.md does not explain", path, name)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("found %d names in brackets; the search is broken", found)
	}
}

// readScripts returns the commands of the scripts, without the files in them, by
// name.
func readScripts(t *testing.T) []script {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "cmd", "reconcile", "testdata", "script", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all []script
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		commands, _, _ := strings.Cut("\n"+string(b), "\n-- ")
		all = append(all, script{filepath.Base(path), commands})
	}
	return all
}

type script struct{ name, commands string }

// provokes returns the first script whose commands expect the check. A name that
// begins another (a longer one) is not found in it.
func provokes(scripts []script, check string) string {
	for _, s := range scripts {
		if strings.Contains(s.commands, `\[`+check+`\]`) || strings.Contains(s.commands, `"check":"`+check+`"`) ||
			strings.Contains(s.commands, check+`'`) {
			return s.name
		}
	}
	return ""
}

// sentence makes a sentence of a message.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
