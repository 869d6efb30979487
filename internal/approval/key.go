package approval

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// A PublicKey is the half that stands in the configuration. The zero PublicKey
// is none. Two of them are equal when they are the same key.
type PublicKey struct {
	key [ed25519.PublicKeySize]byte
}

const publicPrefix = "ed25519:"

// String returns ed25519: and the key in base64, as it is pasted into the
// configuration.
func (k PublicKey) String() string {
	if k == (PublicKey{}) {
		return ""
	}
	return publicPrefix + base64.StdEncoding.EncodeToString(k.key[:])
}

// ParsePublicKey is the inverse of String.
func ParsePublicKey(text string) (PublicKey, error) {
	encoded, tagged := strings.CutPrefix(text, publicPrefix)
	b, err := base64.StdEncoding.Strict().DecodeString(encoded)
	var k PublicKey
	if !tagged || err != nil || copy(k.key[:], b) != len(k.key) || k.String() != text {
		return PublicKey{}, fmt.Errorf("expected a public key like %s followed by 44 characters, as `reconcile keygen` prints it", publicPrefix)
	}
	return k, nil
}

// ID is the short name of the key in a statement: 16 hexadecimal digits of its
// SHA-256. It finds a key and proves nothing.
func (k PublicKey) ID() string {
	sum := sha256.Sum256(k.key[:])
	return hex.EncodeToString(sum[:8])
}

// A PrivateKey signs. Whatever formats, logs or encodes it gets three asterisks.
type PrivateKey struct {
	key ed25519.PrivateKey
}

// Generate makes a key from 32 bytes of random, which is crypto/rand.Reader
// outside tests.
func Generate(random io.Reader) (PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return PrivateKey{}, fmt.Errorf("asking the machine for randomness: %w", err)
	}
	return PrivateKey{ed25519.NewKeyFromSeed(seed)}, nil
}

// Empty tells whether there is no key.
func (k PrivateKey) Empty() bool { return len(k.key) == 0 }

// Public returns the half that may be shown; of an empty key, the zero one.
func (k PrivateKey) Public() PublicKey {
	var public PublicKey
	if !k.Empty() {
		copy(public.key[:], k.key[ed25519.SeedSize:])
	}
	return public
}

const hidden = "***"

// Each of these is one way in which a value becomes text.
func (k PrivateKey) String() string               { return hidden }
func (k PrivateKey) GoString() string             { return hidden }
func (k PrivateKey) Format(w fmt.State, _ rune)   { _, _ = io.WriteString(w, hidden) }
func (k PrivateKey) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
