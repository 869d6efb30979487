package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/money"
)

// The values of Payments.Mode: what this program does about payments by itself.
const (
	ModeOff     = "off"
	ModePropose = "propose"
	ModeAuto    = "auto"
)

// The values of the other words of Payments.
const (
	FilesLeaveOut = "leave-out" // QuarantinedFiles: nothing of such a file is proposed
	FilesPropose  = "propose"

	InvoiceKnown    = "known" // PlatformInvoice: pay what the platform does not know, and respect what it does
	InvoiceRequired = "required"
	InvoiceIgnored  = "ignored"

	SameLedgerRefuse = "refuse"
	SameLedgerAllow  = "allow"
)

// Payments says what is done about items that are due.
type Payments struct {
	// Mode is off where the section is absent, and propose where the section is
	// there without a mode. auto approves a proposal whose total is at most
	// AutoLimit.
	Mode string

	// Type is ONPLATFORM (the platform moves the money) or OFFPLATFORM (the money
	// has moved). Required unless Mode is off; there is no default, because the
	// wrong one pays a second time.
	Type string

	// ModeOfPayment is one of the eleven of the Pay Invoice API; ACCOUNT TRANSFER
	// when absent.
	ModeOfPayment string

	LeadDays    int           // days before its due date that an item may be paid; 0 to 365, 0 when absent
	AutoLimit   money.Paise   // see Mode; 0.00 when absent, which approves nothing
	MaxInvoices int           // invoices in one request, 1 to 50; 1 when absent
	ValidFor    time.Duration // of a proposal, 1s to 30 days; 72h when absent

	// Maker is whom the plans of `run` name as their maker; "reconcile" when
	// absent. It may be none of the approvers: they could decide about no plan.
	Maker string

	// Approvers may decide; none when absent. Each is another person: names, keys
	// and logins are all different.
	Approvers approval.Approvers

	// Approvals says how many approvers a plan needs by its total, in ascending
	// bands; one for any total when absent. A total above the last band, where
	// that has a limit, can be approved by nobody.
	Approvals []approval.Band

	// Caps are the most cash that may leave; what is above stays in the proposal
	// as left out.
	Caps Caps

	// Minimum is the smallest amount that is paid; 0.00 when absent, which pays
	// any. One too large lets small invoices become overdue.
	Minimum money.Paise

	// NetCredits sets a supplier's open credits off against what it is paid;
	// false when absent: then a supplier with an open credit is left out.
	NetCredits bool

	// QuarantinedFiles says what becomes of the good rows of a ledger file with
	// rows in quarantine: FilesLeaveOut when absent. FilesPropose may pay an
	// invoice whose credit note could not be read.
	QuarantinedFiles string

	// Outside lets OFFPLATFORM report also what the books say was paid before
	// covers_from or by a mode that the log does not cover; false when absent.
	Outside bool

	// PlatformInvoice says what the platform must know of an invoice: InvoiceKnown
	// when absent. InvoiceRequired pays only what it knows; InvoiceIgnored does not
	// look, and may pay what was rejected there or replaced by another version.
	PlatformInvoice string

	// LedgerMaxAge is how old the books may be when something is paid from them;
	// 36h when absent, 0 for no limit. Old books call due what was paid since.
	LedgerMaxAge time.Duration

	// SameLedger says whether a ledger file from which something was paid may be
	// paid from again: SameLedgerRefuse when absent.
	SameLedger string

	// SecondAttemptAfter is how long after a failure a second payment waits, and
	// ResolveAfter how long after its deadline a payment may be settled by
	// people; 24h each, and never less: a webhook may still come.
	SecondAttemptAfter, ResolveAfter time.Duration

	// SideLog is the file with the journal's steps outside the store, so that a
	// restored store is found out; the store's name with "-side/steps.jsonl" when
	// absent. It may not be in the store, and is best on another disk.
	SideLog string
}

// Caps are limits in rupees of cash; 0.00, which is none, when absent.
type Caps struct {
	Invoice  money.Paise // for one invoice
	Supplier money.Paise // to one supplier in one plan
	Run      money.Paise // in one plan
	Day      money.Paise // sent in one day, whichever plan it is of
}

