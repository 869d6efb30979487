// Package journaltest is what every submit.Journal promises, as a test (Run), and
// the equipment to try the payment loop with: Memory, a journal that keeps
// nothing and is the reference for those that do; World, a platform that executes,
// loses and refuses as it is told and never recognises a repetition; Faults,
// which fail or kill before or after any call.
//
// It is for tests alone. It knows no wire and no disk; it must never be easier on
// the loop than they are.
package journaltest
