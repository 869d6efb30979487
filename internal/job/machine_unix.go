//go:build linux || darwin

package job

import "syscall"

// writable asks the system whether this user may make files in dir, without
// making one.
func writable(dir string) error {
	const write, search = 2, 1 // W_OK and X_OK of unistd.h
	return syscall.Access(dir, write|search)
}

// freeBytes returns how much this user may still write into dir.
func freeBytes(dir string) (free uint64, known bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return fs.Bavail * uint64(fs.Bsize), true
}

// sameDisk tells whether two paths, or the folders above them that exist, are on
// one file system.
func sameDisk(a, b string) (same, known bool) {
	var device [2]uint64
	for i, path := range []string{a, b} {
		info, err := nearest(path)
		if err != nil {
			return false, false
		}
		stat, is := info.Sys().(*syscall.Stat_t)
		if !is {
			return false, false
		}
		device[i] = uint64(stat.Dev)
	}
	return device[0] == device[1], true
}
