//go:build !linux

package job

// clockSynchronised is not known here.
func clockSynchronised() (synchronised, known bool) { return false, false }
