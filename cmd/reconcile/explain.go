package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain REF",
		Short: "why an invoice or a payment matched, or why not and by how much",
		Long: "explain reads and matches the inputs afresh, writes nothing, and says for every\n" +
			"item and payment line that bears the reference by which rule it matched; where\n" +
			"nothing matched, the nearest candidates and what each rule found to differ.",
		Example: "  reconcile explain INV/26-27/0042\n" +
			"  reconcile explain PMT00000000000000000000000000000042 --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := p.input(job.KindMatch)
			if err != nil {
				return err
			}
			e, err := job.Explain(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			if p.flags.json {
				return p.printJSON(e)
			}
			var b bytes.Buffer
			for _, one := range append(e.Items, e.Lines...) {
				explanationText(&b, one)
			}
			return p.print(b.String())
		},
	}
}

func explanationText(b *bytes.Buffer, e job.Because) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	say(b, "%s  (%s)\n  %s, match %s\n", e.What, e.Place, e.Status, e.Match)
	for _, m := range e.Matched {
		say(b, "  %s: %s\n    because %s\n", m.Rule, m.With, m.Why)
	}
	breakText(b, e.Breaks)
	if e.Note != "" {
		say(b, "  note: %s\n", e.Note)
	}
	if len(e.Matched) > 0 {
		return
	}
	if len(e.Candidates) == 0 {
		say(b, "  nothing comes near: no candidate shares the supplier, the number or the UTR\n")
	}
	for _, c := range e.Candidates {
		say(b, "  nearest: %s\n", c.With)
		for _, f := range c.Rules {
			say(b, "    not %s: %s\n", f.Rule, f.Why)
		}
		if c.Taken != "" {
			say(b, "    and it belongs to %s\n", c.Taken)
		}
	}
}
