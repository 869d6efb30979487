package proposal

import (
	"strings"
	"testing"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// on is the day of a text.
func on(s string) day.Date {
	var d day.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err) // unreachable: tests write days that exist
	}
	return d
}

func policy() Policy {
	return Policy{AsOf: on("2026-11-21"), Maker: "meera", BaseURL: "https://platform.example", Type: payment.OnPlatform, Mode: "NEFT", ValidFor: 259200}
}

// invoice is a candidate that nothing is against.
func invoice(number string, amount money.Paise) Candidate {
	return Candidate{
		Debt:         payment.Debt{Buyer: "BUYER", Supplier: "SUPPLIER", NumberKey: party.NumberKey(number), Year: 2026},
		PAN:          "AAPFU0939F",
		SupplierName: "Bluepeak Security",
		Number:       number, Source: "ledger.csv:2", Currency: "INR",
		InvoiceDate: on("2026-10-01"), DueDate: on("2026-11-01"),
		Amount: amount, Gross: amount, Cash: amount,
	}
}

func TestReasons(t *testing.T) {
	past := func(state string, held, paid, sent bool, change func(*Past)) func(*World) {
		return func(w *World) {
			p := Past{
				ObjectID: "PMTOLD", Supplier: "SUPPLIER", State: state, Paid: paid, Sent: sent, Attempt: 1,
				Allocations: []PastAllocation{{
					Debt: invoice("A/1", 1).Debt, Instalment: 1, Number: "A/1", Owed: 118_000_00, Net: 118_000_00, Held: held,
				}},
			}
			if change != nil {
				change(&p)
			}
			w.Journal.Instructions = append(w.Journal.Instructions, p)
			w.Now = p.Since.AddDate(1, 0, 0)
		}
	}
	account := party.Account{Last4: "8823", Fingerprint: [16]byte{1}}
	with := account
	bill := func(change func(*Bill)) func(*World) {
		return func(w *World) {
			b := Bill{Debt: invoice("A/1", 1).Debt, Number: "A/1", Source: "ledger.csv:9", Date: on("2026-10-01"), Gross: 118_000_00}
			change(&b)
			w.Bills = append(w.Bills, b)
		}
	}
	platform := func(change func(*payment.Invoice)) func(*World) {
		return func(w *World) {
			v := payment.Invoice{ID: "INV0123456789ABCDEFGHIJKLMNOPQRSTUV", Number: "A/1", Key: "A/1", Supplier: "SUPPLIER", Version: 2, Statuses: []string{"CREATED"}, Response: "ACCEPT"}
			change(&v)
			w.Invoices = append(w.Invoices, v)
		}
	}
	said := map[Reason]bool{InstalmentWaits: true, TransferInPart: true} // TestOneInstalment, TestWholeTransfers
	for _, c := range []struct {
		name   string
		policy func(*Policy)
		change func(*Candidate)
		world  func(*World)
		want   Reason
	}{
		{"in", nil, nil, nil, ""},
		{"nothing to pay", nil, func(c *Candidate) { c.Amount = 0 }, nil, NothingToPay},
		{"no B2B id", nil, func(c *Candidate) { c.Debt.Supplier = "" }, nil, SupplierUnknown},
		{"sent and nobody knows", nil, nil, past("UNSURE", true, false, true, nil), AlreadySubmitted},
		{"approved and not sent", nil, nil, past("INTENT", true, false, false, nil), AlreadySubmitted},
		{"paid, and the log does not know", nil, nil, past("PAID", true, true, true, nil), AlreadySubmitted},
		{"another part was paid, and the books show it no more", nil, func(c *Candidate) { c.Debt.Part = "2" }, past("PAID", true, true, true, func(p *Past) { p.Allocations[0].Debt.Part = "1" }), ""},
		{"paid under the name that the part had before", nil, nil, past("PAID", true, true, true, func(p *Past) { p.Allocations[0].Debt.Part = "retention" }), AlreadySubmitted},
		{"failed long ago", nil, nil, past("FAILED", false, false, true, nil), ""},
		{"failed just now", nil, nil, func(w *World) { past("FAILED", false, false, true, nil)(w); w.Now = w.Now.AddDate(-1, 0, 0) }, AttemptWaits},
		{"failed long ago, and nobody looks", func(p *Policy) { p.OnceOnly = true }, nil, past("FAILED", false, false, true, nil), SecondAttempt},
		{"failed by the log, and nobody looks", func(p *Policy) { p.OnceOnly = true }, func(c *Candidate) { c.SecondAttempt = true }, nil, SecondAttempt},
		{"withdrawn long ago, and nobody looks", func(p *Policy) { p.OnceOnly = true }, nil, past("VOID", false, false, false, nil), ""},
		{"withdrawn just now", nil, nil, func(w *World) { past("VOID", false, false, false, nil)(w); w.Now = w.Now.AddDate(-1, 0, 0) }, ""},
		{"grown since", nil, nil, past("FAILED", false, false, true, func(p *Past) { p.Allocations[0].Owed-- }), OwedChanged},
		{"money left with this amount", nil, nil, func(w *World) {
			w.Unmatched = []Unmatched{{Supplier: "SUPPLIER", NumberKey: "Z", Net: 118_000_00}}
		}, UnmatchedPayment},
		{"money left with this number", nil, nil, func(w *World) {
			w.Unmatched = []Unmatched{{Supplier: "SUPPLIER", NumberKey: "A/1", Net: 1}}
		}, UnmatchedPayment},
		{"money left for another supplier", nil, nil, func(w *World) {
			w.Unmatched = []Unmatched{{Supplier: "OTHER", NumberKey: "A/1", Net: 118_000_00}}
		}, ""},
		{"money left for something else", nil, nil, func(w *World) { w.Unmatched = []Unmatched{{Supplier: "SUPPLIER", NumberKey: "Z", Net: 1}} }, ""},
		{"the number was paid last year", nil, nil, bill(func(b *Bill) { b.Debt.Year, b.Cash, b.CashPaid = 2025, 1, 1 }), OtherYear},
		{"the number is open from last year", nil, nil, bill(func(b *Bill) { b.Debt.Year, b.Gross = 2025, 1 }), OtherYear},
		{"the number of last year was paid by the journal", nil, nil, past("PAID", true, true, true, func(p *Past) { p.Allocations[0].Debt.Year = 2025 }), OtherYear},
		{"released", nil, nil, func(w *World) {
			bill(func(b *Bill) { b.Debt.Year = 2025 })(w)
			w.Journal.Released = []Released{{Release: DebtRelease(invoice("A/1", 1).Debt)}}
		}, ""},
		{"booked under another registration of ours", nil, nil, bill(func(b *Bill) { b.Debt.Buyer = "BUYER2" }), NearDuplicate},
		{"a slip of the number", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey = "A/I" }), NearDuplicate},
		{"a slip, under another registration of the supplier", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey, b.Debt.Supplier, b.PAN = "AB/1", "SUPPLIER2", "AAPFU0939F" }), NearDuplicate},
		{"a like number of somebody else", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey, b.Debt.Supplier = "AB/1", "SUPPLIER2" }), ""},
		{"a like number over another amount", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey, b.Gross = "AB/1", 1 }), ""},
		{"a like number of long ago", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey, b.Date = "AB/1", on("2025-08-01") }), ""},
		{"last month's rent", nil, nil, bill(func(b *Bill) { b.Debt.NumberKey, b.Date = "A/0", on("2026-09-01") }), ""},
		{"a part of it", nil, nil, bill(func(b *Bill) { b.Debt.Part = "2" }), ""},
		{"frozen", nil, nil, func(w *World) { w.Journal.Frozen = []Frozen{{"SUPPLIER", "late success"}} }, SupplierFrozen},
		{"last paid elsewhere", nil, func(c *Candidate) { c.BankChange = "an account ending in 1" }, nil, BankChanged},
		{"last paid elsewhere, and reported only", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR, c.BankChange = "U1", "an account ending in 1" }, nil, ""},
		{"an account of two", nil, func(c *Candidate) { c.Account = account }, func(w *World) {
			w.Holders = []Holder{{Supplier: "SUPPLIER", Account: with}, {Supplier: "OTHER", Name: "Other", Account: with}}
		}, AccountShared},
		{"an account of two registrations of one", nil, func(c *Candidate) { c.Account = account }, func(w *World) {
			w.Holders = []Holder{{Supplier: "SUPPLIER2", PAN: "AAPFU0939F", Account: with}}
			w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823"}}
		}, ""},
		{"an account never paid", nil, func(c *Candidate) { c.Account = account }, nil, FirstPayment},
		{"an account paid for another", nil, func(c *Candidate) { c.Account = account }, func(w *World) { w.Accounts = []KnownAccount{{Supplier: "OTHER", Last4: "8823"}} }, FirstPayment},
		{"the account paid at another bank", nil, func(c *Candidate) { c.Account, c.IFSC = account, "DKSB0000144" }, func(w *World) {
			w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823", IFSC: "OTHR0000001"}}
		}, FirstPayment},
		{"an account paid before", nil, func(c *Candidate) { c.Account = account }, func(w *World) { w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823"}} }, ""},
		{"an account paid by us before", nil, func(c *Candidate) { c.Account = account }, func(w *World) {
			w.Journal.Instructions = []Past{{ObjectID: "PMTOLD", Supplier: "SUPPLIER", Paid: true, PayeeDigest: PayeeDigest("PMTOLD", account)}}
		}, ""},
		{"an account released", nil, func(c *Candidate) { c.Account = account }, func(w *World) {
			w.Journal.Released = []Released{{Release: AccountRelease("SUPPLIER", account, "", "")}}
		}, ""},
		{"released before its IFSC changed", nil, func(c *Candidate) { c.Account, c.IFSC = account, "DKSB0000144" }, func(w *World) {
			w.Journal.Released = []Released{{Release: AccountRelease("SUPPLIER", account, "", "")}}
		}, FirstPayment},
		{"an account that ends like the one paid by us", nil, func(c *Candidate) { c.Account = account }, func(w *World) {
			other := party.Account{Last4: "8823", Fingerprint: [16]byte{2}}
			w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823"}}
			w.Journal.Instructions = []Past{{ObjectID: "PMTOLD", Supplier: "SUPPLIER", Paid: true, PayeeDigest: PayeeDigest("PMTOLD", other)}}
		}, FirstPayment},
		{"the account paid by us, at another bank", nil, func(c *Candidate) { c.Account, c.IFSC = account, "DKSB0000144" }, func(w *World) {
			w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823", IFSC: "OTHR0000001"}}
			w.Journal.Instructions = []Past{{ObjectID: "PMTOLD", Supplier: "SUPPLIER", Paid: true, PayeeDigest: PayeeDigest("PMTOLD", account)}}
		}, FirstPayment},
		{"a VPA beside the account paid before", nil, func(c *Candidate) { c.Account, c.VPA = account, "blue@peak" }, func(w *World) { w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823"}} }, ""},
		{"a VPA beside it, to which UPI pays", func(p *Policy) { p.Mode = "UPI" }, func(c *Candidate) { c.Account, c.VPA = account, "blue@peak" }, func(w *World) { w.Accounts = []KnownAccount{{Supplier: "SUPPLIER", Last4: "8823"}} }, FirstPayment},
		{"a VPA that two people released", func(p *Policy) { p.Mode = "UPI" }, func(c *Candidate) {
			*c = invoice("A/1", 1_000_00)
			c.Account, c.VPA = account, "blue@peak"
		}, func(w *World) {
			w.Journal.Released = []Released{{Release: AccountRelease("SUPPLIER", account, "", "blue@peak")}}
		}, ""},
		{"a VPA that changed since the account was released", nil, func(c *Candidate) { c.Account, c.VPA = account, "blue@peak" }, func(w *World) {
			w.Journal.Released = []Released{{Release: AccountRelease("SUPPLIER", account, "", "")}}
		}, ""},
		{"a VPA to which UPI pays, and the account alone was released", func(p *Policy) { p.Mode = "UPI" }, func(c *Candidate) { c.Account, c.VPA = account, "blue@peak" }, func(w *World) {
			w.Journal.Released = []Released{{Release: AccountRelease("SUPPLIER", account, "", "")}}
		}, FirstPayment},
		{"a VPA and no account", nil, func(c *Candidate) { c.VPA = "blue@peak" }, nil, FirstPayment},
		{"a file in doubt", nil, func(c *Candidate) { c.Quarantined = true }, nil, Quarantine},
		{"a log in doubt", nil, nil, func(w *World) { w.LostLog = "events.jsonl.gz" }, LogLost},
		{"a file too old", nil, func(c *Candidate) { c.Stale = "it is of 1 November" }, nil, StaleLedger},
		{"on hold", nil, func(c *Candidate) { c.Hold = "quality" }, nil, OnHold},
		{"accepted on the platform", nil, nil, platform(func(v *payment.Invoice) {}), ""},
		{"financed", nil, nil, platform(func(v *payment.Invoice) { v.Financed = true }), InvoiceFinanced},
		{"cancelled", nil, nil, platform(func(v *payment.Invoice) { v.Statuses = append(v.Statuses, "CANCELLED") }), InvoiceStatus},
		{"a status nobody knows", nil, nil, platform(func(v *payment.Invoice) { v.Statuses = []string{"FROBNICATED"} }), InvoiceStatus},
		{"returned to the supplier", nil, nil, platform(func(v *payment.Invoice) { v.Response = "RETURN" }), NotConfirmed},
		{"not answered", nil, nil, platform(func(v *payment.Invoice) { v.Response = "" }), NotConfirmed},
		{"not answered, and confirmed by the books", nil, func(c *Candidate) { c.InvoiceStatus = "CONFIRMED" }, platform(func(v *payment.Invoice) { v.Response = "" }), ""},
		{"an old version", nil, func(c *Candidate) { c.ObjectVersion = 1 }, platform(func(v *payment.Invoice) {}), InvoiceStale},
		{"two of one number", nil, nil, func(w *World) {
			platform(func(v *payment.Invoice) {})(w)
			platform(func(v *payment.Invoice) { v.ID = "INV0123456789ABCDEFGHIJKLMNOPQRSTUW" })(w)
		}, NoInvoice},
		{"the invoice of another buyer", func(p *Policy) { p.RequireInvoice = true }, nil, platform(func(v *payment.Invoice) { v.Buyer = "BUYER2" }), NoInvoice},
		{"no id where the file has ids", nil, func(c *Candidate) { c.KeepsIDs = true }, nil, NoInvoice},
		{"the id is in the log", nil, func(c *Candidate) { c.KeepsIDs = true }, platform(func(v *payment.Invoice) {}), ""},
		{"reported without a reference", func(p *Policy) { p.Type = payment.OffPlatform }, nil, nil, NoUTR},
		{"reported before", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR = "U1" }, func(w *World) { w.UTRs = map[string]string{"U1": "PMTX"} }, UTRReported},
		{"reported before by us", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR = "U1" },
			past("ACKED", true, false, true, func(p *Past) { p.Allocations[0].Debt.NumberKey, p.Reference = "Z", "U1" }), UTRReported},
		{"a cheque number that repeats", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR, c.Mode = "000123", "cheque" }, func(w *World) { w.UTRs = map[string]string{"000123": "PMTX"} }, ""},
		{"a number too long", nil, func(c *Candidate) { c.Number = string(make([]byte, 51)) }, nil, InvalidField},
		{"a quote in the number", nil, func(c *Candidate) { c.Number = `A"1` }, nil, InvalidField},
		{"a newline in a name", nil, func(c *Candidate) { c.Beneficiary = "Blue\npeak" }, nil, InvalidField},
		{"a number of nothing", nil, func(c *Candidate) { c.Number, c.Debt.NumberKey = "--", "" }, nil, InvalidField},
		{"no invoice date", nil, func(c *Candidate) { c.InvoiceDate, c.Debt.Year = 0, 0 }, nil, InvalidField},
		{"an id that is none", nil, func(c *Candidate) { c.InvoiceID = "INV1" }, nil, InvalidField},
		{"dollars", nil, func(c *Candidate) { c.Currency = "USD" }, nil, InvalidField},
		{"a mode of the books that the platform lacks", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR, c.Mode = "U1", "HAWALA" }, nil, InvalidField},
		{"no payment id for the other API", func(p *Policy) { p.API = APIPayment }, nil, nil, NoPaymentID},
		{"a payment id", func(p *Policy) { p.API = APIPayment }, func(c *Candidate) { c.PaymentID = "AP1" }, nil, ""},
		{"a payment id of another bill", func(p *Policy) { p.API = APIPayment }, func(c *Candidate) { c.PaymentID = "AP1" },
			func(w *World) {
				w.Bills = append(w.Bills, Bill{Debt: payment.Debt{Buyer: "BUYER", Supplier: "OTHER", NumberKey: "9"}, Number: "9", Source: "l.csv:9", Gross: 1, Cash: 1, PaymentID: "AP1"})
			}, InvalidField},
		{"a payment id that pays another debt already", func(p *Policy) { p.API = APIPayment }, func(c *Candidate) { c.PaymentID = "AP1" },
			func(w *World) {
				w.Journal.Instructions = []Past{{ObjectID: "PMT1", Supplier: "OTHER", State: "ACKED", Sent: true, Attempt: 1, Allocations: []PastAllocation{
					{Debt: payment.Debt{Buyer: "BUYER", Supplier: "OTHER", NumberKey: "9"}, Instalment: 1, Number: "9", Owed: 1, Net: 1, Held: true, PaymentID: "AP1"}}}}
			}, InvalidField},
		{"more than the invoice", nil, func(c *Candidate) { c.Gross-- }, nil, AmountsDisagree},
		{"credit", nil, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00}}
		}, OpenCredit},
		{"credit of no consequence to a report", func(p *Policy) { p.Type = payment.OffPlatform }, func(c *Candidate) { c.UTR = "U1" }, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00}}
		}, ""},
		{"credit that covers it", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 118_000_00}}
		}, OpenCredit},
		{"credit in doubt", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00, InDoubt: true}}
		}, OpenCredit},
		{"credit of a day to come", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Date: policy().AsOf + 1, Amount: 500_00}}
		}, OpenCredit},
		{"credit of today", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Date: policy().AsOf, Amount: 500_00}}
		}, ""},
		{"credit without a number", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "", Source: "l.csv:3", Amount: 500_00}}
		}, OpenCredit},
		{"credit of another registration", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER2", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00}}
		}, OpenCredit},
		{"credit of another currency", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00, Currency: "USD"}}
		}, OpenCredit},
		{"money left with what a credit leaves of it", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00}}
			w.Unmatched = []Unmatched{{Supplier: "SUPPLIER", NumberKey: "Z", Net: 117_500_00}}
		}, UnmatchedPayment},
		{"credit that is netted", func(p *Policy) { p.NetCredits = true }, nil, func(w *World) {
			w.Credits = []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:3", Amount: 500_00}}
		}, ""},
		{"too small", func(p *Policy) { p.Minimum = 118_000_01 }, nil, nil, BelowMinimum},
		{"too large for UPI", func(p *Policy) { p.Mode = "UPI" }, nil, nil, RailLimit},
		{"small enough for IMPS", func(p *Policy) { p.Mode = "IMPS" }, nil, nil, ""},
		{"over the cap of an invoice", func(p *Policy) { p.Caps.Invoice = 117_999_99 }, nil, nil, OverCapInvoice},
		{"over the cap of a supplier", func(p *Policy) { p.Caps.Supplier = 117_999_99 }, nil, nil, OverCapSupplier},
		{"over the cap of a run", func(p *Policy) { p.Caps.Run = 117_999_99 }, nil, nil, OverCapRun},
		{"over the cap of the day", func(p *Policy) { p.Caps.Day = 118_000_00 }, nil, func(w *World) { w.Journal.SentToday = 1 }, OverCapDay},
		{"as much as the cap of the day", func(p *Policy) { p.Caps.Day = 118_000_01 }, nil, func(w *World) { w.Journal.SentToday = 1 }, ""},
	} {
		said[c.want] = true
		p, candidate, world := policy(), invoice("A/1", 118_000_00), World{}
		if c.policy != nil {
			c.policy(&p)
		}
		if c.change != nil {
			c.change(&candidate)
		}
		if c.world != nil {
			c.world(&world)
		}
		got := Propose(p, []Candidate{candidate}, world)
		if len(got.Lines) != 1 {
			t.Errorf("%s: got %d lines for one candidate, want 1", c.name, len(got.Lines))
			continue
		}
		l := got.Lines[0]
		if l.Reason != c.want || (l.Why == "") != (c.want == "") || (l.Instruction == "") != (c.want != "") || len(got.Instructions) != btoi(c.want == "") {
			t.Errorf("%s: got reason %q (%s), %d instructions; want %q", c.name, l.Reason, l.Why, len(got.Instructions), c.want)
		}
		if strings.Contains(l.Why, "blue@") {
			t.Errorf("%s: it tells whose UPI address it is: %s", c.name, l.Why)
		}
		if strings.ContainsAny(l.Why, "{}") {
			t.Errorf("%s: the sentence is not filled in: %s", c.name, l.Why)
		}
		if err := got.check(); err != nil && c.name != "a number too long" && c.name != "a quote in the number" {
			t.Errorf("%s: the proposal does not tie: %v", c.name, err)
		}
	}
	for _, r := range Reasons() {
		if !said[r.Reason] {
			t.Errorf("no case here gives the reason %s", r.Reason)
		}
	}
}

