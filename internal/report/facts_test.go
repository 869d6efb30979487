package report

import (
	"fmt"
	"testing"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/source"
)

func on(s string) day.Date {
	d, err := day.Parse(s)
	if err != nil {
		panic(err) // unreachable: only constants come here
	}
	return d
}

const hostile = "=HYPERLINK(\"http://example.com\",\"Acme\")"

// smallFacts is a month of three suppliers with something of everything.
func smallFacts() *Facts {
	sharma := party.Supplier{B2BID: "SUPP0001", Code: "V1001", Name: "Sharma Steel Traders Pvt Ltd", GSTIN: "27AABCS1234A1Z5"}
	evil := party.Supplier{B2BID: "SUPP0002", Code: "V1002", Name: hostile}
	hindi := party.Supplier{B2BID: "SUPP0003", Name: "श्री गणेश एंटरप्राइज़ेज़"}
	pos := func(row int) source.Pos { return source.Pos{File: "ledger/november.csv", Row: row} }
	items := []ledger.Item{
		{Pos: pos(2), Buyer: "BUYER0001", Supplier: sharma, Number: "SST/26-27/0042", InvoiceDate: on("2026-10-01"), DueDate: on("2026-11-01"), Currency: "INR", Gross: 1_18_000_00, TDS: 2_000_00, Paid: 1_16_000_00, UTR: "HDFCR52026110112345678", PaymentDate: on("2026-11-01")},
		{Pos: pos(3), Buyer: "BUYER0001", Supplier: sharma, Number: "SST/26-27/0043", InvoiceDate: on("2026-10-05"), DueDate: on("2026-11-05"), Currency: "INR", Gross: 2_36_00_000_50, Due: 2_36_00_000_50},
		{Pos: pos(4), Buyer: "BUYER0001", Supplier: sharma, Number: "CN-7", Type: ledger.CreditNote, InvoiceDate: on("2026-10-09"), Currency: "INR", Gross: 5_000_00, Due: 5_000_00},
		{Pos: pos(5), Buyer: "BUYER0001", Supplier: evil, Number: "-1+1", InvoiceDate: on("2026-10-10"), DueDate: on("2026-11-10"), Currency: "INR", Gross: 50_000_00, Due: 50_000_00},
		{Pos: pos(6), Buyer: "BUYER0001", Supplier: evil, Number: "@SUM(A1)", InvoiceDate: on("2026-11-10"), DueDate: on("2026-12-10"), Currency: "INR", Gross: 999_99, Due: 999_99},
		{Pos: source.Pos{File: "ledger/open.xlsx", Sheet: "Open", Row: 9}, Buyer: "BUYER0001", Supplier: hindi, Number: "+91", Currency: "INR", Gross: 11_800_00, Paid: 11_800_00, Hold: "price dispute"},
	}
	moment := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	rem := func(id, supplier, utr string, outcome payment.Outcome, at int, says string, lines ...payment.Line) *payment.Remittance {
		return &payment.Remittance{ObjectID: id, Buyer: "BUYER0001", Supplier: supplier, Type: payment.OnPlatform, Mode: "ACCOUNT TRANSFER", UTR: utr, UTRFinal: utr != "",
			Outcome: outcome, Time: moment, Date: on("2026-11-01"), SentOn: on("2026-10-31"), Lines: lines,
			Evidence: []payment.Evidence{{Pos: source.Pos{File: "events/november.jsonl", Row: at}, Says: "request"}, {Pos: source.Pos{File: "events/november.jsonl", Row: at + 1}, Says: says}}}
	}
	paid := rem("PAY0001", "SUPP0001", "HDFCR52026110112345678", payment.Paid, 1, "response SUCCESS", payment.Line{Number: "SST/26-27/0042", Net: 1_16_000_00, Adjustment: 2_000_00, Total: 1_18_000_00, Confirmation: payment.Accepted, AnsweredOn: on("2026-11-03")})
	twice := rem("PAY0002", "SUPP0001", "HDFCR52026110112345679", payment.Paid, 3, "response SUCCESS", payment.Line{Number: "SST/26-27/0043", Net: 2_36_00_000_50, Total: 2_36_00_000_50})
	again := rem("PAY0003", "SUPP0001", "", payment.Sent, 5, "acknowledgement", payment.Line{Number: "SST/26-27/0043", Net: 2_36_00_000_50, Total: 2_36_00_000_50})
	stray := rem("PAY0004", "SUPP0002", "UTIBN52026110100000001", payment.Paid, 7, "response SUCCESS", payment.Line{Number: "NOT-OURS", Net: 49_999_00, Total: 49_999_00})
	match := func(p *payment.Remittance, rule matcher.Rule) matcher.Share {
		l := &p.Lines[0]
		return matcher.Share{Remittance: p, Line: l, Rule: rule, Net: l.Net, Adjustment: l.Adjustment}
	}
	f := &Facts{
		AsOf: on("2026-11-21"), Kind: "run", Version: "v0.1.0",
		Buyers: []party.Buyer{{B2BID: "BUYER0001", GSTIN: "27AAPFU0939F1ZV", Name: "Acme Retail Pvt Ltd"}},
		Ledger: &ledger.Book{
			Items: items,
			Problems: []source.Problem{
				{Pos: source.Pos{File: "ledger/november.csv", Row: 8, Col: 7}, Column: "due_date", Value: "31/02/2026", Check: "due-date-unreadable", Text: "not a day of the calendar", Remedy: "correct the due date in the ERP and export again"},
				{Pos: source.Pos{File: "ledger/november.csv", Row: 8, Col: 5}, Column: "invoice_amount", Value: "12,34", Check: "amount-unreadable", Text: "not an amount", Remedy: "correct the amount"},
			},
			Inputs: []ledger.Input{
				{Path: "ledger/november.csv", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Bytes: 1234, Layout: "canonical", Notes: []string{"UTF-8 with BOM, comma"}, Rows: 8, Accepted: 5, Quarantined: 1,
					Skipped: []ledger.Skipped{{Reason: "blank", Rows: 1}, {Reason: "total", Rows: 1}},
					Columns: []ledger.ColumnTotal{
						{Column: "invoice_amount", Read: 4_75_47_999_98, Accepted: 2_37_73_999_99 + 1_00, Skipped: 2_37_73_998_99},
						{Column: "paid_amount", Read: 1_16_000_00, Accepted: 1_16_000_00},
					}},
				{Path: "ledger/open.xlsx", SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Bytes: 9876, Layout: "canonical", Rows: 1, Accepted: 1,
					Columns: []ledger.ColumnTotal{{Column: "invoice_amount", Read: 11_800_00, Accepted: 11_800_00}}},
			},
		},
		Logs: []payment.LogInput{{Path: "events/november.jsonl", SHA256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13", Bytes: 4321,
			Lines: 11, Bodies: 11, Folded: 8, Copies: 1, Quarantined: 1, Counted: []payment.Counted{{Family: "invoice", Bodies: 1}}}},
		LogProblems: []source.Problem{{Pos: source.Pos{File: "events/november.jsonl", Row: 11}, Check: "event-unreadable", Value: `{"resp`, Text: "the last line is torn", Remedy: "nothing, if the log was being written"}},
		Proposal: &proposal.Proposal{Lines: []proposal.Line{
			{Debt: payment.Debt{Buyer: "BUYER0001", Supplier: "SUPP0002", NumberKey: "1/1", Year: 2026}, SupplierName: hostile, Number: "-1+1", Source: "ledger/november.csv:5", DueDate: on("2026-11-10"), Amount: 50_000_00,
				Reason: "UNMATCHED_PAYMENT", Why: "PAY0004 paid 49,999.00 to this supplier and is matched to nothing"},
			{Debt: payment.Debt{Buyer: "BUYER0001", Supplier: "SUPP0003", NumberKey: "91"}, SupplierName: hindi.Name, Number: "+91", Source: "ledger/open.xlsx:9", Amount: 11_800_00},
		}},
		Settings: []Setting{{"amount_tolerance", "1.00"}, {"outcome_within", "2 days"}},
	}
	at := func(i int) *ledger.Item { return &f.Ledger.Items[i] }
	f.Result = &matcher.Result{
		Items: []matcher.ItemResult{
			{Item: at(2), Status: matcher.Credit, Rule: matcher.NoMatch, Confirmation: "none"},
			{Item: at(0), Status: matcher.Confirmed, Rule: matcher.Exact, CashPaid: 1_16_000_00, Adjusted: 2_000_00, Matches: []matcher.Share{match(paid, matcher.Exact)}, Confirmation: "accepted", AgeDays: 20},
			{Item: at(1), Status: matcher.InFlight, Rule: matcher.Exact, CashPaid: 2_36_00_000_50, InFlight: 2_36_00_000_50, Matches: []matcher.Share{match(twice, matcher.Exact), match(again, matcher.Exact)}, Confirmation: "none", AgeDays: 16,
				Breaks: []matcher.Break{
					{Code: "LEDGER_BEHIND", Amount: 2_36_00_000_50, Detail: "the platform paid 2,36,00,000.50 and the books say 0.00", ExceptionID: "X2"},
					{Code: "DUPLICATE_IN_FLIGHT", Amount: 2_36_00_000_50, Detail: "paid 2,36,00,000.50, in flight 2,36,00,000.50, payable 2,36,00,000.50", ExceptionID: "X1"},
				}},
			{Item: at(3), Status: matcher.OnHold, Rule: matcher.Suggested, Matches: []matcher.Share{match(stray, matcher.Suggested)}, Confirmation: "none", AgeDays: 11, Note: "search given up after 10,000 steps"},
			{Item: at(4), Status: matcher.NotDue, Rule: matcher.NoMatch, Confirmation: "none", AgeDays: -19},
			{Item: at(5), Status: matcher.Unsupported, Rule: matcher.NoMatch, Confirmation: "none",
				Breaks: []matcher.Break{{Code: "PAID_WITHOUT_EVENT", Amount: 11_800_00, Detail: "booked 11,800.00, no payment seen", ExceptionID: "X3"}, {Code: "NO_DUE_DATE", Amount: 11_800_00, Detail: "no due date and no terms", ExceptionID: "X4"}}},
		},
		Lines: []matcher.LineResult{
			{Remittance: paid, Line: &paid.Lines[0], Items: []*ledger.Item{at(0)}, Rule: matcher.Exact},
			{Remittance: twice, Line: &twice.Lines[0], Items: []*ledger.Item{at(1)}, Rule: matcher.Exact},
			{Remittance: again, Line: &again.Lines[0], Items: []*ledger.Item{at(1)}, Rule: matcher.Exact},
			{Remittance: stray, Line: &stray.Lines[0], Items: []*ledger.Item{at(3)}, Rule: matcher.Suggested,
				Breaks: []matcher.Break{{Code: "UNKNOWN_INVOICE", Amount: 49_999_00, Detail: "the ledger has no invoice NOT-OURS of this supplier", ExceptionID: "X5"}}},
		},
	}
	return f
}

