-- What the public may read of types, place codes and spellings.
CREATE OR REPLACE VIEW published.type_code AS
SELECT code, parent, name_zh, name_en, class, also, conflicts_with, mark, source, note, valid, known
FROM diming.type_code;

CREATE OR REPLACE VIEW published.place_code WITH (security_barrier) AS
SELECT c.code, c.subject_id, c.issued_at, c.retired_at
FROM diming.place_code c
WHERE EXISTS (SELECT 1 FROM diming.place p WHERE p.id = c.subject_id AND p.classification = 'public')
   OR EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = c.subject_id AND u.classification = 'public');

CREATE OR REPLACE VIEW published.spelling WITH (security_barrier) AS
SELECT s.id, s.subject_id, s.collection, s.name, s.form, s.roman, s.toned, s.system, s.layer, s.source,
       s.preferred, s.review, s.reason, s.known, s.opened_by, s.closed_by
FROM diming.spelling s
WHERE EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = s.subject_id AND u.classification = 'public')
   OR EXISTS (SELECT 1 FROM diming.place_name n JOIN diming.place p ON p.id = n.subject_id
              WHERE n.subject_id = s.subject_id AND n.text = s.name
                AND n.classification = 'public' AND p.classification = 'public');

GRANT SELECT ON published.type_code, published.place_code, published.spelling TO diming_reader;
