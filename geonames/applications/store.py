"""The SQL of applications."""

from __future__ import annotations

from sqlalchemy import text

ADD_PROPOSED = text("""
    INSERT INTO diming.proposed_name (case_id, place_in_order, name, class, type_code, units, geom, whole, toneless)
    VALUES (:case_id, :place_in_order, :name, :class, :type_code, :units,
            ST_SetSRID(ST_Point(:longitude, :latitude), 4490), :whole, :toneless)
""")
DROP_PROPOSED = text("DELETE FROM diming.proposed_name WHERE case_id = :case_id")
IS_HANDED_IN = text("SELECT 1 FROM diming.attachment WHERE id = :attachment AND case_id = :case_id")
CLOSE_PROPOSED = text("UPDATE diming.proposed_name SET open = false WHERE case_id = :case_id AND open")
#: A name that was approved is seen by others until it stands in the public register.
CLOSE_OTHERS = text("""
    UPDATE diming.proposed_name SET open = false WHERE case_id = :case_id AND open AND name <> :name
""")
#: Open applications for the same name or sound in the same unit of a level (the length of its code).
ALSO_PROPOSED = text("""
    SELECT DISTINCT c.id, c.number, p.name, p.whole = :whole AS same,
           c.facts ? 'decision' OR coalesce(r.state = 'approved', false) AS decided
    FROM diming.proposed_name p JOIN diming.case_file c ON c.id = p.case_id
    LEFT JOIN diming.batch_row r ON r.case_id = p.case_id AND r.row_number = p.place_in_order
    WHERE p.open AND p.case_id <> :case_id AND p.class = :class
      AND (p.whole = :whole OR p.toneless = :toneless)
      AND p.units && CAST(:units AS text[])
    ORDER BY c.number
""")
LOCK_NAME = text("SELECT pg_advisory_xact_lock(hashtextextended('proposed_name:' || :toneless, 0))")
PROTECTED = text("""
    SELECT 1 FROM diming.heritage_tag
    WHERE subject_id = :place_id AND upper_inf(known) AND valid @> CAST(:day AS date) LIMIT 1
""")
STANDING = text("""
    SELECT p.class, p.type_code, p.unit_id, ST_X(p.geom) AS longitude, ST_Y(p.geom) AS latitude, n.text AS name
    FROM diming.place p
    JOIN diming.place_name n ON n.subject_id = p.id AND n.kind IN ('standard', 'unverified') AND upper_inf(n.known)
        AND upper_inf(n.valid)
    WHERE p.id = :place_id AND upper_inf(p.known) ORDER BY n.kind = 'standard' DESC LIMIT 1
""")
#: Which of the units that have polygons hold a position: by code.
# Made-up divisions are laid over real ones, whose polygons say nothing about a place in them.
HOLDERS = text("""
    SELECT v.code FROM published.shapes_at(:longitude, :latitude) s
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
    WHERE NOT EXISTS (SELECT FROM diming.unit_version w JOIN diming.unit u ON u.id = w.unit_id
                      WHERE w.code = :within AND u.demonstration)
""")
ADD_ANNOUNCEMENT = text("""
    INSERT INTO diming.announcement (id, decision_id, case_id, announced_on, authority, doc_no, notice)
    VALUES (:id, :decision, :case_id, :day, :authority, :doc_no, CAST(:notice AS jsonb))
""")
_AROUND = """
    geom && ST_Expand(ST_SetSRID(ST_Point(:longitude, :latitude), 4490), :degrees)
    AND ST_DistanceSphere(geom, ST_SetSRID(ST_Point(:longitude, :latitude), 4490)) <= :reach
"""
# The nearest first; of a place its closest likeness.
ALIKE = text(f"""
    WITH near AS (
        SELECT id, class, geom FROM diming.place
        WHERE upper_inf(known) AND id IS DISTINCT FROM CAST(:own AS uuid) AND {_AROUND}),
    alike AS (
        SELECT DISTINCT ON (k.subject_id) k.subject_id AS id, k.name, k.kind, n.class, n.geom,
               upper_inf(k.valid) AS stands,
               CASE WHEN k.whole = :whole THEN 'same' WHEN k.toned <> '' AND k.toned = :toned THEN 'sound'
                    WHEN k.toneless = :toneless THEN 'toneless' WHEN k.whole = ANY(:written) THEN 'written'
                    WHEN k.specific = :specific THEN 'specific' WHEN k.specific = ANY(:specific_written) THEN 'written'
                    ELSE 'specific_sound' END AS alike
        FROM diming.name_key k JOIN near n ON n.id = k.subject_id
        WHERE k.whole = :whole OR (k.toneless <> '' AND k.toneless = :toneless)
           OR (k.specific <> '' AND k.specific = :specific)
           OR (k.specific_toneless <> '' AND k.specific_toneless = :specific_toneless)
           OR k.whole = ANY(:written) OR k.specific = ANY(:specific_written)
        ORDER BY k.subject_id, k.whole = :whole DESC, k.toneless = :toneless DESC, upper_inf(k.valid) DESC, k.name)
    SELECT id, name, kind, class, stands, alike, NULL AS case_number, ST_X(geom) AS longitude, ST_Y(geom) AS latitude,
           ST_DistanceSphere(geom, ST_SetSRID(ST_Point(:longitude, :latitude), 4490)) AS distance_m
    FROM alike
    UNION ALL
    SELECT c.id, p.name, 'applied', p.class, true,
           CASE WHEN p.whole = :whole THEN 'same' WHEN p.toneless = :toneless THEN 'toneless' ELSE 'written' END,
           c.number, ST_X(p.geom), ST_Y(p.geom),
           ST_DistanceSphere(p.geom, ST_SetSRID(ST_Point(:longitude, :latitude), 4490))
    FROM diming.proposed_name p JOIN diming.case_file c ON c.id = p.case_id
    WHERE p.open AND p.case_id <> :case_id AND {_AROUND}
      AND (p.whole = :whole OR p.toneless = :toneless OR p.whole = ANY(:written))
    ORDER BY distance_m, name, id LIMIT :most
""")
