package job

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/submit"
)

// A bookRow is what one row says, by column.
type bookRow map[string]string

func (r bookRow) with(changes bookRow) bookRow {
	all := maps.Clone(r)
	maps.Copy(all, changes)
	return all
}

// books writes the ledger.
func (d *desk) books(rows ...bookRow) {
	d.t.Helper()
	columns := []string{"supplier_b2b_id", "supplier_name", "supplier_invoice_number", "invoice_date", "due_date", "invoice_amount",
		"tds_amount", "adjustment_amount", "paid_amount", "due_amount", "hold", "invoice_object_id", "object_version",
		"account_number", "ifsc", "beneficiary_name", "vpa", "payment_id", "utr", "payment_date"}
	text := strings.Join(columns, ",") + "\n"
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = r[column]
		}
		text += strings.Join(cells, ",") + "\n"
	}
	d.write("ledger/open.csv", text, 0o644)
}

// reconfigure replaces a text of the configuration.
func (d *desk) reconfigure(old, now string) {
	d.t.Helper()
	path := filepath.Join(d.dir, "reconcile.yaml")
	was, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if !strings.Contains(string(was), old) {
		d.t.Fatalf("the configuration has no %q", old)
	}
	d.write("reconcile.yaml", strings.Replace(string(was), old, now, 1), 0o600)
	if d.in.Config, err = config.Load(path, nil); err != nil {
		d.t.Fatal(err)
	}
}

// released has two people release where a supplier is paid by these books.
func (d *desk) released(rows ...bookRow) {
	d.t.Helper()
	d.books(rows...)
	d.run(KindPropose, "", Typed{}) // there is no journal before
	in := d.in
	in.AsOf = in.today()
	for _, key := range d.keys {
		if _, err := Decide(d.t.Context(), in, Decision{Verb: approval.Release, Subject: rows[0]["supplier_b2b_id"], Reason: "telephoned", KeyFile: key}); err != nil {
			d.t.Fatal(err)
		}
	}
}

// toldInvoice is the line of a log in which we accept a version of invoice A/1.
func toldInvoice(id, version string) string {
	return `{"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"SUP1"},"invoiceConfirmation":{"objectId":"INV` + strings.Repeat("A", 31) + id + `",` +
		`"supplierInvoiceNumber":"A/1","objectVersion":{"currentVersion":` + version + `,"newVersion":` + version + `},` +
		`"statusTransition":{"currentStatus":"CREATED","newStatus":"CREATED"},"buyerResponse":"ACCEPT"}}` + "\n"
}

// twoBills are two due rows of two suppliers.
func twoBills() (first, second bookRow) {
	first = bookRow{"supplier_b2b_id": "SUP1", "supplier_name": "Shree Traders", "supplier_invoice_number": "A/1", "invoice_date": "2026-10-01",
		"due_date": "2026-10-31", "invoice_amount": "1180.00", "tds_amount": "0.00", "adjustment_amount": "0.00", "paid_amount": "0.00", "due_amount": "1180.00"}
	second = first.with(bookRow{"supplier_b2b_id": "SUP2", "supplier_name": "Bharat Paper", "supplier_invoice_number": "BP-77",
		"invoice_amount": "590.00", "due_amount": "590.00", "payment_id": "AP-2"})
	return first, second
}

