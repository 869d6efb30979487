package journaltest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// Memory is a Journal that forgets everything with the process: the shortest one
// that keeps the contract, for the others to be read beside.
type Memory struct {
	mu      sync.Mutex
	now     func() time.Time
	entries []submit.Entry // never changed in place, so that copies may share what they point to
	steps   int
}

// NewMemory returns an empty journal.
func NewMemory(now func() time.Time) *Memory { return &Memory{now: now} }

// MemoryOf returns a journal of these entries, as they are.
func MemoryOf(now func() time.Time, entries []submit.Entry) *Memory {
	return &Memory{now: now, entries: entries}
}

// Copy returns the journal as it is at this moment: a backup.
func (m *Memory) Copy() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{now: m.now, entries: slices.Clone(m.entries), steps: m.steps}
}

// Crash gives the journal as the next process finds it.
func (m *Memory) Crash() (Bench, error) { return m.Copy(), nil }

// Steps counts the traces that were left.
func (m *Memory) Steps(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.steps, nil
}

// Intend writes down instructions that are approved: all or none.
func (m *Memory) Intend(_ context.Context, entries ...submit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.entries)
	for _, e := range entries {
		e.State, e.Since = submit.Intended, m.now()
		e.Allocations = slices.Clone(e.Allocations)
		for i := range e.Allocations {
			e.Allocations[i].Held = true
		}
		if err := mayIntend(all, &e); err != nil {
			return err
		}
		all = append(all, e)
	}
	m.entries = all
	m.steps++
	return nil
}

func mayIntend(all []submit.Entry, e *submit.Entry) error {
	var net, adjustment money.Paise
	for i := range e.Allocations {
		a := &e.Allocations[i]
		net, adjustment = net+a.Net, adjustment+a.Adjustment
		if heldByOther(all, e, a) {
			return fmt.Errorf("invoice %s: another instruction holds this instalment of it, or the two are more than is owed", a.Number)
		}
	}
	switch {
	case len(e.Allocations) == 0 || net <= 0 || net != e.Net || adjustment != e.Adjustment:
		return fmt.Errorf("%s does not sum to its allocations", e.ObjectID)
	case slices.ContainsFunc(all, func(o submit.Entry) bool { return o.ObjectID == e.ObjectID }):
		return fmt.Errorf("%s is written down already", e.ObjectID)
	}
	return nil
}

// heldByOther tells whether the allocation cannot be held, beside what the others
// hold.
func heldByOther(all []submit.Entry, e *submit.Entry, a *submit.Allocated) bool {
	held := a.Net
	for i := range all {
		if all[i].ObjectID == e.ObjectID {
			continue
		}
		for k := range all[i].Allocations {
			o := &all[i].Allocations[k]
			if !o.Held || o.Debt != a.Debt {
				continue
			}
			if held += o.Net; o.Instalment == a.Instalment {
				return true
			}
		}
	}
	return held > a.Owed
}

// Entries implements submit.Journal.
func (m *Memory) Entries(_ context.Context, all bool) ([]submit.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var entries []submit.Entry
	for _, e := range m.entries {
		if all || e.State.Holds() {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Begin implements submit.Journal.
func (m *Memory) Begin(_ context.Context, objectID string, deadline time.Time) (submit.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.find(objectID)
	if err != nil {
		return submit.Ticket{}, err
	}
	if e.State != submit.Intended || e.Sends != 0 {
		return submit.Ticket{}, fmt.Errorf("%s is %s: %w", objectID, e.State, submit.ErrNotIntended)
	}
	e.State, e.Sends, e.Deadline, e.Since = submit.Sending, 1, deadline, m.now()
	m.steps++
	return submit.Ticket{ObjectID: objectID, Body: e.Body, Deadline: deadline, Fence: 1}, nil
}

// Move implements submit.Journal.
func (m *Memory) Move(_ context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.find(objectID)
	if err != nil {
		return 0, err
	}
	if say == submit.Begun {
		return e.State, fmt.Errorf("%s is begun by Begin alone: %w", objectID, submit.ErrIllegal)
	}
	step, err := e.Take(say, proof.SHA256, positions)
	if err != nil {
		return e.State, err
	}
	allocations := slices.Clone(e.Allocations)
	for i := range allocations {
		a := &allocations[i]
		a.Held = step.Held[i] && (a.Held || !heldByOther(m.entries, e, a))
	}
	if !step.Changes(e) {
		return e.State, nil
	}
	e.Allocations = allocations
	if step.From != step.To {
		e.State, e.Since, e.Last = step.To, m.now(), proof
	}
	if step.Alarm.Alarm != "" {
		e.Alarms = append(slices.Clone(e.Alarms), step.Alarm)
		slices.SortFunc(e.Alarms, byWords)
	}
	m.steps++
	return e.State, nil
}

func byWords(a, b submit.Alarmed) int {
	return cmp.Or(cmp.Compare(a.Alarm, b.Alarm), cmp.Compare(a.SHA256, b.SHA256))
}

func (m *Memory) find(objectID string) (*submit.Entry, error) {
	for i := range m.entries {
		if m.entries[i].ObjectID == objectID {
			return &m.entries[i], nil
		}
	}
	return nil, fmt.Errorf("%s: %w", objectID, submit.ErrNoSuch)
}

// Instruction is an instruction to try things with. The name and the attempt give
// its id; debts are what it pays, 1,000.00 each with 20.00 of tax kept back.
func Instruction(name string, attempt int, t payment.Type, debts ...string) submit.Entry {
	e := submit.Entry{
		ObjectID: ID(name, attempt), Attempt: attempt,
		Buyer: "BUYER0001", Supplier: "SUPPLIER-" + name, Type: t,
		Mode: "ACCOUNT TRANSFER", Reference: fmt.Sprintf("OURREF%s%d", name, attempt),
	}
	if t == payment.OffPlatform {
		e.Reference = fmt.Sprintf("HDFCN2611%s%d", name, attempt)
	}
	for i, debt := range debts {
		e.Allocations = append(e.Allocations, submit.Allocated{
			Position:   i,
			Debt:       payment.Debt{Buyer: e.Buyer, Supplier: e.Supplier, NumberKey: "INV/" + debt, Year: 2026},
			Instalment: 1, Number: "INV-" + debt, Source: "ledger.csv:" + debt,
			Owed: 100000, Net: 100000, Adjustment: 2000,
		})
		e.Net += 100000
		e.Adjustment += 2000
	}
	e.Body = fmt.Appendf(nil, `{"payment":{"objectId":%q}}`, e.ObjectID)
	e.BodySHA256 = sha(e.Body)
	return e
}

// ID is the objectId of an Instruction: PMT and 32 of A–Z and 2–7.
func ID(name string, attempt int) string {
	id := strings.ToUpper(name) + strings.Repeat("T", attempt)
	return "PMT" + strings.Repeat("A", 32-len(id)) + id
}
