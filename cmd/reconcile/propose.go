package main

import (
	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) proposeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "propose",
		Short: "write a payment proposal for what is due: the plan, a workbook of it, and its hash",
		Long: "propose does what run does, and sends nothing. The folder of the run then holds\n" +
			"plan.json, whose SHA-256 is what a checker approves, and plan.xlsx to read it by.",
		Example: "  reconcile propose\n" +
			"  reconcile propose --as-of 2026-11-21 --json | jq -r .files.plan",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.job(cmd, job.KindPropose, "") },
	}
}

func (p *program) submitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "submit PLAN",
		Short: "send an approved plan as req-pay calls, each debt at most once",
		Long: "submit looks at every payment of an approved plan once more in the ledgers and logs\n" +
			"as they are now, withdraws what has changed, and sends the rest, each once. A\n" +
			"payment whose answer is lost is never sent again: its outcome is unknown until a\n" +
			"webhook or two people say what became of it. After a crash, start it again.",
		Example: "  reconcile submit reports/2026-11-21-run-01/plan.json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.job(cmd, job.KindSubmit, args[0]) },
	}
}
