package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteWorkbook writes the workbook that a controller reads. Its bytes depend on
// the facts alone: its properties carry the business date instead of a clock.
func (f *Facts) WriteWorkbook(w io.Writer) error {
	return f.writeWorkbook(w, maxSheetRows)
}

func (f *Facts) writeWorkbook(w io.Writer, maxRows int) (err error) {
	x := excelize.NewFile()
	defer func() {
		if closing := x.Close(); err == nil && closing != nil {
			err = fmt.Errorf("writing the workbook: %w", closing)
		}
	}()
	x.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return newCanonicalZip(w) })
	b := &workbook{x: x, maxRows: maxRows}
	if b.styles, err = newStyles(x); err != nil {
		return err
	}
	for look, id := range b.styles {
		if style(look) == noStyle {
			id = b.styles[textStyle]
		}
		b.blanks[look] = excelize.Cell{StyleID: id}
	}
	if err := f.setProperties(x); err != nil {
		return err
	}
	if err := f.addSummary(b); err != nil {
		return err
	}
	for _, t := range []table{
		f.breaksTable(), f.confirmationTable(), f.unmatchedTable(), f.dueTable(), f.itemsTable(), f.quarantineTable(),
	} {
		if err := b.addTable(t); err != nil {
			return err
		}
	}
	if err := f.addRun(b); err != nil {
		return err
	}
	if err := x.Write(w); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

func (f *Facts) setProperties(x *excelize.File) error {
	moment := f.AsOf.String() + "T00:00:00Z"
	if f.AsOf == 0 {
		moment = "1970-01-01T00:00:00Z"
	}
	err := x.SetDocProps(&excelize.DocProperties{
		Title: "Payables reconciliation " + f.AsOf.String(), Creator: "reconcile", LastModifiedBy: "reconcile",
		Created: moment, Modified: moment, Description: cleanText(strings.TrimSpace("reconcile " + f.Version)),
	})
	if err != nil {
		return fmt.Errorf("setting the properties of the workbook: %w", err)
	}
	return nil
}
