package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// Options say how ledgers are read. The zero value reads canonical ledgers of
// any buyer.
type Options struct {
	Buyers    []party.Buyer           // ours
	Columns   map[string]string       // canonical column to heading of the file: ledger.columns
	Preset    string                  // auto, the name of a layout, or empty for auto: ledger.preset
	Dates     DateOrder               // ledger.dates
	Separator money.Separator         // ledger.decimal
	Owed      Side                    // ledger.owed: of the canonical layout negative alone
	Types     map[string]DocumentType // types of document that no layout knows, as the ledgers write them: ledger.document_types
	PerFile   map[string]Settings     // by path, what takes the place of the six above: ledger.per_file
	Suppliers *party.Master           // nil where there is none

	FingerprintKey []byte // of party.Account.Fingerprint; nil: no fingerprints

	// Progress is told now and then how far the reading is, in bytes of the files
	// on disk, of which total is the sum; may be nil.
	Progress func(done, total int64)
}

// A sheetFile is one ledger, opened.
type sheetFile struct {
	Input  Input // Path, SHA256, Bytes and Notes
	Sheets []table.Sheet
}

// every is after how many rows a reader looks up: for a cancelled context, and
// to tell of its progress.
const every = 4096

// Read reads the ledgers, in the order given. The error names every file that
// cannot be read as a whole, each a *FileError, and there is no Book then:
// nothing may be concluded from half of the books.
func Read(ctx context.Context, files []source.Ref, o Options) (*Book, error) {
	r, err := newReader(ctx, o)
	if err != nil {
		return nil, err
	}
	r.meter.of(files)
	for _, ref := range files {
		r.ref(ref)
		if err := ctx.Err(); err != nil {
			break
		}
	}
	return r.finish()
}

// readFiles is Read for ledgers that have been opened.
func readFiles(ctx context.Context, files []sheetFile, o Options) (*Book, error) {
	r, err := newReader(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		r.add(f)
	}
	return r.finish()
}

// A reader reads the files of one Book.
type reader struct {
	ctx       context.Context
	o         *Options
	overrides map[column]string
	texts     map[string]string
	accounts  *party.AccountReader
	book      Book
	computed  []uint8 // one an item: see relate
	meter     *meter
	files     int     // opened
	faults    []error // of files

	claims       []claim   // of mended lines, in the order in which they stand
	joins        joins     // bills, and payments that name them
	saw          *sighting // told what was found out about the file; nil unless it is inspected
	kept, unkept int       // bytes of quarantined cells, and quarantined rows of the file without theirs
}

func newReader(ctx context.Context, o Options) (*reader, error) {
	overrides, err := o.overrides()
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(o.PerFile)) {
		of := o.For(path)
		if _, err := of.overrides(); err != nil {
			return nil, err
		}
	}
	return &reader{ctx: ctx, o: &o, overrides: overrides, texts: make(map[string]string), accounts: party.NewAccountReader(o.FingerprintKey), meter: &meter{tell: o.Progress}}, nil
}

// ref opens a ledger, reads it and lets go of it.
func (r *reader) ref(ref source.Ref) {
	ctx, cancel := within(r.ctx, ref.Path())
	defer cancel()
	r.meter.begin(ref.Size())
	data, stat, err := ref.ReadAll(source.MaxTable)
	if err == nil {
		var file *table.File
		if file, err = table.Open(ref.Path(), data, limits(ctx, r.meter)); err == nil {
			r.meter.open(file.Size, rowPasses)
			r.add(sheetFile{
				Input:  Input{Path: ref.Path(), SHA256: stat.SHA256, Bytes: stat.Bytes, Notes: file.Notes},
				Sheets: file.Sheets,
			})
			err = file.Close()
		}
	}
	r.meter.close()
	if err != nil {
		r.faults = append(r.faults, refused(ref.Path(), err))
	}
}

// refused says in our words why a file is no ledger.
func refused(path string, err error) *FileError {
	e := fileError(path, "", 0, checkFile, "")
	e.Err = err
	var format *table.RefusedError
	var limit *table.LimitError
	var size *source.LimitError
	switch {
	case errors.As(err, &format):
		e.Text, e.Remedy = format.Reason, format.Remedy
	case errors.As(err, &limit):
		e.Text, e.Remedy = limit.Reason, limit.Remedy
	case errors.As(err, &size):
		e.Text, e.Remedy = size.Reason, size.Remedy
	default:
		e.Text += ": " + err.Error()
	}
	return e
}

