//go:build !linux && !darwin

package job

// writable knows no way to ask without writing.
func writable(string) error { return nil }

// freeBytes is not known here.
func freeBytes(string) (free uint64, known bool) { return 0, false }

// sameDisk is not known here.
func sameDisk(string, string) (same, known bool) { return false, false }