func defaultPayments() Payments {
	return Payments{
		Mode: ModeOff, ModeOfPayment: "ACCOUNT TRANSFER", MaxInvoices: 1, ValidFor: 72 * time.Hour,
		Maker: "reconcile", QuarantinedFiles: FilesLeaveOut, PlatformInvoice: InvoiceKnown,
		LedgerMaxAge: 36 * time.Hour, SameLedger: SameLedgerRefuse,
		SecondAttemptAfter: 24 * time.Hour, ResolveAfter: 24 * time.Hour,
	}
}

// aYear is the most that anything may be asked to wait.
const aYear = 366 * 24 * time.Hour

func (p *Payments) keys() []key {
	return []key{
		{name: "mode", value: word{&p.Mode, []string{ModeOff, ModePropose, ModeAuto}}},
		{name: "type", value: word{&p.Type, []string{"ONPLATFORM", "OFFPLATFORM"}}},
		{name: "mode_of_payment", value: modeOfPayment{&p.ModeOfPayment}},
		{name: "lead_days", value: count{&p.LeadDays, 0, 365}},
		{name: "auto_limit", value: amount{&p.AutoLimit}},
		{name: "max_invoices", value: count{&p.MaxInvoices, 1, 50}},
		{name: "valid_for", value: duration{&p.ValidFor, time.Second, 30 * 24 * time.Hour}},
		{name: "maker", value: text{&p.Maker}},
		{name: "approvers", entries: p.makeApprovers, shown: p.showApprovers},
		{name: "approvals", entries: p.makeBands, shown: p.showBands},
		{name: "caps", keys: []key{
			{name: "invoice", value: amount{&p.Caps.Invoice}},
			{name: "supplier", value: amount{&p.Caps.Supplier}},
			{name: "run", value: amount{&p.Caps.Run}},
			{name: "day", value: amount{&p.Caps.Day}},
		}},
		{name: "minimum", value: amount{&p.Minimum}},
		{name: "net_credits", value: boolean{&p.NetCredits}},
		{name: "quarantined_files", value: word{&p.QuarantinedFiles, []string{FilesLeaveOut, FilesPropose}}},
		{name: "outside", value: boolean{&p.Outside}},
		{name: "platform_invoice", value: word{&p.PlatformInvoice, []string{InvoiceKnown, InvoiceRequired, InvoiceIgnored}}},
		{name: "ledger_max_age", value: duration{&p.LedgerMaxAge, 0, aYear}},
		{name: "same_ledger", value: word{&p.SameLedger, []string{SameLedgerRefuse, SameLedgerAllow}}},
		{name: "second_attempt_after", value: duration{&p.SecondAttemptAfter, 24 * time.Hour, aYear}},
		{name: "resolve_after", value: duration{&p.ResolveAfter, 24 * time.Hour, aYear}},
		{name: "side_log", value: text{&p.SideLog}},
	}
}

// A person is the name of an approver, as statements may carry it.
type person struct{ to *string }

func (v person) String() string { return *v.to }
func (v person) Set(s string) error {
	if err := approval.ValidName(s); err != nil {
		return err
	}
	*v.to = s
	return nil
}

type publicKey struct{ to *approval.PublicKey }

func (v publicKey) String() string { return v.to.String() }
func (v publicKey) Set(s string) (err error) {
	*v.to, err = approval.ParsePublicKey(s)
	return err
}

func (p *Payments) makeApprovers(n int) [][]key {
	p.Approvers = make(approval.Approvers, n)
	entries := make([][]key, n)
	for i := range p.Approvers {
		a := &p.Approvers[i]
		entries[i] = []key{
			{name: "name", value: person{&a.Name}},
			{name: "key", value: publicKey{&a.Key}},
			{name: "logins", list: &a.Logins},
		}
	}
	return entries
}

// showApprovers names each with all that tells who it is.
func (p *Payments) showApprovers() string {
	all := make([]string, len(p.Approvers))
	for i, a := range p.Approvers {
		all[i] = strings.Join(append([]string{a.Name, a.Key.String()}, a.Logins...), " ")
	}
	return strings.Join(all, ", ")
}

func (p *Payments) makeBands(n int) [][]key {
	p.Approvals = make([]approval.Band, n)
	entries := make([][]key, n)
	for i := range p.Approvals {
		b := &p.Approvals[i]
		entries[i] = []key{
			{name: "up_to", value: bandLimit{&b.UpTo}},
			{name: "need", value: count{&b.Need, 1, approval.MaxNeed}},
		}
	}
	return entries
}

