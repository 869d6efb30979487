//go:build unix

package source

import "syscall"

// Inode is the number by which the file system knows the file, whatever it is
// called; 0 where it has none.
func (r Ref) Inode() uint64 {
	if stat, is := r.info.Sys().(*syscall.Stat_t); is {
		return uint64(stat.Ino)
	}
	return 0
}
