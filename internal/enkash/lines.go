package enkash

import (
	"bytes"
	"errors"
	"hash"
	"io"

	"reconcile/internal/payment"
)

// maxDelivery bounds one delivery, in bytes. A req-pay of 50 invoices is 40 KiB;
// a hundred times that is no webhook, and memory must not depend on a newline.
const maxDelivery = 4 << 20

// A delivery is one webhook delivery as it stands in a log.
type delivery struct {
	bytes []byte // valid until the next one is read
	row   int    // the line on which it begins, from 1
	last  bool   // the file ends right behind it, without a newline
	long  bool   // longer than maxDelivery; bytes is only its beginning
	broke bool   // an element of an array that has no end
}

// A splitter cuts a log into deliveries: the lines of a file of lines, or the
// elements of a JSON array and of JSON objects that go over several lines.
type splitter struct {
	r        io.Reader
	buf      []byte
	at, end  int   // what is not yet used of buf
	row      int   // of buf[at]
	err      error // of r, once it ended
	elements bool
	indent   int  // of the line on which the last element began; -1 behind other text
	open     int  // brackets of the outermost arrays
	scratch  tape // of sound
	wary     bool // an element without an end was seen: look for the next one early

	sum    hash.Hash // of what was used, where asked for
	base   int64     // which byte of the content buf[0] is
	summed int       // what of buf is in sum
	fluid  bool      // which kind of log it is might change as it grows
	tail   mark      // where the last line begins, if it has no end
}

// A mark is a place in the content of a log, and what it is known by up to there.
type mark struct {
	at  int64
	row int
	sum payment.Digest
}

func newSplitter(r io.Reader) *splitter {
	return &splitter{r: r, buf: make([]byte, 256<<10), row: 1}
}

// here is the mark behind what was used.
func (s *splitter) here() mark {
	m := mark{at: s.base + int64(s.at), row: s.row}
	if s.sum != nil {
		s.sum.Write(s.buf[s.summed:s.at])
		s.summed = s.at
		s.sum.Sum(m.sum[:0])
	}
	return m
}

// start drops a byte order mark, and finds out which kind of log it is.
func (s *splitter) start() {
	s.fluid = true
	for s.end < 3 && s.fill() {
	}
	if bytes.HasPrefix(s.rest(), []byte("\ufeff")) {
		s.at += 3
	}
	s.skipBlank()
	first := s.rest()
	if len(first) == 0 {
		return
	}
	s.fluid = false
	s.elements = first[0] == '[' || first[0] == '{' && s.goesOver()
}

// goesOver tells whether the object at hand goes over several lines: its first
// line has no end, and the next one goes on with a key or a closing brace, as
// printers break objects, rather than with something of its own.
func (s *splitter) goesOver() bool {
	from := 0
	for {
		if i := bytes.IndexByte(s.rest()[from:], '\n'); i >= 0 {
			from += i + 1
			break
		}
		from = len(s.rest())
		if from > maxDelivery {
			return false
		}
		if !s.fill() {
			s.fluid = true
			return false
		}
	}
	var t tape
	if err := t.parse(s.rest()[:from]); !errors.Is(err, errTorn) {
		return false
	}
	for {
		rest := bytes.TrimLeft(s.rest()[from:], " \t\r\n")
		if len(rest) > 0 {
			return rest[0] == '"' || rest[0] == '}'
		}
		if len(s.rest()) > maxDelivery {
			return false
		}
		if !s.fill() {
			s.fluid = true
			return false
		}
	}
}

// next returns the next delivery, io.EOF behind the last one, or the error of
// the reader once everything before it was returned.
func (s *splitter) next() (delivery, error) {
	if s.elements {
		return s.element()
	}
	return s.line()
}

func (s *splitter) rest() []byte { return s.buf[s.at:s.end] }

