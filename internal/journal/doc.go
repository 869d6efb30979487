// Package journal is the one truth about what was sent.
//
// It keeps proposals, decisions, instructions and what became of them, so that
// each debt is paid at most once whatever crashes, is restored or is started
// twice. It believes neither books nor wire: the ledger proposes, people approve,
// the loop in submit sends, and each asks the journal first. It does not know how
// a request is spelled, who may approve (only that it is not the maker, and not
// one person twice), or what time it is.
//
// # One truth
//
// The truth is a chain of steps: who, when, what, about which subject, from which
// state to which, by what evidence, and the hash of the step before. A step
// carries everything that it changes; effects says what that is for the tables,
// from the step alone. The tables (debts, instructions, allocations …) are there
// for constraints and for questions. When the journal is opened, every page of
// the file is checked, the schema compared with ours by its hash, the chain
// replayed in memory and the tables held to it, to the byte. Anything that is not
// explained is a CorruptError, and nothing can be begun.
//
// The tables refuse by themselves what must not happen (migrations):
// a second send, more than is owed, a state without its step, a step that
// submit.Next does not know, an approval by the maker. The program asks for all of
// that before, in words; the constraints are for when it is wrong, or for another
// program. How much of a debt is held is a column with a CHECK.
//
// # Two places
//
// The side log is the same steps on other storage, as lines of JSON. Whoever
// restores the journal does not restore it, and so it shows that the journal is
// old. A transaction, the batch of its steps, is made lasting like this:
//
//  1. its steps and a mark "prepared" are appended to the side log: fsync
//  2. the journal commits: fsync
//  3. a mark "committed" is appended to the side log; Begin waits for its fsync
//
// What is marked as committed the journal must have, all of it and nothing else.
// Of one batch more, the last, the journal alone decides:
//
//	died before 1 was whole   the end is torn; it is cut off
//	died between 1 and 2      the journal does not have it: it is marked "void"
//	died between 2 and 3      the journal has it: it is marked "committed"
//
// None of these takes a person. Everything else does: a journal older than the
// side log, a side log that is missing, shorter or of another story, a journal
// that is missing where there is a side log. Nothing can be begun until two people
// recover it (Recover). Because Begin returns only after 3, bytes are on the wire
// only when the side log says on disk that the journal knew; so no older copy of
// the journal can pass for the present one. Where both are restored together, as
// in a snapshot of the whole machine, nothing here can tell: see the security
// page.
//
// # On disk
//
// STORE/journal.db is an SQLite file: rollback journal, synchronous EXTRA, STRICT
// tables, one connection, immediate transactions. It is not put on a network file
// system. The side log is where payments.side_log says, best on another disk.
// Neither holds an account number or its fingerprint, but for what a request
// itself carries. Plans, requests and signed texts are in the journal alone.
// Columns that are none of the chain's are only bytes whose hashes are in it; when
// the time of personal data is over they are emptied, by a step (ErasePersonal).
//
// One process writes, under the lock of the store. Opening takes a fence; whoever
// had the journal open before can change nothing more.
//
//	s, err := journal.Open(ctx, "state", journal.Options{SideLog: "state-side/steps.jsonl", Now: now, Actor: "svc"})
//	plan, fresh, err := s.Register(ctx, bytes, need, caps)
//	plan, err = s.Decide(ctx, signed)            // as often as it takes
//	err = s.Intend(ctx, plan.Hash, bodies)       // the debts are held
//	ticket, err := s.Begin(ctx, id, deadline)    // once, ever
//	state, err := s.Move(ctx, id, submit.Acknowledged, proof, nil)
package journal
