-- The journal of payments. doc.go says what it is for; here stands what it can
-- not be made to hold. The program checks everything before it writes; these
-- constraints are for the day on which the program, or whoever opens the file with
-- another one, is wrong.
--
-- Every row is explained by the step whose number it carries, and can only be
-- written while that step is the last one. Amounts are paise, times are
-- milliseconds of UTC since 1970, hashes are SHA-256 in hexadecimal. A column of
-- bytes is NULL where the journal was recovered from the side log, which carries
-- hashes only.

-- The chain: what happened, in the order in which it happened.
CREATE TABLE step (
    seq             INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    at              INTEGER NOT NULL CHECK (at > 0),
    actor           TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 500),
    kind            TEXT    NOT NULL CHECK (kind IN ('OPENED', 'RECOVERED', 'REGISTERED', 'DECIDED', 'INTENDED',
        'BEGUN', 'ACKNOWLEDGED', 'UNCLEAR', 'WITHDRAWN', 'UNKNOWN', 'PAID', 'FAILED', 'PAID_AND_FAILED', 'RETURNED', 'CONTRADICTED',
        'FROZEN', 'RELEASED', 'PLEDGED', 'ANSWER_INTENDED', 'ANSWER_BEGUN', 'ANSWER_ACKNOWLEDGED', 'ANSWER_UNCLEAR')),
    subject         TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    old             TEXT    NOT NULL CHECK (old IN ('', 'INTENT', 'SENDING', 'UNSURE', 'ACKED', 'PAID', 'FAILED', 'RETURNED', 'VOID')),
    new             TEXT    NOT NULL CHECK (new IN ('', 'INTENT', 'SENDING', 'UNSURE', 'ACKED', 'PAID', 'FAILED', 'RETURNED', 'VOID')),
    evidence_sha256 TEXT    NOT NULL CHECK (evidence_sha256 = '' OR (length(evidence_sha256) = 64 AND evidence_sha256 NOT GLOB '*[^0-9a-f]*')),
    detail          TEXT    NOT NULL CHECK (json_valid(detail) AND json_type(detail) = 'object'),
    prev_hash       TEXT    NOT NULL CHECK (length(prev_hash) = 64 AND prev_hash NOT GLOB '*[^0-9a-f]*'),
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE INDEX step_by_subject ON step (subject, seq);

-- Only a recovery, which two people sign, may set back a clock that was wrong.
CREATE TRIGGER step_follows BEFORE INSERT ON step
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM step)
    OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM step WHERE seq = NEW.seq - 1), printf('%064d', 0))
    OR (NEW.kind <> 'RECOVERED' AND NEW.at < coalesce((SELECT at FROM step WHERE seq = NEW.seq - 1), 0))
BEGIN SELECT RAISE(ABORT, 'a step does not follow the last one'); END;
CREATE TRIGGER step_stays BEFORE UPDATE ON step BEGIN SELECT RAISE(ABORT, 'a step was to be changed'); END;
CREATE TRIGGER step_kept BEFORE DELETE ON step BEGIN SELECT RAISE(ABORT, 'a step was to be deleted'); END;

-- Who may write: the one who opened the journal last.
CREATE TABLE lease (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    fence    INTEGER NOT NULL CHECK (fence > 0),
    actor    TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 500),
    last_seq INTEGER NOT NULL REFERENCES step
) STRICT;

CREATE TRIGGER lease_first BEFORE INSERT ON lease
WHEN EXISTS (SELECT 1 FROM lease) OR NEW.fence <> 1
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.last_seq AND seq = (SELECT max(seq) FROM step) AND kind = 'OPENED' AND detail ->> 'fence' = NEW.fence)
BEGIN SELECT RAISE(ABORT, 'the journal was not opened for this fence'); END;
CREATE TRIGGER lease_next BEFORE UPDATE ON lease
WHEN NEW.id IS NOT OLD.id OR NEW.fence IS NOT OLD.fence + 1
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.last_seq AND seq = (SELECT max(seq) FROM step) AND kind = 'OPENED' AND detail ->> 'fence' = NEW.fence)
BEGIN SELECT RAISE(ABORT, 'the journal was not opened for this fence'); END;
CREATE TRIGGER lease_kept BEFORE DELETE ON lease BEGIN SELECT RAISE(ABORT, 'the lease was to be deleted'); END;

-- What proves a step, and what a person signed.
CREATE TABLE evidence (
    sha256  TEXT    NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    subject TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    seq     INTEGER NOT NULL REFERENCES step,
    actor   TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 500),
    text    TEXT    NOT NULL CHECK (length(text) <= 2000),
    utr     TEXT    NOT NULL CHECK (length(utr) <= 100),
    bytes   BLOB    CHECK (length(bytes) BETWEEN 1 AND 65536),
    PRIMARY KEY (sha256, subject)
) STRICT;

CREATE TRIGGER evidence_of_step BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE sha256 = NEW.sha256 AND subject = NEW.subject)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND subject = NEW.subject
        AND evidence_sha256 = NEW.sha256 AND actor = NEW.actor)
BEGIN SELECT RAISE(ABORT, 'evidence without its step'); END;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence was to be changed'); END;
CREATE TRIGGER evidence_kept BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence was to be deleted'); END;