// smallRun is the run that the golden summary is of.
func smallRun() RunInfo {
	started := time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC)
	return RunInfo{
		ID: "2026-11-21-run-01", ExitCode: 10, Started: started, Finished: started.Add(3 * time.Second), Host: "erp1",
		Elapsed: []Stage{{"load", 1200}, {"match", 300}}, Overrides: []string{"RECONCILE_OUTPUT"},
		Files: Files{Report: "reports/2026-11-21-run-01/reconciliation.xlsx", Results: "reports/2026-11-21-run-01/results.jsonl"},
	}
}

// manyFacts returns n items, each paid by a payment of its own, every tenth with
// a break.
func manyFacts(tb testing.TB, n int) *Facts {
	tb.Helper()
	f := &Facts{AsOf: on("2026-11-21"), Kind: "match", Ledger: &ledger.Book{Items: make([]ledger.Item, n)}, Result: &matcher.Result{}}
	f.Ledger.Inputs = []ledger.Input{{Path: "ledger.csv", Rows: n, Accepted: n}}
	for i := range n {
		gross := money.Paise(1_00_000_00 + i)
		it := &f.Ledger.Items[i]
		*it = ledger.Item{Pos: source.Pos{File: "ledger.csv", Row: i + 2}, Buyer: "BUYER0001", Supplier: party.Supplier{B2BID: fmt.Sprintf("SUPP%04d", i/100), Name: fmt.Sprintf("Supplier %d Traders", i/100)},
			Number: fmt.Sprintf("INV/26-27/%06d", i), InvoiceDate: f.AsOf - 60, DueDate: f.AsOf - 30, Currency: "INR", Gross: gross, Paid: gross}
		p := &payment.Remittance{ObjectID: fmt.Sprintf("PAY%07d", i), Buyer: "BUYER0001", Supplier: it.Supplier.B2BID, Type: payment.OnPlatform, UTR: fmt.Sprintf("HDFCR52026%012d", i), UTRFinal: true,
			Outcome: payment.Paid, Date: f.AsOf - 30, Lines: []payment.Line{{Number: it.Number, Net: gross, Total: gross, Confirmation: payment.Accepted}},
			Evidence: []payment.Evidence{{Pos: source.Pos{File: "events.jsonl", Row: i + 1}, Says: "response SUCCESS"}}}
		l := &p.Lines[0]
		r := matcher.ItemResult{Item: it, Status: matcher.Confirmed, Rule: matcher.Exact, CashPaid: gross, Confirmation: "accepted", AgeDays: 30,
			Matches: []matcher.Share{{Remittance: p, Line: l, Rule: matcher.Exact, Net: gross}}}
		if i%10 == 0 {
			r.Breaks = []matcher.Break{{Code: "UTR_MISMATCH", Amount: gross, Detail: "the books say A, the platform says B", ExceptionID: fmt.Sprint(i)}}
		}
		f.Result.Items = append(f.Result.Items, r)
		f.Result.Lines = append(f.Result.Lines, matcher.LineResult{Remittance: p, Line: l, Items: []*ledger.Item{it}, Rule: matcher.Exact})
	}
	return f
}
