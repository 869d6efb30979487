package proposal

import (
	"errors"
	"fmt"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// The wire types are a plan as JSON. They are apart from the Proposal so that
// amounts are whole paise there and every key is spelt once, here.
type wirePlan struct {
	Format       string            `json:"format"`
	AsOf         day.Date          `json:"as_of"`
	Round        int               `json:"round"`
	Maker        string            `json:"maker"`
	BaseURL      string            `json:"base_url"`
	API          string            `json:"api"`
	Type         string            `json:"type"`
	ValidFor     int64             `json:"valid_for"`
	Funding      []wireFunding     `json:"funding"`
	Instructions []wireInstruction `json:"instructions"`
	Lines        []wireLine        `json:"lines"`
	Inputs       []wireInput       `json:"inputs"`
	Settings     []wireSetting     `json:"settings"`
	Overrides    []string          `json:"overrides"`
}

// planFormat stands in every plan; a change of the form is a change of its number.
const planFormat = "reconcile plan 1"

type wireFunding struct {
	Buyer        string   `json:"buyer"`
	Date         day.Date `json:"date"`
	Instructions int      `json:"instructions"`
	Net          int64    `json:"net"`
}

type wireInstruction struct {
	ObjectID     string           `json:"object_id"`
	Attempt      int              `json:"attempt"`
	Buyer        string           `json:"buyer"`
	Supplier     string           `json:"supplier"`
	SupplierName string           `json:"supplier_name"`
	Mode         string           `json:"mode"`
	Reference    string           `json:"reference"`
	PaymentDate  day.Date         `json:"payment_date"`
	Payee        wirePayee        `json:"payee"`
	Allocations  []wireAllocation `json:"allocations"`
	Net          int64            `json:"net"`
	Adjustment   int64            `json:"adjustment"`
	Total        int64            `json:"total"`
}

type wirePayee struct {
	Last4       string `json:"last4"`
	IFSC        string `json:"ifsc"`
	Beneficiary string `json:"beneficiary"`
	VPA         string `json:"vpa"`
	Digest      string `json:"digest"`
}

type wireDebt struct {
	Buyer     string `json:"buyer"`
	Supplier  string `json:"supplier"`
	NumberKey string `json:"number_key"`
	Year      int    `json:"year"` // in which the financial year begins
	Part      string `json:"part"`
}

type wireAllocation struct {
	Debt          wireDebt    `json:"debt"`
	Instalment    int         `json:"instalment"`
	Number        string      `json:"number"`
	InvoiceID     string      `json:"invoice_id"`
	ObjectVersion int         `json:"object_version"`
	InvoiceStatus string      `json:"invoice_status"`
	Source        string      `json:"source"`
	DueDate       day.Date    `json:"due_date"`
	PaymentID     string      `json:"payment_id"`
	Gross         int64       `json:"gross"`
	Owed          int64       `json:"owed"`
	Due           int64       `json:"due"`
	Net           int64       `json:"net"`
	Adjustment    int64       `json:"adjustment"`
	Splits        []wireSplit `json:"splits"`
}

type wireSplit struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
	RefNo string `json:"ref_no"`
}

type wireLine struct {
	Debt          wireDebt `json:"debt"`
	SupplierName  string   `json:"supplier_name"`
	Number        string   `json:"number"`
	Source        string   `json:"source"`
	DueDate       day.Date `json:"due_date"`
	Amount        int64    `json:"amount"`
	Instruction   string   `json:"instruction"`
	Reason        Reason   `json:"reason"`
	Why           string   `json:"why"`
	PayBy         day.Date `json:"pay_by"`
	PayByRule     string   `json:"pay_by_rule"`
	SecondAttempt bool     `json:"second_attempt"`

	// Plans in which nothing failed before are as they were before it was told.
	Failed *wireFailure `json:"failed,omitempty"`
}

type wireFailure struct {
	ObjectID string   `json:"object_id"`
	On       day.Date `json:"on"`
	Why      string   `json:"why"`
}

func wireFailureOf(f Failure) *wireFailure {
	if f == (Failure{}) {
		return nil
	}
	w := wireFailure(f)
	return &w
}

func (w *wireFailure) failure() Failure {
	if w == nil {
		return Failure{}
	}
	return Failure(*w)
}

type wireInput struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

type wireSetting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// each maps a list; of none it makes an empty one, never null.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// listOf is each back again; of an empty list it makes none.
func listOf[A, B any](list []A, f func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	return each(list, f)
}

func wireOf(p *Proposal) wirePlan {
	return wirePlan{
		Format: planFormat, AsOf: p.AsOf, Round: p.Round, Maker: p.Maker, BaseURL: p.BaseURL, API: p.API,
		Type: p.Type.String(), ValidFor: p.ValidFor,
		Funding: each(p.Funding, func(f Funding) wireFunding {
			return wireFunding{f.Buyer, f.Date, f.Instructions, int64(f.Net)}
		}),
		Instructions: each(p.Instructions, wireInstructionOf),
		Lines: each(p.Lines, func(l Line) wireLine {
			return wireLine{wireDebtOf(l.Debt), l.SupplierName, l.Number, l.Source, l.DueDate, int64(l.Amount),
				l.Instruction, l.Reason, l.Why, l.PayBy, l.PayByRule, l.SecondAttempt, wireFailureOf(l.Failed)}
		}),
		Inputs:    each(p.Inputs, func(i Input) wireInput { return wireInput(i) }),
		Settings:  each(p.Settings, func(s Setting) wireSetting { return wireSetting(s) }),
		Overrides: each(p.Overrides, func(s string) string { return s }),
	}
}