-- What was proposed. hash is that of plan, and what people decide about.
CREATE TABLE proposal (
    hash               TEXT    NOT NULL PRIMARY KEY CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    seq                INTEGER NOT NULL UNIQUE REFERENCES step,
    maker              TEXT    NOT NULL CHECK (length(maker) BETWEEN 1 AND 200),
    as_of              TEXT    NOT NULL CHECK (as_of GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    round              INTEGER NOT NULL CHECK (round >= 1),
    total_paise        INTEGER NOT NULL CHECK (total_paise >= 0),
    instructions       INTEGER NOT NULL CHECK (instructions >= 0),
    second_attempts    INTEGER NOT NULL CHECK (second_attempts >= 0),
    need               INTEGER NOT NULL CHECK (need BETWEEN 1 AND 20),
    registered_at      INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL CHECK (expires_at > registered_at),
    invoice_cap_paise  INTEGER NOT NULL CHECK (invoice_cap_paise >= 0),
    supplier_cap_paise INTEGER NOT NULL CHECK (supplier_cap_paise >= 0),
    run_cap_paise      INTEGER NOT NULL CHECK (run_cap_paise >= 0),
    day_cap_paise      INTEGER NOT NULL CHECK (day_cap_paise >= 0),
    plan               BLOB    CHECK (length(plan) > 0),
    CONSTRAINT run_cap CHECK (run_cap_paise = 0 OR total_paise <= run_cap_paise)
) STRICT;

CREATE TRIGGER proposal_of_step BEFORE INSERT ON proposal
WHEN EXISTS (SELECT 1 FROM proposal WHERE hash = NEW.hash)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'REGISTERED'
        AND subject = NEW.hash AND at = NEW.registered_at)
BEGIN SELECT RAISE(ABORT, 'a proposal without its step'); END;
CREATE TRIGGER proposal_stays BEFORE UPDATE ON proposal BEGIN SELECT RAISE(ABORT, 'a proposal was to be changed'); END;
CREATE TRIGGER proposal_kept BEFORE DELETE ON proposal BEGIN SELECT RAISE(ABORT, 'a proposal was to be deleted'); END;

-- The files that a proposal was made from: what one was paid by is not paid again.
CREATE TABLE input (
    plan     TEXT    NOT NULL REFERENCES proposal,
    position INTEGER NOT NULL CHECK (position >= 0),
    seq      INTEGER NOT NULL REFERENCES step,
    path     TEXT    NOT NULL CHECK (length(path) BETWEEN 1 AND 4096),
    sha256   TEXT    NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    PRIMARY KEY (plan, position)
) STRICT;

CREATE TRIGGER input_of_step BEFORE INSERT ON input
WHEN EXISTS (SELECT 1 FROM input WHERE plan = NEW.plan AND position = NEW.position)
    OR NEW.seq IS NOT (SELECT max(seq) FROM step) OR NEW.seq IS NOT (SELECT seq FROM proposal WHERE hash = NEW.plan)
BEGIN SELECT RAISE(ABORT, 'an input without its step'); END;
CREATE TRIGGER input_stays BEFORE UPDATE ON input BEGIN SELECT RAISE(ABORT, 'an input was to be changed'); END;
CREATE TRIGGER input_kept BEFORE DELETE ON input BEGIN SELECT RAISE(ABORT, 'an input was to be deleted'); END;

-- Who approved or rejected. The approver "auto" is a setting and no person.
CREATE TABLE decision (
    plan            TEXT    NOT NULL REFERENCES proposal,
    person          TEXT    NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    seq             INTEGER NOT NULL UNIQUE REFERENCES step,
    approve         INTEGER NOT NULL CHECK (approve IN (0, 1)),
    at              INTEGER NOT NULL,
    reason          TEXT    NOT NULL CHECK (length(reason) <= 1000),
    logins          TEXT    NOT NULL CHECK (json_type(logins) = 'array'),
    limit_paise     INTEGER NOT NULL CHECK (limit_paise >= 0),
    evidence_sha256 TEXT    NOT NULL CHECK ((person = 'auto') = (evidence_sha256 = '')),
    PRIMARY KEY (plan, person),
    CHECK (person <> 'auto' OR approve = 1)
) STRICT;

CREATE VIEW standing AS
SELECT p.hash, p.expires_at,
    EXISTS (SELECT 1 FROM decision d WHERE d.plan = p.hash AND d.approve = 0) AS rejected,
    EXISTS (SELECT 1 FROM decision d WHERE d.plan = p.hash AND d.approve = 1 AND d.person = 'auto')
        OR (SELECT count(*) FROM decision d WHERE d.plan = p.hash AND d.approve = 1 AND d.person <> 'auto') >= p.need AS approved
FROM proposal p;

CREATE TRIGGER decision_of_step BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE plan = NEW.plan AND person = NEW.person)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'DECIDED'
        AND subject = NEW.plan AND actor = NEW.person AND at = NEW.at AND evidence_sha256 = NEW.evidence_sha256)
BEGIN SELECT RAISE(ABORT, 'a decision without its step, or a second one of the same person'); END;
CREATE TRIGGER decision_in_time BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM standing WHERE hash = NEW.plan AND (rejected OR NEW.at >= expires_at))
BEGIN SELECT RAISE(ABORT, 'a decision about a proposal that is rejected or has expired'); END;
CREATE TRIGGER decision_signed BEFORE INSERT ON decision
WHEN NEW.person <> 'auto' AND NOT EXISTS (SELECT 1 FROM evidence WHERE sha256 = NEW.evidence_sha256 AND subject = NEW.plan)
BEGIN SELECT RAISE(ABORT, 'a decision that nobody signed'); END;
-- Rejecting one's own proposal is allowed; approving it is not, nor twice by one
-- pair of hands under two names.
CREATE TRIGGER four_eyes BEFORE INSERT ON decision
WHEN NEW.approve = 1 AND NEW.person <> 'auto' AND (
    EXISTS (SELECT 1 FROM proposal p WHERE p.hash = NEW.plan AND (lower(p.maker) = lower(NEW.person)
        OR lower(p.maker) IN (SELECT lower(value) FROM json_each(NEW.logins))))
    OR EXISTS (SELECT 1 FROM decision d WHERE d.plan = NEW.plan AND (
        lower(d.person) IN (SELECT lower(value) FROM json_each(NEW.logins))
        OR lower(NEW.person) IN (SELECT lower(value) FROM json_each(d.logins))
        OR EXISTS (SELECT 1 FROM json_each(d.logins) a JOIN json_each(NEW.logins) b ON lower(a.value) = lower(b.value)))))
