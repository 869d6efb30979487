package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) reportCommand() *cobra.Command {
	to := ""
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "render an old run again, byte for byte",
		Long: "report writes the report of an old run again, from the facts that the run kept in\n" +
			"the store: the workbook, results.jsonl, summary.json, the CSVs, and the plan where\n" +
			"there was one. It writes into the folder of the run, if that is gone, or into a\n" +
			"new one, and compares each file with what the history says that it was. Ledgers,\n" +
			"logs and payments are not read, and nothing of them changes.",
		Example: "  reconcile report 2026-11-21-run-01\n" +
			"  reconcile report 2026-11-21-run-01 --to /tmp/november",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(p.flags.config, p.environ)
			if err != nil {
				return err
			}
			r, err := job.Report(cmd.Context(), c, args[0], to)
			if err != nil {
				return err
			}
			if p.flags.json {
				err = p.printJSON(r)
			} else {
				var b bytes.Buffer
				if err := r.Text(&b, version); err != nil {
					return fmt.Errorf("telling what was rendered: %w", err)
				}
				err = p.print(b.String())
			}
			if err != nil {
				return err
			}
			return endWith(r.Code)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "write into this new `FOLDER` instead of the run's own")
	return cmd
}
