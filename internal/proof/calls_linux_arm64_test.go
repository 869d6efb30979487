package proof

import "errors"

// failsCalls tells whether the tracer can let a call fail on this machine.
const failsCalls = false

var errNotHere = errors.New("no call can be made to fail on this machine")

func skipCall(int) error { return errNotHere }

func answerCall(int, order) error { return errNotHere }

const renameat2 = 276

// machineCalls are the calls that only this machine has: none.
var machineCalls = map[uint64]callThatCounts{}
