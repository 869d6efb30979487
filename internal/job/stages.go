package job

import (
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// Each stage of a run logs one line that bears its name, the run and its control
// totals, so that a program can follow a night from its log alone: suppliers,
// ledger, events, match, payments, report, mail, end. Match is told once more
// where something was sent, for then it is made once more.

// logPayments tells of the stage payments.
func (g *gathering) logPayments() {
	r := g.pays
	if r == nil {
		return // payments are off, and always were
	}
	var proposed, unknown report.Amount
	if g.plan != nil {
		proposed = report.Amount{Count: len(g.plan.Proposal.Instructions), Amount: g.plan.Proposal.Total()}
	}
	for _, e := range r.unknown() {
		unknown.Count++
		unknown.Amount += e.Net
	}
	sent := g.facts.Payments.Submitted
	g.in.log().Info("payments done", "stage", "payments",
		"proposed", proposed.Count, "proposed_amount", proposed.Amount.String(),
		"approved", r.approved.Count, "approved_amount", r.approved.Amount.String(),
		"sent", sent.Count, "sent_amount", sent.Amount.String(),
		"unknown", unknown.Count, "unknown_amount", unknown.Amount.String())
}

// logReport tells of the stage report.
func (g *gathering) logReport(done *Done) {
	breaks, items := 0, 0
	var paid money.Paise
	for _, b := range done.Summary.Breaks {
		breaks += b.Value.Count
	}
	for _, t := range done.Summary.Totals {
		items += t.Value.Count
		paid += t.Value.CashPaid
	}
	g.in.log().Info("report written", "stage", "report", "folder", done.Folder, "exit_code", done.Code,
		"items", items, "breaks", breaks, "cash_paid", paid.String(), "quarantined", done.Summary.Quarantined)
}