BEGIN SELECT RAISE(ABORT, 'the maker, or one person twice, was to approve'); END;
CREATE TRIGGER auto_within_limit BEFORE INSERT ON decision
WHEN NEW.person = 'auto' AND EXISTS (SELECT 1 FROM proposal p WHERE p.hash = NEW.plan AND (p.total_paise > NEW.limit_paise OR p.second_attempts > 0))
BEGIN SELECT RAISE(ABORT, 'auto was to approve more than it may'); END;
CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'a decision was to be changed'); END;
CREATE TRIGGER decision_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'a decision was to be deleted'); END;

-- What is owed, once. held_paise is what the instructions that hold it would pay
-- or have paid of it: a column with a CHECK, because a sum in a trigger is only as
-- good as the isolation around it. Debts are never purged.
CREATE TABLE debt (
    debt_id            TEXT    NOT NULL PRIMARY KEY CHECK (length(debt_id) = 32),
    seq                INTEGER NOT NULL REFERENCES step,
    buyer              TEXT    NOT NULL CHECK (length(buyer) BETWEEN 1 AND 100),
    supplier           TEXT    NOT NULL CHECK (length(supplier) BETWEEN 1 AND 100),
    number_key         TEXT    NOT NULL CHECK (length(number_key) BETWEEN 1 AND 500),
    number_key_version INTEGER NOT NULL CHECK (number_key_version >= 1),
    financial_year     INTEGER NOT NULL CHECK (financial_year BETWEEN 1900 AND 9999),
    part               TEXT    NOT NULL CHECK (length(part) <= 500),
    owed_paise         INTEGER NOT NULL CHECK (owed_paise > 0),
    held_paise         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (buyer, supplier, number_key, financial_year, part),
    CONSTRAINT never_more_than_owed CHECK (held_paise BETWEEN 0 AND owed_paise)
) STRICT;

-- One req-pay. position is its place in the proposal, lines the number of its
-- allocations, state_seq the step that led to the state and last_seq the last one
-- about it. What stands from state to last_seq changes by steps, nothing else ever
-- does.
CREATE TABLE instruction (
    object_id        TEXT    NOT NULL PRIMARY KEY CHECK (length(object_id) = 35 AND substr(object_id, 1, 3) = 'PMT' AND object_id NOT GLOB '*[^A-Za-z0-9]*'),
    seq              INTEGER NOT NULL UNIQUE REFERENCES step,
    plan             TEXT    NOT NULL REFERENCES proposal,
    position         INTEGER NOT NULL CHECK (position >= 0),
    attempt          INTEGER NOT NULL CHECK (attempt >= 1),
    buyer            TEXT    NOT NULL CHECK (length(buyer) BETWEEN 1 AND 100),
    supplier         TEXT    NOT NULL CHECK (length(supplier) BETWEEN 1 AND 100),
    type             TEXT    NOT NULL CHECK (type IN ('ONPLATFORM', 'OFFPLATFORM')),
    mode             TEXT    NOT NULL CHECK (length(mode) <= 50),
    reference        TEXT    NOT NULL CHECK (length(reference) <= 50 AND instr(reference, char(92)) = 0 AND instr(reference, char(34)) = 0),
    net_paise        INTEGER NOT NULL CHECK (net_paise > 0),
    adjustment_paise INTEGER NOT NULL CHECK (adjustment_paise >= 0),
    lines            INTEGER NOT NULL CHECK (lines BETWEEN 1 AND 50),
    payee_digest     TEXT    NOT NULL CHECK (length(payee_digest) IN (0, 64)),
    body_sha256      TEXT    NOT NULL CHECK (length(body_sha256) = 64),
    state            TEXT    NOT NULL CHECK (state IN ('INTENT', 'SENDING', 'UNSURE', 'ACKED', 'PAID', 'FAILED', 'RETURNED', 'VOID')),
    sends            INTEGER NOT NULL CHECK (sends IN (0, 1)),
    deadline         INTEGER CHECK (deadline > 0),
    fence            INTEGER CHECK (fence > 0),
    sent_on          TEXT    CHECK (sent_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    since            INTEGER NOT NULL,
    state_seq        INTEGER NOT NULL REFERENCES step,
    last_seq         INTEGER NOT NULL UNIQUE REFERENCES step,
    body             BLOB    CHECK (length(body) > 0),
    UNIQUE (plan, position),
    CHECK ((sends = 1) = (deadline IS NOT NULL) AND (sends = 1) = (fence IS NOT NULL) AND (sends = 1) = (sent_on IS NOT NULL)),
    CHECK (state NOT IN ('INTENT', 'VOID') OR sends = 0),
    CHECK (state <> 'SENDING' OR sends = 1)
) STRICT;

CREATE UNIQUE INDEX one_instruction_per_reference ON instruction (reference) WHERE type = 'ONPLATFORM' AND reference <> '';
-- With the amounts, so that the sums of the triggers below read no rows.
CREATE INDEX instruction_by_plan ON instruction (plan, supplier, net_paise);
CREATE INDEX instruction_by_supplier ON instruction (supplier);
CREATE INDEX instruction_by_day ON instruction (sent_on, net_paise) WHERE sent_on IS NOT NULL;
CREATE INDEX instruction_by_state ON instruction (state);

-- What an instruction pays of a debt.
CREATE TABLE allocation (
    object_id        TEXT    NOT NULL REFERENCES instruction,
    position         INTEGER NOT NULL CHECK (position >= 0),
    seq              INTEGER NOT NULL REFERENCES step,
    debt_id          TEXT    NOT NULL REFERENCES debt,
    instalment       INTEGER NOT NULL CHECK (instalment BETWEEN 1 AND 1000),
    number           TEXT    NOT NULL CHECK (length(number) <= 500),
    invoice_id       TEXT    NOT NULL CHECK (length(invoice_id) <= 100),
    source           TEXT    NOT NULL CHECK (length(source) <= 4096),
    net_paise        INTEGER NOT NULL CHECK (net_paise > 0),
    adjustment_paise INTEGER NOT NULL CHECK (adjustment_paise >= 0),
    held             INTEGER NOT NULL CHECK (held IN (0, 1)),
    returned_seq     INTEGER REFERENCES step CHECK (returned_seq IS NULL OR held = 0),
    PRIMARY KEY (object_id, position),
    UNIQUE (object_id, debt_id, instalment)
) STRICT;

CREATE UNIQUE INDEX one_live_allocation_per_debt ON allocation (debt_id, instalment) WHERE held = 1;
CREATE INDEX allocation_by_debt ON allocation (debt_id);

CREATE TRIGGER debt_of_step BEFORE INSERT ON debt
WHEN NEW.held_paise <> 0
    OR EXISTS (SELECT 1 FROM debt WHERE debt_id = NEW.debt_id OR (buyer = NEW.buyer AND supplier = NEW.supplier
        AND number_key = NEW.number_key AND financial_year = NEW.financial_year AND part = NEW.part))
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'INTENDED')
BEGIN SELECT RAISE(ABORT, 'a debt without its step'); END;
CREATE TRIGGER debt_stays BEFORE UPDATE ON debt
WHEN NEW.debt_id IS NOT OLD.debt_id OR NEW.seq IS NOT OLD.seq OR NEW.buyer IS NOT OLD.buyer OR NEW.supplier IS NOT OLD.supplier
    OR NEW.number_key IS NOT OLD.number_key OR NEW.number_key_version IS NOT OLD.number_key_version
    OR NEW.financial_year IS NOT OLD.financial_year OR NEW.part IS NOT OLD.part OR NEW.owed_paise IS NOT OLD.owed_paise
    OR NEW.held_paise IS NOT (SELECT coalesce(sum(net_paise), 0) FROM allocation WHERE debt_id = OLD.debt_id AND held = 1)
