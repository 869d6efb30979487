package payment

import (
	"reconcile/internal/day"
	"reconcile/internal/party"
)

// An answer is what confirmations of one kind say of a line.
type answer struct {
	given bool
	on    day.Date // the earliest; 0 where no ts can be read
}

func (a *answer) note(on day.Date) { a.given, a.on = true, earlier(a.on, on) }

// confirm writes the supplier's answers to the lines, and returns the first line
// that was both accepted and rejected, or nil. Such a line shows as rejected.
func (f *Folder) confirm(lines []Line, confirmations []confirmation) *Line {
	if len(confirmations) == 0 {
		return nil
	}
	accepted := make([]answer, len(lines))
	rejected := make([]answer, len(lines))
	index := indexLines(lines)
	for i := range confirmations {
		c := &confirmations[i]
		mark := accepted
		if c.reject {
			mark = rejected
		}
		on := f.dayOf(c.ts)
		if len(c.invoices) == 0 {
			for k := range mark {
				mark[k].note(on)
			}
		}
		for _, ref := range c.invoices {
			for _, k := range index.of(ref) {
				mark[k].note(on)
			}
		}
	}
	var both *Line
	for i := range lines {
		switch {
		case rejected[i].given:
			lines[i].Confirmation, lines[i].AnsweredOn = Rejected, rejected[i].on
			if accepted[i].given && both == nil {
				both = &lines[i]
			}
		case accepted[i].given:
			lines[i].Confirmation, lines[i].AnsweredOn = Accepted, accepted[i].on
		}
	}
	return both
}

// confirmedLines are the lines of a payment known by its confirmations alone:
// every invoice that one of them names, in the order in which they stand. Two
// entries are one invoice when their ids are equal, or when one has no id and
// the numbers have one key.
func confirmedLines(confirmations []confirmation) []Line {
	var lines []Line
	byID := make(map[string]int)
	byKey := make(map[string][]int)
	for i := range confirmations {
		for _, ref := range confirmations[i].invoices {
			key := party.NumberKey(ref.number)
			if ref.id == "" && key == "" && ref.number == "" || known(lines, byID, byKey, ref, key) {
				continue
			}
			n := len(lines)
			lines = append(lines, Line{Position: n, InvoiceID: ref.id, Number: ref.number, Key: key})
			if ref.id != "" {
				byID[ref.id] = n
			}
			byKey[keyOr(key, ref.number)] = append(byKey[keyOr(key, ref.number)], n)
		}
	}
	return lines
}

func known(lines []Line, byID map[string]int, byKey map[string][]int, ref invoiceRef, key string) bool {
	if _, ok := byID[ref.id]; ok && ref.id != "" {
		return true
	}
	if ref.number == "" {
		return false
	}
	for _, n := range byKey[keyOr(key, ref.number)] {
		if ref.id == "" || lines[n].InvoiceID == "" {
			return true
		}
	}
	return false
}

// keyOr marks a number that has no key, so that "--" is not the same as "".
func keyOr(key, number string) string {
	if key != "" {
		return key
	}
	return "\x00" + number
}

// A lineIndex finds the lines that a confirmation means: by the platform's id of
// the invoice, else by its number as written, else by the number's key.
type lineIndex struct{ byID, byNumber, byKey map[string][]int }

func indexLines(lines []Line) lineIndex {
	x := lineIndex{make(map[string][]int, len(lines)), make(map[string][]int, len(lines)), make(map[string][]int, len(lines))}
	for i := range lines {
		l := &lines[i]
		x.byID[l.InvoiceID] = append(x.byID[l.InvoiceID], i)
		x.byNumber[l.Number] = append(x.byNumber[l.Number], i)
		x.byKey[l.Key] = append(x.byKey[l.Key], i)
	}
	return x
}

func (x *lineIndex) of(ref invoiceRef) []int {
	if ref.id != "" {
		if found := x.byID[ref.id]; found != nil {
			return found
		}
	}
	if ref.number == "" {
		return nil
	}
	if found := x.byNumber[ref.number]; found != nil {
		return found
	}
	if key := party.NumberKey(ref.number); key != "" {
		return x.byKey[key]
	}
	return nil
}
