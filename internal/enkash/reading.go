package enkash

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"sort"

	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// A tally folds what the bodies of one log say, and counts what became of them.
type tally struct {
	*reading
	in      payment.LogInput
	counted map[string]int
	sum     payment.Digest // of the content, where anything is remembered
}

func (r *reading) tally(path string) *tally {
	return &tally{reading: r, in: payment.LogInput{Path: path}, counted: make(map[string]int)}
}

// said folds what one body says.
func (t *tally) said(what payment.Told) error {
	switch {
	case what.Event != nil && t.in.Gone != 0 && t.folder.Has(what.Event):
		t.in.Copies++ // and stands where it can be looked up
	case what.Event != nil:
		if t.folder.Add(what.Event) {
			t.in.Copies++
		} else {
			t.in.Folded++
		}
	case what.Notice != nil:
		t.invoices.Add(*what.Notice)
	case what.Problem != nil:
		t.in.Quarantined++
		t.problems = append(t.problems, *what.Problem)
	}
	return nil
}

// replay folds a stretch as it is remembered.
func (t *tally) replay(s *payment.Stretch) error {
	t.count(s)
	return t.memory.Replay(s, func(what payment.Told) error {
		switch {
		case what.Event != nil:
			what.Event.Pos.File = t.in.Path
		case what.Problem != nil:
			what.Problem.Pos.File = t.in.Path
		}
		return t.said(what)
	})
}

// count adds what was counted of a stretch.
func (t *tally) count(s *payment.Stretch) {
	t.in.Lines += s.Lines
	t.in.Bodies += s.Bodies
	t.in.Foreign += s.Foreign
	for _, c := range s.Counted {
		t.counted[c.Family] += c.Bodies
	}
}

// end returns the counts, which tie.
func (t *tally) end() (*payment.LogInput, error) {
	sum := t.in.Folded + t.in.Copies + t.in.Foreign + t.in.Quarantined
	t.in.Counted = families(t.counted)
	for _, c := range t.in.Counted {
		sum += c.Bodies
	}
	if sum != t.in.Bodies {
		return nil, fmt.Errorf("reading %s: %d bodies were read and %d accounted for; this is a fault of the program, please report it", t.in.Path, t.in.Bodies, sum)
	}
	return &t.in, nil
}

func families(counted map[string]int) []payment.Counted {
	var all []payment.Counted
	for family, n := range counted {
		all = append(all, payment.Counted{Family: family, Bodies: n})
	}
	sort.Slice(all, func(i, k int) bool { return all[i].Family < all[k].Family })
	return all
}

// fold reads one file, as far as it is not remembered, and counts what became of
// its bodies.
func (r *reading) fold(f logFile) (in *payment.LogInput, err error) {
	t := r.tally(f.path)
	held := payment.Holding{Path: f.path, Inode: f.inode}
	if r.memory != nil && f.sum != nil {
		known, stat, err := r.memory.Packed(f.size, f.sum)
		if err != nil {
			return nil, fmt.Errorf("reading the event log %s: %w", f.path, err)
		}
		if known != nil {
			held.Packed = stat
			return t.whole(known, &held)
		}
	}
	c, err := r.open(f)
	if err != nil {
		return nil, err
	}
	defer func() { c.in.Close() }() // c may be opened anew
	if r.memory != nil {
		if err := c.recognise(r.memory); err != nil {
			return nil, c.failed(err)
		}
		for i := range c.use {
			if err := t.replay(&c.use[i]); err != nil {
				return nil, c.failed(err)
			}
		}
	}
	if err := t.read(c, &held); err != nil {
		return nil, err
	}
	if err := c.in.Close(); err != nil {
		return nil, c.failed(err)
	}
	stat := c.in.Stat()
	t.in.SHA256, t.in.Bytes = stat.SHA256, stat.Bytes
	if r.memory != nil {
		if stat.SHA256 == "" {
			t.in.SHA256 = hex.EncodeToString(t.sum[:])
		}
		if c.in.Packed() && !c.torn {
			held.Packed = stat
		}
		r.memory.Hold(held)
	}
	return t.end()
}

// whole folds a file of which everything is remembered.
func (t *tally) whole(known []payment.Stretch, held *payment.Holding) (*payment.LogInput, error) {
	for i := range known {
		if err := t.replay(&known[i]); err != nil {
			return nil, err
		}
		held.Known = append(held.Known, known[i].Sum)
	}
	held.All = held.Known
	t.in.SHA256, t.in.Bytes = held.Packed.SHA256, held.Packed.Bytes
	t.memory.Hold(*held)
	return t.end()
}

// A content is the content of a log while it is read.
type content struct {
	file logFile
	in   logReader
	r    *bufio.Reader
	open func() (*content, error) // it anew
	head []byte                   // how it begins

	sum  hash.Hash // of what was read; nil where nobody asks
	at   int64     // how much that is
	use  []payment.Stretch
	seen []payment.Digest // stretches that it begins with
	torn bool
}