BEGIN SELECT RAISE(ABORT, 'a debt was to be changed'); END;
CREATE TRIGGER debt_kept BEFORE DELETE ON debt BEGIN SELECT RAISE(ABORT, 'a debt was to be deleted'); END;

CREATE TRIGGER instruction_of_step BEFORE INSERT ON instruction
WHEN NEW.state <> 'INTENT' OR NEW.sends <> 0 OR NEW.last_seq <> NEW.seq OR NEW.state_seq <> NEW.seq
    OR EXISTS (SELECT 1 FROM instruction WHERE object_id = NEW.object_id OR (plan = NEW.plan AND position = NEW.position)
        OR (type = 'ONPLATFORM' AND NEW.type = 'ONPLATFORM' AND reference <> '' AND reference = NEW.reference))
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'INTENDED'
        AND subject = NEW.object_id AND old = '' AND new = 'INTENT' AND at = NEW.since)
BEGIN SELECT RAISE(ABORT, 'an instruction without its step'); END;
CREATE TRIGGER instruction_approved BEFORE INSERT ON instruction
WHEN NOT EXISTS (SELECT 1 FROM standing WHERE hash = NEW.plan AND approved AND NOT rejected AND NEW.since < expires_at)
BEGIN SELECT RAISE(ABORT, 'an instruction without an approved proposal'); END;
CREATE TRIGGER instruction_within_proposal BEFORE INSERT ON instruction
WHEN EXISTS (SELECT 1 FROM proposal p WHERE p.hash = NEW.plan AND (
    NEW.position >= p.instructions
    OR (SELECT coalesce(sum(net_paise), 0) FROM instruction WHERE plan = NEW.plan) + NEW.net_paise > p.total_paise
    OR (p.supplier_cap_paise > 0 AND (SELECT coalesce(sum(net_paise), 0) FROM instruction
        WHERE plan = NEW.plan AND supplier = NEW.supplier) + NEW.net_paise > p.supplier_cap_paise)))
BEGIN SELECT RAISE(ABORT, 'more than was proposed, or over the cap of a supplier'); END;
CREATE TRIGGER instruction_stays BEFORE UPDATE ON instruction
WHEN NEW.object_id IS NOT OLD.object_id OR NEW.seq IS NOT OLD.seq OR NEW.plan IS NOT OLD.plan OR NEW.position IS NOT OLD.position
    OR NEW.attempt IS NOT OLD.attempt OR NEW.buyer IS NOT OLD.buyer OR NEW.supplier IS NOT OLD.supplier OR NEW.type IS NOT OLD.type
    OR NEW.mode IS NOT OLD.mode OR NEW.reference IS NOT OLD.reference OR NEW.net_paise IS NOT OLD.net_paise
    OR NEW.adjustment_paise IS NOT OLD.adjustment_paise OR NEW.lines IS NOT OLD.lines OR NEW.payee_digest IS NOT OLD.payee_digest
    OR NEW.body_sha256 IS NOT OLD.body_sha256 OR NEW.body IS NOT OLD.body
BEGIN SELECT RAISE(ABORT, 'an instruction was to be changed'); END;
CREATE TRIGGER instruction_kept BEFORE DELETE ON instruction BEGIN SELECT RAISE(ABORT, 'an instruction was to be deleted'); END;

