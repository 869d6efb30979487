package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "load, match, send what is approved, propose what is due, and write the report",
		Long: "run is the nightly job. It reads the ledgers and event logs of the configuration,\n" +
			"matches them, sends the payments that people have approved, writes a proposal for\n" +
			"what is due, and a folder with the workbook, results.jsonl and summary.json.\n\n" +
			"Nothing is paid that nobody approved: with payments.mode propose a person approves\n" +
			"the plan, with auto the program does where its total is at most payments.auto_limit\n" +
			"and nothing in it was in an earlier instruction or was rejected by a person.",
		Example: "  reconcile run\n" +
			"  reconcile run --rebuild\n" +
			"  reconcile run --config /etc/reconcile/reconcile.yaml --as-of 2026-11-21\n" +
			"  reconcile run --json | jq .breaks",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.job(cmd, job.KindRun, "") },
	}
	return p.rebuilds(cmd)
}

// rebuilds gives a command the flag to read every log anew.
func (p *program) rebuilds(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&p.rebuild, "rebuild", false, "read every event log anew, and forget what was said by logs that are gone")
	return cmd
}

func (p *program) matchCommand() *cobra.Command {
	return p.rebuilds(&cobra.Command{
		Use:   "match",
		Short: "load, match, and write the report; propose and send nothing",
		Example: "  reconcile match --as-of 2026-10-31\n" +
			"  reconcile match --json > summary.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.job(cmd, job.KindMatch, "") },
	})
}

// job runs a job of a kind and prints what came of it.
func (p *program) job(cmd *cobra.Command, kind, plan string) error {
	in, err := p.input(kind)
	if err != nil {
		return err
	}
	in.Plan, in.Key, in.Typed, in.Rebuild = plan, p.makerKey, p.typed, p.rebuild
	tell, end := p.progress()
	in.Progress = tell
	done, err := job.Night(cmd.Context(), in)
	end()
	if err != nil {
		return err
	}
	// What cannot be printed is bad, and what was found may be worse.
	unprinted := func(err error) error { return &job.ExitError{Code: job.Worse(done.Code, job.Code(err)), Err: err} }
	for _, notice := range done.Notices {
		if _, err := fmt.Fprintln(p.stderr, "reconcile: "+notice); err != nil {
			return unprinted(withIO(err))
		}
	}
	if p.flags.json {
		if err := p.printJSON(done.Summary); err != nil {
			return unprinted(err)
		}
		return endWith(done.Code)
	}
	var b bytes.Buffer
	if err := done.Summary.Text(&b); err != nil {
		return fmt.Errorf("printing the summary: %w", err)
	}
	if kind != job.KindMatch {
		payments(&b, in.Config, done)
	}
	if err := p.print(b.String()); err != nil {
		return unprinted(err)
	}
	return endWith(done.Code)
}

// proposedShown is how many items are listed on a terminal; the workbook has all.
const proposedShown = 10

// payments says what was sent, what is proposed, and what to do next.
func payments(b *bytes.Buffer, c *config.Config, done *job.Done) {
	s := done.Summary.Payments
	if c.Payments.Mode == config.ModeOff && s.Submitted.Count == 0 {
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
			say(b, "\nProposed\n")
		}
		say(b, "  %s  %s, ₹ %s, due %s  (%s)\n", l.Number, l.SupplierName, l.Amount.Grouped(), l.DueDate.Long(), l.Source)
	}
	if all > shown {
		say(b, "  and %d more in the plan\n", all-shown)
	}
	if s.Submitted.Count == 0 {
		say(b, "\nNothing was sent.")
	} else {
		say(b, "\nSent: %d of ₹ %s.", s.Submitted.Count, s.Submitted.Amount.Grouped())
	}
	switch {
	case done.Plan == nil:
		fmt.Fprintln(b, " Nothing is proposed.")
	case done.Approved:
		say(b, " The plan %s… of ₹ %s was approved by itself, for it is within payments.auto_limit.\n", done.Plan.Hash[:12], done.Plan.Proposal.Total().Grouped())
	default:
		say(b, " The plan of ₹ %s waits for approval:\n  reconcile approve %s --key FILE\n", done.Plan.Proposal.Total().Grouped(), done.Summary.Files.Plan)
	}
}
