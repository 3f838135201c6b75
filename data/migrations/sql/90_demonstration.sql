-- Taking the demonstration out again, and what holds instead of the foreign keys that it would break.

-- Audit and feed name only decisions that are there when they are written.
CREATE OR REPLACE FUNCTION diming.decisions_are_known() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    missing uuid;
BEGIN
    SELECT w.decision_id INTO missing FROM written w
    WHERE w.decision_id IS NOT NULL AND NOT EXISTS (SELECT FROM diming.decision d WHERE d.id = w.decision_id) LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'decision % named in diming.% does not exist', missing, TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER decisions_are_known AFTER INSERT ON diming.audit
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION diming.decisions_are_known();
CREATE OR REPLACE TRIGGER decisions_are_known AFTER INSERT ON diming.change
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION diming.decisions_are_known();

-- Finds all that belongs to the demonstration: the marked units and decisions, then every row that bears the
-- identifier of one of them in any column, then what bears the identifier of that, until nothing new is found.
-- Identifiers are unique in the world, so that no list of tables and columns has to be kept. The audit and the
-- feed are left out: they say what happened. Fills two tables of the transaction, demonstration_id and
-- demonstration_row; `further` are identifiers to begin with beside the marked ones.
CREATE OR REPLACE FUNCTION diming.find_demonstration(further uuid[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    round int := 0;
    t record;
BEGIN
    DROP TABLE IF EXISTS pg_temp.demonstration_id, pg_temp.demonstration_row;
    CREATE TEMP TABLE demonstration_id (id uuid PRIMARY KEY, found_in int NOT NULL) ON COMMIT DROP;
    CREATE TEMP TABLE demonstration_row (
        relation oid NOT NULL, place tid NOT NULL, found_in int NOT NULL, PRIMARY KEY (relation, place)) ON COMMIT DROP;
    INSERT INTO demonstration_id
    SELECT id, 0 FROM diming.unit WHERE demonstration
    UNION SELECT id, 0 FROM diming.decision WHERE demonstration
    UNION SELECT unnest(further), 0;
    WHILE EXISTS (SELECT FROM demonstration_id WHERE found_in = round) LOOP
        round := round + 1;
        FOR t IN
            SELECT c.oid, c.relname,
                   string_agg(format('%I = ANY (ARRAY(SELECT id FROM demonstration_id WHERE found_in = $2 - 1))',
                                     a.attname), ' OR ') AS mentions,
                   -- what the row is: its own identifier, and in a table of versions that of the thing
                   string_agg(format('(%I)', a.attname), ',') FILTER (
                       WHERE a.attname = 'id'
                          OR a.attname = regexp_replace(c.relname, '^(boundary_)?(.*)_version$', '\2') || '_id'
                   ) AS names
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = 'diming'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'uuid'::regtype
              AND c.relname NOT IN ('audit', 'change')
            GROUP BY c.oid, c.relname
        LOOP
            EXECUTE format('INSERT INTO demonstration_row SELECT $1, ctid, $2 FROM diming.%I WHERE %s
                            ON CONFLICT DO NOTHING', t.relname, t.mentions) USING t.oid, round;
            CONTINUE WHEN t.names IS NULL;
            EXECUTE format('INSERT INTO demonstration_id
                            SELECT DISTINCT v.id, $2 FROM diming.%I r, LATERAL (VALUES %s) v (id)
                            WHERE r.ctid = ANY (ARRAY(SELECT place FROM demonstration_row
                                                      WHERE relation = $1 AND found_in = $2)) AND v.id IS NOT NULL
                            ON CONFLICT DO NOTHING', t.relname, t.names) USING t.oid, round;
        END LOOP;
        -- decisions that concern nothing else: those made in procedures on the demonstration's units
        INSERT INTO demonstration_id
        SELECT l.decision_id, round FROM diming.decision_link l
        WHERE l.decision_id IN (SELECT decision_id FROM diming.decision_link
                                WHERE entity_id IN (SELECT id FROM demonstration_id))
        GROUP BY l.decision_id HAVING bool_and(l.entity_id IN (SELECT id FROM demonstration_id))
        ON CONFLICT DO NOTHING;
    END LOOP;
    -- numbers and keys of the made-up offices bear no identifier but the office's name: no real office begins with 演示·
    IF round > 0 THEN
        INSERT INTO demonstration_row
        SELECT 'diming.document_series'::regclass, ctid, round FROM diming.document_series WHERE office LIKE '演示·%'
        UNION ALL
        SELECT 'diming.signing_key'::regclass, ctid, round FROM diming.signing_key WHERE office LIKE '演示·%';
    END IF;
END $$;

-- Takes out what find_demonstration() has found in this transaction; the rows by table. All in one statement, so
-- that what refers to each other goes together. Refuses where something real hangs on the demonstration.
CREATE OR REPLACE FUNCTION diming.remove_demonstration() RETURNS TABLE (relation text, removed bigint)
LANGUAGE plpgsql AS $$
DECLARE
    real text;
    deletes text;
    counts text;
BEGIN
    SELECT string_agg(DISTINCT v.name, '、') INTO real
    FROM demonstration_id d
    JOIN diming.unit u ON u.id = d.id AND NOT u.demonstration
    JOIN diming.unit_version v ON v.unit_id = u.id;
    IF real IS NOT NULL THEN
        RAISE EXCEPTION 'real units hang on the demonstration: %', real USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT string_agg(format('d%s AS (DELETE FROM diming.%I WHERE ctid = ANY (ARRAY(
                                 SELECT place FROM demonstration_row WHERE relation = %s)) RETURNING 1)',
                             f.oid, f.relname, f.oid), ', '),
           string_agg(format('SELECT %L::text, (SELECT count(*) FROM d%s)', f.relname, f.oid), ' UNION ALL ')
    INTO deletes, counts
    FROM (SELECT c.oid, c.relname FROM pg_class c
          WHERE c.oid IN (SELECT r.relation FROM demonstration_row r) ORDER BY c.relname) f;
    IF deletes IS NOT NULL THEN
        PERFORM set_config('diming.removing_demonstration', 'on', true);
        RETURN QUERY EXECUTE 'WITH ' || deletes || ' ' || counts;
        PERFORM set_config('diming.removing_demonstration', 'off', true);
    END IF;
END $$;
REVOKE ALL ON FUNCTION diming.find_demonstration(uuid[]), diming.remove_demonstration() FROM PUBLIC;
