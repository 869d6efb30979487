package payment

import (
	"fmt"
	"slices"
	"testing"
)

// The days of a payment's way are those of the bodies that decide, the earliest
// of several, in the company's zone and in whatever order they come.
func TestDaysOfThePaymentsWay(t *testing.T) {
	line := []EventLine{{Number: "A/1"}, {Number: "B/2"}}
	body := func(family Family, ts string, e Event) Event {
		e.Family, e.ObjectID, e.Buyer, e.Supplier, e.Type, e.TS = family, "P", "B", "S", OffPlatform, ts
		if e.Lines == nil {
			e.Lines = line
		}
		return seal(e)
	}
	request := body(Request, "2026-11-10T10:00:00+05:30", Event{})
	success := func(ts string) Event { return body(Response, ts, Event{Result: Success, Word: "SUCCESS"}) }
	answer := func(ts string, reject bool, lines ...EventLine) Event {
		return body(ConfirmationRequest, ts, Event{Reject: reject, Lines: lines})
	}
	for _, c := range []struct {
		name   string
		bodies []Event
		want   string // sent, paid, and when each line was answered
	}{
		{"sent alone", []Event{request}, "2026-11-10   "},
		{"the evening in UTC is the next day in India", []Event{request, success("2026-11-11T20:00:00Z")}, "2026-11-10 2026-11-12  "},
		{"the earliest of two, one of which cannot be read", []Event{request, success("2026-11-14T20:00:00Z"), success("2026-11-13T12:00:00Z"), success("soon")},
			"2026-11-10 2026-11-13  "},
		{"a failure pays nothing", []Event{request, body(Response, "2026-11-11T20:00:00Z", Event{Result: Failure, Word: "FAILURE"})}, "2026-11-10   "},
		{"an answer for one line", []Event{request, answer("2026-11-16T12:00:00Z", false, line[1]), answer("2026-11-15T12:00:00Z", false, line[1])},
			"2026-11-10   2026-11-15"},
		{"an answer for all", []Event{request, answer("2026-11-16T12:00:00Z", false)}, "2026-11-10  2026-11-16 2026-11-16"},
		{"a rejection decides over an earlier acceptance", []Event{request, answer("2026-11-12T12:00:00Z", false), answer("2026-11-17T12:00:00Z", true, line[0])},
			"2026-11-10  2026-11-17 2026-11-12"},
		{"known by its confirmation alone", []Event{answer("2026-11-16T12:00:00Z", false, line...)}, "  2026-11-16 2026-11-16"},
	} {
		for range 2 {
			r := fold(slices.Concat(c.bodies, c.bodies))[0]
			got := fmt.Sprint(r.SentOn, " ", r.PaidOn, " ", r.Lines[0].AnsweredOn, " ", r.Lines[1].AnsweredOn)
			if got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			slices.Reverse(c.bodies)
		}
	}
}
