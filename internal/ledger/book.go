package ledger

import (
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// A Book is everything that was read: the items of all ledgers, what could not
// be read, and for each file the proof that nothing else was lost.
type Book struct {
	Items    []Item // by file, sheet and row
	Problems []source.Problem
	Inputs   []Input // one a file, in the order of their paths

	Quarantined []QuarantinedRow // the rows of Problems with their cells, as many as are kept
}

// An Input is one ledger file and its control totals. It ties:
// Rows = Accepted + Skipped + Quarantined, and so does each amount column.
type Input struct {
	Path        string // relative to the configuration
	SHA256      string // of the bytes on disk, in hexadecimal
	Bytes       int64  // on disk
	Layout      string // by which the file was read, such as "canonical"
	Known       Known  // how the layout is known
	Score       int    // by which it was chosen: more for each heading it knows and each column that holds what it should
	RunnerUp    string // the layout that fitted next best; often empty
	SecondScore int    // its score
	Rows        int    // below the heading
	Accepted    int
	Quarantined int
	Mended      int       // of these, rows that a line of another file replaces
	Doubtful    bool      // rows of it, or of the file that it mends, could not be read and nothing replaces them: nothing of it may be proposed
	Skipped     []Skipped // in order of reason
	Columns     []ColumnTotal
	Notes       []string // for people: what was found out about the file and is no fault
	WrongTotals []string // of these, the totals in the file that are not the sum of its rows: part of it may be missing
	Noise       int      // numbers within 0.000001 of a whole paisa, read as that paisa
}

// Skipped counts rows that are no items, for one reason.
type Skipped struct {
	Reason string // blank, total, heading
	Rows   int
}

// A ColumnTotal is what the cells of one amount column that parse sum to.
type ColumnTotal struct {
	Column                               string // canonical name, such as invoice_amount
	Read, Accepted, Skipped, Quarantined money.Paise
}
