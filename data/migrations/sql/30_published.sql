-- What the public may read. A row is here when it and what it hangs on are classified `public`.
-- `known` is kept: readers ask for what was known at a time.

CREATE OR REPLACE VIEW published.decision WITH (security_barrier) AS
SELECT id, kind, doc_no, title, authority, approved_on::text,
       coalesce(announced_on::text, (SELECT a.announced_on::text FROM diming.announcement a WHERE a.decision_id = d.id))
           AS announced_on, effective_on::text,
       basis, list_year, text, source, licence, retrieved_on, recorded_at, demonstration
FROM diming.decision d
WHERE classification = 'public' AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id = d.id);

CREATE OR REPLACE VIEW published.decision_link WITH (security_barrier) AS
SELECT l.decision_id, l.collection, l.entity_id, l.effect
FROM diming.decision_link l
JOIN diming.decision d ON d.id = l.decision_id
WHERE d.classification = 'public' AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id = d.id);

CREATE OR REPLACE VIEW published.unit_version WITH (security_barrier) AS
SELECT v.id, v.unit_id, v.code, v.name, v.level, v.type, v.parent_id,
       -- by the date that governs the answer (25_governing.sql); when it is known by a document nothing is uncertain
       CASE WHEN diming.is_governed() THEN diming.governed_valid(v.unit_id, v.valid) ELSE v.valid END AS valid,
       CASE WHEN diming.is_governed() AND v.opened_within IS NOT NULL
                 AND diming.governed_bound(v.unit_id, lower(v.valid)) <> lower(v.valid) THEN NULL
            ELSE v.opened_within END AS opened_within,
       CASE WHEN diming.is_governed() AND v.closed_within IS NOT NULL
                 AND diming.governed_bound(v.unit_id, upper(v.valid)) <> upper(v.valid) THEN NULL
            ELSE v.closed_within END AS closed_within,
       v.begin_known, v.known, v.opened_by, v.closed_by, u.demonstration
FROM diming.unit_version v
JOIN diming.unit u ON u.id = v.unit_id
WHERE v.classification = 'public' AND u.classification = 'public'
  AND NOT (diming.is_governed() AND isempty(diming.governed_valid(v.unit_id, v.valid)));

-- The made-up units: what counts, lists or draws the country leaves these and what lies in them out.
CREATE OR REPLACE VIEW published.demonstration_unit WITH (security_barrier) AS
SELECT id AS unit_id FROM diming.unit WHERE demonstration AND classification = 'public';

CREATE OR REPLACE VIEW published.unit_lineage WITH (security_barrier) AS
SELECT l.id, l.from_unit, l.to_unit, l.kind, l.whole_from, l.whole_to,
       CASE WHEN diming.is_governed() THEN diming.governing_day(l.opened_by, l.happened_on) ELSE l.happened_on END
           AS happened_on, l.happened_within, l.attested, l.derived, l.known, l.opened_by
FROM diming.unit_lineage l
JOIN diming.unit f ON f.id = l.from_unit AND f.classification = 'public'
JOIN diming.unit t ON t.id = l.to_unit AND t.classification = 'public';

CREATE OR REPLACE VIEW published.unit_roman WITH (security_barrier) AS
SELECT r.unit_id, r.name, r.roman, r.source, r.ambiguous, r.known
FROM diming.unit_roman r
JOIN diming.unit u ON u.id = r.unit_id AND u.classification = 'public';

CREATE OR REPLACE VIEW published.layer AS
SELECT id, key, title_zh, title_en, source, licence, dated::text, provenance, declared_crs FROM diming.layer;

-- 地图管理条例 (State Council Order 664): a map is shown to the public only under its approval number (审图号).
CREATE OR REPLACE VIEW published.map_approval AS
SELECT value ->> 'number' AS number, changed_at
FROM diming.setting
WHERE key = 'map_approval' AND coalesce(value ->> 'number', '') <> '';

CREATE OR REPLACE VIEW published.unit_shape WITH (security_barrier) AS
SELECT s.id, s.unit_id, s.layer_id, s.level, s.geom, s.label, s.valid, s.known
FROM diming.unit_shape s
JOIN diming.unit u ON u.id = s.unit_id AND u.classification = 'public'
WHERE EXISTS (SELECT 1 FROM published.map_approval);

