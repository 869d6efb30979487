package proposal

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

var update = flag.Bool("update", false, "write testdata and docs/reasons.md anew")

// golden compares text with a file, or writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run go test -update if it is meant:\n%s", path, diff)
	}
}

// month is a small proposal with something of everything.
func month() *Proposal {
	p := policy()
	p.MaxInvoices, p.NetCredits = 2, true
	p.Inputs = []Input{{"ledger/open.csv", strings.Repeat("ab", 32)}, {"events/november.jsonl", strings.Repeat("cd", 32)}}
	p.Settings = []Setting{{"payments.mode", "propose"}, {"payments.type", "ONPLATFORM"}}
	p.Overrides = []string{"RECONCILE_PAYMENTS_MAX_INVOICES"}

	guards := invoice("BPS/26-27/104", 1_13_280_00)
	guards.TDS, guards.Section, guards.Gross, guards.Taxable = 1_920_00, "194C", 1_15_200_00, 96_000_00
	guards.Account, guards.IFSC, guards.Beneficiary = party.Account{Last4: "6094", Fingerprint: [16]byte{7}}, "DKSB0000144", "Bluepeak & Söhne <Ltd>"
	more := guards
	more.Number, more.Debt.NumberKey, more.Source = "BPS/26-27/110", "BPS/FY2026/110", "ledger.csv:3"
	more.Amount, more.Cash, more.TDS, more.Gross, more.InvoiceDate = 50_000_00, 50_000_00, 0, 50_000_00, on("2026-10-10")
	small := invoice("KFP/26-27/215", 18_900_00)
	small.Debt.Supplier, small.SupplierName, small.PAN, small.Source = "KONKAN", "Konkan Fresh", "AATFK2086L", "ledger.csv:4"
	small.MSME, small.AcceptanceDate = "micro", on("2026-11-10")
	held := invoice("KW/26-27/0101", 42_000_00)
	held.Debt.Buyer, held.Debt.Supplier, held.SupplierName, held.PAN, held.Source, held.Hold = "BUYER2", "KAVERI", "Kaveri Weaves", "AAECK1094R", "ledger.csv:5", `the books say "quality"`

	return Propose(p, []Candidate{guards, more, small, held}, World{
		Credits:  []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "BPS/CN/26-27/3", Source: "ledger.csv:6", Amount: 5_000_00}},
		Accounts: []KnownAccount{{Supplier: "SUPPLIER", Last4: "6094"}},
	})
}

func TestPlanGolden(t *testing.T) {
	plan, err := Encode(month())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/plan.json", string(plan))
	const hash = "1fcff4f4140166f694df0f7565bc5ebcdcbf3176822d85b3bd6276700af1b5dd"
	if got := Hash(plan); got != hash {
		t.Errorf("the hash of the plan is %s, want %s: plans that are approved would no longer be recognised", got, hash)
	}
	again, err := Decode(plan)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(month(), again); diff != "" {
		t.Errorf("what was read is not what was written (-want +got):\n%s", diff)
	}
}

// TestOneByte: no plan of which a byte was changed is taken for the plan.
func TestOneByte(t *testing.T) {
	original := Propose(policy(), []Candidate{invoice("A/1", 118_000_00)}, World{})
	plan, err := Encode(original)
	if err != nil {
		t.Fatal(err)
	}
	hash := Hash(plan)
	read := 0
	for i := range plan {
		for _, b := range []byte{plan[i] ^ 1, '7', ' '} {
			if b == plan[i] {
				continue
			}
			altered := bytes.Clone(plan)
			altered[i] = b
			if Hash(altered) == hash {
				t.Fatalf("byte %d as %q leaves the hash as it is", i, b)
			}
			p, err := Decode(altered)
			if err != nil {
				if !errors.Is(err, ErrAltered) {
					t.Fatalf("byte %d as %q: got %v, want ErrAltered", i, b, err)
				}
				continue
			}
			read++
			// A text that nothing else depends on: it is read as it stands, never as it stood.
			if cmp.Equal(p, original) {
				t.Errorf("byte %d as %q is read as if nothing had been changed", i, b)
			}
		}
	}
	if read == 0 {
		t.Error("no altered plan could be read at all, so the second half of this test saw nothing")
	}
}

