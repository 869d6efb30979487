package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"reconcile/internal/config"
)

// notTheFirst refuses to begin a journal where the reports of earlier runs say
// that something was sent: then there was one, and it and its side log are lost.
// The reports are no authority for what was sent, but they are a witness that
// something was, and a new journal would send all of it again.
func notTheFirst(c *config.Config) error {
	output := c.Path(c.Output)
	folders, err := os.ReadDir(output)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return withIO(err)
	}
	for _, f := range folders {
		text, err := os.ReadFile(filepath.Join(output, f.Name(), "summary.json"))
		if err != nil {
			continue // no folder of a run
		}
		var summary struct {
			Payments struct {
				Submitted struct {
					Count int `json:"count"`
				} `json:"submitted"`
			} `json:"payments"`
		}
		if json.Unmarshal(text, &summary) != nil || summary.Payments.Submitted.Count == 0 {
			continue
		}
		return &ExitError{ExitCorrupt, fmt.Errorf("%s sent %s, and neither the journal in %s nor its side log %s is there: nothing is paid, for nobody knows what was. "+
			"Put back the newest copy of the store, then see reconcile recover; if all that was a trial, move the reports away too [journal-lost]",
			f.Name(), countOf(summary.Payments.Submitted.Count, "payment"), c.Path(c.Store), c.Path(c.Payments.SideLog))}
	}
	return nil
}
