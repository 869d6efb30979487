-- An alarm is of the evidence that rang it: what two people have looked into stays
-- silent, and whatever comes after it rings anew. That the journal never sent
-- something is said once, of no evidence.
--
-- A key cannot be changed, so the table is made anew with its rows.
CREATE TABLE alarm_before AS SELECT * FROM alarm;
DROP TABLE alarm;
CREATE TABLE alarm (
    object_id       TEXT    NOT NULL REFERENCES instruction,
    kind            TEXT    NOT NULL CHECK (kind IN ('LATE_PAID', 'NOT_SENT', 'CONTRADICTED')),
    evidence_sha256 TEXT    NOT NULL CHECK ((evidence_sha256 = '') = (kind = 'NOT_SENT')),
    seq             INTEGER NOT NULL UNIQUE REFERENCES step,
    text            TEXT    NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    paid_paise      INTEGER NOT NULL CHECK (paid_paise >= 0),
    others          TEXT    NOT NULL CHECK (json_type(others) = 'array'),
    PRIMARY KEY (object_id, kind, evidence_sha256)
) STRICT;

INSERT INTO alarm SELECT a.object_id, a.kind, iif(a.kind = 'NOT_SENT', '', s.evidence_sha256), a.seq, a.text, a.paid_paise, a.others
FROM alarm_before a JOIN step s ON s.seq = a.seq ORDER BY a.seq;
DROP TABLE alarm_before;

CREATE TRIGGER alarm_of_step BEFORE INSERT ON alarm
WHEN EXISTS (SELECT 1 FROM alarm WHERE (object_id = NEW.object_id AND kind = NEW.kind AND evidence_sha256 = NEW.evidence_sha256) OR seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM step s JOIN legal l ON l.kind = s.kind AND l.old = s.old AND l.new = s.new AND l.alarm = NEW.kind
        WHERE s.seq = NEW.seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = NEW.object_id AND s.detail ->> 'alarm' = NEW.kind
            AND NEW.evidence_sha256 IN ('', s.evidence_sha256)
            AND s.old = (SELECT state FROM instruction WHERE object_id = NEW.object_id)
            AND EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = NEW.object_id))
BEGIN SELECT RAISE(ABORT, 'an alarm without its step'); END;
CREATE TRIGGER alarm_stays BEFORE UPDATE ON alarm BEGIN SELECT RAISE(ABORT, 'an alarm was to be changed'); END;
CREATE TRIGGER alarm_kept BEFORE DELETE ON alarm BEGIN SELECT RAISE(ABORT, 'an alarm was to be deleted'); END;
