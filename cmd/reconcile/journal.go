package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) verifyCommand() *cobra.Command {
	var export, copied string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove the audit chain of our own payments, or that a copy of it can be restored",
		Long: "verify replays every step of the journal, compares it with the payments as they\n" +
			"stand and with the side log, and says whether they agree. With --export it writes\n" +
			"the steps as lines of JSON for an auditor. With --backup it restores a copy in a\n" +
			"folder of its own instead, recovers it there by the side log, and says what a\n" +
			"restore would come to; the store is not touched.",
		Example: "  reconcile verify\n  reconcile verify --export steps.jsonl\n  reconcile verify --backup /mnt/backup/journal-2026-11-21.db",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			in, err := p.input(job.KindDecide)
			if err != nil {
				return err
			}
			if copied != "" && export != "" {
				return usage("--export and --backup ask for two things; give one of them")
			}
			if copied != "" {
				return p.drill(cmd, in, copied)
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
	cmd.Flags().StringVar(&copied, "backup", "", "restore this `FILE`, a copy of the journal, on trial")
	return cmd
}

// drill tries a copy of the journal.
func (p *program) drill(cmd *cobra.Command, in job.Input, path string) error {
	d, err := job.Drill(cmd.Context(), in, path)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(d)
	}
	return p.print(d.Text + "\n")
}

func (p *program) backupCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "backup [--to FILE]",
		Short: "copy the journal of our own payments, and prove the copy sound",
		Long: "backup makes a copy while nothing is at work, by the database itself: a file copied\n" +
			"by other means may be torn. Without --to it goes into backup.folder, where the\n" +
			"newest backup.copies stay. Keep it on another machine, and try it now and then\n" +
			"with reconcile verify --backup. After putting one back, see reconcile recover.",
		Example: "  reconcile backup --to /mnt/backup/journal-2026-11-21.db\n  reconcile backup",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
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