// add reads a ledger that has been opened.
func (r *reader) add(f sheetFile) {
	r.files++
	if err := r.file(f); err != nil {
		r.faults = append(r.faults, err)
	}
}

// finish sees the rows of all files together.
func (r *reader) finish() (*Book, error) {
	if r.ctx.Err() != nil {
		return nil, fmt.Errorf("reading the ledgers: %w", context.Cause(r.ctx))
	}
	if len(r.faults) > 0 {
		r.pointOut()
		return nil, errors.Join(r.faults...)
	}
	if r.saw == nil { // what is inspected stands alone
		if err := r.replace(); err != nil {
			return nil, err
		}
	}
	var doubtful map[source.Pos]bool
	if r.saw == nil {
		var err error
		if doubtful, err = r.join(); err != nil {
			return nil, err
		}
	}
	if err := relate(r.book.Items, r.computed); err != nil {
		return nil, err
	}
	if len(doubtful) > 0 {
		for i := range r.book.Items {
			it := &r.book.Items[i]
			it.Repeated = it.Repeated || doubtful[it.Pos]
		}
	}
	return &r.book, nil
}

// file reads one ledger into the book.
func (r *reader) file(f sheetFile) error {
	in := f.Input
	sheets, mends := withoutReasons(f.Sheets)
	f.Sheets = sheets
	of := in.Path
	if mends.pos.File != "" {
		of = mends.pos.File // as the ledger was read that the rows are from
	}
	o := r.o.For(of)
	overrides, err := o.overrides()
	if err != nil { // unreachable: newReader has asked
		return err
	}
	r.overrides = overrides
	preset := o.Preset
	if mends.layout != "" && (preset == "" || preset == "auto") {
		preset = mends.layout
	}
	chosen, notes, err := bindSheets(in.Path, f.Sheets, preset, r.overrides)
	if err != nil {
		return err
	}
	chosen.turn(o.Owed)
	bindings := chosen.sheets
	in.Layout, in.Known, in.Score = chosen.l.name, chosen.l.known, chosen.score
	in.RunnerUp, in.SecondScore = chosen.runnerUp, chosen.second
	in.Notes = append(slices.Clone(in.Notes), notes...)
	var v ballot
	var lines lineRows
	var filled fills
	for i, sheet := range f.Sheets {
		if bindings[i] == nil {
			continue
		}
		pos := source.Pos{File: in.Path, Sheet: sheet.Name()}
		err := r.below(sheet, bindings[i], func(row table.Row) error {
			pos.Row = row.Number
			lines.count(row, bindings[i])
			row = bindings[i].onAccount(row)
			v.add(row, bindings[i], pos)
			lines.add(row, bindings[i])
			filled.add(row, bindings[i])
			return nil
		})
		if err != nil {
			return r.fault(in.Path, sheet, err)
		}
	}
	r.meter.next()
	if r.saw != nil {
		r.saw.chosen, r.saw.votes = &chosen, &v
	}
	reading, err := r.elect(&o, &v, in.Path)
	if err != nil {
		return err
	}
	if r.saw != nil {
		r.saw.reading = reading
	}
	if v.tooWide > 0 && reading.unnamed {
		in.Notes = append(in.Notes, fmt.Sprintf("%d rows have cells beyond the last heading; they are columns without a name and were not read", v.tooWide))
	}
	reading.lines, reading.fills = &lines, &filled
	r.book.Items = slices.Grow(r.book.Items, v.rows)
	r.computed = slices.Grow(r.computed, v.rows)
	var t totals
	for i, sheet := range f.Sheets {
		if bindings[i] == nil {
			continue
		}
		reading := *reading
		reading.b = bindings[i]
		reading.pos = source.Pos{File: in.Path, Sheet: sheet.Name()}
		if _, reading.mended = sheet.(*mendedSheet); reading.mended {
			reading.unnamed = false // of few rows most may be wrong
		}
		if err := r.sheet(sheet, &reading, &t); err != nil {
			return r.fault(in.Path, sheet, err)
		}
		in.Notes = append(in.Notes, reading.remarks()...)
		in.Notes = append(in.Notes, reading.proof...)
		in.WrongTotals = append(in.WrongTotals, reading.wrong...)
	}
	in.Notes = append(in.Notes, reading.about.notes(t.rows[accepted])...)
	r.meter.next()
	if err := reading.signs.check(in.Path, o.Owed); err != nil {
		return err
	}
	in.Notes = append(chosen.notes(reading, v.rows), in.Notes...)
	r.noteUnkept(&in)
	if err := t.into(&in); err != nil {
		return err
	}
	r.book.Inputs = append(r.book.Inputs, in)
	return nil
}

