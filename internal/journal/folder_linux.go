package journal

import (
	"fmt"
	"syscall"
)

// Magic numbers of statfs(2), as include/uapi/linux/magic.h of the kernel has
// them.
const (
	magicNFS  = 0x6969
	magicSMB  = 0x517B
	magicCIFS = 0xFF534D42
	magicSMB2 = 0xFE534D42
	magicFUSE = 0x65735546
	magicAFS  = 0x5346414F
	magicCeph = 0x00C36400
	magic9P   = 0x01021997
)

// remote names the file system of a folder where locks and fsync cannot be relied
// on; empty where they can.
func remote(dir string) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "", fmt.Errorf("asking what file system %s is on: %w", dir, err)
	}
	return remoteName(uint32(s.Type)), nil // the magic numbers have 32 bits
}

func remoteName(magic uint32) string {
	switch magic {
	case magicNFS:
		return "NFS"
	case magicSMB, magicCIFS, magicSMB2:
		return "SMB"
	case magicFUSE:
		return "FUSE"
	case magicAFS:
		return "AFS"
	case magicCeph:
		return "Ceph"
	case magic9P:
		return "9P"
	}
	return ""
}
