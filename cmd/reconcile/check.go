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
	var offline bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "would the next run work? nothing is written",
		Long: "check reads the configuration and every input as a run would, and looks at the\n" +
			"store, the journal, its copies, the disks, the permissions and the clock; it\n" +
			"greets the mail server and connects to EnKash. It writes nothing, mails nothing\n" +
			"and sends nothing. Run it as the user who runs the nights. Each line is ok, warn\n" +
			"or FAIL, with what to do; the exit code is that of the worst FAIL.",
		Example: "  reconcile check\n  reconcile check --offline\n  reconcile check --config /etc/reconcile/reconcile.yaml --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings, err := p.check(cmd, offline)
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
	cmd.Flags().BoolVar(&offline, "offline", false, "call neither EnKash nor the mail server")
	return cmd
}

func (p *program) check(cmd *cobra.Command, offline bool) ([]job.Finding, error) {
	in, err := p.input(job.KindMatch)
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		var findings []job.Finding
		for _, f := range wrong.Faults {
			findings = append(findings, job.Finding{Name: "configuration", Verdict: job.VerdictFail, Text: f.Place + ": " + f.Text + " [" + f.Check + "]", Remedy: f.Remedy, Code: job.ExitConfig})
		}
		return findings, nil
	case err != nil:
		return nil, err
	}
	return job.Check(cmd.Context(), in, offline), nil
}

func findingsText(findings []job.Finding) string {
	var b bytes.Buffer
	for _, f := range findings {
		verdict := f.Verdict
		if verdict == job.VerdictFail {
			verdict = "FAIL" // it must not be overlooked
		}
		fmt.Fprintf(&b, "%-4s  %s", verdict, f.Text)
		if f.Remedy != "" {
			fmt.Fprintf(&b, " — %s", f.Remedy)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
