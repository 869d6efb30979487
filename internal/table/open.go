package table

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"reconcile/internal/source"
)

// Limits bound what a file may hold. A zero field means the default, which is
// also the most for Columns and CellLength of a workbook.
type Limits struct {
	Rows       int   // of a sheet; default 20 million, and 1,048,576 in a workbook, which is all that Excel has
	Columns    int   // default 16,384, which is all that Excel has
	CellLength int   // characters; default 32,767, which is all that Excel keeps of a cell
	Cells      int   // of a sheet, the gaps in its rows included; default 100 million, a million rows of a hundred columns. It bounds the time: some 4 s
	Unpacked   int64 // bytes of the XML of all sheets; default 2 GiB, a full sheet of a million rows being about 1. It bounds the time: some 7 s

	// Stop is asked now and then, also between two rows of which none is handed
	// over, and its error ends the reading: of a file that is large or hostile
	// people and service managers lose their patience before the other limits
	// are reached. nil: never.
	Stop func() error

	// Looked is told how far a workbook is with what is done once, before the first
	// row of it can be handed over: with the bytes of its shared texts, and of the
	// sheets whose rows may not stand in order. A large one takes seconds for it.
	// nil: nobody listens.
	Looked func(done, of int64)
}

func (l Limits) withDefaults() Limits {
	l.Rows = cmp.Or(l.Rows, 20_000_000)
	l.Columns = cmp.Or(l.Columns, maxColumns)
	l.CellLength = cmp.Or(l.CellLength, 32_767)
	l.Cells = cmp.Or(l.Cells, 100_000_000)
	l.Unpacked = cmp.Or(l.Unpacked, 2<<30)
	return l
}

// stopped returns the error of Stop as one that no reader takes for a fault of
// the file.
func (l Limits) stopped() error {
	if l.Stop == nil {
		return nil
	}
	if err := l.Stop(); err != nil {
		return &stoppedError{err}
	}
	return nil
}

// A stoppedError is why Stop ended the reading.
type stoppedError struct{ why error }

func (e *stoppedError) Error() string { return e.why.Error() }
func (e *stoppedError) Unwrap() error { return e.why }

const (
	maxSheetRows = 1_048_576
	maxColumns   = 16_384
)

// cellsExceeded says that a sheet, or the one sheet of a text, has more cells
// than are read.
func (l Limits) cellsExceeded(name string) error {
	return &LimitError{name, fmt.Sprintf("it has more than %d cells in one sheet, empty ones included", l.Cells), "delete empty columns and rows, or split it into several files"}
}

// A RefusedError says that a file is not a table that can be read.
type RefusedError struct {
	Name   string // of the file
	Reason string // what it is, or what is wrong with it
	Remedy string // what the accountant can do about it
}

// Error returns the reason and the remedy in one sentence.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Name, e.Reason, e.Remedy)
}

// A LimitError says that a file holds more than is read.
type LimitError struct {
	Name   string
	Reason string
	Remedy string
}

// Error returns the reason and the remedy in one sentence.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Name, e.Reason, e.Remedy)
}

// Open reads what data, the content of the file called name, is, and returns
// its sheets. Data must not be changed while the file is in use. What is not a
// table is a *RefusedError, what is too large a *LimitError; the error of
// Limits.Stop comes back as it is, for errors.Is.
func Open(name string, data []byte, limits Limits) (*File, error) {
	limits = limits.withDefaults()
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &RefusedError{name, "the file is empty", "export it again"}
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		return openWorkbook(name, data, limits)
	}
	if err := refuseMagic(name, data); err != nil {
		return nil, err
	}
	text, encoding, notes := source.ToUTF8(data)
	if err := refuseText(name, text); err != nil {
		return nil, err
	}
	return openText(name, string(text), encoding, notes, limits)
}

// Close lets go of the file; its sheets cannot be read any more.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

const saveAsXLSX = "open it in Excel and save it as .xlsx"

// refuseMagic refuses what its first bytes show to be no table of ours.
func refuseMagic(name string, data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return refuseOLE(name, data)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return &RefusedError{name, "it is a PDF", "export the ledger as .xlsx or .csv"}
	case bytes.HasPrefix(data, []byte("\x1f\x8b")), bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")):
		return &RefusedError{name, "it is compressed twice", "unpack it once"}
	case bytes.HasPrefix(data, []byte("\x09\x08")), bytes.HasPrefix(data, []byte("\x09\x04")), bytes.HasPrefix(data, []byte("\x09\x02")):
		return &RefusedError{name, "it is a workbook of Excel 95 or older", saveAsXLSX}
	}
	return nil
}

