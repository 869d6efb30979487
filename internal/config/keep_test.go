package config

import (
	"strings"
	"testing"
	"time"

	"reconcile/internal/day"
)

func TestKeepAndBackup(t *testing.T) {
	c := mustLoad(t, small+"keep: {reports: 10y, personal_data: 400d}\nbackup: {folder: /mnt/backup, copies: 14}\n")
	if c.Keep.Reports != (Term{Years: 10}) || c.Keep.PersonalData != (Term{Days: 400}) {
		t.Errorf("got %v and %v, want 10y and 400d", c.Keep.Reports, c.Keep.PersonalData)
	}
	if c.Backup.Folder != "/mnt/backup" || c.Backup.Copies != 14 {
		t.Errorf("got %+v, want /mnt/backup and 14 copies", c.Backup)
	}
	shown := map[string]string{}
	for _, s := range c.Settings() {
		shown[s.Name] = s.Value
	}
	for name, want := range map[string]string{"keep.reports": "10y", "keep.personal_data": "400d", "backup.folder": "/mnt/backup", "backup.copies": "14"} {
		if shown[name] != want {
			t.Errorf("%s prints as %q, want %q", name, shown[name], want)
		}
	}
	plain := mustLoad(t, small)
	if !plain.Keep.Reports.Forever() || !plain.Keep.PersonalData.Forever() {
		t.Errorf("got %+v without a section, want everything to be kept for ever", plain.Keep)
	}
	for _, s := range plain.Settings() {
		if strings.HasPrefix(s.Name, "keep.") || strings.HasPrefix(s.Name, "backup.") {
			t.Errorf("%s prints as %q where nothing is said", s.Name, s.Value)
		}
	}
}

// A term that a law forbids is refused with that law.
func TestKeepFaults(t *testing.T) {
	for text, want := range map[string]string{
		"keep: {reports: 7y}":                          "section 128(5)",
		"keep: {reports: 2927d}":                       "8y or more",
		"keep: {personal_data: 364d}":                  "rule 8(3)",
		"keep: {reports: 8}":                           "like 8y",
		"keep: {reports: 0y}":                          "like 8y",
		"keep: {reports: -9y}":                         "like 8y",
		"keep: {reports: 999y}":                        "200y",
		"keep: {journal: 9y}":                          "unknown key",
		"backup: {copies: 3}":                          "backup.folder is missing",
		"backup: {folder: state/copies}":               "in the store",
		"backup: {folder: /mnt/backup, copies: 1}":     "from 2 to 3660",
		"backup: {folder: /mnt/backup, keep: forever}": "unknown key",
	} {
		_, err := parse("reconcile.yaml", "/work", []byte(small+text+"\n"), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestTerm(t *testing.T) {
	d, _ := day.Of(2024, 2, 29)
	for _, c := range []struct {
		term Term
		want string
	}{{Term{Years: 1}, "2025-03-01"}, {Term{Years: 8}, "2032-02-29"}, {Term{Days: 366}, "2025-03-01"}} {
		if got := c.term.After(d).String(); got != c.want {
			t.Errorf("%s after %s: got %s, want %s", c.term, d, got, c.want)
		}
	}
	at := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	if got, want := (Term{Years: 1, Days: 1}).Before(at), time.Date(2025, 11, 21, 6, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
