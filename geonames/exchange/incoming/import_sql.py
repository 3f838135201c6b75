"""The SQL of imports: what the register has of what a file brings, and writing it."""

from __future__ import annotations

from sqlalchemy import text

UNITS = text("""
    SELECT code, unit_id FROM diming.unit_version
    WHERE code = ANY(:codes) AND upper_inf(known) AND valid @> CAST(:day AS date)
""")
UNITS_BY_ID = text("SELECT id FROM diming.unit WHERE id = ANY(:ids)")
#: Rows of places that were ever there: their identifiers are taken for ever.
PLACES_BY_ID = text("""
    SELECT id, class, type_code, ST_X(geom) AS longitude, ST_Y(geom) AS latitude, upper_inf(known) AS stands
    FROM diming.place WHERE id = ANY(:ids)
""")
NAMES_BY_ID = text("SELECT id FROM diming.place_name WHERE id = ANY(:ids)")
NAMES_OF = text("""
    SELECT subject_id, text, kind, lower(valid) AS valid_from, upper(valid) AS valid_to
    FROM diming.place_name WHERE subject_id = ANY(:ids) AND upper_inf(known)
""")
LINKED = text("""
    SELECT authority, external_id, subject_id FROM diming.concordance
    WHERE (authority, external_id) IN (SELECT * FROM unnest(CAST(:authorities AS text[]), CAST(:numbers AS text[])))
""")
#: A place of the register of the same name within some three hundred metres: perhaps the same place. What the decision
#: that is under way has written of the same file is none: the check, which writes nothing, did not meet it either.
NEARBY = text("""
    SELECT DISTINCT ON (q.number) q.number, p.id
    FROM unnest(CAST(:numbers AS int[]), CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[]),
                CAST(:names AS text[])) AS q(number, longitude, latitude, name)
    JOIN diming.place p ON p.geom && ST_Expand(ST_SetSRID(ST_Point(q.longitude, q.latitude), 4490), 0.003)
        AND upper_inf(p.known) AND p.opened_by IS DISTINCT FROM CAST(:decision AS uuid)
    JOIN diming.place_name n ON n.subject_id = p.id AND n.text = q.name AND upper_inf(n.known)
    ORDER BY q.number, p.id
""")
COPY_PLACES = """
    COPY diming.place (id, class, type_code, geom, unit_id, rank, valid, opened_by) FROM STDIN
"""
COPY_NAMES = """
    COPY diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system, valid,
                            source, certainty, opened_by) FROM STDIN
"""
#: Codes that were ever given among those of a file, and the codes that places of the file bear.
CODES = text("""
    SELECT code, subject_id, retired_at FROM diming.place_code
    WHERE code = ANY(:codes) OR (subject_id = ANY(:subjects) AND retired_at IS NULL)
""")
COPY_CODES = "COPY diming.place_code (code, subject_id, issued_by, opened_by) FROM STDIN"
#: Nobody is given a code meanwhile.
LOCK_CODES = text("LOCK TABLE diming.place_code_series IN SHARE ROW EXCLUSIVE MODE")
#: Series go on after the highest number that was taken over.
RAISE_SERIES = text("""
    INSERT INTO diming.place_code_series AS s (prefix, last)
    SELECT left(code, 14), max(CAST(right(code, 6) AS int)) FROM diming.place_code WHERE opened_by = :decision
    GROUP BY 1 ORDER BY 1
    ON CONFLICT (prefix) DO UPDATE SET last = excluded.last WHERE s.last < excluded.last
""")
RETIRE_CODES = text("""
    UPDATE diming.place_code SET retired_at = transaction_timestamp() WHERE opened_by = :decision AND retired_at IS NULL
""")
COPY_LINKS = "COPY diming.concordance (subject_id, authority, external_id, matched_by, opened_by) FROM STDIN"
ANALYZE = text("ANALYZE diming.place, diming.place_name, diming.concordance")
#: Pages of what a decision touched, in the order of identifiers.
TOUCHED = text("""
    SELECT id FROM (
        SELECT id FROM diming.place WHERE opened_by = :decision
        UNION SELECT subject_id FROM diming.place_name WHERE opened_by = :decision
    ) touched WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit
""")
OPENED = text("""
    SELECT (SELECT count(*) FROM diming.place WHERE opened_by = :decision) AS places,
           (SELECT count(*) FROM diming.place_name WHERE opened_by = :decision) AS names
""")
#: A place as the feed tells of it in bulk.
TOLD = text("""
    SELECT p.id, n.text AS name, p.class, p.type_code AS type, ST_X(p.geom) AS longitude, ST_Y(p.geom) AS latitude,
           n.kind AS name_kind, n.romanization AS roman, n.source, upper_inf(p.known) AS stands,
           (SELECT c.code FROM diming.place_code c
            WHERE c.subject_id = p.id AND (c.retired_at IS NULL OR c.opened_by = :decision)
            ORDER BY c.issued_at DESC LIMIT 1) AS code,
           p.opened_by = :decision AS opened
    FROM diming.place p
    LEFT JOIN LATERAL (
        SELECT text, kind, romanization, source FROM diming.place_name n
        WHERE n.subject_id = p.id AND (upper_inf(n.known) OR NOT upper_inf(p.known))
        ORDER BY n.kind = 'standard' DESC, n.kind = 'unverified' DESC, n.text LIMIT 1
    ) n ON true
    WHERE p.id = ANY(:ids) ORDER BY p.id
""")
#: Names of places and units that were there before: each told by itself.
TOLD_NAMES = text("""
    SELECT n.id, n.subject_id AS subject, n.text, n.kind, n.language, n.script, n.romanization, n.romanization_system,
           lower(n.valid) AS valid_from, upper(n.valid) AS valid_to, n.source, n.certainty
    FROM diming.place_name n
    WHERE n.opened_by = :decision AND n.subject_id = ANY(:ids)
      AND NOT EXISTS (SELECT FROM diming.place p WHERE p.id = n.subject_id AND p.opened_by = :decision)
    ORDER BY n.id
""")
#: What was built on an import since: other decisions on its places, codes, heritage, and names that were closed.
BUILT_UPON = text("""
    SELECT DISTINCT p.id, coalesce((SELECT n.text FROM diming.place_name n WHERE n.subject_id = p.id
                                    ORDER BY n.kind = 'standard' DESC, n.text LIMIT 1), '') AS name
    FROM diming.place p
    WHERE p.opened_by = :decision AND (
        NOT upper_inf(p.known)
        OR EXISTS (SELECT FROM diming.place_name n WHERE n.subject_id = p.id
                   AND (n.opened_by <> :decision OR NOT upper_inf(n.known)))
        OR EXISTS (SELECT FROM diming.place_code c WHERE c.subject_id = p.id AND c.retired_at IS NULL
                   AND c.opened_by IS DISTINCT FROM :decision)
        OR EXISTS (SELECT FROM diming.heritage_tag h WHERE h.subject_id = p.id AND upper_inf(h.known))
        OR EXISTS (SELECT FROM diming.concordance c WHERE c.subject_id = p.id AND c.opened_by <> :decision))
    UNION
    SELECT n.subject_id, n.text FROM diming.place_name n WHERE n.opened_by = :decision AND NOT upper_inf(n.known)
    ORDER BY 2, 1 LIMIT 20
""")
CLOSE_PLACES = text("""
    UPDATE diming.place SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE opened_by = :decision AND upper_inf(known)
""")
CLOSE_NAMES = text("""
    UPDATE diming.place_name SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE opened_by = :decision AND upper_inf(known)
""")
DROP_LINKS = text("DELETE FROM diming.concordance WHERE opened_by = :decision")
