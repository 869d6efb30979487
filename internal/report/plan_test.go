package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/day"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// planOfTwo is a small proposal with one payment in and one left out.
func planOfTwo() *Plan {
	debt := func(key string) payment.Debt {
		return payment.Debt{Buyer: "BUYER0001", Supplier: "SUP1", NumberKey: key, Year: 2026}
	}
	due := day.Date(739_938)
	return &Plan{
		Hash: "5fd924625f6ab16a19cc9807c7c506ae1813490e4ba675f843d5a10e0baacdb8", Need: 2, Version: "test",
		Proposal: &proposal.Proposal{
			AsOf: due + 1, Round: 2, Maker: "reconcile", BaseURL: "https://api.example.com", API: "req-pay", Type: payment.OnPlatform,
			Funding: []proposal.Funding{{Buyer: "BUYER0001", Date: due + 1, Instructions: 1, Net: 116_000}},
			Instructions: []proposal.Instruction{{
				ObjectID: "PMTP6WHNKDVL2H7LNPVIXMYFEHVP6HRH5DU", Attempt: 2, Buyer: "BUYER0001", Supplier: "SUP1", SupplierName: "=cmd|' /C calc'!A0",
				Mode: "NEFT", Reference: "RCNP6WHNKDVL2H7LNPVIXMYFEHVP6HRH5DU",
				Payee: proposal.Payee{Last4: "8823", IFSC: "DKSB0000144", Beneficiary: "Shree Traders"},
				Allocations: []proposal.Allocation{{
					Debt: debt("INV/1"), Number: "INV/1", Source: "ledger/open.csv:2", DueDate: due, Gross: 118_000, Net: 116_000, Adjustment: 2_000,
					Splits: []proposal.Split{{Name: "TDS", Value: 2_000, RefNo: "194C"}},
				}},
				Net: 116_000, Adjustment: 2_000, Total: 118_000,
			}},
			Lines: []proposal.Line{
				{Debt: debt("INV/1"), Number: "INV/1", Source: "ledger/open.csv:2", DueDate: due, Amount: 116_000, Instruction: "PMTP6WHNKDVL2H7LNPVIXMYFEHVP6HRH5DU", SecondAttempt: true, Failed: proposal.Failure{ObjectID: "PMTAAAA", On: due - 2, Why: "response FAILED in events/november.jsonl:7"}, PayBy: due + 3, PayByRule: "MSMED Act, section 15"},
				{Debt: debt("INV/2"), SupplierName: "Shree Traders", Number: "INV/2", Source: "ledger/open.csv:3", DueDate: due, Amount: 5_000, Reason: proposal.OnHold, Why: "it is on hold: the books say \"QC\"; settle that first"},
			},
			Inputs:   []proposal.Input{{Path: "ledger/open.csv", SHA256: "a1"}},
			Settings: []proposal.Setting{{Name: "payments.mode", Value: "propose"}},
		},
	}
}

// The workbook of a plan is what a checker reads: its words are held by a golden
// file, and a name that begins like a formula stays text.
func TestPlanGolden(t *testing.T) {
	var book, got bytes.Buffer
	if err := planOfTwo().WriteWorkbook(&book); err != nil {
		t.Fatal(err)
	}
	if err := Dump(bytes.NewReader(book.Bytes()), int64(book.Len()), &got); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "plan.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s differs (-want +got); run go test -update if it is meant:\n%s", golden, diff)
	}
	var again bytes.Buffer
	if err := planOfTwo().WriteWorkbook(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(book.Bytes(), again.Bytes()) {
		t.Error("the same plan gives other bytes the second time")
	}
}