func (p *Payments) showBands() string {
	all := make([]string, len(p.Approvals))
	for i, b := range p.Approvals {
		all[i] = fmt.Sprintf("up to %s: %d", b.UpTo, b.Need)
		if b.UpTo == 0 {
			all[i] = fmt.Sprintf("any: %d", b.Need)
		}
	}
	return strings.Join(all, ", ")
}

// A bandLimit is an amount above zero, for 0 stands for none.
type bandLimit struct{ to *money.Paise }

func (v bandLimit) String() string { return v.to.String() }
func (v bandLimit) Set(s string) error {
	err := amount(v).Set(s)
	if err == nil && *v.to == 0 {
		err = errors.New("expected rupees above zero; leave up_to out of the last band for any amount")
	}
	return err
}

// payments checks what no single value of the section can show.
func (l *loader) payments(p *Payments) {
	if p.SideLog == "" {
		p.SideLog = strings.TrimRight(filepath.Clean(l.config.Store), "/") + "-side/steps.jsonl"
	}
	if inside(l.config.Path(p.SideLog), l.config.Path(l.config.Store)) {
		l.about("payments.side_log", checkValue, "put it into another folder, best on another disk",
			"payments.side_log %q is in the store, and would be restored together with it", p.SideLog)
	}
	if !l.given("payments") {
		return
	}
	if !l.given("payments.mode") {
		p.Mode = ModePropose
	}
	if p.Mode != ModeOff {
		l.require(p.Type != "", "payments.type", "say ONPLATFORM (the platform moves the money) or OFFPLATFORM (it has moved already); there is no default")
	}
	l.approvers(p)
	l.bands(p)
}

// inside tells whether an absolute path is a folder or lies in it.
func inside(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// approvers checks that each of them is somebody, and no two the same.
func (l *loader) approvers(p *Payments) {
	for i, a := range p.Approvers {
		path := fmt.Sprintf("payments.approvers[%d]", i)
		named, keyed := l.given(path+".name"), l.given(path+".key")
		l.require(named, path+".name", "give the name under which this person decides")
		l.require(keyed, path+".key", "let this person run `reconcile keygen` and give the key that it prints")
		if a.Name == "" || a.Key == (approval.PublicKey{}) {
			continue // a fault of its own, and nobody to compare
		}
		for _, b := range p.Approvers[:i] {
			if b.Name != "" && b.Key != (approval.PublicKey{}) && approval.SamePerson(a, b) {
				l.about(path, checkDuplicate, "give each person one entry, with all logins in it",
					"the approvers %q and %q share a name, a key or a login, and two approvers must be two people", b.Name, a.Name)
				break
			}
		}
		if approval.MayDecide(a, p.Maker) != nil {
			l.about(path, checkValue, "name the service account as payments.maker, and only people as approvers",
				"the approver %q is also payments.maker, %q, and could decide about no plan", a.Name, p.Maker)
		}
	}
}

// bands checks that the bands ascend and can be met.
func (l *loader) bands(p *Payments) {
	for i, b := range p.Approvals {
		path := fmt.Sprintf("payments.approvals[%d]", i)
		l.require(l.given(path+".need"), path+".need", "say how many approvers this band needs")
		if b.Need > len(p.Approvers) {
			l.about(path+".need", checkValue, "add approvers, or need fewer", "%s is %d, and there are %d payments.approvers", path+".need", b.Need, len(p.Approvers))
		}
		if !l.given(path+".up_to") && i < len(p.Approvals)-1 {
			l.about(path, checkRequired, "give its up_to; only the last band may go without", "%s.up_to is missing", path)
		}
		if i == 0 {
			continue
		}
		before := p.Approvals[i-1]
		if b.UpTo != 0 && before.UpTo != 0 && b.UpTo <= before.UpTo {
			l.about(path+".up_to", checkValue, "write the bands in ascending order", "%s.up_to is %s, not above the %s of the band before", path, b.UpTo, before.UpTo)
		}
		if b.Need != 0 && b.Need < before.Need {
			l.about(path+".need", checkValue, "let a larger amount need at least as many", "%s.need is %d, fewer than the %d of the band before", path, b.Need, before.Need)
		}
	}
}
