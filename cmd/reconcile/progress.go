package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress returns what shows how far a job is, and what ends the showing. There
// is a bar only where somebody watches: on a terminal, without --quiet, not
// under CI.
func (p *program) progress() (tell func(what string, done, total int64), end func()) {
	if !p.atTerminal() || p.flags.quiet || p.inCI() {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	showing := ""
	end = func() {
		if bar != nil {
			_ = bar.Finish() // a bar that cannot be drawn is no reason to stop a run
		}
	}
	tell = func(what string, done, total int64) {
		if what != showing {
			end()
			showing = what
			if total == 0 {
				total = -1 // a count, for want of an end
			}
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.stderr.w), progressbar.OptionSetDescription(what),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		}
		_ = bar.Set64(done)
	}
	return tell, end
}