// TestWhatChangedIsNotSent: two payments were approved, and before they are sent
// one thing about the first is another one. It is withdrawn, and the journal says
// why; the second is sent, so that it is for this one thing.
func TestWhatChangedIsNotSent(t *testing.T) {
	const (
		otherPayee   = "the account of the supplier is not the one that was approved"
		otherVersion = "the invoice is at version 2 now, and version 1 was approved"
		otherInvoice = "the platform's id of the invoice is not the one that was approved"
	)
	invoice := func(n string) bookRow { return bookRow{"invoice_object_id": "INV" + strings.Repeat("A", 31) + n} }
	account := func(number string) bookRow { return bookRow{"account_number": number, "ifsc": "HDFC0000001"} }
	for _, c := range []struct {
		name     string
		api      string  // req-pay where empty
		was, now bookRow // what the books say of the first besides the usual: when it was approved, and what of that is another one since
		gone     bool    // its row is in the books no more
		known    bool    // two people released the payee of now too
		log, add string  // what the log had, and what came since
		settings string  // in the place of the type of payment, since
		says     string  // empty where it is sent
		both     bool    // the other one is not sent either
	}{
		{name: "nothing"},
		{name: "a setting that moves no money", settings: "type: ONPLATFORM, lead_days: 3"},
		{name: "the row has left the books", gone: true, says: "it is no longer due"},
		{name: "the books have it as paid", now: bookRow{"paid_amount": "1180.00", "due_amount": "0.00"}, says: "it is no longer due"},
		{name: "a hold", now: bookRow{"hold": "goods returned"}, says: `the books say "goods returned"; settle that first [ON_HOLD]`},
		{name: "less cash", now: bookRow{"adjustment_amount": "180.00", "due_amount": "1000.00"}, says: "1000.00 is to be paid now, and 1180.00 was approved"},
		{name: "more cash", now: bookRow{"invoice_amount": "1280.00", "due_amount": "1280.00"}, says: "1280.00 is to be paid now, and 1180.00 was approved"},
		{name: "tax withheld besides the same cash", now: bookRow{"invoice_amount": "1190.00", "tds_amount": "10.00"}, says: "10.00 is settled without cash now, and 0.00 when it was approved"},

		{name: "an account that nobody knows", was: account("001122331234"), now: account("001122339999"), says: "[FIRST_PAYMENT]"},
		{name: "another account that is known", was: account("001122331234"), now: account("001122339999"), known: true, says: otherPayee},
		{name: "another account of the same last four digits", was: account("001122331234"), now: account("999922331234"), known: true, says: otherPayee},
		{name: "an account where there was none", now: account("001122331234"), known: true, says: otherPayee},
		{name: "no account where there was one", was: account("001122331234"), now: account(""), says: otherPayee},
		{name: "another IFSC", was: bookRow{"ifsc": "HDFC0000001"}, now: bookRow{"ifsc": "HDFC0000002"}, says: otherPayee},
		{name: "another VPA", was: bookRow{"vpa": "shree@okbank"}, now: bookRow{"vpa": "shree@other"}, known: true, says: otherPayee},
		{name: "another beneficiary", was: bookRow{"beneficiary_name": "SHREE TRADERS"}, now: bookRow{"beneficiary_name": "SHRI TRADERS"}, says: otherPayee},

		{name: "another mode", settings: "type: ONPLATFORM, mode_of_payment: NEFT", says: "it is to be paid by NEFT now, and ACCOUNT TRANSFER was approved", both: true},
		{name: "another type", settings: "type: OFFPLATFORM", says: "it is no longer due", both: true},
		{name: "another payment id", api: "payment", was: bookRow{"payment_id": "AP-1"}, now: bookRow{"payment_id": "AP-9"}, says: "the books have another payment id than the one that was approved"},

		{name: "the platform says the same again", log: toldInvoice("1", "1"), add: toldInvoice("1", "1")},
		{name: "a newer version on the platform, accepted", log: toldInvoice("1", "1"), add: toldInvoice("1", "2"), says: otherVersion},
		{name: "a newer version in the books", was: bookRow{"object_version": "1"}, now: bookRow{"object_version": "2"}, says: otherVersion},
		{name: "a newer version on the platform than in the books", was: bookRow{"object_version": "1"}, log: toldInvoice("1", "1"), add: toldInvoice("1", "2"), says: "[INVOICE_STALE]"},
		{name: "the platform has come to know it", add: toldInvoice("1", "1"), says: otherInvoice},
		{name: "another invoice of the platform", was: invoice("1"), now: invoice("2"), says: otherInvoice},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: "+cmp.Or(c.api, "req-pay"))
			first, second := twoBills()
			was := first.with(c.was)
			now := was.with(c.now)
			if was["invoice_object_id"] != "" { // where one row of a file has an id, all have
				second = second.with(invoice("9"))
			}
			if c.known {
				d.released(now, second)
			}
			if was["account_number"]+was["vpa"] != "" {
				d.released(was, second)
			}
			d.books(was, second)
			d.write("events/none.jsonl", c.log, 0o644)
			hash := d.approved()

			d.books(now, second)
			if c.gone {
				d.books(second)
			}
			d.write("events/none.jsonl", c.log+c.add, 0o644)
			if c.settings != "" {
				d.reconfigure("type: ONPLATFORM", c.settings)
			}
			done := d.run(KindSubmit, hash, Typed{})

			want := map[string]submit.State{"A/1": submit.Acked, "BP-77": submit.Acked}
			requests := 2
			if c.says != "" {
				want["A/1"], requests = submit.Void, 1
			}
			if c.both {
				want["BP-77"], requests = submit.Void, 0
			}
			if got := d.states(); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if n := len(d.server.Books().Requests); n != requests {
				t.Errorf("got %d requests, want %d", n, requests)
			}
			if c.says == "" {
				return
			}
			if why := d.entries()[0].Last.Text; !strings.Contains(why, "invoice A/1: ") || !strings.Contains(why, c.says) {
				t.Errorf("the journal says %q, want %q", why, c.says)
			}
			if !slices.ContainsFunc(done.Notices, func(n string) bool { return strings.Contains(n, "withdrawn") && strings.Contains(n, c.says) }) {
				t.Errorf("got the notices %q, want %q", done.Notices, c.says)
			}
		})
	}
}

