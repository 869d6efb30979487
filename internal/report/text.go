package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"reconcile/internal/matcher"
)

// Text writes what a person reads on the terminal at the end of a run: the
// verdict, where the money stands, what to look at, and which file to open.
func (s Summary) Text(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", s.Verdict)

	if c := s.Changes; c != nil && c.Run != "" {
		fmt.Fprintf(&b, "Since %s: %s new, %s back, %s changed, %s cleared\n", c.Since.Long(),
			groupedCount(c.New.Count), groupedCount(c.Reopened.Count), groupedCount(c.Changed.Count), groupedCount(c.Cleared.Count))
	}

	fmt.Fprintf(&b, "\nMoney by status on %s\n", s.Run.AsOf.Long())
	var statuses textTable
	for _, t := range s.Totals {
		if t.Value.Count > 0 {
			statuses.add(t.Name, Amount{t.Value.Count, t.Value.Amount}, "")
		}
	}
	statuses.write(&b)

	if len(s.Breaks) > 0 {
		fmt.Fprint(&b, "\nBreaks, worst first (amounts of different codes overlap)\n")
		var codes textTable
		book := newCodeBook()
		for _, c := range s.Breaks {
			codes.add(c.Name, c.Value, book.of(matcher.Code(c.Name)).Severity.String())
		}
		codes.write(&b)
	}
	s.textDue(&b)
	if s.Quarantined > 0 {
		fmt.Fprintf(&b, "\n%s could not be read and stand in the sheet Quarantined\n",
			plural(s.Quarantined, "row or event", "rows or events"))
		for _, in := range s.Inputs {
			if in.Mended > 0 {
				fmt.Fprintf(&b, "  of those of %s, %d are mended by lines of another file\n", in.Path, in.Mended)
			}
		}
		for _, file := range s.Files.Quarantined {
			fmt.Fprintf(&b, "  rows to mend and put among the ledgers: %s\n", file)
		}
	}
	if len(s.Files.Postings) > 0 {
		fmt.Fprintf(&b, "\nTo be booked: %s of ₹ %s that the books lack\n", plural(s.ToBook.New.Count, "payment"), s.ToBook.New.Amount.Grouped())
		for _, file := range s.Files.Postings {
			fmt.Fprintf(&b, "  %s\n", file)
		}
	}
	s.textTotals(&b)
	for _, p := range s.Proof {
		if !p.Ties {
			fmt.Fprintf(&b, "\nDoes not tie: %s: %s against %s\n", p.What, p.Left, p.Right)
		}
	}
	if s.Files.Report != "" {
		fmt.Fprintf(&b, "\nWorkbook: %s\n", s.Files.Report)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// wrongShown is how many wrong totals of a ledger are shown; the sheet Run has all.
const wrongShown = 3

// textTotals names totals in the ledgers that are not the sum of their rows: a
// part of the export may be missing.
func (s Summary) textTotals(b *bytes.Buffer) {
	for _, in := range s.Inputs {
		for i, wrong := range in.Wrong {
			if i == wrongShown {
				fmt.Fprintf(b, "%s: %d more totals are not the sum of their rows\n", in.Path, len(in.Wrong)-i)
				break
			}
			if i == 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(b, "%s: %s\n", in.Path, cleanText(wrong))
		}
	}
}

func (s Summary) textDue(b *bytes.Buffer) {
	if s.Due.Proposed.Count == 0 && len(s.Due.LeftOut) == 0 {
		return
	}
	fmt.Fprint(b, "\nDue\n")
	var lines textTable
	lines.add("would be proposed", s.Due.Proposed, "")
	for _, r := range s.Due.LeftOut {
		lines.add("left out: "+r.Name, r.Value, "")
	}
	lines.write(b)
}

// textTable holds rows of name, count, amount and remark, until the widths of
// all of them are known.
type textTable [][4]string

func (t *textTable) add(name string, a Amount, remark string) {
	*t = append(*t, [4]string{name, groupedCount(a.Count), "₹ " + a.Amount.Grouped(), remark})
}

// write aligns names to the left, and counts and amounts to the right.
func (t textTable) write(b *bytes.Buffer) {
	var width [3]int
	for _, row := range t {
		for i := range width {
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range t {
		line := fmt.Sprintf("  %-*s  %*s  %*s  %s", width[0], row[0], width[1], row[1], width[2], row[2], row[3])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
