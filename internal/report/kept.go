package report

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/klauspost/compress/flate"

	"reconcile/internal/casebook"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// Kept is what the report of a run is a function of, in a form that lies in a
// file for years. Whoever reads it back and renders it has the same bytes, as
// long as the program renders as it did.
//
// It holds what the report shows and nothing that the report may not show: no
// account number, for none is kept anywhere, no fingerprint of one, no PAN out of
// the supplier master, no body of a message.
type Kept struct {
	Run   RunInfo
	Facts *Facts
	Plan  *Plan // what the run proposed; nil where nothing
}

// keptFormat is the version of the form. A file of a later one is refused; one of
// an earlier one stays readable. A field that is new is empty in an old file, and
// a field that an old file has and nobody knows any more is passed over: whether
// the outcome is the same is told by its hashes.
const keptFormat = 1

// keptMark begins every file of kept facts; its format follows, and a line feed.
const keptMark = "reconcile facts "

// A KeptFormatError says that a file is none of kept facts, or of a later
// version.
type KeptFormatError struct{ Format string }

func (e *KeptFormatError) Error() string {
	if e.Format == "" {
		return "no kept facts, or not whole"
	}
	return fmt.Sprintf("written in form %s, and this version of the program knows form %d", e.Format, keptFormat)
}

// A keptFile is a file of a run that is kept as it was.
type keptFile struct {
	Name  string
	Bytes []byte
}

// keptHead stands first in a file; the lists follow one element at a time, so
// that nobody holds them twice.
type keptHead struct {
	Run                              RunInfo
	Facts                            Facts // without what follows
	Plan                             *Plan // its Proposal only where it is not that of Facts
	Notes                            []keptNote
	Suppliers                        []party.Entry // of the master, as far as the items need them
	Mend                             []keptFile
	Items, Remittances, Found, Lines int
}

type keptNote struct {
	ID   string
	Note casebook.Standing
}

// A keptItem is the result of one item, with numbers in the place of pointers.
type keptItem struct {
	Item    int // in the order of the ledgers
	Result  matcher.ItemResult
	Matches []keptShare
}

type keptShare struct {
	At    keptPlace
	Share matcher.Share
}

type keptLine struct {
	At     keptPlace
	Items  []int
	Result matcher.LineResult
}

// A keptPlace is one line of one remittance.
type keptPlace struct{ Remittance, Line int }

// Write writes the file of kept facts.
func (k *Kept) Write(w io.Writer) error {
	if err := k.write(w); err != nil {
		return fmt.Errorf("keeping the facts of the report: %w", err)
	}
	return nil
}

func (k *Kept) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s%d\n", keptMark, keptFormat); err != nil {
		return err
	}
	packed, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(packed, 64<<10)
	enc := gob.NewEncoder(out)
	index := newKeptIndex(k.Facts)
	head, err := k.head(index)
	if err != nil {
		return err
	}
	if err := enc.Encode(head); err != nil {
		return err
	}
	for i := range k.Facts.Ledger.Items {
		item := k.Facts.Ledger.Items[i]
		item.Account.Fingerprint = party.Account{}.Fingerprint
		if err := enc.Encode(&item); err != nil {
			return err
		}
	}
	for _, r := range index.remittances {
		one := *r
		one.Bodies = nil
		if err := enc.Encode(&one); err != nil {
			return err
		}
	}
	if err := index.encode(enc, k.Facts.Result); err != nil {
		return err
	}
	return errors.Join(out.Flush(), packed.Close())
}

// head returns what stands before the lists.
func (k *Kept) head(index *keptIndex) (*keptHead, error) {
	f := k.Facts
	h := &keptHead{Run: k.Run, Facts: *f,
		Items: len(f.Ledger.Items), Remittances: len(index.remittances), Found: len(f.Result.Items), Lines: len(f.Result.Lines)}
	book := *f.Ledger
	book.Items = nil
	h.Facts.Ledger, h.Facts.Result, h.Facts.Master, h.Facts.Notes = &book, nil, nil, nil
	for _, id := range slices.Sorted(maps.Keys(f.Notes)) {
		h.Notes = append(h.Notes, keptNote{id, f.Notes[id]})
	}
	h.Suppliers = f.suppliersKept()
	if k.Plan != nil {
		plan := *k.Plan
		if plan.Proposal == f.Proposal {
			plan.Proposal = nil
		}
		h.Plan = &plan
	}
	for _, file := range f.QuarantineOutput() {
		var b bytes.Buffer
		if err := file.Write(&b); err != nil {
			return nil, err
		}
		h.Mend = append(h.Mend, keptFile{file.Name, b.Bytes()})
	}
	return h, nil
}

