package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/submit"
)

// A Recovery is what Recover did.
type Recovery struct {
	Steps   int      // taken over from the side log
	Unsure  []string // instructions whose outcome is now unknown
	Void    []string // instructions that were never begun and whose request is lost
	Ended   []string // plans that were open, where nobody can tell what was sent of them
	Frozen  []string // suppliers to whom something may have been sent that the journal does not know, in order
	SideLog string   // where the old side log was moved to; empty where it goes on

	Lost  bool      // no side log vouches for what was sent since
	Since time.Time // of the last step that the journal had, where Lost; zero where it had none
}

// A Told is a payment of which something besides the journal tells, such as the
// report of an earlier run. It proves nothing, but where the journal has never
// heard of it its supplier may have been paid.
type Told struct {
	ObjectID string
	Supplier string
	Plan     string // where it stands in a plan, which may never have been sent: the hash of that
	By       string // what tells it, for a person
}

// Recover makes a journal and a side log that disagree agree again, by two people
// who sign the step that it goes on from (CorruptError.From).
//
// Where the journal is a part of the side log's story, an older copy or none at
// all, it takes over the steps that it lacks, with their hashes; nothing that was
// sent is forgotten by that, and the side log goes on. Requests and plans are not in the side log:
// an instruction that was not begun and whose request is lost is withdrawn.
//
// Else the side log cannot vouch that what the journal has as Intended was never
// begun: all of that becomes Unsure. Nor can it for the plans that are open, which
// may have been approved and sent: they are ended, and Auto approves nothing until a
// person has approved a plan that was made since. What only the side log knows as
// begun freezes its supplier. The side log is kept under another name, and a new one
// is written from the journal.
//
// In either case what was being sent becomes Unsure, and what is told of payments
// that the journal does not know freezes their suppliers. A clock that was wrong is
// recovered from in the same way. All of it is one transaction: if we die in here,
// the doubt is still there afterwards, and Recover is run again.
func Recover(ctx context.Context, dir string, o Options, told []Told, first, second Signed) (did Recovery, err error) {
	if err := pair(first, second, approval.Recover); err != nil {
		return Recovery{}, err
	}
	s, existed, err := openFile(ctx, dir, o)
	if err != nil {
		return Recovery{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, _, err := s.prove(ctx)
	if err != nil {
		return Recovery{}, err
	}
	l, err := readSideLog(o.SideLog)
	if err != nil {
		return Recovery{}, err
	}
	t, err := agree(head, l, existed)
	if err == nil {
		err = clockDoubt(s.path, head, o.Now())
	}
	var doubt *CorruptError
	if !errors.As(err, &doubt) {
		return Recovery{}, errors.Join(err, refuse(nil, "start the run", "the journal is not in doubt, and there is nothing to recover"))
	}
	if first.Subject != doubt.From {
		return Recovery{}, refuse(nil, "have two people sign "+doubt.From, "the statements are about another state of the journal than the one that is there")
	}
	r := recovery{s: s, l: l, head: head, told: told, by: [2]Signed{first, second}}
	if known(l, head.Seq, orGenesis(head.Hash)) {
		r.missing = l.steps[head.Seq:]
	}
	r.whole = l.exists && l.bad == "" && known(l, head.Seq, orGenesis(head.Hash))
	if r.whole {
		t.cut = l.torn()
		err = r.goOn(ctx, t)
	} else {
		r.did.Lost, r.did.Since = true, head.At
		err = r.startOver(ctx)
	}
	return r.did, err
}

// A recovery is one call of Recover.
type recovery struct {
	s       *Store
	l       *sideLog
	head    Step
	missing []Step // of the journal
	whole   bool   // the journal is a part of the side log's story
	told    []Told
	by      [2]Signed
	did     Recovery
}

// goOn appends to the side log that there is.
func (r *recovery) goOn(ctx context.Context, t tail) (err error) {
	if r.s.side, err = openSideLog(r.l.path, r.l.size); err != nil {
		return err
	}
	if t.cut {
		if err := r.s.side.cut(r.l.good); err != nil {
			return err
		}
	}
	if r.l.sure < len(r.l.steps) { // it may have happened, so it did
		seq, hash := r.l.head(len(r.l.steps))
		if err := r.s.side.note(committed, seq, hash, true); err != nil {
			return err
		}
	}
	return r.write(ctx)
}

// startOver lets the journal have its steps first, and then writes the side log
// anew: until that is done the two still disagree.
func (r *recovery) startOver(ctx context.Context) error {
	if err := r.write(ctx); err != nil {
		return err
	}
	var all []Step
	if err := chain(ctx, r.s.conn, "", nil, func(s Step) error {
		all = append(all, s)
		return nil
	}); err != nil {
		return explain(err, r.s.path)
	}
	fresh := r.l.path + ".new"
	if err := writeSideLog(fresh, all); err != nil {
		return err
	}
	if r.l.exists {
		r.did.SideLog = fmt.Sprintf("%s.before-%d", r.l.path, all[len(all)-1].Seq)
		if err := os.Rename(r.l.path, r.did.SideLog); err != nil {
			return &DiskError{r.l.path, err}
		}
	}
	if err := os.Rename(fresh, r.l.path); err != nil {
		return &DiskError{r.l.path, err}
	}
	return toDisk(filepath.Dir(r.l.path))
}

// writeSideLog writes a whole side log, of one batch.
func writeSideLog(path string, steps []Step) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return &DiskError{path, err}
	}
	w, err := openSideLog(path, 0)
	if err != nil {
		return err
	}
	last := steps[len(steps)-1]
	err = w.prepare(steps)
	if err == nil {
		err = w.note(committed, last.Seq, last.Hash, true)
	}
	return errors.Join(err, w.close())
}

