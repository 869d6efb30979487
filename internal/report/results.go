package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/source"
)

// WriteResults writes results.jsonl: one object a line, the items, then the
// payment lines, then what was quarantined. It returns the first error of w.
func (f *Facts) WriteResults(w io.Writer) error {
	out := bufio.NewWriterSize(w, 256<<10)
	line := &jsonText{b: make([]byte, 0, 4<<10)}
	flush := func() error {
		line.b = append(line.b, '\n')
		_, err := out.Write(line.b)
		line.reset()
		return err
	}
	for i := range f.Result.Items {
		appendItem(line, &f.Result.Items[i])
		if err := flush(); err != nil {
			return fmt.Errorf("writing results: %w", err)
		}
	}
	for i := range f.Result.Lines {
		appendLine(line, &f.Result.Lines[i])
		if err := flush(); err != nil {
			return fmt.Errorf("writing results: %w", err)
		}
	}
	for _, q := range f.quarantined() {
		appendQuarantined(line, &q)
		if err := flush(); err != nil {
			return fmt.Errorf("writing results: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}

func appendItem(j *jsonText, r *matcher.ItemResult) {
	it := r.Item
	j.open('{')
	j.str("record", "item")
	j.str("source", it.Pos.File)
	j.str("sheet", it.Pos.Sheet)
	j.int("row", it.Pos.Row)
	j.str("buyer_b2b_id", it.Buyer)
	j.str("supplier_b2b_id", it.Supplier.B2BID)
	j.str("supplier_invoice_number", it.Number)
	j.amount("invoice_amount", it.Gross)
	j.amount("cash_payable", it.Cash())
	j.amount("cash_paid", r.CashPaid)
	j.amount("adjusted", r.Adjusted)
	j.amount("difference", it.Cash()-r.CashPaid)
	j.str("status", r.Status.String())
	j.str("match", r.Rule.String())
	j.list("payments", payments(r))
	j.list("utrs", utrs(r))
	j.str("confirmation", r.Confirmation)
	if it.DueDate == 0 {
		j.null("age_days")
	} else {
		j.int("age_days", r.AgeDays)
	}
	appendBreaks(j, r.Breaks)
	j.amount("in_flight", r.InFlight)
	j.str("supplier_code", it.Supplier.Code)
	j.str("supplier_name", it.Supplier.Name)
	j.str("due_date", it.DueDate.String())
	if r.Note != "" {
		j.str("note", r.Note)
	}
	j.close('}')
}

func appendLine(j *jsonText, r *matcher.LineResult) {
	p, l := r.Remittance, r.Line
	j.open('{')
	j.str("record", "payment_line")
	j.str("payment_object_id", p.ObjectID)
	j.str("supplier_b2b_id", p.Supplier)
	j.str("supplier_invoice_number", l.Number)
	j.str("utr", p.UTR)
	j.amount("net", l.Net)
	j.amount("adjustment", l.Adjustment)
	j.str("outcome", p.Outcome.String())
	j.str("confirmation", l.Confirmation.String())
	j.list("items", places(r.Items))
	appendBreaks(j, r.Breaks)
	j.int("position", l.Position)
	j.str("date", p.Date.String())
	j.str("match", r.Rule.String())
	j.close('}')
}

func appendBreaks(j *jsonText, breaks []matcher.Break) {
	j.key("breaks")
	j.open('[')
	for _, b := range breaks {
		j.open('{')
		j.str("code", string(b.Code))
		j.amount("amount", b.Amount)
		j.str("detail", b.Detail)
		j.str("exception_id", b.ExceptionID)
		j.close('}')
	}
	j.close(']')
}

func appendQuarantined(j *jsonText, q *quarantine) {
	j.open('{')
	j.str("record", "quarantined")
	j.str("source", q.Pos.File)
	if q.event {
		j.int("line", q.Pos.Row)
	} else {
		j.str("sheet", q.Pos.Sheet)
		j.int("row", q.Pos.Row)
	}
	j.str("column", q.Column)
	j.str("reason", q.Text)
	j.str("value", q.Value)
	j.str("check", q.Check)
	j.str("remedy", q.Remedy)
	j.close('}')
}

// payments returns the objectIds of all payments that touch the item, sorted,
// a suggested one included.
func payments(r *matcher.ItemResult) []string {
	var ids []string
	for i := range r.Matches {
		ids = append(ids, r.Matches[i].Remittance.ObjectID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// utrs returns the bank references of the payments that count for the item,
// sorted; a suggested payment counts as nothing.
func utrs(r *matcher.ItemResult) []string {
	var list []string
	for i := range r.Matches {
		m := &r.Matches[i]
		if m.Rule != matcher.Suggested && m.Remittance.UTR != "" {
			list = append(list, m.Remittance.UTR)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// places returns source:row of each item.
func places(items []*ledger.Item) []string {
	list := make([]string, 0, len(items))
	for _, it := range items {
		list = append(list, it.Pos.File+":"+strconv.Itoa(it.Pos.Row))
	}
	return list
}

// A quarantine is one row or event that could not be read, with everything that
// is wrong with it.
type quarantine struct {
	source.Problem
	event bool // from an event log, where Row is the line
}

// quarantined lists what could not be read, by source, sheet and row. The
// problems of one ledger row are merged: the first in the order of columns gives
// the column, reasons and remedies are joined. Events stay apart, for a line of a
// log may hold several.
func (f *Facts) quarantined() []quarantine {
	var all []quarantine
	for _, p := range f.Ledger.Problems {
		all = append(all, quarantine{Problem: p})
	}
	for _, p := range f.SupplierProblems {
		all = append(all, quarantine{Problem: p})
	}
	for _, p := range f.LogProblems {
		all = append(all, quarantine{Problem: p, event: true})
	}
	slices.SortStableFunc(all, compareQuarantine)
	merged := all[:0]
	for _, q := range all {
		last := len(merged) - 1
		if last >= 0 && !q.event && !merged[last].event && sameRow(merged[last].Pos, q.Pos) {
			joinSentence(&merged[last].Text, q.Text)
			joinSentence(&merged[last].Remedy, q.Remedy)
			continue
		}
		merged = append(merged, q)
	}
	return merged
}
