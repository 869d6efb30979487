package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// readTries is how often logs are read that move while they are read: a rotation
// takes a moment, and one that goes on and on is for a person.
const readTries = 5

// readLogs reads the event logs, as far as they are new. A rotation may rename a
// log between the moment when it was found and the one when it is read, so that it
// is read twice or not at all: copies change nothing, and what is missing shows in
// that the same patterns now find other files. Then all is read again.
func (g *gathering) readLogs(ctx context.Context, files []source.Ref, o enkash.LogOptions) (*enkash.Log, error) {
	c := g.in.Config
	for tries := 1; ; tries++ {
		g.memory = foldcache.Open(c.Path(c.Store), foldcache.Options{
			Reader: g.in.Version + " " + o.Reader(), AsOf: g.in.AsOf, Write: g.in.remember, Rebuild: g.in.Rebuild,
		})
		o.Memory = g.memory
		log, err := enkash.ReadLogs(ctx, files, o)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, foldcache.ErrChanged) {
			return nil, err
		}
		now, finding := source.Find(c.Dir, c.Events.Files)
		if finding != nil {
			return nil, name(finding, "events.files")
		}
		if err == nil && sameFiles(files, now) {
			return log, nil
		}
		if tries == readTries {
			return nil, errors.Join(err, &ExitError{ExitIO, fmt.Errorf("the event logs are renamed while they are read, %d times now; run again when that is over [logs-moving]", tries)})
		}
		g.in.log().Info("event logs were renamed while they were read; reading them again")
		files = now
	}
}

// sameFiles tells whether two lists name the same files alike.
func sameFiles(a, b []source.Ref) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Path() != b[i].Path() || !a[i].Same(b[i]) {
			return false
		}
	}
	return true
}

// remember writes down what the next night need not read again. That it cannot is
// no reason to stop: then the next night reads everything.
func (g *gathering) remember() {
	g.memory.Commit()
	for _, w := range g.memory.Warnings() {
		g.in.log().Warn(w)
	}
}

// noteGone keeps what a person must be told of logs that are not what they were.
func (g *gathering) noteGone(log *enkash.Log) {
	for _, k := range log.Kept {
		g.facts.Logs = append(g.facts.Logs, k.LogInput)
		if k.New && g.in.remember {
			g.in.log().Warn("an event log is gone; what it said is remembered", "path", k.Path, "bodies", k.Bodies)
		}
	}
	g.noteCut(log)
	if len(log.Forgotten) > 0 {
		g.forgot = gonePath(&log.Forgotten[0])
		g.gone = append(g.gone, forgotten(log.Forgotten))
	}
}

// noteCut tells of logs that were cut off or written over in their place. That what
// they said is remembered does not help with what nobody has read.
func (g *gathering) noteCut(log *enkash.Log) {
	told := make(map[string]bool)
	for _, cut := range g.memory.Truncated() {
		told[cut.Path] = true
		if !cut.Copied {
			g.gone = append(g.gone, lostInPlace(cut.Path))
			continue
		}
		g.gone = append(g.gone, fmt.Sprintf("%s was copied to another file and then cut off in its place: what came in between the two is in neither. "+
			"Let the rotation rename it and begin a new file (in logrotate: create, not copytruncate), and ask EnKash for what is missing [log-truncated]", cut.Path))
	}
	for i := range log.Kept {
		if k := &log.Kept[i]; k.New && k.Changed && !told[gonePath(k)] {
			told[gonePath(k)] = true
			g.gone = append(g.gone, lostInPlace(gonePath(k)))
		}
	}
}

// lostInPlace says of a log that what it held is in no file any more.
func lostInPlace(path string) string {
	return path + " was cut off or written over in its place, and what it ended with is in no log that events.files names: what came in since it was read last may be lost. " +
		"If there is a copy, put it back beside the log; let the rotation rename it and begin a new file (in logrotate: create, not copytruncate), and ask EnKash for what is missing [log-truncated]"
}

// forgotten says what a rebuild forgot.
func forgotten(logs []payment.KeptLog) string {
	var names []string
	bodies := 0
	for i := range logs {
		bodies += logs[i].Bodies
		names = append(names, gonePath(&logs[i]))
	}
	return fmt.Sprintf("--rebuild has forgotten what %s said that no log says any more, out of %s: nothing is proposed by this run. "+
		"Put those files back; if they are lost for good, see reconcile release event-logs [log-forgotten]", counted(bodies, "body", "bodies"), strings.Join(names, ", "))
}

func gonePath(k *payment.KeptLog) string { return strings.TrimSuffix(k.Path, foldcache.Kept) }

// goneVerdict says that logs are not what they were.
func (g *gathering) goneVerdict(worse func(code int, notice string)) {
	for _, notice := range g.gone {
		worse(ExitBreaks, notice)
	}
	if g.lost != "" {
		worse(ExitMissing, g.lost)
	}
}
