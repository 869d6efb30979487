package party

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A masterRow is a line of the supplier master as the file has it.
type masterRow struct {
	Row            string `csv:"#row"`
	Code           string `csv:"suppliercode"`
	Name           string `csv:"suppliername"`
	GSTIN          string `csv:"suppliergstin"`
	B2BID          string `csv:"supplierb2bid"`
	PAN            string `csv:"pan"`
	Account        string `csv:"accountnumber"`
	IFSC           string `csv:"ifsc"`
	MSME           string `csv:"msme"`
	Agreement      string `csv:"agreement"`
	Trader         string `csv:"trader"`
	TermsDays      string `csv:"termsdays"`
	LowerDeduction string `csv:"lowerdeductionrate"`
}

var masterColumns = []string{
	"supplier_code", "supplier_name", "supplier_gstin", "supplier_b2b_id", "pan", "account_number",
	"ifsc", "msme", "agreement", "trader", "terms_days", "lower_deduction_rate",
}

// ReadMaster reads the supplier master, a CSV or XLSX of one sheet. Lines that
// cannot be read are problems and are not in the master; notes tell of what is
// doubtful and was taken all the same, such as a GSTIN with a wrong check digit,
// and of columns that were not read. The error is about the file as a whole.
//
// path is how the file is spoken of, key that of the account fingerprints; nil
// makes none.
func ReadMaster(path string, data, key []byte) (m *Master, problems []source.Problem, notes []string, err error) {
	file, err := table.Open(path, data, table.Limits{})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading the supplier master: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sheet := file.Sheets[0]
	notes = slices.Clone(file.Notes)
	unknown, err := masterHeading(path, sheet)
	if err != nil {
		return nil, nil, nil, err
	}
	if len(unknown) > 0 {
		notes = append(notes, fmt.Sprintf("%s: the columns %s are not known and were not read", path, strings.Join(unknown, ", ")))
	}
	rows, err := table.Decode[masterRow](sheet, foldHeading)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading the supplier master %s: %w", path, err)
	}
	var entries []Entry
	for _, row := range rows {
		number, _ := strconv.Atoi(row.Row)
		r := masterReader{pos: source.Pos{File: path, Sheet: sheet.Name(), Row: number}}
		entry := r.entry(row, key)
		if len(r.problems) == 0 {
			entries = append(entries, entry)
		}
		problems = append(problems, r.problems...)
		notes = append(notes, r.notes...)
	}
	return NewMaster(entries), problems, notes, nil
}

// errHeadingSeen ends a reading at the heading.
var errHeadingSeen = errors.New("heading seen")

// masterHeading returns the headings that are no column of a master, and an
// error where the B2B id is not among them or a known one is there twice.
func masterHeading(path string, sheet table.Sheet) (unknown []string, err error) {
	count := make(map[string]int)
	for _, c := range masterColumns {
		count[foldHeading(c)] = 0
	}
	var written []string
	err = sheet.Rows(func(row table.Row) error {
		if row.Blank() {
			return nil
		}
		for _, c := range row.Cells {
			if c.Text == "" {
				continue
			}
			written = append(written, strconv.Quote(c.Text))
			if _, ok := count[foldHeading(c.Text)]; !ok {
				unknown = append(unknown, strconv.Quote(c.Text))
				continue
			}
			count[foldHeading(c.Text)]++
		}
		return errHeadingSeen
	})
	if err != nil && !errors.Is(err, errHeadingSeen) {
		return nil, fmt.Errorf("reading the supplier master: %w", err)
	}
	for _, c := range masterColumns {
		if count[foldHeading(c)] > 1 {
			return nil, fmt.Errorf("%s: the column %s is there %d times; rename all but one", path, c, count[foldHeading(c)])
		}
	}
	if count[foldHeading("supplier_b2b_id")] == 0 {
		return nil, fmt.Errorf("%s: the supplier master has no column supplier_b2b_id, only %s; head the column of the B2B ids so", path, strings.Join(written, ", "))
	}
	return unknown, nil
}

// foldHeading returns the small letters and digits of a heading.
func foldHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// A masterReader reads one line of the master.
type masterReader struct {
	pos      source.Pos
	problems []source.Problem
	notes    []string
}

func (r *masterReader) entry(row masterRow, key []byte) Entry {
	e := Entry{
		Supplier: Supplier{B2BID: row.B2BID, Code: row.Code, Name: row.Name, GSTIN: strings.ToUpper(row.GSTIN)},
		Pos:      r.pos,
		PAN:      strings.ToUpper(row.PAN),
		IFSC:     strings.ToUpper(row.IFSC),
		MSME:     strings.ToLower(row.MSME),
	}
	if e.B2BID == "" {
		r.fault("master-b2b-id-missing", "supplier_b2b_id", "", "the supplier has no B2B id", "enter it, or take the row out")
	}
	if e.GSTIN != "" && !ValidGSTIN(e.GSTIN) {
		r.notes = append(r.notes, fmt.Sprintf("%s: the GSTIN %s has a wrong check digit or form", r.pos, e.GSTIN))
	}
	if e.PAN != "" && !validPAN(e.PAN) {
		r.notes = append(r.notes, fmt.Sprintf("%s: %s is not the form of a PAN", r.pos, e.PAN))
	}
	var ok bool
	if e.Account, ok = ReadAccount(row.Account, key); !ok {
		r.fault("master-account-unreadable", "account_number", MaskAccount(row.Account), "this is not an account number", "format the column as text and save the file again")
	}
	switch e.MSME {
	case "", "micro", "small", "medium":
	case "-":
		e.MSME = ""
	default:
		r.fault("master-msme-unknown", "msme", row.MSME, "the size of the enterprise is not known", "use micro, small, medium or nothing")
	}
	e.Agreement = r.yes("agreement", row.Agreement)
	e.Trader = r.yes("trader", row.Trader)
	r.terms(&e, row.TermsDays)
	r.deduction(&e, row.LowerDeduction)
	return e
}

// maxTerms is the most days of credit that are believed: three years.
const maxTerms = 1096

func (r *masterReader) terms(e *Entry, text string) {
	if text == "" {
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxTerms {
		r.fault("master-terms-unreadable", "terms_days", text, "this is not a number of days from 0 to 1096", "mend it or leave it empty")
		return
	}
	e.TermsDays, e.HasTerms = n, true
}

// deduction reads a percentage such as 0.5 or 0.75%.
func (r *masterReader) deduction(e *Entry, text string) {
	if text == "" {
		return
	}
	p, err := money.Parse(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	if err != nil || p < 0 || p > 10_000 {
		r.fault("master-rate-unreadable", "lower_deduction_rate", text, "this is not a percentage from 0 to 100 with two decimals at most", "mend it or leave it empty")
		return
	}
	e.LowerDeduction, e.HasLowerDeduction = money.Rate(p), true
}

func (r *masterReader) yes(column, text string) bool {
	switch strings.ToUpper(text) {
	case "", "N", "NO", "0", "FALSE", "-":
		return false
	case "Y", "YES", "1", "TRUE":
		return true
	}
	r.fault("master-answer-unclear", column, text, "this is neither yes nor no", "use Y or N")
	return false
}

func (r *masterReader) fault(check, column, value, text, remedy string) {
	r.problems = append(r.problems, source.Problem{Pos: r.pos, Column: column, Value: value, Check: check, Text: text, Remedy: remedy})
}
