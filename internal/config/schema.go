package config

import (
	"strings"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// A key is one line of the schema. Exactly one of its last five fields is set.
type key struct {
	name    string
	path    string // from the top, joined by "."; filled in by flatten
	keys    []key  // a section
	value   value  // one value
	list    *[]string
	entries func(n int) [][]key // n sections in a list; returns the keys of each
	shown   func() string       // of entries
}

// schema binds every key of the file to its field of c. Its order is the order
// of the printed settings.
func schema(c *Config) []key {
	return []key{
		{name: "buyers", entries: c.makeBuyers, shown: c.showBuyers},
		{name: "timezone", value: zone{&c.Timezone}},
		{name: "ledger", keys: []key{
			{name: "files", list: &c.Ledger.Files},
			{name: "preset", value: text{&c.Ledger.Preset}},
			{name: "columns", keys: columnKeys(c)},
			{name: "suppliers", value: text{&c.Ledger.Suppliers}},
			{name: "dates", value: word{&c.Ledger.Dates, []string{"auto", "day-first", "month-first"}}},
			{name: "decimal", value: word{&c.Ledger.Decimal, []string{"auto", "point", "comma"}}},
			{name: "owed", value: word{&c.Ledger.Owed, []string{"auto", "positive", "negative"}}},
		}},
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
		{name: "payments", keys: []key{
			{name: "mode", value: word{&c.Payments.Mode, []string{ModeOff, ModePropose, ModeAuto}}},
			{name: "type", value: word{&c.Payments.Type, []string{"ONPLATFORM", "OFFPLATFORM"}}},
			{name: "mode_of_payment", value: modeOfPayment{&c.Payments.ModeOfPayment}},
			{name: "lead_days", value: count{&c.Payments.LeadDays, 0, 365}},
			{name: "auto_limit", value: amount{&c.Payments.AutoLimit}},
			{name: "max_invoices", value: count{&c.Payments.MaxInvoices, 1, 50}},
			{name: "valid_for", value: duration{&c.Payments.ValidFor, time.Second, 366 * 24 * time.Hour}},
		}},
		{name: "enkash", keys: []key{
			{name: "base_url", value: baseURL{&c.EnKash.BaseURL}},
			{name: "timeout", value: duration{&c.EnKash.Timeout, time.Second, 10 * time.Minute}},
			{name: "token_file", value: secretFile{&c.EnKash.Token, c, new(string)}},
			{name: "device", keys: []key{
				{name: "name", value: text{&c.EnKash.DeviceName}},
				{name: "value", value: text{&c.EnKash.DeviceValue}},
			}},
		}},
		{name: "store", value: text{&c.Store}},
		{name: "output", value: text{&c.Output}},
		{name: "mail", keys: []key{
			{name: "to", list: &c.Mail.To},
			{name: "from", value: text{&c.Mail.From}},
			{name: "smtp", value: smtpURL{&c.Mail.SMTP}},
			{name: "username", value: text{&c.Mail.Username}},
			{name: "password_file", value: secretFile{&c.Mail.Password, c, new(string)}},
		}},
		{name: "schedule", keys: []key{
			{name: "cron", value: cronLine{&c.Schedule.Cron}},
			{name: "business_date", value: word{&c.Schedule.BusinessDate, []string{"today", "previous"}}},
		}},
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
		"part", "hold", "msme", "po_number",
		"document_number", "document_id", "document_status", "line_item",
		"debit_credit", "debit_amount", "credit_amount",
	}
}

func columnKeys(c *Config) []key {
	var keys []key
	for _, name := range Columns() {
		keys = append(keys, key{name: name, value: column{c.Ledger.Columns, name}})
	}
	return keys
}

func (c *Config) makeBuyers(n int) [][]key {
	c.Buyers = make([]party.Buyer, n)
	entries := make([][]key, n)
	for i := range c.Buyers {
		b := &c.Buyers[i]
		entries[i] = []key{
			{name: "b2b_id", value: b2bID{&b.B2BID}},
			{name: "gstin", value: gstin{&b.GSTIN}},
			{name: "name", value: text{&b.Name}},
		}
	}
	return entries
}

func (c *Config) showBuyers() string {
	var all []string
	for _, b := range c.Buyers {
		all = append(all, strings.TrimSpace(b.B2BID+" "+b.GSTIN))
	}
	return strings.Join(all, ", ")
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
		Ledger:   Ledger{Preset: "auto", Dates: "auto", Decimal: "auto", Owed: "auto", Columns: map[string]string{}},
		Matching: Matching{
			AmountTolerance: money.Paise(100), CoversFrom: day.Date(0),
			OutcomeWithin: 2, ConfirmationWithin: 7,
		},
		Payments: Payments{Mode: ModeOff, ModeOfPayment: "ACCOUNT TRANSFER", MaxInvoices: 1, ValidFor: 72 * time.Hour},
		EnKash:   EnKash{Timeout: 60 * time.Second, DeviceName: "GEOCODE"},
		Store:    "state/",
		Output:   "reports/",
		Schedule: Schedule{BusinessDate: "previous"},
	}
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
		return strings.Join(*k.list, ", "), true
	case k.shown != nil:
		return k.shown(), true
	}
	text := k.value.String()
	if _, isColumn := k.value.(column); isColumn && text == "" {
		return "", false
	}
	return text, true
}
