-- Plans are public; which case took a name up, is not said before its announcement, only that it was.
CREATE OR REPLACE FUNCTION diming.only_the_reservation_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'case_id', 'released_because'];
BEGIN
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving OR OLD.state <> 'reserved' THEN
        RAISE EXCEPTION 'UPDATE on diming.reserved_name: a plan is not rewritten, and what ended stays so'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_the_reservation_moves BEFORE UPDATE ON diming.reserved_name
    FOR EACH ROW EXECUTE FUNCTION diming.only_the_reservation_moves();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.reserved_name
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.place_name_plan WITH (security_barrier) AS
SELECT p.id, v.code AS unit_code, v.name AS unit_name, p.title, p.authority, p.doc_no, p.adopted_on, p.ends_on,
       n.names, n.taken
FROM diming.place_name_plan p
LEFT JOIN published.unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
CROSS JOIN LATERAL (
    SELECT count(*) AS names, count(*) FILTER (WHERE state = 'taken') AS taken
    FROM diming.reserved_name r WHERE r.plan_id = p.id
) n
-- the plan of a unit that is withheld is withheld with it
WHERE EXISTS (SELECT FROM published.unit_version u WHERE u.unit_id = p.unit_id);

CREATE OR REPLACE VIEW published.reserved_name WITH (security_barrier) AS
SELECT r.id, r.plan_id, r.place_in_order, r.name, r.class, r.purpose, r.meaning, r.state, r.released_because
FROM diming.reserved_name r
WHERE EXISTS (
    SELECT FROM diming.place_name_plan p JOIN published.unit_version u ON u.unit_id = p.unit_id WHERE p.id = r.plan_id
);

GRANT SELECT ON published.place_name_plan, published.reserved_name TO diming_reader;
