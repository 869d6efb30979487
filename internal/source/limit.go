package source

import "fmt"

const (
	// MaxTable is the most a ledger file may unpack to: a million rows of
	// twenty columns take about 220 MB, and a table is held in memory whole.
	MaxTable = 1 << 30

	// maxRatio is how much longer than the file its content may be. Webhook
	// logs shrink ten to fifty times; a file that is nothing but one byte
	// shrinks a thousand times, and only somebody who means harm sends one.
	maxRatio = 250

	// ratioFrom is where the ratio begins to count: below it even the worst
	// file does no harm.
	ratioFrom = 64 << 20

	// maxWindow bounds the memory of the zstd decoder; zstd --long=27, the
	// longest that unpacks without a further option, needs 128 MiB.
	maxWindow = 128 << 20
)

// A LimitError says that a file unpacks to more than it may.
type LimitError struct {
	Path   string
	Reason string // what was exceeded
	Remedy string // what to do about it
}

// Error says what was exceeded and what to do.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Path, e.Reason, e.Remedy)
}
