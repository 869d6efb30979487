package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// A canonicalZip is a zip whose bytes depend on nothing but the names and
// contents of its entries: they are sorted by name, carry no time, and are
// deflated by one method of a version that go.mod pins. excelize writes streamed
// sheets in the order of a map; through here they come out in the same order
// always. Each entry is compressed as it comes and kept so until Close.
type canonicalZip struct {
	w       io.Writer
	entries []*zipEntry
	free    *flate.Writer       // used by nobody: one is enough for all entries, and its tables are large
	rows    map[string]*rowText // of sheets, by their name in the archive
	splices []*splice
}

// A zipEntry is one file of the archive.
type zipEntry struct {
	name     string
	packed   bytes.Buffer
	deflater *flate.Writer // nil before it begins, and when it has ended
	sum      uint32
	size     uint64
	plain    *bytes.Buffer // lists of parts are kept as text until they are sorted
}

func newCanonicalZip(w io.Writer) *canonicalZip { return &canonicalZip{w: w} }

// Create begins an entry, and ends the one before.
func (z *canonicalZip) Create(name string) (io.Writer, error) {
	e := &zipEntry{name: name}
	if isPartList(name) {
		e.plain = new(bytes.Buffer)
	}
	if last := len(z.entries) - 1; last >= 0 && z.entries[last].plain == nil {
		if err := z.finish(z.entries[last]); err != nil {
			return nil, err
		}
	}
	z.entries = append(z.entries, e)
	if e.plain != nil {
		return e.plain, nil
	}
	if err := z.begin(e); err != nil {
		return nil, err
	}
	if rows := z.rows[name]; rows != nil {
		s := &splice{entry: e, rows: rows}
		z.splices = append(z.splices, s)
		return s, nil
	}
	return e, nil
}

// AddFS is asked for by excelize's interface and used by nothing.
func (z *canonicalZip) AddFS(fs.FS) error {
	return fmt.Errorf("adding a folder to a workbook: %w", fs.ErrInvalid)
}

// firstDay is 1 January 1980 as a zip writes it, the first day that it can hold;
// no entry has a time of its own.
const firstDay = 1<<5 | 1

// Close sorts the entries and writes the archive.
func (z *canonicalZip) Close() error {
	for _, s := range z.splices {
		if !s.done {
			return fmt.Errorf("writing %s of the workbook: it has no place for rows", s.entry.name)
		}
	}
	if len(z.splices) != len(z.rows) {
		return fmt.Errorf("writing the workbook: of %d sheets, %d have their rows", len(z.rows), len(z.splices))
	}
	slices.SortFunc(z.entries, func(a, b *zipEntry) int { return strings.Compare(a.name, b.name) })
	out := zip.NewWriter(z.w)
	for _, e := range z.entries {
		if err := z.finish(e); err != nil {
			return err
		}
		header := &zip.FileHeader{
			Name: e.name, Method: zip.Deflate, CRC32: e.sum,
			CompressedSize64: uint64(e.packed.Len()), UncompressedSize64: e.size,
		}
		//lint:ignore SA1019 CreateRaw writes this field, and not Modified
		header.ModifiedDate = firstDay
		w, err := out.CreateRaw(header)
		if err != nil {
			return fmt.Errorf("writing %s of the workbook: %w", e.name, err)
		}
		if _, err := w.Write(e.packed.Bytes()); err != nil {
			return fmt.Errorf("writing %s of the workbook: %w", e.name, err)
		}
	}
	return out.Close()
}

func (e *zipEntry) Write(b []byte) (int, error) {
	e.sum = crc32.Update(e.sum, crc32.IEEETable, b)
	e.size += uint64(len(b))
	return e.deflater.Write(b)
}

// begin gives an entry what it is compressed by.
func (z *canonicalZip) begin(e *zipEntry) (err error) {
	e.deflater, z.free = z.free, nil
	if e.deflater != nil {
		e.deflater.Reset(&e.packed)
		return nil
	}
	if e.deflater, err = flate.NewWriter(&e.packed, flate.DefaultCompression); err != nil {
		return fmt.Errorf("compressing %s: %w", e.name, err)
	}
	return nil
}

// finish ends an entry, once.
func (z *canonicalZip) finish(e *zipEntry) error {
	if e.plain != nil {
		sorted, err := sortParts(e.plain.Bytes())
		if err == nil {
			err = z.begin(e)
		}
		if err != nil {
			return fmt.Errorf("compressing %s: %w", e.name, err)
		}
		if _, err := e.Write(sorted); err != nil {
			return fmt.Errorf("compressing %s: %w", e.name, err)
		}
	}
	if e.deflater == nil {
		return nil
	}
	if err := e.deflater.Close(); err != nil {
		return fmt.Errorf("compressing %s: %w", e.name, err)
	}
	z.free, e.deflater = e.deflater, nil
	return nil
}

// isPartList tells of the files that list other parts, where order means
// nothing.
func isPartList(name string) bool {
	return name == "[Content_Types].xml" || strings.HasSuffix(name, ".rels")
}

// A partList is [Content_Types].xml or a .rels file: one element full of empty
// ones.
type partList struct {
	XMLName xml.Name
	Parts   []part `xml:",any"`
}

type part struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
}

// sortParts sorts the elements of a part list, and the attributes of each.
func sortParts(text []byte) ([]byte, error) {
	var list partList
	if err := xml.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	lines := make([]string, 0, len(list.Parts))
	for _, p := range list.Parts {
		slices.SortFunc(p.Attrs, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
		var b strings.Builder
		b.WriteString("<" + p.XMLName.Local)
		for _, a := range p.Attrs {
			b.WriteString(" " + a.Name.Local + `="`)
			if err := xml.EscapeText(&b, []byte(a.Value)); err != nil {
				return nil, err
			}
			b.WriteString(`"`)
		}
		b.WriteString("/>")
		lines = append(lines, b.String())
	}
	slices.Sort(lines)
	root := list.XMLName
	return []byte(xml.Header + "<" + root.Local + ` xmlns="` + root.Space + `">` +
		strings.Join(lines, "") + "</" + root.Local + ">"), nil
}