CREATE OR REPLACE VIEW published.display_line WITH (security_barrier) AS
SELECT id, layer_id, name, geom, known FROM diming.display_line
WHERE EXISTS (SELECT 1 FROM published.map_approval);

CREATE OR REPLACE VIEW published.unit_point WITH (security_barrier) AS
SELECT p.unit_id, p.layer_id, p.geom, p.basis, p.basis_id, p.known
FROM diming.unit_point p
JOIN diming.unit u ON u.id = p.unit_id AND u.classification = 'public';

CREATE OR REPLACE VIEW published.place WITH (security_barrier) AS
SELECT id, class, type_code, geom, unit_id, rank,
       CASE WHEN diming.is_governed() THEN diming.governed_valid(id, valid) ELSE valid END AS valid,
       known, opened_by, closed_by
FROM diming.place p
WHERE classification = 'public'
  AND NOT (diming.is_governed() AND isempty(diming.governed_valid(id, valid)))
  AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id = p.opened_by);

CREATE OR REPLACE VIEW published.place_name WITH (security_barrier) AS
SELECT n.id, n.subject_id, n.text, n.kind, n.language, n.script, n.romanization, n.romanization_system,
       CASE WHEN n.kind = 'standard' AND diming.is_governed() THEN diming.governed_valid(n.subject_id, n.valid)
            ELSE n.valid END AS valid,
       -- what was closed by a decision that is not announced yet still stands for the public
       CASE WHEN h.row_id IS NULL THEN n.known ELSE tstzrange(lower(n.known), NULL) END AS known,
       n.source, n.certainty, n.opened_by, n.closed_by
FROM diming.place_name n
LEFT JOIN diming.held_open h ON h.row_id = n.id
WHERE n.classification = 'public'
  AND NOT (n.kind = 'standard' AND diming.is_governed() AND isempty(diming.governed_valid(n.subject_id, n.valid)))
  AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
  AND (EXISTS (SELECT 1 FROM diming.place p WHERE p.id = n.subject_id AND p.classification = 'public')
       OR EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = n.subject_id AND u.classification = 'public'));

CREATE OR REPLACE VIEW published.heritage_tag WITH (security_barrier) AS
SELECT h.id, h.subject_id, h.list, h.level, h.category, h.valid, h.known, h.opened_by, h.closed_by,
       coalesce(h.entry_id, h.id) AS entry_id
FROM diming.heritage_tag h
WHERE EXISTS (SELECT 1 FROM diming.place p WHERE p.id = h.subject_id AND p.classification = 'public')
   OR EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = h.subject_id AND u.classification = 'public');

CREATE OR REPLACE VIEW published.concordance AS
SELECT subject_id, authority, external_id, matched_by FROM diming.concordance;

CREATE OR REPLACE VIEW published.search_name WITH (security_barrier) AS
SELECT id, subject_id, collection, name, kind, valid, folded, pinyin, initials, importance, tier, known
FROM diming.search_name
WHERE classification = 'public';

CREATE OR REPLACE VIEW published.change WITH (security_barrier) AS
SELECT c.seq, c.at,
       CASE WHEN w.entity_id IS NULL THEN c.kind ELSE 'delete' END AS kind,
       c.collection, c.entity_id,
       CASE WHEN w.entity_id IS NULL THEN c.before END AS before,
       CASE WHEN w.entity_id IS NULL THEN c.after END AS after,
       c.decision_id
FROM diming.change c
LEFT JOIN diming.withheld w ON w.entity_id = c.entity_id;

-- The number of the last change: read with every answer that keeps something, so it must not count the feed.
CREATE OR REPLACE VIEW published.feed_head AS
SELECT seq FROM diming.feed_head;

CREATE OR REPLACE VIEW published.register AS
SELECT (value ->> 'from')::date AS register_from, (value ->> 'through')::date AS register_through
FROM diming.setting WHERE key = 'register';

GRANT SELECT ON ALL TABLES IN SCHEMA published TO diming_reader;
