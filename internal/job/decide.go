package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// A Decision is what a person wants to decide, with what the command line says of
// it.
type Decision struct {
	Verb    approval.Action
	Subject string // a plan's file or hash, an objectId, a supplier or reference

	KeyFile       string // of who decides; or
	StatementFile string // a statement that was signed elsewhere
	Reason        string

	Outcome, Reference, UTR string // of Resolve
	Only                    string // of Release: which of several things under one name
}

// A Decided is what came of a decision.
type Decided struct {
	Action  string `json:"action"`
	Subject string `json:"subject"`
	By      string `json:"by"`
	Effect  string `json:"effect"`          // done, or waits
	Text    string `json:"text"`            // for a person
	Holds   []Held `json:"holds,omitempty"` // of Release: what is lifted
}

// maxPlan bounds the file of a plan, in bytes: ten thousand payments are 20 MiB.
const maxPlan = 256 << 20

// maxStatement bounds the file of a statement, in bytes.
const maxStatement = 64 << 10

// Decide carries out a decision. It takes the lock of the store: a run at work is
// not disturbed, and waits for nobody.
func Decide(ctx context.Context, in Input, d Decision) (done *Decided, err error) {
	dir := in.Config.Path(in.Config.Store)
	release, err := history.Lock(dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	if d.Verb == approval.Recover {
		return recoverJournal(ctx, in, d)
	}
	// What logs once said is missed with payments off, too, and before any.
	begins := d.Verb == approval.Release && d.Subject == logsName
	if !journalExists(in.Config) && !begins {
		return nil, noJournal(in.Config)
	}
	t, err := beginTill(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	switch d.Verb {
	case approval.Approve, approval.Reject:
		return t.decidePlan(ctx, d)
	case approval.Withdraw:
		return t.withdraw(ctx, d)
	case approval.Resolve:
		return t.resolve(ctx, d)
	case approval.Release:
		key, err := readKey(dir)
		if err != nil && !(begins && errors.Is(err, fs.ErrNotExist)) {
			return nil, withIO(err)
		}
		return t.release(ctx, d, key)
	}
	return nil, fault("nobody knows how to %s", d.Verb)
}

// statement signs the decision, or reads the one that was signed elsewhere and
// holds it to what was asked.
func statement(in Input, d Decision, subject string, detail map[string]string) (journal.Signed, error) {
	var text []byte
	var err error
	if d.StatementFile != "" {
		if text, err = readBounded(d.StatementFile, maxStatement); err != nil {
			return journal.Signed{}, err
		}
	} else if text, err = sign(in, d, subject, detail); err != nil {
		return journal.Signed{}, err
	}
	s, err := approval.Verify(text, in.Config.Payments.Approvers, in.Now())
	if err != nil {
		return journal.Signed{}, refusal(err)
	}
	if s.Action != d.Verb || s.Subject != subject {
		return journal.Signed{}, &ExitError{ExitNotApproved, fmt.Errorf("the statement says %s %s, and what was asked for is %s %s: name what it is about [statement-other]",
			s.Action, s.Subject, d.Verb, subject)}
	}
	asked := d.details() // with a statement that was signed elsewhere they may be left away
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if typed := asked[name]; typed != "" && s.Detail[name] != typed {
			return journal.Signed{}, &ExitError{ExitNotApproved, fmt.Errorf("the statement of %s says %s %q, and what was asked for is %q: leave --%s away, or have it signed again [statement-other]",
				s.By, name, s.Detail[name], typed, name)}
		}
	}
	return journal.Signed{Statement: s, Text: text, Logins: loginsOf(in.Config, s.By)}, nil
}

func loginsOf(c *config.Config, name string) []string {
	for _, a := range c.Payments.Approvers {
		if a.Name == name {
			return a.Logins
		}
	}
	return nil
}

// refusal gives an error of approval the exit code of what is not approved, unless
// it knows better: a key file that is not there is missing.
func refusal(err error) error {
	if _, known := codeOf(err); known {
		return err
	}
	return withCode(ExitNotApproved, err)
}

// readBounded reads a file that was named on the command line.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &ExitError{ExitMissing, fmt.Errorf("%s: there is no such file [file-missing]", path)}
	case err != nil:
		return nil, withIO(err)
	case !info.Mode().IsRegular():
		return nil, &ExitError{ExitUsage, fmt.Errorf("%s is not a file [file-missing]", path)}
	case info.Size() > limit:
		return nil, &ExitError{ExitCorrupt, fmt.Errorf("%s has %d bytes, more than the %d that such a file can have [file-too-large]", path, info.Size(), limit)}
	}
	text, err := os.ReadFile(path)
	return text, withIO(err)
}

