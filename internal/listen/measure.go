package listen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Measured is what a listener has done since it was opened.
type Measured struct {
	Seconds    int            `json:"seconds"`
	Requests   int            `json:"requests"`   // all that came to a path of webhooks, taken or not
	Stored     int            `json:"stored"`     // on disk, and acknowledged
	Unreadable int            `json:"unreadable"` // of Stored: no JSON, or none that can be read in one way only
	Refused    map[string]int `json:"refused"`    // by reason
	Fsyncs     int            `json:"fsyncs"`     // groups that came to the disk
	Failed     int            `json:"failed"`     // groups that did not
	Bytes      int64          `json:"bytes"`
	Micros     int64          `json:"commit_micros"` // spent on groups, in microseconds
	Grouped    int            `json:"largest_group_bytes"`
}

// String says it in a line for people.
func (m Measured) String() string {
	var b strings.Builder
	per := func(n int) int { return n / max(m.Seconds, 1) }
	fmt.Fprintf(&b, "%s kept in %s within %d s: %d/s and %d/s", counted(m.Stored, "webhook"), counted(m.Fsyncs, "fsync"), m.Seconds, per(m.Stored), per(m.Fsyncs))
	if m.Fsyncs > 0 {
		mean := time.Duration(m.Micros/int64(m.Fsyncs+m.Failed)) * time.Microsecond
		fmt.Fprintf(&b, ", %v for one", mean.Round(10*time.Microsecond))
	}
	if m.Unreadable > 0 {
		fmt.Fprintf(&b, "; %d of them cannot be read and will be in quarantine", m.Unreadable)
	}
	for i, reason := range slices.Sorted(maps.Keys(m.Refused)) {
		if i == 0 {
			b.WriteString("; refused:")
		}
		fmt.Fprintf(&b, " %d (%s)", m.Refused[reason], reason)
	}
	return b.String()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// A meter counts. It is safe for concurrent use.
type meter struct {
	clock func() time.Time
	begun time.Time

	mu     sync.Mutex
	counts Measured
}

func newMeter(clock func() time.Time) *meter {
	return &meter{clock: clock, begun: clock(), counts: Measured{Refused: map[string]int{}}}
}

func (m *meter) count(do func(*Measured)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do(&m.counts)
}

func (m *meter) request()              { m.count(func(c *Measured) { c.Requests++ }) }
func (m *meter) refused(reason string) { m.count(func(c *Measured) { c.Refused[reason]++ }) }

func (m *meter) stored(unreadable bool) {
	m.count(func(c *Measured) {
		c.Stored++
		if unreadable {
			c.Unreadable++
		}
	})
}

func (m *meter) committed(bytes int, took time.Duration, err error) {
	m.count(func(c *Measured) {
		c.Micros += took.Microseconds()
		if err != nil {
			c.Failed++
			return
		}
		c.Fsyncs++
		c.Bytes += int64(bytes)
		c.Grouped = max(c.Grouped, bytes)
	})
}

// now returns what was counted so far.
func (m *meter) now() Measured {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.counts
	c.Refused = maps.Clone(c.Refused)
	c.Seconds = int(m.clock().Sub(m.begun) / time.Second)
	return c
}
