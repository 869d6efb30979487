package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A QuarantinedRow is a row that could not be read, in the ledger's own columns,
// so that a person can mend it and load it again. What must reach no output is
// masked, and what could only be doubted beside the other rows of its file ends
// in " ?", so that it is doubted again until somebody has looked at it.
type QuarantinedRow struct {
	Pos      source.Pos // of the row; Col is 0
	Layout   string     // by which the file was read
	Headings []string   // of the file, as written; rows of one sheet share them
	Cells    []string   // beneath them; may be fewer, or more where the row is too wide
	Section  string     // the supplier's name that stands in a row above, where the layout has such rows and the row has no name
	apart    int        // a column that the row of the section may stand in

	// Seal is made of all this but the place: the row is what it was as long as
	// it has the same. Empty where the cells of the row cannot be told apart.
	Seal   string
	mended bool // it is a line of a file of mended rows, and is mended there
	done   bool // a mended line replaces it
}

const (
	// maxKept is how many quarantined rows keep their cells: nobody mends more
	// by hand, and a file of which every row is bad must not be held in memory.
	maxKept = 10_000
	// maxKeptBytes bounds the same for rows of very long cells.
	maxKeptBytes = 32 << 20
)

// doubt stands behind a text that could be read in a file of its own, and could
// not beside the others of the file it is from.
const doubt = " ?"

// notCalculated stands for a formula without a result.
const notCalculated = "#NOT CALCULATED"

// keep notes the cells of the row at hand, which was quarantined.
func (r *reader) keep(reading *rowReader) {
	if len(r.book.Quarantined) >= maxKept || r.kept > maxKeptBytes {
		r.unkept++
		return
	}
	row := reading.kept()
	row.mended = reading.mended
	for _, text := range row.Cells {
		r.kept += len(text) + 16
	}
	r.book.Quarantined = append(r.book.Quarantined, row)
}

// noteUnkept says how many quarantined rows of a file stand in the list of
// faults alone.
func (r *reader) noteUnkept(in *Input) {
	if r.unkept > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("%d more quarantined rows are listed without their cells: of all ledgers together the first %d keep them; mend the export instead of the rows", r.unkept, len(r.book.Quarantined)))
		r.unkept = 0
	}
}

// kept returns the row at hand as it may be shown and loaded again.
func (r *rowReader) kept() QuarantinedRow {
	q := QuarantinedRow{Pos: r.pos, Layout: r.b.l.name, Headings: r.b.headings, apart: 0}
	q.Pos.Col = 0
	if r.b.at[invoiceNumber] == 0 {
		q.apart = 1
	}
	if r.row.Problem != nil {
		return q // what is left of such a row is anybody's guess, account number and all
	}
	n := len(r.row.Cells)
	if r.unnamed {
		n = min(n, r.b.width)
	}
	for n > 0 && r.row.Cells[n-1].Kind == table.Empty {
		n--
	}
	q.Cells = make([]string, n)
	for i := range q.Cells {
		if r.row.Cells[i].Kind != table.Empty {
			q.Cells[i] = strings.Clone(r.keptCell(i))
		}
	}
	if r.b.l.sectionNames && r.section != "" && r.cell(supplierName).Kind == table.Empty {
		if at := r.b.at[supplierName]; at >= 0 && at < n {
			q.Cells[at] = r.section
		} else {
			q.Section = r.section
		}
	}
	q.Seal = q.seal()
	return q
}

// seal returns the mark by which a row is known again. It is made of what people
// may see, so that it gives away nothing that is masked, and begins with a letter
// and a hyphen, so that no spreadsheet takes it for a number.
func (q *QuarantinedRow) seal() string {
	var b []byte
	for _, texts := range [][]string{{q.Layout, q.Section}, q.Headings, q.Cells} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(texts)))
		for _, text := range texts {
			b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
			b = append(b, text...)
		}
	}
	sum := sha256.Sum256(b)
	return "v1-" + hex.EncodeToString(sum[:12])
}

