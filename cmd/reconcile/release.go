package main

import (
	"errors"

	"github.com/spf13/cobra"

	"reconcile/internal/approval"
	"reconcile/internal/job"
)

func (p *program) releaseCommand() *cobra.Command {
	var f decisionFlags
	var only string
	cmd := &cobra.Command{
		Use:   "release SUPPLIER|REF",
		Short: "two people lift a hold that the program put on a supplier or an invoice",
		Long: "release lets pay again what the program holds back by itself: a supplier that is\n" +
			"frozen, or an account of it that is new or has changed (by the supplier's B2B id,\n" +
			"never by the number of an invoice), or an invoice that looks like another (by its\n" +
			"number), or that event logs say no longer what they said of payments (event-logs).\n" +
			"It takes the same word from two approvers, tells each of them what exactly is lifted,\n" +
			"and lifts one thing at a time, invoices of one number and one supplier together:\n" +
			"where the name is that of several, --only says which.",
		Example: "  reconcile release BCSGPACK27 --reason \"account confirmed by telephone on the known number\" --key ~/asha.key\n" +
			"  reconcile release BCSGPACK27 --only 1234 --reason \"the account ending so is theirs\" --key ~/asha.key\n" +
			"  reconcile release INV/26-27/0042 --reason \"same number, another branch\" --key ~/ravi.key",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.statement == "" && f.reason == "" {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("give --reason TEXT: the journal keeps why")}
			}
			return p.decide(cmd, &f, job.Decision{Verb: approval.Release, Subject: args[0], Only: only})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&only, "only", "", "of several things under that name the one with these last four `DIGITS` of its account, B2B id of its supplier, or row of the ledger as it is listed (ledger/open.csv:12)")
	return cmd
}
