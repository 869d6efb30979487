package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) confirmCommand() *cobra.Command {
	var f decisionFlags
	var ask job.Answering
	cmd := &cobra.Command{
		Use:   "confirm",
		Short: "as a supplier: answer the payments that we received with req-pay-confirmation",
		Long: "confirm reads the payment requests to us (supplier: in the configuration) out of the\n" +
			"event log and accepts those that the books of what we are owed (receivables:) show\n" +
			"to be as they should: every invoice by buyer, number and amounts; OFFPLATFORM also\n" +
			"the money itself, received under the payment's UTR; ONPLATFORM once the platform\n" +
			"says that it succeeded. The rest is listed with the reason. Each payment is answered\n" +
			"once, and an answer that may have arrived is never sent again.\n\n" +
			"--reject says of one OFFPLATFORM payment that the money did not come. An approver\n" +
			"signs that.",
		Example: "  reconcile confirm --dry-run\n" +
			"  reconcile confirm\n" +
			"  reconcile confirm --reject PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567 --remarks \"no such credit on our account\" --key ~/asha.key",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := confirmUsage(&ask, &f); err != nil {
				return &job.ExitError{Code: job.ExitUsage, Err: err}
			}
			ask.KeyFile, ask.StatementFile, ask.Reason = f.key, f.statement, f.reason
			return p.confirm(cmd, ask)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&ask.DryRun, "dry-run", false, "say what would be answered, and send and write nothing")
	cmd.Flags().StringVar(&ask.Reject, "reject", "", "the `OBJECTID` of an OFFPLATFORM payment to reject")
	cmd.Flags().StringVar(&ask.Remarks, "remarks", "", "what its buyer is told: a `TEXT` of 1 to 100 characters without \\ and \"")
	return cmd
}

func confirmUsage(ask *job.Answering, f *decisionFlags) error {
	signed := f.key != "" || f.statement != "" || f.reason != ""
	switch {
	case ask.Reject == "" && (ask.Remarks != "" || signed):
		return errors.New("--remarks, --reason, --key and --statement go with --reject OBJECTID: what matches is accepted by itself")
	case ask.Reject == "":
		return nil
	case ask.DryRun:
		return errors.New("give --reject or --dry-run, not both")
	case ask.Remarks == "":
		return errors.New("give --remarks TEXT: the platform tells it to the buyer")
	case (f.key == "") == (f.statement == ""):
		return errors.New("give --key FILE, or --statement FILE with a statement that was signed elsewhere: an approver rejects a payment")
	}
	return nil
}

func (p *program) confirm(cmd *cobra.Command, ask job.Answering) error {
	in, err := p.input(job.KindDecide)
	if err != nil {
		return err
	}
	done, err := job.Confirm(cmd.Context(), in, ask)
	if err != nil {
		return err
	}
	for _, notice := range done.Notices {
		if _, err := fmt.Fprintln(p.stderr, "reconcile: "+notice); err != nil {
			return withIO(err)
		}
	}
	if p.flags.json {
		if err := p.printJSON(done); err != nil {
			return err
		}
	} else if err := p.print(confirmText(done, ask.DryRun)); err != nil {
		return err
	}
	return endWith(done.ExitCode)
}

// confirmText is a table of the payments that were answered or wait.
func confirmText(done *job.Confirmed, dry bool) string {
	var b bytes.Buffer
	if len(done.Answers) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		say(t, "PAYMENT\tBUYER\tTYPE\tINVOICES\tCASH ₹\tANSWER\tWHY\n")
		for _, a := range done.Answers {
			say(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.ObjectID, a.Buyer, a.Type, strings.Join(a.Invoices, ", "), a.Net.Grouped(), a.Status, a.Why)
		}
		flush(t)
		fmt.Fprintln(&b)
	}
	count := make(map[string]int)
	for _, a := range done.Answers {
		count[a.Status]++
	}
	if dry {
		say(&b, "Would be accepted: %d.", count[job.AnswerToAccept])
	} else {
		say(&b, "Accepted: %d, rejected: %d.", count[job.AnswerAccepted], count[job.AnswerRejected])
	}
	say(&b, " For a person: %d, later: %d, unsure: %d, unsent: %d. Settled before: %d.\n",
		count[job.AnswerPerson], count[job.AnswerLater], count[job.AnswerUnsure], count[job.AnswerUnsent], done.Settled)
	return trimLines(b.String())
}
