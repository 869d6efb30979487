package payment

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/money"
	"reconcile/internal/source"
)

var ist = time.FixedZone("IST", 5*3600+1800)

// seal gives an event a canonical body of what it says.
func seal(e Event) Event {
	pos := e.Pos
	e.Pos, e.Canonical, e.Sum = source.Pos{}, nil, [sha256.Size]byte{}
	e.Canonical = fmt.Appendf(nil, "%+v", e)
	e.Sum = sha256.Sum256(e.Canonical)
	e.Pos = pos
	return e
}

func fold(events []Event) []Remittance {
	f := NewFolder(ist)
	f.Keep("P1")
	for i := range events {
		f.Add(&events[i])
	}
	if len(f.Contested()) > 0 {
		for i := range events {
			f.Settle(&events[i])
		}
	}
	return f.Remittances()
}

// anyEvent draws an event that is likely to agree with some and contradict
// others.
var anyEvent = rapid.Custom(func(t *rapid.T) Event {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	e := Event{
		Family:   Family(rapid.IntRange(int(Request), int(ConfirmationRequest)).Draw(t, "family")),
		ObjectID: pick("id", "P1", "P2"),
		Buyer:    "B1",
		Supplier: pick("supplier", "S1", "S1", "S1", "S2"),
		TS:       pick("ts", "2026-11-20T23:30:00+05:30", "2026-11-21", ""),
		Type:     Type(rapid.IntRange(0, 2).Draw(t, "type")),
		Pos:      source.Pos{File: pick("file", "a", "b", "c"), Row: rapid.IntRange(1, 50).Draw(t, "row")},
	}
	lines := rapid.IntRange(0, 2).Draw(t, "lines")
	for range lines {
		e.Lines = append(e.Lines, EventLine{InvoiceID: pick("invoice", "", "I1", "I2"), Number: pick("number", "A/1", "A-01", "B/2")})
	}
	if e.Family == ConfirmationRequest {
		e.Reject = rapid.Bool().Draw(t, "reject")
		return seal(e)
	}
	for i := range e.Lines {
		e.Lines[i].Net = money.Paise(rapid.SampledFrom([]int{100, 100, 100, 200}).Draw(t, "net"))
		e.Lines[i].Total = e.Lines[i].Net
	}
	e.Mode = pick("mode", "", "NEFT", "UPI")
	e.UTR = pick("utr", "", "N1", "N2", "ref n1")
	if e.Totals.HasTotal = rapid.Bool().Draw(t, "has total"); e.Totals.HasTotal {
		e.Totals.Total = money.Paise(rapid.SampledFrom([]int{100, 100, 200}).Draw(t, "total"))
	}
	if e.Family == Response {
		e.Result = Result(rapid.IntRange(int(Success), int(OtherResult)).Draw(t, "result"))
		e.Word = fmt.Sprint("WORD", e.Result)
	}
	return seal(e)
})

func TestFoldIsAFunctionOfTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(anyEvent, 1, 14).Draw(t, "events")
		want := fold(events)
		shuffled := rapid.Permutation(append(append([]Event{}, events...), events...)).Draw(t, "order")
		if diff := cmp.Diff(want, fold(shuffled)); diff != "" {
			t.Fatalf("the order changed the result (-want +got):\n%s", diff)
		}
		for _, r := range want {
			checkRemittance(t, &r)
		}
	})
}

// checkRemittance holds what is true of every remittance.
func checkRemittance(t *rapid.T, r *Remittance) {
	if r.Conflict != "" && r.Outcome != Unknown {
		t.Errorf("%s: in conflict, and %v", r.ObjectID, r.Outcome)
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		if r.Stands(l) && r.InFlight(l) {
			t.Errorf("%s: line %d stands and is in flight", r.ObjectID, i)
		}
		if r.Conflict != "" && !r.InFlight(l) {
			t.Errorf("%s: in conflict, and line %d is not in flight", r.ObjectID, i)
		}
	}
	if r.UTRFinal && r.UTR == "" {
		t.Errorf("%s: final without a UTR", r.ObjectID)
	}
	kept := 0
	if r.ObjectID == "P1" {
		kept = len(r.Evidence)
	}
	if len(r.Bodies) != kept {
		t.Errorf("%s: %d bodies are kept, want %d", r.ObjectID, len(r.Bodies), kept)
	}
	for i := range r.Bodies {
		if got, want := r.Bodies[i].Pos, r.Evidence[i].Pos; got != want {
			t.Errorf("%s: body %d stands at %v, its evidence at %v", r.ObjectID, i, got, want)
		}
	}
}

func TestManyBodiesOfOnePayment(t *testing.T) {
	f := NewFolder(ist)
	for round := range 2 {
		for i := range 3 * manyBodies {
			e := seal(Event{Family: Response, ObjectID: "P", Buyer: "B", Supplier: "S", Result: Success, Word: "S", TS: fmt.Sprint(i), Pos: source.Pos{File: "a", Row: i + 1}})
			if copied := f.Add(&e); copied != (round == 1) {
				t.Fatalf("round %d, body %d: copy %v", round, i, copied)
			}
		}
	}
	if got := len(f.Remittances()[0].Evidence); got != 3*manyBodies {
		t.Errorf("got %d pieces of evidence, want %d", got, 3*manyBodies)
	}
}

