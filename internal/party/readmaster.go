package party

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A MasterFile is a supplier master as it was read, and its control totals. It
// ties: Rows = Accepted + Blank + Quarantined.
type MasterFile struct {
	Master      *Master
	Problems    []source.Problem // of the lines that could not be read, which join no ledger row
	Notes       []string         // of what is doubtful and was taken all the same
	Rows        int              // below the headings
	Accepted    int
	Blank       int
	Quarantined int
}

// longest is how long the supplier master may take: as long as a ledger, of which
// it is the smaller brother.
const longest = 10 * time.Minute

// ReadMaster reads the supplier master, a CSV or XLSX: every sheet of it that
// has the headings, which may stand below a title and be spelled in many ways.
// Lines that cannot be read are problems, and join no ledger row; notes tell of
// what is doubtful and was taken all the same, such as a GSTIN with a wrong
// check digit, and of columns that were not read. The error is about the file as
// a whole.
//
// path is how the file is spoken of, key that of the account fingerprints; nil
// makes none. Neither PANs nor account numbers reach any message.
//
// The reading ends with ctx, and its cause is the error then; nor does it take
// longer than longest, whatever the file was made to be.
func ReadMaster(ctx context.Context, path string, data, key []byte) (f *MasterFile, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, longest, &table.LimitError{
		Name:   path,
		Reason: fmt.Sprintf("reading it took longer than %d minutes, and no list of suppliers takes so long", int(longest.Minutes())),
		Remedy: "take out what is no supplier, or export it as .csv",
	})
	defer cancel()
	file, err := table.Open(path, data, table.Limits{Stop: func() error { return context.Cause(ctx) }})
	if err != nil {
		return nil, fmt.Errorf("reading the supplier master: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	headings, err := masterHeadings(path, file.Sheets)
	if err != nil {
		return nil, err
	}
	f = &MasterFile{Notes: slices.Clone(file.Notes)}
	var entries []Entry
	accounts := NewAccountReader(key)
	for i, h := range headings {
		if h == nil {
			f.note("%s: sheet %q has no headings of a supplier master and was not read", path, file.Sheets[i].Name())
			continue
		}
		if len(h.unknown) > 0 {
			f.note("%s: the columns %s are not known and were not read", path, strings.Join(h.unknown, ", "))
		}
		read, err := f.sheet(path, file.Sheets[i], h, accounts)
		if err != nil {
			return nil, fmt.Errorf("reading the supplier master %s: %w", path, err)
		}
		entries = append(entries, read...)
	}
	f.Master = NewMaster(entries)
	f.remark(path, entries)
	return f, nil
}

func (f *MasterFile) note(format string, args ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
}

// remark notes what no line shows by itself.
func (f *MasterFile) remark(path string, entries []Entry) {
	absent := 0
	for i := range entries {
		if e := &entries[i]; e.B2BID == "" && !e.Unreadable {
			absent++
		}
	}
	if absent > 0 {
		f.note("%s: %d suppliers have no B2B id; what they are owed is matched by UTR and number, and never proposed", path, absent)
	}
}

// A masterRow is a line of the supplier master as the file has it.
type masterRow struct {
	Row            string `csv:"#row"`
	Code           string `csv:"supplier_code"`
	Name           string `csv:"supplier_name"`
	GSTIN          string `csv:"supplier_gstin"`
	B2BID          string `csv:"supplier_b2b_id"`
	PAN            string `csv:"pan"`
	Account        string `csv:"account_number"`
	IFSC           string `csv:"ifsc"`
	MSME           string `csv:"msme"`
	Agreement      string `csv:"agreement"`
	AgreementDays  string `csv:"agreement_days"`
	Trader         string `csv:"trader"`
	TermsDays      string `csv:"terms_days"`
	LowerDeduction string `csv:"lower_deduction_rate"`
	LowerFrom      string `csv:"lower_deduction_from"`
	LowerTo        string `csv:"lower_deduction_to"`
}

// sheet reads the lines below a heading.
func (f *MasterFile) sheet(path string, sheet table.Sheet, h *masterHeading, accounts *AccountReader) ([]Entry, error) {
	at := masterReader{accounts: accounts, heading: h, pos: source.Pos{File: path, Sheet: sheet.Name()}}
	faults := make(map[int][]source.Problem) // of cells, by row
	rows, err := table.Decode[masterRow](sheet, table.Plan{
		Heading: h.row,
		Tags:    h.tags,
		Take: func(row table.Row) bool {
			at.pos.Row, at.problems = row.Number, nil
			f.Rows++
			switch {
			case row.Blank():
				f.Blank++
				return false
			case row.Problem != nil:
				at.fault(checkMasterRow, "", "", maskSecrets(row.Problem.Text))
				f.Problems = append(f.Problems, at.problems...)
				f.Quarantined++
				return false
			}
			return true
		},
		Text: func(column int, c *table.Cell) string {
			text := at.text(column, c)
			if len(at.problems) > 0 {
				faults[at.pos.Row] = at.problems
			}
			return text
		},
	})
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(rows))
	for _, row := range rows {
		at.pos.Row, _ = strconv.Atoi(row.Row)
		at.problems, at.notes = faults[at.pos.Row], nil
		entry := at.entry(row)
		entry.Unreadable = len(at.problems) > 0
		entries = append(entries, entry)
		f.Problems = append(f.Problems, at.problems...)
		f.Notes = append(f.Notes, at.notes...)
		at.gstins = appendDoubt(at.gstins, entry.GSTIN, at.at("supplier_gstin"))
		if entry.Unreadable {
			f.Quarantined++
		} else {
			f.Accepted++
		}
	}
	for _, g := range at.gstins {
		more := ""
		if g.more > 0 {
			more = fmt.Sprintf(", and in %d more lines,", g.more)
		}
		f.note("%s: %s: the GSTIN%s has a wrong check digit or form; compare it with the supplier's invoice", g.first, h.written("supplier_gstin"), more)
	}
	return entries, nil
}

