package main

import (
	"errors"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
	"reconcile/internal/period"
)

func (p *program) reopenCommand() *cobra.Command {
	var f decisionFlags
	cmd := &cobra.Command{
		Use:   "reopen PERIOD",
		Short: "two people open a closed month again, each with a reason",
		Long: "reopen lets a month be closed once more, as its next version: the pack of the old one\n" +
			"is kept, and the new one says in which documents the two differ. It takes two\n" +
			"approvers and from each a reason of at least 20 characters. Only the last closed\n" +
			"month can be opened, for every later one rolls forward from it.",
		Example: "  reconcile reopen 2026-11 --reason \"credit note CN/88 was entered in December by mistake\" --key ~/asha.key\n" +
			"  reconcile reopen 2026-11 --reason \"seen the credit note, it is of 28 November\" --key ~/ravi.key",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.reopen(cmd, &f, args[0]) },
	}
	f.add(cmd)
	return cmd
}

func (p *program) reopen(cmd *cobra.Command, f *decisionFlags, name string) error {
	month, err := period.Parse(name)
	if err != nil {
		return &job.ExitError{Code: job.ExitUsage, Err: err}
	}
	if (f.key == "") == (f.statement == "") {
		return &job.ExitError{Code: job.ExitUsage, Err: errors.New("give --key FILE, or --statement FILE with a statement that was signed elsewhere")}
	}
	in, err := p.input(job.KindDecide)
	if err != nil {
		return err
	}
	done, err := job.Reopen(cmd.Context(), in, month, job.Decision{KeyFile: f.key, StatementFile: f.statement, Reason: f.reason})
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(done)
	}
	return p.print(done.Text + "\n")
}