// keptCell returns the text of a cell as it may be shown, such that it is read
// again as what it was.
func (r *rowReader) keptCell(i int) string {
	cell := &r.row.Cells[i]
	c := r.columnAt(i)
	switch cell.Kind {
	case table.NoCache:
		return notCalculated
	case table.Error:
		return maskDigits(cell.Text)
	}
	var text string
	switch r.b.holds(c) {
	case "date":
		text = r.keptDate(c, cell)
	case "amount":
		if masked := maskAmount(cell.Text); masked != cell.Text {
			return masked // it has to be typed in again, for nobody can tell it from an account number
		}
		text = r.keptAmount(c, cell)
	default:
		text = cell.Text
		if cell.Kind == table.Date && cell.Date != 0 {
			text = cell.Date.Long()
		}
		if c == invoiceNumber && cell.Kind == table.Number && !damaged(text) && (len(text) > 15 || !onlyDigits(strings.TrimPrefix(text, "-"))) {
			text += "E+00" // as text it would pass for a number that nobody has destroyed
		}
	}
	return r.masked(c, text)
}

// columnAt returns what the cell of an index holds; columns for nothing we know.
func (r *rowReader) columnAt(i int) column {
	for c := range columns {
		if r.b.at[c] == i {
			return c
		}
	}
	return columns
}

// keptDate writes a date so that it cannot be read with day and month the other
// way round: in a file of few rows the column may prove another order.
func (r *rowReader) keptDate(c column, cell *table.Cell) string {
	if cell.Kind == table.Date && cell.Date != 0 {
		return cell.Date.String()
	}
	w, ok := readDate(cell)
	if !ok || w.fixed {
		return cell.Text
	}
	d, ok := w.in(r.orders[c])
	if !ok {
		return cell.Text + doubt
	}
	return d.String()
}

// keptAmount writes an amount with what its number format says, and such that
// it is the same amount in a file of few rows.
func (r *rowReader) keptAmount(c column, cell *table.Cell) string {
	a := readAmount(cell, r.separator)
	if a.state != good {
		if cell.Kind == table.Text && money.Read(cell.Text) != money.Unreadable {
			return cell.Text + doubt
		}
		return cell.Text
	}
	text := cell.Text
	switch {
	case cell.Kind == table.Number && markOf(cell) == creditMark:
		text = r.decimals((-a.value).String()) + " Cr"
	case cell.Kind == table.Number && markOf(cell) == debitMark:
		text = r.decimals(a.value.String()) + " Dr"
	case cell.Kind == table.Number, r.separator == money.Comma && money.Read(text) == money.EitherDotted:
		text = r.decimals(a.value.String())
	}
	if cell.Kind == table.Number && cell.Currency != "" && cell.Currency != "INR" && r.cell(currency).Kind == table.Empty {
		return cell.Currency + " " + text // only the number format said so; without a column for it nobody may take it for rupees
	}
	if c == r.sideless {
		text += doubt
	}
	return text
}

func (r *rowReader) decimals(amount string) string {
	if r.separator == money.Comma {
		return strings.ReplaceAll(amount, ".", ",")
	}
	return amount
}

// masked hides what must reach no output: account numbers wherever one may
// stand, the name in a VPA, and a PAN in a column that is not read.
func (r *rowReader) masked(c column, text string) string {
	switch {
	case c == accountNumber || c < columns && r.b.at[c] == r.b.at[accountNumber]:
		if a, ok := party.ReadAccount(text, nil); !ok || a.Last4 == "" || r.faulty(accountNumber) {
			return hidden
		}
		return party.MaskAccount(strings.TrimRight(text, " -\u00a0"))
	case c == vpa:
		return maskVPA(text)
	case c == hold:
		return r.holdText(text)
	case c == columns:
		return party.MaskPAN(maskDigits(text))
	case r.shifted && r.b.has(accountNumber):
		return party.MaskPAN(maskDigits(maskHandles(text)))
	case r.faulty(c) && (longDigits[c] || slices.Contains(numbers[:], c)):
		return maskHandles(text)
	case r.faulty(c): // what is wrong here may be right in another column
		return party.MaskPAN(maskDigits(maskHandles(text)))
	}
	return text
}

// faulty tells whether the row at hand has a problem in a column.
func (r *rowReader) faulty(c column) bool {
	for i := range r.problems {
		if r.problems[i].Pos.Col == r.b.at[c]+1 {
			return true
		}
	}
	return false
}

// hidden stands for what may not be shown. In a column that is read it is a
// fault until somebody has typed the value in again.
const hidden = "****"

// maskVPA hides whose address it is, and keeps the bank.
func maskVPA(text string) string {
	_, bank, ok := strings.Cut(text, "@")
	if !ok {
		return hidden
	}
	return hidden + "@" + maskDigits(bank)
}
