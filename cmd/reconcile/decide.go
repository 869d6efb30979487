package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/approval"
	"reconcile/internal/job"
)

// decisionFlags are what every decision takes: who decides, and why.
type decisionFlags struct{ key, statement, reason, signTo string }

func (f *decisionFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.key, "key", "", "the private key `FILE` of the approver, as reconcile keygen made it")
	cmd.Flags().StringVar(&f.statement, "statement", "", "a `FILE` with a statement that was signed elsewhere, instead of --key")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, in a `TEXT` that the journal keeps")
}

// addSign is for decisions that can be signed where there is no store.
func (f *decisionFlags) addSign(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.signTo, "sign-to", "", "only sign: write the statement into a new `FILE`, for --statement elsewhere")
}

// decide carries out one decision and says what came of it.
func (p *program) decide(cmd *cobra.Command, f *decisionFlags, what job.Decision) error {
	if (f.key == "") == (f.statement == "") {
		return &job.ExitError{Code: job.ExitUsage, Err: errors.New("give --key FILE, or --statement FILE with a statement that was signed elsewhere")}
	}
	in, err := p.input(job.KindDecide)
	if err != nil {
		return err
	}
	what.KeyFile, what.StatementFile, what.Reason = f.key, f.statement, f.reason
	var done *job.Decided
	if f.signTo != "" {
		if f.key == "" {
			return &job.ExitError{Code: job.ExitUsage, Err: errors.New("--sign-to signs with a key: give --key FILE, and not --statement")}
		}
		done, err = job.Sign(in, what, f.signTo)
	} else {
		done, err = job.Decide(cmd.Context(), in, what)
	}
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(done)
	}
	return p.print(done.Text + "\n")
}

func (p *program) approveCommand() *cobra.Command {
	var f decisionFlags
	cmd := &cobra.Command{
		Use:   "approve PLAN",
		Short: "approve exactly this plan, as a checker who is not its maker",
		Long: "approve signs the SHA-256 of a plan with the approver's key and notes it in the\n" +
			"journal. Who made the plan may not approve it; how many approvals it takes depends\n" +
			"on its total (payments.approvals), and is asked again when it is sent. Nothing is\n" +
			"sent by this: see submit.",
		Example: "  reconcile approve reports/2026-11-21-run-01/plan.json --key ~/asha.key\n" +
			"  reconcile approve plan.json --key ~/asha.key --reason \"checked against the purchase orders\"\n" +
			"  reconcile approve plan.json --key ~/asha.key --sign-to asha.json    # on asha's machine\n" +
			"  reconcile approve plan.json --statement asha.json                  # where the store is",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decide(cmd, &f, job.Decision{Verb: approval.Approve, Subject: args[0]})
		},
	}
	f.add(cmd)
	f.addSign(cmd)
	return cmd
}

func (p *program) rejectCommand() *cobra.Command {
	var f decisionFlags
	cmd := &cobra.Command{
		Use:     "reject PLAN",
		Short:   "reject a plan; one rejection ends it, and what was not sent yet is withdrawn",
		Example: "  reconcile reject reports/2026-11-21-run-01/plan.json --key ~/asha.key --reason \"wrong account\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decide(cmd, &f, job.Decision{Verb: approval.Reject, Subject: args[0]})
		},
	}
	f.add(cmd)
	f.addSign(cmd)
	return cmd
}

func (p *program) withdrawCommand() *cobra.Command {
	var f decisionFlags
	cmd := &cobra.Command{
		Use:     "withdraw OBJECTID",
		Short:   "take one approved payment back that was not sent yet",
		Example: "  reconcile withdraw PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567 --key ~/asha.key --reason \"the goods went back\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decide(cmd, &f, job.Decision{Verb: approval.Withdraw, Subject: args[0]})
		},
	}
	f.add(cmd)
	f.addSign(cmd)
	return cmd
}

func (p *program) resolveCommand() *cobra.Command {
	var f decisionFlags
	var outcome, reference, utr string
	cmd := &cobra.Command{
		Use:   "resolve OBJECTID",
		Short: "two people settle a payment whose outcome is unknown, with a reference",
		Long: "resolve says what became of a payment of ours that no webhook settles: paid,\n" +
			"not-paid or returned, with the reference of the bank statement or portal that shows\n" +
			"it. It takes the same word from two approvers, and no earlier than 24 hours after the\n" +
			"payment's deadline. not-paid frees the invoice: be sure.",
		Example: "  reconcile resolve PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567 --outcome paid --reference \"statement 22-11 line 14\" --utr ARTHN26310004855 --reason \"seen on the statement\" --key ~/asha.key\n" +
			"  reconcile resolve PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567 --outcome not-paid --reference \"EnKash ticket 4711\" --reason \"EnKash says so in writing\" --key ~/ravi.key",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.statement == "" && (outcome == "" || reference == "") {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("give --outcome paid, not-paid or returned, and --reference with what shows it")}
			}
			return p.decide(cmd, &f, job.Decision{Verb: approval.Resolve, Subject: args[0], Outcome: outcome, Reference: reference, UTR: utr})
		},
	}
	f.add(cmd)
	f.addSign(cmd)
	cmd.Flags().StringVar(&outcome, "outcome", "", "`WORD`: paid, not-paid or returned")
	cmd.Flags().StringVar(&reference, "reference", "", "`TEXT`: the line of the statement, the ticket, what shows it")
	cmd.Flags().StringVar(&utr, "utr", "", "the bank's `UTR`, where it was paid")
	return cmd
}

func (p *program) recoverCommand() *cobra.Command {
	var f decisionFlags
	cmd := &cobra.Command{
		Use:   "recover",
		Short: "after a restore, two people let the journal go on from what the side log knows",
		Long: "recover is for a store that was put back from a copy. The side log, which lies\n" +
			"elsewhere, knows what was sent since; recover takes all of it over, holds every\n" +
			"payment that may have been sent, and lets payments go on. Where the side log is\n" +
			"lost as well, it ends every plan that is open. Suppliers of payments that earlier\n" +
			"reports tell and the journal does not know are frozen. Without --key it only says\n" +
			"what it would do.",
		Example: "  reconcile recover\n  reconcile recover --key ~/asha.key --reason \"disk replaced on 21 November\"",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.key == "" && f.statement == "" {
				return p.wouldRecover(cmd)
			}
			return p.decide(cmd, &f, job.Decision{Verb: approval.Recover})
		},
	}
	f.add(cmd)
	return cmd
}

func (p *program) wouldRecover(cmd *cobra.Command) error {
	in, err := p.input(job.KindDecide)
	if err != nil {
		return err
	}
	text, err := job.WouldRecover(cmd.Context(), in)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(struct {
			Text string `json:"text"`
		}{text})
	}
	return p.print(fmt.Sprintln(text))
}
