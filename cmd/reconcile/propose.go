package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"reconcile/internal/job"
)

func (p *program) proposeCommand() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "propose",
		Short: "write a payment proposal for what is due: the plan, a workbook of it, and its hash",
		Long: "propose reads and reports as run does, and sends and mails nothing. The folder of\n" +
			"the run then holds plan.json, whose SHA-256 is what a checker approves, and plan.xlsx\n" +
			"to read it by.\n\n" +
			"The maker of the plan, who may not approve it, is the login that runs this; with\n" +
			"--key it is the approver of that key, where several people share a login.",
		Example: "  reconcile propose\n" +
			"  reconcile propose --as-of 2026-11-21 --json | jq -r .files.plan\n" +
			"  reconcile propose --key ~/asha.key    # asha made it, and cannot approve it",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.makerKey = key
			return p.job(cmd, job.KindPropose, "")
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "the private key `FILE` of the approver who makes the plan, and so cannot approve it")
	return p.rebuilds(cmd)
}

func (p *program) submitCommand() *cobra.Command {
	var otp bool
	var reference string
	cmd := &cobra.Command{
		Use:   "submit PLAN",
		Short: "send an approved plan as req-pay calls, each debt at most once",
		Long: "submit looks at every payment of an approved plan once more in the ledgers and logs\n" +
			"as they are now, withdraws what has changed or is over a cap that was made smaller,\n" +
			"leaves for later what is over that of the day or stands in books that are too old,\n" +
			"and sends the rest, each once. A payment whose answer is lost is never sent again:\n" +
			"its outcome is unknown until a webhook or two people say what became of it. After a\n" +
			"crash, start it again.\n\n" +
			"With enkash.api payment it asks EnKash's accounts payable to pay, and nothing but\n" +
			"this command does. --otp asks for a one-time password, which is typed, is kept\n" +
			"nowhere, and sends one payment.",
		Example: "  reconcile submit reports/2026-11-21-run-01/plan.json\n" +
			"  reconcile submit reports/2026-11-21-run-01/plan.json --otp --otp-reference 4711",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.typed.OTPReference = reference
			if otp {
				var err error
				if p.typed.OTP, err = p.askOTP(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			return p.job(cmd, job.KindSubmit, args[0])
		},
	}
	cmd.Flags().BoolVar(&otp, "otp", false, "ask for the one-time password of one payment, for enkash.api payment")
	cmd.Flags().StringVar(&reference, "otp-reference", "", "the `REFERENCE` that came with the one-time password")
	return p.rebuilds(cmd)
}

// maxOTP is far more than anybody types.
const maxOTP = 100

// askOTP reads one line that a person types, without showing it. A flag would
// stand in the list of processes and in the history of the shell.
func (p *program) askOTP(stdin io.Reader) (string, error) {
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if _, err := fmt.Fprint(p.stderr, "One-time password: "); err != nil {
			return "", withIO(err)
		}
		typed, err := term.ReadPassword(int(f.Fd()))
		_, printing := fmt.Fprintln(p.stderr)
		if err := errors.Join(err, printing); err != nil {
			return "", fmt.Errorf("reading the one-time password: %w", err)
		}
		return strings.TrimSpace(string(typed)), nil
	}
	line, err := bufio.NewReader(io.LimitReader(stdin, maxOTP)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the one-time password: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", &job.ExitError{Code: job.ExitUsage, Err: errors.New("--otp reads the one-time password from standard input, and nothing came; type it, or give it there [otp-missing]")}
	}
	return line, nil
}