// planOf reads the plan that a person names: its file, or the hash of one that
// the journal knows.
func (t *till) planOf(ctx context.Context, name string) (journal.Plan, *proposal.Proposal, error) {
	var text []byte
	hash := strings.ToLower(strings.TrimPrefix(name, "sha256:"))
	if !isHash(hash) {
		var err error
		if text, err = readBounded(name, maxPlan); err != nil {
			return journal.Plan{}, nil, err
		}
		if _, err := proposal.Decode(text); err != nil {
			return journal.Plan{}, nil, withCode(ExitNotApproved, fmt.Errorf("%s: %w", name, err))
		}
		hash = proposal.Hash(text)
	}
	plan, err := t.journal.Proposal(ctx, hash)
	if errors.Is(err, journal.ErrUnknown) {
		return plan, nil, &ExitError{ExitNotApproved, fmt.Errorf("the journal knows no plan with the SHA-256 %s: it was altered, or made with another store; propose again [plan-unknown]", hash)}
	}
	if err != nil {
		return plan, nil, withIO(err)
	}
	if len(plan.Plan) == 0 {
		return plan, nil, planLost(&plan)
	}
	p, err := proposal.Decode(plan.Plan)
	return plan, p, withCode(ExitCorrupt, err)
}

// planLost says of a plan that only its hash came back from the side log.
func planLost(plan *journal.Plan) error {
	return &ExitError{ExitNotApproved, fmt.Errorf("the text of plan %s was lost with the store that recover replaced: propose again [plan-lost]", short(plan.Hash))}
}

func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// decidePlan approves or rejects a plan.
func (t *till) decidePlan(ctx context.Context, d Decision) (*Decided, error) {
	plan, p, err := t.planOf(ctx, d.Subject)
	if err != nil {
		return nil, err
	}
	s, err := statement(t.in, d, plan.Hash, nil)
	if err != nil {
		return nil, err
	}
	approver, err := approverOf(t.in.Config, s.By)
	if err != nil {
		return nil, err
	}
	if err := approval.MayDecide(approver, plan.Maker); err != nil {
		return nil, refusal(err)
	}
	need, err := needs(t.in.Config, &plan)
	if d.Verb == approval.Approve {
		if err := cmp.Or(err, anotherPerson(t.in.Config, &plan, approver)); err != nil {
			return nil, err
		}
	}
	plan, err = t.journal.Decide(ctx, s)
	if err != nil {
		return nil, withIO(err)
	}
	done := &Decided{Action: d.Verb.String(), Subject: plan.Hash, By: s.By, Effect: "done"}
	what := fmt.Sprintf("%s of ₹ %s in all (plan %s)", countOf(plan.Count, "payment"), p.Total().Grouped(), short(plan.Hash))
	count, _ := approvers(t.in, &plan)
	switch given := len(count); {
	case d.Verb == approval.Reject:
		if err := t.withdrawAll(ctx, &plan, s); err != nil {
			return nil, err
		}
		done.Text = s.By + " rejected " + what + "; nothing more of it will be sent"
	case given < need:
		done.Effect = "waits"
		done.Text = fmt.Sprintf("%s approved %s; it has %d of the %d approvals that it needs", s.By, what, given, need)
	default:
		done.Text = fmt.Sprintf("%s approved %s; it is sent by reconcile submit, or by the next run, until %s",
			s.By, what, plan.Expires.In(t.in.Config.Timezone).Format("2 January 2006 15:04"))
	}
	return done, nil
}