func (r *reading) open(f logFile) (*content, error) {
	in, err := f.open()
	if err != nil {
		return nil, fmt.Errorf("reading the event log %s: %w", f.path, err)
	}
	c := &content{file: f, in: in, r: bufio.NewReaderSize(&meter{in, r.progress}, 64<<10), open: func() (*content, error) { return r.open(f) }}
	if r.memory != nil {
		c.sum = sha256.New()
	}
	return c, nil
}

func (c *content) failed(err error) error {
	return fmt.Errorf("reading the event log %s: %w", c.file.path, err)
}

// headSize is how much of a log is looked at to find out whether it may be known.
const headSize = 1024

// recognise finds out how much of a log is remembered, and stops behind that.
func (c *content) recognise(m Memory) error {
	head, err := c.r.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil // reading says what it is
	}
	c.head = bytes.Clone(head)
	like := m.Like(head)
	known := make(map[payment.Digest]payment.Stretch)
	for _, s := range like {
		whole, err := c.skip(s.To)
		if err != nil {
			return c.again(payment.Digest{}, 0)
		}
		if !whole {
			break
		}
		if c.digest() == s.Sum {
			known[s.Sum] = s
			c.seen = append(c.seen, s.Sum)
		}
	}
	_, err = c.r.Peek(1)
	size := int64(-1)
	if err == io.EOF {
		size = c.at
	}
	for i := len(c.seen) - 1; i >= 0 && c.use == nil; i-- {
		if s := known[c.seen[i]]; !s.Final || s.To == size {
			c.use = chain(known, s)
		}
	}
	to := int64(0)
	var sum payment.Digest
	if n := len(c.use); n > 0 {
		to, sum = c.use[n-1].To, c.use[n-1].Sum
	}
	if c.at == to {
		return nil
	}
	return c.again(sum, to)
}

// chain returns the stretches up to the last one, or nil where one of them cannot
// be used.
func chain(known map[payment.Digest]payment.Stretch, last payment.Stretch) []payment.Stretch {
	all := make([]payment.Stretch, 0, 8)
	for s, ok := last, true; ; s, ok = known[s.After] {
		if !ok || s.Stale || s.Final && s.Sum != last.Sum {
			return nil
		}
		all = append(all, s)
		if s.From == 0 {
			break
		}
	}
	for i, k := 0, len(all)-1; i < k; i, k = i+1, k-1 {
		all[i], all[k] = all[k], all[i]
	}
	return all
}

// again opens the log anew and goes to a place in it. Where that is no longer
// what it was, another file has taken its place, and nothing of it is known.
func (c *content) again(sum payment.Digest, to int64) error {
	if err := c.in.Close(); err != nil {
		return err
	}
	fresh, err := c.open()
	if err != nil {
		return err
	}
	fresh.use, fresh.seen, fresh.head = c.use, c.seen, c.head
	*c = *fresh
	if to == 0 {
		return nil
	}
	if whole, err := c.skip(to); err == nil && whole && c.digest() == sum {
		return nil
	}
	if err := c.again(payment.Digest{}, 0); err != nil {
		return err
	}
	head, _ := c.r.Peek(headSize)
	c.use, c.seen, c.head = nil, nil, bytes.Clone(head)
	return nil
}

