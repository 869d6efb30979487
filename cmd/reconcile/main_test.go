package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"reconcile/internal/report"
)

var update = flag.Bool("update", false, "write the goldens inside the scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reconcile": mainAt})
}

// TestScript types what a user could have typed. See testdata/script/README.md.
func TestScript(t *testing.T) {
	testscript.Run(t, scripts())
}

// scripts says where the scripts are, and which commands they have.
func scripts() testscript.Params {
	return testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CI", "true")
			env.Values[theBank] = &running{}
			env.Values[theListener] = &running{}
			env.Values[thePrinted] = &printed{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"world":    world,
			"save":     save,
			"without":  without,
			"xlsxdump": xlsxDump,
			"hold":     hold,
			"xlsx":     xlsx,
			"edit":     edit,
			"bank":     startBank,
			"listener": startListener,
			"office":   office,
			"let":      let,
			"is":       is,
			"sent":     sent,
			"sign":     sign,
			"large":    large,
			"annotate": annotate,
			"unpack":   unpack,
			"forge":    forge,
			"hashless": hashless,
			"nowhere":  nowhere,

			"types":       types,
			"shows":       shows,
			"certificate": certificate,
		},
	}
}

// exits CODE PROGRAM ARGS… runs a program and asks for its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", args[1], got, want)
	}
}

// world makes a small working folder in which all is well: one invoice paid and
// confirmed, one that is due.
func world(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: world")
	}
	from := filepath.Join("testdata", "world")
	for _, name := range []string{"reconcile.yaml", "ledger/open.csv", "events/november.jsonl"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		ts.Check(err)
		path := ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, b, 0o644))
	}
}

// save FILE writes the last stdout, with the script's folder as $WORK and the
// version of the program left out.
func save(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: save FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile("stdout"), ts.Getenv("WORK"), "$WORK")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// without FILE KEY… drops top-level keys of a JSON object, which must be the only
// thing in the file.
func without(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: without FILE KEY…")
	}
	var all map[string]json.RawMessage
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(dec.Decode(&all))
	if dec.More() {
		ts.Fatalf("%s holds more than one JSON value", args[0])
	}
	for _, key := range args[1:] {
		if _, there := all[key]; !there {
			ts.Fatalf("%s has no key %q", args[0], key)
		}
		delete(all, key)
	}
	b, err := json.MarshalIndent(all, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(b, '\n'), 0o600))
}

// xlsxdump FILE writes a workbook as text to stdout.
func xlsxDump(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: xlsxdump FILE")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(report.Dump(bytes.NewReader(b), int64(len(b)), ts.Stdout()))
}

// xlsx CSV FILE makes a workbook of a CSV file. Cells that begin with = become
// formulas saved without their results, and those that begin with # error values.
func xlsx(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: xlsx CSV FILE")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	var sheet strings.Builder
	sheet.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for i, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, i+1)
		for j, text := range row {
			at := fmt.Sprintf("%c%d", 'A'+j, i+1)
			switch {
			case strings.HasPrefix(text, "="):
				fmt.Fprintf(&sheet, `<c r="%s"><f>%s</f></c>`, at, text[1:])
			case strings.HasPrefix(text, "#"):
				fmt.Fprintf(&sheet, `<c r="%s" t="e"><v>%s</v></c>`, at, text)
			default:
				fmt.Fprintf(&sheet, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, text)
			}
		}
		sheet.WriteString("</row>")
	}
	sheet.WriteString("</sheetData></worksheet>")
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packages = "http://schemas.openxmlformats.org/package/2006/"
	const types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + packages + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + types + `sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + types + `worksheet+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets><sheet name="Open" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet.String()},
	} {
		w, err := z.Create(part[0])
		ts.Check(err)
		_, err = w.Write([]byte(part[1]))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// edit FROM TO OLD NEW… copies a text with the first of each OLD replaced, as a
// clerk would do it.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || len(args)%2 != 0 {
		ts.Fatalf("usage: edit FROM TO OLD NEW…")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	text := string(b)
	for i := 2; i < len(args); i += 2 {
		if !strings.Contains(text, args[i]) {
			ts.Fatalf("%s has no %q", args[0], args[i])
		}
		text = strings.Replace(text, args[i], args[i+1], 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// hold FILE locks a file until the script ends, as another run would.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold FILE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_RDWR, 0o600)
	ts.Check(err)
	ts.Check(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
	ts.Defer(func() { _ = f.Close() })
}

func TestPrintable(t *testing.T) {
	got := strings.Map(printable, "a\x1b[31mb\u202egnp.exe\u2066\tc\nd\r\x00\u009b₹")
	if want := "a[31mbgnp.exe\tc\nd₹"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var b bytes.Buffer
	if _, err := fmt.Fprint(&cleaner{&b}, "x\x07y"); err != nil || b.String() != "xy" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}
