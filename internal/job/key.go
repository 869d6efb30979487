package job

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"reconcile/internal/history"
)

// keyName is the file of the key with which account numbers are fingerprinted,
// in the folder of the store. Who has it can test guesses at an account number;
// without it a fingerprint says nothing.
const keyName = "fingerprint.key"

// keySize is that of the hash, below which HMAC-SHA-256 loses strength (RFC 2104,
// section 3).
const keySize = 32

// fingerprintKey reads the key of the store, and makes one where there is none.
func fingerprintKey(dir string) ([]byte, error) {
	key, err := readKey(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := history.MakeFolder(dir); err != nil {
		return nil, err
	}
	key = make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("making a fingerprint key: %w", err)
	}
	// A key that is written by half would be read as corrupt for ever after, so
	// it gets its name only when it is whole.
	temp := filepath.Join(dir, "."+keyName)
	if err := os.WriteFile(temp, key, 0o600); err != nil {
		return nil, fmt.Errorf("writing the fingerprint key: %w", err)
	}
	if err := os.Rename(temp, filepath.Join(dir, keyName)); err != nil {
		return nil, fmt.Errorf("writing the fingerprint key: %w", err)
	}
	return key, nil
}

// readKey reads the key of the store.
func readKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, keyName)
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the fingerprint key: %w", err)
	}
	if len(key) != keySize {
		return nil, &ExitError{ExitCorrupt, fmt.Errorf("%s: the key has %d bytes instead of %d; put back a copy of it, "+
			"or remove it: accounts are then compared from the next run on [key-corrupt]", path, len(key), keySize)}
	}
	return key, nil
}
