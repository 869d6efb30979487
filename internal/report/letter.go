package report

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Letter is a report as a mail says it: whether anything is wrong, how much
// money it is, and what to do first. It has no account number, PAN or VPA in it.
type Letter struct {
	Subject    string
	Text, HTML string // the same in two forms
	Act        bool   // something of it is to be acted on today
}

// LetterOptions is what a letter tells besides its facts.
type LetterOptions struct {
	Attached bool     // the workbook goes with it; else its path is named
	Notices  []string // what a person must be told besides, such as why nothing was sent
}

// worstLines is how many findings a letter lists; the workbook has all.
const worstLines = 10

//go:embed letter.html.tmpl letter.txt.tmpl
var letterForms embed.FS

// Letter returns the letter of one run that had these facts.
func (f *Facts) Letter(run RunInfo, o LetterOptions) (Letter, error) {
	p := f.letterPage(run, o)
	l := Letter{Subject: p.Verdict + " · " + p.AsOf + " · " + p.Run, Act: p.Tone == "act"}
	html, err := htmltemplate.ParseFS(letterForms, "letter.html.tmpl")
	if err != nil {
		return Letter{}, err
	}
	text, err := texttemplate.ParseFS(letterForms, "letter.txt.tmpl")
	if err != nil {
		return Letter{}, err
	}
	var b bytes.Buffer
	if err := html.Execute(&b, p); err != nil {
		return Letter{}, err
	}
	l.HTML = b.String()
	b.Reset()
	if err := text.Execute(&b, p); err != nil {
		return Letter{}, err
	}
	l.Text = b.String()
	return l, nil
}

// A letterPage is what the two forms of a letter are filled with. All of its
// texts are clean.
type letterPage struct {
	Verdict, Tone string // Tone is act, settle or clear
	Sentence      string // the verdict of the summary
	Company       string
	AsOf, Run     string
	Alarms        []string
	Notices       []string
	Worst         []letterLine
	More          int // findings that are not among them
	Money         []letterTotal
	Breaks        []letterTotal
	Since         string // the business date that the next is counted from; empty where there is no earlier run
	Changes       []letterTotal
	Payments      []letterTotal
	Unread        string
	Ties          bool
	Attached      bool
	Workbook      string
}

// A letterLine is one finding.
type letterLine struct {
	Place            int // from 1
	Tone             string
	Code, Meaning    string
	Amount           string
	Supplier, Number string
	Detail, Where    string
	Remedy           string
}

// A letterTotal is how many of something there are, and what they come to.
type letterTotal struct{ Name, Count, Amount, Tone string }

func letterSum(name string, a Amount, tone string) letterTotal {
	return letterTotal{name, groupedCount(a.Count), rupees(a.Amount), tone}
}

func rupees(p money.Paise) string { return "₹\u00a0" + p.Grouped() }

func (f *Facts) letterPage(run RunInfo, o LetterOptions) letterPage {
	s := f.Summary(run)
	p := letterPage{
		Sentence: letterText(s.Verdict), Company: f.company(), AsOf: s.Run.AsOf.Long(), Run: run.ID,
		Ties: s.Ties(), Attached: o.Attached, Workbook: letterText(run.Files.Report),
	}
	if o.Attached {
		p.Workbook = letterText(filepath.Base(run.Files.Report))
	}
	p.Verdict, p.Tone = f.letterVerdict(&s)
	for _, a := range f.Payments.Alarms {
		p.Alarms = append(p.Alarms, letterText(a))
	}
	for _, n := range o.Notices {
		p.Notices = append(p.Notices, letterText(n))
	}
	p.Worst, p.More = f.worst()
	for _, t := range s.Totals {
		if t.Value.Count > 0 {
			p.Money = append(p.Money, letterSum(strings.ReplaceAll(t.Name, "_", " "), Amount{t.Value.Count, t.Value.Amount}, ""))
		}
	}
	book := newCodeBook()
	for _, b := range s.Breaks {
		p.Breaks = append(p.Breaks, letterSum(b.Name, b.Value, book.of(matcher.Code(b.Name)).Severity.String()))
	}
	p.Since, p.Changes = f.letterChanges()
	own := &s.Payments
	for _, t := range []letterTotal{
		letterSum("outcome unknown", own.Unknown, "act"), letterSum("not executed or come back", own.Failed, "settle"),
		letterSum("sent by this run", own.Submitted, ""), letterSum("proposed for payment", own.Proposed, ""),
	} {
		if t.Count != "0" {
			p.Payments = append(p.Payments, t)
		}
	}
	if s.Quarantined > 0 {
		p.Unread = plural(s.Quarantined, "row or event", "rows or events") + " could not be read; the sheet Quarantined says why"
	}
	return p
}