func (r *recovery) write(ctx context.Context) error {
	r.s.recovering = true
	return r.s.write(ctx, true, func(b *batch) error {
		for _, s := range r.missing {
			if err := b.put(s, nil); err != nil {
				return fmt.Errorf("taking over step %d of the side log: %w", s.Seq, err)
			}
		}
		r.did.Steps, b.steps = len(r.missing), nil // the side log has those
		if back := b.last.At.Sub(b.at); back > 0 && back <= maxBack {
			b.at = b.last.At
		}
		entries, err := r.s.entries(ctx, "")
		if err != nil {
			return err
		}
		strangers := r.strangers(entries)
		for _, by := range r.by {
			d := recovered{From: by.Subject, Lost: !r.whole, Reason: by.Reason, Steps: len(r.missing), Unknown: texts(strangers.ids)}
			if _, err := b.step(Step{Actor: by.By, Kind: kindRecovered, Subject: subjectOfTheLot, Evidence: digest(by.Text)}, d,
				map[string][]byte{"evidence": by.Text}); err != nil {
				return err
			}
		}
		if err := r.fence(b); err != nil {
			return err
		}
		return errors.Join(r.instructions(b, entries), r.answers(b), r.plans(b), r.freeze(b, entries, strangers))
	})
}

// fence keeps out whoever has the journal open.
func (r *recovery) fence(b *batch) error {
	var fence int64
	if err := b.db.QueryRowContext(b.ctx, "SELECT coalesce(max(fence), 0) + 1 FROM lease").Scan(&fence); err != nil {
		return err
	}
	_, err := b.step(Step{Kind: kindOpened, Subject: subjectOfTheLot}, opened{fence}, nil)
	return err
}

// instructions moves what cannot stay as it is.
func (r *recovery) instructions(b *batch, entries []submit.Entry) error {
	proof := submit.Proof{Actor: names(r.by[0], r.by[1]), Text: "recovered: " + r.by[1].Reason, SHA256: digest(r.by[1].Text)}
	for _, e := range entries {
		var say submit.Say
		switch {
		case e.State == submit.Sending:
			say = submit.Unclear
			r.did.Unsure = append(r.did.Unsure, e.ObjectID)
		case e.State == submit.Intended && !r.whole:
			say = submit.SaysUnknown
			r.did.Unsure = append(r.did.Unsure, e.ObjectID)
		case e.State == submit.Intended && e.Body == nil:
			say = submit.Withdrawn
			r.did.Void = append(r.did.Void, e.ObjectID)
		default:
			continue
		}
		m, _, err := b.plan(e, say, proof.SHA256, nil)
		if err != nil {
			return err
		}
		if err := b.take(e, say, m, proof, nil); err != nil {
			return err
		}
	}
	return nil
}

// answers does the same to our answers as a supplier. One that may have been sent
// is begun and left in doubt, for there is no other way to there.
func (r *recovery) answers(b *batch) error {
	all, err := answers(b.ctx, b.db, "")
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.State == submit.Intended && !r.whole {
			var fence int64
			if err := b.db.QueryRowContext(b.ctx, "SELECT fence FROM lease").Scan(&fence); err != nil {
				return err
			}
			if err := b.moveAnswer(a, submit.Begun, submit.Sending, submit.Proof{}, moved{Deadline: b.at.UnixMilli(), Fence: fence}, nil); err != nil {
				return err
			}
			a.State = submit.Sending
		}
		if a.State != submit.Sending {
			continue
		}
		if err := b.moveAnswer(a, submit.Unclear, submit.Unsure, submit.Proof{}, moved{Text: "recovered"}, nil); err != nil {
			return err
		}
	}
	return nil
}

