package ledger

import "strings"

// A kind is what a word for a type of document means in one system.
type kind uint8

const (
	unnamedKind kind = iota // no word: the sign tells
	billKind                // a supplier's invoice; with the other sign a credit
	creditKind              // a supplier's credit note
	debitKind               // our debit note to a supplier
	advanceKind             // a payment that stands open: an advance
	journalKind             // a posting by hand: what we are owed is a credit, what we owe is no invoice
	paymentKind             // a payment, in a list that is not of open items
	voucherKind             // a posting by hand, in such a list
	requestKind             // a request to pay in advance: no debt yet; with the other sign an advance
	otherKind               // a document that has nothing to do with suppliers
	strangeKind             // a word that the layout does not know
)

// kindOf returns what a word means, as the company says or else its system.
func (r *rowReader) kindOf(text string) kind {
	if t, ok := r.typeNamed(text); ok {
		return [...]kind{Invoice: billKind, CreditNote: creditKind, DebitNote: debitKind, Advance: advanceKind}[t]
	}
	return r.b.l.kind(text)
}

// kind returns what a word means in the system.
func (l *layout) kind(text string) kind {
	word := foldWords(strings.TrimSpace(text))
	if word == "" {
		return unnamedKind
	}
	if k, ok := l.kinds[word]; ok {
		return k
	}
	found, longest := canonicalKind(word), -1
	for pattern, k := range l.kinds {
		prefix, ok := strings.CutSuffix(pattern, "*")
		if ok && len(prefix) > longest && strings.HasPrefix(word, prefix) {
			found, longest = k, len(prefix)
		}
	}
	return found
}

// canonicalKind returns what a word means in the canonical layout.
func canonicalKind(word string) kind {
	t, ok := documentTypeNamed(word)
	switch {
	case !ok:
		return strangeKind
	case t == CreditNote:
		return creditKind
	case t == DebitNote:
		return debitKind
	case t == Advance:
		return advanceKind
	}
	return billKind
}
