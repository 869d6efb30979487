package ledger

import (
	"strings"

	"reconcile/internal/source"
)

// A FileError says why a ledger cannot be read as a whole. Nothing may then be
// concluded from the other ledgers either.
type FileError struct {
	Pos     source.Pos // of the file, and of the row where one is to blame
	Check   string     // its name, such as column-missing
	Text    string     // what is wrong
	Remedy  string     // what to do about it
	Setting string     // lines to paste into the configuration; may be empty
	Err     error      // what lies beneath; may be nil
}

func fileError(path, sheet string, row int, id checkID, detail string) *FileError {
	c := checks[id]
	text := c.Text
	if detail != "" {
		text += ": " + detail
	}
	return &FileError{
		Pos:   source.Pos{File: path, Sheet: sheet, Row: row},
		Check: c.Name, Text: text, Remedy: c.Remedy, Setting: c.setting,
	}
}

func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.Pos.String() + ": " + e.Text)
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	if e.Setting != "" {
		if strings.Contains(e.Setting, "\n") {
			b.WriteString(":\n" + e.Setting + "\n")
		} else {
			b.WriteString(" (" + e.Setting + ")")
		}
	}
	b.WriteString(" [" + e.Check + "]")
	return b.String()
}

func (e *FileError) Unwrap() error { return e.Err }