func wireInstructionOf(in Instruction) wireInstruction {
	return wireInstruction{
		ObjectID: in.ObjectID, Attempt: in.Attempt, Buyer: in.Buyer, Supplier: in.Supplier, SupplierName: in.SupplierName,
		Mode: in.Mode, Reference: in.Reference, PaymentDate: in.PaymentDate, Payee: wirePayee(in.Payee),
		Allocations: each(in.Allocations, func(a Allocation) wireAllocation {
			return wireAllocation{
				Debt: wireDebtOf(a.Debt), Instalment: a.Instalment, Number: a.Number, InvoiceID: a.InvoiceID,
				ObjectVersion: a.ObjectVersion, InvoiceStatus: a.InvoiceStatus, Source: a.Source, DueDate: a.DueDate,
				PaymentID: a.PaymentID, Gross: int64(a.Gross), Owed: int64(a.Owed), Due: int64(a.Due),
				Net: int64(a.Net), Adjustment: int64(a.Adjustment),
				Splits: each(a.Splits, func(s Split) wireSplit { return wireSplit{s.Name, int64(s.Value), s.RefNo} }),
			}
		}),
		Net: int64(in.Net), Adjustment: int64(in.Adjustment), Total: int64(in.Total),
	}
}

func wireDebtOf(d payment.Debt) wireDebt {
	return wireDebt{d.Buyer, d.Supplier, d.NumberKey, int(d.Year), d.Part}
}

func (d wireDebt) debt() payment.Debt {
	return payment.Debt{Buyer: d.Buyer, Supplier: d.Supplier, NumberKey: d.NumberKey, Year: day.FinancialYear(d.Year), Part: d.Part}
}

func (w *wirePlan) proposal() (*Proposal, error) {
	if w.Format != planFormat {
		return nil, fmt.Errorf("its format is %q, and this program knows %q", w.Format, planFormat)
	}
	var typ payment.Type
	for t := payment.OnPlatform; t <= payment.OffPlatform; t++ {
		if t.String() == w.Type {
			typ = t
		}
	}
	if typ == 0 {
		return nil, errors.New("its type is neither ONPLATFORM nor OFFPLATFORM")
	}
	return &Proposal{
		AsOf: w.AsOf, Round: w.Round, Maker: w.Maker, BaseURL: w.BaseURL, API: w.API, Type: typ, ValidFor: w.ValidFor,
		Funding: listOf(w.Funding, func(f wireFunding) Funding {
			return Funding{f.Buyer, f.Date, f.Instructions, money.Paise(f.Net)}
		}),
		Instructions: listOf(w.Instructions, wireInstruction.instruction),
		Lines: listOf(w.Lines, func(l wireLine) Line {
			return Line{l.Debt.debt(), l.SupplierName, l.Number, l.Source, l.DueDate, money.Paise(l.Amount),
				l.Instruction, l.Reason, l.Why, l.PayBy, l.PayByRule, l.SecondAttempt, l.Failed.failure()}
		}),
		Inputs:    listOf(w.Inputs, func(i wireInput) Input { return Input(i) }),
		Settings:  listOf(w.Settings, func(s wireSetting) Setting { return Setting(s) }),
		Overrides: listOf(w.Overrides, func(s string) string { return s }),
	}, nil
}

func (w wireInstruction) instruction() Instruction {
	return Instruction{
		ObjectID: w.ObjectID, Attempt: w.Attempt, Buyer: w.Buyer, Supplier: w.Supplier, SupplierName: w.SupplierName,
		Mode: w.Mode, Reference: w.Reference, PaymentDate: w.PaymentDate, Payee: Payee(w.Payee),
		Allocations: listOf(w.Allocations, func(a wireAllocation) Allocation {
			return Allocation{
				Debt: a.Debt.debt(), Instalment: a.Instalment, Number: a.Number, InvoiceID: a.InvoiceID,
				ObjectVersion: a.ObjectVersion, InvoiceStatus: a.InvoiceStatus, Source: a.Source, DueDate: a.DueDate,
				PaymentID: a.PaymentID, Gross: money.Paise(a.Gross), Owed: money.Paise(a.Owed), Due: money.Paise(a.Due),
				Net: money.Paise(a.Net), Adjustment: money.Paise(a.Adjustment),
				Splits: listOf(a.Splits, func(s wireSplit) Split { return Split{s.Name, money.Paise(s.Value), s.RefNo} }),
			}
		}),
		Net: money.Paise(w.Net), Adjustment: money.Paise(w.Adjustment), Total: money.Paise(w.Total),
	}
}
