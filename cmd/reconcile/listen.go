package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) listenCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "listen",
		Short: "receive the webhooks of EnKash into an event log",
		Long: "listen answers webhooks over HTTP as their pages ask for, and appends each to the\n" +
			"file of the day in listen.folder, where every run reads it. It is on disk before its\n" +
			"sender is told so; where it cannot be written, the sender is told to try again.\n\n" +
			"Beyond this machine it wants the secret of listen.secret_file in a header, and TLS or\n" +
			"a proxy that ends it. /healthz says that it is up, /readyz that a webhook would be\n" +
			"kept. It stops at SIGTERM or Ctrl-C, when those that have begun are on disk.",
		Example: "  reconcile listen\n" +
			"  reconcile listen --config /etc/reconcile/reconcile.yaml --json > measured.json\n" +
			"  curl --fail http://127.0.0.1:8788/readyz",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.flags.config, p.environ)
			if err != nil {
				return err
			}
			note := func(text string) {
				if !p.flags.quiet {
					_, _ = fmt.Fprintln(p.stderr, "reconcile: "+text) // a webhook is not lost because nobody reads stderr
				}
			}
			measured, err := job.Listen(cmd.Context(), job.ListenInput{
				Config: c, Now: p.now, Log: p.log(), Tell: note,
				Ready: func(url string) {
					note(fmt.Sprintf("listening at %s for webhooks, which go to %s; stop it with Ctrl-C or SIGTERM", url, c.Listen.Folder))
				},
			})
			if err != nil {
				return err
			}
			note(measured.String())
			if p.flags.json {
				return p.printJSON(measured)
			}
			return nil
		},
	}
}