// TestOneDestination: beside an account the UPI address is where the money goes only
// if UPI is how it is paid.
func TestOneDestination(t *testing.T) {
	account := party.Account{Last4: "8823", Fingerprint: [16]byte{1}}
	for _, c := range []struct {
		mode    string
		typ     payment.Type
		account party.Account
		want    string
	}{
		{"NEFT", payment.OnPlatform, account, ""},
		{"UPI", payment.OnPlatform, account, "blue@peak"},
		{"NEFT", payment.OnPlatform, party.Account{}, "blue@peak"},
		{"NEFT", payment.OffPlatform, account, "blue@peak"},
	} {
		p, i := policy(), invoice("A/1", 1_000_00)
		p.Mode, p.Type = c.mode, c.typ
		i.Account, i.VPA, i.UTR = c.account, "blue@peak", "U1"
		got := Propose(p, []Candidate{i}, World{Journal: Journalled{Released: []Released{{Release: AccountRelease("SUPPLIER", c.account, "", c.want)}}}})
		if len(got.Instructions) != 1 || got.Instructions[0].Payee.VPA != c.want {
			t.Errorf("%s %s to an account ending in %q: got %s, want the address %q in it", c.typ, c.mode, c.account.Last4, told(got), c.want)
		}
	}
}

// TestReleaseEnds: a release of an account ends with the next payment to another
// account of the supplier, by our own journal or by the log, and is said to be over;
// not with what the plan that is looked at again paid itself.
func TestReleaseEnds(t *testing.T) {
	mine, other := party.Account{Last4: "1234", Fingerprint: [16]byte{1}}, party.Account{Last4: "5678", Fingerprint: [16]byte{2}}
	hour := func(h int) time.Time { return time.Date(2026, 11, 20, h, 0, 0, 0, time.UTC) }
	ours := func(to party.Account, at time.Time, state string) func(*World) {
		return func(w *World) {
			w.Journal.Instructions = append(w.Journal.Instructions, Past{
				ObjectID: "PMT" + to.Last4, Supplier: "SUPPLIER", State: state, Paid: state == "PAID", Sent: true, Begun: at, PayeeDigest: PayeeDigest("PMT"+to.Last4, to),
				Allocations: []PastAllocation{{Debt: invoice("Z", 1).Debt, Held: state != "FAILED"}},
			})
		}
	}
	logged := func(last4, ifsc string, at time.Time) func(*World) {
		return func(w *World) {
			w.Accounts = append(w.Accounts, KnownAccount{Supplier: "SUPPLIER", Last4: last4, IFSC: ifsc, At: at, ObjectID: "PMT" + last4})
		}
	}
	inPlan := func(plan string, pay func(*World)) func(*World) {
		return func(w *World) {
			pay(w)
			for i := range w.Journal.Instructions {
				w.Journal.Instructions[i].Plan = plan
			}
			for i := range w.Accounts {
				w.Accounts[i].Plan = plan
			}
		}
	}
	for _, c := range []struct {
		name  string
		world func(*World)
		want  Reason
	}{
		{"nothing since", func(*World) {}, ""},
		{"another was paid before", ours(other, hour(9), "PAID"), ""},
		{"this one was paid since", ours(mine, hour(11), "PAID"), ""},
		{"another was paid since", ours(other, hour(11), "PAID"), BankChanged},
		{"another may have been paid since", ours(other, hour(11), "UNSURE"), BankChanged},
		{"another was tried since, and failed", ours(other, hour(11), "FAILED"), ""},
		{"by the log another was paid before", logged("5678", "", hour(9)), ""},
		{"by the log this one was paid since", logged("1234", "DKSB0000144", hour(11)), ""},
		{"by the log another was paid since", logged("5678", "", hour(11)), BankChanged},
		{"by the log another branch was paid since", logged("1234", "OTHR0000001", hour(11)), BankChanged},
		{"by the log another was paid on a day that has not come", logged("5678", "", hour(23)), ""},
		{"its own plan paid another since", inPlan("plan", ours(other, hour(11), "UNSURE")), ""},
		{"by the log its own plan paid another since", inPlan("plan", logged("5678", "", hour(11))), ""},
		{"another plan paid another since", inPlan("later", ours(other, hour(11), "UNSURE")), BankChanged},
		{"by the log another plan paid another since", inPlan("later", logged("5678", "", hour(11))), BankChanged},
	} {
		i := invoice("A/1", 118_000_00)
		i.Account, i.IFSC, i.BankChange, i.Plan = mine, "DKSB0000144", "an account ending in 5678", "plan"
		w := World{Now: hour(12), Journal: Journalled{Released: []Released{{Release: AccountRelease("SUPPLIER", mine, "DKSB0000144", ""), At: hour(10), On: on("2026-11-20")}}}}
		c.world(&w)
		l := Propose(policy(), []Candidate{i}, w).Lines[0]
		if l.Reason != c.want {
			t.Errorf("released at ten, %s: got %q (%s), want %q", c.name, l.Reason, l.Why, c.want)
		}
		if over := "5678 (released on 2026-11-20, over since payment PMT"; c.want != "" && !strings.Contains(l.Why, over) {
			t.Errorf("released at ten, %s: got %q, want it to say that the release is over", c.name, l.Why)
		}
	}
}

