-- What each run knew of all exceptions, for the next to compare with: the text of
-- a snapshot of casebook, packed by gzip. Only runs that wrote a report have one.
CREATE TABLE cases (
    run_id   TEXT NOT NULL PRIMARY KEY REFERENCES runs (run_id),
    snapshot BLOB NOT NULL
) STRICT;
