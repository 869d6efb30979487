package enkash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
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
	Own      []Own             // payments that we sent ourselves, folded with the rest; no file counts them
	Keep     []string          // objectIds of payments of which every body is kept (payment.Remittance.Bodies)
	Progress func(bytes int64) // told now and then how many more bytes were read, unpacked; may be nil
}

// A Log is what the event logs say.
type Log struct {
	Remittances []payment.Remittance // by objectId
	Invoices    []payment.Invoice    // by objectId: what the platform says of them
	Inputs      []payment.LogInput   // one for each file, as given
	Problems    []source.Problem     // as they stand in the files
	Answered    []Answered           // as they stand in the files, copies too; of Received alone
}

// An Answered is what the platform said of an answer that we gave as a supplier
// (the page Payment Confirmation Response Webhook).
type Answered struct {
	ObjectID string // of the payment
	Failed   bool   // the answer came to nothing, by its own result
	Word     string // the result, upper case
	Pos      source.Pos
}

// ReadLogs reads event logs and folds what they say of our payments. The
// remittances are a function of the set of bodies: no order of the files or
// lines changes them, and no copy. Faults in the data are in Problems; an error
// is one of the disk, or of ctx.
func ReadLogs(ctx context.Context, files []source.Ref, o LogOptions) (*Log, error) {
	opened := make([]logFile, len(files))
	for i, f := range files {
		opened[i] = logFile{f.Path(), func() (logReader, error) { return f.Open() }}
	}
	return readLogs(ctx, opened, o)
}

// A logFile is a log that can be opened, more than once.
type logFile struct {
	path string
	open func() (logReader, error)
}

type logReader interface {
	io.ReadCloser
	Stat() source.Stat
}

func readLogs(ctx context.Context, files []logFile, o LogOptions) (*Log, error) {
	if o.Zone == nil {
		o.Zone = time.FixedZone("IST", 5*3600+30*60) // India has one zone, and no summer time
	}
	r := &reading{ctx: ctx, progress: o.Progress, folder: payment.NewFolder(o.Zone), ours: oursOf(&o)}
	r.folder.Keep(o.Keep...)
	log := &Log{}
	for _, f := range files {
		input, err := r.fold(f)
		if err != nil {
			return nil, err
		}
		log.Inputs = append(log.Inputs, *input)
	}
	own, err := ownLog(o.Own)
	if err != nil {
		return nil, err
	}
	if err := r.foldOwn(own); err != nil {
		return nil, err
	}
	if err := r.settle(append(slices.Clone(files), own)); err != nil {
		return nil, err
	}
	log.Problems = r.problems
	log.Remittances = r.folder.Remittances()
	log.Invoices = r.invoices.Invoices()
	log.Answered = r.answered
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
	folder   *payment.Folder
	invoices payment.InvoiceFolder
	answered []Answered
	problems []source.Problem
}

// fold reads one file, and counts what became of its bodies.
func (r *reading) fold(f logFile) (*payment.LogInput, error) {
	in := &payment.LogInput{Path: f.path}
	counted := make(map[string]int)
	pos := source.Pos{File: f.path}
	atEnd := false
	tell := func(v verdict) {
		in.Bodies++
		switch {
		case v.event != nil:
			v.event.Pos = pos
			if r.folder.Add(v.event) {
				in.Copies++
			} else {
				in.Folded++
			}
		case v.foreign:
			in.Foreign++
		case v.counted != "":
			counted[v.counted]++
			for _, n := range v.notices {
				r.invoices.Add(n)
			}
			if v.answered != nil {
				v.answered.Pos = pos
				r.answered = append(r.answered, *v.answered)
			}
		default:
			in.Quarantined++
			if atEnd && v.fault.check == checkNotJSON {
				v.fault.check = checkTorn
			}
			r.problems = append(r.problems, v.fault.problem(pos))
		}
	}
	dec := newDecoder(r.ours, tell)
	stat, err := r.each(f, func(d *delivery) {
		in.Lines++
		pos.Row, atEnd = d.row, d.last
		switch {
		case d.long:
			dec.fault(checkTooLong, "", d.bytes[:min(len(d.bytes), 256)], "longer than 4 MiB")
		default:
			dec.deliver(d.bytes)
		}
	})
	if err != nil {
		return nil, err
	}
	in.SHA256, in.Bytes = stat.SHA256, stat.Bytes
	sum := in.Folded + in.Copies + in.Foreign + in.Quarantined
	for family, n := range counted {
		in.Counted = append(in.Counted, payment.Counted{Family: family, Bodies: n})
		sum += n
	}
	sort.Slice(in.Counted, func(i, k int) bool { return in.Counted[i].Family < in.Counted[k].Family })
	if sum != in.Bodies {
		return nil, fmt.Errorf("reading %s: %d bodies were read and %d accounted for; this is a fault of the program, please report it", f.path, in.Bodies, sum)
	}
	return in, nil
}

// settle reads the files again for payments where the smallest canonical body
// decides. There are hardly ever any, so that keeping the canonical bodies of
// all payments for them would be waste.
func (r *reading) settle(files []logFile) error {
	contested := make(map[string]bool)
	for _, id := range r.folder.Contested() {
		contested[id] = true
	}
	if len(contested) == 0 {
		return nil
	}
	dec := newDecoder(r.ours, func(v verdict) {
		if v.event != nil && contested[v.event.ObjectID] {
			r.folder.Settle(v.event)
		}
	})
	r.progress = nil
	problems := r.problems
	for _, f := range files {
		if _, err := r.each(f, func(d *delivery) {
			if !d.long {
				dec.deliver(d.bytes)
			}
		}); err != nil {
			return err
		}
	}
	r.problems = problems
	return nil
}

// cancelEvery is how many deliveries are read between two looks at the context.
const cancelEvery = 4096

// each calls visit for every delivery of a file.
func (r *reading) each(f logFile, visit func(*delivery)) (source.Stat, error) {
	in, err := f.open()
	if err != nil {
		return source.Stat{}, fmt.Errorf("reading the event log %s: %w", f.path, err)
	}
	defer in.Close()
	s := newSplitter(&meter{in, r.progress})
	s.start()
	var d delivery // one for all, for visit keeps it from the stack
	for n := 0; ; n++ {
		if n%cancelEvery == 0 && r.ctx.Err() != nil {
			return source.Stat{}, fmt.Errorf("reading the event log %s: %w", f.path, r.ctx.Err())
		}
		d, err = s.next()
		if err == io.EOF {
			break
		}
		var torn *source.TornError
		if errors.As(err, &torn) {
			fault := fault{check: CheckFileTorn, text: "the compressed file ends too early or is damaged; what stands before that was read"}
			r.problems = append(r.problems, fault.problem(source.Pos{File: f.path}))
			break
		}
		if err != nil {
			return source.Stat{}, fmt.Errorf("reading the event log %s: %w", f.path, err)
		}
		visit(&d)
	}
	if err := in.Close(); err != nil {
		return source.Stat{}, fmt.Errorf("reading the event log %s: %w", f.path, err)
	}
	return in.Stat(), nil
}

// A meter tells how much was read.
type meter struct {
	r    io.Reader
	tell func(int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.tell != nil && n > 0 {
		m.tell(int64(n))
	}
	return n, err
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
// four, and cuts the text to at most limit characters.
func shorten(s string, limit int) string {
	if len(s) < 9 && len(s) <= limit && utf8.ValidString(s) {
		return s // as nearly every word of a response is; no account fits into it
	}
	s = strings.ToValidUTF8(s, "\ufffd")
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
