package journal

import (
	"testing"
)

func TestRemoteFileSystems(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0xFF534D42: "SMB", 0xFE534D42: "SMB", 0x517B: "SMB", 0x65735546: "FUSE",
		0xEF53: "", 0x58465342: "", 0x9123683E: "", 0x01021994: "", // ext4, XFS, Btrfs, tmpfs
	} {
		if got := remoteName(magic); got != want {
			t.Errorf("%x: got %q, want %q", magic, got, want)
		}
	}
	if _, err := remote(t.TempDir()); err != nil {
		t.Error(err)
	}
}
