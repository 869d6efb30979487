// Package history remembers which runs there were: one row for each, in an
// SQLite file in the store's folder, and one lock for the whole store.
//
// It answers three questions. Which number does the next run of this business
// date get? Which run came before it, so that two reports can be compared? And
// is another run at work just now? It stores what it is told (hashes, totals,
// the exit code) and understands none of it; it is no authority for money.
//
// On disk are history.db and lock, mode 0600 in a folder of mode 0700. The file
// may be lost: then numbers begin again behind the report folders that exist,
// and the next report has no predecessor. It may not be edited: a file that is
// not sound is a CorruptError, and nothing is mended by itself.
//
// Tables are STRICT; dates and times are ISO text, times in UTC. Migrations only
// go forward, one file each, counted in user_version.
package history
