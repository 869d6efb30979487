package approval

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a statement, in characters: a plan's hash has 64, a reason is a few
// sentences, and a journal that keeps every statement should stay small.
const (
	maxSubject = 200
	maxName    = 100
	maxReason  = 1000
	maxDetail  = 500
	maxDetails = 20
)

var detailNames = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// valid refuses what is missing, too long, or would print otherwise than it
// reads.
func (s Statement) valid() error {
	const remedy = "give it in one line of plain text"
	if s.Action.String() == "" {
		return refuse(CheckIncomplete, "use one of the verbs of this program", "the statement says nothing that can be done")
	}
	if s.At.IsZero() || s.At.Year() > 9999 {
		return refuse(CheckIncomplete, "set the clock right", "the statement has no time")
	}
	if s.Reason == "" && s.Action != Approve {
		return refuse(CheckIncomplete, "say why with --reason", "to %s takes a reason", s.Action)
	}
	if len(s.Detail) > maxDetails {
		return refuse(CheckIncomplete, "leave some out", "the statement has more than %d details", maxDetails)
	}
	texts := []struct {
		what, text string
		least, max int
	}{
		{"the subject", s.Subject, 1, maxSubject},
		{"the approver's name", s.By, 1, maxName},
		{"the reason", s.Reason, 0, maxReason},
	}
	for _, t := range texts {
		if n := utf8.RuneCountInString(t.text); n < t.least || n > t.max || !plain(t.text) {
			return refuse(CheckIncomplete, remedy, "%s is empty, longer than %d characters, or holds some that cannot be seen", t.what, t.max)
		}
	}
	for name, text := range s.Detail {
		if !detailNames.MatchString(name) || utf8.RuneCountInString(text) > maxDetail || !plain(text) {
			return refuse(CheckIncomplete, remedy, "a detail of the statement is longer than %d characters, or holds some that cannot be seen", maxDetail)
		}
	}
	return nil
}

// plain tells whether a text is what it looks like: one line of UTF-8 without
// controls and invisible marks, and no spaces at its ends.
func plain(text string) bool {
	return utf8.ValidString(text) && strings.TrimSpace(text) == text && !strings.ContainsFunc(text, func(r rune) bool {
		return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}
