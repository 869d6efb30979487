// Package history remembers which runs there were: one row for each, in an
// SQLite file in the store's folder, and one lock for the whole store.
//
// It answers six questions. Which number does the next run of this business
// date get? Which run came before it, so that two reports can be compared? Is
// another run at work just now? Which bytes did a run write, so that it can be
// rendered again and compared? And which lines of payments has a run of another
// date handed out to be booked, so that none is handed out twice? And
// which exceptions did a run know, so that the next can say what changed? It
// stores what it is told (hashes, totals, exceptions, the exit code) and understands none of
// it; it is no authority for money.
//
// On disk are history.db and lock, mode 0600 in a folder of mode 0700. The file
// may be lost: then numbers begin again behind the report folders that exist,
// the next report has no predecessor, old runs cannot be compared with what they
// were, and what is still to be booked is handed out once more. It may not be edited: a file that is
// not sound is a CorruptError, and nothing is mended by itself.
//
// Tables are STRICT; dates and times are ISO text, times in UTC. Migrations only
// go forward, one file each, counted in user_version.
package history