// refuseOLE tells apart what comes in Microsoft's compound files. Their
// directory names its streams in UTF-16.
func refuseOLE(name string, data []byte) error {
	holds := func(stream string) bool {
		wide := make([]byte, 0, 2*len(stream))
		for i := range len(stream) {
			wide = append(wide, stream[i], 0)
		}
		return bytes.Contains(data, wide)
	}
	switch {
	case holds("EncryptedPackage"):
		return &RefusedError{name, "the workbook is password-protected", "open it in Excel, remove the password under File > Info > Protect Workbook, and save it"}
	case holds("Workbook"), holds("Book"):
		return &RefusedError{name, "it is an old .xls workbook", saveAsXLSX}
	}
	return &RefusedError{name, "it is an old Office file and no workbook", "export the ledger as .xlsx or .csv"}
}

// refuseText refuses markup, and bytes that are no text at all.
func refuseText(name string, text []byte) error {
	head := text[:min(len(text), 4096)]
	head = withoutComments(bytes.ToLower(bytes.TrimSpace(head)))
	if bytes.HasPrefix(head, []byte("<?xml")) {
		switch {
		case bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")), bytes.Contains(head, []byte("excel.sheet")):
			return &RefusedError{name, "it is a spreadsheet in the XML of Excel 2003", saveAsXLSX}
		case !bytes.Contains(head, []byte("<html")):
			return &RefusedError{name, "it is XML and no table", "export the ledger as .xlsx or .csv"}
		}
	}
	for _, tag := range []string{"<?xml", "<!doctype", "<html", "<head", "<meta", "<body", "<table", "<style", "<script", "<div", "<tr>", "<tr ", "<font", "<center"} {
		if bytes.HasPrefix(head, []byte(tag)) {
			return &RefusedError{name, "it is a web page (HTML), whatever it is called", saveAsXLSX}
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("mime-version:")) && bytes.Contains(head, []byte("content-type:")):
		return &RefusedError{name, "it is a web page saved with all its parts (MHTML)", saveAsXLSX}
	case bytes.HasPrefix(head, []byte(`{"`)), bytes.HasPrefix(head, []byte(`[{`)), bytes.HasPrefix(head, []byte("{\n")), bytes.HasPrefix(head, []byte("{\r\n")):
		return &RefusedError{name, "it is JSON and no table", "export the ledger as .xlsx or .csv"}
	case isMarkup(head):
		return &RefusedError{name, "it is XML and no table", "export the ledger as .xlsx or .csv"}
	}
	if binary(text) {
		return &RefusedError{name, "it is not text and not a workbook", "export the ledger as .xlsx or .csv"}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &RefusedError{name, "the file holds nothing but spaces", "export it again"}
	}
	return nil
}

// withoutComments returns what follows the comments at the head of a page.
func withoutComments(head []byte) []byte {
	for bytes.HasPrefix(head, []byte("<!--")) {
		_, after, ok := bytes.Cut(head, []byte("-->"))
		if !ok {
			return []byte("<!doctype") // a page that begins with more remarks than anybody reads
		}
		head = bytes.TrimSpace(after)
	}
	return head
}

// isMarkup tells whether a text begins with a tag, as the XML of Tally does, which
// has no declaration: a name in angle brackets, and somewhere near a closing tag.
func isMarkup(head []byte) bool {
	end := bytes.IndexByte(head, '>')
	if len(head) < 3 || head[0] != '<' || head[1] < 'a' || head[1] > 'z' || end < 0 {
		return false
	}
	return !bytes.ContainsAny(head[:end], ",;\t|\n") && bytes.Contains(head, []byte("</"))
}

// binary tells whether text has more control characters than slips of a
// keyboard explain: one in fifty, and more than eight.
func binary(text []byte) bool {
	text = text[:min(len(text), 1<<20)]
	control := 0
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f' {
			control++
		}
	}
	return control > max(8, len(text)/50)
}

// describe names a separator for people.
func describe(separator byte) string {
	switch separator {
	case '\t':
		return "tab"
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '|':
		return "pipe"
	}
	return "one column"
}

func openText(name, text, encoding string, notes []string, limits Limits) (*File, error) {
	text = strings.TrimSuffix(text, "\x1a") // the end-of-file mark of DOS
	s := newCSV(name, text, limits)
	return &File{
		Sheets: []Sheet{s},
		Size:   int64(len(s.text)),
		Format: "CSV, " + encoding + ", " + describe(s.separator),
		Notes:  notes,
	}, nil
}