// anotherPerson refuses who has approved a plan already, under this name or
// another one. Who approved it and is no approver any more does not count
// (approvers), and others may approve in that one's place.
func anotherPerson(c *config.Config, plan *journal.Plan, a approval.Approver) error {
	for _, d := range plan.Decisions {
		if d.By == journal.Auto || !d.Approve {
			continue
		}
		if earlier, err := approverOf(c, d.By); err == nil && approval.SamePerson(earlier, a) {
			return &ExitError{ExitNotApproved, fmt.Errorf("%s has approved plan %s already: have another person decide [statement-pair]", a.Name, short(plan.Hash))}
		}
	}
	return nil
}

func approverOf(c *config.Config, name string) (approval.Approver, error) {
	for _, a := range c.Payments.Approvers {
		if a.Name == name {
			return a, nil
		}
	}
	return approval.Approver{}, fault("%s signed and is no approver", name)
}

// withdrawAll ends what of a rejected plan was written down and not sent yet.
func (t *till) withdrawAll(ctx context.Context, plan *journal.Plan, s journal.Signed) error {
	for i := range t.entries {
		e := &t.entries[i]
		if e.Plan != plan.Hash || e.State != submit.Intended {
			continue
		}
		proof := submit.Proof{Actor: s.By, Text: "the plan was rejected: " + s.Reason, SHA256: proposal.Hash(s.Text)}
		if _, err := t.journal.Move(ctx, e.ObjectID, submit.Withdrawn, proof, nil); err != nil {
			return withIO(err)
		}
	}
	return nil
}

// entry finds an instruction of ours.
func (t *till) entry(objectID string) (*submit.Entry, error) {
	i := slices.IndexFunc(t.entries, func(e submit.Entry) bool { return e.ObjectID == objectID })
	if i < 0 {
		return nil, &ExitError{ExitMissing, fmt.Errorf("the journal knows no payment %s [payment-unknown]", objectID)}
	}
	return &t.entries[i], nil
}

// withdraw ends one instruction that was never sent.
func (t *till) withdraw(ctx context.Context, d Decision) (*Decided, error) {
	e, err := t.entry(d.Subject)
	if err != nil {
		return nil, err
	}
	s, err := statement(t.in, d, e.ObjectID, nil)
	if err != nil {
		return nil, err
	}
	if e.State != submit.Intended {
		return nil, &ExitError{ExitNotApproved, fmt.Errorf("%s is %s and can no longer be withdrawn [payment-begun]", e.ObjectID, e.State)}
	}
	proof := submit.Proof{Actor: s.By, Text: "withdrawn: " + s.Reason, SHA256: proposal.Hash(s.Text)}
	if _, err := t.journal.Withdraw(ctx, s, proof); err != nil {
		return nil, withIO(err)
	}
	return &Decided{Action: d.Verb.String(), Subject: e.ObjectID, By: s.By, Effect: "done", Text: s.By + " withdrew " + e.ObjectID + "; it was never sent"}, nil
}

