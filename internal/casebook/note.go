package casebook

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// A Resolution is what a controller means to do about an exception. The zero
// Resolution is none.
type Resolution uint8

// The resolutions, in the order of the list in the workbook.
const (
	Investigate      Resolution = iota + 1 // somebody looks into it
	AcceptDifference                       // it is right as it is, up to the amount that was accepted
	WriteOff                               // it is not worth pursuing; only up to the limit of the configuration
	SupplierToRefund                       // the supplier owes us the money
	BooksToCorrect                         // the ledger is wrong, and accounting mends it
	PlatformToAnswer                       // EnKash or the bank has to say what happened
	WrongSupplier                          // somebody else was paid than was owed
	RecoverDuplicate                       // paid twice, and to be got back
)

// Resolutions lists all of them in order.
func Resolutions() []Resolution {
	return []Resolution{Investigate, AcceptDifference, WriteOff, SupplierToRefund, BooksToCorrect, PlatformToAnswer, WrongSupplier, RecoverDuplicate}
}

// String returns the words in the workbook; empty for none.
func (r Resolution) String() string {
	words := [...]string{"", "investigate", "accept difference", "write off", "supplier to refund", "books to correct",
		"platform to answer", "wrong supplier", "recover duplicate"}
	if int(r) >= len(words) {
		return ""
	}
	return words[r]
}

// ParseResolution reads the words back, in any case and spacing.
func ParseResolution(text string) (Resolution, bool) {
	want := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, r := range Resolutions() {
		if r.String() == want {
			return r, true
		}
	}
	return 0, false
}

// Quiets tells whether an exception with this resolution asks for nothing more,
// as long as its amount does not grow.
func (r Resolution) Quiets() bool { return r == AcceptDifference || r == WriteOff }

// A Note is what a controller wrote about one exception. The zero Note is an empty
// line.
type Note struct {
	Owner      string // who looks after it; no identity, only a name
	Resolution Resolution
	Text       string
	Due        day.Date // by when; zero where nothing was said
}

// Digest names what a note says; empty for the zero Note. A report prints it beside
// the note, and so a workbook that comes back tells what its reader had before him.
func (n Note) Digest() string {
	if n == (Note{}) {
		return ""
	}
	due := ""
	if n.Due != 0 {
		due = n.Due.String()
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{n.Owner, n.Resolution.String(), n.Text, due}, "\x00")))
	return "N" + hex.EncodeToString(sum[:8])
}

// An Annotation is a note that somebody changed in a workbook that came back.
type Annotation struct {
	ExceptionID string
	Note        Note
	Printed     string     // Digest of what the report had printed there: the note that was changed
	Seen        string     // Digest of the exception as the report had printed it
	Pos         source.Pos // of the line
}

// A Standing is a note in force: the last one that was taken.
type Standing struct {
	Note
	By   string   // who handed in the workbook: a login, no name out of the file
	On   day.Date // when
	File string   // which workbook, by name

	// The exception as it was in the report that the reader had before him when the
	// resolution was chosen: what AcceptDifference and WriteOff accept, and no more.
	Amount   money.Paise // what its breaks came to
	Stake    money.Paise // the money behind it
	Breaks   int         // how many rows or lines had it
	Payments []string    // objectIds of the payments that counted for it
	Episode  int         // which time it was open

	Objection        string // what a later workbook asked for and did not get, and why; often empty
	ObjectionEpisode int    // in which episode that was
}
