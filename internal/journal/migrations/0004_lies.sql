-- A step says from which state it led and on which day it was sent. Four triggers
-- believed it; they ask the tables and the clock of the step instead. Rows and
-- steps stay as they are: nothing that the program itself wrote was of this kind.

-- A hash is of one step. INSERT OR REPLACE by a program without recursive triggers
-- would else take the place of an older step without a word.
DROP TRIGGER step_follows;
CREATE TRIGGER step_follows BEFORE INSERT ON step
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM step)
    OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM step WHERE seq = NEW.seq - 1), printf('%064d', 0))
    OR (NEW.kind <> 'RECOVERED' AND NEW.at < coalesce((SELECT at FROM step WHERE seq = NEW.seq - 1), 0))
    OR EXISTS (SELECT 1 FROM step WHERE hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'a step does not follow the last one'); END;

-- What is returned is freed before the state moves, so that the state that the step
-- leads from still stands in the instruction.
DROP TRIGGER allocation_returned;
CREATE TRIGGER allocation_returned BEFORE UPDATE ON allocation
WHEN NEW.returned_seq IS NOT OLD.returned_seq AND NOT (NEW.returned_seq IS NULL AND OLD.held = 0 AND NEW.held = 1)
    AND (OLD.returned_seq IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM step s, json_each(s.detail, '$.returned') j WHERE s.seq = NEW.returned_seq AND s.seq = (SELECT max(seq) FROM step)
        AND s.kind = 'RETURNED' AND s.subject = OLD.object_id AND s.old IN ('ACKED', 'PAID', 'FAILED') AND j.value = OLD.position
        AND s.old = (SELECT state FROM instruction WHERE object_id = OLD.object_id)
        AND EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = OLD.object_id)))
BEGIN SELECT RAISE(ABORT, 'an allocation was to be returned without its step'); END;

-- An alarm comes with the step of a payment that raises exactly this one, and its
-- evidence; it too is written before the state moves.
DROP TRIGGER alarm_of_step;
CREATE TRIGGER alarm_of_step BEFORE INSERT ON alarm
WHEN EXISTS (SELECT 1 FROM alarm WHERE (object_id = NEW.object_id AND kind = NEW.kind) OR seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM step s JOIN legal l ON l.kind = s.kind AND l.old = s.old AND l.new = s.new AND l.alarm = NEW.kind
        WHERE s.seq = NEW.seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = NEW.object_id AND s.detail ->> 'alarm' = NEW.kind
            AND s.old = (SELECT state FROM instruction WHERE object_id = NEW.object_id)
            AND EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = NEW.object_id))
BEGIN SELECT RAISE(ABORT, 'an alarm without its step'); END;

-- The cap of a day counts by sent_on, whose zone is a setting. It is a date that is
-- today somewhere on earth at the moment of the step: from UTC-12 to UTC+14.
CREATE TRIGGER begun_today BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND NEW.sent_on NOT BETWEEN date(NEW.since / 1000 - 43200, 'unixepoch') AND date(NEW.since / 1000 + 50400, 'unixepoch')
BEGIN SELECT RAISE(ABORT, 'a send was to be counted to another day'); END;
