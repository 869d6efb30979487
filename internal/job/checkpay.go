package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/submit"
)

// payments looks at our own payments: whether somebody may approve, whether the
// journal is whole, and what in it waits for a person.
func (c *checker) payments(ctx context.Context) {
	conf := c.in.Config
	if conf.Payments.Mode == config.ModeOff && !journalExists(conf) {
		c.ok("payments.mode is off, and nothing was ever paid: nothing is proposed")
		return
	}
	switch n := len(conf.Payments.Approvers); {
	case n == 0 && conf.Payments.Mode == config.ModePropose:
		c.warn("nobody may approve a proposal: payments.approvers is empty", "let each approver run `reconcile keygen`, and add the lines that it prints")
	case n == 1:
		c.warn("there is one approver, and to resolve, release or recover takes two", "add another one to payments.approvers")
	case n > 1:
		c.ok("%s may decide about payments", counted(n, "approver", "approvers"))
	}
	if err := sideLogApart(conf); err != nil {
		c.fail(err, Code(err))
		return
	}
	if !journalExists(conf) {
		if err := notTheFirst(conf); err != nil {
			c.fail(err, Code(err))
			return
		}
		c.ok("there is no journal of payments yet; the first proposal begins it")
		return
	}
	c.journal(ctx)
	c.sideLog()
}

// journal proves the chain, and says what waits.
func (c *checker) journal(ctx context.Context) {
	t, err := openTillReadOnly(ctx, c.in)
	if t == nil && err == nil {
		err = errors.New("the side log is there and the journal is not; put back a copy of the store, then see reconcile recover")
		c.fail(err, ExitCorrupt)
		return
	}
	if err != nil {
		c.fail(err, Code(err))
		return
	}
	v, err := t.journal.Verify(ctx)
	if err := errors.Join(err, t.close()); err != nil {
		c.fail(err, Code(withIO(err)))
		return
	}
	c.ok("the journal of payments is whole: %s, the same in the side log", counted(int(v.Steps), "step", "steps"))
	const often = 7 * 24 * time.Hour
	switch last := lastBackup(c.in.Config); {
	case last.IsZero():
		c.warn("the journal was never copied", "run reconcile backup, best every night")
	case c.in.Now().Sub(last) > often:
		c.warn(fmt.Sprintf("the journal was last copied on %s", last.In(c.in.Config.Timezone).Format("2 January 2006")), "run reconcile backup, best every night")
	default:
		c.ok("the journal was last copied on %s", last.In(c.in.Config.Timezone).Format("2 January 2006 15:04"))
	}
	unsure := 0
	for i := range t.entries {
		if s := t.entries[i].State; s == submit.Unsure || s == submit.Sending {
			unsure++
		}
	}
	if unsure > 0 {
		c.warn(fmt.Sprintf("the outcome of %s is not known; a run ends with 20", countOf(unsure, "payment")), "wait for the webhook, or settle it with reconcile resolve")
	}
	for _, a := range t.ringing() {
		c.warn(a.ObjectID+": "+a.Text+"; a run ends with 21", "look into it; then two people run reconcile release")
	}
}

// sideLog tells whether one broken disk would take both halves of the journal.
func (c *checker) sideLog() {
	side, store := c.in.Config.Path(c.in.Config.Payments.SideLog), journal.File(c.in.Config.Path(c.in.Config.Store))
	if same, known := sameDisk(filepath.Dir(side), filepath.Dir(store)); known && same {
		c.warn(fmt.Sprintf("the side log %s is on the same file system as the store", side), "name a file on another disk in payments.side_log, so that one restore does not bring back both")
	}
}

// reach asks whether a connection to EnKash comes about, and says nothing on it.
func (c *checker) reach(ctx context.Context) {
	conf := c.in.Config
	if conf.EnKash.BaseURL == "" {
		if conf.Payments.Mode != config.ModeOff {
			c.warn("enkash.base_url is missing, and nothing can be sent", "say where EnKash is reached")
		}
		return
	}
	if conf.Payments.Mode == config.ModeOff {
		c.ok("EnKash at %s was not called, for payments.mode is off", conf.EnKash.BaseURL)
		return
	}
	gateway, err := gatewayTo(c.in, enkash.PathPay)
	if err != nil {
		c.fail(err, Code(err))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	conn, err := gateway.Dial(ctx)
	if err != nil {
		c.fail(fmt.Errorf("EnKash at %s is not reached: %w", conf.EnKash.BaseURL, err), ExitUnreachable)
		return
	}
	if err := conn.Close(); err != nil {
		c.warn("the connection to EnKash did not close: "+err.Error(), "try again")
		return
	}
	c.ok("EnKash at %s is reached; nothing was sent", conf.EnKash.BaseURL)
}

// reachWithin is how long a check waits for a connection.
const reachWithin = 5 * time.Second

// nearest returns the file or the folder above it that exists.
func nearest(path string) (os.FileInfo, error) {
	for {
		info, err := os.Stat(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
			return info, err
		}
		path = filepath.Dir(path)
	}
}
