package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/day"
)

// parts are the least that a workbook has; tests replace what they are about.
func parts(sheetData string) map[string]string {
	return map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Open" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts count="9">
			<numFmt numFmtId="164" formatCode="&quot;&quot;0.00&quot; Cr&quot;"/>
			<numFmt numFmtId="165" formatCode="[$₹-4009]\ #,##0.00"/>
			<numFmt numFmtId="166" formatCode="dd\-mm\-yyyy"/>
			<numFmt numFmtId="167" formatCode="h:mm:ss"/></numFmts>
			<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t xml:space="preserve"> plain </t></si><si><r><t>rich</t></r><r><t> text</t></r><rPh><t>guide</t></rPh></si><si><t>4711_x000D_&#10;</t></si><si><t/></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + sheetData + `</sheetData></worksheet>`,
	}
}

func pack(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openParts(t *testing.T, parts map[string]string) *File {
	t.Helper()
	f, err := Open("ledger.xlsx", pack(t, parts), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func date(t *testing.T, s string) day.Date {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestXLSXCell(t *testing.T) {
	for _, c := range []struct {
		xml  string
		want Cell
	}{
		{`<c r="A1"><v>201.0</v></c>`, Cell{Kind: Number, Text: "201"}},
		{`<c r="A1"><v>45597.5077 </v></c>`, Cell{Kind: Number, Text: "45597.5077"}},
		{`<c r="A1"><v>147559.01999999999</v></c>`, Cell{Kind: Number, Text: "147559.02"}},
		{`<c r="A1"><v>1.5E+5</v></c>`, Cell{Kind: Number, Text: "150000"}},
		{`<c r="A1"><v>4.7200000000000005E+18</v></c>`, Cell{Kind: Number, Text: "4.7200000000000005E+18"}},
		{`<c r="A1" s="1"><v>163458</v></c>`, Cell{Kind: Number, Text: "163458", Credit: true, Side: CreditSide}},
		{`<c r="A1" s="2"><v>-12.5</v></c>`, Cell{Kind: Number, Text: "-12.5", Currency: "INR"}},
		{`<c r="A1" s="3"><v>46347</v></c>`, Cell{Kind: Date, Text: "46347", Date: date(t, "2026-11-21")}},
		{`<c r="A1" s="5"><v>46347.75</v></c>`, Cell{Kind: Date, Text: "46347.75", Date: date(t, "2026-11-21")}},
		{`<c r="A1" s="5"><v>60</v></c>`, Cell{Kind: Date, Text: "60"}},
		{`<c r="A1" s="5"><v>1</v></c>`, Cell{Kind: Date, Text: "1", Date: date(t, "1900-01-01")}},
		{`<c r="A1" s="5"><v>2958466</v></c>`, Cell{Kind: Date, Text: "2958466"}},
		{`<c r="A1" s="4"><v>0.5</v></c>`, Cell{Kind: Number, Text: "0.5"}},
		{`<c r="A1" t="d"><v>2026-11-21</v></c>`, Cell{Kind: Date, Text: "46347", Date: date(t, "2026-11-21")}},
		{`<c r="A1" t="s"><v>0</v></c>`, Cell{Kind: Text, Text: "plain"}},
		{`<c r="A1" t="s"><v>1</v></c>`, Cell{Kind: Text, Text: "rich text"}},
		{`<c r="A1" t="s"><v>2</v></c>`, Cell{Kind: Text, Text: "4711"}},
		{`<c r="A1" t="s"><v>3</v></c>`, Cell{}},
		{`<c r="A1" t="inlineStr"><is><t>a &amp; b</t></is></c>`, Cell{Kind: Text, Text: "a & b"}},
		{`<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>`, Cell{Kind: Text, Text: "a<b"}},
		{`<c r="A1" t="str"><f>X</f><v>_x0004_ Primary</v></c>`, Cell{Kind: Text, Text: "Primary", Formula: true}},
		{`<c r="A1" t="str"><v>_x005F_x000D_</v></c>`, Cell{Kind: Text, Text: "_x000D_"}},
		{`<c r="A1" t="str"><f>X</f><v></v></c>`, Cell{Formula: true}},
		{`<c r="A1"><f>SUM(B1)</f></c>`, Cell{Kind: NoCache, Formula: true}},
		{`<c r="A1"><f>SUM(B1)</f><v>3</v></c>`, Cell{Kind: Number, Text: "3", Formula: true}},
		{`<c r="A1" t="b"><v>1</v></c>`, Cell{Kind: Bool, Text: "TRUE"}},
		{`<c r="A1" t="e"><v>#NAME?</v></c>`, Cell{Kind: Error, Text: "#NAME?"}},
		{`<c r="A1" s="1"/>`, Cell{}},
		{`<x:c xmlns:x="y>z"><x:v>7</x:v></x:c>`, Cell{Kind: Number, Text: "7"}},
	} {
		f := openParts(t, parts(`<row r="1">`+c.xml+`</row>`))
		var got Cell
		err := f.Sheets[0].Rows(func(r Row) error { got = r.Cells[0]; return nil })
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v and %v, want %+v", c.xml, got, err, c.want)
		}
	}
}

func TestXLSXRows(t *testing.T) {
	for _, c := range []struct {
		name, xml string
		want      []string
	}{
		{"gap", `<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3"><v>3</v></c></row>`, []string{"1:1", "2:", "3:··3"}},
		{"no numbers", `<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>`, []string{"1:1·2", "2:3"}},
		{"out of order", `<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>`, []string{"1:·1", "2:", "3:3"}},
		{"row twice", `<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>`, []string{"1:1", "1:2!row-repeated"}},
		{"cell twice", `<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`, []string{"1:1!cell-repeated"}},
		{"text missing", `<row r="1"><c t="s"><v>99</v></c></row>`, []string{"1:#REF!!text-missing"}},
		{"empty", ``, nil},
	} {
		if got := flat(t, openParts(t, parts(c.xml))); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestXLSX1904(t *testing.T) {
	p := parts(`<row r="1"><c r="A1" s="5"><v>44885</v></c></row>`)
	p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	err := openParts(t, p).Sheets[0].Rows(func(r Row) error {
		if got, want := r.Cells[0].Date, date(t, "2026-11-21"); got != want {
			t.Errorf("serial 44885 of the calendar of 1904: got %v, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		code string
		want format
	}{
		{"General", format{}},
		{`""0.00" Cr"`, format{credit: true, creditIfMinus: true, side: CreditSide, sideIfMinus: CreditSide}},
		{`0.00" Cr";0.00" Dr"`, format{credit: true, creditIfMinus: true, side: CreditSide, sideIfMinus: DebitSide}},
		{`0.00" Dr";0.00" Cr"`, format{side: DebitSide, sideIfMinus: CreditSide}},
		{`0.00" Cr";-0.00`, format{credit: true, side: CreditSide}},
		{`[$₹-439]#,##0.00`, format{currency: "INR"}},
		{`"₹ "#,##,##0.00`, format{currency: "INR"}},
		{`"Rs." #,##0`, format{currency: "INR"}},
		{`[$INR] #,##0.00`, format{currency: "INR"}},
		{`[$$-409]#,##0.00`, format{currency: "USD"}},
		{`[$$-1009]#,##0.00`, format{currency: "CAD"}},
		{`_("$"* #,##0.00_)`, format{currency: "USD"}},
		{`[$€-2] #,##0`, format{currency: "EUR"}},
		{`[$-F800]dddd, mmmm dd, yyyy`, format{date: true}},
		{`dd/mm/yyyy hh:mm:ss.000`, format{date: true}},
		{`mmm-yy`, format{date: true}},
		{`[h]:mm:ss`, format{}},
		{`h:mm AM/PM`, format{}},
		{`[Red]#,##0;[Blue]-#,##0`, format{}},
		{`0 "days"`, format{}},
		{`#,##0.00" Credits"`, format{}},
	} {
		if got := parseFormat(c.code); got != c.want {
			t.Errorf("parseFormat(%q) = %+v, want %+v", c.code, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	zipOf := func(name, content string) []byte { return pack(t, map[string]string{name: content}) }
	dtd := parts("")
	dtd["xl/worksheets/sheet1.xml"] = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>`
	entity := parts(`<row><c><v>&a;</v></c></row>`)
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	wide := func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"spaces", []byte(" \r\n"), "empty"},
		{"xls", []byte(ole + wide("Workbook")), ".xls"},
		{"encrypted", []byte(ole + wide("EncryptedPackage")), "password-protected"},
		{"xlsb", zipOf("xl/workbook.bin", "x"), ".xlsb"},
		{"ods", pack(t, map[string]string{"mimetype": "x", "content.xml": "x"}), ".ods"},
		{"zip", zipOf("ledger.csv", "a,b"), "without a workbook"},
		{"torn zip", pack(t, parts(""))[:500], "damaged"},
		{"html", []byte("\ufeff<HTML><table><tr><td>1"), "HTML"},
		{"html behind a remark", []byte("<!-- made by SAP --> <html><table>"), "HTML"},
		{"half a table", []byte("<tr><td>Vendor</td></tr>"), "HTML"},
		{"web archive", []byte("MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html>"), "MHTML"},
		{"xml of Tally", []byte("<ENVELOPE><HEADER><TALLYREQUEST>Import</TALLYREQUEST></HEADER></ENVELOPE>"), "XML"},
		{"json", []byte(`{"bills": []}`), "JSON"},
		{"json list", []byte(`[{"bill": 1}]`), "JSON"},
		{"xml 2003", []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "Excel 2003"},
		{"pdf", []byte("%PDF-1.7"), "PDF"},
		{"gzip", []byte("\x1f\x8bxx"), "compressed"},
		{"rubbish", bytes.Repeat([]byte{0, 1, 2, 3, 4, 0, 200}, 100), "not text"},
		{"dtd", pack(t, dtd), "DTD"},
		{"entity", pack(t, entity), "entity"},
		{"torn sheet", pack(t, parts("")), ""},
	} {
		if c.want == "" {
			p := parts("")
			p["xl/worksheets/sheet1.xml"] = `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c>`
			c.data, c.want = pack(t, p), "incomplete"
		}
		f, err := Open(c.name, c.data, Limits{})
		if err == nil {
			err = f.Sheets[0].Rows(func(Row) error { return nil })
		}
		refused, ok := errors.AsType[*RefusedError](err)
		if !ok || !strings.Contains(refused.Reason, c.want) || refused.Remedy == "" {
			t.Errorf("%s: got %v, want a refusal that says %q and a remedy", c.name, err, c.want)
		}
	}
}

// TestNotMarkup: a heading in angle brackets is a heading.
func TestNotMarkup(t *testing.T) {
	for _, text := range []string{"<Company>,<Bill No>\nGanga,G/1\n", "<none>\nVendor,Bill\n", "[INR],{x}\n1,2\n"} {
		if _, err := Open("ledger.csv", []byte(text), Limits{}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestXLSXLimits(t *testing.T) {
	many := map[string]string{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i)] = ""
	}
	bomb := parts(strings.Repeat(" ", 64<<20))
	longText := parts("")
	longText["xl/sharedStrings.xml"] = "<sst><si><t>" + strings.Repeat("xyzzy quux", 1<<20) + "</t></si></sst>"
	for _, c := range []struct {
		name  string
		parts map[string]string
	}{
		{"entries", many},
		{"bomb", bomb},
		{"row number", parts(`<row r="1048577"/>`)},
		{"column", parts(`<row r="1"><c r="XFE1"><v>1</v></c></row>`)},
		{"token", longText},
	} {
		f, err := Open(c.name, pack(t, c.parts), Limits{})
		if err == nil {
			err = f.Sheets[0].Rows(func(Row) error { return nil })
		}
		_, limit := errors.AsType[*LimitError](err)
		_, refused := errors.AsType[*RefusedError](err)
		if !limit && !refused {
			t.Errorf("%s: got %v, want a typed error", c.name, err)
		}
	}
}

func TestXLSXErrorOfYield(t *testing.T) {
	want := errors.New("stop")
	f := openParts(t, parts(`<row r="5"/>`))
	if got := f.Sheets[0].Rows(func(Row) error { return want }); got != want {
		t.Errorf("got %v, want the error of yield", got)
	}
}

// FuzzXLSXSheet reads a sheet with any XML in it: it ends, with rows in order
// or a typed error, and a second reading gives the same.
func FuzzXLSXSheet(f *testing.F) {
	f.Add(`<row r="2"><c r="B2" t="s"><v>1</v></c></row><row r="1"><c s="1"><f>A</f><v>1e5</v></c></row>`)
	f.Add(`<row><c t="inlineStr"><is><r><t>_x0041_</t></r></is></c><c t="d"><v>2026-11-21T10:00:00Z</v></c></row>`)
	f.Add(`<!-- x > --><?pi ?><row a='>'/><row r="0"/>`)
	f.Add(`</sheetData><sheetData><row r="1"><row/></row>`)
	f.Add(`<row r="9"><c r="A9" s="5"><v>-1</v></c><c/><c t="b"><v>x</v></c><![CDATA[]]></row>`)
	f.Fuzz(func(t *testing.T, xml string) {
		file, err := Open("x", pack(t, parts(xml)), Limits{Rows: 1000})
		if err != nil {
			t.Fatalf("%q: %v", xml, err)
		}
		read := func() (string, error) {
			var b strings.Builder
			last := 0
			err := file.Sheets[0].Rows(func(r Row) error {
				if r.Number != last+1 && (r.Number != last || r.Problem == nil) {
					t.Fatalf("%q: row %d follows row %d", xml, r.Number, last)
				}
				last = r.Number
				fmt.Fprint(&b, r.Number, r.Cells, r.Problem != nil)
				return nil
			})
			return b.String(), err
		}
		first, err := read()
		if err != nil {
			_, refused := errors.AsType[*RefusedError](err)
			_, limit := errors.AsType[*LimitError](err)
			if !refused && !limit {
				t.Fatalf("%q: got %v (%T), want a typed error", xml, err, err)
			}
		}
		if second, _ := read(); second != first {
			t.Errorf("%q: read %q, and then %q", xml, first, second)
		}
	})
}
