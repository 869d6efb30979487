package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// privatePrefix begins the one line of a key file that is not a comment.
const privatePrefix = "reconcile-private-key:ed25519:"

// maxKeyFile is many times a key file.
const maxKeyFile = 4 << 10

// WriteKeyFile writes the private key of name into a new file of mode 0600. It
// never writes over anything.
func WriteKeyFile(path, name string, key PrivateKey) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refuse(CheckKeyExists, "name another file: a key that is written over is lost, and with it whatever waits for its owner",
			"%s is there already", path)
	}
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	_, err = f.Write(keyFile(name, key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a key is worth nothing, and would stand in the way of the next try.
		return fmt.Errorf("writing the key file: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

func keyFile(name string, key PrivateKey) []byte {
	return fmt.Appendf(nil, "# The private key of %s for reconcile. Whoever has this file decides in that name.\n# public: %s\n%s%s\n",
		name, key.Public(), privatePrefix, base64.StdEncoding.EncodeToString(key.key.Seed()))
}

// ReadKeyFile reads a private key, from a file that nobody but its owner may
// read.
func ReadKeyFile(path string) (PrivateKey, error) {
	wrong := func(format string, args ...any) (PrivateKey, error) {
		return PrivateKey{}, refuse(CheckKey, "name the file that `reconcile keygen` wrote, with mode 0600",
			"the key file %s: %s", path, fmt.Sprintf(format, args...))
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong("there is no such file")
	case err == nil && !info.Mode().IsRegular(): // to open a FIFO is to wait for ever
		return wrong("it is not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return wrong("it cannot be opened")
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = f.Close()
		return wrong("it is not a file")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	// Nothing that was read may come back in an error.
	if err = errors.Join(err, f.Close()); err != nil {
		return wrong("it cannot be read")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return wrong("others may read it (mode %04o); take it for stolen if they could, and make a new one", info.Mode().Perm())
	}
	key, ok := parseKeyFile(text)
	if !ok {
		return wrong("it holds no private key")
	}
	return key, nil
}

// parseKeyFile finds the one key of a key file.
func parseKeyFile(text []byte) (key PrivateKey, ok bool) {
	for line := range bytes.Lines(text) {
		s := strings.TrimSpace(string(line))
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		encoded, tagged := strings.CutPrefix(s, privatePrefix)
		seed, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if !tagged || err != nil || len(seed) != ed25519.SeedSize || ok {
			return PrivateKey{}, false
		}
		key, ok = PrivateKey{ed25519.NewKeyFromSeed(seed)}, true
	}
	return key, ok
}
