package payment

import "reconcile/internal/day"

// A LogInput is one event log file and its control totals. It ties:
// Bodies = Folded + Copies + Foreign + Quarantined + the Counted ones.
type LogInput struct {
	Path        string // relative to the configuration
	SHA256      string // of the bytes on disk, in hexadecimal
	Bytes       int64  // on disk
	Lines       int    // deliveries: lines that hold anything, or elements of a JSON array
	Bodies      int    // a delivery that logs a request and its answer holds two
	Folded      int    // distinct bodies about payments of ours
	Copies      int    // bodies seen before
	Foreign     int    // bodies whose buyer is none of ours
	Quarantined int    // bodies that could not be read
	Counted     []Counted

	Gone    day.Date // the business date since when it is in no file, and only remembered; 0 while it is there
	Changed bool     // of one that is gone: something else stands in its place, under its name
}

// Counted counts bodies of one known family that change no payment.
type Counted struct {
	Family string // invoice, credit note, purchase order …
	Bodies int
}