// TestDecodeRefuses: what does not tie is no plan, even where it is well written.
func TestDecodeRefuses(t *testing.T) {
	plan, err := Encode(month())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"a paisa more", `"net": 10828000`, `"net": 10828001`},
		{"another form", `"format": "reconcile plan 1"`, `"format": "reconcile plan 2"`},
		{"a key too many", `"maker": "meera",`, `"maker": "meera",` + "\n" + `  "note": "",`},
		{"a key in capitals", `"maker": "meera"`, `"Maker": "meera"`},
		{"a list that is null", `"overrides": [`, `"overrides": null, "x": [`},
		{"other spaces", "\n  \"maker\"", "\n   \"maker\""},
		{"a number with an exponent", `"round": 1`, `"round": 1e0`},
		{"an amount that is no whole paisa", `"net": 1890000`, `"net": 1890000.0`},
		{"an escape", `"meera"`, `"meer\u0061"`},
		{"another buyer to pay for", `"buyer": "BUYER",`, `"buyer": "BUYER9",`},
		{"no funding", `"net": 17718000`, `"net": 17718001`},
	} {
		altered := strings.Replace(string(plan), c.old, c.new, 1)
		if altered == string(plan) {
			t.Errorf("%s: the plan has no %s", c.name, c.old)
			continue
		}
		if _, err := Decode([]byte(altered)); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: got error %v, want ErrAltered", c.name, err)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "no newline": strings.TrimSuffix(string(plan), "\n"), "two newlines": string(plan) + "\n",
		"twice": string(plan) + string(plan), "a byte order mark": "\ufeff" + string(plan), "an array": "[]\n",
	} {
		if _, err := Decode([]byte(text)); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: got error %v, want ErrAltered", name, err)
		}
	}
}

// TestCheckRefuses: nothing is written, nor read, that does not tie.
func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Proposal)
	}{
		{"a paisa more", func(p *Proposal) { p.Instructions[0].Net++ }},
		{"a line less", func(p *Proposal) { p.Lines = p.Lines[1:] }},
		{"a line more", func(p *Proposal) { p.Lines = append(p.Lines, p.Lines[0]) }},
		{"a line without its reason", func(p *Proposal) { p.Lines[len(p.Lines)-1].Reason = "" }},
		{"a reason that nobody knows", func(p *Proposal) { p.Lines[len(p.Lines)-1].Reason = "WHIM" }},
		{"no date", func(p *Proposal) { p.AsOf = 0 }},
		{"no type", func(p *Proposal) { p.Type = 0 }},
		{"the other type", func(p *Proposal) { p.Type = payment.OffPlatform }},
		{"a mode of our own", func(p *Proposal) { p.Instructions[0].Mode = "PIGEON" }},
		{"an id of another", func(p *Proposal) { p.Instructions[0].ObjectID = p.Instructions[1].ObjectID }},
		{"another attempt", func(p *Proposal) { p.Instructions[0].Attempt++ }},
		{"another reference", func(p *Proposal) { p.Instructions[0].Reference = "X" }},
		{"twice", func(p *Proposal) { p.Instructions = append(p.Instructions, p.Instructions[0]) }},
		{"a split less", func(p *Proposal) { p.Instructions[1].Allocations[0].Splits = nil }},
		{"a split of our own", func(p *Proposal) { p.Instructions[1].Allocations[0].Splits[0].Name = "GIFT" }},
		{"owed less", func(p *Proposal) { p.Instructions[0].Allocations[0].Owed = 1 }},
		{"due more than the invoice", func(p *Proposal) { p.Instructions[0].Allocations[0].Due = p.Instructions[0].Allocations[0].Gross + 1 }},
		{"a quote in a name", func(p *Proposal) { p.Instructions[1].Payee.Beneficiary = `"` }},
		{"a digest that is none", func(p *Proposal) { p.Instructions[1].Payee.Digest = "abc" }},
		{"an IFSC that is none", func(p *Proposal) { p.Instructions[1].Payee.IFSC = "BANK" }},
		{"another key of the number", func(p *Proposal) { p.Instructions[0].Allocations[0].Number = "OTHER" }},
		{"no year", func(p *Proposal) { inYear(p, 0) }},
		{"a year of no invoice", func(p *Proposal) { inYear(p, 1899) }},
		{"no funding", func(p *Proposal) { p.Funding = nil }},
		{"text that is none", func(p *Proposal) { p.Maker = "\xff" }},
	} {
		p := month()
		c.change(p)
		if _, err := Encode(p); err == nil {
			t.Errorf("%s: it was written as a plan", c.name)
		}
	}
}

