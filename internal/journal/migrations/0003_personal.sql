-- Personal data may be erased when its time is over: who stands in a plan, in a
-- request or in an answer, by name, address of payment or account. The columns of
-- bytes that hold them become NULL, as they are after a recovery from the side log,
-- and nothing else changes: their hashes, the debts, the amounts, the states and
-- every step stay for ever. What a person signed is no such column: it proves who
-- decided, and stays.
--
-- Only a step PURGED about personal-data can do it, while it is the last one; it
-- says before which moment, and that lies a year or more before the step itself.

-- What could be erased, and the last moment at which anything happened to it. Open
-- payments are not in here, nor those of a supplier that is frozen: there a person
-- may have to look.
CREATE VIEW personal AS
SELECT 'instruction' AS what, i.object_id AS key, i.body_sha256 AS sha256, length(i.body) AS bytes,
    max(i.since, (SELECT at FROM step WHERE seq = i.last_seq)) AS last_at
FROM instruction i WHERE i.body IS NOT NULL AND i.state IN ('PAID', 'FAILED', 'RETURNED', 'VOID')
    AND NOT EXISTS (SELECT 1 FROM frozen f WHERE f.what = 'SUPPLIER' AND f.subject = i.supplier)
UNION ALL
SELECT 'answer', a.object_id, a.body_sha256, length(a.body), a.since FROM answer a WHERE a.body IS NOT NULL AND a.state = 'ACKED'
UNION ALL
SELECT 'proposal', p.hash, p.hash, length(p.plan),
    max(p.registered_at, p.expires_at, coalesce((SELECT max(s.at) FROM instruction i JOIN step s ON s.seq = i.last_seq WHERE i.plan = p.hash), 0))
FROM proposal p WHERE p.plan IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM instruction i WHERE i.plan = p.hash AND (i.state NOT IN ('PAID', 'FAILED', 'RETURNED', 'VOID')
        OR EXISTS (SELECT 1 FROM frozen f WHERE f.what = 'SUPPLIER' AND f.subject = i.supplier)));

-- The moment of the step that erases; no row where the last step is none.
CREATE VIEW erasing AS
SELECT detail ->> '$.body.before' AS before FROM step
WHERE seq = (SELECT max(seq) FROM step) AND kind = 'PURGED' AND subject = 'personal-data'
    AND json_type(detail, '$.body.before') = 'integer' AND detail ->> '$.body.before' <= at - 31536000000;

DROP TRIGGER proposal_stays;
CREATE TRIGGER proposal_stays BEFORE UPDATE ON proposal
WHEN NEW.hash IS NOT OLD.hash OR NEW.seq IS NOT OLD.seq OR NEW.maker IS NOT OLD.maker OR NEW.as_of IS NOT OLD.as_of OR NEW.round IS NOT OLD.round
    OR NEW.total_paise IS NOT OLD.total_paise OR NEW.instructions IS NOT OLD.instructions OR NEW.second_attempts IS NOT OLD.second_attempts
    OR NEW.need IS NOT OLD.need OR NEW.registered_at IS NOT OLD.registered_at OR NEW.expires_at IS NOT OLD.expires_at
    OR NEW.invoice_cap_paise IS NOT OLD.invoice_cap_paise OR NEW.supplier_cap_paise IS NOT OLD.supplier_cap_paise
    OR NEW.run_cap_paise IS NOT OLD.run_cap_paise OR NEW.day_cap_paise IS NOT OLD.day_cap_paise OR NEW.plan IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM personal p JOIN erasing e WHERE p.what = 'proposal' AND p.key = OLD.hash AND p.last_at < e.before)
BEGIN SELECT RAISE(ABORT, 'a proposal was to be changed'); END;

-- A step moves what stands from state to last_seq, an erasure the body alone, and
-- nothing both at once.
DROP TRIGGER instruction_stays;
CREATE TRIGGER instruction_stays BEFORE UPDATE ON instruction
WHEN NEW.object_id IS NOT OLD.object_id OR NEW.seq IS NOT OLD.seq OR NEW.plan IS NOT OLD.plan OR NEW.position IS NOT OLD.position
    OR NEW.attempt IS NOT OLD.attempt OR NEW.buyer IS NOT OLD.buyer OR NEW.supplier IS NOT OLD.supplier OR NEW.type IS NOT OLD.type
    OR NEW.mode IS NOT OLD.mode OR NEW.reference IS NOT OLD.reference OR NEW.net_paise IS NOT OLD.net_paise
    OR NEW.adjustment_paise IS NOT OLD.adjustment_paise OR NEW.lines IS NOT OLD.lines OR NEW.payee_digest IS NOT OLD.payee_digest
    OR NEW.body_sha256 IS NOT OLD.body_sha256
    OR (NEW.body IS NOT OLD.body AND (NEW.body IS NOT NULL OR NEW.state IS NOT OLD.state OR NEW.last_seq IS NOT OLD.last_seq
        OR NOT EXISTS (SELECT 1 FROM personal p JOIN erasing e WHERE p.what = 'instruction' AND p.key = OLD.object_id AND p.last_at < e.before)))
