package payment

import "reconcile/internal/party"

// confirm writes the supplier's answers to the lines, and returns the first line
// that was both accepted and rejected, or nil. Such a line shows as rejected.
func confirm(lines []Line, confirmations []confirmation) *Line {
	if len(confirmations) == 0 {
		return nil
	}
	accepted := make([]bool, len(lines))
	rejected := make([]bool, len(lines))
	index := indexLines(lines)
	for i := range confirmations {
		c := &confirmations[i]
		mark := accepted
		if c.reject {
			mark = rejected
		}
		if len(c.invoices) == 0 {
			for k := range mark {
				mark[k] = true
			}
		}
		for _, ref := range c.invoices {
			for _, k := range index.of(ref) {
				mark[k] = true
			}
		}
	}
	var both *Line
	for i := range lines {
		switch {
		case rejected[i]:
			lines[i].Confirmation = Rejected
			if accepted[i] && both == nil {
				both = &lines[i]
			}
		case accepted[i]:
			lines[i].Confirmation = Accepted
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
