package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/journal"
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// A notebook is what controllers have said about exceptions, as the records of the
// journal tell it.
type notebook struct {
	standing map[string]casebook.Standing // by exception id
	taken    map[string]day.Date          // workbooks by the SHA-256 of their bytes, and when each was taken
	closed   map[string]int               // by exception id: the last episode whose note was closed
}

// What a record of kind NOTED says.
const (
	notedTaken    = "taken"    // a note stands from now on
	notedRefused  = "refused"  // a note was not taken: somebody else was first, or a limit
	notedClosed   = "closed"   // the exception was cleared, and its note with it
	notedWorkbook = "workbook" // a workbook was read to its end
)

// A noted is the body of such a record. Its subject is the exception id; of a
// workbook the SHA-256 of its bytes.
type noted struct {
	What   string `json:"what"`
	File   string `json:"file,omitempty"`   // name of the workbook
	SHA256 string `json:"sha256,omitempty"` // of its bytes
	Place  string `json:"place,omitempty"`  // of the row
	By     string `json:"by,omitempty"`     // who handed it in, where the login that did is not enough

	Was     *notedNote `json:"was,omitempty"`
	Is      *notedNote `json:"is,omitempty"`
	Refused string     `json:"refused,omitempty"` // why, in words
	Episode int        `json:"episode,omitempty"`

	// What a quieting resolution accepts; see casebook.Standing.
	Amount   money.Paise `json:"amount,omitzero"`
	Stake    money.Paise `json:"stake,omitzero"`
	Breaks   int         `json:"breaks,omitempty"`
	Payments []string    `json:"payments,omitempty"`
	Accepted int         `json:"accepted_in,omitempty"` // the episode in which it was chosen

	Rows    int `json:"rows,omitempty"`     // of a workbook: with an exception id
	Taken   int `json:"taken,omitempty"`    // notes
	NotRead int `json:"not_read,omitempty"` // notes that were not taken
}

// A notedNote is a note as a record keeps it.
type notedNote struct {
	Owner      string `json:"owner,omitempty"`
	Resolution string `json:"resolution,omitempty"`
	Text       string `json:"note,omitempty"`
	Due        string `json:"due,omitempty"`
}

func noteOf(n casebook.Note) *notedNote {
	return &notedNote{Owner: n.Owner, Resolution: n.Resolution.String(), Text: n.Text, Due: n.Due.String()}
}

func (n *notedNote) note() (casebook.Note, error) {
	if n == nil {
		return casebook.Note{}, nil
	}
	note := casebook.Note{Owner: n.Owner, Text: n.Text}
	if n.Resolution != "" {
		var known bool
		if note.Resolution, known = casebook.ParseResolution(n.Resolution); !known {
			return note, fmt.Errorf("nobody knows the resolution %q", n.Resolution)
		}
	}
	if n.Due == "" {
		return note, nil
	}
	var err error
	note.Due, err = day.Parse(n.Due)
	return note, err
}

// readNotebook replays the records of notes; store may be nil, and then nobody has
// said anything.
func readNotebook(ctx context.Context, store *journal.Store, zone *time.Location) (*notebook, error) {
	b := &notebook{standing: make(map[string]casebook.Standing), taken: make(map[string]day.Date), closed: make(map[string]int)}
	if store == nil {
		return b, nil
	}
	records, err := store.Records(ctx, journal.KindNoted)
	if err != nil {
		return nil, withIO(err)
	}
	for i := range records {
		if err := b.replay(&records[i], zone); err != nil {
			return nil, fault("step %d of the journal, a note, cannot be read: %v", records[i].Seq, err)
		}
	}
	return b, nil
}

func (b *notebook) replay(r *journal.Record, zone *time.Location) error {
	var n noted
	if err := json.Unmarshal(r.Body, &n); err != nil {
		return err
	}
	on := day.In(r.At, zone)
	switch n.What {
	case notedTaken:
		note, err := n.Is.note()
		if err != nil {
			return err
		}
		by := r.Actor
		if n.By != "" {
			by = n.By + " (by the login " + r.Actor + ")"
		}
		s := casebook.Standing{Note: note, By: by, On: on, File: n.File,
			Amount: n.Amount, Stake: n.Stake, Breaks: n.Breaks, Payments: n.Payments, Episode: n.Accepted}
		if n.Refused != "" {
			s.Objection, s.ObjectionEpisode = n.Refused, n.Episode
		}
		b.standing[r.Subject] = s
		delete(b.closed, r.Subject)
	case notedRefused:
		s := b.standing[r.Subject]
		s.Objection, s.ObjectionEpisode = n.Refused, n.Episode
		b.standing[r.Subject] = s
	case notedClosed:
		b.closed[r.Subject] = n.Episode
		// Episodes are counted by the run history, which may be lost and then begins
		// with 1 again. What is closed stays closed: it is of no episode to come.
		if s := b.standing[r.Subject]; s.Episode <= n.Episode {
			s.Episode = 0
			b.standing[r.Subject] = s
		}
	case notedWorkbook:
		b.taken[r.Subject] = on
	default:
		return fmt.Errorf("it says %q", n.What)
	}
	return nil
}

