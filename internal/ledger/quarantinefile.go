package ledger

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/source"
)

// A QuarantineFile is a CSV of quarantined rows in the columns of their ledger,
// which can be mended and loaded as a ledger.
type QuarantineFile struct {
	Name string // without a folder
	Rows int

	width    int // cells of the widest row
	headings []string
	rows     []QuarantinedRow
	problems map[source.Pos][]source.Problem
}

// QuarantineFiles returns what people may mend: quarantined.csv, or a file for
// each ledger where several have quarantined rows; none where nothing is
// quarantined. Sheets with headings of their own have files of their own. What a
// mended line replaces is not there, and neither is a line of a file of mended
// rows: such a one is mended where it stands.
func (b *Book) QuarantineFiles() []QuarantineFile {
	problems := make(map[source.Pos][]source.Problem)
	for _, p := range b.Problems {
		at := p.Pos
		at.Col = 0
		problems[at] = append(problems[at], p)
	}
	var files []QuarantineFile
	for _, row := range b.Quarantined {
		if row.mended || row.done {
			continue
		}
		i := slices.IndexFunc(files, func(f QuarantineFile) bool {
			first := f.rows[0]
			return first.Pos.File == row.Pos.File && first.Layout == row.Layout && slices.Equal(first.Headings, row.Headings)
		})
		if i < 0 {
			i = len(files)
			files = append(files, QuarantineFile{headings: row.Headings, problems: problems})
		}
		f := &files[i]
		f.rows = append(f.rows, row)
		f.Rows++
		f.width = max(f.width, len(row.Headings), len(row.Cells), row.apart+1)
	}
	nameFiles(files)
	return files
}

// nameFiles gives every file a name that no other has.
func nameFiles(files []QuarantineFile) {
	if len(files) == 1 {
		files[0].Name = "quarantined.csv"
		return
	}
	used := make(map[string]bool)
	for i := range files {
		base := "quarantined-" + plainName(files[i].rows[0].Pos.File)
		name := base
		for n := 2; used[strings.ToLower(name)]; n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		used[strings.ToLower(name)] = true
		files[i].Name = name + ".csv"
	}
}

// plainName makes of a path a name that any system can have: no folder, no
// ending, and nothing but letters, digits, hyphens and underscores.
func plainName(file string) string {
	base := path.Base(file)
	base = strings.TrimSuffix(base, path.Ext(base))
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, base)
	return plain[:min(len(plain), 60)]
}

// WriteCSV writes the rows, each followed by where it stands, why it was
// quarantined and what to do. It begins with a byte order mark, without which
// Excel takes the text for Windows-1252.
func (f *QuarantineFile) WriteCSV(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString("\uFEFF")
	writeRecord(out, f.width, f.headings, reasonColumns[:])
	section := ""
	for i := range f.rows {
		row := &f.rows[i]
		if row.Section != "" && row.Section != section {
			only := make([]string, row.apart+1)
			only[row.apart] = row.Section
			writeRecord(out, f.width, only, nil)
		}
		section = row.Section
		writeRecord(out, f.width, row.Cells, f.reasons(row))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing quarantined rows: %w", err)
	}
	return nil
}

// reasons returns the cells that say where a row is from and what is wrong.
func (f *QuarantineFile) reasons(row *QuarantinedRow) []string {
	var names, texts, remedies []string
	for _, p := range f.problems[row.Pos] {
		texts = append(texts, p.Text+" ["+p.Check+"]")
		if p.Column != "" && !slices.Contains(names, p.Column) {
			names = append(names, p.Column)
		}
		if p.Remedy != "" && !slices.Contains(remedies, p.Remedy) {
			remedies = append(remedies, p.Remedy)
		}
	}
	if len(row.Cells) == 0 {
		remedies = append(remedies, "its cells cannot be told apart, and what follows it may be part of it: mend the ledger itself, or export it again")
	}
	if slices.ContainsFunc(row.Cells, func(text string) bool { return strings.HasSuffix(text, doubt) }) {
		remedies = append(remedies, "take the \""+doubt+"\" away where the value before it is right, or put the right value there")
	}
	if slices.ContainsFunc(row.Cells, func(text string) bool { return strings.Contains(text, hidden) }) {
		remedies = append(remedies, "**** stands for what is not printed: type it in again, but for account numbers, of which the last four digits are enough")
	}
	return []string{row.Pos.File, row.Pos.Sheet, strconv.Itoa(row.Pos.Row),
		strings.Join(names, "; "), strings.Join(texts, "; "), strings.Join(remedies, "; "), row.Layout, row.Seal}
}

// writeRecord writes own cells, filled up to width, and those that follow.
// Errors are for Flush to tell.
func writeRecord(out *bufio.Writer, width int, own, more []string) {
	for i := range width {
		if i > 0 {
			out.WriteByte(',')
		}
		if i < len(own) {
			writeField(out, own[i])
		}
	}
	for i := range reasonColumns {
		out.WriteByte(',')
		if i < len(more) {
			writeField(out, more[i])
		}
	}
	out.WriteString("\r\n")
}

// writeField writes one cell, in quotes where it has to be.
func writeField(out *bufio.Writer, text string) {
	text = guarded(text)
	if !strings.ContainsAny(text, ",;|\t\"\r\n") && text == strings.TrimSpace(text) {
		out.WriteString(text)
		return
	}
	out.WriteByte('"')
	out.WriteString(strings.ReplaceAll(text, `"`, `""`))
	out.WriteByte('"')
}

// formulaMarks are what a spreadsheet takes for the beginning of a formula, the
// wide forms that it folds into them included.
const formulaMarks = "=+-@\t\r＝＋－＠"

// guarded returns text that no spreadsheet takes for a formula: with an
// apostrophe before it, unless it is an amount. A text that begins so already
// gets another, so that unguarded gives back what it was.
func guarded(text string) string {
	switch {
	case text == "" || !strings.ContainsAny(firstRune(text), formulaMarks+"'"):
		return text
	case text[0] != '\'' && (nothing(text) || money.Read(text) != money.Unreadable):
		return text
	}
	return "'" + text
}

// unguarded takes off what guarded has put on.
func unguarded(text string) string {
	rest, ok := strings.CutPrefix(text, "'")
	if ok && rest != "" && strings.ContainsAny(firstRune(rest), formulaMarks+"'") {
		return rest
	}
	return text
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
