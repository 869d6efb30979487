package config

import (
	"slices"
	"strings"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// A key is one line of the schema. Exactly one of keys, value, list, entries and
// pairs is set.
type key struct {
	name    string
	path    string // from the top, joined by "."; filled in by flatten
	keys    []key  // a section
	value   value  // one value
	list    *[]string
	each    func(string) error  // of list, where more is asked of an entry than to be a text
	entries func(n int) [][]key // n sections in a list; returns the keys of each
	pairs   map[string]string   // a section of words that the user chooses, each with one of some
	some    []string
	shown   func() string // of entries and pairs
	silent  bool          // it is not printed where it is empty
}

// schema binds every key of the file to its field of c. Its order is the order
// of the printed settings.
func schema(c *Config) []key {
	return []key{
		{name: "buyers", entries: registrations(&c.Buyers), shown: showRegistrations(&c.Buyers)},
		{name: "timezone", value: zone{&c.Timezone}},
		{name: "ledger", keys: ledgerKeys(&c.Ledger)},
		{name: "events", keys: []key{
			{name: "files", list: &c.Events.Files},
		}},
		{name: "matching", keys: []key{
			{name: "amount_tolerance", value: amount{&c.Matching.AmountTolerance}},
			{name: "covers_from", value: date{&c.Matching.CoversFrom}},
			{name: "covers_modes", list: &c.Matching.CoversModes},
			{name: "outcome_within", value: count{&c.Matching.OutcomeWithin, 0, 3660}},
			{name: "confirmation_within", value: count{&c.Matching.ConfirmationWithin, 0, 3660}},
			{name: "posting_within", value: count{&c.Matching.PostingWithin, 0, 3660}},
		}},
		{name: "payments", keys: c.Payments.keys()},
		{name: "enkash", keys: c.EnKash.keys(c)},
		{name: "supplier", entries: registrations(&c.Supplier), shown: showRegistrations(&c.Supplier)},
		{name: "receivables", keys: ledgerKeys(&c.Receivables)},
		{name: "store", value: text{&c.Store}},
		{name: "output", value: text{&c.Output}},
		{name: "mail", keys: []key{
			{name: "to", list: &c.Mail.To},
			{name: "act", list: &c.Mail.Act, silent: true},
			{name: "from", value: text{&c.Mail.From}},
			{name: "smtp", value: smtpURL{&c.Mail.SMTP}},
			{name: "tls", value: word{&c.Mail.TLS, []string{"mandatory", "opportunistic", "none"}}, silent: true},
			{name: "username", value: text{&c.Mail.Username}},
			{name: "password_file", value: secretFile{&c.Mail.Password, c, new(string)}},
			{name: "max_bytes", value: size{&c.Mail.MaxBytes, maxAttached}, silent: true},
		}},
		{name: "notes", keys: c.Notes.keys()},
		{name: "postings", keys: c.Postings.keys()},
		{name: "statute", keys: c.Statute.keys()},
		{name: "schedule", keys: c.Schedule.keys()},
		{name: "metrics", keys: c.Metrics.keys()},
		{name: "ping", keys: c.Ping.keys(c)},
		{name: "listen", keys: c.Listen.keys(c)},
		{name: "backup", keys: c.Backup.keys()},
		{name: "keep", keys: c.Keep.keys()},
	}
}

// Columns lists the columns of a ledger, which are the keys of ledger.columns:
// the canonical ones, and those that only the layouts of other systems have.
func Columns() []string {
	return []string{
		"buyer_b2b_id", "buyer_gstin",
		"supplier_b2b_id", "supplier_code", "supplier_name", "supplier_gstin",
		"supplier_invoice_number", "document_type",
		"invoice_object_id", "object_version", "invoice_status",
		"invoice_date", "acceptance_date", "due_date", "currency",
		"taxable_amount", "invoice_amount", "tds_amount", "adjustment_amount", "paid_amount", "due_amount",
		"utr", "payment_date", "payment_mode",
		"account_number", "ifsc", "beneficiary_name", "vpa",
		"part", "hold", "msme", "po_number", "payment_id",
		"document_number", "document_id", "document_status", "line_item",
		"debit_credit", "debit_amount", "credit_amount",
	}
}

// ledgerKeys are those of a section that says where books are and how to read
// them.
func ledgerKeys(l *Ledger) []key {
	keys := append([]key{{name: "files", list: &l.Files}},
		readingKeys(&l.Preset, &l.Dates, &l.Decimal, &l.Owed, l.Columns, l.DocumentTypes)...)
	keys = slices.Insert(keys, 3, key{name: "suppliers", value: text{&l.Suppliers}})
	return append(keys, key{name: "per_file", entries: l.makePerFile, shown: l.showPerFile, silent: true})
}

// registrations returns what makes a list of registrations of ours, and the keys
// of each.
func registrations(to *[]party.Buyer) func(n int) [][]key {
	return func(n int) [][]key {
		*to = make([]party.Buyer, n)
		entries := make([][]key, n)
		for i := range *to {
			b := &(*to)[i]
			entries[i] = []key{
				{name: "b2b_id", value: b2bID{&b.B2BID}},
				{name: "gstin", value: gstin{&b.GSTIN}},
				{name: "name", value: text{&b.Name}},
			}
		}
		return entries
	}
}

func showRegistrations(of *[]party.Buyer) func() string {
	return func() string {
		var all []string
		for _, b := range *of {
			all = append(all, strings.TrimSpace(b.B2BID+" "+b.GSTIN))
		}
		return strings.Join(all, ", ")
	}
}

// defaults returns what is in force where the file says nothing.
func defaults() *Config {
	india, err := time.LoadLocation(defaultZone)
	if err != nil {
		// The zones are those of the machine; where it has none, India is still
		// five and a half hours ahead, all year round since 1945.
		india = time.FixedZone(defaultZone, 5*3600+1800)
	}
	return &Config{
		Timezone: india,
		Ledger:   defaultLedger(),
		Matching: Matching{
			AmountTolerance: money.Paise(100), CoversFrom: day.Date(0),
			OutcomeWithin: 2, ConfirmationWithin: 7,
		},
		Payments:    defaultPayments(),
		EnKash:      defaultEnKash(),
		Receivables: defaultLedger(),
		Store:       "state/",
		Output:      "reports/",
		Notes:       defaultNotes(),
		Schedule:    defaultSchedule(),
		Listen:      defaultListen(),
		Backup:      defaultBackup(),
	}
}

func defaultLedger() Ledger {
	return Ledger{Preset: "auto", Dates: "auto", Decimal: "auto", Owed: "auto", Columns: map[string]string{}, DocumentTypes: map[string]string{}}
}

const defaultZone = "Asia/Kolkata"

// flatten lists the keys that hold something, each with its path.
func flatten(prefix string, keys []key) []key {
	var flat []key
	for _, k := range keys {
		k.path = prefix + k.name
		if k.keys != nil {
			flat = append(flat, flatten(k.path+".", k.keys)...)
			continue
		}
		flat = append(flat, k)
	}
	return flat
}

// print returns the value of a key as it stands in a report, and false for a
// column that was not mapped.
func (k key) print() (string, bool) {
	switch {
	case k.list != nil:
		return strings.Join(*k.list, ", "), len(*k.list) > 0 || !k.silent
	case k.shown != nil:
		text := k.shown()
		return text, text != "" || !k.silent
	}
	text := k.value.String()
	if _, isColumn := k.value.(column); isColumn && text == "" {
		return "", false
	}
	return text, text != "" || !k.silent
}