// TestOneInstalment: two rows of one debt are two instalments, one after the
// other, and together its owed amount.
func TestOneInstalment(t *testing.T) {
	first, second := invoice("A/1", 60_000_00), invoice("A/1", 60_000_00)
	first.Gross, second.Gross = 120_000_00, 120_000_00
	second.DueDate, second.Source = on("2026-11-15"), "ledger.csv:3"
	bill := func(c Candidate, paid money.Paise) Bill {
		return Bill{Debt: c.Debt, Number: c.Number, Source: c.Source, Date: c.InvoiceDate, Gross: c.Gross, Cash: c.Cash, CashPaid: paid}
	}
	got := Propose(policy(), []Candidate{second, first}, World{Bills: []Bill{bill(first, 0), bill(second, 0)}})
	if len(got.Instructions) != 1 || got.Instructions[0].Allocations[0].Source != first.Source || got.Instructions[0].Allocations[0].Owed != 120_000_00 {
		t.Fatalf("got %s, want the first of 1,20,000.00 alone", told(got))
	}
	if l := got.Lines[1]; l.Reason != InstalmentWaits || !strings.Contains(l.Why, first.Source) {
		t.Errorf("the second row: got %q (%s), want it to wait for %s", l.Reason, l.Why, first.Source)
	}
	past := Past{ObjectID: got.Instructions[0].ObjectID, Supplier: "SUPPLIER", State: "PAID", Paid: true, Sent: true, Attempt: 1, Allocations: []PastAllocation{
		{Debt: first.Debt, Instalment: 1, Owed: 120_000_00, Net: 60_000_00, Held: true}}}
	w := World{Journal: Journalled{Instructions: []Past{past}}, Bills: []Bill{bill(first, 60_000_00), bill(second, 0)}}
	if got := told(Propose(policy(), []Candidate{second}, w)); !strings.Contains(got, "A/1#2 60000.00") {
		t.Errorf("once the first is paid, got %s, want the second instalment", got)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
