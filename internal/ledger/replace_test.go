package ledger

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const mendHead = "supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount\n"

// openRows is a ledger with one good row and two bad ones, in rows 3 and 4.
const openRows = "S1,A1,2026-10-01,2026-10-31,100.00,0.00,100.00\n" +
	"S1,A2,2026-10-01,soon,200.00,0.00,200.00\n" +
	"S1,A3,2026-10-01,2026-10-31,three hundred,0.00,300.00\n"

// readAll reads texts as the files of one run, by name.
func readAll(t *testing.T, files ...string) *Book {
	t.Helper()
	var all []sheetFile
	for i := 0; i < len(files); i += 2 {
		all = append(all, sheetFile{Input{Path: files[i]}, openTable(t, files[i], []byte(files[i+1]))})
	}
	book, err := readFiles(context.Background(), all, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// TestReplace has mended lines and what has become of their ledger meanwhile. Of
// every file it asks for the totals, of every refused line for the reason, and
// that no row counts twice.
func TestReplace(t *testing.T) {
	quarantined := csvOf(t, readAll(t, "open.csv", mendHead+openRows))
	mended := strings.NewReplacer("soon", "2026-10-31", "three hundred", "300.00").Replace(quarantined)
	half := strings.Replace(quarantined, "soon", "2026-10-31", 1)
	unsealed := regexp.MustCompile(",(seal|v1-[0-9a-f]+)")
	lines := strings.SplitAfter(mended, "\n")
	fixed := strings.NewReplacer("soon", "2026-10-31", "three hundred", "300.00").Replace(openRows)
	for _, c := range []struct {
		name         string
		open, mended string
		items        string // numbers, in the order of the files
		checks       string // of the mended lines
		quarantined  [2]int // of the ledger, of the mended file
		replaced     int
		doubtful     string
	}{
		{"all mended", openRows, mended, "A2 A3 A1", "", [2]int{2, 0}, 2, ""},
		{"half mended", openRows, half, "A2 A1", "amount-unreadable", [2]int{2, 1}, 1, "a.csv open.csv"},
		{"none mended", openRows, quarantined, "A1", "date-unreadable amount-unreadable", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"one line deleted", openRows, lines[0] + lines[2], "A3 A1", "", [2]int{2, 0}, 1, "a.csv open.csv"},
		{"a line after the others", openRows + "S1,A4,2026-10-01,2026-10-31,400.00,0.00,400.00\n", mended, "A2 A3 A1 A4", "", [2]int{2, 0}, 2, ""},
		{"the rows have moved", "S1,A0,2026-10-01,2026-10-31,50.00,0.00,50.00\n" + openRows, mended, "A0 A1", "mended-row-changed mended-row-changed", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"a row has another value", strings.Replace(openRows, "300.00\n", "301.00\n", 1), mended, "A2 A1", "mended-row-changed", [2]int{2, 1}, 1, "a.csv open.csv"},
		{"the ledger is mended", fixed, mended, "A1 A2 A3", "mended-already mended-already", [2]int{0, 2}, 0, "a.csv"},
		{"one row of it is", strings.Replace(openRows, "soon", "2026-10-31", 1), mended, "A3 A1 A2", "mended-already", [2]int{1, 1}, 1, "a.csv"},
		{"the row is gone", strings.SplitAfter(openRows, "\n")[0], mended, "A1", "mended-already mended-already", [2]int{0, 2}, 0, "a.csv"},
		{"a line twice", openRows, mended + lines[1], "A3 A1", "mended-twice mended-twice", [2]int{2, 2}, 1, "a.csv open.csv"},
		{"another ledger's line", openRows, strings.ReplaceAll(mended, "open.csv", "other.csv"), "A1", "mended-row-unknown mended-row-unknown", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"a line of a file of mended rows", openRows, strings.ReplaceAll(mended, "open.csv", "a.csv"), "A1", "mended-row-unknown mended-row-unknown", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"a row that is none", openRows, strings.ReplaceAll(mended, "open.csv,,3", "open.csv,,three"), "A3 A1", "mended-row-unknown", [2]int{2, 1}, 1, "a.csv open.csv"},
		{"headings changed places", openRows, strings.Replace(mended, "invoice_date,due_date", "due_date,invoice_date", 1), "A1", "mended-row-unknown mended-row-unknown", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"no seal", openRows, strings.ReplaceAll(mended, ",v1-", ",,v1-"), "A1", "mended-row-unknown mended-row-unknown", [2]int{2, 2}, 0, "a.csv open.csv"},
		{"without the column of seals", openRows, unsealed.ReplaceAllString(mended, ""), "A1", "mended-row-unknown mended-row-unknown", [2]int{2, 2}, 0, "a.csv open.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := readAll(t, "a.csv", c.mended, "open.csv", mendHead+c.open)
			var items, checks, doubtful []string
			for _, it := range book.Items {
				items = append(items, it.Number)
			}
			for _, p := range book.Problems {
				if p.Pos.File == "a.csv" {
					checks = append(checks, p.Check)
				}
			}
			for _, in := range book.Inputs {
				if in.Doubtful {
					doubtful = append(doubtful, in.Path)
				}
				if err := in.check(); err != nil {
					t.Error(err)
				}
			}
			for what, pair := range map[string][2]string{
				"items": {strings.Join(items, " "), c.items}, "checks": {strings.Join(checks, " "), c.checks},
				"files in doubt": {strings.Join(doubtful, " "), c.doubtful},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
			a, open := book.Inputs[0], book.Inputs[1]
			if got := [2]int{open.Quarantined, a.Quarantined}; got != c.quarantined || open.Mended != c.replaced {
				t.Errorf("quarantined %v, %d of them mended; want %v and %d", got, open.Mended, c.quarantined, c.replaced)
			}
			if c.replaced > 0 && !slices.ContainsFunc(open.Notes, func(n string) bool { return strings.Contains(n, "mended in a.csv") }) {
				t.Errorf("no note says what mends the ledger: %q", open.Notes)
			}
			left := 0
			for _, f := range book.QuarantineFiles() {
				left += f.Rows
			}
			if left != open.Quarantined-open.Mended {
				t.Errorf("%d rows to mend are written, want %d", left, open.Quarantined-open.Mended)
			}
			if len(book.Quarantined) != open.Quarantined+a.Quarantined {
				t.Errorf("the cells of %d rows are kept, want %d", len(book.Quarantined), open.Quarantined+a.Quarantined)
			}
		})
	}
}

// TestReplaceUnkept: a row of which no cells are kept cannot be known again, and
// no line replaces it.
func TestReplaceUnkept(t *testing.T) {
	const bad = "S1,A2,2026-10-01,2026-10-31,200.00,0.00,\"200.00\n"
	line := mendHead[:len(mendHead)-1] + ",file,sheet,row,column,reason,remedy,layout,seal\n" +
		"S1,A2,2026-10-01,2026-10-31,200.00,0.00,200.00,open.csv,,2,,why,how,canonical,v1-000000000000000000000000\n"
	book := readAll(t, "a.csv", line, "open.csv", mendHead+bad)
	if len(book.Items) != 0 || book.Inputs[1].Mended != 0 || book.Problems[len(book.Problems)-1].Check != "mended-row-changed" {
		t.Errorf("got %d items, %d mended, %v; want the line refused", len(book.Items), book.Inputs[1].Mended, book.Problems)
	}
}

// TestReplaceLines: of the lines of one mended bill the first is the item, and
// the others replace their rows all the same; so does a line that turns out to be
// no item. What is refused of them is counted as quarantined.
func TestReplaceLines(t *testing.T) {
	const head = "Bill Date,Bill Number,Bill Status,Vendor Name,Due Date,Item Name,Item Total,SubTotal,Total,Balance\n"
	const bill = "01-10-2026,OW/77,Open,Orange City Wires,31-10-2026,Wire,30000.00,35000.00,41300.00,41300.00\n" +
		"01-10-2026,OW/77,Open,Orange City Wires,31-10-2026,Ties,5000.00,35000.00,41330.00,41330.00\n" +
		"02-10-2026,OW/78,Open,Orange City Wires,soon,Wire,100.00,100.00,118.00,118.00\n"
	quarantined := csvOf(t, readAll(t, "open.csv", head+bill))
	mended := strings.NewReplacer("41330.00", "41300.00", "OW/78,Open,Orange City Wires,soon", "OW/78,Void,Orange City Wires,2026-10-31").Replace(quarantined)
	book := readAll(t, "a.csv", mended, "open.csv", head+bill)
	if in := book.Inputs[1]; in.Quarantined != 3 || in.Mended != 3 || in.Doubtful || len(book.Items) != 1 {
		t.Errorf("got %d of %d rows mended and %d items, want all and one: %v", in.Mended, in.Quarantined, len(book.Items), book.Problems)
	}
	book = readAll(t, "a.csv", mended, "open.csv", head+strings.NewReplacer("41330.00", "41300.00", "soon", "31-10-2026").Replace(bill))
	if in := book.Inputs[0]; in.Quarantined != 3 || in.Accepted != 0 || len(in.Skipped) != 0 || len(book.Items) != 2 {
		t.Errorf("got %+v and %d items, want three lines in quarantine beside two items", in, len(book.Items))
	}
	for _, in := range book.Inputs {
		if err := in.check(); err != nil {
			t.Error(err)
		}
	}
	// An emptied line says nothing of its row.
	emptied := regexp.MustCompile(`(?m)^02-10-2026,.*?,118.00,118.00,`).ReplaceAllString(quarantined, strings.Repeat(",", 10))
	emptied = regexp.MustCompile(`(?m)^2026-10-02,.*?,118.00,118.00,`).ReplaceAllString(emptied, strings.Repeat(",", 10))
	if emptied == quarantined {
		t.Fatalf("no line was emptied:\n%s", quarantined)
	}
	book = readAll(t, "a.csv", strings.ReplaceAll(emptied, "41330.00", "41300.00"), "open.csv", head+bill)
	if in := book.Inputs[1]; in.Mended != 2 || !in.Doubtful {
		t.Errorf("got %d of %d rows mended, want two: %v", in.Mended, in.Quarantined, book.Problems)
	}
}
