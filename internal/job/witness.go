package job

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// notTheFirst refuses to begin a journal where the reports of earlier runs say
// that something was sent: then there was one, and it and its side log are lost.
// The reports are no authority for what was sent, but they are a witness that
// something was, and a new journal would send all of it again.
func notTheFirst(c *config.Config) error {
	output := c.Path(c.Output)
	folders, err := os.ReadDir(output)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return withIO(err)
	}
	for _, f := range folders {
		text, err := os.ReadFile(filepath.Join(output, f.Name(), "summary.json"))
		if err != nil {
			continue // no folder of a run
		}
		var summary struct {
			Payments struct {
				Submitted struct {
					Count int `json:"count"`
				} `json:"submitted"`
			} `json:"payments"`
		}
		if json.Unmarshal(text, &summary) != nil || summary.Payments.Submitted.Count == 0 {
			continue
		}
		return &ExitError{ExitCorrupt, fmt.Errorf("%s sent %s, and neither the journal in %s nor its side log %s is there: nothing is paid, for nobody knows what was. "+
			"Put back the newest copy of the store, then see reconcile recover; if all that was a trial, move the reports away too [journal-lost]",
			f.Name(), countOf(summary.Payments.Submitted.Count, "payment"), c.Path(c.Store), c.Path(c.Payments.SideLog))}
	}
	return nil
}

// freezeReported freezes, after a recovery, the suppliers of whom earlier reports
// tell a payment of ours that the recovered journal has never heard of. Where an
// old store came back and no side log with it, nobody else knows that they may
// have been paid; two people look at the bank's statement and release them.
func (t *till) freezeReported(ctx context.Context) (suppliers []string, err error) {
	known := make(map[string]bool)
	for i := range t.entries {
		known[t.entries[i].ObjectID] = true
	}
	found := make(map[string]string) // by supplier: where it is told
	folders, err := os.ReadDir(t.in.Config.Path(t.in.Config.Output))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, withIO(err)
	}
	for _, f := range folders {
		folder := filepath.Join(t.in.Config.Path(t.in.Config.Output), f.Name())
		told, err := t.planned(ctx, filepath.Join(folder, report.PlanName))
		if err != nil {
			return nil, err
		}
		for id, supplier := range reported(filepath.Join(folder, report.ResultsName)) {
			told[id] = supplier
		}
		for id, supplier := range told {
			if !known[id] && supplier != "" {
				found[supplier] = f.Name()
			}
		}
	}
	for supplier := range found {
		suppliers = append(suppliers, supplier)
	}
	slices.Sort(suppliers)
	for _, supplier := range suppliers {
		hold := journal.Hold{What: journal.HoldSupplier, Subject: supplier, By: submit.ActorProgram,
			Reason: fmt.Sprintf("the report %s tells of a payment that the recovered journal does not know: look at the bank's statement before anything is paid", found[supplier])}
		if err := t.journal.Freeze(ctx, hold); err != nil {
			return nil, withIO(err)
		}
	}
	return suppliers, nil
}

// planned returns the suppliers of a plan, by objectId, where the journal does not
// know the plan; what it knows it has in every state.
func (t *till) planned(ctx context.Context, path string) (map[string]string, error) {
	told := make(map[string]string)
	text, err := os.ReadFile(path)
	if err != nil {
		return told, nil // a run without a plan
	}
	if _, err := t.journal.Proposal(ctx, proposal.Hash(text)); !errors.Is(err, journal.ErrUnknown) {
		return told, withIO(err)
	}
	p, err := proposal.Decode(text)
	if err != nil {
		return told, nil // nobody could have sent it
	}
	for i := range p.Instructions {
		told[p.Instructions[i].ObjectID] = p.Instructions[i].Supplier
	}
	return told, nil
}

// reported returns the suppliers of the payments in a report that bear a reference
// which only this program makes, by objectId.
func reported(path string) map[string]string {
	told := make(map[string]string)
	f, err := os.Open(path)
	if err != nil {
		return told // no folder of a run
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l struct {
			ID       string `json:"payment_object_id"`
			Supplier string `json:"supplier_b2b_id"`
			UTR      string `json:"utr"`
		}
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.ID != "" && l.UTR == proposal.Reference(l.ID) {
			told[l.ID] = l.Supplier
		}
	}
	_ = f.Close() // it was only read
	return told
}