// A doubtfulGSTIN is a registration number with a wrong check digit or form.
type doubtfulGSTIN struct {
	gstin string
	first source.Pos
	more  int // lines that have it too
}

// appendDoubt counts a registration number, where it is doubtful.
func appendDoubt(list []doubtfulGSTIN, gstin string, at source.Pos) []doubtfulGSTIN {
	if gstin == "" || ValidGSTIN(gstin) {
		return list
	}
	if i := slices.IndexFunc(list, func(d doubtfulGSTIN) bool { return d.gstin == gstin }); i >= 0 {
		list[i].more++
		return list
	}
	return append(list, doubtfulGSTIN{gstin: gstin, first: at})
}

// A masterReader reads one line of the master after another.
type masterReader struct {
	accounts *AccountReader
	heading  *masterHeading
	pos      source.Pos
	problems []source.Problem
	notes    []string
	gstins   []doubtfulGSTIN // of the sheet, in its order
}

// identities are the columns by which a supplier is told from others, and which
// a spreadsheet must not have calculated with.
var identities = map[string]bool{"supplier_code": true, "supplier_b2b_id": true, "supplier_gstin": true, "account_number": true}

// text returns what a cell says. A number in a column of percentages is one
// hundredth of what it shows.
func (r *masterReader) text(column int, c *table.Cell) string {
	tag := r.heading.tags[column]
	switch {
	case c.Kind == table.Error, c.Kind == table.NoCache:
		r.fault(checkMasterCell, tag, "", "")
		return ""
	case identities[tag] && (c.Kind == table.Date || c.Kind == table.Number && (len(c.Text) > 15 || strings.Trim(c.Text, "0123456789") != "")):
		r.fault(checkMasterKey, tag, c.Text, "")
		return ""
	case c.Kind == table.Date && c.Date != 0:
		return c.Date.String()
	case c.Kind == table.Number && c.Percent:
		return percentText(c.Text)
	}
	return c.Text
}

// percentText multiplies the decimal text of a number by a hundred.
func percentText(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(whole+fraction, "0123456789") != "" {
		return s // a sign or an exponent: no rate, which its reader will say
	}
	fraction += "00"
	moved := strings.TrimLeft(whole+fraction[:2], "0")
	if moved == "" {
		moved = "0"
	}
	if rest := strings.TrimRight(fraction[2:], "0"); rest != "" {
		return moved + "." + rest
	}
	return moved
}

func (r *masterReader) entry(row masterRow) Entry {
	e := Entry{
		Supplier: Supplier{B2BID: row.B2BID, Code: row.Code, Name: row.Name, GSTIN: strings.ToUpper(row.GSTIN)},
		Pos:      r.pos,
		PAN:      strings.ToUpper(row.PAN),
		IFSC:     strings.ToUpper(row.IFSC),
	}
	if e.Supplier == (Supplier{}) {
		r.fault(checkMasterNobody, "", "", "")
	}
	r.intact("supplier_b2b_id", e.B2BID)
	r.intact("supplier_code", e.Code)
	r.registration(&e)
	if account, ok := r.accounts.Read(row.Account); ok {
		e.Account = account
	} else {
		r.fault(checkMasterAccount, "account_number", MaskAccount(row.Account), "")
	}
	e.MSME = r.msme(row.MSME)
	r.agreement(&e, row.Agreement, row.AgreementDays)
	e.Trader = r.yes("trader", row.Trader)
	if row.TermsDays != "" {
		e.TermsDays, e.HasTerms = r.days("terms_days", row.TermsDays)
	}
	r.deduction(&e, row)
	return e
}

