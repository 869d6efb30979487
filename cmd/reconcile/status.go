package main

import (
	"bytes"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status REF",
		Short: "where an invoice number, a UTR or an objectId stands, with evidence",
		Long: "status reads and matches the inputs afresh, writes nothing, and prints the\n" +
			"timeline of every item and payment line that bears the reference, and of each\n" +
			"payment of ours the steps of the journal.",
		Example: "  reconcile status INV/26-27/0042\n" +
			"  reconcile status HDFCN52026112100000123 --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := p.input(job.KindMatch)
			if err != nil {
				return err
			}
			status, err := job.StatusOf(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			if p.flags.json {
				return p.printJSON(status)
			}
			return p.print(statusText(status))
		},
	}
}

func statusText(s *job.Status) string {
	var b bytes.Buffer
	say(&b, "%s on %s\n", s.Reference, s.AsOf.Long())
	for _, it := range s.Items {
		say(&b, "\n%s %s of %s  (%s)\n", it.Document, it.Number, it.SupplierName, it.Place)
		say(&b, "  status %s, match %s, confirmation %s\n", it.Status, it.Match, it.Confirmation)
		say(&b, "  payable ₹ %s, paid on the platform ₹ %s, settled without cash ₹ %s, difference ₹ %s\n",
			it.CashPayable.Grouped(), it.CashPaid.Grouped(), it.Adjusted.Grouped(), it.Difference.Grouped())
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, m := range it.Timeline {
			say(t, "  %s\t%s\t%s\n", m.Date, m.What, m.Place)
		}
		flush(t)
		breakText(&b, it.Breaks)
		if it.Note != "" {
			say(&b, "  note: %s\n", it.Note)
		}
	}
	for _, l := range s.Payments {
		say(&b, "\npayment %s for %s\n", l.ObjectID, l.Number)
		say(&b, "  %s, confirmation %s, net ₹ %s, settled without cash ₹ %s\n", l.Outcome, l.Confirmation, l.Net.Grouped(), l.Adjustment.Grouped())
		if l.UTR != "" {
			provisional := ""
			if !l.UTRFinal {
				provisional = " (provisional)"
			}
			say(&b, "  UTR %s%s\n", l.UTR, provisional)
		}
		if l.Conflict != "" {
			say(&b, "  the evidence contradicts itself: %s\n", l.Conflict)
		}
		if len(l.Items) == 0 {
			say(&b, "  matches no item of the ledger\n")
		}
		for _, place := range l.Items {
			say(&b, "  matched (%s) with %s\n", l.Match, place)
		}
		for _, e := range l.Evidence {
			say(&b, "  %s  %s\n", e.Place, e.Says)
		}
		breakText(&b, l.Breaks)
	}
	for i := range s.Own {
		ownText(&b, &s.Own[i])
	}
	return trimLines(b.String())
}

// ownText tells the story of a payment of ours, step by step.
func ownText(b *bytes.Buffer, o *job.OwnStatus) {
	say(b, "\nour payment %s for %s: %s\n", o.ObjectID, strings.Join(o.Numbers, ", "), o.State)
	say(b, "  ₹ %s to %s, attempt %d, plan %s\n", o.Net.Grouped(), o.Supplier, o.Attempt, o.Plan)
	for _, a := range o.Alarms {
		stands := "two people have released the supplier since"
		if o.Ringing {
			stands = "the supplier is frozen until two people release it"
		}
		say(b, "  alarm %s; %s\n", a, stands)
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, step := range o.Steps {
		text := step.What
		if step.Text != "" {
			text += ": " + step.Text
		}
		say(t, "  %s\t%s\t%s\t%s\n", step.At.Format("2006-01-02 15:04:05"), step.State, step.Actor, text)
	}
	flush(t)
}

// trimLines drops the spaces that a table leaves behind its last column.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func breakText(w io.Writer, breaks []job.BreakLine) {
	for _, br := range breaks {
		say(w, "  %s ₹ %s: %s\n", br.Code, br.Amount.Grouped(), br.Detail)
		if br.Note != nil {
			noteText(w, br.Note)
		}
	}
}

// noteText says what a controller wrote of the break above it, and whether that is
// in force.
func noteText(w io.Writer, n *job.NoteLine) {
	var parts []string
	for _, part := range []struct{ name, text string }{{"owner", n.Owner}, {"resolution", n.Resolution}, {"due", n.Due.Long()}, {"note", n.Text}} {
		if part.text != "" {
			parts = append(parts, part.name+" "+part.text)
		}
	}
	if len(parts) > 0 {
		say(w, "    controller: %s\n", strings.Join(parts, "; "))
	}
	if n.Remark != "" {
		say(w, "    controller: %s\n", n.Remark)
	}
}

// flush ends a table. Its writer is a buffer, which does not fail.
func flush(t *tabwriter.Writer) { _ = t.Flush() }
