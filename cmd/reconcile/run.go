package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "load, match, say what is due, and write the report",
		Long: "run is the nightly job. It reads the ledgers and event logs of the configuration,\n" +
			"matches them, says which items are due and would be proposed for payment, and\n" +
			"writes a folder with the workbook, results.jsonl and summary.json.\n\n" +
			"This version proposes and pays nothing by itself.",
		Example: "  reconcile run\n" +
			"  reconcile run --config /etc/reconcile/reconcile.yaml --as-of 2026-11-21\n" +
			"  reconcile run --json | jq .breaks",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.job(cmd, job.KindRun) },
	}
}

func (p *program) matchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "match",
		Short: "load, match, and write the report; propose nothing",
		Example: "  reconcile match --as-of 2026-10-31\n" +
			"  reconcile match --json > summary.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.job(cmd, job.KindMatch) },
	}
}

// job runs a job of a kind and prints what came of it.
func (p *program) job(cmd *cobra.Command, kind string) error {
	in, err := p.input(kind)
	if err != nil {
		return err
	}
	tell, end := p.progress()
	in.Progress = tell
	done, err := job.Run(cmd.Context(), in)
	end()
	if err != nil {
		return err
	}
	if done.Notice != "" {
		if _, err := fmt.Fprintln(p.stderr, "reconcile: "+done.Notice); err != nil {
			return withIO(err)
		}
	}
	if p.flags.json {
		if err := p.printJSON(done.Summary); err != nil {
			return err
		}
		return endWith(done.Code)
	}
	var b bytes.Buffer
	if err := done.Summary.Text(&b); err != nil {
		return fmt.Errorf("printing the summary: %w", err)
	}
	if kind == job.KindRun {
		proposed(&b, in.Config, done)
	}
	if err := p.print(b.String()); err != nil {
		return err
	}
	return endWith(done.Code)
}

// proposedShown is how many items are listed on a terminal; the workbook has all.
const proposedShown = 10

// proposed says which items would be proposed, and that nothing was sent.
func proposed(b *bytes.Buffer, c *config.Config, done *job.Done) {
	if c.Payments.Mode == config.ModeOff {
		fmt.Fprintln(b, "\nNothing is proposed, for payments.mode is off, and nothing was sent.")
		return
	}
	shown, all := 0, 0
	for _, l := range done.Facts.Due() {
		if l.Reason != "" {
			continue
		}
		if all++; all > proposedShown {
			continue
		}
		if shown++; shown == 1 {
			fmt.Fprint(b, "\nWould be proposed\n")
		}
		fmt.Fprintf(b, "  %s  %s, %s, due %s  (%s)\n", l.Number, l.SupplierName, "₹ "+l.Amount.Grouped(), l.DueDate.Long(), l.Source)
	}
	if all > shown {
		fmt.Fprintf(b, "  and %d more in the workbook\n", all-shown)
	}
	items := "items"
	if all == 1 {
		items = "item"
	}
	fmt.Fprintf(b, "\nNothing was sent: this version does not pay. %d due %s would be proposed.\n", all, items)
}