// suppliersKept returns what the master says of the suppliers of the items,
// without how they are paid.
func (f *Facts) suppliersKept() []party.Entry {
	var list []party.Entry
	seen := map[string]bool{"": true}
	for i := range f.Ledger.Items {
		id := f.Ledger.Items[i].Supplier.B2BID
		if seen[id] {
			continue
		}
		seen[id] = true
		if e := f.supplier(id); e != nil {
			one := *e
			one.PAN, one.IFSC, one.Account = "", "", party.Account{}
			list = append(list, one)
		}
	}
	return list
}

// A keptIndex numbers what the results point to.
type keptIndex struct {
	items       map[*ledger.Item]int
	at          map[*payment.Remittance]int
	remittances []*payment.Remittance // in the order of the results
}

func newKeptIndex(f *Facts) *keptIndex {
	x := &keptIndex{items: make(map[*ledger.Item]int, len(f.Ledger.Items)), at: make(map[*payment.Remittance]int, len(f.Result.Lines))}
	for i := range f.Ledger.Items {
		x.items[&f.Ledger.Items[i]] = i
	}
	add := func(r *payment.Remittance) {
		if _, there := x.at[r]; !there {
			x.at[r] = len(x.remittances)
			x.remittances = append(x.remittances, r)
		}
	}
	for i := range f.Result.Lines {
		add(f.Result.Lines[i].Remittance)
	}
	for i := range f.Result.Items {
		for k := range f.Result.Items[i].Matches {
			add(f.Result.Items[i].Matches[k].Remittance)
		}
	}
	return x
}

// errStray is a fault of the program: a result of something that was not read.
var errStray = errors.New("a result points to no item or line of this run")

func (x *keptIndex) item(it *ledger.Item) (int, error) {
	at, there := x.items[it]
	if !there {
		return 0, errStray
	}
	return at, nil
}

func (x *keptIndex) place(r *payment.Remittance, l *payment.Line) (keptPlace, error) {
	at := keptPlace{Remittance: x.at[r]}
	if l.Position < len(r.Lines) && l == &r.Lines[l.Position] {
		at.Line = l.Position
		return at, nil
	}
	for i := range r.Lines {
		if l == &r.Lines[i] {
			at.Line = i
			return at, nil
		}
	}
	return at, errStray
}

// encode writes the results.
func (x *keptIndex) encode(enc *gob.Encoder, result *matcher.Result) (err error) {
	for i := range result.Items {
		r := keptItem{Result: result.Items[i]}
		if r.Item, err = x.item(r.Result.Item); err != nil {
			return err
		}
		for _, m := range r.Result.Matches {
			s := keptShare{Share: m}
			if s.At, err = x.place(m.Remittance, m.Line); err != nil {
				return err
			}
			s.Share.Remittance, s.Share.Line = nil, nil
			r.Matches = append(r.Matches, s)
		}
		r.Result.Item, r.Result.Matches = nil, nil
		if err := enc.Encode(&r); err != nil {
			return err
		}
	}
	for i := range result.Lines {
		r := keptLine{Result: result.Lines[i]}
		if r.At, err = x.place(r.Result.Remittance, r.Result.Line); err != nil {
			return err
		}
		for _, it := range r.Result.Items {
			at, err := x.item(it)
			if err != nil {
				return err
			}
			r.Items = append(r.Items, at)
		}
		r.Result.Remittance, r.Result.Line, r.Result.Items = nil, nil, nil
		if err := enc.Encode(&r); err != nil {
			return err
		}
	}
	return nil
}
