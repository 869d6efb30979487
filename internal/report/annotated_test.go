package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
)

// edit writes into cells of a workbook as a controller would, by the exception id
// of the row and the title of the column.
func edit(t testing.TB, workbook []byte, change func(x *excelize.File, at func(sheet, id, title string) string)) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	change(x, func(sheet, id, title string) string {
		rows, err := x.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		column, where := 0, 0
		for i, row := range rows {
			for k, text := range row {
				if text == title && column == 0 {
					column = k + 1
				}
				if text == id && where == 0 {
					where = i + 1
				}
			}
		}
		if column == 0 || where == 0 {
			t.Fatalf("sheet %s has no %s for %s", sheet, title, id)
		}
		cell, err := excelize.CoordinatesToCellName(column, where)
		if err != nil {
			t.Fatal(err)
		}
		return cell
	})
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A note is read back from both sheets, whatever else was done to the workbook.
func TestAnnotated(t *testing.T) {
	f := smallFacts()
	ids := f.findings()
	first, second, third := ids[0].ExceptionID, ids[1].ExceptionID, ids[2].ExceptionID
	asked, _ := day.Of(2026, 12, 5)
	kept := casebook.Note{Owner: "meera", Resolution: casebook.Investigate, Text: "asked the bank", Due: asked}
	f.Notes = map[string]casebook.Standing{second: {Note: kept}, third: {Note: kept}}
	printed := workbookOf(t, f)

	untouched, err := ReadAnnotated("r.xlsx", printed, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(untouched.Annotations) > 0 || len(untouched.Problems) > 0 || untouched.Rows < len(ids) {
		t.Errorf("of a workbook that nobody touched got %+v, want %d rows or more and nothing else", untouched, len(ids))
	}

	came := edit(t, printed, func(x *excelize.File, at func(sheet, id, title string) string) {
		set := func(id, title string, v any) {
			if err := x.SetCellValue("Breaks", at("Breaks", id, title), v); err != nil {
				t.Fatal(err)
			}
		}
		set(first, "Owner", " meera\u202e\x00 n ")
		set(first, "Resolution", "Accept  Difference")
		set(first, "Due", "5/12/2026")
		set(first, "Amount", 1) // is not looked at
		set(second, "Note", "the bank answered")
	})
	got, err := ReadAnnotated("r.xlsx", came, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []casebook.Annotation{
		{ExceptionID: first, Note: casebook.Note{Owner: "meera n", Resolution: casebook.AcceptDifference, Due: asked}},
		{ExceptionID: second, Note: casebook.Note{Owner: "meera", Resolution: casebook.Investigate, Text: "the bank answered", Due: asked}, Printed: kept.Digest()},
	}
	if len(got.Problems) > 0 || len(got.Annotations) != len(want) {
		t.Fatalf("got %+v and %v, want %+v", got.Annotations, got.Problems, want)
	}
	for i, a := range got.Annotations {
		if a.Pos.Sheet != "Breaks" || a.Pos.Row < 3 {
			t.Errorf("the note stands at %v, want a row of Breaks", a.Pos)
		}
		a.Pos = want[i].Pos
		if a != want[i] {
			t.Errorf("got %+v, want %+v", a, want[i])
		}
	}
}

// What could be an account number or a PAN is masked before anything keeps it, and
// what was masked is no change when it comes back.
func TestAnnotatedMasks(t *testing.T) {
	f := smallFacts()
	id := f.findings()[0].ExceptionID
	write := func(owner, note any) func(*excelize.File, func(sheet, id, title string) string) {
		return func(x *excelize.File, at func(sheet, id, title string) string) {
			for title, v := range map[string]any{"Owner": owner, "Note": note, "Invoice number": "5100000123"} {
				if err := x.SetCellValue("Breaks", at("Breaks", id, title), v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	read := func(data []byte) []casebook.Annotation {
		got, err := ReadAnnotated("r.xlsx", data, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Annotations
	}
	raw := write("asha 5010 0987 654321", "pay 123456789.00 of 5100000123 to 50100987654321, PAN ABCPE1234F")
	got := read(edit(t, workbookOf(t, f), raw))
	want := casebook.Note{Owner: "asha ****4321", Text: "pay 123456789.00 of 5100000123 to ****4321, PAN (PAN)"}
	if len(got) != 1 || got[0].Note != want {
		t.Fatalf("got %+v, want one annotation, %+v", got, want)
	}
	f.Notes = map[string]casebook.Standing{id: {Note: want}}
	printed := workbookOf(t, f)
	if again := read(edit(t, printed, raw)); len(again) > 0 {
		t.Errorf("the same account number typed again is %+v, want no change", again)
	}
	if got = read(edit(t, printed, write("asha", 50100987654321))); len(got) != 1 || strings.Contains(got[0].Note.Text, "50100") {
		t.Errorf("a number as a note: got %+v, want it masked", got)
	}
	if problem := problemOf(t, edit(t, printed, func(x *excelize.File, at func(sheet, id, title string) string) {
		if err := x.SetCellValue("Breaks", at("Breaks", id, "Due"), "pay 50100987654321"); err != nil {
			t.Fatal(err)
		}
	})); strings.Contains(problem, "50100") {
		t.Errorf("the problem shows %q, want no account number", problem)
	}
}

func problemOf(t *testing.T, data []byte) string {
	t.Helper()
	got, err := ReadAnnotated("r.xlsx", data, nil)
	if err != nil || len(got.Problems) != 1 {
		t.Fatalf("got %+v and %v, want one problem", got, err)
	}
	return got.Problems[0].Value
}

// What cannot be taken is said with its place, and the other rows are read.
func TestAnnotatedProblems(t *testing.T) {
	f := smallFacts()
	ids := f.findings()
	id := ids[0].ExceptionID
	for check, change := range map[string]func(x *excelize.File, cell func(title string) string) error{
		"notes-formula": func(x *excelize.File, cell func(string) string) error {
			return x.SetCellFormula("Breaks", cell("Note"), `WEBSERVICE("http://example.com")`)
		},
		"notes-resolution": func(x *excelize.File, cell func(string) string) error {
			return x.SetCellValue("Breaks", cell("Resolution"), "pay it twice")
		},
		"notes-due": func(x *excelize.File, cell func(string) string) error {
			return x.SetCellValue("Breaks", cell("Due"), "next week")
		},
		"notes-length": func(x *excelize.File, cell func(string) string) error {
			return x.SetCellValue("Breaks", cell("Note"), strings.Repeat("x", maxNote+1))
		},
		"notes-titles": func(x *excelize.File, cell func(string) string) error {
			return x.SetCellValue("Breaks", "A2", "Owner")
		},
	} {
		t.Run(check, func(t *testing.T) {
			came := edit(t, workbookOf(t, f), func(x *excelize.File, at func(sheet, id, title string) string) {
				if err := change(x, func(title string) string { return at("Breaks", id, title) }); err != nil {
					t.Fatal(err)
				}
				if err := x.SetCellValue("Act today", at("Act today", id, "Note"), "the other sheet"); err != nil {
					t.Fatal(err)
				}
			})
			got, err := ReadAnnotated("r.xlsx", came, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Problems) != 1 || got.Problems[0].Check != check || got.Problems[0].Pos.Sheet != "Breaks" || got.Problems[0].Remedy == "" {
				t.Errorf("got %+v, want one problem %s in Breaks with a remedy", got.Problems, check)
			}
			if len(got.Annotations) != 1 || got.Annotations[0].Note.Text != "the other sheet" {
				t.Errorf("got %+v, want the note of the other sheet", got.Annotations)
			}
		})
	}
}

func TestAnnotatedForeign(t *testing.T) {
	x := excelize.NewFile()
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"another workbook": b.Bytes(), "no workbook": []byte("Owner,Note\nx,y\n"), "nothing": nil} {
		if a, err := ReadAnnotated("r.xlsx", data, nil); err == nil {
			t.Errorf("%s was read as %+v", name, a)
		}
	}
}

// Whatever comes back, reading it ends, and no note is longer than it may be or
// holds what cannot be seen.
func FuzzReadAnnotated(f *testing.F) {
	f.Add(workbookOf(f, smallFacts()))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ReadAnnotated("r.xlsx", data, nil)
		if err != nil {
			return
		}
		for _, n := range a.Annotations {
			if n.Note.Text != oneLine(n.Note.Text) || len([]rune(n.Note.Text)) > maxNote || n.ExceptionID == "" {
				t.Errorf("took %+v", n)
			}
		}
	})
}
