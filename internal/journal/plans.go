package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// Caps are what is never exceeded by one proposal, and by one day of several. They
// are stored with the proposal and enforced by the tables. Zero means no cap.
type Caps struct {
	Invoice  money.Paise // of one allocation
	Supplier money.Paise // of one supplier in one proposal
	Run      money.Paise // of one proposal
	Day      money.Paise // of everything that is begun on one day, whatever proposal it is of
}

// A Status is how far a proposal has come.
type Status string

// The statuses of a proposal.
const (
	Waiting    Status = "waiting"     // for approvals
	Approved   Status = "approved"    // enough of them, nothing written down to be sent yet
	Rejected   Status = "rejected"    // by one person
	Expired    Status = "expired"     // before everything of it was begun
	InProgress Status = "in progress" // Intend was done, something is still to be sent
	Done       Status = "done"        // everything of it was begun or withdrawn
)

// A Plan is a proposal as the journal keeps it.
type Plan struct {
	Hash          string // SHA-256 of the plan, in hexadecimal
	Plan          []byte // the canonical JSON; nil where the journal was recovered without it
	Maker         string
	AsOf          day.Date
	Round         int
	Total         money.Paise
	Count         int // of instructions
	Need          int // of approvals
	SecondAttempt bool
	Caps          Caps
	Registered    time.Time
	Expires       time.Time
	Status        Status
	Decisions     []Decision
}

// A Decision is what somebody decided about a proposal.
type Decision struct {
	By      string // an approver's name, or Auto
	Approve bool
	At      time.Time // when the journal heard of it
	Reason  string
	SHA256  string // of the signed statement; empty for Auto
	Text    []byte // of the statement; nil for Auto, and where the journal was recovered without it
}

// Auto is the name of the approver that is a setting and no person.
const Auto = "auto"

// A Signed is a statement whose signature was verified before (approval.Verify).
// The journal keeps its text as evidence.
type Signed struct {
	approval.Statement
	Text   []byte
	Logins []string // of its author, as the configuration has them
}

// Register writes down that a proposal exists, from when its validity counts.
// plan is its canonical JSON (proposal.Encode). What is registered
// already is returned as it stands and changes nothing: where its Status is
// Rejected or Expired, the caller raises Round and encodes anew. fresh tells
// whether it was written now.
func (s *Store) Register(ctx context.Context, plan []byte, need int, caps Caps) (registered Plan, fresh bool, err error) {
	p, err := proposal.Decode(plan)
	if err != nil {
		return Plan{}, false, err
	}
	return s.register(ctx, plan, p, need, caps)
}

func (s *Store) register(ctx context.Context, plan []byte, p *proposal.Proposal, need int, caps Caps) (registered Plan, fresh bool, err error) {
	hash := proposal.Hash(plan)
	if caps.Run > 0 && p.Total() > caps.Run {
		return Plan{}, false, refuse(submit.ErrOverCap, "propose less, or raise the cap of a run", "the proposal is of ₹%s, and a run may pay ₹%s", p.Total().Grouped(), caps.Run.Grouped())
	}
	if p.ValidFor <= 0 || p.ValidFor > maxValidFor {
		return Plan{}, false, refuse(nil, "set payments.valid_for to at most 30 days", "the proposal is valid for %d seconds", p.ValidFor)
	}
	d := newRegistered(p, need, caps)
	err = s.write(ctx, false, func(b *batch) error {
		var n int
		if err := b.db.QueryRowContext(ctx, "SELECT count(*) FROM proposal WHERE hash = ?", hash).Scan(&n); err != nil || n > 0 {
			return err
		}
		fresh = true
		d.Expires = b.at.Add(time.Duration(p.ValidFor) * time.Second).UnixMilli()
		_, err := b.step(Step{Kind: kindRegistered, Subject: hash}, d, map[string][]byte{"proposal": plan})
		return err
	})
	if err != nil {
		return Plan{}, false, err
	}
	registered, err = s.Proposal(ctx, hash)
	return registered, fresh, err
}

// maxValidFor is 30 days: who approves a plan of last quarter has not read it.
const maxValidFor = 30 * 24 * 3600

func newRegistered(p *proposal.Proposal, need int, caps Caps) registered {
	d := registered{AsOf: p.AsOf.String(), Maker: p.Maker, Need: need, Round: max(p.Round, 1), Total: int64(p.Total()), Instructions: len(p.Instructions),
		InvoiceCap: int64(caps.Invoice), SupplierCap: int64(caps.Supplier), RunCap: int64(caps.Run), DayCap: int64(caps.Day), Inputs: []input{}}
	for _, in := range p.Inputs {
		d.Inputs = append(d.Inputs, input{in.Path, in.SHA256})
	}
	for i := range p.Lines {
		if p.Lines[i].SecondAttempt && p.Lines[i].Instruction != "" {
			d.SecondAttempts++
		}
	}
	for i := range p.Instructions {
		if d.SecondAttempts == 0 && p.Instructions[i].Attempt > 1 {
			d.SecondAttempts = 1
		}
	}
	return d
}

// Proposals returns every proposal, in the order of their registration.
func (s *Store) Proposals(ctx context.Context) ([]Plan, error) { return s.plans(ctx, "") }

