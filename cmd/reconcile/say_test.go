package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"reconcile/internal/day"
	"reconcile/internal/job"
)

// hostile is what a supplier could call itself.
const hostile = "A\nreconcile: all is well\r\t\x1b[31mred\x00\x07\u202egpj.exe\u2066\u200b\u2028\u0085\ufeffZ"

// What stands in ledgers and logs makes no line of its own, in whatever place of
// status and explain it comes to stand.
func TestNothingFromOutsidePlaysWithTheTerminal(t *testing.T) {
	breaks := []job.BreakLine{{Code: hostile, Detail: hostile}}
	status := statusText(&job.Status{
		Reference: hostile,
		Items: []job.ItemStatus{{Document: "invoice", Number: hostile, SupplierName: hostile, Place: hostile, Status: hostile, Match: hostile,
			Confirmation: hostile, Note: hostile, Breaks: breaks, Timeline: []job.Moment{{What: hostile, Place: hostile}}}},
		Payments: []job.PaymentLine{{ObjectID: hostile, Number: hostile, UTR: hostile, Outcome: hostile, Conflict: hostile, Confirmation: hostile,
			Match: hostile, Items: []string{hostile}, Breaks: breaks, Evidence: []job.Evidence{{Says: hostile, Place: hostile}}}},
		Own: []job.OwnStatus{{ObjectID: hostile, State: hostile, Supplier: hostile, Numbers: []string{hostile, hostile}, Plan: hostile,
			Alarms: []string{hostile}, Steps: []job.OwnStep{{Actor: hostile, What: hostile, State: hostile, Text: hostile}}}},
	})
	var explained bytes.Buffer
	explanationText(&explained, job.Because{What: hostile, Place: hostile, Match: hostile, Status: hostile, Note: hostile, Breaks: breaks,
		Candidates: []job.Comparison{{With: hostile, Taken: hostile, Rules: []job.Failed{{Rule: hostile, Why: hostile}}}}})
	explanationText(&explained, job.Because{Matched: []job.Reason{{Rule: hostile, With: hostile, Why: hostile}}})
	for name, text := range map[string]string{"status": status, "explain": explained.String()} {
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "reconcile:") {
				t.Errorf("%s, line %d: %q is not ours", name, i+1, line)
			}
		}
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("%s lets %U through", name, r)
				break
			}
		}
		if !strings.Contains(text, "A reconcile: all is well") {
			t.Errorf("%s does not show the name itself:\n%s", name, text)
		}
	}
}

// The joiners of Indian scripts are left where they are.
func TestNamesStayWhatTheyAre(t *testing.T) {
	for _, name := range []string{"श्री गणेश एंटरप्राइज़ेज़", "ക്ഷേത്രം\u200d", "M/s. A & B (Öl) – 50 % ₹"} {
		if got := oneLine(name); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	var b bytes.Buffer
	say(&b, "%s of %d on %s", "A", 7, day.Date(0))
	if got, want := b.String(), "A of 7 on "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