// strangers are instructions that a side log of another branch knows as begun and
// that this journal does not hold.
type strangers struct {
	ids       []string
	suppliers []string
}

func (r *recovery) strangers(entries []submit.Entry) (found strangers) {
	if r.whole {
		return found
	}
	holding := map[string]bool{}
	for _, e := range entries {
		holding[e.ObjectID] = e.State.Holds()
	}
	supplier := map[string]string{}
	for _, s := range r.l.steps {
		var d intended
		if s.Kind == kindIntended && strict([]byte(s.Detail), &d) == nil {
			supplier[s.Subject] = d.Supplier
		}
		if s.Kind == submit.Begun.String() && !holding[s.Subject] && !r.settled(s.Subject) && supplier[s.Subject] != "" {
			found.ids = append(found.ids, s.Subject)
			if !slices.Contains(found.suppliers, supplier[s.Subject]) {
				found.suppliers = append(found.suppliers, supplier[s.Subject])
			}
		}
	}
	return found
}

// settled tells whether the side log itself knows that nothing of it is out there
// any more.
func (r *recovery) settled(objectID string) bool {
	last := ""
	for _, s := range r.l.steps {
		if s.Subject == objectID && s.New != "" {
			last = s.New
		}
	}
	return last == submit.Failed.String() || last == submit.Returned.String()
}

// plans rejects, in the name of the two, whatever could still be sent and of which
// nothing is written down: what was approved may have been sent since, and what
// waits may have been approved. What is still owed is proposed anew.
func (r *recovery) plans(b *batch) error {
	if r.whole {
		return nil
	}
	err := each(b.ctx, b.db, `SELECT p.hash FROM proposal p JOIN standing st ON st.hash = p.hash
		WHERE NOT st.rejected AND st.expires_at > ? AND NOT EXISTS (SELECT 1 FROM instruction WHERE plan = p.hash) ORDER BY p.seq`,
		[]any{b.at.UnixMilli()}, func(rows *sql.Rows) error {
			var hash string
			err := rows.Scan(&hash)
			r.did.Ended = append(r.did.Ended, hash)
			return err
		})
	if err != nil {
		return err
	}
	proof := r.by[1]
	d := decided{Logins: []string{}, Reason: clip("recovered: "+proof.Reason, 1000)}
	for _, hash := range r.did.Ended {
		if _, err := b.step(Step{Actor: clip(names(r.by[0], r.by[1]), 100), Kind: kindDecided, Subject: hash, Evidence: digest(proof.Text)}, d,
			map[string][]byte{"evidence": proof.Text}); err != nil {
			return err
		}
	}
	return nil
}

// freeze keeps from being paid, until two people have looked, the suppliers of the
// strangers and of what else is told and not known.
func (r *recovery) freeze(b *batch, entries []submit.Entry, found strangers) error {
	why := map[string]Hold{}
	told, err := r.unheardOf(b, entries)
	if err != nil {
		return err
	}
	for _, t := range told {
		why[t.Supplier] = Hold{What: HoldSupplier, Subject: t.Supplier, By: submit.ActorProgram,
			Reason: fmt.Sprintf("%s tells of a payment that the recovered journal does not know: look at the bank's statement before anything is paid", t.By)}
	}
	for _, supplier := range found.suppliers {
		why[supplier] = Hold{What: HoldSupplier, Subject: supplier, By: names(r.by[0], r.by[1]),
			Reason: "a side log that was put aside knows of something begun for this supplier that the journal does not: see the RECOVERED step"}
	}
	r.did.Frozen = slices.Sorted(maps.Keys(why))
	for _, supplier := range r.did.Frozen {
		if err := b.freeze(why[supplier]); err != nil {
			return err
		}
	}
	return nil
}

// unheardOf returns what was told of and is in no plan or instruction of the
// journal.
func (r *recovery) unheardOf(b *batch, entries []submit.Entry) (found []Told, err error) {
	known := map[string]bool{}
	for i := range entries {
		known[entries[i].ObjectID] = true
	}
	err = each(b.ctx, b.db, "SELECT hash FROM proposal", nil, func(rows *sql.Rows) error {
		var hash string
		err := rows.Scan(&hash)
		known[hash] = true
		return err
	})
	for _, t := range r.told {
		if t.Supplier != "" && !known[t.ObjectID] && !known[t.Plan] {
			found = append(found, t)
		}
	}
	return found, err
}
