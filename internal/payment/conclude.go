package payment

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// conclude says what all bodies of one payment mean together.
func (f *Folder) conclude(r *record) Remittance {
	m := Remittance{ObjectID: r.objectID, Evidence: f.evidence(r), Bodies: f.Bodies(r.objectID)}
	ts := ""
	if r.lines.rank > 0 {
		c := &r.lines
		m.Buyer, m.Supplier, m.Type, m.Mode, ts = c.buyer, c.supplier, c.typ, c.mode, c.ts
		m.Lines = linesOf(c)
	} else {
		m.OnlyConfirmed = true
		slices.SortFunc(r.confirmations, func(a, b confirmation) int {
			if c := bytes.Compare(a.canonical, b.canonical); c != 0 {
				return c
			}
			return bytes.Compare(a.sum[:], b.sum[:])
		})
		c := &r.confirmations[0]
		m.Buyer, m.Supplier, m.Type, ts = c.buyer, c.supplier, c.typ, c.ts
		m.Lines = confirmedLines(r.confirmations)
	}
	if m.Mode == "" {
		m.Mode = r.mode
	}
	paymentType := m.Type
	if paymentType == 0 {
		paymentType = r.anyType()
		m.Type = paymentType
	}
	if m.Time = ParseTime(ts, f.zone); !m.Time.IsZero() {
		m.Date = day.In(m.Time, f.zone)
	}
	m.UTR, m.UTRFinal = r.utr()

	m.SentOn, m.PaidOn, m.FailedAt = r.sentOn, r.paidOn, r.failedAt
	if !m.FailedAt.IsZero() {
		m.FailedOn = day.In(m.FailedAt, f.zone)
	}

	both := f.confirm(m.Lines, r.confirmations)
	if reasons := r.conflicts(&m, both); len(reasons) > 0 {
		m.Conflict = strings.Join(reasons, "; ")
	}
	m.Outcome = r.outcome(&m)
	return m
}

// outcome follows the contract's list: the first that applies.
func (r *record) outcome(m *Remittance) Outcome {
	switch {
	case m.Conflict != "":
		return Unknown
	case r.results[Reversal]:
		return Reversed
	case r.results[Success] || r.accepted():
		return Paid
	case r.results[Failure]:
		return Failed
	case r.results[OtherResult]:
		return Unknown
	}
	return Sent
}

// conflicts lists why the bodies contradict each other, in the contract's order.
// both is a line that was accepted and rejected, or nil.
func (r *record) conflicts(m *Remittance, both *Line) []string {
	var reasons []string
	add := func(found bool, reason string) {
		if found {
			reasons = append(reasons, reason)
		}
	}
	add(r.results[Success] && r.results[Failure], "one response says success and another failure")
	add(r.accepted() && r.results[Failure], "the supplier accepted a payment that a response says failed")
	if both != nil {
		add(true, fmt.Sprintf("the supplier both accepted and rejected invoice %s", both.name()))
	}
	add(r.rejectedOnPlatform(m), "the supplier rejected an ONPLATFORM payment")
	add(r.partiesDiffer, "two bodies name different parties")
	add(r.amountsDiffer, "two bodies carry different amounts")
	add(r.successUTR != r.successUTRMax, "two success responses carry different UTRs")
	add(r.successUTR != "" && r.offUTR != "" && (r.offUTR != r.successUTR || r.offUTRMax != r.successUTRMax),
		"the OFFPLATFORM request and a success response carry different UTRs")
	return reasons
}

// rejectedOnPlatform: REJECT is only for OFFPLATFORM payments (API page of the
// payment confirmation). The payment's own bodies say which it is; where they do
// not, the rejection does.
func (r *record) rejectedOnPlatform(m *Remittance) bool {
	byBodies := Type(0)
	if !m.OnlyConfirmed {
		if byBodies = r.lines.typ; byBodies == 0 {
			byBodies = r.bodyType()
		}
	}
	for i := range r.confirmations {
		c := &r.confirmations[i]
		if c.reject && (byBodies == OnPlatform || byBodies == 0 && c.typ == OnPlatform) {
			return true
		}
	}
	return false
}

func (r *record) accepted() bool {
	for i := range r.confirmations {
		if !r.confirmations[i].reject {
			return true
		}
	}
	return false
}

// bodyType is a type that some payment body gives, where the one with the lines
// gives none.
func (r *record) bodyType() Type {
	for t := OnPlatform; t <= OffPlatform; t++ {
		if r.types[t] {
			return t
		}
	}
	return 0
}

func (r *record) anyType() Type {
	if t := r.bodyType(); t != 0 {
		return t
	}
	least := Type(0)
	for i := range r.confirmations {
		if t := r.confirmations[i].typ; t != 0 && (least == 0 || t < least) {
			least = t
		}
	}
	return least
}

func (r *record) utr() (utr string, final bool) {
	if r.successUTR != "" {
		return r.successUTR, true
	}
	return r.requestUTR.utr, r.requestUTR.final
}

// name is how the line is called in a sentence.
func (l *Line) name() string {
	if l.Number != "" {
		return l.Number
	}
	return l.InvoiceID
}

func linesOf(c *candidate) []Line {
	lines := make([]Line, len(c.lines))
	var sums Totals
	for i := range c.lines {
		e := &c.lines[i]
		lines[i] = Line{
			Position: i, InvoiceID: e.InvoiceID, Number: e.Number, Key: party.NumberKey(e.Number),
			Net: e.Net, Adjustment: e.Adjustment, Total: e.Total,
			Last4: e.Last4, IFSC: e.IFSC,
		}
		sums.Net += e.Net
		sums.Adjustment += e.Adjustment
		sums.Total += e.Total
	}
	whole := wholeUnbalanced(&c.totals, &sums)
	for i := range lines {
		reasons := lineUnbalanced(&c.lines[i])
		lines[i].Unbalanced = strings.Join(append(reasons, whole...), "; ")
	}
	return lines
}

// paisa is by how much amounts may miss each other before it is said.
const paisa money.Paise = 1

func lineUnbalanced(e *EventLine) []string {
	var reasons []string
	if (e.Total - e.Net - e.Adjustment).Abs() > paisa {
		reasons = append(reasons, fmt.Sprintf("total %s is not net %s + adjustment %s", e.Total, e.Net, e.Adjustment))
	}
	if e.HasSplits && (e.Splits-e.Adjustment).Abs() > paisa {
		reasons = append(reasons, fmt.Sprintf("the splits sum to %s, the adjustment is %s", e.Splits, e.Adjustment))
	}
	return reasons
}

func wholeUnbalanced(totals, sums *Totals) []string {
	var reasons []string
	check := func(has bool, name string, total, sum money.Paise) {
		if has && (total-sum).Abs() > paisa {
			reasons = append(reasons, fmt.Sprintf("the payment's %s %s is not the sum of its lines, %s", name, total, sum))
		}
	}
	check(totals.HasNet, "net", totals.Net, sums.Net)
	check(totals.HasAdjustment, "adjustment", totals.Adjustment, sums.Adjustment)
	check(totals.HasTotal, "total", totals.Total, sums.Total)
	return reasons
}
