package table

import (
	"bytes"
	bin "encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// readAll opens a file and reads every sheet of it to its end.
func readAll(name string, data []byte, l Limits) (rows int, err error) {
	f, err := Open(name, data, l)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for _, s := range f.Sheets {
		if err := s.Rows(func(Row) error { rows++; return nil }); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// typed tells whether an error is a sentence for people.
func typed(err error) bool {
	_, limit := errors.AsType[*LimitError](err)
	_, refused := errors.AsType[*RefusedError](err)
	return limit || refused
}

// TestHostile has files that are small, or plausible, and made to cost time or
// memory. Each ends, within a sixth of a GiB above the file itself, read or
// refused with a sentence; what takes for ever runs into the time limit of go
// test.
func TestHostile(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // GOGC of a machine would decide how far the heap grows
	const most = 160 << 20
	limits := Limits{Cells: 10_000_000} // a tenth, for as much of the time
	sheetOf := func(xml string) []byte { return pack(t, parts(xml)) }
	sharedOf := func(xml string) []byte {
		p := parts(`<row r="1"><c t="s"><v>0</v></c></row>`)
		p["xl/sharedStrings.xml"] = xml
		return pack(t, p)
	}
	stylesOf := func(xml string) []byte {
		p := parts(`<row r="1"><c s="0"><v>1</v></c></row>`)
		p["xl/styles.xml"] = "<styleSheet>" + xml + "</styleSheet>"
		return pack(t, p)
	}
	wide := func(rows int) string {
		var b strings.Builder
		for i := range rows {
			fmt.Fprintf(&b, `<row r="%d"><c r="XFD%[1]d"><v>%[1]d</v></c></row>`, i+1)
		}
		return b.String()
	}
	for _, c := range []struct {
		name    string
		data    func() []byte
		refused bool
	}{
		{"a tag of nothing but > in quotes", func() []byte { return sheetOf(`<row a="` + strings.Repeat(">", 3<<20) + `"/>`) }, false},
		{"a comment of nothing but >", func() []byte { return sheetOf(`<!--` + strings.Repeat(">", 3<<20) + `--><row r="1"/>`) }, false},
		{"a cell in the last column of every row", func() []byte { return sheetOf(wide(700)) }, true},
		{"the last row alone", func() []byte { return sheetOf(`<row r="1048576"><c><v>1</v></c></row>`) }, false},
		{"elements a million deep", func() []byte { return sheetOf(`<row r="1">` + strings.Repeat("<x>", 1_000_000) + `</row>`) }, false},
		{"a cell a million deep", func() []byte { return sheetOf(`<row r="1"><c t="inlineStr"><is>` + strings.Repeat("<r>", 1_000_000)) }, true},
		{"one text of many runs", func() []byte {
			return sharedOf("<sst><si>" + strings.Repeat("<r><t>"+strings.Repeat("x", 1000)+"</t></r>", 8000) + "</si></sst>")
		}, true},
		{"one value of many pieces", func() []byte {
			return sheetOf(`<row r="1"><c><v>` + strings.Repeat("1234567890<!-- -->", 900_000) + `</v></c></row>`)
		}, true},
		{"twenty million empty texts", func() []byte { return sharedOf("<sst>" + strings.Repeat("<si/>", 20_000_000) + "</sst>") }, true},
		{"a million empty texts", func() []byte { return sharedOf("<sst>" + strings.Repeat("<si/>", 1_000_000) + "</sst>") }, false},
		{"a million number formats", func() []byte {
			var b strings.Builder
			for i := range 1_000_000 {
				fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="0"/>`, i)
			}
			return stylesOf("<numFmts>" + b.String() + "</numFmts>")
		}, true},
		{"a line of nothing but separators", func() []byte { return []byte("a,b\n" + strings.Repeat(",", 5<<20)) }, true},
		{"nothing but separators, in lines", func() []byte { return []byte("a,b\n" + strings.Repeat(strings.Repeat(",", 16_000)+"\n", 700)) }, true},
		{"nothing but line ends", func() []byte { return []byte("a,b\n" + strings.Repeat("\n", 21<<20)) }, true},
		{"nothing but quotes", func() []byte { return []byte("a,b\n" + strings.Repeat(`"`, 4<<20)) }, false},
		{"quotes that are never closed", func() []byte { return []byte("a,b\n" + strings.Repeat("\"x\n\"\"\n", 1<<20)) }, false},
	} {
		data := c.data()
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		stop, peak := make(chan struct{}), make(chan uint64)
		go func() {
			var m runtime.MemStats
			var highest uint64
			for {
				runtime.ReadMemStats(&m)
				highest = max(highest, m.HeapAlloc)
				select {
				case <-stop:
					peak <- highest
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		}()
		_, err := readAll(c.name, data, limits)
		close(stop)
		grew := int64(<-peak) - int64(before.HeapAlloc)
		if (err != nil) != c.refused || err != nil && !typed(err) {
			t.Errorf("%s: got %v, want refused %v, with a sentence", c.name, err, c.refused)
		}
		if grew > most {
			t.Errorf("%s: the heap grew by %d MiB", c.name, grew>>20)
		}
		t.Logf("%s: %d MiB, %v", c.name, grew>>20, err)
	}
}

// TestMillionEntries opens a zip whose directory has a million entries: it is
// refused before the directory is read.
func TestMillionEntries(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("PK\x03\x04")
	b.Write(make([]byte, 26))
	entry := make([]byte, 46)
	copy(entry, "PK\x01\x02")
	start := b.Len()
	for range 1_000_000 {
		b.Write(entry)
	}
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	bin.LittleEndian.PutUint16(end[8:], 0x4240) // a million, as far as 16 bits hold it
	bin.LittleEndian.PutUint16(end[10:], 0x4240)
	bin.LittleEndian.PutUint32(end[12:], uint32(b.Len()-start))
	bin.LittleEndian.PutUint32(end[16:], uint32(start))
	b.Write(end)
	data := b.Bytes()
	allocated := testing.Benchmark(func(bench *testing.B) {
		bench.ReportAllocs()
		for bench.Loop() {
			if _, err := Open("x", data, Limits{}); err == nil {
				t.Fatal("a zip of a million entries is opened")
			} else if _, ok := errors.AsType[*LimitError](err); !ok {
				t.Fatalf("got %v, want a LimitError", err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<20 {
		t.Errorf("refusing took %d bytes of memory", allocated)
	}
}

// TestOverlap has a zip in which two sheets are the same bytes, by which a small
// file unpacks to a large one many times over.
func TestOverlap(t *testing.T) {
	data := pack(t, parts(`<row r="1"><c r="A1"><v>1</v></c></row>`))
	at := bytes.Index(data, []byte("PK\x01\x02"))
	var first []byte // the first entry of the directory, once more under another name
	nameLength := int(bin.LittleEndian.Uint16(data[at+28:]))
	extra := int(bin.LittleEndian.Uint16(data[at+30:])) + int(bin.LittleEndian.Uint16(data[at+32:]))
	first = append(first, data[at:at+46+nameLength+extra]...)
	first[46] ^= 1
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	forged := append(bytes.Clone(data[:end]), first...)
	tail := bytes.Clone(data[end:])
	n := bin.LittleEndian.Uint16(tail[8:]) + 1
	bin.LittleEndian.PutUint16(tail[8:], n)
	bin.LittleEndian.PutUint16(tail[10:], n)
	bin.LittleEndian.PutUint32(tail[12:], bin.LittleEndian.Uint32(tail[12:])+uint32(len(first)))
	forged = append(forged, tail...)
	_, err := Open("x", forged, Limits{})
	if err == nil || !strings.Contains(err.Error(), "overlap") || !typed(err) {
		t.Errorf("got %v, want the overlap refused", err)
	}
}

// TestPartNames has parts that are there twice, or lie outside of the zip.
func TestPartNames(t *testing.T) {
	p := parts(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	p["../xl/worksheets/sheet1.xml"] = "<worksheet/>"
	p[`..\..\evil.dll`] = "x"
	f := openParts(t, p)
	if got := flat(t, f); len(got) != 1 || got[0] != "1:1" {
		t.Errorf("got %q, want the sheet inside", got)
	}
	if len(f.Notes) != 2 {
		t.Errorf("got notes %q, want one for each part outside", f.Notes)
	}
	p = parts("")
	p["XL/Worksheets/Sheet1.xml"] = "<worksheet/>"
	if _, err := Open("x", pack(t, p), Limits{}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v, want a part that is there twice refused", err)
	}
	p = parts(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	p["xl/worksheets/my sheet.xml"] = p["xl/worksheets/sheet1.xml"]
	p["xl/_rels/workbook.xml.rels"] = strings.Replace(p["xl/_rels/workbook.xml.rels"], "sheet1.xml", "my%20sheet.xml", 1)
	if got := flat(t, openParts(t, p)); len(got) != 1 {
		t.Errorf("got %q, want the part whose name is written as a URI", got)
	}
}

// TestNothingIsFollowed has a workbook full of things outside of it, and a
// server that must hear of none.
func TestNothingIsFollowed(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	link := `<Relationship Id="rId9" Type="http://x/externalLink" Target="` + server.URL + `/a.xlsx" TargetMode="External"/>`
	p := parts(`<row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>7</v></c><c r="B1"><f>WEBSERVICE("` + server.URL + `")</f></c></row>`)
	p["xl/externalLinks/externalLink1.xml"] = `<externalLink><externalBook r:id="rId1"/></externalLink>`
	p["xl/externalLinks/_rels/externalLink1.xml.rels"] = "<Relationships>" + link + "</Relationships>"
	p["xl/vbaProject.bin"] = "macros"
	p["xl/connections.xml"] = `<connections><connection odcFile="` + server.URL + `"/></connections>`
	p["xl/_rels/workbook.xml.rels"] = strings.Replace(p["xl/_rels/workbook.xml.rels"], "</Relationships>", link+"</Relationships>", 1)
	f := openParts(t, p)
	var got []Cell
	if err := f.Sheets[0].Rows(func(r Row) error { got = append(got, r.Cells...); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Text != "7" || got[1].Kind != NoCache {
		t.Errorf("got %+v, want what was saved of the link, and nothing for the call", got)
	}
	// A sheet that lies elsewhere is missing, and not fetched.
	p = parts("")
	p["xl/_rels/workbook.xml.rels"] = `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="` + server.URL + `/s.xml" TargetMode="External"/></Relationships>`
	if _, err := Open("x", pack(t, p), Limits{}); err == nil || !typed(err) {
		t.Errorf("got %v, want a sheet outside refused", err)
	}
	for _, dtd := range []string{`<!DOCTYPE x SYSTEM "` + server.URL + `">`, `<!DOCTYPE x [<!ENTITY % a SYSTEM "` + server.URL + `">%a;]>`} {
		for _, part := range []string{"xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"} {
			p := parts("")
			p[part] = dtd + p[part]
			if _, err := readAll("x", pack(t, p), Limits{}); err == nil || !typed(err) {
				t.Errorf("%s with %s: got %v, want it refused", part, dtd, err)
			}
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server was asked %d times, want never", n)
	}
}

// TestNested has archives inside archives: one layer is opened, and no more.
func TestNested(t *testing.T) {
	gz := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	inner := gz(make([]byte, 64<<20))
	for name, data := range map[string][]byte{
		"gzip":        gz(inner),
		"zip of zips": pack(t, map[string]string{"a.zip": string(pack(t, map[string]string{"b.zip": string(inner)}))}),
	} {
		if _, err := Open(name, data, Limits{}); err == nil || !typed(err) {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
}

// TestSumOfSheets has sheets that are each within the limit, and together not.
func TestSumOfSheets(t *testing.T) {
	p := parts(`<row r="1"/>` + strings.Repeat(" ", 1000))
	p["xl/worksheets/sheet2.xml"] = p["xl/worksheets/sheet1.xml"]
	p["xl/workbook.xml"] = `<workbook><sheets><sheet name="A" r:id="rId1"/><sheet name="B" state="hidden" r:id="rId2"/></sheets></workbook>`
	p["xl/_rels/workbook.xml.rels"] = strings.Replace(p["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="rId2" Type="http://x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`, 1)
	data := pack(t, p)
	if _, err := readAll("x", data, Limits{Unpacked: 3000}); err != nil {
		t.Errorf("both within the limit: %v", err)
	}
	if _, err := readAll("x", data, Limits{Unpacked: 1500}); err == nil || !typed(err) {
		t.Errorf("got %v, want the sum refused", err)
	}
	f, err := Open("x", data, Limits{})
	if err != nil || len(f.Notes) != 1 || !strings.Contains(f.Notes[0], `"B" is hidden`) {
		t.Errorf("got %v and %v, want a note of the hidden sheet", f, err)
	}
	if _, err := readAll("x", []byte("a,b\n1,2\n3,4\n"), Limits{Cells: 5}); err == nil || !typed(err) {
		t.Errorf("got %v, want more than 5 cells refused", err)
	}
}

// TestMarkup has what OOXML allows in odd places.
func TestMarkup(t *testing.T) {
	p := parts(`<mc:AlternateContent><mc:Choice Requires="x14"><row r="1"><c><v>1</v></c></row></mc:Choice><mc:Choice Requires="y"/>` +
		`<mc:Fallback><row r="1"><c r="A1"><v>2</v></c></row></mc:Fallback></mc:AlternateContent>` +
		`<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2*2</f><v>6</v></c><c r="B2" t="b"><f>A2&gt;5</f><v>1</v></c></row>` +
		`<row r="3"><c r="A3"><f t="shared" si="0"/><v>8</v></c><c r="B3"><f t="shared" si="0"/></c><c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>` +
		`<row r="4"><c r="A4" t="inlineStr"><is><r><t>in</t></r><r><rPr><b/></rPr><t xml:space="preserve">line </t></r><rPh sb="0" eb="1"><t>guide</t></rPh><phoneticPr fontId="1"/></is></c>` +
		`<c r="B4" t="d"><v>2026-11-21T10:30:00</v></c><c r="C4" t="str"><f>"x"</f><v>x</v></c><c r="D4"><v/></c></row>`)
	want := []string{"1:2", "2:6·TRUE", "3:8··#DIV/0!", "4:inline·46347.4375·x·"}
	got := flat(t, openParts(t, p))
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, c := range []struct {
		code string
		want format
	}{
		{`[h]:mm`, format{}},
		{`[mm]:ss`, format{}},
		{`[$-409]d-mmm-yy`, format{date: true}},
		{`[$-409]d-mmm-yy;@`, format{date: true}},
		{`[$-4009]dd/mm/yyyy`, format{date: true}},
		{`General" INR"`, format{currency: "INR"}},
		{`[$₹-4009]General`, format{currency: "INR"}},
		{`0.00%`, format{percent: true}},
		{`@`, format{}},
		{`0.00E+00`, format{}},
		{`# ?/?`, format{}},
		{`[>=10000000]##\,##\,##\,##0.00;[>=100000]##\,##\,##0.00;##,##0.00`, format{}},
		{`[>=10000000]0.00,," Cr";[>=100000]0.00,"L";0`, format{}},
		{`0.00,,"Cr"`, format{}},
	} {
		if got := parseFormat(c.code); got != c.want {
			t.Errorf("parseFormat(%q) = %+v, want %+v", c.code, got, c.want)
		}
	}
}

// FuzzXLSXStrings reads any shared strings: opening ends with a sentence or a
// workbook, and a text is what its runs are, guides and controls left out.
func FuzzXLSXStrings(f *testing.F) {
	f.Add(`<si><t>a</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si>`, "INV/7")
	f.Add(`<si/><si><t/></si><si><t>_x000D_ &#x41;</t>`, " x ")
	f.Add(`<si><si><t>a</t></si></t></si>`, "_x0041_")
	f.Fuzz(func(t *testing.T, xml, text string) {
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
		p := parts(`<row r="1"><c t="s"><v>0</v></c></row>`)
		p["xl/sharedStrings.xml"] = "<sst><si><r><t>" + escaped + "</t></r><rPh><t>guide</t></rPh></si>" + xml + "</sst>"
		file, err := Open("x", pack(t, p), Limits{})
		if err != nil {
			if !typed(err) {
				t.Fatalf("got %v (%T), want a typed error", err, err)
			}
			return
		}
		err = file.Sheets[0].Rows(func(r Row) error {
			if got, want := r.Cells[0].Text, trim(unescapeText(text)); got != want && !strings.Contains(text, "\r") {
				t.Errorf("got %q, want %q", got, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// FuzzXLSXStyles reads any styles and format codes: a code with a letter of the
// calendar only in quotes is no date, and a date has neither currency nor Cr.
func FuzzXLSXStyles(f *testing.F) {
	f.Add(`<numFmt numFmtId="170" formatCode="0"/>`, `""0.00" Cr"`)
	f.Add(`</numFmts><cellXfs><xf numFmtId="14"/>`, `[$-409]d-mmm-yy`)
	f.Add(`<xf/>`, `[>=10000000]0.00,," Cr";[h]:mm`)
	f.Add(``, "\\\"[$₹")
	f.Fuzz(func(t *testing.T, xml, code string) {
		p := parts(`<row r="1"><c s="1"><v>45000</v></c></row>`)
		p["xl/styles.xml"] = "<styleSheet><numFmts>" + xml + "</numFmts><cellXfs><xf/><xf/></cellXfs></styleSheet>"
		if _, err := readAll("x", pack(t, p), Limits{}); err != nil && !typed(err) {
			t.Fatalf("got %v (%T), want a typed error", err, err)
		}
		quoted := `0.00"` + strings.ReplaceAll(code, `"`, "") + `"`
		if got := parseFormat(quoted); got.date {
			t.Errorf("parseFormat(%q) is a date", quoted)
		}
		if got, again := parseFormat(code), parseFormat(code); got != again {
			t.Errorf("parseFormat(%q) = %+v, and then %+v", code, got, again)
		}
	})
}
