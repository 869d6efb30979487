package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE...",
		Short: "what the reader sees in a ledger, column by column",
		Long: "inspect reads ledgers as a run would and says what it sees: the layout and how it\n" +
			"is known, the heading, what each column means and how it is written, the control\n" +
			"totals, and the rows that cannot be read. Where something has to be set it prints\n" +
			"the lines for reconcile.yaml; what it cannot tell it leaves open and never guesses\n" +
			"in silence. What columns mean decides what is masked: accounts, handles, PANs and\n" +
			"telephones are, and long numbers of columns that nobody knows. It needs no\n" +
			"configuration; of one that is there it uses buyers and ledger, and says which\n" +
			"suppliers the supplier master does not have. Nothing is written.\n\n" +
			"Exit code 0: the file can be read; 65: it is refused; 66: it is not there.",
		Example: "  reconcile inspect ledger/november.xlsx\n" +
			"  reconcile inspect --config /etc/reconcile/reconcile.yaml export.csv other.csv\n" +
			"  reconcile inspect export.csv --json",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.optionalConfig(cmd.Flags().Changed("config"))
			if err != nil {
				return err
			}
			tell, end := p.progress()
			files, err := job.Inspect(cmd.Context(), ".", c, args, tell)
			end()
			if err != nil {
				return err
			}
			return p.inspected(files)
		},
	}
}

// optionalConfig loads the configuration; nil where none was named and the usual
// one is not there.
func (p *program) optionalConfig(named bool) (*config.Config, error) {
	if _, err := os.Stat(p.flags.config); !named && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return config.Load(p.flags.config, p.environ)
}

// inspected prints inspections, and returns the exit code of the worst.
func (p *program) inspected(files []*job.Inspection) error {
	code := job.ExitClean
	var b, refusals bytes.Buffer
	for i, in := range files {
		if i > 0 {
			b.WriteByte('\n')
		}
		inspectionText(&b, in)
		if len(in.Refused) > 0 {
			code = job.ExitCorrupt
		}
		for _, r := range in.Refused {
			fmt.Fprintf(&refusals, "reconcile: %s: %s; %s [%s]\n", r.Place, r.Text, r.Remedy, r.Check)
		}
	}
	var err error
	switch {
	case p.flags.json:
		err = p.printJSON(struct {
			Files    []*job.Inspection `json:"files"`
			ExitCode int               `json:"exit_code"`
		}{files, code})
	case p.flags.quiet:
		_, err = p.stderr.Write(refusals.Bytes())
		err = withIO(err)
	default:
		err = p.print(b.String())
	}
	return errors.Join(err, endWith(code))
}

func inspectionText(b *bytes.Buffer, in *job.Inspection) {
	fmt.Fprintf(b, "%s\n", in.Path)
	if in.Format != "" {
		fmt.Fprintf(b, "  %s, %d bytes\n", in.Format, in.Bytes)
	}
	for _, r := range in.Refused {
		fmt.Fprintf(b, "  refused: %s: %s", r.Place, r.Text)
		if r.Remedy != "" {
			fmt.Fprintf(b, "; %s", r.Remedy)
		}
		fmt.Fprintf(b, " [%s]\n", r.Check)
	}
	layoutText(b, in)
	for _, note := range in.Notes {
		fmt.Fprintf(b, "  note: %s\n", note)
	}
	for _, s := range in.Sheets {
		name := "the table"
		if s.Name != "" {
			name = fmt.Sprintf("sheet %q", s.Name)
		}
		what := "not read"
		if s.Read {
			what = "read"
		}
		fmt.Fprintf(b, "\n%s: %s; %s\n", name, what, s.Why)
		if len(s.Columns) == 0 {
			continue
		}
		w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "  \theading\tmeaning\tsure\tformat\texamples\n")
		for _, c := range s.Columns {
			sure := c.Confidence
			if c.Confidence == "low" || c.Confidence == "medium" {
				sure += ": " + c.Why
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", c.Letter, c.Heading, c.Meaning, sure, c.Format, strings.Join(c.Examples, " | "))
		}
		_ = w.Flush() // into memory
	}
	if len(in.Refused) == 0 {
		countsText(b, in)
	}
	if in.Paste != "" {
		fmt.Fprintf(b, "\nto paste into reconcile.yaml:\n\n%s", in.Paste)
	}
	if in.PasteNote != "" {
		fmt.Fprintf(b, "\n%s\n", in.PasteNote)
	}
}

// layoutText says by which layout the file is read, and how that is known.
func layoutText(b *bytes.Buffer, in *job.Inspection) {
	if in.Layout == "" {
		return
	}
	verb := "read as"
	if len(in.Refused) > 0 {
		verb = "nearest layout"
	}
	fmt.Fprintf(b, "  %s: %s (%s), %s; score %d", verb, in.Layout, in.System, in.Known, in.Score)
	if in.RunnerUp != "" {
		fmt.Fprintf(b, ", next %s with %d", in.RunnerUp, in.SecondScore)
	}
	b.WriteByte('\n')
	if in.Convention != "" {
		fmt.Fprintf(b, "  signs: %s\n", in.Convention)
	}
}

// countsText says what became of the rows, and what their amounts sum to.
func countsText(b *bytes.Buffer, in *job.Inspection) {
	fmt.Fprintf(b, "\n%d rows = %d accepted", in.Rows, in.Accepted)
	for _, s := range in.Skipped {
		fmt.Fprintf(b, " + %d skipped (%s)", s.Rows, s.Reason)
	}
	fmt.Fprintf(b, " + %d quarantined\n", in.Quarantined)
	if len(in.Totals) > 0 {
		w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(w, "total\tread\taccepted\tskipped\tquarantined\t\n")
		for _, t := range in.Totals {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", t.Column, t.Read, t.Accepted, t.Skipped, t.Quarantined)
		}
		_ = w.Flush() // into memory
	}
	if in.Suppliers != nil {
		joinText(b, in.Suppliers)
	}
	if len(in.Problems) == 0 {
		return
	}
	fmt.Fprintf(b, "\nrows that cannot be read:\n")
	for _, r := range in.Problems {
		fmt.Fprintf(b, "  %s: %s; %s [%s]\n", r.Place, r.Text, r.Remedy, r.Check)
	}
	if in.MoreProblems > 0 {
		fmt.Fprintf(b, "  and %d more\n", in.MoreProblems)
	}
}

// joinText says how the rows found their suppliers in the supplier master.
func joinText(b *bytes.Buffer, j *job.InspectedJoin) {
	fmt.Fprintf(b, "\nsuppliers: %d of the accepted rows are of suppliers in %s, %d are not", j.Found, j.Master, j.Unknown)
	for i, name := range j.Examples {
		separator := "; "
		if i == 0 {
			separator = ", such as "
		}
		b.WriteString(separator + name)
	}
	b.WriteByte('\n')
	if j.WithoutID > 0 {
		fmt.Fprintf(b, "  without a B2B id: %d rows, which are never proposed\n", j.WithoutID)
	}
	if j.Ambiguous > 0 {
		fmt.Fprintf(b, "  fitting several suppliers: %d rows, of which none is chosen\n", j.Ambiguous)
	}
	if j.Unreadable > 0 {
		fmt.Fprintf(b, "  lines of %s that cannot be read, and join no row: %d\n", j.Master, j.Unreadable)
	}
}
