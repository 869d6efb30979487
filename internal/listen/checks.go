package listen

// A Check is one thing that keeps a listener from starting.
type Check struct{ Name, Meaning, Remedy string }

// Checks lists them, in the order in which they are met.
func Checks() []Check {
	return []Check{
		{"listen-folder", "The folder of the event log cannot be made, read or written to, or a file in it cannot be mended after a crash.", "Look at its owner and mode, and at the disk."},
		{"listen-locked", "Another listener writes into the same folder.", "Stop it, or name another folder."},
		{"listen-tls", "The certificate or its key cannot be read, do not belong together, or others may read the key.", "Name the certificate with its chain and its key, both in PEM; chmod 640 the key or less."},
		{"listen-address", "The address cannot be listened at: it is in use, or not of this machine.", "Choose another in listen.address, or stop what listens there."},
	}
}
