-- The network of boundaries and its markers: what stays as it was written, and what the public may read.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['condominium', 'condominium_holder', 'boundary_changeset', 'boundary_change',
                             'marker_event'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['boundary_node_version', 'boundary_segment_version', 'boundary_line_version',
                             'boundary_line_run', 'marker_version'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.only_end_known()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;

CREATE INDEX IF NOT EXISTS boundary_segment_version_segment ON diming.boundary_segment_version (segment_id);
CREATE INDEX IF NOT EXISTS boundary_segment_version_start ON diming.boundary_segment_version (start_node);
CREATE INDEX IF NOT EXISTS boundary_segment_version_end ON diming.boundary_segment_version (end_node);
CREATE INDEX IF NOT EXISTS boundary_line_version_line ON diming.boundary_line_version (line_id);
CREATE INDEX IF NOT EXISTS boundary_line_run_line ON diming.boundary_line_run (line_id, ordinal);

-- Who is beside a segment is a unit or a condominium of the register.
CREATE OR REPLACE FUNCTION diming.holders_are_known() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    holder uuid;
BEGIN
    SELECT h.id INTO holder FROM (SELECT left_id AS id FROM opened UNION SELECT right_id FROM opened) h
    WHERE h.id IS NOT NULL
      AND NOT EXISTS (SELECT FROM diming.unit u WHERE u.id = h.id)
      AND NOT EXISTS (SELECT FROM diming.condominium c WHERE c.id = h.id)
    LIMIT 1;
    IF holder IS NOT NULL THEN
        RAISE EXCEPTION 'holder % is neither a unit nor a condominium', holder USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER holders_are_known AFTER INSERT ON diming.boundary_segment_version
    REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION diming.holders_are_known();

CREATE OR REPLACE VIEW published.boundary_line_version WITH (security_barrier) AS
SELECT l.id, l.line_id, l.name, l.code, l.level, l.unit_a, l.unit_b, l.name_source, l.valid, l.known,
       l.opened_by, l.closed_by, a.demonstration OR b.demonstration AS demonstration
FROM diming.boundary_line_version l
JOIN diming.unit a ON a.id = l.unit_a AND a.classification = 'public'
JOIN diming.unit b ON b.id = l.unit_b AND b.classification = 'public'
WHERE l.classification = 'public';

CREATE OR REPLACE VIEW published.boundary_line_run WITH (security_barrier) AS
SELECT r.id, r.line_id, r.segment_id, r.ordinal, r.forward, r.valid, r.known, r.opened_by, r.closed_by
FROM diming.boundary_line_run r
WHERE EXISTS (SELECT FROM diming.boundary_line_version l WHERE l.line_id = r.line_id AND l.classification = 'public');

-- What is said of a segment, without its course.
CREATE OR REPLACE VIEW published.boundary_segment_version WITH (security_barrier) AS
SELECT s.id, s.segment_id, s.left_id, s.right_id, s.length_m, s.legal_status, s.technical_status, s.scale,
       s.accuracy_m, s.method, s.valid, s.known, s.opened_by, s.closed_by
FROM diming.boundary_segment_version s
WHERE s.classification = 'public';

-- Its course: 地图管理条例, under an approval number only.
CREATE OR REPLACE VIEW published.boundary_segment_course WITH (security_barrier) AS
SELECT s.id AS version_id, s.geom, s.hash
FROM diming.boundary_segment_version s
WHERE s.classification = 'public' AND EXISTS (SELECT 1 FROM published.map_approval);

CREATE OR REPLACE VIEW published.boundary_changeset WITH (security_barrier) AS
SELECT c.id, c.message, c.decision_id, c.effective_on, c.at, c.reverts
FROM diming.boundary_changeset c
JOIN diming.decision d ON d.id = c.decision_id AND d.classification = 'public';

CREATE OR REPLACE VIEW published.boundary_change WITH (security_barrier) AS
SELECT x.changeset_id, x.segment_id, x.kind
FROM diming.boundary_change x
JOIN diming.boundary_changeset c ON c.id = x.changeset_id
JOIN diming.decision d ON d.id = c.decision_id AND d.classification = 'public'
WHERE EXISTS (SELECT FROM diming.boundary_segment_version s
              WHERE s.segment_id = x.segment_id AND s.classification = 'public');

-- A marker without its place, witnesses and height: those are for staff.
CREATE OR REPLACE VIEW published.marker_version WITH (security_barrier) AS
SELECT m.id, m.marker_id, m.line_id, m.code, m.scheme, m.kind, m.part, m.faces, m.material, m.state, m.valid,
       m.known, m.opened_by, m.closed_by
FROM diming.marker_version m
WHERE m.classification = 'public';

GRANT SELECT ON ALL TABLES IN SCHEMA published TO diming_reader;
