package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"time"

	"reconcile/internal/casebook"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/period"
	"reconcile/internal/report"
	"reconcile/internal/source"
	"reconcile/internal/statute"
)

// A gathering is the facts of a run while they come together.
type gathering struct {
	in     Input
	key    []byte // of account fingerprints; nil: none are made
	facts  report.Facts
	stages []report.Stage

	remittances []payment.Remittance
	idle        []string // patterns of ledger.per_file that choose no file
	invoices    []payment.Invoice
	master      *party.Master // nil where there is none

	memory *foldcache.Cache // of what the logs said on earlier nights
	gone   []string         // what a person must be told of logs that are not what they were
	forgot string           // a log that a rebuild has forgotten; empty where there is none

	missing payment.Known // what earlier runs knew of payments and the logs no longer say
	lost    string        // that it is missing, for a person; empty where nothing is, or two people released it

	written map[string]time.Time // by ledger file: when it was written

	before    *casebook.Snapshot // what the run before knew of exceptions; nil where there is none to compare with
	beforeID  string             // and its id
	cases     []byte             // the same for the next run
	overtaken bool               // there is a report of a later business date
	book      *notebook          // what controllers have said
	told      []string           // what a person must be told of their notes

	till         *till         // our own payments; nil where there are none
	pays         *payrun       // what this run did about payments; nil where nothing
	plan         *report.Plan  // what it proposed; nil where nothing
	autoApproved bool          // the program approved it by itself
	locked       *period.Event // the closed period that the business date lies in; nil where it may pay
	lateGone     error         // why it cannot be told what came after the last closing
	failed       error         // why paying ended before its end; the report is written all the same
}

// idleRemedy is what to do about a pattern that chooses nothing.
const idleRemedy = "correct the pattern, or take it out"

// gather loads the ledgers and the logs, matches them, and says what is due. It
// writes nothing.
func gather(ctx context.Context, in Input, key []byte, t *till) (*gathering, error) {
	g := &gathering{in: in, key: key, till: t}
	c := in.Config
	g.facts = report.Facts{AsOf: in.AsOf, Kind: in.Kind, Buyers: c.Buyers, Version: in.Version, Settings: settings(c)}
	for _, r := range c.Statute.BankRates {
		g.facts.BankRates = append(g.facts.BankRates, statute.BankRate{From: r.From, Rate: r.Rate, Source: "entered in the configuration"})
	}

	// Both are looked for before either is read: who has two things to mend
	// should hear of both.
	ledgers, err1 := source.Find(c.Dir, c.Ledger.Files)
	logs, err2 := source.Find(c.Dir, c.Events.Files)
	suppliers, err3 := g.suppliers(ctx)
	if err := errors.Join(name(err1, "ledger.files"), name(err2, "events.files"), err3); err != nil {
		return nil, err
	}
	g.written = make(map[string]time.Time, len(ledgers))
	for _, f := range ledgers {
		g.written[f.Path()] = f.Modified()
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"ledger", func() error { return g.ledger(ctx, ledgers, suppliers) }},
		{"events", func() error { return g.events(ctx, logs) }},
		{"match", func() error { return g.match() }},
	}
	for _, step := range steps {
		begun := in.Now()
		if err := step.do(); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("stopped after %s: %w", step.name, err)
		}
		g.stages = append(g.stages, report.Stage{Name: step.name, MS: in.Now().Sub(begun).Milliseconds()})
	}
	return g, nil
}

// name says which setting an input was looked for by.
func name(err error, setting string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", setting, err)
}

// suppliers reads the supplier master; nil where none is configured.
func (g *gathering) suppliers(ctx context.Context) (*party.Master, error) {
	pattern := g.in.Config.Ledger.Suppliers
	if pattern == "" {
		return nil, nil
	}
	found, err := source.Find(g.in.Config.Dir, []string{pattern})
	if err != nil {
		return nil, name(err, "ledger.suppliers")
	}
	if len(found) > 1 {
		return nil, withCode(ExitConfig, fmt.Errorf("ledger.suppliers: %q matches %d files, and there is one supplier master; name it", pattern, len(found)))
	}
	data, stat, err := found[0].ReadAll(source.MaxTable)
	if err != nil {
		return nil, name(err, "ledger.suppliers")
	}
	file, err := party.ReadMaster(ctx, found[0].Path(), data, g.key)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("reading the supplier master: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, withCode(ExitCorrupt, name(err, "ledger.suppliers"))
	}
	// Its lines tie as those of a ledger do, and what could not be read stands
	// in the same list: an invoice without a supplier has its reason there.
	g.facts.Suppliers = &ledger.Input{
		Path: found[0].Path(), SHA256: stat.SHA256, Bytes: stat.Bytes, Layout: "supplier master",
		Rows: file.Rows, Accepted: file.Accepted, Quarantined: file.Quarantined, Notes: file.Notes,
	}
	if file.Blank > 0 {
		g.facts.Suppliers.Skipped = []ledger.Skipped{{Reason: "blank", Rows: file.Blank}}
	}
	g.facts.SupplierProblems = file.Problems
	g.in.log().Info("supplier master read", "stage", "suppliers", "rows", file.Rows, "accepted", file.Accepted, "quarantined", file.Quarantined)
	return file.Master, nil
}

