package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

// maxBy is how long the name of who handed in a workbook may be, in characters.
const maxBy = 80

func (p *program) annotateCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "annotate FILE",
		Short: "read a controller's notes back from a workbook",
		Long: "annotate reads Owner, Resolution, Note and Due out of the sheets Breaks and Act\n" +
			"today of a report that came back, by exception id. What was changed there stands\n" +
			"from now on and is shown by the next report; what somebody else has changed\n" +
			"meanwhile is told and left as it is. Old and new, who and when go into the journal.\n\n" +
			"The workbook is not trusted: amounts in it are not looked at, formulas are refused,\n" +
			"and its author is nobody. Accept difference and write off quiet an exception for\n" +
			"the money that the last report had, and no more; nothing here releases a payment.\n\n" +
			"The nightly run does the same with every new workbook in notes.folder. A workbook\n" +
			"is taken once; the file is not changed.",
		Example: "  reconcile annotate ~/Downloads/reconciliation-2026-11-21-run-01.xlsx\n" +
			"  reconcile annotate came-back.xlsx --by \"Meera Nair\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			by = strings.TrimSpace(by)
			if utf8.RuneCountInString(by) > maxBy || strings.Map(printable, by) != by || strings.ContainsAny(by, "\n\t") {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("--by: give a name of one line, of at most 80 characters")}
			}
			in, err := p.input(job.KindDecide)
			if err != nil {
				return err
			}
			done, err := job.Annotate(cmd.Context(), in, args[0], by)
			if err != nil {
				return err
			}
			return p.annotated(done)
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "the `NAME` of who handed it in, beside the login that runs this")
	return cmd
}

// annotated prints what became of a workbook. Where something was not taken, the
// end is that of a run that is done and leaves something to look at.
func (p *program) annotated(done *job.Annotated) error {
	code := job.ExitClean
	if len(done.NotTaken) > 0 {
		code = job.ExitBreaks
	}
	if p.flags.json {
		if err := p.printJSON(done); err != nil {
			return err
		}
		return endWith(code)
	}
	var b bytes.Buffer
	switch {
	case done.Before != 0:
		fmt.Fprintf(&b, "%s was taken on %s already; nothing was done.\n", done.File, done.Before.Long())
	default:
		notes := "notes"
		if done.Taken == 1 {
			notes = "note"
		}
		fmt.Fprintf(&b, "%s: of %d rows with an exception, %d %s taken.\n", done.File, done.Rows, done.Taken, notes)
	}
	for _, why := range done.NotTaken {
		fmt.Fprintf(&b, "not taken: %s\n", why)
	}
	if err := p.print(b.String()); err != nil {
		return err
	}
	return endWith(code)
}
