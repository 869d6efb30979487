//go:build !unix

package source

// Inode is 0, for this system has no such numbers.
func (r Ref) Inode() uint64 { return 0 }