// skip reads on to a place, and reports whether there is so much.
func (c *content) skip(to int64) (whole bool, err error) {
	for c.at < to {
		part, err := c.r.Peek(int(min(to-c.at, 32<<10)))
		c.sum.Write(part)
		c.at += int64(len(part))
		if _, discarding := c.r.Discard(len(part)); discarding != nil {
			return false, discarding
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
	}
	return c.at == to, nil
}

func (c *content) digest() (sum payment.Digest) {
	c.sum.Sum(sum[:0])
	return sum
}

// read decodes what is left of a log, and has it remembered.
func (t *tally) read(c *content, held *payment.Holding) error {
	p := &passage{tally: t, head: c.head, pos: source.Pos{File: t.in.Path}, stretch: payment.Stretch{From: c.at, Row: 1}, counted: make(map[string]int)}
	defer p.drop() // of what an error left open
	s := newSplitter(c.r)
	s.sum, s.base = c.sum, c.at
	if n := len(c.use); n > 0 {
		p.stretch.After, s.row = c.use[n-1].Sum, c.use[n-1].Row
	} else {
		s.start()
	}
	p.record()
	dec := newDecoder(t.ours, p.told)
	torn, err := t.each(s, c, func(d *delivery) error {
		switch {
		case !d.last || s.elements || s.fluid || p.dropped:
		case s.err != io.EOF:
			p.drop()
		default:
			if err := p.cut(s.tail, false); err != nil {
				return err
			}
		}
		p.deliver(dec, d)
		return p.failed
	})
	if err != nil {
		return err
	}
	c.torn = torn
	if torn {
		p.drop() // what a damaged file unpacks to is not what was written
	}
	end := s.here()
	t.sum = end.sum
	final := s.elements || s.fluid || p.tail
	if err := p.cut(end, final); err != nil {
		return err
	}
	held.Known = c.seen
	for i := range c.use {
		held.All = append(held.All, c.use[i].Sum)
	}
	held.All = append(held.All, p.made...)
	return nil
}

// A passage is what is being read of a log: one stretch, and behind it perhaps a
// last line without an end.
type passage struct {
	*tally
	head    []byte // of the log
	pos     source.Pos
	atEnd   bool
	raw     []byte // the delivery
	tail    bool   // the stretch is the last line, which has no end
	stretch payment.Stretch
	counted map[string]int
	faults  int
	to      payment.Recorder // nil where nothing is remembered
	dropped bool
	made    []payment.Digest
	failed  error
}

func (p *passage) record() {
	if p.memory != nil {
		p.to = p.memory.Record(p.pos.File, p.head)
	}
}

func (p *passage) drop() {
	if p.to != nil {
		p.to.Drop()
		p.to = nil
	}
	p.dropped = true
}

// cut ends a stretch, and begins the next one behind it.
func (p *passage) cut(at mark, final bool) error {
	s := &p.stretch
	s.Counted = families(p.counted)
	p.count(s)
	s.To, s.Sum, s.Row, s.Final = at.at, at.sum, at.row, final
	s.Torn = final && p.faults == s.Bodies
	if s.To > s.From && p.to != nil {
		if err := p.to.End(*s); err != nil {
			return err
		}
		p.made = append(p.made, s.Sum)
		p.to = nil
	} else if p.to != nil {
		p.to.Drop()
		p.to = nil
	}
	next := payment.Stretch{After: s.Sum, From: s.To, Row: s.Row}
	if s.To == s.From {
		next.After = s.After
	}
	p.stretch, p.counted, p.faults, p.tail = next, make(map[string]int), 0, true
	if !final && !p.dropped {
		p.record()
	}
	return nil
}

// deliver reads one delivery.
func (p *passage) deliver(dec *decoder, d *delivery) {
	p.stretch.Lines++
	p.pos.Row, p.atEnd, p.raw = d.row, d.last, d.bytes
	if d.long {
		dec.fault(checkTooLong, "", d.bytes[:min(len(d.bytes), 256)], "longer than 4 MiB")
		return
	}
	dec.deliver(d.bytes)
}

// told notes what became of one body.
func (p *passage) told(v verdict) {
	p.stretch.Bodies++
	switch {
	case v.event != nil:
		v.event.Pos = p.pos
		p.note(payment.Told{Event: v.event})
	case v.foreign:
		p.stretch.Foreign++
	case v.counted != "":
		p.counted[v.counted]++
		for i := range v.notices {
			p.note(payment.Told{Notice: &v.notices[i]})
		}
		if v.answered != nil {
			v.answered.Pos = p.pos
			p.answered = append(p.answered, *v.answered)
		}
	default:
		if p.atEnd && v.fault.check == checkNotJSON {
			v.fault.check = checkTorn
		}
		p.faults++
		if p.ours.received {
			p.unread = append(p.unread, Unread{namedIn(p.raw), v.fault.check == checkTorn, p.pos})
		}
		problem := v.fault.problem(p.pos)
		p.note(payment.Told{Problem: &problem})
	}
}

// looksLikePayment is the objectId of a payment by the API page, wherever it stands.
var looksLikePayment = regexp.MustCompile(`[PMT]{3}[A-Za-z0-9]{32}`)

// namedIn returns the payments that a delivery names which cannot be read.
func namedIn(raw []byte) (objectIDs []string) {
	for _, id := range looksLikePayment.FindAll(raw, -1) {
		objectIDs = append(objectIDs, string(id))
	}
	return objectIDs
}

func (p *passage) note(what payment.Told) {
	if p.to != nil && p.failed == nil {
		p.failed = p.to.Tell(what)
	}
	if err := p.said(what); p.failed == nil {
		p.failed = err
	}
}

// cancelEvery is how many deliveries are read between two looks at the context.
const cancelEvery = 4096

// each calls visit for every delivery of a log, and reports whether the log is a
// compressed file that is torn.
func (r *reading) each(s *splitter, c *content, visit func(*delivery) error) (torn bool, err error) {
	var d delivery // one for all, for visit keeps it from the stack
	for n := 0; ; n++ {
		if n%cancelEvery == 0 && r.ctx.Err() != nil {
			return false, c.failed(r.ctx.Err())
		}
		d, err = s.next()
		if err == io.EOF {
			return false, nil
		}
		var damaged *source.TornError
		if errors.As(err, &damaged) {
			f := fault{check: CheckFileTorn, text: "the compressed file ends too early or is damaged; what stands before that was read"}
			r.problems = append(r.problems, f.problem(source.Pos{File: c.file.path}))
			return true, nil
		}
		if err != nil {
			return false, c.failed(err)
		}
		if err := visit(&d); err != nil {
			return false, c.failed(err)
		}
	}
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