// inYear moves the first invoice of a plan into another year, and keeps the rest in
// step with it.
func inYear(p *Proposal, year day.FinancialYear) {
	in := &p.Instructions[0]
	a := &in.Allocations[0]
	was, id := a.Debt, in.ObjectID
	a.Debt.Year = year
	in.ObjectID = ObjectID(in.Buyer, in.Supplier, in.Allocations, in.Attempt)
	in.Reference = Reference(in.ObjectID)
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Debt == was {
			l.Debt = a.Debt
		}
		if l.Instruction == id {
			l.Instruction = in.ObjectID
		}
	}
}

// TestEditsChangeTheHash: whoever edits a plan, however well, has another plan.
func TestEditsChangeTheHash(t *testing.T) {
	plan, err := Encode(month())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Proposal){
		"the digest of an account": func(p *Proposal) { p.Instructions[1].Payee.Digest = strings.Repeat("0", 64) },
		"the last four digits":     func(p *Proposal) { p.Instructions[1].Payee.Last4 = "6095" },
		"the IFSC":                 func(p *Proposal) { p.Instructions[1].Payee.IFSC = "DKSB0000145" },
		"the beneficiary":          func(p *Proposal) { p.Instructions[1].Payee.Beneficiary = "Somebody" },
		"the VPA":                  func(p *Proposal) { p.Instructions[1].Payee.VPA = "somebody@bank" },
		"the platform":             func(p *Proposal) { p.BaseURL = "https://platform.example.org" },
		"a setting":                func(p *Proposal) { p.Settings[0].Value = "auto" },
		"an override":              func(p *Proposal) { p.Overrides = nil },
		"the round":                func(p *Proposal) { p.Round++ },
		"the maker":                func(p *Proposal) { p.Maker = "somebody" },
		"how long it is valid":     func(p *Proposal) { p.ValidFor++ },
		"an input":                 func(p *Proposal) { p.Inputs[0].SHA256 = strings.Repeat("00", 32) },
		"a reason":                 func(p *Proposal) { p.Lines[len(p.Lines)-1].Why += "." },
		"a due date":               func(p *Proposal) { p.Instructions[0].Allocations[0].DueDate++ },
	} {
		p := month()
		change(p)
		edited, err := Encode(p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if Hash(edited) == Hash(plan) {
			t.Errorf("%s is not under the hash", name)
		}
	}
}

// TestRoundTrip: what is written is read as it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t)
		p := Propose(s.policy, s.candidates, s.world)
		plan, err := Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(plan)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Encode(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plan, second) {
			t.Errorf("written again, the plan differs at byte %d", differAt(plan, second))
		}
	})
}

// FuzzDecode: what is read is written again byte for byte, so that there is one
// plan for one hash.
func FuzzDecode(f *testing.F) {
	plan, err := Encode(month())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plan)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Decode(text)
		if err != nil {
			if !errors.Is(err, ErrAltered) {
				t.Fatalf("got error %v, want ErrAltered", err)
			}
			return
		}
		again, err := Encode(p)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if !bytes.Equal(again, text) {
			t.Fatalf("written again, the plan differs at byte %d", differAt(again, text))
		}
	})
}
