package approval

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// A Statement is one decision of one approver.
type Statement struct {
	Action  Action
	Subject string    // what it is about; see Action
	By      string    // the approver's name, as the configuration has it
	Key     string    // PublicKey.ID of the key that signed; Sign fills it in
	At      time.Time // of signing, to the second; its offset is kept
	Reason  string    // for whoever reads the journal; only Approve may go without

	// Detail is what else was decided, under the same signature: names of
	// a to z, digits, _ and -. Empty where the action needs none.
	Detail map[string]string

	Signature string // base64 of the 64 bytes; Sign fills it in
}

// domain stands before what is signed, so that a signature made for anything
// else is none of ours.
const domain = "reconcile statement 1\n"

// maxClockLead is by how much the clock of an approver may be ahead of ours.
const maxClockLead = 5 * time.Minute

// Sign returns the canonical text of a statement, signed. Key, Signature and
// fractions of a second of At are its own affair.
func Sign(key PrivateKey, s Statement) ([]byte, error) {
	s.Key = key.Public().ID()
	s.At = s.At.Truncate(time.Second)
	s.Signature = ""
	if key.Empty() {
		return nil, refuse(CheckKey, "read the key file again", "there is no private key to sign with")
	}
	if err := s.valid(); err != nil {
		return nil, err
	}
	unsigned, err := s.encode()
	if err != nil {
		return nil, err
	}
	s.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key.key, append([]byte(domain), unsigned...)))
	return s.encode()
}

// Verify reads a signed statement and tells whose it is. Every way in which it
// can be wrong is a *Refusal. That it was not used before, and that its author
// may decide about this maker's plan (MayDecide), is still to be asked.
func Verify(text []byte, approvers Approvers, now time.Time) (Statement, error) {
	s, err := parse(text)
	if err != nil {
		return Statement{}, err
	}
	who, known := approvers.byKeyID(s.Key)
	if !known {
		return Statement{}, refuse(CheckUnknownKey, "add the approver's public key under payments.approvers, or have somebody sign who stands there",
			"the statement is signed with the key %s, and no approver has it", s.Key)
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(s.Signature)
	unsigned := s
	unsigned.Signature = ""
	signed, encodeErr := unsigned.encode()
	if err != nil || encodeErr != nil || len(signature) != ed25519.SignatureSize ||
		!ed25519.Verify(who.Key.key[:], append([]byte(domain), signed...), signature) {
		return Statement{}, refuse(CheckAltered, "have it signed again, and compare what it says with what was meant",
			"the signature does not belong to this text: it was changed after signing, or signed for something else")
	}
	if s.By != who.Name {
		return Statement{}, refuse(CheckName, "have "+who.Name+" sign in that name",
			"the statement says that it is by %q, and the key is that of %s", s.By, who.Name)
	}
	if s.At.Sub(now) > maxClockLead {
		return Statement{}, refuse(CheckFuture, "set the clocks of both machines right and have it signed again",
			"the statement is of %s, which is still to come", s.At.Format(time.RFC3339))
	}
	return s, nil
}

// Hash names a statement: the SHA-256 of its text, in hexadecimal.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// written is a Statement as it stands in the file. Its fields are in the order
// of their names.
type written struct {
	Action    string            `json:"action"`
	At        string            `json:"at"`
	By        string            `json:"by"`
	Detail    map[string]string `json:"detail"`
	Key       string            `json:"key"`
	Reason    string            `json:"reason"`
	Signature string            `json:"signature"`
	Subject   string            `json:"subject"`
}

// encode returns the one canonical text of s.
func (s Statement) encode() ([]byte, error) {
	w := written{
		Action: s.Action.String(), At: s.At.Format(time.RFC3339), By: s.By, Detail: s.Detail,
		Key: s.Key, Reason: s.Reason, Signature: s.Signature, Subject: s.Subject,
	}
	if w.Detail == nil {
		w.Detail = map[string]string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(w); err != nil {
		return nil, fmt.Errorf("encoding a statement: %w", err)
	}
	return b.Bytes(), nil
}

// maxText is far above the longest statement that valid lets through.
const maxText = 64 << 10

// parse reads the text of a statement and refuses every text but the canonical
// one.
func parse(text []byte) (Statement, error) {
	unreadable := func(what string) error {
		return refuse(CheckUnreadable, "use the file exactly as it was signed", "this is not a signed statement: %s", what)
	}
	if len(text) > maxText {
		return Statement{}, unreadable("it is too long")
	}
	var w written
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return Statement{}, unreadable("it is not the JSON of one")
	}
	action, known := ParseAction(w.Action)
	if !known {
		return Statement{}, unreadable("its action is not known")
	}
	at, err := time.Parse(time.RFC3339, w.At)
	if err != nil {
		return Statement{}, unreadable("its time cannot be read")
	}
	s := Statement{
		Action: action, Subject: w.Subject, By: w.By, Key: w.Key, At: at,
		Reason: w.Reason, Detail: w.Detail, Signature: w.Signature,
	}
	again, err := s.encode()
	if err != nil || !bytes.Equal(again, text) {
		return Statement{}, unreadable("it is not written as this program writes it")
	}
	return s, s.valid()
}
