package mail

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A record is what is known of one message: NAME.json.
type record struct {
	MessageID  string      `json:"message_id"`
	From       string      `json:"from"` // local@domain
	Created    time.Time   `json:"created"`
	Tries      int         `json:"tries"`
	Bodies     int         `json:"bodies"` // NAME.1.eml and so on
	Body       int         `json:"body"`   // of the last try, from 0; -1 before the first
	Recipients []Recipient `json:"recipients"`

	name string
}

const recordEnd = ".json"

// nameOf returns the name of a message's files: its Message-ID, of which check
// has seen to it that it is a file name.
func nameOf(id string) string { return id }

// body returns the name of one of its bodies, from 0.
func (r *record) body(i int) string { return r.name + "." + strconv.Itoa(i+1) + ".eml" }

func (r *record) done() bool { return len(r.to(Waiting)) == 0 }

func (r *record) to(s State) []string {
	var list []string
	for _, one := range r.Recipients {
		if one.State == s {
			list = append(list, one.To)
		}
	}
	return list
}

// settle notes what became of one recipient.
func (r *record) settle(a answer, now time.Time) {
	for i := range r.Recipients {
		if one := &r.Recipients[i]; one.To == a.to {
			one.State, one.Reason, one.Since = a.state, a.reason, now
			if a.unsure {
				one.Unsure++
			}
		}
	}
}

func (r *record) giveUp(now time.Time) {
	for i := range r.Recipients {
		if one := &r.Recipients[i]; one.State == Waiting {
			one.State, one.Since = GivenUp, now
		}
	}
}

func (r *record) delivery() Delivery {
	return Delivery{ID: r.MessageID, Created: r.Created, Tries: r.Tries, Recipients: slices.Clone(r.Recipients), Body: r.Body}
}

func (o *Outbox) write(d disk, r *record) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return put(d, r.name+recordEnd, append(b, '\n'))
}

func (o *Outbox) bodies(d disk, r *record) ([][]byte, error) {
	bodies := make([][]byte, r.Bodies)
	for i := range bodies {
		var err error
		if bodies[i], err = d.read(r.body(i)); err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// drop removes the bodies of a message that nobody waits for. Its record stays.
func (o *Outbox) drop(d disk, r *record) error {
	for i := range r.Bodies {
		if err := d.remove(r.body(i)); err != nil {
			return err
		}
	}
	return nil
}

// errDamaged is a record that cannot be read. It stays where it is, and the
// others are delivered.
var errDamaged = errors.New("a record of the outbox cannot be read: look at it, and remove it with its .eml files")

// sweep reads the records, oldest first, and removes what a crash left behind:
// drafts, bodies without a record, bodies of messages that are done, and records
// older than a month.
func (o *Outbox) sweep(d disk) ([]*record, error) {
	names, err := d.list()
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	var records []*record
	var wrong error
	keep := map[string]bool{}
	for _, name := range names {
		base, isRecord := strings.CutSuffix(name, recordEnd)
		if !isRecord || isDraft(name) {
			continue
		}
		r, err := readRecord(d, base)
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %w", name, err))
			for i := range 2 {
				keep[(&record{name: base}).body(i)] = true
			}
			continue
		}
		if r.done() && o.Now().Sub(r.Created) > keepRecords {
			if err := errors.Join(o.drop(d, r), d.remove(name)); err != nil {
				return nil, fmt.Errorf("clearing the outbox: %w", err)
			}
			continue
		}
		for i := range r.Bodies {
			keep[r.body(i)] = !r.done()
		}
		records = append(records, r)
	}
	for _, name := range names {
		if isDraft(name) || strings.HasSuffix(name, ".eml") && !keep[name] {
			if err := d.remove(name); err != nil {
				return nil, fmt.Errorf("clearing the outbox: %w", err)
			}
		}
	}
	slices.SortStableFunc(records, func(a, b *record) int { return a.Created.Compare(b.Created) })
	return records, wrong
}

func readRecord(d disk, name string) (*record, error) {
	b, err := d.read(name + recordEnd)
	if err != nil {
		return nil, err
	}
	r := &record{name: name}
	if err := json.Unmarshal(b, r); err != nil || nameOf(r.MessageID) != name || r.Bodies < 1 || r.Bodies > 2 || len(r.Recipients) == 0 {
		return nil, errDamaged
	}
	return r, nil
}
