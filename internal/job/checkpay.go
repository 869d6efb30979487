package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/submit"
)

// payments looks at our own payments: whether somebody may approve, whether the
// journal is whole, and what in it waits for a person.
func (c *checker) payments(ctx context.Context) {
	conf := c.in.Config
	if conf.Payments.Mode == config.ModeOff && !journalExists(conf) {
		c.ok("payments", "payments.mode is off, and nothing was ever paid: nothing is proposed")
		return
	}
	c.approvals()
	if err := sideLogApart(conf); err != nil {
		c.fail("side-log", err, Code(err))
		return
	}
	c.sideLog()
	c.journal(ctx)
}

// approvals tells whether a plan can find as many approvers as it needs.
func (c *checker) approvals() {
	p := &c.in.Config.Payments
	switch n := len(p.Approvers); {
	case n == 0 && p.Mode == config.ModePropose:
		c.warn("approvers", "nobody may approve a proposal: payments.approvers is empty", "let each approver run `reconcile keygen`, and add the lines that it prints")
	case n == 1:
		c.warn("approvers", "there is one approver, and to resolve, release or recover takes two", "add another one to payments.approvers")
	case n > 1:
		c.ok("approvers", "%s may decide about payments", counted(n, "approver", "approvers"))
	}
	var nameless []string
	for _, a := range p.Approvers {
		if len(a.Logins) == 0 {
			nameless = append(nameless, a.Name)
		}
	}
	if one := len(p.Approvals) == 0 || p.Approvals[0].Need == 1; one && len(nameless) > 0 {
		c.warn("approvers", fmt.Sprintf("one approval can be enough, and of %s no login is known, by which a plan of their own would be told", strings.Join(nameless, ", ")),
			"add their logins under payments.approvers, or let them propose with --key; need two approvals where all work under one login")
	}
	if n := len(p.Approvals); n > 0 {
		if last := p.Approvals[n-1].UpTo; last != 0 && (p.Caps.Run == 0 || p.Caps.Run > last) {
			c.warn("approvers", fmt.Sprintf("nobody may approve a plan of more than %s: no band of payments.approvals is for it", last),
				"add a band without up_to, or set payments.caps.run to that amount")
		}
	}
}

// journal proves the chain, and says what waits.
func (c *checker) journal(ctx context.Context) {
	t, err := openTillReadOnly(ctx, c.in)
	if t == nil && err == nil {
		// What the first proposal would say to it.
		err = withIO(journal.Doubt(ctx, c.in.Config.Path(c.in.Config.Store), journalOptions(c.in)))
		if err == nil {
			c.ok("journal", "there is no journal of payments yet; the first proposal begins it")
			return
		}
	}
	if outdated(err) {
		c.warn("journal", err.Error(), "nothing now: the next run does it")
		return
	}
	if err != nil {
		c.fail("journal", err, Code(err))
		return
	}
	v, err := t.journal.Verify(ctx)
	if err == nil {
		err = t.journal.Clock(ctx)
	}
	if err == nil && v.Steps == 0 {
		err = notTheFirst(c.in.Config)
	}
	if err := errors.Join(err, t.close()); err != nil {
		c.fail("journal", err, Code(withIO(err)))
		return
	}
	c.ok("journal", "the journal of payments is whole: %s, the same in the side log", counted(int(v.Steps), "step", "steps"))
	c.backup()
	unsure := 0
	for i := range t.entries {
		if s := t.entries[i].State; s == submit.Unsure || s == submit.Sending {
			unsure++
		}
	}
	if unsure > 0 {
		c.warn("payments", fmt.Sprintf("the outcome of %s is not known; a run ends with 20", countOf(unsure, "payment")), "wait for the webhook, or settle it with reconcile resolve")
	}
	for _, a := range t.ringing() {
		c.warn("payments", a.ObjectID+": "+a.Text+"; a run ends with 21", "look into it; then two people run reconcile release")
	}
}

// aDay is how old a backup may be: books that are kept electronically are copied
// daily, to a server in India (Companies (Accounts) Rules 2014, rule 3(5)).
const aDay = 24 * time.Hour

// backup tells how old the last copy of the journal is.
func (c *checker) backup() {
	conf := c.in.Config
	const remedy = "run reconcile backup every day, or set backup.folder, and keep the copies on a server in India (Companies (Accounts) Rules 2014, rule 3(5))"
	switch last := lastBackup(conf); {
	case last.IsZero():
		c.warn("backup", "the journal was never copied", remedy)
	case c.in.Now().Sub(last) > aDay:
		c.warn("backup", fmt.Sprintf("the journal was last copied on %s", last.In(conf.Timezone).Format("2 January 2006")), remedy)
	default:
		c.ok("backup", "the journal was last copied on %s", last.In(conf.Timezone).Format("2 January 2006 15:04"))
	}
	if conf.Backup.Folder == "" {
		return
	}
	folder := conf.Path(conf.Backup.Folder)
	if !c.folder("backup.folder", folder, ExitIO) {
		return
	}
	if same, known := sameDisk(folder, conf.Path(conf.Store)); known && same {
		c.warn("backup", fmt.Sprintf("the copies in %s are on the same file system as the store", folder), "name a folder on another disk in backup.folder, and take the copies from there to another machine")
	}
}

// sideLog tells whether it can be written, and whether one broken disk would take
// both halves of the journal.
func (c *checker) sideLog() {
	side, store := c.in.Config.Path(c.in.Config.Payments.SideLog), journal.File(c.in.Config.Path(c.in.Config.Store))
	if !c.folder("side-log", filepath.Dir(side), ExitIO) {
		return
	}
	if same, known := sameDisk(filepath.Dir(side), filepath.Dir(store)); known && same {
		c.warn("side-log", fmt.Sprintf("the side log %s is on the same file system as the store", side), "name a file on another disk in payments.side_log, so that one restore does not bring back both")
	}
}

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
