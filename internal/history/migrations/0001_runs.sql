-- One row for each run that took the lock. A row without finished was
-- interrupted, or is at work.
CREATE TABLE runs (
    run_id          TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    as_of           TEXT    NOT NULL CHECK (as_of GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sequence        INTEGER NOT NULL CHECK (sequence > 0),
    version         TEXT    NOT NULL,
    started         TEXT    NOT NULL,
    finished        TEXT,
    exit_code       INTEGER,
    inputs          TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(inputs)),
    results_sha256  TEXT    NOT NULL DEFAULT '',
    workbook_sha256 TEXT    NOT NULL DEFAULT '',
    totals          TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(totals)),
    UNIQUE (as_of, kind, sequence),
    CHECK ((finished IS NULL) = (exit_code IS NULL))
) STRICT;

-- Finds the run before a business date.
CREATE INDEX runs_by_date ON runs (as_of, finished);
