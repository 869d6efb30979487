package source

import (
	"strconv"
	"strings"
)

// A Pos is a place in an input file, such as ledger.xlsx:Open!F118.
type Pos struct {
	File  string // relative to the configuration, with slashes
	Sheet string // of a workbook, else empty
	Row   int    // from 1, as a spreadsheet shows it; of a log, the line; 0 means the whole
	Col   int    // from 1; 0 means the whole row
}

// String returns the place as people type it: "ledger.csv:118",
// "ledger.xlsx:Open!F118", "events.jsonl:7".
func (p Pos) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Row == 0 && p.Sheet == "" {
		return b.String()
	}
	b.WriteByte(':')
	switch {
	case p.Sheet != "":
		b.WriteString(p.Sheet)
		if p.Row > 0 {
			b.WriteByte('!')
			b.WriteString(ColumnName(p.Col))
			b.WriteString(strconv.Itoa(p.Row))
		}
	default:
		b.WriteString(strconv.Itoa(p.Row))
	}
	return b.String()
}

// ColumnName returns the letters a spreadsheet shows above column n (1 is A, 27
// is AA), and nothing for 0.
func ColumnName(n int) string {
	var b []byte
	for ; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// A Problem is a fault in the data, not in the program: readers collect it and
// go on. What it stands for is quarantined, and reaches the report with all of
// its fields.
type Problem struct {
	Pos    Pos
	Column string // the heading of the cell at fault, as the file writes it; may be empty
	Value  string // what stands there, masked where it is an account number
	Check  string // the name of the check that failed, such as due-date-unreadable
	Text   string // what is wrong
	Remedy string // what the accountant can do about it
}

// String returns the problem as one line: place, what is wrong, remedy, and the
// name of the check.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Pos.String())
	b.WriteString(": ")
	if p.Column != "" {
		b.WriteString(p.Column)
		if p.Value != "" {
			b.WriteString(" " + strconv.Quote(p.Value))
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Text)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	if p.Check != "" {
		b.WriteString(" [" + p.Check + "]")
	}
	return b.String()
}