// Proposal returns one. The error is ErrUnknown where there is none of that hash.
func (s *Store) Proposal(ctx context.Context, hash string) (Plan, error) {
	found, err := s.plans(ctx, "WHERE p.hash = ?", hash)
	if err != nil {
		return Plan{}, err
	}
	if len(found) == 0 {
		return Plan{}, fmt.Errorf("proposal %s: %w", hash, ErrUnknown)
	}
	return found[0], nil
}

func (s *Store) plans(ctx context.Context, where string, args ...any) (found []Plan, err error) {
	defer s.alone()()
	err = each(ctx, s.conn, `SELECT p.hash, p.plan, p.maker, p.as_of, p.round, p.total_paise, p.instructions, p.need, p.second_attempts > 0,
		p.invoice_cap_paise, p.supplier_cap_paise, p.run_cap_paise, p.day_cap_paise, p.registered_at, p.expires_at, st.approved, st.rejected,
		(SELECT count(*) FROM instruction WHERE plan = p.hash), (SELECT count(*) FROM instruction WHERE plan = p.hash AND state = 'INTENT'),
		(SELECT count(*) FROM instruction WHERE plan = p.hash AND state = 'SENDING')
		FROM proposal p JOIN standing st ON st.hash = p.hash `+where+" ORDER BY p.seq", args, func(rows *sql.Rows) error {
		p, err := s.scanPlan(rows)
		found = append(found, p)
		return err
	})
	if err != nil {
		return nil, explain(err, s.path)
	}
	for i := range found {
		if found[i].Decisions, err = s.decisions(ctx, found[i].Hash); err != nil {
			return nil, explain(err, s.path)
		}
	}
	return found, nil
}

func (s *Store) scanPlan(rows *sql.Rows) (p Plan, err error) {
	var asOf string
	var registered, expires int64
	var approved, rejected bool
	var intended, waiting, sending int
	err = rows.Scan(&p.Hash, &p.Plan, &p.Maker, &asOf, &p.Round, &p.Total, &p.Count, &p.Need, &p.SecondAttempt,
		&p.Caps.Invoice, &p.Caps.Supplier, &p.Caps.Run, &p.Caps.Day, &registered, &expires, &approved, &rejected, &intended, &waiting, &sending)
	if err != nil {
		return p, err
	}
	if p.AsOf, err = day.Parse(asOf); err != nil {
		return p, err
	}
	p.Registered, p.Expires = moment(registered), moment(expires)
	over := !s.options.Now().Before(p.Expires)
	switch {
	case rejected:
		p.Status = Rejected
	case intended > 0 && waiting+sending == 0:
		p.Status = Done
	case over && sending == 0:
		p.Status = Expired
	case intended > 0:
		p.Status = InProgress
	case approved:
		p.Status = Approved
	default:
		p.Status = Waiting
	}
	return p, nil
}

func (s *Store) decisions(ctx context.Context, hash string) (found []Decision, err error) {
	rows, err := s.conn.QueryContext(ctx, `SELECT d.person, d.approve, d.at, d.reason, d.evidence_sha256, e.bytes
		FROM decision d LEFT JOIN evidence e ON e.sha256 = d.evidence_sha256 AND e.subject = d.plan WHERE d.plan = ? ORDER BY d.seq`, hash)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d Decision
		var at int64
		if err := rows.Scan(&d.By, &d.Approve, &at, &d.Reason, &d.SHA256, &d.Text); err != nil {
			return nil, err
		}
		d.At = moment(at)
		found = append(found, d)
	}
	return found, rows.Err()
}

// A PaidInput is a file that a proposal was made from of which something was sent.
type PaidInput struct {
	Path, SHA256 string
	AsOf         day.Date // the business date of that proposal
}

// begunPlans are the proposals of which something was begun, or is known to have
// been by the world alone.
const begunPlans = "SELECT plan FROM instruction WHERE sends = 1 OR state NOT IN ('INTENT', 'VOID')"

// PaidInputs returns the files of every proposal of which something was begun, by
// SHA-256 and business date.
func (s *Store) PaidInputs(ctx context.Context) (found []PaidInput, err error) {
	defer s.alone()()
	rows, err := s.conn.QueryContext(ctx, "SELECT DISTINCT i.path, i.sha256, p.as_of FROM input i JOIN proposal p ON p.hash = i.plan WHERE i.plan IN ("+begunPlans+") ORDER BY i.sha256, p.as_of, i.path")
	if err != nil {
		return nil, explain(err, s.path)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var in PaidInput
		var asOf string
		if err := rows.Scan(&in.Path, &in.SHA256, &asOf); err != nil {
			return nil, explain(err, s.path)
		}
		if in.AsOf, err = day.Parse(asOf); err != nil {
			return nil, err
		}
		found = append(found, in)
	}
	return found, rows.Err()
}

// LastPaidAsOf returns the latest business date of a proposal of which something
// was begun; false where nothing ever was.
func (s *Store) LastPaidAsOf(ctx context.Context) (day.Date, bool, error) {
	defer s.alone()()
	var asOf sql.NullString
	err := s.conn.QueryRowContext(ctx, "SELECT max(as_of) FROM proposal WHERE hash IN ("+begunPlans+")").Scan(&asOf)
	if err != nil || !asOf.Valid {
		return 0, false, explain(err, s.path)
	}
	d, err := day.Parse(asOf.String)
	return d, err == nil, err
}