// elect says how the file is to be read, by what was proved. All columns in
// doubt are reported.
func (r *reader) elect(o *Options, v *ballot, path string) (*rowReader, error) {
	reading := &rowReader{o: o, texts: r.texts, accounts: r.accounts, unnamed: v.unnamedColumns(), signs: &signs{}, about: &supplierNotes{}, types: o.types()}
	for i, n := range v.marks {
		reading.marked[i] = n > 0
	}
	var faults []error
	var err error
	if err := v.sameAuthor(o.Dates, path); err != nil {
		faults = append(faults, err)
	}
	for _, c := range dateColumns {
		if reading.orders[c], err = v.dates[c].order(o.Dates, path, c); err != nil {
			faults = append(faults, err)
		}
	}
	if reading.separator, err = v.amounts.separator(o.Separator, path); err != nil {
		faults = append(faults, err)
	}
	return reading, errors.Join(faults...)
}

// sheet reads the rows of one sheet into the book and the totals.
func (r *reader) sheet(sheet table.Sheet, reading *rowReader, t *totals) error {
	for i, c := range amountColumns {
		t.sums[i].present = t.sums[i].present || reading.b.has(c)
	}
	var sums running
	mended, _ := sheet.(*mendedSheet)
	return r.below(sheet, reading.b, func(row table.Row) error {
		reading.start(row)
		if reason := reading.skip(&sums); reason != "" {
			switch reason {
			case skipTotal:
				reading.prove(&sums)
				sums.reset()
			case skipBlank, skipHeading:
			default:
				reading.addTo(&sums)
			}
			if mended != nil && resolves(reason) {
				r.claim(mended.origin, reading, reason)
			}
			return t.add(skipped, reason, &reading.amounts, reading.b.amounts)
		}
		reading.addTo(&sums)
		it, computed := reading.item()
		if len(reading.problems) > 0 {
			r.book.Problems = append(r.book.Problems, reading.problems...)
			r.keep(reading)
			return t.add(quarantined, "", &reading.amounts, reading.b.amounts)
		}
		r.book.Items = append(r.book.Items, it)
		r.computed = append(r.computed, uint8(computed))
		if it.Supplier.B2BID == "" && r.o.Suppliers == nil && r.saw == nil {
			reading.about.withoutID++
		}
		r.joins.note(reading, len(r.book.Inputs))
		if mended != nil {
			r.claim(mended.origin, reading, "")
		}
		return t.add(accepted, "", &reading.amounts, reading.b.amounts)
	})
}

// below calls f for the rows below the heading.
func (r *reader) below(sheet table.Sheet, b *binding, f func(table.Row) error) error {
	seen := 0
	defer r.meter.sheet()
	return sheet.Rows(func(row table.Row) error {
		if seen++; seen%every == 0 {
			if r.ctx.Err() != nil {
				return context.Cause(r.ctx)
			}
			r.meter.at(row.Read)
		}
		if row.Number <= b.row {
			return nil
		}
		return f(row)
	})
}

// fault says what kept a file from being read to its end.
func (r *reader) fault(path string, sheet table.Sheet, err error) error {
	var limit *table.LimitError
	var format *table.RefusedError
	if errors.As(err, &limit) || errors.As(err, &format) {
		e := refused(path, err)
		e.Pos.Sheet = sheet.Name()
		return e
	}
	id := checkFile
	if errors.Is(err, money.ErrOverflow) {
		id = checkTotalTooLarge
	}
	e := fileError(path, sheet.Name(), 0, id, err.Error())
	e.Err = err
	return e
}
