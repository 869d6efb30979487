package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// An xmlScanner reads the XML of a workbook part token by token, from a stream.
//
// It is not a general XML reader, on purpose. A DTD is an error (OOXML forbids
// it, ECMA-376 part 2), so there is no entity to expand and nothing outside to
// fetch; prefixes of names are dropped; the nesting of elements is for the
// caller to watch. That makes it safe by construction, ten times as fast as
// encoding/xml, and its memory is that of one token.
type xmlScanner struct {
	in    *bufio.Reader
	long  []byte // a token that did not fit the buffer of in
	kind  xmlKind
	name  string // of an element, without its prefix
	empty bool   // <name/>: no end follows
	attrs []byte // the raw attributes of a start
	text  []byte // of a text, entities resolved; valid until the next token
	inTag bool   // the "<" of the next tag is already read
	depth int    // of <Choice>, whose content is passed over
}

type xmlKind uint8

const (
	xmlStart xmlKind = iota
	xmlEnd
	xmlText
)

// maxToken bounds one tag, comment or run of text: a cell of 32,767 characters,
// each written as a numeric entity, has 320 kB.
const maxToken = 4 << 20

var (
	errDTD       = errors.New("it declares entities (a DTD), which no workbook needs and attackers use")
	errLongToken = errors.New("it holds a piece of XML longer than any cell")
	errMarkup    = errors.New("its XML is damaged")
)

func newXMLScanner(r io.Reader) *xmlScanner {
	in := bufio.NewReaderSize(r, 1<<16)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0xFF, 0xFE}) || bytes.Equal(head, []byte{0xFE, 0xFF}) {
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		in = bufio.NewReaderSize(transform.NewReader(in, decoder), 1<<16)
	}
	return &xmlScanner{in: in}
}

// next reads the next token. It returns io.EOF at the end.
//
// Where a writer offers alternatives (ECMA-376 part 3, AlternateContent), each
// Choice asks for an extension of which we know none: the Fallback is read, and
// never both.
func (x *xmlScanner) next() error {
	for {
		if err := x.token(); err != nil {
			return err
		}
		choice := x.kind != xmlText && x.name == "Choice"
		switch {
		case choice && x.kind == xmlStart && !x.empty:
			x.depth++
		case choice && x.kind == xmlEnd && x.depth > 0:
			x.depth--
		case !choice && x.depth == 0:
			return nil
		}
	}
}

// token reads the next token, whatever it stands in.
func (x *xmlScanner) token() error {
	for {
		if !x.inTag {
			text, err := x.until('<')
			switch {
			case err == io.EOF && len(bytes.TrimSpace(text)) == 0:
				return io.EOF
			case err == io.EOF:
				return io.ErrUnexpectedEOF
			case err != nil:
				return err
			}
			x.inTag = true
			if text = text[:len(text)-1]; len(text) > 0 {
				x.kind = xmlText
				x.text, err = unescapeXML(text)
				return err
			}
		}
		done, err := x.tag()
		x.inTag = false
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if done || err != nil {
			return err
		}
	}
}

// tag reads what follows a "<", and tells whether it is a token for the caller.
func (x *xmlScanner) tag() (bool, error) {
	body, err := x.until('>')
	if err != nil {
		return false, err
	}
	switch {
	case bytes.HasPrefix(body, []byte("!--")):
		_, err = x.through(body, "!--", "-->")
		return false, err
	case bytes.HasPrefix(body, []byte("![CDATA[")):
		body, err = x.through(body, "![CDATA[", "]]>")
		x.kind, x.text = xmlText, body
		return true, err
	case body[0] == '!':
		return false, errDTD
	case body[0] == '?':
		return false, declared(body)
	}
	// A ">" may stand inside a quoted attribute.
	for q, seen := quoteOpen(0, body), len(body); q != 0; q, seen = quoteOpen(q, body[seen:]), len(body) {
		if body, err = x.extend(body, '>'); err != nil {
			return false, err
		}
	}
	return true, x.element(body[:len(body)-1])
}

func (x *xmlScanner) element(body []byte) error {
	x.kind = xmlStart
	if body, x.empty = bytes.CutSuffix(body, []byte("/")); x.empty {
		// A start that is its own end.
	} else if rest, ok := bytes.CutPrefix(body, []byte("/")); ok {
		x.kind, body = xmlEnd, rest
	}
	end := bytes.IndexAny(body, " \t\r\n")
	if end < 0 {
		end = len(body)
	}
	name := body[:end]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 {
		return errMarkup
	}
	x.name = elementName(name)
	x.attrs = body[end:]
	return nil
}

