-- Every file that a run wrote, as it was: those of its folder by their names in
-- it, and its kept facts under the name "facts".
CREATE TABLE outputs (
    run_id TEXT    NOT NULL REFERENCES runs (run_id),
    name   TEXT    NOT NULL,
    bytes  INTEGER NOT NULL CHECK (bytes >= 0),
    sha256 TEXT    NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- Which lines of payments a run handed out to be booked. A line is handed out
-- before the folder of its run appears, so that no crash hands it out twice.
CREATE TABLE postings (
    line   TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    PRIMARY KEY (line, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX postings_by_run ON postings (run_id);
