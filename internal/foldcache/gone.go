package foldcache

import (
	"cmp"
	"slices"

	"reconcile/internal/payment"
)

// Kept is what is added to the name of a log that is gone.
const Kept = " (kept)"

// Gone returns what is remembered of logs that no file holds tonight: by path, and
// of each in its order. Every file was Held before.
func (c *Cache) Gone() []payment.KeptLog {
	gone := c.missing()
	var logs []payment.KeptLog
	for _, e := range gone {
		n := len(logs)
		if n == 0 || logs[n-1].Path != e.Path+Kept || logs[n-1].Gone != e.Since || logs[n-1].Changed != e.Changed {
			logs = append(logs, payment.KeptLog{
				LogInput: payment.LogInput{Path: e.Path + Kept, Gone: e.Since, Changed: e.Changed}, New: e.Since == c.options.AsOf, Forgotten: c.options.Rebuild,
			})
			n++
		}
		logs[n-1].Stretches = append(logs[n-1].Stretches, e.Stretch)
	}
	return logs
}

// missing are the stretches that no file holds.
func (c *Cache) missing() []*entry {
	var gone []*entry
	for _, e := range c.stretches {
		if !e.present {
			c.miss(e)
			gone = append(gone, e)
		}
	}
	slices.SortFunc(gone, func(a, b *entry) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Since, b.Since),
			cmp.Compare(a.Stretch.From, b.Stretch.From), slices.Compare(a.Stretch.Sum[:], b.Stretch.Sum[:]),
		)
	})
	return gone
}

// miss notes since when a stretch is missed, and whether something else took its
// place: a file under its name that holds neither it nor what was known of another
// file, as a file has that was renamed.
func (c *Cache) miss(e *entry) {
	if e.Since != 0 {
		return
	}
	e.Since = c.options.AsOf
	now, there := c.held[e.Path]
	if !there || e.grown {
		return
	}
	e.Changed = !slices.ContainsFunc(now.known, func(d payment.Digest) bool { return c.stretches[d].Path != e.Path })
}

// Forget says of a stretch that nothing is lost with it.
func (c *Cache) Forget(s *payment.Stretch) {
	if e := c.stretches[s.Sum]; e != nil {
		e.free = true
	}
}

// A Cut is a log that was cut off in its place since the last night. What was written
// to it between the copy, if there is one, and the cut is nowhere.
type Cut struct {
	Path   string
	Copied bool // what it held is in another file
}

// Truncated returns the logs that were cut off in place since the last night: the
// file is the same, and does not hold any more what it ended with. Either that is in
// another file now, or the file is shorter than it was: whoever copied it put the
// copy where nobody looks, or there is none. One that was written over and is as
// long as before is only known by what is lost with it; see Gone.
func (c *Cache) Truncated() []Cut {
	var cut []Cut
	for _, was := range c.index.Files {
		now, there := c.held[was.Path]
		last := c.stretches[was.End]
		if !there || was.Inode == 0 || now.file.Inode != was.Inode || last == nil {
			continue
		}
		size, copied := last.Stretch.To, last.present
		if last.Stretch.Torn {
			if last = c.stretches[last.Stretch.After]; last == nil {
				continue
			}
		}
		if slices.Contains(now.known, last.Stretch.Sum) || slices.Contains(now.all, last.Stretch.Sum) {
			continue
		}
		if copied || now.shorter(c, size) {
			cut = append(cut, Cut{Path: was.Path, Copied: copied})
		}
	}
	return cut
}

// shorter tells whether a file holds less than a number of bytes. Where its end
// could not be remembered, nothing is said.
func (h *holding) shorter(c *Cache, than int64) bool {
	if len(h.all) == 0 {
		return true
	}
	end := c.stretches[h.file.End]
	return end != nil && end.Stretch.To < than
}
