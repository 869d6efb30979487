package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
	"reconcile/internal/money"
	"reconcile/internal/period"
)

// closeFlags are those of close besides what every decision takes.
type closeFlags struct {
	decisionFlags
	control, difference, verify string
	soft, anew                  bool
}

func (p *program) closeCommand() *cobra.Command {
	var f closeFlags
	cmd := &cobra.Command{
		Use:   "close PERIOD",
		Short: "close a month: tie it to the creditors' control account, and have two people sign it",
		Long: "close reads and matches the inputs as of the last day of the month and compares the\n" +
			"sub-ledger (what the books say is due, less credits) with the creditors' control\n" +
			"account of the trial balance: --control, positive where we owe. Without --key it\n" +
			"writes a draft to be read. Two approvers then sign it with --key, each with the same\n" +
			"--control: the first signature waits, with the second the month is closed. What they\n" +
			"sign is one SHA-256 over all files of the closing pack, closing-2026-11-v1.zip, which\n" +
			"lies in the output; where an input has changed in between nobody can sign.\n\n" +
			"A run for a business date in a closed month only reconciles. --soft does that alone,\n" +
			"without figures and signatures. --verify proves a pack, at any time and anywhere;\n" +
			"with --key and --sign-to an approver signs it there, for --statement here.",
		Example: "  reconcile close 2026-11 --soft\n" +
			"  reconcile close 2026-11 --control 4512300.00\n" +
			"  reconcile close 2026-11 --control 4512300.00 --key ~/asha.key\n" +
			"  reconcile close 2026-11 --control 4512300.00 --key ~/ravi.key\n" +
			"  reconcile close 2026-11 --control 4512800.00 --difference-reason \"freight of 500.00 booked by journal voucher 812\" --key ~/asha.key\n" +
			"  reconcile close --verify reports/closing-2026-11-v1.zip\n" +
			"  reconcile close --verify closing-2026-11-v1.zip --key ~/ravi.key --sign-to ravi.json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.close(cmd, &f, args) },
	}
	f.add(cmd)
	f.addSign(cmd)
	cmd.Flags().StringVar(&f.control, "control", "", "the creditors' control `AMOUNT` of the trial balance, positive where we owe")
	cmd.Flags().StringVar(&f.difference, "difference-reason", "", "close although it does not tie, with a `TEXT` that both sign")
	cmd.Flags().BoolVar(&f.soft, "soft", false, "only reconcile for this month from now on; nobody signs")
	cmd.Flags().BoolVar(&f.anew, "anew", false, "signatures given so far count no more")
	cmd.Flags().StringVar(&f.verify, "verify", "", "prove a closing pack: a `FILE`")
	return cmd
}

func (p *program) close(cmd *cobra.Command, f *closeFlags, args []string) error {
	if f.verify != "" || f.signTo != "" {
		return p.pack(cmd, f, args)
	}
	order, err := f.order(args)
	if err == nil && p.flags.asOf != "" {
		err = errors.New("the business date of a closing is the last day of its month: leave --as-of away")
	}
	if err != nil {
		return &job.ExitError{Code: job.ExitUsage, Err: err}
	}
	in, err := p.input(job.KindClose)
	if err != nil {
		return err
	}
	done, err := job.ClosePeriod(cmd.Context(), in, order)
	if done == nil {
		return err
	}
	for _, w := range done.Warnings {
		if _, err := fmt.Fprintln(p.stderr, "reconcile: "+w); err != nil {
			return withIO(err)
		}
	}
	if p.flags.json {
		// One object for a program: the figures, and why it is not closed.
		shown := struct {
			*job.Closed
			Error string `json:"error,omitempty"`
		}{Closed: done}
		if err != nil {
			shown.Error = err.Error()
			err = endWith(code(err))
		}
		return errors.Join(p.printJSON(shown), err)
	}
	return errors.Join(p.print(closingText(done)), err)
}

// order reads what the command line asks for.
func (f *closeFlags) order(args []string) (o job.CloseOrder, err error) {
	if len(args) != 1 {
		return o, errors.New("name the month, like 2026-11")
	}
	if o.Period, err = period.Parse(args[0]); err != nil {
		return o, err
	}
	o.Soft, o.Anew, o.DifferenceReason = f.soft, f.anew, f.difference
	o.KeyFile, o.StatementFile, o.Reason = f.key, f.statement, f.reason
	switch {
	case f.key != "" && f.statement != "":
		return o, errors.New("give --key FILE or --statement FILE, and not both")
	case f.soft && (f.key != "" || f.statement != "" || f.control != "" || f.difference != ""):
		return o, errors.New("--soft closes no figures: leave --control, --difference-reason and signatures away")
	case f.soft:
		return o, nil
	case f.control == "":
		return o, errors.New("--control AMOUNT is missing: the creditors' control account of the trial balance, positive where we owe [control-missing]")
	}
	if o.Control, err = money.Parse(strings.ReplaceAll(f.control, ",", "")); err != nil {
		return o, fmt.Errorf("--control %q: give rupees like 4512300.00, negative where the suppliers owe us [control-unreadable]: %w", f.control, err)
	}
	return o, nil
}

// closingText is what a person reads of a closing.
func closingText(done *job.Closed) string {
	var b bytes.Buffer
	if len(done.Bridge) > 0 {
		fmt.Fprintf(&b, "%s, version %d: what is owed\n", done.Period.Long(), done.Version)
		width := 0
		for _, r := range done.Bridge {
			width = max(width, len(r.Amount.Grouped()))
		}
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, r := range done.Bridge {
			what, count := "  "+r.What, ""
			if r.Sum {
				what = "= " + r.What
			} else if r.Count > 0 {
				count = fmt.Sprint(r.Count)
			}
			fmt.Fprintf(t, "%s\t%s\t%*s\n", what, count, width, r.Amount.Grouped())
		}
		flush(t)
	}
	if done.SHA256 != "" {
		fmt.Fprintf(&b, "Pack: %s\nSHA-256: %s\n", done.Pack, done.SHA256)
	}
	if done.Text != "" {
		fmt.Fprintln(&b, done.Text)
	}
	return trimLines(b.String())
}

// pack proves a closing pack, and signs it where that is asked for.
func (p *program) pack(cmd *cobra.Command, f *closeFlags, args []string) error {
	usage := ""
	switch {
	case len(args) > 0:
		usage = "--verify FILE names a pack, which says of which month it is: leave the month away"
	case f.signTo != "" && (f.verify == "" || f.key == ""):
		usage = "--sign-to signs a pack with a key: give --verify FILE and --key FILE"
	case f.signTo == "" && (f.key != "" || f.statement != ""):
		usage = "--verify only looks: to sign the pack for elsewhere, give --sign-to FILE too"
	}
	if usage != "" {
		return &job.ExitError{Code: job.ExitUsage, Err: errors.New(usage)}
	}
	in, err := p.input(job.KindClose)
	if err != nil {
		return err
	}
	var shown any
	var text string
	if f.signTo != "" {
		done, err := job.SignPack(in, f.verify, job.Decision{KeyFile: f.key, Reason: f.reason}, f.signTo)
		if err != nil {
			return err
		}
		shown, text = done, done.Text
	} else {
		v, err := job.VerifyPack(cmd.Context(), in, f.verify)
		if err != nil {
			return err
		}
		shown, text = v, v.Text
	}
	if p.flags.json {
		return p.printJSON(shown)
	}
	return p.print(text + "\n")
}
