-- Consultations: what was asked and sent is not rewritten, and what the public reads of it.
CREATE OR REPLACE FUNCTION diming.only_the_end_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['ended_on', 'ended_because', 'reported_on', 'report', 'salt'];
BEGIN
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving OR OLD.reported_on IS NOT NULL THEN
        RAISE EXCEPTION 'UPDATE on diming.consultation: what was asked is not rewritten, and what was reported stays so'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_the_end_moves BEFORE UPDATE ON diming.consultation
    FOR EACH ROW EXECUTE FUNCTION diming.only_the_end_moves();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.consultation
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE FUNCTION diming.only_the_answer_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'hidden_because', 'moderated_by', 'moderated_at', 'reply', 'replied_by',
                           'replied_at', 'origin'];
BEGIN
    -- who sent it may be sealed and erased (data/personal.py), and nothing else be put in its place
    IF NEW.name IN ('', OLD.name) OR (OLD.name NOT LIKE 'sealed:%' AND NEW.name LIKE 'sealed:%') THEN
        moving := moving || 'name'::text;
    END IF;
    IF NEW.contact IN ('', OLD.contact) OR (OLD.contact NOT LIKE 'sealed:%' AND NEW.contact LIKE 'sealed:%') THEN
        moving := moving || 'contact'::text;
    END IF;
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'UPDATE on diming.consultation_comment: what was sent is not rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_the_answer_moves BEFORE UPDATE ON diming.consultation_comment
    FOR EACH ROW EXECUTE FUNCTION diming.only_the_answer_moves();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.consultation_comment
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

-- Comments that are hidden are counted apart from the others: they are neither for nor against.
CREATE OR REPLACE VIEW published.consultation WITH (security_barrier) AS
SELECT c.id, c.title, c.asked_by, c.about, c.question, c.opens_on, c.closes_on, c.shorter_because, c.ended_on,
       c.ended_because, c.reported_on, c.report, n.support, n.objection, n.comment, n.waiting, n.hidden
FROM diming.consultation c
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE stance = 'support' AND state <> 'hidden') AS support,
           count(*) FILTER (WHERE stance = 'objection' AND state <> 'hidden') AS objection,
           count(*) FILTER (WHERE stance = 'comment' AND state <> 'hidden') AS comment,
           count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state = 'hidden') AS hidden
    FROM diming.consultation_comment m WHERE m.consultation_id = c.id
) n;

-- Neither who wrote it nor how to reach him; of what is hidden only that it was, and why.
CREATE OR REPLACE VIEW published.consultation_comment WITH (security_barrier) AS
SELECT id, consultation_id, (received_at AT TIME ZONE 'Asia/Shanghai')::date AS received_on, stance,
       CASE WHEN state = 'shown' THEN text END AS text, state, hidden_because,
       CASE WHEN state = 'shown' THEN reply END AS reply,
       CASE WHEN state = 'shown' THEN (replied_at AT TIME ZONE 'Asia/Shanghai')::date END AS replied_on
FROM diming.consultation_comment WHERE state <> 'waiting' AND (state = 'hidden' OR text <> '');

CREATE OR REPLACE VIEW published.consultation_hearing WITH (security_barrier) AS
SELECT id, consultation_id, held_on, place, attendance, minutes FROM diming.consultation_hearing;

GRANT SELECT ON published.consultation, published.consultation_comment, published.consultation_hearing
    TO diming_reader;
