package casebook

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Case is one exception as a run saw it.
type Case struct {
	ID     string       `json:"id"` // the exception id
	Code   matcher.Code `json:"code"`
	Amount money.Paise  `json:"amount"` // the sum of its breaks, as the report prints them

	// Stake is the money behind it: of each break the amount without its sign, or
	// where the contract states none all that the item or the line is about. Two
	// parts of one invoice share an id, and what they differ by never cancels out.
	Stake  money.Paise `json:"stake"`
	Breaks int         `json:"breaks"` // how many rows or lines have it; from 1

	Subject  string   `json:"subject"`            // the invoice or the payment line, by which its rest is found when it is cleared
	Payments []string `json:"payments,omitempty"` // objectIds of the payments that count for it, sorted
	Status   string   `json:"status"`             // of its items, or the outcome of the payment
	Supplier string   `json:"supplier"`           // its name where the books know one, else its B2B id
	Number   string   `json:"number"`             // of the invoice, as last written

	// Business dates of runs. FirstSeen is that of the first of all, Since of the
	// first of this episode, LastSeen of the last that found it.
	FirstSeen day.Date `json:"first_seen"`
	Since     day.Date `json:"since"`
	LastSeen  day.Date `json:"last_seen"`
	Cleared   day.Date `json:"cleared,omitempty"` // of the first run that no longer found it; zero while it lives
	Episode   int      `json:"episode"`           // from 1, and one more each time that it came back
}

// Lives tells whether the last run still found it.
func (c *Case) Lives() bool { return c.Cleared == 0 }

// DaysOpen is how long it has been open on a day, in this episode.
func (c *Case) DaysOpen(asOf day.Date) int { return max(int(asOf-c.Since), 0) }

// Digest names what an acceptance accepts: a report prints it beside the note, and a
// workbook that comes back tells by it whether its reader saw what there is now.
func (c *Case) Digest() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%d\x00%q", c.ID, c.Amount, c.Stake, c.Breaks, c.Episode, c.Payments))
	return "S" + hex.EncodeToString(sum[:8])
}

// collect returns the exceptions of a result by their ids, without their history.
func collect(result *matcher.Result) []Case {
	var all []Case
	at := make(map[string]int)
	add := func(c Case) {
		i, known := at[c.ID]
		if !known {
			at[c.ID] = len(all)
			all = append(all, c)
			return
		}
		first := &all[i]
		first.Amount, first.Stake = money.Sum(first.Amount, c.Amount), money.Sum(first.Stake, c.Stake)
		first.Breaks += c.Breaks
		first.Payments = append(first.Payments, c.Payments...)
		first.Status += ", " + c.Status
	}
	for i := range result.Items {
		r := &result.Items[i]
		for _, b := range r.Breaks {
			add(caseOfItem(r, b))
		}
	}
	for i := range result.Lines {
		r := &result.Lines[i]
		for _, b := range r.Breaks {
			add(caseOfLine(r, b))
		}
	}
	for i := range all {
		slices.Sort(all[i].Payments)
		all[i].Payments = slices.Compact(all[i].Payments)
		all[i].Status = statuses(all[i].Status)
	}
	slices.SortFunc(all, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// statuses writes each of some statuses once and by its name, so that rows that
// changed places in the ERP's export change nothing.
func statuses(s string) string {
	all := strings.Split(s, ", ")
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

func caseOfItem(r *matcher.ItemResult, b matcher.Break) Case {
	it := r.Item
	c := Case{ID: b.ExceptionID, Code: b.Code, Amount: b.Amount, Stake: b.Amount.Abs(), Breaks: 1,
		Subject: itemSubject(r), Status: r.Status.String(), Supplier: cmp.Or(it.Supplier.Name, it.Supplier.ID()), Number: it.Number}
	if b.Amount == 0 {
		c.Stake = it.Cash().Abs()
	}
	for i := range r.Matches {
		if m := &r.Matches[i]; m.Rule != matcher.Suggested {
			c.Payments = append(c.Payments, m.Remittance.ObjectID)
		}
	}
	return c
}

func caseOfLine(r *matcher.LineResult, b matcher.Break) Case {
	c := Case{ID: b.ExceptionID, Code: b.Code, Amount: b.Amount, Stake: b.Amount.Abs(), Breaks: 1,
		Subject: lineSubject(r), Status: r.Remittance.Outcome.String(), Supplier: r.Remittance.Supplier, Number: r.Line.Number}
	if b.Amount == 0 {
		c.Stake = r.Line.Net.Abs()
	}
	for _, it := range r.Items {
		if it.Supplier.B2BID == r.Remittance.Supplier && it.Supplier.Name != "" {
			c.Supplier = it.Supplier.Name
		}
	}
	return c
}

// itemSubject names the invoice of an item from night to night, as its exception
// ids do.
func itemSubject(r *matcher.ItemResult) string {
	it := r.Item
	number := it.Key
	if it.Damaged || number == "" {
		number = "?" + it.Number
	}
	return strings.Join([]string{"item", it.Buyer, it.Supplier.ID(), number, it.Year().String()}, "\x1f")
}

func lineSubject(r *matcher.LineResult) string {
	return strings.Join([]string{"line", r.Remittance.ObjectID, strconv.Itoa(r.Line.Position)}, "\x1f")
}
