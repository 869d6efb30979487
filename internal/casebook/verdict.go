package casebook

import (
	"slices"
	"strings"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// Rules are the settings by which a note is judged. The zero Rules accept no
// growth and no write-off.
type Rules struct {
	Tolerance     money.Paise // by which an accepted exception may grow
	WriteOffLimit money.Paise // up to which a controller may write off by a note
}

// A Verdict is what a note means for an exception as it is tonight.
type Verdict struct {
	Shown  Note   // as the report prints it: a resolution that lapsed is taken out, to be chosen anew
	Quiet  bool   // it asks for nothing more: it stands in Breaks, and not in what is to be done
	Remark string // what a reader must know about the note; often empty
}

// Judge says what a standing note means for an exception. Only Quiets resolutions
// are ever in force over anything, and only while nothing of the exception is more
// than what its reader had before him: the same episode, no new payment, no more
// rows, no more money than the tolerance.
func (s *Standing) Judge(c *Case, rules Rules) Verdict {
	v := Verdict{Shown: s.Note}
	var remarks []string
	if s.Resolution.Quiets() {
		why := s.lapsed(c, rules)
		if v.Quiet = why == ""; v.Quiet {
			remarks = append(remarks, "accepted up to ₹ "+s.Stake.Grouped()+" by "+s.By+" on "+s.On.Long())
		} else {
			v.Shown.Resolution = 0
			remarks = append(remarks, s.Resolution.String()+" is not in force: "+why)
		}
	} else if s.Episode != c.Episode && s.Note != (Note{}) {
		remarks = append(remarks, "written before it was cleared; it is back since "+c.Since.Long())
	}
	if s.Objection != "" && s.ObjectionEpisode == c.Episode {
		remarks = append(remarks, s.Objection)
	}
	v.Remark = strings.Join(remarks, "; ")
	return v
}

// lapsed says why a quieting resolution is not in force; empty where it is.
func (s *Standing) lapsed(c *Case, rules Rules) string {
	switch {
	case s.Episode != c.Episode:
		return "it was cleared, and is back since " + c.Since.Long()
	case blocks(c.Code):
		return "it keeps the invoice from being paid, and no note lifts that: two people do, with reconcile release"
	case c.Code == matcher.DuplicateInFlight:
		return "a payment that is on its way can still be stopped"
	case c.Code == matcher.OutcomeOverdue || c.Code == matcher.ConflictingEvents:
		return "what became of the payment is not known, and no note settles that: a webhook does, or two people with reconcile resolve"
	case s.Resolution == WriteOff && c.Stake > rules.WriteOffLimit:
		return "₹ " + c.Stake.Grouped() + " is above the limit of ₹ " + rules.WriteOffLimit.Grouped() + " (notes.write_off_limit)"
	case c.Stake > money.Sum(s.Stake, rules.Tolerance):
		return "it grew from ₹ " + s.Stake.Grouped() + " to ₹ " + c.Stake.Grouped()
	case c.Breaks > s.Breaks:
		return "more rows have it than when it was accepted"
	case c.Amount < 0 && s.Amount > 0 || c.Amount > 0 && s.Amount < 0:
		return "it turned from ₹ " + s.Amount.Grouped() + " to ₹ " + c.Amount.Grouped()
	}
	for _, id := range c.Payments {
		if !slices.Contains(s.Payments, id) {
			return "payment " + id + " was not there when it was accepted"
		}
	}
	return ""
}

// blocks tells whether a code keeps an invoice from being paid.
func blocks(code matcher.Code) bool {
	return slices.ContainsFunc(matcher.Codes(), func(c matcher.CodeInfo) bool { return c.Code == code && c.Blocks })
}
