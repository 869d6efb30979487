package job

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/approval"
	"reconcile/internal/period"
	"reconcile/internal/report"
)

// october is the small world at the end of that month: 590.00 is due, and two approvers are there.
func october(t *testing.T) (in Input, order CloseOrder, keys map[string]string) {
	t.Helper()
	in = input(t, "2026-11-21")
	keys = make(map[string]string)
	for _, name := range []string{"asha", "ravi"} {
		path := filepath.Join(t.TempDir(), name+".key")
		key, err := approval.Generate(rand.Reader)
		if err == nil {
			err = approval.WriteKeyFile(path, name, key)
		}
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = path
		in.Config.Payments.Approvers = append(in.Config.Payments.Approvers, approval.Approver{Name: name, Key: key.Public()})
	}
	in.Actor = "clerk"
	p, err := period.Parse("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	return in, CloseOrder{Period: p, Control: 590_00}, keys
}

func signedBy(t *testing.T, in Input, order CloseOrder, key string) *Closed {
	t.Helper()
	order.KeyFile = key
	done, err := ClosePeriod(t.Context(), in, order)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// Who dies between writing the signatures and recording the closing has closed
// nothing; the second person signs again, and there is one closing.
func TestClosingAfterADeath(t *testing.T) {
	in, order, keys := october(t)
	first := signedBy(t, in, order, keys["asha"])
	if first.Effect != "waits" || first.SubLedger != 590_00 {
		t.Fatalf("got %+v, want a signature that waits", first)
	}
	// What finish does first: the pack is signed by two, and nothing is recorded.
	path := packPaths(in.Config, order.Period, 1)[0]
	m := &made{path: path}
	if err := m.countersign([]report.Signature{{Name: "asha", Text: []byte("one")}, {Name: "ravi", Text: []byte("two")}}); err != nil {
		t.Fatal(err)
	}
	if calendar := calendarOf(t, in); calendar.State(order.Period) != period.Open {
		t.Errorf("October is %v before anything was recorded", calendar.State(order.Period))
	}
	done := signedBy(t, in, order, keys["ravi"])
	if done.Effect != "done" || done.SHA256 != first.SHA256 || done.By != "asha+ravi" {
		t.Errorf("got %+v, want October closed over %s", done, first.SHA256)
	}
	v, err := VerifyPack(t.Context(), in, done.Pack)
	if err != nil || !v.Recorded || len(v.SignedBy) != 2 {
		t.Errorf("got %+v, %v, want a pack that is recorded and signed by two", v, err)
	}
	order.KeyFile = keys["ravi"]
	if _, err := ClosePeriod(t.Context(), in, order); !isCheck(err, period.CheckClosed) {
		t.Errorf("closing it again got %v", err)
	}
}

// A pack that cannot be copied to the output is none the less closed, and kept.
func TestClosingWithoutOutput(t *testing.T) {
	in, order, keys := october(t)
	signedBy(t, in, order, keys["asha"])
	output := in.Config.Path(in.Config.Output)
	if err := errors.Join(os.RemoveAll(output), os.WriteFile(output, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	order.KeyFile = keys["ravi"]
	_, err := ClosePeriod(t.Context(), in, order)
	if Code(err) != ExitNoReport || !strings.Contains(err.Error(), "October 2026 is closed, and its pack is ") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(output); err != nil {
		t.Fatal(err)
	}
	if calendar := calendarOf(t, in); calendar.State(order.Period) != period.Closed {
		t.Errorf("October is %v, want %v", calendar.State(order.Period), period.Closed)
	}
	if v, err := VerifyPack(t.Context(), in, packPaths(in.Config, order.Period, 1)[0]); err != nil || !v.Recorded {
		t.Errorf("got %+v, %v", v, err)
	}
}

// A pack in the store that was damaged is no reason never to close.
func TestClosingOverADamagedPack(t *testing.T) {
	in, order, keys := october(t)
	signedBy(t, in, order, keys["asha"])
	path := packPaths(in.Config, order.Period, 1)[0]
	if err := os.WriteFile(path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	order.KeyFile = keys["ravi"]
	if _, err := ClosePeriod(t.Context(), in, order); Code(err) != ExitCorrupt {
		t.Errorf("got %v, want it refused", err)
	}
	order.Anew = true
	if done := signedBy(t, in, order, keys["ravi"]); done.Effect != "waits" {
		t.Errorf("got %+v, want the first signature of two", done)
	}
	order.Anew = false
	if done := signedBy(t, in, order, keys["asha"]); done.Effect != "done" {
		t.Errorf("got %+v, want October closed", done)
	}
}

// The same inputs and the same hour give the same pack anywhere.
func TestClosingIsAFunctionOfItsInputs(t *testing.T) {
	var hashes []string
	for range 2 {
		in, order, _ := october(t)
		in.Config.Payments.Approvers = nil
		done, err := ClosePeriod(t.Context(), in, order)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, done.SHA256)
	}
	if hashes[0] != hashes[1] {
		t.Errorf("got the packs %v, want one", hashes)
	}
}

func calendarOf(t *testing.T, in Input) period.Calendar {
	t.Helper()
	till, err := openTillReadOnly(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	defer till.close()
	calendar, err := till.calendar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return calendar
}

func isCheck(err error, check string) bool {
	return err != nil && strings.Contains(err.Error(), "["+check+"]")
}
