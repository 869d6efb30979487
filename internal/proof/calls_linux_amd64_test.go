package proof

import "syscall"

const renameat2 = 316

// machineCalls are the older calls, which newer machines have not got.
var machineCalls = map[uint64]callThatCounts{
	syscall.SYS_OPEN:    {name: "open O_CREAT", only: func(args [6]uint64) bool { return creates(args[1]) }},
	syscall.SYS_CREAT:   {name: "creat"},
	syscall.SYS_MKDIR:   {name: "mkdir"},
	syscall.SYS_RMDIR:   {name: "rmdir"},
	syscall.SYS_UNLINK:  {name: "unlink"},
	syscall.SYS_RENAME:  {name: "rename"},
	syscall.SYS_LINK:    {name: "link"},
	syscall.SYS_SYMLINK: {name: "symlink"},
	syscall.SYS_CHMOD:   {name: "chmod"},
	syscall.SYS_UTIMES:  {name: "utimes"},
}