BEGIN SELECT RAISE(ABORT, 'an instruction was to be changed'); END;
DROP TRIGGER instruction_legal_step;
CREATE TRIGGER instruction_legal_step BEFORE UPDATE ON instruction
WHEN NOT (NEW.body IS NOT OLD.body AND NEW.state IS OLD.state AND NEW.sends IS OLD.sends AND NEW.deadline IS OLD.deadline AND NEW.fence IS OLD.fence AND NEW.sent_on IS OLD.sent_on AND NEW.since IS OLD.since AND NEW.state_seq IS OLD.state_seq AND NEW.last_seq IS OLD.last_seq)
    AND (NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
    SELECT 1 FROM step s JOIN legal l ON l.kind = s.kind AND l.old = s.old AND l.new = s.new
    WHERE s.seq = NEW.last_seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = OLD.object_id AND s.old = OLD.state AND s.new = NEW.state
        AND NEW.since = iif(s.old = s.new, OLD.since, s.at) AND NEW.state_seq = iif(s.old = s.new, OLD.state_seq, s.seq)
        AND (l.alarm = '' OR EXISTS (SELECT 1 FROM alarm WHERE object_id = OLD.object_id AND kind = l.alarm))
        AND (s.kind IN ('BEGUN', 'WITHDRAWN', 'UNCLEAR')
            OR EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = OLD.object_id))))
BEGIN SELECT RAISE(ABORT, 'a state was to change without a legal step, its evidence or its alarm'); END;

DROP TRIGGER answer_stays;
CREATE TRIGGER answer_stays BEFORE UPDATE ON answer
WHEN NEW.object_id IS NOT OLD.object_id OR NEW.seq IS NOT OLD.seq OR NEW.buyer IS NOT OLD.buyer OR NEW.supplier IS NOT OLD.supplier
    OR NEW.type IS NOT OLD.type OR NEW.accept IS NOT OLD.accept OR NEW.remarks IS NOT OLD.remarks
    OR NEW.body_sha256 IS NOT OLD.body_sha256
    OR (NEW.body IS NOT OLD.body AND (NEW.body IS NOT NULL OR NEW.state IS NOT OLD.state OR NEW.last_seq IS NOT OLD.last_seq
        OR NOT EXISTS (SELECT 1 FROM personal p JOIN erasing e WHERE p.what = 'answer' AND p.key = OLD.object_id AND p.last_at < e.before)))
BEGIN SELECT RAISE(ABORT, 'an answer was to be changed'); END;
DROP TRIGGER answer_legal_step;
CREATE TRIGGER answer_legal_step BEFORE UPDATE ON answer
WHEN NOT (NEW.body IS NOT OLD.body AND NEW.state IS OLD.state AND NEW.sends IS OLD.sends AND NEW.deadline IS OLD.deadline AND NEW.fence IS OLD.fence AND NEW.since IS OLD.since AND NEW.last_seq IS OLD.last_seq)
    AND (NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
    SELECT 1 FROM step s JOIN (VALUES ('ANSWER_BEGUN', 'INTENT', 'SENDING'), ('ANSWER_ACKNOWLEDGED', 'SENDING', 'ACKED'), ('ANSWER_UNCLEAR', 'SENDING', 'UNSURE')) l
        ON l.column1 = s.kind AND l.column2 = s.old AND l.column3 = s.new
    WHERE s.seq = NEW.last_seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = OLD.object_id AND s.old = OLD.state AND s.new = NEW.state AND s.at = NEW.since)
    OR (OLD.state = 'INTENT' AND NEW.fence IS NOT (SELECT fence FROM lease))
    OR (OLD.state <> 'INTENT' AND (NEW.sends IS NOT OLD.sends OR NEW.deadline IS NOT OLD.deadline OR NEW.fence IS NOT OLD.fence)))
BEGIN SELECT RAISE(ABORT, 'an answer was to change without a legal step'); END;
