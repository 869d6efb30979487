package approval

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"reconcile/internal/money"
)

// An Approver is one person who may decide.
type Approver struct {
	Name   string    // as it stands in statements and in the journal
	Key    PublicKey // the one key of this person
	Logins []string  // under which this person works on machines that propose
}

// Approvers are those of the configuration.
type Approvers []Approver

// Owner returns the approver who has the key.
func (all Approvers) Owner(key PublicKey) (Approver, error) {
	for _, a := range all {
		if a.Key == key && key != (PublicKey{}) {
			return a, nil
		}
	}
	return Approver{}, refuse(CheckUnknownKey, fmt.Sprintf("add the public key %s under payments.approvers, or use the key file of an approver", key),
		"the key is that of no approver")
}

func (all Approvers) byKeyID(id string) (Approver, bool) {
	for _, a := range all {
		// No key is no point of the curve that only one person knows the half of.
		if a.Key.ID() == id && a.Key != (PublicKey{}) {
			return a, true
		}
	}
	return Approver{}, false
}

// actors are the names by which the journal calls what is no person.
var actors = []string{"auto", "gateway", "program", "webhook"}

// ValidName refuses a name by which no approver can be called: one that a
// statement cannot carry, or that the journal would read as another.
func ValidName(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxName || !plain(name):
		return fmt.Errorf("expected a name of 1 to %d characters, in one line of plain text", maxName)
	case strings.ContainsAny(name, "+,"):
		return errors.New("expected a name without + and comma, which stand between the names of several")
	case slices.Contains(actors, Fold(name)):
		return fmt.Errorf("expected the name of a person; %s are names of parts of this program", strings.Join(actors, ", "))
	}
	return nil
}

// byName returns the approver with exactly this name.
func (all Approvers) byName(name string) (Approver, bool) {
	for _, a := range all {
		if a.Name == name {
			return a, true
		}
	}
	return Approver{}, false
}

// MayDecide refuses an approver who is the maker of what is decided about: by
// name or by any login, however they are spelled.
func MayDecide(a Approver, maker string) error {
	if Fold(maker) == "" {
		return refuse(CheckMaker, "propose again, so that the plan names its maker", "the plan does not say who made it, and nobody may decide about it")
	}
	for _, name := range a.names() {
		if Fold(name) == Fold(maker) {
			return refuse(CheckMaker, "let another approver decide", "%s made this plan (as %s) and may not decide about it", a.Name, maker)
		}
	}
	return nil
}

// names are all under which a is known.
func (a Approver) names() []string { return append([]string{a.Name}, a.Logins...) }

// SamePerson tells whether two approvers are one: they share a key, a name or a
// login.
func SamePerson(a, b Approver) bool {
	return a.Key == b.Key || slices.ContainsFunc(a.names(), func(n string) bool {
		return slices.ContainsFunc(b.names(), func(m string) bool { return Fold(n) == Fold(m) })
	})
}

// Fold returns a name as it is compared: compatibility forms of characters are
// one, as are upper and lower case, and what cannot be seen is not there.
func Fold(name string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Cc) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	// Upper case first: letters with two small forms, like the Greek sigma, meet
	// there.
	return norm.NFKC.String(strings.Join(strings.Fields(strings.ToLower(strings.ToUpper(seen))), " "))
}

// A Band says how many approvers a plan up to an amount needs.
type Band struct {
	UpTo money.Paise // the largest total of this band; 0 means any
	Need int         // 1 to MaxNeed
}

// MaxNeed is the most approvers that a plan can need: the journal keeps no plan
// that needs more.
const MaxNeed = 20

// Quorum returns how many approvers a plan of this total needs, of bands in
// ascending order. Without any band it is one. A total above the last band is
// for nobody to approve.
func Quorum(bands []Band, total money.Paise) (need int, err error) {
	if len(bands) == 0 {
		return 1, nil
	}
	for _, b := range bands {
		if b.UpTo == 0 || total <= b.UpTo {
			return b.Need, nil
		}
	}
	return 0, refuse(CheckBand, "propose less at once, or add a band under payments.approvals",
		"the total of %s is above the last band, %s, and nobody may approve it", total, bands[len(bands)-1].UpTo)
}

// Pair refuses two verified statements that are not those of two people about
// the same thing: equal in action, subject and every detail, of approvers who
// share neither key nor name nor login. Their reasons may differ.
func Pair(first, second Statement, approvers Approvers) error {
	const remedy = "let another approver state exactly the same"
	switch {
	case first.Action != second.Action:
		return refuse(CheckPair, remedy, "one statement says %s and the other %s", first.Action, second.Action)
	case first.Subject != second.Subject:
		return refuse(CheckPair, remedy, "one statement is about %s and the other about %s", first.Subject, second.Subject)
	case !maps.Equal(first.Detail, second.Detail):
		return refuse(CheckPair, remedy, "the two statements about %s differ in %s", first.Subject, differing(first.Detail, second.Detail))
	}
	a, known := approvers.byName(first.By)
	b, bothKnown := approvers.byName(second.By)
	switch {
	case !known:
		return refuse(CheckPair, remedy, "%s is no approver any more", first.By)
	case !bothKnown:
		return refuse(CheckPair, remedy, "%s is no approver any more", second.By)
	case a.Key.ID() != first.Key || b.Key.ID() != second.Key:
		return refuse(CheckPair, remedy, "a key of %s or %s was replaced since", a.Name, b.Name)
	case SamePerson(a, b):
		return refuse(CheckPair, remedy, "%s and %s are one person: this takes two", a.Name, b.Name)
	}
	return nil
}

// differing names the details that two statements do not share.
func differing(a, b map[string]string) string {
	names := map[string]bool{}
	for name, value := range a {
		if other, there := b[name]; !there || other != value {
			names[name] = true
		}
	}
	for name := range b {
		if _, there := a[name]; !there {
			names[name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}