// TestTwoPlansOfOnePayment: two nights proposed one payment, under one objectId, and
// its branch was corrected between them. Both plans were approved. What is sent is held
// to the plan that it is sent by, and not to the other.
func TestTwoPlansOfOnePayment(t *testing.T) {
	d := openDesk(t, nil)
	d.reconfigure("api: payment", "api: req-pay")
	first, second := twoBills()
	wrong, right := first.with(bookRow{"ifsc": "HDFC0000001"}), first.with(bookRow{"ifsc": "HDFC0000002"})
	d.books(wrong, second)
	done := d.run(KindPropose, "", Typed{})
	d.books(right, second)
	d.approved()
	if _, err := Decide(t.Context(), d.in, Decision{Verb: approval.Approve, Subject: done.Plan.Hash, KeyFile: d.keys[0]}); err != nil {
		t.Fatal(err)
	}
	d.run(KindRun, "", Typed{})
	for _, e := range d.entries() {
		if e.Sends > 0 && strings.Contains(string(e.Body), "HDFC0000001") {
			t.Errorf("it was sent to the branch that was wrong: %s", e.Body)
		}
	}
	if got, want := d.states(), (map[string]submit.State{"A/1": submit.Void, "BP-77": submit.Acked}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestApprovedForALaterDate: of two payments of one plan the first was due as of the
// plan's business date alone, and is sent by a run of an earlier one: what is
// approved is owed whatever the date of the run. What has changed is withdrawn all
// the same.
func TestApprovedForALaterDate(t *testing.T) {
	partPaid := strings.Repeat("0", 31) + "7"
	for _, c := range []struct {
		name       string
		kind       string
		plan, sent int     // days from today to the business date
		due        string  // of the first
		was, now   bookRow // what the books say of it besides
		log        string
		says       string // empty where it is sent
	}{
		{name: "a submit for the month's end", kind: KindSubmit, plan: 9, due: "2026-11-30"},
		{name: "a run for the month's end", kind: KindRun, plan: 9, due: "2026-11-30"},
		{name: "a night before midnight, as of the day before", kind: KindRun, sent: -1, due: "2026-11-21"},
		{name: "a later date", kind: KindRun, sent: 3, due: "2026-11-21"},
		{name: "the rest of what was paid in part", kind: KindRun, plan: 9, due: "2026-11-30", was: bookRow{"paid_amount": "500.00", "due_amount": "680.00"},
			log: `{"resp":{"result":"SUCCESS"},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"SUP1"},"payment":{"objectId":"PMT` + partPaid + `",` +
				`"ts":"2026-11-20T10:00:00+05:30","type":"ONPLATFORM","utr":"HDFCN52026112000000077","invoicesPayInfos":[{"supplierInvoiceNumber":"A/1",` +
				`"invoicePaymentAmount":{"netPaidAmount":500,"totalAmount":500}}]}}` + "\n"},
		{name: "a hold", kind: KindRun, plan: 9, due: "2026-11-30", now: bookRow{"hold": "goods returned"}, says: `the books say "goods returned"`},
		{name: "less cash", kind: KindRun, plan: 9, due: "2026-11-30", now: bookRow{"adjustment_amount": "180.00", "due_amount": "1000.00"}, says: "1000.00 is to be paid now, and 1180.00 was approved"},
		{name: "paid", kind: KindRun, plan: 9, due: "2026-11-30", now: bookRow{"paid_amount": "1180.00", "due_amount": "0.00"}, says: "it is no longer due"},
		{name: "put off", kind: KindRun, plan: 9, due: "2026-11-30", now: bookRow{"due_date": "2026-12-01"}, says: "it is no longer due"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: req-pay")
			first, second := twoBills()
			first = first.with(bookRow{"due_date": c.due}).with(c.was)
			d.books(first, second)
			d.write("events/none.jsonl", c.log, 0o644)
			d.ahead = c.plan
			hash := d.approved()

			d.books(first.with(c.now), second)
			d.ahead = c.sent
			d.run(c.kind, hash, Typed{})
			want := map[string]submit.State{"A/1": submit.Acked, "BP-77": submit.Acked}
			if c.says != "" {
				want["A/1"] = submit.Void
			}
			if got := d.states(); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if why := d.entries()[slices.IndexFunc(d.entries(), func(e submit.Entry) bool { return e.Allocations[0].Number == "A/1" })].Last.Text; !strings.Contains(why, c.says) {
				t.Errorf("the journal says %q, want %q", why, c.says)
			}
		})
	}
}

// TestApprovedForTwoDates: the date of one plan makes nothing due that another one
// approved for an earlier date and that was put off since.
func TestApprovedForTwoDates(t *testing.T) {
	d := openDesk(t, nil)
	d.reconfigure("api: payment", "api: req-pay")
	first, second := twoBills()
	second = second.with(bookRow{"due_date": "2026-11-30"})
	d.books(first, second)
	d.approved()
	d.ahead = 9
	d.approved()
	d.ahead = 0
	d.books(first.with(bookRow{"due_date": "2026-11-28"}), second)
	d.run(KindRun, "", Typed{})
	if got, want := d.states(), (map[string]submit.State{"A/1": submit.Void, "BP-77": submit.Acked}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestInputsInDoubtKeepWhatIsApproved: while nobody can read all of a log, or the
// rows of a ledger file, nobody knows what has changed. What rests on it waits,
// approved as it is, and is sent once it can be read.
func TestInputsInDoubtKeepWhatIsApproved(t *testing.T) {
	const torn = "\x1f\x8b\x08\x00"
	const header = "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount\n"
	const bad = "SUP3,Kaveri Steel,KL/2041,2026-10-01,2026-10-31,two hundred\n"
	const good = "SUP2,Bharat Paper,BP-77,2026-10-01,2026-10-31,590.00\n"
	const note = "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,document_type\nSUP2,Bharat Paper,CN-1,2026-10-02,,"
	const waits, sent = submit.Intended, submit.Acked
	for _, c := range []struct {
		name         string
		file, doubt  string // what is written while it is in doubt
		mended       string // empty: the file goes
		first, other submit.State
		says         string
		settings     string
	}{
		{name: "a log that is still written", file: "events/rotated.jsonl.gz", doubt: torn, first: waits, other: waits, says: "a part of events/rotated.jsonl.gz is lost"},
		{name: "a log of which nothing can be read", file: "events/garbage.jsonl", doubt: "no webhook\n", first: waits, other: waits, says: "a part of events/garbage.jsonl is lost"},
		{name: "a bad row in the file of one", file: "ledger/other.csv", doubt: header + good + bad, mended: header + good, first: sent, other: waits, says: "rows of ledger/other.csv could not be read"},
		{name: "its own row is the bad one", file: "ledger/other.csv", doubt: header + strings.Replace(good, "590.00", "a lot", 1), mended: header + good, first: sent, other: waits, says: "rows of ledger/other.csv could not be read"},
		{name: "the row of a credit note that is netted", file: "ledger/notes.csv", doubt: note + "many,credit note\n", mended: note + "90.00,credit note\n", first: sent, other: waits,
			says: "rows of ledger/notes.csv could not be read", settings: ", net_credits: true"},
		{name: "a bad row, and nobody minds", file: "ledger/other.csv", doubt: header + good + bad, first: sent, other: sent, settings: ", quarantined_files: propose"},
	} {
		for _, kind := range []string{KindSubmit, KindRun} {
			t.Run(c.name+", "+kind, func(t *testing.T) {
				d := openDesk(t, nil)
				d.reconfigure("api: payment", "api: req-pay")
				d.reconfigure("events/*.jsonl", "events/*")
				d.reconfigure("type: ONPLATFORM", "type: ONPLATFORM"+c.settings)
				first, _ := twoBills()
				d.books(first)
				d.write("ledger/other.csv", header+good, 0o644)
				if c.mended != "" {
					d.write(c.file, c.mended, 0o644)
				}
				hash := d.approved()

				d.write(c.file, c.doubt, 0o644)
				done := d.run(kind, hash, Typed{})
				if got, want := d.states(), (map[string]submit.State{"A/1": c.first, "BP-77": c.other}); !maps.Equal(got, want) {
					t.Fatalf("in doubt: got %v, want %v", got, want)
				}
				if c.says == "" {
					return
				}
				if notices := strings.Join(done.Notices, "\n"); done.Code != ExitCorrupt || !strings.Contains(notices, c.says) || !strings.Contains(notices, "[input-in-doubt]") {
					t.Errorf("got exit code %d and %q, want %d and %q", done.Code, notices, ExitCorrupt, c.says)
				}
				if c.mended != "" {
					d.write(c.file, c.mended, 0o644)
				} else if err := os.Remove(filepath.Join(d.dir, c.file)); err != nil {
					t.Fatal(err)
				}
				d.run(kind, hash, Typed{})
				if got, want := d.states(), (map[string]submit.State{"A/1": sent, "BP-77": sent}); !maps.Equal(got, want) {
					t.Errorf("mended: got %v, want %v", got, want)
				}
			})
		}
	}
}

// TestCapsAtTheSend: two suppliers were to get 1180.00 and 590.00 of one
// plan, the second in two invoices, when caps were set. What is above the smaller
// of the plan's caps and those of the configuration is not sent.
func TestCapsAtTheSend(t *testing.T) {
	const voided, waits = submit.Void, submit.Intended
	for _, c := range []struct {
		name       string
		then, now  string       // caps
		a1, b1, b2 submit.State // of 1180.00 to the one, of 350.00 and 240.00 to the other
		says       string       // of the notices; empty where all is sent
	}{
		{"none", "", "", submit.Acked, submit.Acked, submit.Acked, ""},
		{"as much as it takes", "", `invoice: "1180.00", supplier: "1180.00", run: "1770.00", day: "1770.00"`, submit.Acked, submit.Acked, submit.Acked, ""},
		{"a smaller one for an invoice", "", `invoice: "1179.99"`, voided, submit.Acked, submit.Acked, "1,180.00 is over the cap of 1,179.99 for one invoice"},
		{"a smaller one for a supplier", "", `supplier: "589.99"`, voided, submit.Acked, voided, "the supplier would get 590.00, over the cap of 589.99"},
		{"a smaller one for a run", "", `run: "1529.99"`, submit.Acked, voided, submit.Acked, "would come to 1,530.00, over the cap of 1,529.99"},
		{"a smaller one for a day", "", `day: "1529.99"`, submit.Acked, waits, waits, "the cap of the day is reached"},
		{"all of them smaller", "", `invoice: "1.00", supplier: "1.00", run: "1.00", day: "1.00"`, voided, voided, voided, "over the cap of 1.00"},
		{"for a day smaller than the plan's", `day: "1770.00"`, `day: "1529.99"`, submit.Acked, waits, waits, "the cap of the day is reached"},
		{"none any more", `invoice: "1180.00", supplier: "1180.00", run: "1770.00", day: "1770.00"`, "", submit.Acked, submit.Acked, submit.Acked, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: req-pay")
			capped := "type: ONPLATFORM"
			set := func(caps string) {
				now := "type: ONPLATFORM, caps: {" + caps + "}"
				d.reconfigure(capped, now)
				capped = now
			}
			set(c.then)
			first, second := twoBills()
			b1 := second.with(bookRow{"supplier_invoice_number": "BP-77", "invoice_amount": "350.00", "due_amount": "350.00", "due_date": "2026-11-01"})
			b2 := second.with(bookRow{"supplier_invoice_number": "KL/2041", "invoice_amount": "240.00", "due_amount": "240.00", "due_date": "2026-11-02"})
			d.books(first, b1, b2)
			hash := d.approved()
			set(c.now)
			done := d.run(KindSubmit, hash, Typed{})

			want := map[string]submit.State{"A/1": c.a1, "BP-77": c.b1, "KL/2041": c.b2}
			if got := d.states(); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			sent := 0
			for _, state := range want {
				if state == submit.Acked {
					sent++
				}
			}
			if n := len(d.server.Books().Requests); n != sent {
				t.Errorf("got %d requests, want %d", n, sent)
			}
			code := ExitNotApproved
			if c.says == "" {
				code = ExitClean
			}
			if notices := strings.Join(done.Notices, "\n"); done.Code != code || !strings.Contains(notices, c.says) || c.says != "" && !strings.Contains(notices, "[cap-reached]") {
				t.Errorf("got exit code %d and %q, want %d and %q", done.Code, notices, code, c.says)
			}
			for _, e := range d.entries() {
				if e.State == voided && !strings.Contains(e.Last.Text, "over the cap of") {
					t.Errorf("the journal says of %s %q, want which cap", e.Allocations[0].Number, e.Last.Text)
				}
			}
		})
	}
}