// resolve settles a payment whose outcome nobody told.
func (t *till) resolve(ctx context.Context, d Decision) (*Decided, error) {
	e, err := t.entry(d.Subject)
	if err != nil {
		return nil, err
	}
	s, err := statement(t.in, d, e.ObjectID, d.details())
	if err != nil {
		return nil, err
	}
	say, err := submit.Resolve(e, submit.Verdict(s.Detail[approval.DetailOutcome]), t.in.Now().In(t.in.Config.Timezone), t.in.Config.Payments.ResolveAfter)
	if err != nil {
		return nil, &ExitError{ExitNotApproved, fmt.Errorf("%w [resolve-refused]", err)}
	}
	from := decidedFrom(e)
	if s.At.Before(from) {
		return nil, &ExitError{ExitNotApproved, fmt.Errorf("%s is %s since %s, and %s signed before: sign it again, if it is still to be said [resolve-refused]",
			e.ObjectID, e.State, e.Since.In(t.in.Config.Timezone).Format(time.RFC3339), s.By)}
	}
	other, err := t.secondSince(ctx, s, from)
	if err != nil {
		return nil, err
	}
	if other == nil {
		return t.waits(s), nil
	}
	people := []string{other.By, s.By}
	slices.Sort(people)
	proof := submit.Proof{
		Actor:  strings.Join(people, "+"),
		Text:   fmt.Sprintf("%s, by %s", s.Detail[approval.DetailOutcome], s.Detail[approval.DetailReference]),
		SHA256: proposal.Hash(s.Text), UTR: s.Detail[approval.DetailUTR],
	}
	state, err := t.journal.Resolve(ctx, *other, s, say, proof, nil)
	if err != nil {
		return nil, withIO(err)
	}
	return &Decided{Action: d.Verb.String(), Subject: e.ObjectID, By: proof.Actor, Effect: "done",
		Text: fmt.Sprintf("%s, ₹ %s: %s and %s settled it as %s", e.ObjectID, e.Net.Grouped(), people[0], people[1], state)}, nil
}

// decidedFrom is from when on a word about a payment is about what it is now. That
// it was not paid ends a payment whose outcome is not known; once it is known to be
// paid the same word takes it back, and who said it before did not say that.
// Statements have whole seconds.
func decidedFrom(e *submit.Entry) time.Time {
	switch e.State {
	case submit.Intended, submit.Sending, submit.Unsure, submit.Acked:
		return time.Time{}
	}
	return e.Since.Truncate(time.Second)
}

// second keeps the first of two statements, and returns it when the second comes.
// While another approver says something else about the same, neither has effect:
// who was wrong has to say the right thing.
func (t *till) second(ctx context.Context, s journal.Signed) (*journal.Signed, error) {
	return t.secondSince(ctx, s, time.Time{})
}

// secondSince is second where what was signed before a time counts no more.
func (t *till) secondSince(ctx context.Context, s journal.Signed, from time.Time) (*journal.Signed, error) {
	waiting, err := t.journal.Pending(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	latest := make(map[string]*journal.Signed) // by author: the last word counts
	for i := range waiting {
		w := &waiting[i]
		if w.Action != s.Action || w.Subject != s.Subject {
			continue
		}
		// Read again as it was signed: an approver who is none any more, or whose
		// key was replaced since, says nothing.
		if w.Statement, err = approval.Verify(w.Text, t.in.Config.Payments.Approvers, t.in.Now()); err == nil && !w.At.Before(from) {
			latest[w.By] = w
		}
	}
	var first *journal.Signed
	var alone error
	for _, by := range slices.Sorted(maps.Keys(latest)) {
		w := latest[by]
		if s.Action == approval.Release && w.Detail[approval.DetailHold] != s.Detail[approval.DetailHold] {
			continue // outdated, for what is held has changed since
		}
		same := maps.Equal(w.Detail, s.Detail)
		if by == s.By && !same {
			continue // the same person thinks better of it
		}
		switch err := approval.Pair(w.Statement, s.Statement, t.in.Config.Payments.Approvers); {
		case err == nil:
			first = w
		case same:
			alone = refusal(err) // one person, unless another one says the same
		default:
			return nil, refusal(err)
		}
	}
	switch {
	case first != nil:
		return first, nil
	case alone != nil:
		return nil, alone
	}
	return nil, withIO(t.journal.Pledge(ctx, s))
}

func (t *till) waits(s journal.Signed) *Decided {
	return &Decided{Action: s.Action.String(), Subject: s.Subject, By: s.By, Effect: "waits",
		Text: fmt.Sprintf("%s asks to %s %s; a second approver has to say exactly the same", s.By, s.Action, s.Subject)}
}

// countOf returns "1 payment", "2 payments".
func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// caps are the limits that the journal enforces besides the proposal.
func caps(c *config.Config) journal.Caps {
	return journal.Caps(c.Payments.Caps)
}

// today is the date on the wall.
func (in Input) today() day.Date { return day.In(in.Now(), in.Config.Timezone) }