-- What submit.Next allows, each with the alarm that must stand beside it. A test
-- compares this list with that function. Two lines more are of a return of some
-- allocations: the state stays until all are back.
CREATE VIEW legal AS
SELECT column1 AS kind, column2 AS old, column3 AS new, column4 AS alarm FROM (VALUES
    ('BEGUN', 'INTENT', 'SENDING', ''),
    ('ACKNOWLEDGED', 'SENDING', 'ACKED', ''),
    ('ACKNOWLEDGED', 'UNSURE', 'ACKED', ''),
    ('UNCLEAR', 'SENDING', 'UNSURE', ''),
    ('WITHDRAWN', 'INTENT', 'VOID', ''),
    ('UNKNOWN', 'INTENT', 'UNSURE', 'NOT_SENT'),
    ('UNKNOWN', 'SENDING', 'UNSURE', ''),
    ('UNKNOWN', 'VOID', 'VOID', 'NOT_SENT'),
    ('PAID', 'INTENT', 'PAID', 'NOT_SENT'),
    ('PAID', 'SENDING', 'PAID', ''),
    ('PAID', 'UNSURE', 'PAID', ''),
    ('PAID', 'ACKED', 'PAID', ''),
    ('PAID', 'FAILED', 'PAID', 'LATE_PAID'),
    ('PAID', 'VOID', 'PAID', 'NOT_SENT'),
    ('FAILED', 'INTENT', 'UNSURE', 'NOT_SENT'),
    ('FAILED', 'SENDING', 'FAILED', ''),
    ('FAILED', 'UNSURE', 'FAILED', ''),
    ('FAILED', 'ACKED', 'FAILED', ''),
    ('FAILED', 'PAID', 'PAID', 'LATE_PAID'),
    ('FAILED', 'VOID', 'VOID', 'NOT_SENT'),
    ('PAID_AND_FAILED', 'INTENT', 'PAID', 'NOT_SENT'),
    ('PAID_AND_FAILED', 'SENDING', 'PAID', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'UNSURE', 'PAID', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'ACKED', 'PAID', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'PAID', 'PAID', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'FAILED', 'PAID', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'RETURNED', 'RETURNED', 'LATE_PAID'),
    ('PAID_AND_FAILED', 'VOID', 'PAID', 'NOT_SENT'),
    ('RETURNED', 'INTENT', 'UNSURE', 'NOT_SENT'),
    ('RETURNED', 'SENDING', 'ACKED', ''),
    ('RETURNED', 'UNSURE', 'ACKED', ''),
    ('RETURNED', 'ACKED', 'RETURNED', ''),
    ('RETURNED', 'PAID', 'RETURNED', ''),
    ('RETURNED', 'FAILED', 'RETURNED', ''),
    ('RETURNED', 'VOID', 'VOID', 'NOT_SENT'),
    ('CONTRADICTED', 'INTENT', 'UNSURE', 'NOT_SENT'),
    ('CONTRADICTED', 'SENDING', 'UNSURE', 'CONTRADICTED'),
    ('CONTRADICTED', 'UNSURE', 'UNSURE', 'CONTRADICTED'),
    ('CONTRADICTED', 'ACKED', 'ACKED', 'CONTRADICTED'),
    ('CONTRADICTED', 'PAID', 'PAID', 'CONTRADICTED'),
    ('CONTRADICTED', 'FAILED', 'FAILED', 'CONTRADICTED'),
    ('CONTRADICTED', 'RETURNED', 'RETURNED', 'CONTRADICTED'),
    ('CONTRADICTED', 'VOID', 'VOID', 'NOT_SENT'),
    ('RETURNED', 'ACKED', 'ACKED', ''),
    ('RETURNED', 'PAID', 'PAID', ''));

CREATE TRIGGER instruction_legal_step BEFORE UPDATE ON instruction
WHEN NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
    SELECT 1 FROM step s JOIN legal l ON l.kind = s.kind AND l.old = s.old AND l.new = s.new
    WHERE s.seq = NEW.last_seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = OLD.object_id AND s.old = OLD.state AND s.new = NEW.state
        AND NEW.since = iif(s.old = s.new, OLD.since, s.at) AND NEW.state_seq = iif(s.old = s.new, OLD.state_seq, s.seq)
        AND (l.alarm = '' OR EXISTS (SELECT 1 FROM alarm WHERE object_id = OLD.object_id AND kind = l.alarm))
        AND (s.kind IN ('BEGUN', 'WITHDRAWN', 'UNCLEAR')
            OR EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = OLD.object_id)))
BEGIN SELECT RAISE(ABORT, 'a state was to change without a legal step, its evidence or its alarm'); END;
CREATE TRIGGER instruction_returned_whole BEFORE UPDATE ON instruction
WHEN (NEW.state = 'RETURNED' AND EXISTS (SELECT 1 FROM allocation WHERE object_id = OLD.object_id AND returned_seq IS NULL))
    OR (NEW.state = OLD.state AND NEW.state IN ('ACKED', 'PAID') AND (SELECT kind FROM step WHERE seq = NEW.last_seq) = 'RETURNED'
        AND (NOT EXISTS (SELECT 1 FROM allocation WHERE object_id = OLD.object_id AND returned_seq IS NULL)
            OR NOT EXISTS (SELECT 1 FROM allocation WHERE object_id = OLD.object_id AND returned_seq = NEW.last_seq)))
BEGIN SELECT RAISE(ABORT, 'an instruction is returned when all its allocations are'); END;
CREATE TRIGGER one_send BEFORE UPDATE ON instruction
WHEN (SELECT kind FROM step WHERE seq = NEW.last_seq) <> 'BEGUN'
    AND (NEW.sends IS NOT OLD.sends OR NEW.deadline IS NOT OLD.deadline OR NEW.fence IS NOT OLD.fence OR NEW.sent_on IS NOT OLD.sent_on)
