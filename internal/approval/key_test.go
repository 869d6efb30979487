package approval

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPublicKeyText(t *testing.T) {
	key := seeded(t, 1).Public()
	text := key.String()
	if got, err := ParsePublicKey(text); err != nil || got != key {
		t.Errorf("%s: got %v and %v, want the same key", text, got, err)
	}
	for _, wrong := range []string{"", "ed25519:", text[8:], text + "=", text[:len(text)-1], "rsa:" + text[8:], " " + text,
		strings.Replace(text, "=", "", 1), "ed25519:" + base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"ed25519:" + base64.StdEncoding.EncodeToString(make([]byte, 33)), "ed25519:" + base64.StdEncoding.EncodeToString(make([]byte, 32))} {
		if got, err := ParsePublicKey(wrong); err == nil {
			t.Errorf("%q: got %v, want an error", wrong, got)
		}
	}
}

func TestPrivateKeyIsNeverPrinted(t *testing.T) {
	key := seeded(t, 7)
	asJSON, err := json.Marshal(struct{ Key PrivateKey }{key})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "k", key, "s", struct{ Key PrivateKey }{key})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "k", key, "s", struct{ Key PrivateKey }{key})
	printed := string(asJSON) + log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10s"} {
		printed += fmt.Sprintf(verb, key) + fmt.Sprintf(verb, &key) + fmt.Sprintf(verb, struct{ Key PrivateKey }{key})
	}
	seed := key.key.Seed()
	for _, form := range []string{string(seed), fmt.Sprintf("%x", seed), fmt.Sprint(seed), base64.StdEncoding.EncodeToString(seed), strings.Repeat("7, ", 3), "0x7, 0x7"} {
		if strings.Contains(printed, strings.Trim(form, "[]")) {
			t.Errorf("the private key is printed as %q in: %s", form, printed)
		}
	}
	if !strings.Contains(printed, "***") {
		t.Errorf("got %s, want asterisks", printed)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "asha.key")
	key := seeded(t, 1)
	if err := WriteKeyFile(path, "asha", key); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v (%v), want 0600", info.Mode(), err)
	}
	got, err := ReadKeyFile(path)
	if err != nil || got.Public() != key.Public() {
		t.Errorf("got %v and %v, want the key that was written", got.Public(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, WriteKeyFile(path, "asha", seeded(t, 2)), CheckKeyExists, "is there already")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("a second key was written over the first: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, WriteKeyFile(link, "asha", key), CheckKeyExists, "is there already")

	err = WriteKeyFile(filepath.Join(t.TempDir(), "no", "asha.key"), "asha", key)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: got %v, want that it does not exist", err)
	}
}

func TestReadKeyFileRefuses(t *testing.T) {
	dir := t.TempDir()
	right := string(keyFile("asha", seeded(t, 1)))
	line := right[strings.LastIndex(strings.TrimSpace(right), "\n")+1:]
	tests := []struct {
		name, text string
		mode       fs.FileMode
		want       string
	}{
		{"group", right, 0o640, "mode 0640"},
		{"everyone", right, 0o604, "mode 0604"},
		{"empty", "", 0o600, "no private key"},
		{"comment alone", "# nothing\n", 0o600, "no private key"},
		{"two keys", line + line, 0o600, "no private key"},
		{"another text", "hunter2\n", 0o600, "no private key"},
		{"public half", seeded(t, 1).Public().String() + "\n", 0o600, "no private key"},
		{"half a key", line[:len(line)-10] + "\n", 0o600, "no private key"},
		{"something behind it", right + "hunter2\n", 0o600, "no private key"},
		{"too long", "#" + strings.Repeat(" ", maxKeyFile) + "\n" + right, 0o600, "no private key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(tt.name, " ", "-"))
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil { // the umask
				t.Fatal(err)
			}
			_, err := ReadKeyFile(path)
			wantRefusal(t, err, CheckKey, tt.want)
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the message repeats what the file holds: %v", err)
			}
		})
	}
	_, err := ReadKeyFile(filepath.Join(dir, "absent"))
	wantRefusal(t, err, CheckKey, "no such file")
	_, err = ReadKeyFile(dir)
	wantRefusal(t, err, CheckKey, "not a file")
}

func TestGenerateNeedsRandomness(t *testing.T) {
	if _, err := Generate(iotest.ErrReader(errors.New("no entropy"))); err == nil {
		t.Error("without randomness: got a key, want an error")
	}
	if _, err := Generate(strings.NewReader("too short")); err == nil {
		t.Error("with too little randomness: got a key, want an error")
	}
}
