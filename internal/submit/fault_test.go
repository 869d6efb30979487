package submit_test

import (
	"context"
	"fmt"
	"testing"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// TestFaults: at every call of a run to the journal and to the platform, it fails,
// fails though it is done, or the process dies before or after it; then another
// process goes on, or was at work at that very moment. Whatever happened, nothing
// is paid twice, nothing is paid that the journal did not know, no request is
// written twice, and when the world has spoken nothing is left over.
func TestFaults(t *testing.T) {
	cases := 0
	for _, deed := range journaltest.Deeds() {
		for _, meanwhile := range []bool{false, true} {
			for _, how := range journaltest.AllFaults() {
				at := 1
				for ; ; at++ {
					f := &journaltest.Faults{At: at, How: how}
					name := fmt.Sprintf("the platform %s; call %d %s; meanwhile another run: %v", deed, at, how, meanwhile)
					if !faulted(t, name, f, deed, meanwhile) {
						break
					}
					cases++
				}
				if at < 10 {
					t.Errorf("the platform %s, %s: only %d calls were made", deed, how, at-1)
				}
			}
		}
	}
	proved(t, "P1: every call of the loop fails or is the last one, before and after it", cases)
}

// faulted runs one case, and tells whether there was a call for the fault.
func faulted(t *testing.T, name string, f *journaltest.Faults, deed journaltest.Deed, meanwhile bool) bool {
	t.Helper()
	entries := three()
	j, w := open(t, entries...)
	w.Does = func(id string) journaltest.Deed {
		if id == journaltest.ID("C", 1) {
			return deed
		}
		return journaltest.Executes
	}
	w.Knows = func(id string) bool { return sentBy(t, j, id) }
	o := submit.Options{Look: looksGood, Now: stopped}
	again := func() {
		if _, err := submit.Run(context.Background(), j, w, o); err != nil {
			t.Errorf("%s: the other run: %v", name, err)
		}
	}
	if meanwhile {
		f.Meanwhile = again
	}
	var err error
	died := journaltest.Survive(func() {
		_, err = submit.Run(context.Background(), f.Journal(j), f.Gateway(w), o)
	})
	if f.Struck() == "" {
		if died || err != nil {
			t.Errorf("%s: died %v, error %v without a fault", name, died, err)
		}
		return false
	}
	again()
	w.Work()
	again()
	if _, err := submit.Absorb(t.Context(), j, w.Remittances(), nil); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	again()
	for _, wrong := range w.Wrong() {
		t.Errorf("%s, in %s: %s", name, f.Struck(), wrong)
	}
	agrees(t, name+", in "+f.Struck(), j, w)
	return true
}

// sentBy tells whether the journal knows that an instruction was sent.
func sentBy(t *testing.T, j submit.Journal, objectID string) bool {
	entries, err := j.Entries(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.ObjectID == objectID {
			return e.Sends == 1 && e.State != submit.Intended && e.State != submit.Void
		}
	}
	return false
}

// agrees holds the journal to what the platform did, once the log was absorbed
// and nothing more can be sent.
func agrees(t *testing.T, name string, j submit.Journal, w *journaltest.World) {
	t.Helper()
	entries, err := j.Entries(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		paid := w.Paid(e.Allocations[0].Debt)
		switch {
		case len(e.Alarms) > 0:
			t.Errorf("%s: %s raised %v", name, e.ObjectID, e.Alarms)
		case (paid == 1) != (e.State == submit.Paid):
			t.Errorf("%s: %s is %s and was paid %d times", name, e.ObjectID, e.State, paid)
		case e.State == submit.Sending:
			t.Errorf("%s: %s is still %s", name, e.ObjectID, e.State)
		case e.State == submit.Intended:
			t.Errorf("%s: %s was never sent", name, e.ObjectID)
		case e.State == submit.Unsure && w.Writes[e.ObjectID] > 0 && paid == 0 && heard(w, e.ObjectID):
			t.Errorf("%s: %s is %s though the world spoke of it", name, e.ObjectID, e.State)
		}
	}
}

func heard(w *journaltest.World, objectID string) bool {
	for _, e := range w.Events {
		if e.ObjectID == objectID && e.Family == payment.Response {
			return true
		}
	}
	return false
}