BEGIN SELECT RAISE(ABORT, 'a second send'); END;
CREATE TRIGGER begun_once BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND (OLD.state <> 'INTENT' OR OLD.sends <> 0 OR NEW.sends <> 1 OR NEW.fence IS NOT (SELECT fence FROM lease))
BEGIN SELECT RAISE(ABORT, 'a second send, or one by a process that was replaced'); END;
CREATE TRIGGER begun_approved BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND NOT EXISTS (SELECT 1 FROM standing WHERE hash = OLD.plan AND approved AND NOT rejected AND NEW.since < expires_at)
BEGIN SELECT RAISE(ABORT, 'a send without an approved proposal'); END;
CREATE TRIGGER begun_whole BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND NOT EXISTS (SELECT 1 FROM (SELECT count(*) AS n, sum(net_paise) AS net, sum(adjustment_paise) AS adjustment, min(held) AS held
    FROM allocation WHERE object_id = OLD.object_id) WHERE n = OLD.lines AND net = OLD.net_paise AND adjustment = OLD.adjustment_paise AND held = 1)
BEGIN SELECT RAISE(ABORT, 'the allocations do not sum to the instruction'); END;
CREATE TRIGGER begun_under_day_cap BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND EXISTS (SELECT 1 FROM proposal WHERE hash = OLD.plan AND day_cap_paise > 0 AND
    (SELECT coalesce(sum(net_paise), 0) FROM instruction WHERE sent_on = NEW.sent_on AND object_id <> OLD.object_id) + OLD.net_paise > day_cap_paise)
BEGIN SELECT RAISE(ABORT, 'over the cap of the day'); END;
CREATE TRIGGER begun_not_frozen BEFORE UPDATE ON instruction
WHEN NEW.state = 'SENDING' AND EXISTS (SELECT 1 FROM frozen WHERE what = 'SUPPLIER' AND subject = OLD.supplier)
BEGIN SELECT RAISE(ABORT, 'the supplier is frozen'); END;

CREATE TRIGGER allocation_of_step BEFORE INSERT ON allocation
WHEN NEW.held <> 1 OR NEW.returned_seq IS NOT NULL
    OR EXISTS (SELECT 1 FROM allocation WHERE object_id = NEW.object_id AND (position = NEW.position OR (debt_id = NEW.debt_id AND instalment = NEW.instalment)))
    OR NOT EXISTS (SELECT 1 FROM instruction i WHERE i.object_id = NEW.object_id AND i.state = 'INTENT' AND i.seq = NEW.seq
        AND i.seq = (SELECT max(seq) FROM step) AND NEW.position < i.lines)
BEGIN SELECT RAISE(ABORT, 'an allocation without its step, or after it'); END;
CREATE TRIGGER allocation_of_parties BEFORE INSERT ON allocation
WHEN NOT EXISTS (SELECT 1 FROM instruction i JOIN debt d ON d.buyer = i.buyer AND d.supplier = i.supplier
    WHERE i.object_id = NEW.object_id AND d.debt_id = NEW.debt_id)
BEGIN SELECT RAISE(ABORT, 'an allocation to a debt of somebody else'); END;
CREATE TRIGGER allocation_alone BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM allocation WHERE debt_id = NEW.debt_id AND instalment = NEW.instalment AND held = 1)
BEGIN SELECT RAISE(ABORT, 'the debt is held by another instruction'); END;
-- The column has its CHECK; but a statement OR IGNORE would leave the row and skip
-- the sum.
CREATE TRIGGER allocation_within_debt BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM debt WHERE debt_id = NEW.debt_id AND held_paise + NEW.net_paise > owed_paise)
BEGIN SELECT RAISE(ABORT, 'more than is owed: the rest is held by another instruction'); END;
CREATE TRIGGER allocation_in_turn BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM allocation a JOIN instruction i USING (object_id)
    WHERE a.debt_id = NEW.debt_id AND a.instalment < NEW.instalment AND a.held = 1 AND i.state <> 'PAID')
BEGIN SELECT RAISE(ABORT, 'an earlier instalment is not settled'); END;
CREATE TRIGGER allocation_under_cap BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM instruction i JOIN proposal p ON p.hash = i.plan
    WHERE i.object_id = NEW.object_id AND p.invoice_cap_paise > 0 AND NEW.net_paise > p.invoice_cap_paise)
BEGIN SELECT RAISE(ABORT, 'over the cap of an invoice'); END;
CREATE TRIGGER allocation_holds AFTER INSERT ON allocation
BEGIN UPDATE debt SET held_paise = held_paise + NEW.net_paise WHERE debt_id = NEW.debt_id; END;
CREATE TRIGGER allocation_stays BEFORE UPDATE ON allocation
WHEN NEW.object_id IS NOT OLD.object_id OR NEW.position IS NOT OLD.position OR NEW.seq IS NOT OLD.seq OR NEW.debt_id IS NOT OLD.debt_id
    OR NEW.instalment IS NOT OLD.instalment OR NEW.number IS NOT OLD.number OR NEW.invoice_id IS NOT OLD.invoice_id OR NEW.source IS NOT OLD.source
    OR NEW.net_paise IS NOT OLD.net_paise OR NEW.adjustment_paise IS NOT OLD.adjustment_paise
BEGIN SELECT RAISE(ABORT, 'an allocation was to be changed'); END;
CREATE TRIGGER allocation_returned BEFORE UPDATE ON allocation
WHEN NEW.returned_seq IS NOT OLD.returned_seq AND NOT (NEW.returned_seq IS NULL AND OLD.held = 0 AND NEW.held = 1)
    AND (OLD.returned_seq IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM step s, json_each(s.detail, '$.returned') j WHERE s.seq = NEW.returned_seq AND s.seq = (SELECT max(seq) FROM step)
        AND s.kind = 'RETURNED' AND s.subject = OLD.object_id AND s.old IN ('ACKED', 'PAID', 'FAILED') AND j.value = OLD.position
        AND EXISTS (SELECT 1 FROM evidence WHERE sha256 = s.evidence_sha256 AND subject = OLD.object_id)))
