package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kindWords and hookWords are how a plan and the file of state spell a fault, in
// the order of the constants.
var (
	kindWords = []string{"clean", "lose", "reset", "status", "code", "odd-payload", "object-payload", "other-answer", "text-code",
		"garbage", "empty", "wrong-type", "redirect", "informational", "twice", "slow", "truncated", "endless", "never"}
	hookWords = []string{"truth", "silence", "failure", "failed-paid", "paid-failed", "reversed", "odd-word", "wrong-amount",
		"wrong-utr", "other-buyer", "other-lines", "reject", "accepted-only"}
)

// Kinds lists all kinds of answers in order.
func Kinds() []Kind {
	all := make([]Kind, len(kindWords))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Hooks lists all scripts of webhooks in order.
func Hooks() []Hook {
	all := make([]Hook, len(hookWords))
	for i := range all {
		all[i] = Hook(i)
	}
	return all
}

// String returns the word of a plan.
func (k Kind) String() string { return kindWords[k] }

// String returns the word of a plan.
func (h Hook) String() string { return hookWords[h] }

// String returns the word of a plan.
func (w When) String() string { return [...]string{"executed", "not-executed"}[w] }

// String returns the fault as a plan spells it.
func (f Fault) String() string {
	answer := f.Kind.String()
	if f.Kind == Status {
		answer = strconv.Itoa(f.status())
	}
	return answer + "+" + f.When.String() + "+" + f.Hook.String()
}

// MarshalText writes the fault as a plan spells it.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (f *Fault) UnmarshalText(text []byte) (err error) {
	*f, err = ParseFault(string(text))
	return err
}

// ParseFault reads the words of one fault, joined by +, such as lose-answer or
// 503+failure. Lose-request is lose+not-executed, and lose-answer lose+executed;
// a number is an HTTP status.
func ParseFault(text string) (Fault, error) {
	var f Fault
	for word := range strings.SplitSeq(text, "+") {
		status, err := strconv.Atoi(word)
		switch kind, hook := slices.Index(kindWords, word), slices.Index(hookWords, word); {
		case err == nil && (status > 200 && status < 300 || status >= 400 && status < 600):
			f.Kind, f.Status = Status, status
		case err == nil:
			return Fault{}, fmt.Errorf("%s is no status from 201 to 299 or from 400 to 599", word)
		case word == "lose-request":
			f.Kind, f.When = Lose, NotExecuted
		case word == "lose-answer":
			f.Kind, f.When = Lose, Executed
		case word == Executed.String():
			f.When = Executed
		case word == NotExecuted.String():
			f.When = NotExecuted
		case kind >= 0:
			f.Kind = Kind(kind)
		case hook >= 0:
			f.Hook = Hook(hook)
		default:
			return Fault{}, fmt.Errorf("%q is no fault; there are lose-request, lose-answer, a status such as 503, %s; %s, %s; and %s",
				word, strings.Join(kindWords, ", "), Executed, NotExecuted, strings.Join(hookWords, ", "))
		}
	}
	return f, nil
}

// RandomFault is any fault, the same for the same seed and request.
func RandomFault(seed uint64, n int, objectID string) Fault {
	h := fnv.New64a()
	_, _ = h.Write([]byte(objectID)) // a hash takes everything
	dice := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(n)))
	f := Fault{Kind: Kind(dice.IntN(len(kindWords))), When: When(dice.IntN(2)), Hook: Hook(dice.IntN(len(hookWords)))}
	if f.Kind == Status {
		f.Status = []int{400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504}[dice.IntN(11)]
	}
	return f
}

// A planned fault is meant for one request, one payment, or all.
type planned struct {
	n        int    // 0 means any
	objectID string // empty means any
	any      bool   // of the seed
	fault    Fault
}

// ParsePlan reads a plan into options: parts separated by commas, such as
//
//	lose-request@1,lose-answer@3,503+failure@PMT…,any@*,seed=7
//
// A fault is for the request of that number (from 1), for the payment of that
// objectId, or with * for all; the first that fits is taken. The other parts are
// seed=N, late=WHEN, copies=N, shuffle, form=wrapped, form=bare, form=mixed,
// drip=DURATION and dedupe, where WHEN is a number of further requests, a
// duration, or end.
func ParsePlan(plan string, o Options) (Options, error) {
	var all []planned
	for part := range strings.SplitSeq(plan, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		words, target, isFault := strings.Cut(part, "@")
		var err error
		if isFault {
			var f planned
			if f, err = parsePlanned(words, target); err == nil {
				all = append(all, f)
			}
		} else {
			err = o.set(part)
		}
		if err != nil {
			return o, fmt.Errorf("%s: %w", part, err)
		}
	}
	seed := o.Seed
	o.Faults = func(n int, objectID string) Fault {
		for _, p := range all {
			if p.n != 0 && p.n != n || p.objectID != "" && p.objectID != objectID {
				continue
			}
			if p.any {
				return RandomFault(seed, n, objectID)
			}
			return p.fault
		}
		return Fault{}
	}
	return o, nil
}

func parsePlanned(words, target string) (planned, error) {
	var p planned
	var err error
	if words == "any" {
		p.any = true
	} else if p.fault, err = ParseFault(words); err != nil {
		return p, err
	}
	if target == "*" {
		return p, nil
	}
	n, err := strconv.Atoi(target)
	switch {
	case target == "":
		return p, errors.New("it does not say for which request: give @1, @* or an objectId")
	case err != nil:
		p.objectID = target
	case n < 1:
		return p, errors.New("the first request is 1")
	default:
		p.n = n
	}
	return p, nil
}

// set reads a part that is no fault.
func (o *Options) set(part string) (err error) {
	name, value, _ := strings.Cut(part, "=")
	switch name {
	case "seed":
		o.Seed, err = strconv.ParseUint(value, 10, 64)
	case "late":
		o.Late, err = ParseLate(value)
	case "copies":
		if o.Copies, err = strconv.Atoi(value); err == nil && (o.Copies < 0 || o.Copies > 100) {
			err = errors.New("copies are 0 to 100")
		}
	case "shuffle":
		o.Shuffle = true
	case "dedupe":
		o.Dedupe = true
	case "form":
		i := slices.Index([]string{"wrapped", "bare", "mixed"}, value)
		if i < 0 {
			err = errors.New("a form is wrapped, bare or mixed")
		}
		o.Form = Form(max(i, 0))
	case "drip":
		o.Drip, err = time.ParseDuration(value)
	default:
		err = fmt.Errorf("a fault needs its request, as in %s@1; what is none is seed=, late=, copies=, shuffle, form=, drip= or dedupe", cmp.Or(name, "lose-answer"))
	}
	return err
}

// ParseLate reads when a webhook is due: at-once, a number of further requests, a
// duration, or end.
func ParseLate(text string) (Late, error) {
	if text == "at-once" {
		return Late{}, nil
	}
	if text == "end" {
		return Late{Held: true}, nil
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return Late{Requests: n}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return Late{Delay: d}, nil
	}
	return Late{}, fmt.Errorf("%q is neither at-once, a number of requests, a duration such as 30s, nor end", text)
}
