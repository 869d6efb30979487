package job

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"reconcile/internal/journal"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/submit"
)

// An OwnStatus is one payment of ours and its story in the journal.
type OwnStatus struct {
	ObjectID string      `json:"payment_object_id"`
	State    string      `json:"state"`
	Supplier string      `json:"supplier_b2b_id"`
	Numbers  []string    `json:"supplier_invoice_numbers"`
	Net      money.Paise `json:"net"`
	Attempt  int         `json:"attempt"`
	Plan     string      `json:"plan_sha256"`
	Alarms   []string    `json:"alarms"`
	Ringing  bool        `json:"alarm_stands"` // nobody has looked into it yet
	Steps    []OwnStep   `json:"steps"`
}

// An OwnStep is one step of the journal about it.
type OwnStep struct {
	Seq   int64     `json:"seq"` // in the chain
	At    time.Time `json:"at"`  // in the company's zone
	Actor string    `json:"actor"`
	What  string    `json:"what"`
	State string    `json:"state"` // that it led to; empty where it is about none
	Text  string    `json:"text"`  // the evidence, a line; may be empty
}

// ownPayments are the payments of ours that a reference names, or that pay what it
// names.
func (s *sight) ownPayments(ctx context.Context, t *till) error {
	s.own = []OwnStatus{}
	if t == nil {
		return nil
	}
	ringing := t.ringing()
	for i := range t.entries {
		e := &t.entries[i]
		if !s.concerns(e) {
			continue
		}
		one := OwnStatus{
			ObjectID: e.ObjectID, State: e.State.String(), Supplier: e.Supplier, Net: e.Net, Attempt: e.Attempt, Plan: e.Plan,
			Numbers: []string{}, Alarms: []string{}, Steps: []OwnStep{},
			Ringing: slices.ContainsFunc(ringing, func(a journal.Alarm) bool { return a.ObjectID == e.ObjectID }),
		}
		for _, a := range e.Allocations {
			one.Numbers = append(one.Numbers, a.Number)
		}
		for _, a := range e.Alarms {
			one.Alarms = append(one.Alarms, string(a.Alarm))
		}
		one.Alarms = slices.Compact(one.Alarms)
		steps, err := t.journal.Timeline(ctx, e.ObjectID)
		if err != nil {
			return withIO(err)
		}
		if len(e.Alarms) > 0 {
			// What was done about the alarm was done about its supplier.
			about, err := t.journal.Timeline(ctx, e.Supplier)
			if err != nil {
				return withIO(err)
			}
			steps = append(steps, slices.DeleteFunc(about, func(step journal.Step) bool { return step.Subject != e.Supplier || step.Seq < steps[0].Seq })...)
			slices.SortFunc(steps, func(a, b journal.Step) int { return cmp.Compare(a.Seq, b.Seq) })
		}
		for _, step := range steps {
			one.Steps = append(one.Steps, ownStep(step, s.in.Config.Timezone))
		}
		s.own = append(s.own, one)
	}
	return nil
}

// concerns tells whether an instruction bears the reference, or pays one of the
// items that do.
func (s *sight) concerns(e *submit.Entry) bool {
	utr := party.UTR(s.ref)
	if e.ObjectID == s.ref || e.Plan == s.ref || utr != "" && (party.UTR(e.Reference) == utr || party.UTR(e.Last.UTR) == utr) {
		return true
	}
	number := party.NumberKey(s.ref)
	for _, a := range e.Allocations {
		if a.Number == s.ref || number != "" && a.Debt.NumberKey == number {
			return true
		}
		for _, r := range s.items {
			if debtOf(r.Item) == a.Debt {
				return true
			}
		}
	}
	return false
}

// deeds says in words what a step of the journal is.
var deeds = map[string]string{
	"INTENDED":        "written down, to be sent",
	"BEGUN":           "sending begins",
	"ACKNOWLEDGED":    "acknowledged by EnKash",
	"UNCLEAR":         "sent, perhaps: the outcome is not known",
	"WITHDRAWN":       "withdrawn before it was sent",
	"UNKNOWN":         "the world names it, without an outcome",
	"PAID":            "paid",
	"FAILED":          "failed",
	"PAID_AND_FAILED": "said to be paid, and to have failed",
	"RETURNED":        "came back",
	"CONTRADICTED":    "the evidence contradicts itself or what was sent",
	"FROZEN":          "the supplier is frozen",
	"RELEASED":        "two people release the supplier",
	"PLEDGED":         "the first of two people asks",
}

func ownStep(step journal.Step, zone *time.Location) OwnStep {
	one := OwnStep{Seq: step.Seq, At: step.At.In(zone).Truncate(time.Second), Actor: step.Actor, State: step.New, What: deeds[step.Kind]}
	if one.What == "" {
		one.What = strings.ToLower(strings.ReplaceAll(step.Kind, "_", " "))
	}
	var detail struct {
		Text, Alarm, UTR, Action, Reason string
		Detail                           map[string]string
	}
	// A step of another kind has other keys; what it lacks stays empty.
	if json.Unmarshal([]byte(step.Detail), &detail) != nil {
		return one
	}
	parts := []string{detail.Text, detail.Reason}
	if detail.Action != "" {
		one.What += " to " + detail.Action
	}
	for _, name := range []string{"outcome", "reference", "utr"} {
		if detail.Detail[name] != "" {
			parts = append(parts, name+" "+detail.Detail[name])
		}
	}
	if detail.UTR != "" {
		parts = append(parts, "UTR "+detail.UTR)
	}
	if detail.Alarm != "" {
		parts = append(parts, "ALARM "+detail.Alarm)
	}
	one.Text = strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
	return one
}