BEGIN SELECT RAISE(ABORT, 'an allocation was to be returned without its step'); END;
CREATE TRIGGER allocation_freed BEFORE UPDATE ON allocation
WHEN OLD.held = 1 AND NEW.held = 0 AND NEW.returned_seq IS NULL
    AND (SELECT state FROM instruction WHERE object_id = OLD.object_id) NOT IN ('FAILED', 'RETURNED', 'VOID')
BEGIN SELECT RAISE(ABORT, 'a debt was to be freed that is held'); END;
-- A late success holds again what it can.
CREATE TRIGGER allocation_held_again BEFORE UPDATE ON allocation
WHEN OLD.held = 0 AND NEW.held = 1 AND (NEW.returned_seq IS NOT NULL
    OR (SELECT state FROM instruction WHERE object_id = OLD.object_id) <> 'PAID'
    OR EXISTS (SELECT 1 FROM allocation WHERE debt_id = OLD.debt_id AND instalment = OLD.instalment AND held = 1)
    OR EXISTS (SELECT 1 FROM debt WHERE debt_id = OLD.debt_id AND held_paise + OLD.net_paise > owed_paise))
BEGIN SELECT RAISE(ABORT, 'a debt was to be held that is free, or held by another instruction'); END;
CREATE TRIGGER allocation_counts AFTER UPDATE OF held ON allocation WHEN NEW.held <> OLD.held
BEGIN UPDATE debt SET held_paise = held_paise + (NEW.held - OLD.held) * NEW.net_paise WHERE debt_id = NEW.debt_id; END;
CREATE TRIGGER allocation_kept BEFORE DELETE ON allocation BEGIN SELECT RAISE(ABORT, 'an allocation was to be deleted'); END;

-- What a person must be told at once.
CREATE TABLE alarm (
    object_id  TEXT    NOT NULL REFERENCES instruction,
    kind       TEXT    NOT NULL CHECK (kind IN ('LATE_PAID', 'NOT_SENT', 'CONTRADICTED')),
    seq        INTEGER NOT NULL UNIQUE REFERENCES step,
    text       TEXT    NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    paid_paise INTEGER NOT NULL CHECK (paid_paise >= 0),
    others     TEXT    NOT NULL CHECK (json_type(others) = 'array'),
    PRIMARY KEY (object_id, kind)
) STRICT;

CREATE TRIGGER alarm_of_step BEFORE INSERT ON alarm
WHEN EXISTS (SELECT 1 FROM alarm WHERE (object_id = NEW.object_id AND kind = NEW.kind) OR seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND subject = NEW.object_id AND detail ->> 'alarm' = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'an alarm without its step'); END;
CREATE TRIGGER alarm_stays BEFORE UPDATE ON alarm BEGIN SELECT RAISE(ABORT, 'an alarm was to be changed'); END;
CREATE TRIGGER alarm_kept BEFORE DELETE ON alarm BEGIN SELECT RAISE(ABORT, 'an alarm was to be deleted'); END;

-- Statements of which a second person must sign the like.
CREATE TABLE pending (
    sha256    TEXT    NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    seq       INTEGER NOT NULL UNIQUE REFERENCES step,
    action    TEXT    NOT NULL CHECK (length(action) BETWEEN 1 AND 50),
    subject   TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    detail    TEXT    NOT NULL CHECK (json_type(detail) = 'object'),
    person    TEXT    NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    logins    TEXT    NOT NULL CHECK (json_type(logins) = 'array'),
    used_seq  INTEGER REFERENCES step
) STRICT;

CREATE TRIGGER pending_of_step BEFORE INSERT ON pending
WHEN NEW.used_seq IS NOT NULL OR EXISTS (SELECT 1 FROM pending WHERE sha256 = NEW.sha256)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'PLEDGED'
        AND subject = NEW.subject AND actor = NEW.person AND evidence_sha256 = NEW.sha256)
    OR NOT EXISTS (SELECT 1 FROM evidence WHERE sha256 = NEW.sha256 AND subject = NEW.subject)
BEGIN SELECT RAISE(ABORT, 'a statement without its step'); END;
CREATE TRIGGER pending_used_once BEFORE UPDATE ON pending
WHEN NEW.sha256 IS NOT OLD.sha256 OR NEW.seq IS NOT OLD.seq OR NEW.action IS NOT OLD.action OR NEW.subject IS NOT OLD.subject
    OR NEW.detail IS NOT OLD.detail OR NEW.person IS NOT OLD.person OR NEW.logins IS NOT OLD.logins
    OR OLD.used_seq IS NOT NULL OR NOT EXISTS (SELECT 1 FROM step s, json_each(s.detail, '$.used') j
        WHERE s.seq = NEW.used_seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = OLD.subject AND j.value = OLD.sha256)
BEGIN SELECT RAISE(ABORT, 'a statement was to be changed or used again'); END;
CREATE TRIGGER pending_kept BEFORE DELETE ON pending BEGIN SELECT RAISE(ABORT, 'a statement was to be deleted'); END;

-- What keeps a supplier, an account or a debt from being paid, and its releases.
-- One step may release several that two people named together.
CREATE TABLE hold (
    seq      INTEGER NOT NULL REFERENCES step,
    position INTEGER NOT NULL CHECK (position >= 0),
    act      TEXT    NOT NULL CHECK (act IN ('FROZEN', 'RELEASED')),
    what     TEXT    NOT NULL CHECK (what IN ('SUPPLIER', 'ACCOUNT', 'DEBT')),
    subject  TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 2000),
    key      TEXT    NOT NULL CHECK (length(key) <= 200),
    reason   TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    actor    TEXT    NOT NULL,
    PRIMARY KEY (seq, position)
) STRICT;

CREATE INDEX hold_by_subject ON hold (what, subject, key, seq);

CREATE VIEW frozen AS
SELECT * FROM hold h WHERE act = 'FROZEN'
    AND NOT EXISTS (SELECT 1 FROM hold l WHERE l.what = h.what AND l.subject = h.subject AND l.key = h.key AND l.seq > h.seq);

