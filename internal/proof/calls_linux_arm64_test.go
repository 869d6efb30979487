package proof

const renameat2 = 276

// machineCalls are the calls that only this machine has: none.
var machineCalls = map[uint64]callThatCounts{}
