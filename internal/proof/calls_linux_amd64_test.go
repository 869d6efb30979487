package proof

import (
	"fmt"
	"syscall"
)

// failsCalls tells whether the tracer can let a call fail on this machine.
const failsCalls = true

// skipCall lets a thread that stands before a call not make it.
func skipCall(tid int) error {
	return changed(tid, func(r *syscall.PtraceRegs) { r.Orig_rax = 1<<64 - 1 })
}

// answerCall lets a thread that stands after a call find it failed.
func answerCall(tid int, how order) error {
	return changed(tid, func(r *syscall.PtraceRegs) { r.Rax = uint64(how) })
}

func changed(tid int, change func(*syscall.PtraceRegs)) error {
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &r); err != nil {
		return fmt.Errorf("reading the registers of the traced program: %w", err)
	}
	change(&r)
	if err := syscall.PtraceSetRegs(tid, &r); err != nil {
		return fmt.Errorf("writing the registers of the traced program: %w", err)
	}
	return nil
}

const renameat2 = 316

// machineCalls are the older calls, which newer machines have not got.
var machineCalls = map[uint64]callThatCounts{
	syscall.SYS_OPEN:    {name: "open O_CREAT", path: 1, only: func(args [6]uint64) bool { return creates(args[1]) }},
	syscall.SYS_CREAT:   {name: "creat", path: 1},
	syscall.SYS_MKDIR:   {name: "mkdir", path: 1},
	syscall.SYS_RMDIR:   {name: "rmdir", path: 1},
	syscall.SYS_UNLINK:  {name: "unlink", path: 1},
	syscall.SYS_RENAME:  {name: "rename", path: 1},
	syscall.SYS_LINK:    {name: "link"},
	syscall.SYS_SYMLINK: {name: "symlink"},
	syscall.SYS_CHMOD:   {name: "chmod", path: 1},
	syscall.SYS_UTIMES:  {name: "utimes", path: 1},
}
