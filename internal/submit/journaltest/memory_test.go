package journaltest

import (
	"testing"
	"time"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) }
	Run(t, func(*testing.T) Bench { return NewMemory(now) })
}
