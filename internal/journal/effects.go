package journal

import (
	"fmt"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// effects says what a step does to the tables, from the step alone. The same
// function writes them when the step is made, explains them when the journal is
// opened, and writes them again when it is recovered.
func effects(s Step) ([]change, error) {
	changes, err := effectsOf(s)
	if err != nil {
		return nil, fmt.Errorf("step %d, %s: %w", s.Seq, s.Kind, err)
	}
	return changes, nil
}

func effectsOf(s Step) ([]change, error) {
	switch s.Kind {
	case kindOpened:
		return effectsOpened(s)
	case kindRecovered:
		return evidence(s, "", ""), nil
	case kindRegistered:
		return effectsRegistered(s)
	case kindDecided:
		return effectsDecided(s)
	case kindIntended:
		return effectsIntended(s)
	case kindFrozen, kindReleased:
		return effectsHold(s)
	case kindPledged:
		return effectsPledged(s)
	case kindAnswer:
		return effectsAnswer(s)
	case KindNoted, KindSoftClosed, KindClosed, KindReopened, KindPurged:
		return effectsRecorded(s)
	}
	if word, ok := strings.CutPrefix(s.Kind, answerMoves); ok {
		return effectsAnswerMoved(s, word)
	}
	return effectsMoved(s)
}

func effectsOpened(s Step) ([]change, error) {
	var d opened
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	if d.Fence == 1 {
		return []change{{table: "lease", how: add, row: []any{int64(1), d.Fence, s.Actor, s.Seq}}}, nil
	}
	return []change{{table: "lease", how: set, key: []any{int64(1)}, set: map[string]any{"fence": d.Fence, "actor": s.Actor, "last_seq": s.Seq}}}, nil
}

// evidence keeps what proves a step, the first time that it is seen.
func evidence(s Step, text, utr string) []change {
	if s.Evidence == "" {
		return nil
	}
	return []change{{table: "evidence", how: once, row: []any{s.Evidence, s.Subject, s.Seq, s.Actor, text, utr}}}
}

func effectsRegistered(s Step) ([]change, error) {
	var d registered
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	changes := []change{{table: "proposal", how: add, row: []any{s.Subject, s.Seq, d.Maker, d.AsOf, int64(d.Round), d.Total, int64(d.Instructions),
		int64(d.SecondAttempts), int64(d.Need), s.At.UnixMilli(), d.Expires, d.InvoiceCap, d.SupplierCap, d.RunCap, d.DayCap}}}
	for i, in := range d.Inputs {
		changes = append(changes, change{table: "input", how: add, row: []any{s.Subject, int64(i), s.Seq, in.Path, in.SHA256}})
	}
	return changes, nil
}

func effectsDecided(s Step) ([]change, error) {
	var d decided
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	logins, err := list(d.Logins)
	if err != nil {
		return nil, err
	}
	return append(evidence(s, d.Reason, ""), change{table: "decision", how: add, row: []any{s.Subject, s.Actor, s.Seq, truth(d.Approve), s.At.UnixMilli(),
		d.Reason, logins, d.Limit, s.Evidence}}), nil
}

func effectsIntended(s Step) ([]change, error) {
	var d intended
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	var debts, lines []change
	for i, a := range d.Allocations {
		id := debtID(payment.Debt{Buyer: d.Buyer, Supplier: d.Supplier, NumberKey: a.NumberKey, Year: day.FinancialYear(a.Year), Part: a.Part})
		debts = append(debts, change{table: "debt", how: once, row: []any{id, s.Seq, d.Buyer, d.Supplier, a.NumberKey, int64(d.KeyVersion), int64(a.Year), a.Part, a.Owed}})
		lines = append(lines, change{table: "allocation", how: add, row: []any{s.Subject, int64(i), s.Seq, id, int64(a.Instalment), a.Number, a.InvoiceID, a.Source,
			a.Net, a.Adjustment, int64(1), nil}})
	}
	changes := append(debts, change{table: "instruction", how: add, row: []any{s.Subject, s.Seq, d.Plan, int64(d.Position), int64(d.Attempt), d.Buyer, d.Supplier,
		d.Type, d.Mode, d.Reference, d.Net, d.Adjustment, int64(len(d.Allocations)), d.PayeeDigest, d.BodySHA256,
		s.New, int64(0), nil, nil, nil, s.At.UnixMilli(), s.Seq, s.Seq}})
	return append(changes, lines...), nil
}

// debtID names a debt by what it is, so that it is the same in every journal.
func debtID(d payment.Debt) string {
	key, err := canonical([]any{d.Buyer, d.Supplier, d.NumberKey, int(d.Year), d.Part})
	if err != nil {
		panic(err) // unreachable: texts and a number can always be written
	}
	return digest(key)[:32]
}

// effectsMoved is of every step that submit.Next knows. What is returned is freed
// before the state moves, everything else after it: the triggers look at the
// state.
func effectsMoved(s Step) ([]change, error) {
	var d moved
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	changes := evidence(s, d.Text, d.UTR)
	if d.Alarm != "" {
		others, err := list(d.Others)
		if err != nil {
			return nil, err
		}
		rings := submit.Alarm(d.Alarm).Of(s.Evidence)
		changes = append(changes, change{table: "alarm", how: add, row: []any{s.Subject, string(rings.Alarm), rings.SHA256, s.Seq, d.Say, d.Paid, others}})
	}
	hold := func(positions []int, columns map[string]any) {
		for _, p := range positions {
			changes = append(changes, change{table: "allocation", how: set, key: []any{s.Subject, int64(p)}, set: columns})
		}
	}
	hold(d.Returned, map[string]any{"held": int64(0), "returned_seq": s.Seq})
	columns := map[string]any{"state": s.New, "last_seq": s.Seq}
	if s.Old != s.New {
		columns["since"], columns["state_seq"] = s.At.UnixMilli(), s.Seq
	}
	if s.Kind == submit.Begun.String() {
		columns["sends"], columns["deadline"], columns["fence"], columns["sent_on"] = int64(1), d.Deadline, d.Fence, d.SentOn
	}
	changes = append(changes, change{table: "instruction", how: set, key: []any{s.Subject}, set: columns})
	hold(d.Frees, map[string]any{"held": int64(0)})
	hold(d.Holds, map[string]any{"held": int64(1), "returned_seq": nil})
	return append(changes, used(s, d.Used)...), nil
}

func used(s Step, statements []string) (changes []change) {
	for _, hash := range statements {
		changes = append(changes, change{table: "pending", how: set, key: []any{hash}, set: map[string]any{"used_seq": s.Seq}})
	}
	return changes
}

func effectsHold(s Step) ([]change, error) {
	var d held
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	changes := used(s, d.Used)
	for i, h := range d.Holds {
		changes = append(changes, change{table: "hold", how: add, row: []any{s.Seq, int64(i), s.Kind, h.What, h.Subject, h.Key, d.Reason, s.Actor}})
	}
	return changes, nil
}

func effectsPledged(s Step) ([]change, error) {
	var d pledged
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	logins, err := list(d.Logins)
	if err != nil {
		return nil, err
	}
	detail, err := canonical(d.Detail)
	if err != nil {
		return nil, err
	}
	return append(evidence(s, d.Reason, ""), change{table: "pending", how: add,
		row: []any{s.Evidence, s.Seq, d.Action, s.Subject, string(detail), s.Actor, logins, nil}}), nil
}

func effectsAnswer(s Step) ([]change, error) {
	var d answered
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	return append(evidence(s, d.Reason, ""), change{table: "answer", how: add, row: []any{s.Subject, s.Seq, d.Buyer, d.Supplier, d.Type, truth(d.Accept), d.Remarks,
		d.BodySHA256, s.New, int64(0), nil, nil, s.At.UnixMilli(), s.Seq}}), nil
}

func effectsAnswerMoved(s Step, word string) ([]change, error) {
	var d moved
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	columns := map[string]any{"state": s.New, "last_seq": s.Seq, "since": s.At.UnixMilli()}
	if word == submit.Begun.String() {
		columns["sends"], columns["deadline"], columns["fence"] = int64(1), d.Deadline, d.Fence
	}
	return append(evidence(s, d.Text, d.UTR), change{table: "answer", how: set, key: []any{s.Subject}, set: columns}), nil
}

func effectsRecorded(s Step) ([]change, error) {
	var d recorded
	if err := strict([]byte(s.Detail), &d); err != nil {
		return nil, err
	}
	changes := append(used(s, d.Used), change{table: "record", how: add, row: []any{s.Seq, s.Kind, s.Subject, s.Actor, string(d.Body)}})
	gone, err := effectsErased(s, d.Body)
	return append(changes, gone...), err
}

// list writes texts as a JSON array; none is an empty one.
func list(texts []string) (string, error) {
	if texts == nil {
		texts = []string{}
	}
	b, err := canonical(texts)
	return string(b), err
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
