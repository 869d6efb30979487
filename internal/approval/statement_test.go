package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// seeded returns the key of a seed of 32 equal bytes.
func seeded(t testing.TB, seed byte) PrivateKey {
	t.Helper()
	key, err := Generate(bytes.NewReader(bytes.Repeat([]byte{seed}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func people(t testing.TB) Approvers {
	t.Helper()
	return Approvers{
		{Name: "asha", Key: seeded(t, 1).Public(), Logins: []string{"asha.rao"}},
		{Name: "Vikram", Key: seeded(t, 2).Public(), Logins: []string{"vikram", "ACME\\vikram"}},
		{Name: "meera", Key: seeded(t, 3).Public()},
	}
}

var (
	ist  = time.FixedZone("", 5*3600+1800)
	then = time.Date(2026, 11, 21, 11, 4, 5, 999, ist)
)

func resolve() Statement {
	return Statement{
		Action: Resolve, Subject: "PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567", By: "asha", At: then,
		Reason: "the bank statement of 20 November shows <it> & more",
		Detail: map[string]string{DetailReference: "ARTHN26310004855", DetailOutcome: "paid"},
	}
}

func sign(t testing.TB, key PrivateKey, s Statement) []byte {
	t.Helper()
	text, err := Sign(key, s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// wantRefusal fails unless err is a refusal by this check with these words.
func wantRefusal(t *testing.T, err error, check, words string) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Check != check || !strings.Contains(err.Error(), words) || r.Remedy == "" {
		t.Errorf("got %v, want a refusal [%s] with %q and a remedy", err, check, words)
	}
}

// The text of a statement is a promise: whoever kept one can still verify it.
func TestTextOfAStatement(t *testing.T) {
	text := sign(t, seeded(t, 1), resolve())
	want := `{
  "action": "resolve",
  "at": "2026-11-21T11:04:05+05:30",
  "by": "asha",
  "detail": {
    "outcome": "paid",
    "reference": "ARTHN26310004855"
  },
  "key": "34750f98bd59fcfc",
  "reason": "the bank statement of 20 November shows <it> & more",
  "signature": "…",
  "subject": "PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
}
`
	s, err := Verify(text, people(t), then)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, strings.Replace(string(text), s.Signature, "…", 1)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if got, want := Hash(text), Hash(sign(t, seeded(t, 1), resolve())); got != want || len(got) != 64 {
		t.Errorf("the same decision signed again: got hash %s, want %s", got, want)
	}
	again, err := s.encode()
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("what was read is written as\n%s\nwant\n%s (%v)", again, text, err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	text := string(sign(t, seeded(t, 1), resolve()))
	other := resolve()
	other.By = "Vikram"
	replace := func(old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("the statement has no %q", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	unsigned := resolve()
	unsigned.Key, unsigned.At = seeded(t, 1).Public().ID(), then.Truncate(time.Second)
	body, err := unsigned.encode()
	if err != nil {
		t.Fatal(err)
	}
	unsigned.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(seeded(t, 1).key, append([]byte("another domain\n"), body...)))
	foreign, err := unsigned.encode()
	if err != nil {
		t.Fatal(err)
	}

	tests := []struct {
		name, text, check, want string
	}{
		{"a changed subject", replace("PMTA", "PMTB"), CheckAltered, "changed after signing"},
		{"a changed outcome", replace(`"paid"`, `"not-paid"`), CheckAltered, "changed after signing"},
		{"a changed action", replace(`"resolve"`, `"release"`), CheckAltered, "changed after signing"},
		{"a changed time", replace("11:04:05", "11:04:06"), CheckAltered, "changed after signing"},
		{"the same moment in another zone", replace("11:04:05+05:30", "05:34:05Z"), CheckAltered, "changed after signing"},
		{"a detail more", replace(`"outcome"`, "\"extra\": \"x\",\n    \"outcome\""), CheckAltered, "changed after signing"},
		{"another domain", string(foreign), CheckAltered, "signed for something else"},
		{"no signature", strings.Replace(text, unsignedOf(t, text), "", 1), CheckAltered, "changed after signing"},
		{"an unknown key", replace("34750f98bd59fcfc", "34750f98bd59fcfd"), CheckUnknownKey, "no approver has it"},
		{"a name of another", string(sign(t, seeded(t, 1), other)), CheckName, `by "Vikram", and the key is that of asha`},
		{"no final newline", strings.TrimSuffix(text, "\n"), CheckUnreadable, "not written as"},
		{"another newline", text + "\n", CheckUnreadable, "not written as"},
		{"something behind it", text + text, CheckUnreadable, "not written as"},
		{"another indent", strings.ReplaceAll(text, "  ", "\t"), CheckUnreadable, "not written as"},
		{"a key twice", replace(`"by": "asha"`, `"by": "Vikram",`+"\n"+`  "by": "asha"`), CheckUnreadable, "not written as"},
		{"a key in capitals", replace(`"by"`, `"By"`), CheckUnreadable, "not written as"},
		{"an escape", replace(`"asha"`, `"\u0061sha"`), CheckUnreadable, "not written as"},
		{"a key too many", replace(`"by"`, `"amount": 1,`+"\n"+`  "by"`), CheckUnreadable, "not the JSON"},
		{"an action of tomorrow", replace(`"resolve"`, `"pay"`), CheckUnreadable, "action is not known"},
		{"a day for a moment", replace("2026-11-21T11:04:05+05:30", "2026-11-21"), CheckUnreadable, "time cannot be read"},
		{"fractions of a second", replace("11:04:05", "11:04:05.5"), CheckUnreadable, "not written as"},
		{"nothing", "", CheckUnreadable, "not the JSON"},
		{"far too much", strings.Repeat(" ", maxText+1), CheckUnreadable, "too long"},
		{"a plan", "{\n  \"as_of\": \"2026-11-21\"\n}\n", CheckUnreadable, "not the JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Verify([]byte(tt.text), people(t), then)
			wantRefusal(t, err, tt.check, tt.want)
		})
	}
}

func unsignedOf(t *testing.T, text string) string {
	t.Helper()
	s, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Signature
}

func TestVerifyLooksAtTheClock(t *testing.T) {
	text := sign(t, seeded(t, 1), resolve())
	at := then.Truncate(time.Second)
	if _, err := Verify(text, people(t), at.Add(-5*time.Minute)); err != nil {
		t.Errorf("five minutes ahead: got %v, want it to be accepted", err)
	}
	_, err := Verify(text, people(t), at.Add(-5*time.Minute-time.Second))
	wantRefusal(t, err, CheckFuture, "still to come")
	if _, err := Verify(text, people(t), at.AddDate(1, 0, 0)); err != nil {
		t.Errorf("a year old: got %v, want it to be accepted, for how long it holds is for the journal", err)
	}
}

func TestSignRefusesWhatSaysTooLittle(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Statement)
		want   string
	}{
		{"no action", func(s *Statement) { s.Action = 0 }, "nothing that can be done"},
		{"no subject", func(s *Statement) { s.Subject = "" }, "the subject"},
		{"no name", func(s *Statement) { s.By = "" }, "the approver's name"},
		{"no reason", func(s *Statement) { s.Reason = "" }, "to resolve takes a reason"},
		{"no time", func(s *Statement) { s.At = time.Time{} }, "no time"},
		{"two lines", func(s *Statement) { s.Reason = "one\ntwo" }, "the reason"},
		{"text that turns its direction", func(s *Statement) { s.Reason = "paid\u202etdecon" }, "the reason"},
		{"a subject with a space behind it", func(s *Statement) { s.Subject += " " }, "the subject"},
		{"no UTF-8", func(s *Statement) { s.Detail = map[string]string{"x": "\xff"} }, "a detail"},
		{"a detail without a name", func(s *Statement) { s.Detail = map[string]string{"": "x"} }, "a detail"},
		{"a long reason", func(s *Statement) { s.Reason = strings.Repeat("x", maxReason+1) }, "the reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := resolve()
			tt.change(&s)
			_, err := Sign(seeded(t, 1), s)
			wantRefusal(t, err, CheckIncomplete, tt.want)
		})
	}
	if _, err := Sign(seeded(t, 1), Statement{Action: Approve, Subject: "ab", By: "asha", At: then}); err != nil {
		t.Errorf("approve without a reason: got %v, want it to be signed", err)
	}
	_, err := Sign(PrivateKey{}, resolve())
	wantRefusal(t, err, CheckKey, "no private key")
}

func TestActionsHaveWords(t *testing.T) {
	for _, a := range Actions() {
		if got, ok := ParseAction(a.String()); !ok || got != a || a.String() == "" {
			t.Errorf("action %d: got %v and %v from %q", a, got, ok, a.String())
		}
	}
	if a, ok := ParseAction(""); ok {
		t.Errorf("the empty word: got action %v, want none", a)
	}
	if !Action(200).TwoPeople() {
		t.Error("an action of tomorrow takes one person, want two")
	}
}

// FuzzVerify changes one byte of a signed statement, wherever, and no change is
// ever verified.
func FuzzVerify(f *testing.F) {
	text := sign(f, seeded(f, 1), resolve())
	approvers := people(f)
	for i := range text {
		f.Add(i, byte(1))
		f.Add(i, byte(0x20))
	}
	f.Fuzz(func(t *testing.T, at int, change byte) {
		if at < 0 || at >= len(text) || change == 0 {
			return
		}
		altered := bytes.Clone(text)
		altered[at] ^= change
		if s, err := Verify(altered, approvers, then); err == nil {
			t.Errorf("byte %d changed by %#x: verified as %+v, want a refusal", at, change, s)
		}
	})
}

// FuzzParse: whatever is accepted as a statement is written back byte for byte.
func FuzzParse(f *testing.F) {
	f.Add(sign(f, seeded(f, 1), resolve()))
	f.Add(sign(f, seeded(f, 2), Statement{Action: Approve, Subject: "ab", By: "Vikram", At: then.UTC()}))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parse(text)
		if err != nil {
			var r *Refusal
			if !errors.As(err, &r) {
				t.Fatalf("got %v, want a refusal", err)
			}
			return
		}
		if again, err := s.encode(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("got %q (%v), want %q", again, err, text)
		}
	})
}
