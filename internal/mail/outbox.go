package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// An Outbox keeps messages until they are delivered. Only one process at a time
// may use it.
type Outbox struct {
	Dir string           // made by the first message
	Now func() time.Time // required

	MaxAge   time.Duration // after which a message that nobody takes is given up; three days when zero
	MaxTries int           // after which it is given up; 50 when zero

	disk disk // of Dir; another in tests
}

const (
	defaultAge   = 72 * time.Hour // the next reports are of more use by then
	defaultTries = 50
	keepRecords  = 31 * 24 * time.Hour // what was delivered to whom is known for a month
	maxWaiting   = 200                 // messages; more is a fault of somebody
)

// A Delivery is where one message stands after a Flush.
type Delivery struct {
	ID         string // its Message-ID
	Created    time.Time
	Tries      int
	Recipients []Recipient
	Body       int // which of its bodies the server took, from 0; -1 where none yet
}

// A Recipient is one of those a message is for.
type Recipient struct {
	To     string    `json:"to"` // local@domain
	State  State     `json:"state"`
	Since  time.Time `json:"since,omitzero"`
	Reason string    `json:"reason,omitempty"` // why it is not Sent; safe to show

	// Unsure counts the tries after which nobody knows whether the server took
	// the message: the connection died before its answer. The recipient may have
	// as many copies besides, all with one Message-ID.
	Unsure int `json:"unsure,omitempty"`
}

// Every tells whether the message is in this state for all its recipients.
func (d *Delivery) Every(s State) bool {
	return !slices.ContainsFunc(d.Recipients, func(r Recipient) bool { return r.State != s })
}

// Any tells whether the message is in this state for one of its recipients.
func (d *Delivery) Any(s State) bool {
	return slices.ContainsFunc(d.Recipients, func(r Recipient) bool { return r.State == s })
}

// Add puts a message into the outbox; when it returns nil the message outlives a
// crash. The shorter form, if any, is what a server gets that finds the message
// too large; it has the same ID and recipients. A message whose ID is there
// already is left as it is: to add it again after a crash is no duplicate.
func (o *Outbox) Add(m *Message, shorter *Message) error {
	forms := []*Message{m}
	if shorter != nil {
		if shorter.ID != m.ID || shorter.From != m.From || !slices.Equal(shorter.To, m.To) {
			return errors.New("two forms of one message differ in more than their text")
		}
		forms = append(forms, shorter)
	}
	bodies := make([][]byte, len(forms))
	for i, form := range forms {
		var err error
		if bodies[i], err = form.Bytes(); err != nil {
			return err
		}
	}
	r := record{MessageID: m.ID, Created: o.Now(), Body: -1, name: nameOf(m.ID)}
	r.From, _ = bare(m.From) // Bytes has checked it, and the others
	for _, to := range m.To {
		to, _ := bare(to)
		if !slices.ContainsFunc(r.Recipients, func(r Recipient) bool { return strings.EqualFold(r.To, to) }) {
			r.Recipients = append(r.Recipients, Recipient{To: to, State: Waiting})
		}
	}
	d := o.folder()
	records, err := o.sweep(d)
	if err != nil && !errors.Is(err, errDamaged) {
		return err
	}
	if slices.ContainsFunc(records, func(k *record) bool { return k.name == r.name }) {
		return nil
	}
	records = slices.DeleteFunc(records, (*record).done)
	if len(records) >= maxWaiting {
		return fmt.Errorf("the outbox %s holds %d messages already", o.Dir, len(records))
	}
	// The record comes last: with it the message is there, and all of it.
	for i, b := range bodies {
		if err := put(d, r.body(i), b); err != nil {
			return fmt.Errorf("putting the mail into the outbox: %w", err)
		}
		r.Bodies++
	}
	if err := o.write(d, &r); err != nil {
		return fmt.Errorf("putting the mail into the outbox: %w", err)
	}
	return nil
}

// Flush tries to deliver every message that waits, oldest first, and returns
// where each of them then stands. The error is of the server or of the disk; what
// could not be delivered stays in the outbox until it is given up.
func (o *Outbox) Flush(ctx context.Context, server *Server) ([]Delivery, error) {
	d := o.folder()
	records, err := o.sweep(d)
	waiting := slices.DeleteFunc(records, (*record).done)
	if len(waiting) == 0 {
		return nil, err
	}
	ses, down := server.dial(ctx)
	if down == nil {
		defer ses.quit()
	}
	var deliveries []Delivery
	for _, r := range waiting {
		var failed error
		if down, failed = o.try(d, ses, down, r); failed != nil {
			// What cannot be written down must not be sent.
			return append(deliveries, r.delivery()), errors.Join(err, down, fmt.Errorf("writing the outbox: %w", failed))
		}
		deliveries = append(deliveries, r.delivery())
	}
	return deliveries, errors.Join(err, down)
}

// try is one try of one message. It returns why the server is of no more use, if
// it is not, and why the outbox could not be written.
func (o *Outbox) try(d disk, ses *session, down error, r *record) (stillDown, failed error) {
	// A try is counted before it is made, so that one which kills us counts too.
	r.Tries++
	if err := o.write(d, r); err != nil {
		return down, err
	}
	to := r.to(Waiting)
	var tried sending
	bodies, err := o.bodies(d, r)
	switch {
	case down != nil:
		tried = sending{all(to, Waiting, down.Error(), false), r.Body}
	case err != nil:
		// The others are not to wait for a message whose text is gone.
		tried = sending{all(to, Waiting, "reading the message: "+err.Error(), false), r.Body}
	default:
		tried, down = ses.send(r.From, to, bodies)
		if down != nil {
			down = ses.clean("talking to the mail server", down)
		}
	}
	r.Body = tried.body
	now := o.Now()
	for _, a := range tried.answers {
		r.settle(a, now)
	}
	if r.Tries >= orElse(o.MaxTries, defaultTries) || now.Sub(r.Created) > orElse(o.MaxAge, defaultAge) {
		r.giveUp(now)
	}
	// Before anything else is said to the server: who has it, has it.
	if err := o.write(d, r); err != nil {
		return down, err
	}
	if r.done() {
		return down, o.drop(d, r)
	}
	return down, nil
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func (o *Outbox) folder() disk {
	if o.disk != nil {
		return o.disk
	}
	return folder(o.Dir)
}
