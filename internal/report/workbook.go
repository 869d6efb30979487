package report

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/day"
)

// WriteWorkbook writes the workbook that a controller reads. Its bytes depend on
// the facts alone: its properties carry the business date instead of a clock.
func (f *Facts) WriteWorkbook(w io.Writer) error {
	return f.writeWorkbook(w, maxSheetRows)
}

func (f *Facts) writeWorkbook(w io.Writer, maxRows int) error {
	return writeBook(w, maxRows, f.properties(), func(b *workbook) error {
		if err := b.addPage("Summary", f.summaryPage(), summaryWidths); err != nil {
			return err
		}
		for _, t := range f.tables() {
			if err := b.addTable(t); err != nil {
				return err
			}
		}
		return b.addPage("Run", f.runPage(), runWidths)
	})
}

// tables returns the sheets between Summary and Run, in their order.
func (f *Facts) tables() []table {
	sheets := []table{
		f.actTable(), f.breaksTable(), f.confirmationTable(), f.postingsTable(), f.unmatchedTable(), f.dueTable(), f.paymentsTable(), f.itemsTable(),
		f.msmeTable(), f.msmeReturnTable(), f.gstTable(), f.quarantineTable(), f.changesTable(),
	}
	if f.Late != nil {
		sheets = append(sheets, lateTable(f.Late.Payments))
	}
	return sheets
}

// writeBook writes a workbook of the sheets that add adds.
func writeBook(w io.Writer, maxRows int, properties *excelize.DocProperties, add func(*workbook) error) (err error) {
	x := excelize.NewFile()
	defer func() {
		if closing := x.Close(); err == nil && closing != nil {
			err = fmt.Errorf("writing the workbook: %w", closing)
		}
	}()
	b := &workbook{x: x, maxRows: maxRows, title: properties.Title, rows: make(map[string]*rowText)}
	defer func() { err = errors.Join(err, b.close()) }()
	x.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		z := newCanonicalZip(w)
		z.rows = b.rows
		return z
	})
	if b.styles, err = newStyles(x); err != nil {
		return err
	}
	if b.marked, err = newMark(x); err != nil {
		return err
	}
	for look, id := range b.styles {
		if style(look) == noStyle {
			id = b.styles[textStyle]
		}
		b.blanks[look] = id
	}
	if err := x.SetDocProps(properties); err != nil {
		return fmt.Errorf("setting the properties of the workbook: %w", err)
	}
	if err := add(b); err != nil {
		return err
	}
	if err := x.Write(w); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// close removes what was set aside of the rows.
func (b *workbook) close() (err error) {
	for _, name := range slices.Sorted(maps.Keys(b.rows)) {
		err = errors.Join(err, b.rows[name].close())
	}
	if err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

func (f *Facts) properties() *excelize.DocProperties {
	return propertiesOf("Payables reconciliation "+f.AsOf.String(), f.AsOf, f.Version)
}

// propertiesOf are the properties of a document: its date is the business date.
func propertiesOf(title string, asOf day.Date, version string) *excelize.DocProperties {
	moment := asOf.String() + "T00:00:00Z"
	if asOf == 0 {
		moment = "1970-01-01T00:00:00Z"
	}
	return &excelize.DocProperties{
		Title: title, Creator: "reconcile", LastModifiedBy: "reconcile",
		Created: moment, Modified: moment, Description: cleanText(strings.TrimSpace("reconcile " + version)),
	}
}
