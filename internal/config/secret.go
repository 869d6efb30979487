package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// A Secret is text that is never printed: whatever formats, logs or encodes it
// gets three asterisks.
type Secret struct{ text string }

const hidden = "***"

// Reveal returns the text, for the one place that sends it.
func (s Secret) Reveal() string { return s.text }

// Empty tells whether there is no secret.
func (s Secret) Empty() bool { return s.text == "" }

// Each of these is one way in which a value becomes text.
func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) Format(w fmt.State, _ rune)   { _, _ = io.WriteString(w, hidden) }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// maxSecret is more than any password or token, and less than a file somebody
// named by mistake.
const maxSecret = 16 << 10

// readSecret reads the file of a secret. A name without a folder is looked for
// in the credentials directory of the service manager first, then beside the
// configuration.
func readSecret(name, dir, credentials string) (Secret, error) {
	path, strangers := name, fs.FileMode(0o077)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	if credentials != "" && filepath.Base(name) == name {
		if given := filepath.Join(credentials, name); exists(given) {
			// There the file is root's, and the service may read it by an access
			// list (systemd) or its group (Kubernetes); both show as mode 0440.
			path, strangers = given, 0o037
		}
	}
	// A text that holds the secret itself must not come back in an error.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Secret{}, errors.New("there is no such file")
	case err != nil:
		return Secret{}, errors.New("the file cannot be opened")
	case !info.Mode().IsRegular():
		return Secret{}, errors.New("it is not a file")
	case info.Mode().Perm()&strangers != 0:
		return Secret{}, fmt.Errorf("others may read the file (mode %04o)", info.Mode().Perm())
	case info.Size() > maxSecret:
		return Secret{}, errors.New("the file is too large for a secret")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, errors.New("the file cannot be read")
	}
	text := strings.TrimRight(string(b), "\r\n")
	if text == "" || bytes.ContainsAny(b, "\x00") {
		return Secret{}, errors.New("the file holds no secret")
	}
	return Secret{text}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
