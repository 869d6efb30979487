//go:build amd64 || arm64

package proof

import "syscall"

// A callThatCounts is one by which a program touches a file or the network.
type callThatCounts struct {
	name       string
	open       bool // its first argument is an open file
	socketOnly bool // and it counts where that is a socket
	only       func(args [6]uint64) bool
	path       int // which argument is the path that it is about, from 1; 2 begins in the folder of the first
}

// callsThatCount are those calls, as every machine has them; machineCalls are what
// this one has besides. Reading a file and closing it leave no trace that anybody
// could find after a death.
var callsThatCount = withMachineCalls(map[uint64]callThatCounts{
	syscall.SYS_WRITE:      {name: "write", open: true},
	syscall.SYS_WRITEV:     {name: "writev", open: true},
	syscall.SYS_PWRITE64:   {name: "pwrite64", open: true},
	syscall.SYS_FSYNC:      {name: "fsync", open: true},
	syscall.SYS_FDATASYNC:  {name: "fdatasync", open: true},
	syscall.SYS_FTRUNCATE:  {name: "ftruncate", open: true},
	syscall.SYS_FALLOCATE:  {name: "fallocate", open: true},
	syscall.SYS_FCHMOD:     {name: "fchmod", open: true},
	syscall.SYS_FLOCK:      {name: "flock", open: true},
	syscall.SYS_FCNTL:      {name: "fcntl lock", open: true, only: locks},
	syscall.SYS_CONNECT:    {name: "connect", open: true, socketOnly: true},
	syscall.SYS_SHUTDOWN:   {name: "shutdown", open: true, socketOnly: true},
	syscall.SYS_SENDTO:     {name: "sendto", open: true, socketOnly: true},
	syscall.SYS_SENDMSG:    {name: "sendmsg", open: true, socketOnly: true},
	syscall.SYS_READ:       {name: "read", open: true, socketOnly: true},
	syscall.SYS_RECVFROM:   {name: "recvfrom", open: true, socketOnly: true},
	syscall.SYS_RECVMSG:    {name: "recvmsg", open: true, socketOnly: true},
	syscall.SYS_OPENAT:     {name: "openat O_CREAT", path: 2, only: func(args [6]uint64) bool { return creates(args[2]) }},
	syscall.SYS_TRUNCATE:   {name: "truncate", path: 1},
	syscall.SYS_MKDIRAT:    {name: "mkdirat", path: 2},
	syscall.SYS_UNLINKAT:   {name: "unlinkat", path: 2},
	syscall.SYS_RENAMEAT:   {name: "renameat", path: 2},
	renameat2:              {name: "renameat2", path: 2},
	syscall.SYS_LINKAT:     {name: "linkat"},
	syscall.SYS_SYMLINKAT:  {name: "symlinkat"},
	syscall.SYS_FCHMODAT:   {name: "fchmodat", path: 2},
	syscall.SYS_UTIMENSAT:  {name: "utimensat", path: 2},
	syscall.SYS_EXIT_GROUP: {name: "exit_group"},
})

func withMachineCalls(all map[uint64]callThatCounts) map[uint64]callThatCounts {
	for number, call := range machineCalls {
		all[number] = call
	}
	return all
}

func creates(flags uint64) bool { return flags&syscall.O_CREAT != 0 }

// locks tells whether an fcntl is about a lock: F_SETLK, F_SETLKW and those of an
// open file (F_OFD_SETLK, F_OFD_SETLKW).
func locks(args [6]uint64) bool {
	return args[1] == syscall.F_SETLK || args[1] == syscall.F_SETLKW || args[1] == 37 || args[1] == 38
}
