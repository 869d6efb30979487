-- What people decide about exceptions, periods and old data. It moves no money and
-- stands in the same chain: notes on a difference, the closing of a month, what was
-- erased. Each is a step with a record.
--
-- A CHECK cannot be changed, so the table of steps is made anew with its rows; it
-- takes the same name before the transaction ends, and so every reference to it
-- holds again.
PRAGMA defer_foreign_keys = 1;
CREATE TABLE step_before AS SELECT * FROM step;
DROP TABLE step;
CREATE TABLE step (
    seq             INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    at              INTEGER NOT NULL CHECK (at > 0),
    actor           TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 500),
    kind            TEXT    NOT NULL CHECK (kind IN ('OPENED', 'RECOVERED', 'REGISTERED', 'DECIDED', 'INTENDED',
        'BEGUN', 'ACKNOWLEDGED', 'UNCLEAR', 'WITHDRAWN', 'UNKNOWN', 'PAID', 'FAILED', 'PAID_AND_FAILED', 'RETURNED', 'CONTRADICTED',
        'FROZEN', 'RELEASED', 'PLEDGED', 'ANSWER_INTENDED', 'ANSWER_BEGUN', 'ANSWER_ACKNOWLEDGED', 'ANSWER_UNCLEAR',
        'NOTED', 'SOFT_CLOSED', 'CLOSED', 'REOPENED', 'PURGED')),
    subject         TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    old             TEXT    NOT NULL CHECK (old IN ('', 'INTENT', 'SENDING', 'UNSURE', 'ACKED', 'PAID', 'FAILED', 'RETURNED', 'VOID')),
    new             TEXT    NOT NULL CHECK (new IN ('', 'INTENT', 'SENDING', 'UNSURE', 'ACKED', 'PAID', 'FAILED', 'RETURNED', 'VOID')),
    evidence_sha256 TEXT    NOT NULL CHECK (evidence_sha256 = '' OR (length(evidence_sha256) = 64 AND evidence_sha256 NOT GLOB '*[^0-9a-f]*')),
    detail          TEXT    NOT NULL CHECK (json_valid(detail) AND json_type(detail) = 'object'),
    prev_hash       TEXT    NOT NULL CHECK (length(prev_hash) = 64 AND prev_hash NOT GLOB '*[^0-9a-f]*'),
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT;

INSERT INTO step SELECT * FROM step_before ORDER BY seq;
DROP TABLE step_before;

CREATE INDEX step_by_subject ON step (subject, seq);

-- Only a recovery, which two people sign, may set back a clock that was wrong.
CREATE TRIGGER step_follows BEFORE INSERT ON step
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM step)
    OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM step WHERE seq = NEW.seq - 1), printf('%064d', 0))
    OR (NEW.kind <> 'RECOVERED' AND NEW.at < coalesce((SELECT at FROM step WHERE seq = NEW.seq - 1), 0))
BEGIN SELECT RAISE(ABORT, 'a step does not follow the last one'); END;
CREATE TRIGGER step_stays BEFORE UPDATE ON step BEGIN SELECT RAISE(ABORT, 'a step was to be changed'); END;
CREATE TRIGGER step_kept BEFORE DELETE ON step BEGIN SELECT RAISE(ABORT, 'a step was to be deleted'); END;

-- The body is what was decided, in canonical JSON, as it stands in the step.
CREATE TABLE record (
    seq     INTEGER NOT NULL PRIMARY KEY REFERENCES step,
    kind    TEXT    NOT NULL CHECK (kind IN ('NOTED', 'SOFT_CLOSED', 'CLOSED', 'REOPENED', 'PURGED')),
    subject TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    actor   TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 500),
    body    TEXT    NOT NULL CHECK (length(body) <= 1000000 AND json_valid(body) AND json_type(body) = 'object')
) STRICT;

CREATE INDEX record_by_kind ON record (kind, subject, seq);

CREATE TRIGGER record_of_step BEFORE INSERT ON record
WHEN EXISTS (SELECT 1 FROM record WHERE seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = NEW.kind
        AND subject = NEW.subject AND actor = NEW.actor AND json_extract(detail, '$.body') = json(NEW.body))
BEGIN SELECT RAISE(ABORT, 'a record without its step'); END;
CREATE TRIGGER period_by_two BEFORE INSERT ON record
WHEN NEW.kind IN ('CLOSED', 'REOPENED') AND 2 > (SELECT count(DISTINCT lower(p.person)) FROM pending p JOIN step s ON s.seq = p.used_seq AND s.subject = p.subject
    WHERE p.used_seq = NEW.seq AND p.action = CASE NEW.kind WHEN 'CLOSED' THEN 'close' ELSE 'reopen' END)
BEGIN SELECT RAISE(ABORT, 'to close or reopen a period takes two people'); END;
CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'a record was to be changed'); END;
CREATE TRIGGER record_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'a record was to be deleted'); END;
