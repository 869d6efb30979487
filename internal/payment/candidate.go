package payment

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"reconcile/internal/money"
)

// A candidate is the body that gives a payment its lines, as far as is known:
// the success response, else any response, else the request, else the
// acknowledgement (contract, section 4).
type candidate struct {
	rank            uint8 // 0 means that there is none
	contested       bool  // another body of the same rank says something else
	typ             Type
	buyer, supplier string
	mode, ts        string
	totals          Totals
	lines           []EventLine
}

func lineRank(e *Event) uint8 {
	switch {
	case e.Family == Response && e.Result == Success:
		return 4
	case e.Family == Response:
		return 3
	case e.Family == Request:
		return 2
	}
	return 1
}

func candidateOf(e *Event) candidate {
	return candidate{
		rank: lineRank(e), typ: e.Type,
		buyer: e.Buyer, supplier: e.Supplier, mode: e.Mode, ts: e.TS,
		totals: e.Totals, lines: slices.Clone(e.Lines),
	}
}

// same tells whether choosing e instead would change nothing.
func (c *candidate) same(e *Event) bool {
	return c.typ == e.Type && c.buyer == e.Buyer && c.supplier == e.Supplier &&
		c.mode == e.Mode && c.ts == e.TS && c.totals == e.Totals && slices.Equal(c.lines, e.Lines)
}

// A utrCandidate is the reference of the request, or where no request has one,
// of an acknowledgement.
type utrCandidate struct {
	rank      uint8
	contested bool
	final     bool // an OFFPLATFORM request reports money already moved
	utr       string
}

func (c *utrCandidate) offer(o utrCandidate) {
	switch {
	case o.rank < c.rank:
	case o.rank > c.rank:
		*c = o
	case o.utr != c.utr || o.final != c.final:
		c.contested = true
	}
}

// A confirmation is one distinct body in which the supplier answers.
type confirmation struct {
	sum             [sha256.Size]byte
	reject          bool
	typ             Type
	buyer, supplier string
	ts              string
	invoices        []invoiceRef // none means all of the payment
	canonical       []byte       // only where Settle was needed
}

type invoiceRef struct{ id, number string }

func confirmationOf(e *Event) confirmation {
	c := confirmation{sum: e.Sum, reject: e.Reject, typ: e.Type, buyer: e.Buyer, supplier: e.Supplier, ts: e.TS}
	c.invoices = make([]invoiceRef, len(e.Lines))
	for i, l := range e.Lines {
		c.invoices[i] = invoiceRef{l.InvoiceID, l.Number}
	}
	return c
}

// same tells whether the order of the two decides nothing for a payment known
// by its confirmations alone.
func (c *confirmation) same(o *confirmation) bool {
	return c.typ == o.typ && c.buyer == o.buyer && c.supplier == o.supplier && c.ts == o.ts &&
		slices.Equal(c.invoices, o.invoices)
}

// amountsOf reduces the amounts of the lines, whatever their order, to a sum
// that two bodies share when they carry the same amounts.
func amountsOf(lines []EventLine) [sha256.Size]byte {
	type triple [3]money.Paise
	triples := make([]triple, len(lines))
	for i := range lines {
		l := &lines[i]
		triples[i] = triple{l.Net, l.Adjustment, l.Total}
	}
	slices.SortFunc(triples, func(a, b triple) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
	})
	text := make([]byte, 0, 24*len(triples))
	for _, t := range triples {
		for _, p := range t {
			text = binary.BigEndian.AppendUint64(text, uint64(p))
		}
	}
	return sha256.Sum256(text)
}
