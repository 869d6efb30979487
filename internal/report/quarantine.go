package report

import (
	"io"

	"reconcile/internal/ledger"
	"reconcile/internal/source"
)

// QuarantineOutput returns the files of a run that hold its quarantined ledger
// rows in the ledger's own columns, to be mended and loaded again.
func (f *Facts) QuarantineOutput() []File {
	var files []File
	for _, kept := range f.mend {
		files = append(files, File{Name: kept.Name, Write: func(w io.Writer) error {
			_, err := w.Write(kept.Bytes)
			return err
		}})
	}
	if f.mend != nil {
		return files
	}
	for _, q := range f.Ledger.QuarantineFiles() {
		files = append(files, File{Name: q.Name, Write: q.WriteCSV})
	}
	return files
}

// maxOwnColumns is how many columns of the ledgers stand beside the reasons in
// the workbook; the files to mend have all of them.
const maxOwnColumns = 120

// An ownColumns lists the headings of the ledgers that have quarantined rows,
// each once, and which cells of a row stand beneath them.
type ownColumns struct {
	titles []string
	at     map[string]int // by heading and how often it stood before in its row
	rows   map[source.Pos]*ledger.QuarantinedRow
}

func newOwnColumns(rows []ledger.QuarantinedRow) *ownColumns {
	o := &ownColumns{at: make(map[string]int), rows: make(map[source.Pos]*ledger.QuarantinedRow, len(rows))}
	for i := range rows {
		o.rows[rows[i].Pos] = &rows[i]
		o.each(&rows[i], func(key, title, _ string) {
			if _, there := o.at[key]; !there && len(o.titles) < maxOwnColumns {
				o.at[key] = len(o.titles)
				o.titles = append(o.titles, title)
			}
		})
	}
	return o
}

// each calls f for the cells of a row that have something in them, and for all
// that have a heading.
func (o *ownColumns) each(row *ledger.QuarantinedRow, f func(key, title, text string)) {
	seen := make(map[string]int)
	for i := range max(len(row.Headings), len(row.Cells)) {
		title, text := "", ""
		if i < len(row.Headings) {
			title = row.Headings[i]
		}
		if i < len(row.Cells) {
			text = row.Cells[i]
		}
		if title == "" && text == "" {
			continue
		}
		if title == "" {
			title = "column " + source.ColumnName(i+1)
		}
		seen[title]++
		f(title+string(rune(seen[title])), title, text)
	}
}

// cells returns the row's own cells in the order of the titles.
func (o *ownColumns) cells(q *quarantine) []cell {
	own := make([]cell, len(o.titles))
	at := q.Pos
	at.Col = 0
	if row := o.rows[at]; row != nil && !q.event {
		o.each(row, func(key, _, content string) {
			if i, there := o.at[key]; there {
				own[i] = text(content)
			}
		})
	}
	return own
}