CREATE TRIGGER hold_of_step BEFORE INSERT ON hold
WHEN EXISTS (SELECT 1 FROM hold WHERE seq = NEW.seq AND position = NEW.position)
    OR NOT EXISTS (SELECT 1 FROM step s, json_each(s.detail, '$.holds') j WHERE s.seq = NEW.seq AND s.seq = (SELECT max(seq) FROM step)
        AND s.kind = NEW.act AND s.actor = NEW.actor AND j.key = NEW.position
        AND j.value ->> 'what' = NEW.what AND j.value ->> 'subject' = NEW.subject AND j.value ->> 'key' = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a hold without its step'); END;
CREATE TRIGGER release_by_two BEFORE INSERT ON hold
WHEN NEW.act = 'RELEASED' AND 2 > (SELECT count(DISTINCT lower(p.person)) FROM pending p JOIN step s ON s.seq = p.used_seq AND s.subject = p.subject
    WHERE p.used_seq = NEW.seq AND p.action = 'release')
BEGIN SELECT RAISE(ABORT, 'a release takes two people'); END;
CREATE TRIGGER hold_stays BEFORE UPDATE ON hold BEGIN SELECT RAISE(ABORT, 'a hold was to be changed'); END;
CREATE TRIGGER hold_kept BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'a hold was to be deleted'); END;

-- Our answers, as the supplier, to payments that we received: one for each, ever.
CREATE TABLE answer (
    object_id   TEXT    NOT NULL PRIMARY KEY CHECK (length(object_id) = 35 AND object_id GLOB '[PMT][PMT][PMT]*' AND object_id NOT GLOB '*[^A-Za-z0-9]*'),
    seq         INTEGER NOT NULL UNIQUE REFERENCES step,
    buyer       TEXT    NOT NULL CHECK (length(buyer) BETWEEN 1 AND 100),
    supplier    TEXT    NOT NULL CHECK (length(supplier) BETWEEN 1 AND 100),
    type        TEXT    NOT NULL CHECK (type IN ('ONPLATFORM', 'OFFPLATFORM')),
    accept      INTEGER NOT NULL CHECK (accept IN (0, 1)),
    remarks     TEXT    NOT NULL CHECK (length(remarks) BETWEEN 1 AND 100 AND instr(remarks, char(92)) = 0 AND instr(remarks, char(34)) = 0),
    body_sha256 TEXT    NOT NULL CHECK (length(body_sha256) = 64),
    state       TEXT    NOT NULL CHECK (state IN ('INTENT', 'SENDING', 'UNSURE', 'ACKED')),
    sends       INTEGER NOT NULL CHECK (sends IN (0, 1)),
    deadline    INTEGER CHECK (deadline > 0),
    fence       INTEGER CHECK (fence > 0),
    since       INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL UNIQUE REFERENCES step,
    body        BLOB    CHECK (length(body) > 0),
    CHECK ((sends = 0) = (state = 'INTENT') AND (sends = 1) = (deadline IS NOT NULL) AND (sends = 1) = (fence IS NOT NULL)),
    CONSTRAINT reject_only_offplatform CHECK (accept = 1 OR type = 'OFFPLATFORM')
) STRICT;

CREATE TRIGGER answer_of_step BEFORE INSERT ON answer
WHEN NEW.state <> 'INTENT' OR NEW.last_seq <> NEW.seq OR EXISTS (SELECT 1 FROM answer WHERE object_id = NEW.object_id)
    OR NOT EXISTS (SELECT 1 FROM step WHERE seq = NEW.seq AND seq = (SELECT max(seq) FROM step) AND kind = 'ANSWER_INTENDED'
        AND subject = NEW.object_id AND old = '' AND new = 'INTENT' AND at = NEW.since
        AND (NEW.accept = 1 OR EXISTS (SELECT 1 FROM evidence WHERE sha256 = evidence_sha256 AND subject = NEW.object_id)))
BEGIN SELECT RAISE(ABORT, 'an answer without its step, or a rejection that nobody signed'); END;
CREATE TRIGGER answer_stays BEFORE UPDATE ON answer
WHEN NEW.object_id IS NOT OLD.object_id OR NEW.seq IS NOT OLD.seq OR NEW.buyer IS NOT OLD.buyer OR NEW.supplier IS NOT OLD.supplier
    OR NEW.type IS NOT OLD.type OR NEW.accept IS NOT OLD.accept OR NEW.remarks IS NOT OLD.remarks
    OR NEW.body_sha256 IS NOT OLD.body_sha256 OR NEW.body IS NOT OLD.body
BEGIN SELECT RAISE(ABORT, 'an answer was to be changed'); END;
CREATE TRIGGER answer_legal_step BEFORE UPDATE ON answer
WHEN NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
    SELECT 1 FROM step s JOIN (VALUES ('ANSWER_BEGUN', 'INTENT', 'SENDING'), ('ANSWER_ACKNOWLEDGED', 'SENDING', 'ACKED'), ('ANSWER_UNCLEAR', 'SENDING', 'UNSURE')) l
        ON l.column1 = s.kind AND l.column2 = s.old AND l.column3 = s.new
    WHERE s.seq = NEW.last_seq AND s.seq = (SELECT max(seq) FROM step) AND s.subject = OLD.object_id AND s.old = OLD.state AND s.new = NEW.state AND s.at = NEW.since)
    OR (OLD.state = 'INTENT' AND NEW.fence IS NOT (SELECT fence FROM lease))
    OR (OLD.state <> 'INTENT' AND (NEW.sends IS NOT OLD.sends OR NEW.deadline IS NOT OLD.deadline OR NEW.fence IS NOT OLD.fence))
BEGIN SELECT RAISE(ABORT, 'an answer was to change without a legal step'); END;
CREATE TRIGGER answer_kept BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'an answer was to be deleted'); END;
