package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// TestPlain: with nothing wrong, everything is paid once and found so.
func TestPlain(t *testing.T) {
	c := count(t, "a night on which nothing goes wrong")
	w := newWorld(t, sandbox.Options{}, "")
	wrong, codes := w.settle()
	c.trial(t, "plain", append(wrong, w.judge(codes[len(codes)-1])...))
	if n := len(w.bank.Books().Executions); n != 3 {
		t.Errorf("got %d executions, want 3", n)
	}
}

// A storm is what goes wrong in one trial, and how its webhooks come.
type storm struct {
	fault  sandbox.Fault
	nth    int
	dedupe bool
	seed   uint64
}

func (s storm) String() string {
	return fmt.Sprintf("%s at request %d, seed %d, dedupe %v", s.fault, s.nth, s.seed, s.dedupe)
}

// options are those of the sandbox. What is not in the storm itself is dealt, so
// that no two things always come together.
func (s storm) options() sandbox.Options {
	dice := rand.New(rand.NewPCG(s.seed, uint64(s.nth)<<16|uint64(s.fault.Kind)<<8|uint64(s.fault.When)))
	return sandbox.Options{
		Dedupe: s.dedupe, Seed: s.seed, Copies: dice.IntN(3), Shuffle: dice.IntN(2) == 0, Form: sandbox.Mixed, Confirm: dice.IntN(4) == 0,
		Late: sandbox.Late{Requests: dice.IntN(2), Held: dice.IntN(5) == 0},
		Faults: func(n int, _ string) sandbox.Fault {
			if n == s.nth {
				return s.fault
			}
			return sandbox.Fault{}
		},
	}
}

// storms are every answer at every position: executed, by a platform that
// executes whatever it is asked and by one that remembers, and not executed; with
// the webhooks' scripts in turn.
func storms() []storm {
	var all []storm
	for seed := range uint64(sample(1, 10)) {
		for i, k := range sandbox.Kinds() {
			for nth := 1; nth <= 3; nth++ {
				hook := sandbox.Hooks()[(i+7*nth+3*int(seed))%len(sandbox.Hooks())]
				all = append(all,
					storm{sandbox.Fault{Kind: k, When: sandbox.Executed, Hook: hook}, nth, false, seed},
					storm{sandbox.Fault{Kind: k, When: sandbox.Executed, Hook: hook}, nth, true, seed})
				if seed%2 == 0 {
					all = append(all, storm{sandbox.Fault{Kind: k, When: sandbox.NotExecuted, Hook: hook}, nth, false, seed})
				}
			}
		}
	}
	return all
}

// lies tells whether the webhooks of a fault say what is not so: then a debt may
// be counted as paid or failed wrongly, by everybody's books, and is still not
// paid twice.
func lies(f sandbox.Fault) bool {
	return f.When == sandbox.NotExecuted || slices.Contains([]sandbox.Hook{sandbox.Failure, sandbox.FailedPaid, sandbox.PaidFailed}, f.Hook)
}

// TestNetwork: P7, P8 and P9. Every fault of the network and of the webhooks at
// the first, the middle and the last request, through nights until all is quiet.
func TestNetwork(t *testing.T) {
	all := storms()
	c := count(t, fmt.Sprintf("P7–P9: answers × executed or not × position × webhooks (of %d)", len(all)))
	for _, s := range some(all, 6, 5) {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := newWorld(t, s.options(), "")
			if s.fault.Kind == sandbox.Never {
				w.impatient()
			}
			wrong, codes := w.settle()
			wrong = append(wrong, w.judge(codes[len(codes)-1])...)
			wrong = append(wrong, w.told(codes)...)
			wrong = append(wrong, w.heard()...)
			wrong = append(wrong, w.bytesAreThose()...)
			c.trial(t, s.String(), wrong)
		})
	}
}

