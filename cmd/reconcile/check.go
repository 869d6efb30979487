package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "would the next run work? nothing is written",
		Long: "check reads the configuration and every input as a run would, and looks at the\n" +
			"store, the output folder, the disk and the clock. It writes nothing and sends\n" +
			"nothing. Each line is ok, warn or FAIL; the exit code is that of the worst FAIL.",
		Example: "  reconcile check\n  reconcile check --config /etc/reconcile/reconcile.yaml --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings, err := p.check(cmd)
			if err != nil {
				return err
			}
			worst := job.Worst(findings)
			if p.flags.json {
				err = p.printJSON(struct {
					Findings []job.Finding `json:"findings"`
					ExitCode int           `json:"exit_code"`
				}{findings, worst})
			} else {
				err = p.print(findingsText(findings))
			}
			return errors.Join(err, endWith(worst))
		},
	}
}

func (p *program) check(cmd *cobra.Command) ([]job.Finding, error) {
	in, err := p.input(job.KindMatch)
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		var findings []job.Finding
		for _, f := range wrong.Faults {
			findings = append(findings, job.Finding{Level: job.LevelFail, What: f.Place + ": " + f.Text + " [" + f.Check + "]", Remedy: f.Remedy, Code: job.ExitConfig})
		}
		return findings, nil
	case err != nil:
		return nil, err
	}
	return job.Check(cmd.Context(), in), nil
}

func findingsText(findings []job.Finding) string {
	var b bytes.Buffer
	for _, f := range findings {
		fmt.Fprintf(&b, "%-4s  %s", f.Level, f.What)
		if f.Remedy != "" {
			fmt.Fprintf(&b, " — %s", f.Remedy)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