// elementName returns the name as a string, without an allocation for those
// that a sheet of a million rows repeats.
func elementName(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "row":
		return "row"
	case "is":
		return "is"
	case "t":
		return "t"
	case "r":
		return "r"
	case "si":
		return "si"
	case "f":
		return "f"
	case "Choice":
		return "Choice"
	}
	return string(name)
}

// attr returns the raw value of the attribute with the given local name, and
// whether there is one.
func (x *xmlScanner) attr(name string) ([]byte, bool) {
	rest := x.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil, false
		}
		key := bytes.TrimSpace(rest[:eq])
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil, false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil, false
		}
		if i := bytes.IndexByte(key, ':'); i >= 0 && !bytes.HasPrefix(key, []byte("xmlns")) {
			key = key[i+1:]
		}
		if string(key) == name {
			return rest[1 : 1+end], true
		}
		rest = rest[end+2:]
	}
}

// attrText returns the value of an attribute as text, empty where there is none.
func (x *xmlScanner) attrText(name string) (string, error) {
	raw, _ := x.attr(name)
	text, err := unescapeXML(bytes.Clone(raw))
	return string(text), err
}

// until reads through the next delim. The result is valid until the next read.
func (x *xmlScanner) until(delim byte) ([]byte, error) {
	part, err := x.in.ReadSlice(delim)
	if err != bufio.ErrBufferFull {
		return part, err
	}
	return x.extend(part, delim)
}

// extend reads through the next delim and appends it to what was read before,
// which is copied once only.
func (x *xmlScanner) extend(before []byte, delim byte) ([]byte, error) {
	if len(x.long) != len(before) || &x.long[0] != &before[0] {
		x.long = append(x.long[:0], before...)
	}
	for {
		part, err := x.in.ReadSlice(delim)
		x.long = append(x.long, part...)
		if len(x.long) > maxToken {
			return nil, errLongToken
		}
		if err != bufio.ErrBufferFull {
			return x.long, err
		}
	}
}

// through reads on until body ends in the given closing, and returns what is
// between opening and closing.
func (x *xmlScanner) through(body []byte, opening, closing string) ([]byte, error) {
	var err error
	for len(body) < len(opening)+len(closing) || !bytes.HasSuffix(body, []byte(closing)) {
		if body, err = x.extend(body, '>'); err != nil {
			return nil, err
		}
	}
	return body[len(opening) : len(body)-len(closing)], nil
}

// quoteOpen returns the quote that is open behind a piece of a tag, 0 where none
// is, when open was before it. Only what is new is looked at: a tag of nothing
// but ">" in quotes would take quadratic time otherwise.
func quoteOpen(open byte, piece []byte) byte {
	for _, c := range piece {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open
}

// declared refuses encodings other than those a workbook may have.
func declared(body []byte) error {
	lower := strings.ToLower(string(body))
	if !strings.HasPrefix(lower, "?xml ") {
		return nil
	}
	_, encoding, found := strings.Cut(lower, "encoding")
	if !found || strings.Contains(encoding, "utf-8") || strings.Contains(encoding, "utf-16") || strings.Contains(encoding, "ascii") || strings.Contains(encoding, "utf8") {
		return nil
	}
	return errors.New("its XML is in an encoding that workbooks do not have")
}

// unescapeXML resolves entities, in place: what they stand for is never longer.
func unescapeXML(b []byte) ([]byte, error) {
	first := bytes.IndexByte(b, '&')
	if first < 0 {
		return b, nil
	}
	out := b[:first]
	for i := first; i < len(b); {
		if b[i] != '&' {
			out = append(out, b[i])
			i++
			continue
		}
		end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
		if end < 0 {
			return nil, errMarkup
		}
		r, err := entity(string(b[i+1 : i+end]))
		if err != nil {
			return nil, err
		}
		out = utf8.AppendRune(out, r)
		i += end + 1
	}
	return out, nil
}

func entity(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || digits == name {
		return 0, fmt.Errorf("it uses an entity &%s; that XML does not know", name)
	}
	return rune(n), nil
}
