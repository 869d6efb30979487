package approval

import (
	"testing"

	"reconcile/internal/money"
)

// Whoever made a plan does not decide about it, under whatever spelling.
func TestMayDecide(t *testing.T) {
	asha := Approver{Name: "Asha Rao", Logins: []string{"asha.rao", `ACME\arao`}}
	tests := []struct {
		name, maker string
		may         bool
	}{
		{"somebody else", "vikram", true},
		{"the service", "reconcile", true},
		{"the name", "Asha Rao", false},
		{"the name in capitals", "ASHA RAO", false},
		{"the name with other spaces", " asha  rao ", false},
		{"a space that does not break", "Asha\u00a0Rao", false},
		{"full-width letters", "Ａｓｈａ Ｒａｏ", false},
		{"a letter that cannot be seen", "Asha\u200b Rao", false},
		{"a mark of direction", "\u202aasha.rao\u202c", false},
		{"a login", "asha.rao", false},
		{"a login in capitals", "ASHA.RAO", false},
		{"a login of a domain", `acme\ARAO`, false},
		{"a part of the name", "Asha", true},
		{"a longer name", "Asha Rao 2", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := MayDecide(asha, tt.maker)
			if tt.may && err != nil {
				t.Errorf("maker %q: got %v, want that Asha may decide", tt.maker, err)
			}
			if !tt.may {
				wantRefusal(t, err, CheckMaker, "may not decide")
			}
		})
	}
	for _, nobody := range []string{"", " ", "\u200b"} {
		wantRefusal(t, MayDecide(asha, nobody), CheckMaker, "does not say who made it")
	}
	wantRefusal(t, MayDecide(Approver{Name: "νικος"}, "ΝΙΚΟΣ"), CheckMaker, "may not decide")
	// é is one character or two.
	wantRefusal(t, MayDecide(Approver{Name: "Rene\u0301"}, "RENÉ"), CheckMaker, "may not decide")
}

func TestSamePerson(t *testing.T) {
	key := func(seed byte) PublicKey { return seeded(t, seed).Public() }
	tests := []struct {
		name string
		a, b Approver
		want bool
	}{
		{"two people", Approver{Name: "a", Key: key(1), Logins: []string{"x"}}, Approver{Name: "b", Key: key(2), Logins: []string{"y"}}, false},
		{"one key", Approver{Name: "a", Key: key(1)}, Approver{Name: "b", Key: key(1)}, true},
		{"one name", Approver{Name: "Asha", Key: key(1)}, Approver{Name: "ASHA", Key: key(2)}, true},
		{"one login", Approver{Name: "a", Key: key(1), Logins: []string{"x", "z"}}, Approver{Name: "b", Key: key(2), Logins: []string{"Z"}}, true},
		{"a login that is the other's name", Approver{Name: "a", Key: key(1), Logins: []string{"B"}}, Approver{Name: "b", Key: key(2)}, true},
	}
	for _, tt := range tests {
		if got := SamePerson(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if got := SamePerson(tt.b, tt.a); got != tt.want {
			t.Errorf("%s, the other way round: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestQuorum(t *testing.T) {
	open := []Band{{UpTo: 100_000_00, Need: 1}, {UpTo: 500_000_00, Need: 2}, {Need: 3}}
	tests := []struct {
		name  string
		bands []Band
		total money.Paise
		want  int // 0 where nobody may
	}{
		{"no bands", nil, 999_999_99, 1},
		{"below the first", open, 1, 1},
		{"exactly the first", open, 100_000_00, 1},
		{"a paisa more", open, 100_000_01, 2},
		{"exactly the second", open, 500_000_00, 2},
		{"a paisa more than that", open, 500_000_01, 3},
		{"above a band that is the last", open[:2], 500_000_01, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Quorum(tt.bands, tt.total)
			if got != tt.want || (err != nil) != (tt.want == 0) {
				t.Errorf("%s: got %d and %v, want %d", tt.total, got, err, tt.want)
			}
			if tt.want == 0 {
				wantRefusal(t, err, CheckBand, "nobody may approve it")
			}
		})
	}
}

// What takes two people takes two, who say the same and are not one.
func TestPair(t *testing.T) {
	approvers := people(t)
	said := func(seed byte, by string, change func(*Statement)) Statement {
		s := resolve()
		s.By = by
		if change != nil {
			change(&s)
		}
		read, err := Verify(sign(t, seeded(t, seed), s), approvers, then)
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	first := said(1, "asha", nil)
	if err := Pair(first, said(2, "Vikram", func(s *Statement) { s.Reason = "seen by me too" }), approvers); err != nil {
		t.Errorf("two people: got %v, want them to be a pair", err)
	}
	twins := append(people(t), Approver{Name: "asha2", Key: seeded(t, 4).Public(), Logins: []string{"ASHA.RAO"}})
	stale := first
	stale.Key = seeded(t, 9).Public().ID()
	tests := []struct {
		name      string
		second    Statement
		approvers Approvers
		want      string
	}{
		{"the same statement twice", first, approvers, "one person"},
		{"one person twice", said(1, "asha", func(s *Statement) { s.Reason = "once more" }), approvers, "one person"},
		{"another action", said(2, "Vikram", func(s *Statement) { s.Action = Withdraw }), approvers, "resolve and the other withdraw"},
		{"another payment", said(2, "Vikram", func(s *Statement) { s.Subject = "PMTB" }), approvers, "the other about PMTB"},
		{"another outcome", said(2, "Vikram", func(s *Statement) {
			s.Detail = map[string]string{DetailOutcome: "not-paid", DetailReference: "ARTHN26310004855"}
		}), approvers, "differ in outcome"},
		{"a detail less", said(2, "Vikram", func(s *Statement) { s.Detail = map[string]string{DetailOutcome: "paid"} }), approvers, "differ in reference"},
		{"no detail", said(2, "Vikram", func(s *Statement) { s.Detail = nil }), approvers, "differ in outcome, reference"},
		{"somebody who has left", said(2, "Vikram", nil), approvers[:1], "Vikram is no approver any more"},
		{"a key that was replaced", stale, approvers, "was replaced"},
		{"two names with one login", func() Statement {
			s := resolve()
			s.By = "asha2"
			read, err := Verify(sign(t, seeded(t, 4), s), twins, then)
			if err != nil {
				t.Fatal(err)
			}
			return read
		}(), twins, "one person"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRefusal(t, Pair(first, tt.second, tt.approvers), CheckPair, tt.want)
		})
	}
}

func TestOwner(t *testing.T) {
	who, err := people(t).Owner(seeded(t, 2).Public())
	if err != nil || who.Name != "Vikram" {
		t.Errorf("got %v and %v, want Vikram", who.Name, err)
	}
	_, err = people(t).Owner(seeded(t, 9).Public())
	wantRefusal(t, err, CheckUnknownKey, "ed25519:")
	_, err = Approvers{{Name: "nobody"}}.Owner(PrivateKey{}.Public())
	wantRefusal(t, err, CheckUnknownKey, "no approver")
}