// company names our registrations.
func (f *Facts) company() string {
	var names []string
	for _, b := range f.Buyers {
		name := b.Name
		if name == "" {
			name = b.B2BID
		}
		if name = letterText(name); !strings.Contains(strings.Join(names, ", "), name) {
			names = append(names, name)
		}
	}
	return cut(strings.Join(names, ", "), 80)
}

// letterVerdict says in a few words what a telephone shows of a subject, the
// worst first.
func (f *Facts) letterVerdict(s *Summary) (verdict, tone string) {
	act, settle := f.stake(matcher.Act), f.stake(matcher.Settle)
	unknown := s.Payments.Unknown
	switch {
	case !s.Ties():
		return "Act today: the control totals do not tie", "act"
	case unknown.Count > 0 && act.Count > 0:
		return "Act today: " + plural(unknown.Count, "payment") + " of ours unknown (" + rupees(unknown.Amount) + "), " +
			rupees(act.Amount) + " at stake in " + plural(act.Count, "finding"), "act"
	case unknown.Count > 0:
		return "Act today: " + plural(unknown.Count, "payment") + " of ours unknown (" + rupees(unknown.Amount) + ")", "act"
	case len(f.Payments.Alarms) > 0 && act.Count == 0:
		return "Act today: " + plural(len(f.Payments.Alarms), "alarm"), "act"
	case act.Count > 0:
		return "Act today: " + rupees(act.Amount) + " at stake in " + plural(act.Count, "finding"), "act"
	case settle.Count > 0:
		return "To settle: " + rupees(settle.Amount) + " in " + plural(settle.Count, "finding"), "settle"
	case s.Quarantined > 0:
		return "To mend: " + plural(s.Quarantined, "row or event", "rows or events") + " could not be read", "settle"
	case len(s.Breaks) > 0:
		return "Nothing to settle: " + plural(len(f.findings()), "note"), "clear"
	}
	return "All clear: " + plural(len(f.Result.Items), "item") + " and " + plural(len(f.Result.Lines), "payment line") + " agree", "clear"
}

// stake sums what breaks of one severity are about. Breaks overlap, so an item
// or a line counts once, with its largest; and a line not beside its item. What a
// controller accepted is at stake no more.
func (f *Facts) stake(severity matcher.Severity) Amount {
	book := newCodeBook()
	largest := func(breaks []matcher.Break) (most money.Paise, any bool) {
		for _, b := range breaks {
			if book.of(b.Code).Severity == severity && !f.verdictOf(b.ExceptionID).Quiet {
				most, any = max(most, b.Amount.Abs()), true
			}
		}
		return most, any
	}
	var at Amount
	counted := map[any]bool{}
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		if most, any := largest(r.Breaks); any {
			at.add(most)
			counted[r.Item] = true
		}
	}
	for i := range f.Result.Lines {
		r := &f.Result.Lines[i]
		most, any := largest(r.Breaks)
		for _, it := range r.Items {
			any = any && !counted[it]
		}
		if any {
			at.add(most)
		}
	}
	return at
}

// worst returns the first findings of all, and how many others there are: those to
// act on in the order of the sheet Act today, and behind them those to watch. Notes
// are none.
func (f *Facts) worst() (lines []letterLine, more int) {
	names := f.supplierNames()
	watched := slices.DeleteFunc(f.findings(), func(b finding) bool { return b.quiet || b.info.Severity != matcher.Watch })
	for _, found := range append(f.toAct(), watched...) {
		if len(lines) == worstLines {
			more++
			continue
		}
		line := found.letterLine(names)
		line.Place = len(lines) + 1
		lines = append(lines, line)
	}
	return lines, more
}

func (b *finding) letterLine(names map[string]string) letterLine {
	l := letterLine{
		Tone: b.info.Severity.String(), Code: string(b.Code), Meaning: b.info.Meaning, Remedy: remedy(b.Code), Amount: rupees(b.Amount),
	}
	var supplier, id, number string
	var references []string
	if b.item != nil {
		it := b.item.Item
		supplier, id, number = it.Supplier.Name, it.Supplier.B2BID, it.Number
		references = append(utrs(b.item), it.UTR, number)
		l.Where = it.Pos.String()
	} else {
		p := b.line.Remittance
		supplier, id, number = names[p.Supplier], p.Supplier, b.line.Line.Number
		references = []string{p.UTR, number}
		if len(p.Evidence) > 0 {
			l.Where = p.Evidence[0].Pos.String()
		}
	}
	if supplier == "" {
		supplier = id
	}
	l.Supplier, l.Number = cut(letterText(supplier), 60), cut(letterText(number, number), 40)
	l.Detail, l.Where = cut(letterText(b.Detail, references...), 240), letterText(l.Where)
	return l
}