// A handed workbook is one that came back, and what became of its notes.
type handed struct {
	File    string
	SHA256  string
	Before  day.Date // it was taken before, and nothing was done; zero where not
	Rows    int
	Taken   int
	Refused []string // what was not taken: where, why and what to do
}

// take reads a workbook and records what it says. Nothing is taken of one that was
// taken before: a note that has been changed since would come back.
func (b *notebook) take(ctx context.Context, in Input, store *journal.Store, last *casebook.Snapshot, name string, data []byte, by string) (*handed, error) {
	sum := sha256.Sum256(data)
	h := &handed{File: name, SHA256: hex.EncodeToString(sum[:])}
	if on, known := b.taken[h.SHA256]; known {
		h.Before = on
		return h, nil
	}
	came, err := report.ReadAnnotated(name, data, ctx.Err)
	if err != nil {
		return nil, &ExitError{ExitCorrupt, fmt.Errorf("%w [notes-unreadable]", err)}
	}
	h.Rows = came.Rows
	for _, p := range came.Problems {
		h.Refused = append(h.Refused, fmt.Sprintf("%s: %s; %s [%s]", p.Pos, p.Text, p.Remedy, p.Check))
	}
	words := casebook.Take(casebook.Handing{Annotations: came.Annotations, By: in.Actor, On: day.In(in.Now(), in.Config.Timezone), File: name},
		b.standing, last, noteRules(in))
	var records []journal.Record
	for i := range words {
		records = append(records, h.record(&words[i], by)...)
	}
	body, err := json.Marshal(noted{What: notedWorkbook, File: name, SHA256: h.SHA256, By: by, Rows: h.Rows, Taken: h.Taken, NotRead: len(h.Refused)})
	if err != nil {
		return nil, fault("noting a workbook: %v", err)
	}
	records = append(records, journal.Record{Kind: journal.KindNoted, Subject: h.SHA256, Body: body})
	if err := store.Record(ctx, records...); err != nil {
		return nil, withIO(err)
	}
	again, err := readNotebook(ctx, store, in.Config.Timezone)
	if err != nil {
		return nil, err
	}
	*b = *again
	return h, nil
}

// record returns what the journal keeps of a word: the note, old and new; where it
// was refused, why. What is about no exception of ours is only told.
func (h *handed) record(w *casebook.Word, by string) []journal.Record {
	n := noted{File: h.File, SHA256: h.SHA256, Place: w.Pos.String(), By: by, Was: noteOf(w.Was.Note), Is: noteOf(w.Note), Refused: w.Refused, Episode: w.Episode}
	if w.Refused != "" {
		h.Refused = append(h.Refused, fmt.Sprintf("%s, exception %s: %s [%s]", w.Pos, w.ExceptionID, w.Refused, w.Check))
	}
	switch {
	case w.Is != nil:
		h.Taken++
		n.What, n.Is = notedTaken, noteOf(w.Is.Note)
		n.Amount, n.Stake, n.Breaks, n.Payments, n.Accepted = w.Is.Amount, w.Is.Stake, w.Is.Breaks, w.Is.Payments, w.Is.Episode
	case w.Known:
		n.What = notedRefused
	default:
		return nil
	}
	body, err := json.Marshal(n)
	if err != nil {
		panic(err) // unreachable: texts, numbers and lists of texts
	}
	return []journal.Record{{Kind: journal.KindNoted, Subject: w.ExceptionID, Body: body}}
}

// noteRules are the settings by which notes are judged.
func noteRules(in Input) casebook.Rules {
	return casebook.Rules{Tolerance: in.Config.Matching.AmountTolerance, WriteOffLimit: in.Config.Notes.WriteOffLimit}
}
