package job

import "syscall"

// clockSynchronised asks the kernel whether something keeps its clock right: NTP
// daemons of every kind tell it. Nothing is set, for no mode is asked for.
func clockSynchronised() (synchronised, known bool) {
	const unsynchronised = 0x40 // STA_UNSYNC of include/uapi/linux/timex.h
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unsynchronised == 0, true
}
