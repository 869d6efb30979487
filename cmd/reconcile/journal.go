package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) verifyCommand() *cobra.Command {
	var export string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove the audit chain of our own payments, and name the first bad step",
		Long: "verify replays every step of the journal, compares it with the payments as they\n" +
			"stand and with the side log, and says whether they agree. With --export it writes\n" +
			"the steps as lines of JSON for an auditor.",
		Example: "  reconcile verify\n  reconcile verify --export steps.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			in, err := p.input(job.KindDecide)
			if err != nil {
				return err
			}
			v, err := job.Verify(cmd.Context(), in)
			if err != nil {
				return err
			}
			if export != "" {
				f, err := os.OpenFile(export, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
				if err != nil {
					return fmt.Errorf("--export: %w", err)
				}
				if err := errors.Join(job.Export(cmd.Context(), in, f), f.Sync(), f.Close()); err != nil {
					return err
				}
			}
			if p.flags.json {
				return p.printJSON(v)
			}
			return p.print(v.Text + "\n")
		},
	}
	cmd.Flags().StringVar(&export, "export", "", "write the steps to a new `FILE`")
	return cmd
}

func (p *program) backupCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "backup --to FILE",
		Short: "copy the journal of our own payments, and prove the copy sound",
		Long: "backup makes a copy while nothing is at work, by the database itself: a file copied\n" +
			"by other means may be torn. Keep it on another machine. After putting one back,\n" +
			"see reconcile recover.",
		Example: "  reconcile backup --to /mnt/backup/journal-2026-11-21.db",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("--to FILE is missing: say where the copy goes")}
			}
			in, err := p.input(job.KindDecide)
			if err != nil {
				return err
			}
			b, err := job.Backup(cmd.Context(), in, to)
			if err != nil {
				return err
			}
			if p.flags.json {
				return p.printJSON(b)
			}
			return p.print(fmt.Sprintf("%s has %d steps; its SHA-256 is %s\n", b.Path, b.Steps, b.SHA256))
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the new `FILE` of the copy")
	return cmd
}
