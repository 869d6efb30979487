package report

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"reconcile/internal/casebook"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// maxKeptList bounds each list of a file of kept facts: more rows than any night
// has, and no more than a machine can hold.
const maxKeptList = 100_000_000

// ReadKept reads a file of kept facts. One that is damaged, or of a later
// version of the program, is a KeptFormatError.
func ReadKept(r io.Reader) (*Kept, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	mark := make([]byte, len(keptMark))
	if _, err := io.ReadFull(in, mark); err != nil || string(mark) != keptMark {
		return nil, &KeptFormatError{}
	}
	format, err := in.ReadString('\n')
	if format = strings.TrimSuffix(format, "\n"); err != nil || format != strconv.Itoa(keptFormat) {
		return nil, &KeptFormatError{format[:min(len(format), 20)]}
	}
	k, err := readKept(gob.NewDecoder(bufio.NewReaderSize(flate.NewReader(in), 64<<10)))
	if err != nil {
		return nil, fmt.Errorf("reading kept facts: %w", errors.Join(&KeptFormatError{}, err))
	}
	return k, nil
}

func readKept(dec *gob.Decoder) (*Kept, error) {
	var h keptHead
	if err := dec.Decode(&h); err != nil {
		return nil, err
	}
	f := &h.Facts
	for _, n := range []int{h.Items, h.Remittances, h.Found, h.Lines} {
		if n < 0 || n > maxKeptList {
			return nil, fmt.Errorf("a list of %d", n)
		}
	}
	if f.Ledger == nil {
		return nil, errors.New("no ledger")
	}
	var err error
	if f.Ledger.Items, err = decodeList[ledger.Item](dec, h.Items); err != nil {
		return nil, err
	}
	remittances, err := decodeList[payment.Remittance](dec, h.Remittances)
	if err != nil {
		return nil, err
	}
	f.Result = &matcher.Result{}
	if f.Result.Items, err = decodeItems(dec, h.Found, f.Ledger.Items, remittances); err != nil {
		return nil, err
	}
	if f.Result.Lines, err = decodeLines(dec, h.Lines, f.Ledger.Items, remittances); err != nil {
		return nil, err
	}
	if len(h.Suppliers) > 0 {
		f.Master = party.NewMaster(h.Suppliers)
	}
	if len(h.Notes) > 0 {
		f.Notes = make(map[string]casebook.Standing, len(h.Notes))
		for _, n := range h.Notes {
			f.Notes[n.ID] = n.Note
		}
	}
	f.mend = append([]keptFile{}, h.Mend...)
	if h.Plan != nil && h.Plan.Proposal == nil {
		h.Plan.Proposal = f.Proposal
	}
	return &Kept{Run: h.Run, Facts: f, Plan: h.Plan}, nil
}

// firstRoom is for how many elements of a list room is made before any of them
// was seen: what a head claims costs nothing.
const firstRoom = 1 << 16

func decodeList[T any](dec *gob.Decoder, n int) ([]T, error) {
	list := make([]T, 0, min(n, firstRoom))
	for range n {
		var one T
		if err := dec.Decode(&one); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func decodeItems(dec *gob.Decoder, n int, items []ledger.Item, remittances []payment.Remittance) ([]matcher.ItemResult, error) {
	list := make([]matcher.ItemResult, 0, min(n, firstRoom))
	for range n {
		var k keptItem
		if err := dec.Decode(&k); err != nil {
			return nil, err
		}
		if k.Item < 0 || k.Item >= len(items) {
			return nil, errStray
		}
		r := k.Result
		r.Item = &items[k.Item]
		for _, s := range k.Matches {
			m := s.Share
			var err error
			if m.Remittance, m.Line, err = s.At.find(remittances); err != nil {
				return nil, err
			}
			r.Matches = append(r.Matches, m)
		}
		list = append(list, r)
	}
	return list, nil
}

func decodeLines(dec *gob.Decoder, n int, items []ledger.Item, remittances []payment.Remittance) ([]matcher.LineResult, error) {
	list := make([]matcher.LineResult, 0, min(n, firstRoom))
	for range n {
		var k keptLine
		if err := dec.Decode(&k); err != nil {
			return nil, err
		}
		r := k.Result
		var err error
		if r.Remittance, r.Line, err = k.At.find(remittances); err != nil {
			return nil, err
		}
		for _, at := range k.Items {
			if at < 0 || at >= len(items) {
				return nil, errStray
			}
			r.Items = append(r.Items, &items[at])
		}
		list = append(list, r)
	}
	return list, nil
}

func (at keptPlace) find(remittances []payment.Remittance) (*payment.Remittance, *payment.Line, error) {
	if at.Remittance < 0 || at.Remittance >= len(remittances) {
		return nil, nil, errStray
	}
	r := &remittances[at.Remittance]
	if at.Line < 0 || at.Line >= len(r.Lines) {
		return nil, nil, errStray
	}
	return r, &r.Lines[at.Line], nil
}