// ledger reads the books.
func (g *gathering) ledger(ctx context.Context, files []source.Ref, suppliers *party.Master) error {
	o := ledgerOptions(g.in.Config)
	o.Suppliers, o.FingerprintKey = suppliers, g.key
	g.master, g.facts.Master = suppliers, suppliers
	var err error
	if o.PerFile, g.idle, err = perFile(g.in.Config, files); err != nil {
		return err
	}
	for _, text := range g.idle {
		g.in.log().Warn(text + "; " + idleRemedy)
	}
	o.Progress = func(done, total int64) { g.in.progress("bytes of ledgers", done, total) }
	book, err := ledger.Read(ctx, files, o)
	if err != nil {
		return err
	}
	g.facts.Ledger = book
	accepted, rows, quarantined := 0, 0, 0
	for _, in := range book.Inputs {
		rows, accepted, quarantined = rows+in.Rows, accepted+in.Accepted, quarantined+in.Quarantined
	}
	if accepted != len(book.Items) {
		return fault("the ledger reader accepted %d rows and handed over %d items", accepted, len(book.Items))
	}
	g.in.log().Info("ledgers read", "files", len(book.Inputs), "rows", rows, "accepted", accepted,
		"quarantined", quarantined, "gross", total(book.Items).String(), "stage", "ledger")
	return nil
}

// events reads the logs and folds them.
func (g *gathering) events(ctx context.Context, files []source.Ref) error {
	var read int64
	whole := unpackedSize(files)
	log, err := g.readLogs(ctx, files, enkash.LogOptions{
		Buyers: g.in.Config.Buyers, Zone: g.in.Config.Timezone,
		Own: g.till.ownAfter, Keep: g.till.ids(),
		Progress: func(bytes int64) { read += bytes; g.in.progress("bytes of events", read, whole) },
	})
	if err != nil {
		return err
	}
	g.facts.Logs, g.facts.LogProblems, g.remittances, g.invoices = log.Inputs, log.Problems, log.Remittances, log.Invoices
	g.noteGone(log)
	g.till.settled(g.remittances)
	bodies, quarantined, lines := 0, 0, 0
	var net money.Paise
	for _, in := range log.Inputs {
		bodies, quarantined = bodies+in.Bodies, quarantined+in.Quarantined
	}
	for i := range log.Remittances {
		lines += len(log.Remittances[i].Lines)
		for _, l := range log.Remittances[i].Lines {
			net += l.Net
		}
	}
	g.in.log().Info("events read", "files", len(log.Inputs), "bodies", bodies, "quarantined", quarantined,
		"payments", len(log.Remittances), "lines", lines, "net", net.String(), "stage", "events")
	return nil
}

// match brings both together. Match has proved its result, and it is compared
// once more with what the readers claimed.
func (g *gathering) match() error {
	result, err := matcher.Match(g.facts.Ledger.Items, g.remittances, rules(g.in.Config, g.in.AsOf))
	if err != nil {
		return withCode(ExitFault, err)
	}
	if len(result.Items) != len(g.facts.Ledger.Items) {
		return fault("%d items were read and %d matched", len(g.facts.Ledger.Items), len(result.Items))
	}
	g.facts.Result = result
	breaks := 0
	var paid money.Paise
	for i := range result.Items {
		breaks += len(result.Items[i].Breaks)
		paid += result.Items[i].CashPaid
	}
	for i := range result.Lines {
		breaks += len(result.Lines[i].Breaks)
	}
	g.in.log().Info("matched", "items", len(result.Items), "lines", len(result.Lines), "breaks", breaks, "cash_paid", paid.String(), "stage", "match")
	return nil
}

// rules are the settings of the matcher.
func rules(c *config.Config, asOf day.Date) matcher.Rules {
	m := c.Matching
	return matcher.Rules{
		AsOf: asOf, Tolerance: m.AmountTolerance, CoversFrom: m.CoversFrom, CoversModes: m.CoversModes,
		OutcomeWithin: m.OutcomeWithin, ConfirmationWithin: m.ConfirmationWithin, PostingWithin: m.PostingWithin,
		LeadDays: c.Payments.LeadDays,
	}
}

// paymentType is that of a proposal; the zero Type proposes nothing.
func paymentType(c *config.Config) payment.Type {
	if c.Payments.Mode == config.ModeOff {
		return 0
	}
	return map[string]payment.Type{"ONPLATFORM": payment.OnPlatform, "OFFPLATFORM": payment.OffPlatform}[c.Payments.Type]
}

func settings(c *config.Config) []report.Setting {
	all := c.Settings()
	shown := make([]report.Setting, len(all))
	for i, s := range all {
		shown[i] = report.Setting(s)
	}
	return shown
}

func total(items []ledger.Item) (sum money.Paise) {
	for i := range items {
		sum += items[i].Gross
	}
	return sum
}

// fault is an error of this program, found by itself.
func fault(format string, args ...any) error {
	return &ExitError{ExitFault, fmt.Errorf(format+"; this is a fault of the program, please report it", args...)}
}

func (in Input) log() *slog.Logger {
	if in.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return in.Log
}

func (in Input) progress(what string, done, total int64) {
	if in.Progress != nil {
		in.Progress(what, done, total)
	}
}

// unpackedSize returns how many bytes the files are, 0 where one is compressed
// and nobody knows before it was read.
func unpackedSize(files []source.Ref) int64 {
	var sum int64
	for _, f := range files {
		switch path.Ext(f.Path()) {
		case ".gz", ".zst":
			return 0
		}
		sum += f.Size()
	}
	return sum
}

// since returns milliseconds.
func (in Input) since(begun time.Time) int64 { return in.Now().Sub(begun).Milliseconds() }