// told says where what the program says of a payment is not what was executed,
// and whether an alarm had its exit code.
func (w *world) told(codes []int) []string {
	entries, err := w.entries()
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	executed := map[string]sandbox.ObjectTotal{}
	for _, o := range w.bank.Books().Objects() {
		executed[o.ObjectID] = o
	}
	faults := map[string]sandbox.Fault{}
	for _, r := range w.bank.Books().Requests {
		faults[r.ObjectID] = r.Fault
	}
	alarms := false
	for i := range entries {
		e := &entries[i]
		alarms = alarms || len(e.Alarms) > 0
		o := executed[e.ObjectID]
		switch live := o.Executed > o.Returned; {
		case lies(faults[e.ObjectID]):
		case live && !e.State.Holds():
			wrong = append(wrong, fmt.Sprintf("%s was executed and stands, and is %s: its debt is free", e.ObjectID, e.State))
		case !live && e.State == submit.Paid:
			wrong = append(wrong, fmt.Sprintf("%s did not happen or came back, and is PAID", e.ObjectID))
		}
	}
	if alarms != slices.Contains(codes, 21) {
		wrong = append(wrong, fmt.Sprintf("it is %v that an alarm was raised, and the runs ended with exit codes %v", alarms, codes))
	}
	return wrong
}

// cleanAnswers are the kinds of answers that acknowledge a payment.
var cleanAnswers = []sandbox.Kind{sandbox.Clean, sandbox.Informational, sandbox.Twice, sandbox.Slow}

// heard says where the journal was told something else than what was answered: a
// clean acknowledgement, or anything else, of which nobody knows what it means.
func (w *world) heard() (wrong []string) {
	w.t.Helper()
	told := map[string][]string{}
	for line := range strings.Lines(w.read("state-side/steps.jsonl")) {
		var l sideLine
		if json.Unmarshal([]byte(line), &l) == nil && (l.Kind == submit.Acknowledged.String() || l.Kind == submit.Unclear.String()) {
			told[l.Subject] = append(told[l.Subject], l.Kind)
		}
	}
	for _, r := range w.bank.Books().Requests {
		want := submit.Unclear
		if slices.Contains(cleanAnswers, r.Fault.Kind) {
			want = submit.Acknowledged
		}
		if got := told[r.ObjectID]; len(got) != 1 || got[0] != want.String() {
			wrong = append(wrong, fmt.Sprintf("%s was answered with %s, and the journal was told %v, want %s", r.ObjectID, r.Fault, got, want))
		}
	}
	return wrong
}

// bytesAreThose says where the bytes that came are not those of the journal.
func (w *world) bytesAreThose() []string {
	entries, err := w.entries()
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	for _, r := range w.bank.Books().Requests {
		i := slices.IndexFunc(entries, func(e submit.Entry) bool { return e.ObjectID == r.ObjectID })
		if i < 0 {
			wrong = append(wrong, "a request came for "+r.ObjectID+", which the journal does not know")
			continue
		}
		sum := sha256.Sum256(entries[i].Body)
		if hash := hex.EncodeToString(sum[:]); r.SHA256 != hash || r.SHA256 != entries[i].BodySHA256 || r.Refused != "" {
			wrong = append(wrong, fmt.Sprintf("the bytes that came for %s are not those of the journal: %s", r.ObjectID, r.Refused))
		}
	}
	return wrong
}

// TestRandomFaults: P7. Any fault at every request.
func TestRandomFaults(t *testing.T) {
	c := count(t, "P7: any fault at every request, by seed")
	for seed := range uint64(sample(3, 500)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := newWorld(t, sandbox.Options{
				Seed: seed, Copies: int(seed % 3), Shuffle: seed%2 == 0, Late: sandbox.Late{Requests: int(seed % 4)}, Form: sandbox.Mixed,
				Faults: func(n int, id string) sandbox.Fault { return sandbox.RandomFault(seed, n, id) },
			}, "")
			w.impatient()
			wrong, codes := w.settle()
			wrong = append(wrong, w.judge(codes[len(codes)-1])...)
			wrong = append(wrong, w.told(codes)...)
			wrong = append(wrong, w.heard()...)
			c.trial(t, fmt.Sprintf("seed %d", seed), append(wrong, w.bytesAreThose()...))
		})
	}
}
