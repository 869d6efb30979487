package main

import (
	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) purgeCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "erase what has had its time by the section keep; --dry-run only lists it",
		Long: "purge deletes reports, and erases names and accounts in plans and requests, when\n" +
			"the time is over that the section keep of the configuration gives them. Without\n" +
			"that section nothing ever goes, and no term is shorter than the law has it. What\n" +
			"goes is written into the journal, by its hashes and never by what it said. What\n" +
			"was paid once is known for ever.",
		Example: "  reconcile purge --dry-run\n  reconcile purge --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := p.input(job.KindDecide)
			if err != nil {
				return err
			}
			purged, err := job.Purged(cmd.Context(), in, dryRun)
			if err != nil {
				return err
			}
			if p.flags.json {
				return p.printJSON(purged)
			}
			return p.print(purged.Text())
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "list what would go, and erase nothing")
	return cmd
}
