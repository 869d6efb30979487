package report

import (
	"fmt"
	"slices"

	"reconcile/internal/ledger"
)

// runWidths are the columns of the last sheet, A to H.
var runWidths = []hundredths{44_00, 12_00, 72_00, 16_00, 14_00, 14_00, 14_00, 14_00}

// runPage returns the last sheet: what was read, by its hash, and under which
// settings. Nothing of the clock stands here.
func (f *Facts) runPage() *page {
	p := &page{}
	f.titles(p, "Run")
	p.add(text("Program version " + f.Version).styled(subtitleStyle))
	p.section("Inputs", 8, "File", "Kind", "SHA-256", ">Bytes", ">Rows", ">Accepted", ">Skipped", ">Quarantined")
	for _, in := range f.inputs() {
		kind := in.Kind
		if in.Layout != "" {
			kind = in.Layout
		}
		p.add(text(in.Path), text(kind), text(in.SHA256), count(int(in.Bytes)), count(in.Rows), count(in.Accepted), count(in.Skipped), count(in.Quarantined))
	}
	p.section("Layouts of the ledgers", 8, "File", "", "Layout, and how it was chosen")
	for i := range f.Ledger.Inputs {
		in := &f.Ledger.Inputs[i]
		p.add(text(in.Path), cell{}, text(chosenBy(in)))
		p.spread(2, 7, runWidths)
	}
	if f.hasNotes() {
		p.section("Notes on the inputs", 8, "File", "", "Note")
		for _, in := range f.inputs() {
			for _, note := range in.Notes {
				p.add(text(in.Path), cell{}, text(note))
				p.spread(2, 7, runWidths)
			}
		}
	}
	p.section("Settings", 8, "Setting", "", "Value")
	for _, s := range f.Settings {
		p.add(text(s.Name), cell{}, text(s.Value))
		p.spread(2, 7, runWidths)
	}
	return p
}

// chosenBy says by which layout a ledger was read, how that layout is known, and
// by how much it fitted better than the next one.
func chosenBy(in *ledger.Input) string {
	said := fmt.Sprintf("%s (%s), score %d", in.Layout, in.Known, in.Score)
	if in.RunnerUp == "" {
		return said + "; no other layout fits"
	}
	return fmt.Sprintf("%s; next best %s with %d", said, in.RunnerUp, in.SecondScore)
}

func (f *Facts) hasNotes() bool {
	return slices.ContainsFunc(f.inputs(), func(in InputSummary) bool { return len(in.Notes) > 0 })
}
