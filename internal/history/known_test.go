package history

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// What was known of our payments stays known where the history had no place yet for
// those that we received, and each side knows its own.
func TestKnownOfEachSide(t *testing.T) {
	const older = 4 // migrations
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range migrations()[:older] {
		text, reading := migrationFiles.ReadFile(name)
		_, writing := db.Exec(string(text))
		err = errors.Join(err, reading, writing)
	}
	_, writing := db.Exec(fmt.Sprintf("INSERT INTO known VALUES (1, x'6d616465'); PRAGMA user_version = %d; PRAGMA application_id = %d", older, application))
	if err := errors.Join(err, writing, db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err := OpenReadOnly(t.Context(), dir); err != nil {
		t.Fatal(err)
	} else if got, err := s.Known(t.Context(), Received); err != nil || len(got) > 0 {
		t.Errorf("the older form: got %q, %v; want nothing known of payments to us", got, err)
	} else if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s := open21(t, dir)
	if err := s.SetKnown(t.Context(), Received, []byte("received")); err != nil {
		t.Fatal(err)
	}
	for side, want := range map[Side]string{Made: "made", Received: "received"} {
		if got, err := s.Known(t.Context(), side); err != nil || string(got) != want {
			t.Errorf("side %d: got %q, %v; want %q", side, got, err, want)
		}
	}
}
