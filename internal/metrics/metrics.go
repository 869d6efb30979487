package metrics

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Family is one name, what it means, and its samples. All are gauges: each run
// says how things stand.
type Family struct {
	Name    string // letters, digits and underscores
	Help    string // one line
	Samples []Sample
}

// A Sample is one number of a family.
type Sample struct {
	Label, Text string // one label and its value; none where Label is empty
	Value       Value
}

// A Value is a number as it is written.
type Value struct{ text string }

// Whole is a count, an amount in paise, or a Unix time.
func Whole(n int64) Value { return Value{strconv.FormatInt(n, 10)} }

// Seconds is a duration to the millisecond; below zero it is none.
func Seconds(d time.Duration) Value {
	ms := max(d, 0).Milliseconds()
	return Value{fmt.Sprintf("%d.%03d", ms/1000, ms%1000)}
}

// One is a family of one number without a label.
func One(name, help string, v Value) Family {
	return Family{name, help, []Sample{{Value: v}}}
}

// Text writes the families in their order; one without samples is left out.
func Text(families []Family) string {
	help := strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	label := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	var b strings.Builder
	for _, f := range families {
		if len(f.Samples) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", f.Name, help.Replace(f.Help), f.Name)
		for _, s := range f.Samples {
			b.WriteString(f.Name)
			if s.Label != "" {
				fmt.Fprintf(&b, `{%s="%s"}`, s.Label, label.Replace(s.Text))
			}
			b.WriteString(" " + s.Value.text + "\n")
		}
	}
	return b.String()
}

// Write puts the families into the file at path, in a folder that is there.
func Write(path string, families []Family) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing metrics: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing metrics: %w", err), os.Remove(f.Name()))
		}
	}()
	_, err = f.WriteString(Text(families))
	// Without the sync a crash could leave an empty file in place of the old one.
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
