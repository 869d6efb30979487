package table

import (
	"reconcile/internal/day"
	"reconcile/internal/source"
)

// A Kind says what a cell holds, as far as the file itself says so. Cells of a
// CSV are Text or Empty.
type Kind uint8

const (
	Empty   Kind = iota // nothing, or nothing but spaces
	Text                // text, as typed
	Number              // a stored number; Text is its shortest decimal form, without grouping
	Date                // a stored number that its format shows as a date; Text is as for Number
	Bool                // Text is TRUE or FALSE
	Error               // an error value; Text is #NAME?, #N/A …
	NoCache             // a formula that was saved without its result: nobody can know what it shows
)

// A Side is Dr or Cr, as a number format shows it.
type Side uint8

const (
	NoSide Side = iota
	DebitSide
	CreditSide
)

// A Cell is one cell of a row. Spaces around its text, of every kind, are gone.
type Cell struct {
	Kind     Kind
	Text     string
	Date     day.Date // of a Date cell, in the calendar of the workbook; 0 where it has none. Also of a Number where that calendar begins in 1904
	Currency string   // an ISO code, where the number format shows a currency; INR for ₹
	Credit   bool     // the number format writes Cr behind the number: its sign is turned
	Side     Side     // what the number format writes behind the number, whatever its sign
	Percent  bool     // the number format shows a percentage: 0.02 is shown as 2%
	Formula  bool     // somebody let the workbook compute it; what stands here is the stored result
}

// A Row is one row of a sheet. The cells are only valid until the next row is
// asked for, their texts for ever.
type Row struct {
	Number  int             // from 1, as a spreadsheet shows it
	Cells   []Cell          // by column; a short row has fewer cells than the heading
	Problem *source.Problem // the row itself could not be read, such as a quote never closed; Cells are then what is left of it
	Read    int64           // bytes of the file's text, or of the sheet's XML, that were read for this row and those above it
}

// Blank tells whether no cell of the row holds anything.
func (r Row) Blank() bool {
	for i := range r.Cells {
		if r.Cells[i].Kind != Empty {
			return false
		}
	}
	return r.Problem == nil
}

// A Sheet is a run of rows that can be read as often as needed, always the same.
type Sheet interface {
	// Name returns the sheet's name in its workbook, empty for a CSV.
	Name() string
	// Rows calls yield for every row in order, blank ones included, and stops
	// at the first error that yield returns, which it returns. Other errors are
	// about the file, and say what to do about it.
	Rows(yield func(Row) error) error
}

// A File is an opened ledger: its sheets, and what was found out on the way.
type File struct {
	Sheets []Sheet
	Size   int64    // bytes of its text, or of the XML of all its sheets: what Row.Read adds up to
	Format string   // for people: "CSV, UTF-16LE, tab", "XLSX"
	Notes  []string // such as the byte offset at which the text stopped being UTF-8
	close  func() error
}