// fill reads more behind what is there, and reports whether it could.
func (s *splitter) fill() bool {
	if s.err != nil {
		return false
	}
	if s.at > 0 {
		if s.sum != nil {
			s.sum.Write(s.buf[s.summed:s.at])
		}
		s.base += int64(s.at)
		s.end = copy(s.buf, s.buf[s.at:s.end])
		s.at, s.summed = 0, 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for tries := 0; tries < 100; tries++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.err = err
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// skipBlank goes to the next byte that is no white space and no NUL, which a log
// shows where it was truncated while its writer had it open.
func (s *splitter) skipBlank() {
	for {
		for s.at < s.end {
			switch s.buf[s.at] {
			case '\n':
				s.row++
			case ' ', '\t', '\r', 0:
			default:
				return
			}
			s.at++
		}
		if !s.fill() {
			return
		}
	}
}

func (s *splitter) line() (delivery, error) {
	s.skipBlank()
	if s.at == s.end {
		return delivery{}, s.err
	}
	d := delivery{row: s.row}
	searched := 0
	for {
		i := bytes.IndexByte(s.rest()[searched:], '\n')
		if i >= 0 {
			end := s.at + searched + i
			d.bytes = s.buf[s.at:end]
			s.at, s.row = end+1, s.row+1
			d.long = len(d.bytes) > maxDelivery
			return d, nil
		}
		searched = len(s.rest())
		if searched > maxDelivery {
			d.long = true
			d.bytes = bytes.Clone(s.rest()[:256])
			s.tail = s.here()
			d.last = !s.skipLine()
			return d, nil
		}
		if !s.fill() {
			s.tail = s.here()
			d.bytes, d.last = s.rest(), true
			s.at = s.end
			return d, nil
		}
	}
}

// skipLine goes behind the next newline, and reports whether there is one.
func (s *splitter) skipLine() bool {
	for {
		if i := bytes.IndexByte(s.rest(), '\n'); i >= 0 {
			s.at += i + 1
			s.row++
			return true
		}
		s.at = s.end
		if !s.fill() {
			return false
		}
	}
}

// element returns the next element of an array, or the next of several objects
// that go over lines.
func (s *splitter) element() (delivery, error) {
	if !s.skipBetween() {
		if s.open > 0 && errors.Is(s.err, io.EOF) {
			s.open = 0
			return delivery{row: s.row, bytes: []byte("["), last: true, broke: true}, nil
		}
		return delivery{}, s.err
	}
	d := delivery{row: s.row}
	length, whole := s.measure()
	whole = whole && s.sound(length)
	d.broke = !whole
	d.long = length > maxDelivery
	if !whole {
		s.wary = true
		length = s.resume()
		d.last = s.at+length == s.end && s.err != nil
	}
	d.bytes = s.buf[s.at : s.at+length]
	s.row += bytes.Count(d.bytes, []byte{'\n'})
	s.at += length
	return d, nil
}

// skipBetween goes to the first byte of the next element, and reports whether
// there is one.
func (s *splitter) skipBetween() bool {
	s.indent = -1
	for {
		for s.at < s.end {
			switch s.buf[s.at] {
			case '\n':
				s.row++
				s.indent = 0
			case ' ', '\t', '\r', 0:
				if s.indent >= 0 {
					s.indent++
				}
			case ',':
			case '[':
				s.open++
			case ']':
				s.open = max(0, s.open-1)
			default:
				return true
			}
			s.at++
		}
		if !s.fill() {
			return false
		}
	}
}

// measure returns how long the element at hand is, and whether it has an end. A
// newline within a string is no JSON, so an element is broken there: otherwise
// one lost quote would swallow what follows.
func (s *splitter) measure() (length int, whole bool) {
	depth, quoted := 0, false
	bare := s.buf[s.at] != '{' && s.buf[s.at] != '"'
	for i := 0; ; i++ {
		for i >= len(s.rest()) {
			if i > maxDelivery || !s.fill() {
				return min(i, len(s.rest())), bare && i <= maxDelivery
			}
		}
		if i > maxDelivery {
			return i, false
		}
		c := s.rest()[i]
		switch {
		case c == '\n' && (quoted || bare || s.wary && depth > 0 && s.beginsElement(i+1)):
			return i, bare
		case quoted && c == '\\':
			i++ // whatever follows; an escaped newline is caught by the grammar
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return i + 1, true
			}
		case quoted:
		case bare && depth == 0 && (c == ',' || c == ']'):
			return i, true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 && !bare {
				return i + 1, true
			}
		}
	}
}

// sound tells whether the element at hand, where it goes over several lines, is
// JSON. If it is not, a lost bracket may have made it swallow the next ones.
func (s *splitter) sound(length int) bool {
	element := s.rest()[:length]
	return bytes.IndexByte(element, '\n') < 0 || !errors.Is(s.scratch.parse(element), errSyntax)
}

// resume returns where the element at hand is to be cut: before the next line
// that begins an element.
func (s *splitter) resume() int {
	for i := 0; ; i++ {
		if i == len(s.rest()) && !s.fill() {
			return len(s.rest())
		}
		if i > maxDelivery+len("\n") {
			return i
		}
		if s.rest()[i] == '\n' && s.beginsElement(i+1) {
			return i
		}
	}
}

// beginsElement tells whether the line at offset i begins an element: an object
// as deep in the page as the last one.
func (s *splitter) beginsElement(i int) bool {
	for indent := 0; ; i++ {
		if i >= len(s.rest()) && !s.fill() {
			return false
		}
		switch s.rest()[i] {
		case ' ', '\t', '\r':
			indent++
		case ',':
		case '{':
			return s.indent < 0 || indent == s.indent
		default:
			return false
		}
	}
}
