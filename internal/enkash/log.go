package enkash

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// LogOptions say whose payments are read.
type LogOptions struct {
	Buyers   []party.Buyer     // ours; the bodies of others are counted as foreign
	Received []party.Buyer     // ours where it is us who are paid: where given, what they receive is read, whoever pays, and Buyers is not asked
	Zone     *time.Location    // of the dates, and of a ts without an offset; India's where nil
	Own      OwnAfter          // payments that we sent ourselves, folded behind the rest; no file counts them; may be nil
	Keep     []string          // objectIds of payments of which every body is kept (payment.Remittance.Bodies)
	Progress func(bytes int64) // told now and then how many more bytes were read, unpacked; may be nil
	Memory   Memory            // of what logs said on earlier nights; may be nil. Not with Received
}

// A Log is what the event logs say.
type Log struct {
	Remittances []payment.Remittance // by objectId
	Invoices    []payment.Invoice    // by objectId: what the platform says of them
	Inputs      []payment.LogInput   // one for each file, as given
	Problems    []source.Problem     // as they stand in the files
	Answered    []Answered           // as they stand in the files, copies too; of Received alone
	Unread      []Unread             // as they stand in the files; of Received alone
	Kept        []payment.KeptLog    // what is remembered of logs that are gone; by path
	Forgotten   []payment.KeptLog    // what was remembered of such logs until now, and is in nothing above
}

// An Answered is what the platform said of an answer that we gave as a supplier
// (the page Payment Confirmation Response Webhook).
type Answered struct {
	ObjectID string // of the payment
	Failed   bool   // the answer came to nothing, by its own result
	Word     string // the result, upper case
	Pos      source.Pos
}

// An Unread is a delivery that cannot be used and may be about payments to us.
type Unread struct {
	ObjectIDs []string // what stands in it that looks like a payment; may be empty
	Torn      bool     // it is the end of a log, which may still be written
	Pos       source.Pos
}

// ReadLogs reads event logs and folds what they say of our payments. The
// remittances are a function of the set of bodies: no order of the files or
// lines changes them, and no copy. Faults in the data are in Problems; an error
// is one of the disk, or of ctx.
func ReadLogs(ctx context.Context, files []source.Ref, o LogOptions) (*Log, error) {
	opened := make([]logFile, len(files))
	for i, f := range files {
		open := f.Open
		if o.Memory != nil && len(o.Received) == 0 {
			open = f.OpenUnsummed // for the content is hashed in any case
		}
		opened[i] = logFile{path: f.Path(), inode: f.Inode(), size: f.Size(), sum: f.Sum, open: func() (logReader, error) { return open() }}
	}
	return readLogs(ctx, opened, o)
}

// A logFile is a log that can be opened, more than once.
type logFile struct {
	path  string
	inode uint64                      // by which the system knows it; 0 where it does not
	size  int64                       // on disk, when it was found
	sum   func() (source.Stat, error) // without unpacking it; nil where that is no file
	open  func() (logReader, error)
}

type logReader interface {
	io.ReadCloser
	Stat() source.Stat
	Packed() bool
}

func readLogs(ctx context.Context, files []logFile, o LogOptions) (*Log, error) {
	if o.Zone == nil {
		o.Zone = time.FixedZone("IST", 5*3600+30*60) // India has one zone, and no summer time
	}
	r := &reading{ctx: ctx, progress: o.Progress, folder: payment.NewFolder(o.Zone), ours: oursOf(&o), memory: o.Memory}
	r.folder.Keep(o.Keep...)
	if r.ours.received {
		r.memory = nil // what others pay us is another view of the same logs
	}
	log := &Log{}
	for _, f := range files {
		input, err := r.fold(f)
		if err != nil {
			return nil, err
		}
		log.Inputs = append(log.Inputs, *input)
	}
	if err := r.foldKept(log); err != nil {
		return nil, err
	}
	own, err := r.own(o.Own)
	if err != nil {
		return nil, err
	}
	if err := r.foldOwn(own); err != nil {
		return nil, err
	}
	if err := r.settle(files, own, log.Kept); err != nil {
		return nil, err
	}
	log.Problems = r.problems
	log.Remittances = r.folder.Remittances()
	log.Invoices = r.invoices.Invoices()
	log.Answered = r.answered
	log.Unread = r.unread
	return log, nil
}

// oursOf says whose payments are read.
func oursOf(o *LogOptions) registrations {
	us := registrations{ids: make(map[string]bool), received: len(o.Received) > 0}
	list := o.Buyers
	if us.received {
		list = o.Received
	}
	for _, b := range list {
		us.ids[b.B2BID] = true
	}
	return us
}

// A reading is the state of ReadLogs.
type reading struct {
	ctx      context.Context
	progress func(int64)
	ours     registrations
	memory   Memory // nil where nothing is remembered
	folder   *payment.Folder
	invoices payment.InvoiceFolder
	answered []Answered
	unread   []Unread
	problems []source.Problem
}

// maxValue is how many characters of a value a problem shows.
const maxValue = 80

func (f *fault) problem(pos source.Pos) source.Problem {
	return source.Problem{
		Pos: pos, Column: f.column, Value: shorten(string(f.value), maxValue),
		Check: f.check, Text: f.text, Remedy: remedy(f.check),
	}
}

// shorten masks what may be an account number, nine digits and more, to its last
// four, and a PAN, and cuts the text to at most limit characters.
func shorten(s string, limit int) string {
	if len(s) < 9 && len(s) <= limit && utf8.ValidString(s) {
		return s // as nearly every word of a response is; no account fits into it
	}
	s = party.MaskPAN(strings.ToValidUTF8(s, "\ufffd"))
	var b strings.Builder
	written := 0
	for i := 0; i < len(s) && written < limit; {
		run := digitRun(s[i:])
		if run >= 9 {
			b.WriteString(strings.Repeat("X", run-4))
			b.WriteString(s[i+run-4 : i+run])
			written += run
			i += run
			continue
		}
		if run > 0 {
			b.WriteString(s[i : i+run])
			written += run
			i += run
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(s[i : i+size])
		written++
		i += size
	}
	out := []rune(b.String())
	if len(out) > limit {
		out = out[:limit]
	}
	return string(out)
}

func digitRun(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