func TestLines(t *testing.T) {
	line := func(net, adjustment, total money.Paise) EventLine {
		return EventLine{Number: "A/1", Net: net, Adjustment: adjustment, Total: total}
	}
	split := line(100, 20, 120)
	split.HasSplits, split.Splits = true, 15
	for _, c := range []struct {
		name   string
		totals Totals
		lines  []EventLine
		want   []string
	}{
		{"balanced", Totals{Net: 100, HasNet: true}, []EventLine{line(100, 20, 120)}, []string{""}},
		{"one paisa", Totals{Net: 101, HasNet: true}, []EventLine{line(100, 20, 121)}, []string{""}},
		{"line", Totals{}, []EventLine{line(100, 20, 130), line(1, 0, 1)}, []string{"total 1.30 is not net 1.00 + adjustment 0.20", ""}},
		{"payment", Totals{Net: 300, HasNet: true}, []EventLine{line(100, 0, 100), line(100, 0, 100)},
			[]string{"the payment's net 3.00 is not the sum of its lines, 2.00", "the payment's net 3.00 is not the sum of its lines, 2.00"}},
		{"splits", Totals{}, []EventLine{split}, []string{"the splits sum to 0.15, the adjustment is 0.20"}},
	} {
		e := seal(Event{Family: Request, ObjectID: "P", Buyer: "B", Supplier: "S", Totals: c.totals, Lines: c.lines})
		r := fold([]Event{e})[0]
		for i, want := range c.want {
			if got := r.Lines[i].Unbalanced; got != want {
				t.Errorf("%s: line %d: got %q, want %q", c.name, i, got, want)
			}
		}
	}
}

func TestConfirmationFindsItsLines(t *testing.T) {
	request := seal(Event{Family: Request, ObjectID: "P", Buyer: "B", Supplier: "S", Type: OffPlatform, Lines: []EventLine{
		{InvoiceID: "I1", Number: "INV/001", Net: 1}, {InvoiceID: "I2", Number: "INV/1", Net: 1}, {Number: "INV-2", Net: 1},
	}})
	for _, c := range []struct {
		name string
		refs []EventLine
		want string
	}{
		{"id before number", []EventLine{{InvoiceID: "I2", Number: "INV/001"}}, "none accepted none"},
		{"number as written before key", []EventLine{{Number: "INV/1"}}, "none accepted none"},
		{"key", []EventLine{{Number: "inv 0002"}}, "none none accepted"},
		{"key of two", []EventLine{{Number: "INV 01"}}, "accepted accepted none"},
		{"unknown", []EventLine{{Number: "X"}}, "none none none"},
		{"all", nil, "accepted accepted accepted"},
	} {
		r := fold([]Event{request, seal(Event{Family: ConfirmationRequest, ObjectID: "P", Buyer: "B", Supplier: "S", Lines: c.refs})})[0]
		got := fmt.Sprint(r.Lines[0].Confirmation, " ", r.Lines[1].Confirmation, " ", r.Lines[2].Confirmation)
		if got != c.want || r.Outcome != Paid {
			t.Errorf("%s: got %s, %v; want %s, paid", c.name, got, r.Outcome, c.want)
		}
	}
}

func TestConfirmedAlone(t *testing.T) {
	confirmation := func(reject bool, refs ...EventLine) Event {
		return seal(Event{Family: ConfirmationRequest, ObjectID: "P", Buyer: "B", Supplier: "S", Type: OffPlatform, TS: "2026-11-20T20:00:00Z", Reject: reject, Lines: refs})
	}
	r := fold([]Event{
		confirmation(false, EventLine{InvoiceID: "I1", Number: "A/1"}, EventLine{Number: "B-01"}, EventLine{Number: "B/1"}),
		confirmation(true, EventLine{InvoiceID: "I2", Number: "A/1"}),
	})[0]
	if !r.OnlyConfirmed || len(r.Lines) != 3 || r.Outcome != Paid || r.Date.String() != "2026-11-21" {
		t.Errorf("got %+v, want three lines, paid, on 21 November in India", r)
	}
}

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"2026-11-21T10:00:00+05:30", "2026-11-21T10:00:00+05:30"},
		{"2026-11-20T20:00:00.123Z", "2026-11-21T01:30:00+05:30"},
		{"2026-11-21T10:00:00", "2026-11-21T10:00:00+05:30"},
		{"2026-11-21 10:00:00.5", "2026-11-21T10:00:00+05:30"},
		{" 2026-11-21 10:00:00+00:00", "2026-11-21T15:30:00+05:30"},
		{"1795257600", "2026-11-21T16:10:00+05:30"},
		{"1795257600000", "2026-11-21T16:10:00+05:30"},
		{"", ""}, {"soon", ""}, {"2026-13-01T00:00:00Z", ""}, {"123", ""}, {"0000000000", ""},
	} {
		got := ""
		if m := ParseTime(c.text, ist); !m.IsZero() {
			got = m.In(ist).Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("ParseTime(%q) = %s, want %s", c.text, got, c.want)
		}
	}
}