// intact makes a fault of a key that a spreadsheet has destroyed.
func (r *masterReader) intact(column, key string) {
	if key != "" && Damaged(key) {
		r.fault(checkMasterKey, column, key, "")
	}
}

// registration doubts the PAN. A GSTIN holds one, so neither is ever shown.
func (r *masterReader) registration(e *Entry) {
	if e.PAN != "" && !validPAN(e.PAN) {
		r.doubt("pan", "this is not the form of a PAN")
	} else if e.PAN != "" && ValidGSTIN(e.GSTIN) && e.GSTIN[2:12] != e.PAN {
		r.doubt("pan", "the PAN is not the one in the GSTIN")
	}
}

func (r *masterReader) msme(text string) string {
	word := strings.ToLower(text)
	word = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(word, "enterprise"), "enterprises"))
	switch word {
	case "micro", "small", "medium":
		return word
	case "", "-", "na", "n/a", "n.a.", "no", "n", "none", "nil", "not applicable", "non-msme", "non msme", "large", "not registered", "unregistered":
		return ""
	}
	r.fault(checkMasterMSME, "msme", text, "")
	return ""
}

// agreement reads whether there is a written agreement, and for how many days.
// A number of days is an agreement too.
func (r *masterReader) agreement(e *Entry, text, days string) {
	if n, err := strconv.Atoi(text); err == nil && n > 1 && days == "" {
		text, days = "Y", text
	}
	e.Agreement = r.yes("agreement", text)
	if days == "" {
		return
	}
	n, ok := r.days("agreement_days", days)
	e.AgreementDays = n
	if ok && n > 0 && text == "" {
		e.Agreement = true
	}
}

// maxTerms is the most days of credit that are believed: three years.
const maxTerms = 1096

// days reads 45, "45 days" and "Net 45".
func (r *masterReader) days(column, text string) (int, bool) {
	word := strings.ToLower(text)
	for _, unit := range []string{"days", "day"} {
		word = strings.TrimSpace(strings.TrimSuffix(word, unit))
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(word, "net")))
	if err != nil || n < 0 || n > maxTerms {
		r.fault(checkMasterDays, column, text, "")
		return 0, false
	}
	return n, true
}

// deduction reads a percentage such as 0.5 or 0.75%, and the validity of the
// certificate that allows it.
func (r *masterReader) deduction(e *Entry, row masterRow) {
	e.LowerFrom = r.date("lower_deduction_from", row.LowerFrom)
	e.LowerTo = r.date("lower_deduction_to", row.LowerTo)
	if e.LowerFrom != 0 && e.LowerTo != 0 && e.LowerTo < e.LowerFrom {
		r.fault(checkMasterDate, "lower_deduction_to", row.LowerTo, "the certificate ends before it begins")
	}
	if row.LowerDeduction == "" {
		return
	}
	p, err := money.Parse(strings.TrimSpace(strings.TrimSuffix(row.LowerDeduction, "%")))
	if err != nil || p < 0 || p > 10_000 {
		r.fault(checkMasterRate, "lower_deduction_rate", row.LowerDeduction, "")
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
	r.fault(checkMasterAnswer, column, text, "")
	return false
}

func (r *masterReader) doubt(column, text string) {
	p := r.at(column)
	r.notes = append(r.notes, fmt.Sprintf("%s: %s: %s", p, r.heading.written(column), text))
}

// at returns the place of a column of the line.
func (r *masterReader) at(column string) source.Pos {
	p := r.pos
	if i := slices.Index(r.heading.tags, column); column != "" && i >= 0 {
		p.Col = i + 1
	}
	return p
}

// fault adds a problem. more is added to what the check says.
func (r *masterReader) fault(id masterCheck, column, value, more string) {
	c := masterChecks[id]
	text := c.Text
	if more != "" {
		text += ": " + more
	}
	r.problems = append(r.problems, source.Problem{
		Pos: r.at(column), Column: r.heading.written(column), Value: maskSecrets(value),
		Check: c.Name, Text: text, Remedy: c.Remedy,
	})
}
