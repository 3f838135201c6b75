"""The SQL of stored spellings."""

from __future__ import annotations

from sqlalchemy import text

from data.some import OfSome

#: Every name that a unit has borne, with a code under which it did.
UNIT_NAMES = OfSome.made(
    """
    SELECT DISTINCT ON (unit_id, name) unit_id AS subject_id, name, code
    FROM diming.unit_version {some}
    WHERE upper_inf(known)
    ORDER BY unit_id, name, lower(valid)
    """,
    "unit_id",
)
#: Chinese names of places (not their further forms), with the code of the unit in which each lies.
PLACE_NAMES = OfSome.made(
    """
    SELECT DISTINCT ON (n.subject_id, n.text) n.subject_id, n.text AS name, p.class, p.type_code, v.code
    FROM diming.place_name n
    JOIN diming.place p ON p.id = n.subject_id AND upper_inf(p.known)
    LEFT JOIN diming.unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
    {some}
    WHERE upper_inf(n.known) AND n.script = 'Hans' AND n.kind IN ('standard', 'unverified', 'former')
    ORDER BY n.subject_id, n.text
    """,
    "n.subject_id",
)
STORED = OfSome.made(
    """
    SELECT id, subject_id, name, form, roman, toned, system, layer, source, preferred, review, reason
    FROM diming.spelling {some}
    WHERE upper_inf(known)
    """,
    "subject_id",
)
UNITS = text("SELECT id FROM diming.unit ORDER BY id")
ROWS = text("SELECT count(*) FROM diming.spelling")
#: Places, and what else has spellings (places that are no more), a page by their identifiers.
PLACES_AFTER = text("""
    SELECT id FROM (
        (SELECT id FROM diming.place WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit)
        UNION
        (SELECT DISTINCT subject_id FROM diming.spelling
         WHERE collection = 'places' AND upper_inf(known) AND (CAST(:after AS uuid) IS NULL OR subject_id > :after)
         ORDER BY subject_id LIMIT :limit)
    ) named ORDER BY id LIMIT :limit
""")
#: How often the table was brought up to date before.
ROUND = text("SELECT count(*) FROM diming.audit WHERE action = 'spellings.written'")
END_KNOWN = text("""
    UPDATE diming.spelling SET known = tstzrange(lower(known), transaction_timestamp()), closed_by = :decision
    WHERE id = ANY(:ids)
""")
COPY = """
    COPY diming.spelling (id, subject_id, collection, name, form, roman, toned, system, layer, source, preferred,
                          review, reason, opened_by) FROM STDIN
"""
ANALYZE = text("ANALYZE diming.spelling")
#: What units' answers show; kept equal to the preferred spelling.
ROMANS = text("SELECT id, unit_id, name, roman, source, ambiguous FROM diming.unit_roman WHERE upper_inf(known)")
END_KNOWN_ROMANS = text("""
    UPDATE diming.unit_roman SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = ANY(:ids)
""")

#: The spellings of all names of one thing.
OF_SUBJECT = text("""
    SELECT id, name, form, roman, toned, system, layer, source, preferred, review, reason, opened_by AS decision
    FROM published.spelling WHERE subject_id = :id AND upper_inf(known)
    ORDER BY name, preferred DESC, form, roman
""")
#: Preferred spellings that wait for a person, of a reason where asked, after a name. The page is cut first: what stands
#: beside each is looked up for its rows only, each by LATERAL with the key inside (see boundaries.units.store).
WAITING = text("""
    WITH waiting AS MATERIALIZED (
        SELECT subject_id, collection, name, roman, toned, source, reason
        FROM published.spelling
        WHERE review = 'open' AND preferred AND upper_inf(known)
          AND (CAST(:reason AS text) IS NULL OR reason = :reason)
          AND (CAST(:collection AS text) IS NULL OR collection = :collection)
          AND (CAST(:after_name AS text) IS NULL
               OR (name COLLATE "C", subject_id) > (CAST(:after_name AS text) COLLATE "C", CAST(:after_id AS uuid)))
        ORDER BY name COLLATE "C", subject_id LIMIT :limit
    )
    SELECT w.*, others.found AS others, coalesce(unit.code, place.code) AS code, unit.standing
    FROM waiting w
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object('roman', o.roman, 'form', o.form, 'source', o.source)
                        ORDER BY o.form, o.roman) AS found
        FROM published.spelling o
        WHERE o.subject_id = w.subject_id AND o.name = w.name AND NOT o.preferred AND upper_inf(o.known)
    ) others ON true
    LEFT JOIN LATERAL (
        SELECT v.code, upper_inf(v.valid) AS standing FROM published.unit_version v
        WHERE v.unit_id = w.subject_id AND v.name = w.name AND upper_inf(v.known)
        ORDER BY lower(v.valid) DESC LIMIT 1
    ) unit ON w.collection = 'units'
    LEFT JOIN LATERAL (
        SELECT q.unit_id FROM published.place q WHERE q.id = w.subject_id AND upper_inf(q.known) LIMIT 1
    ) lies ON w.collection = 'places'
    LEFT JOIN LATERAL (
        SELECT v.code FROM published.unit_version v
        WHERE v.unit_id = lies.unit_id AND upper_inf(v.known) AND upper_inf(v.valid) LIMIT 1
    ) place ON lies.unit_id IS NOT NULL
    ORDER BY w.name COLLATE "C", w.subject_id
""")
WAITING_COUNTS = text("""
    SELECT collection, reason, count(*) AS number FROM published.spelling
    WHERE review = 'open' AND preferred AND upper_inf(known) GROUP BY collection, reason ORDER BY collection, reason
""")
LOCK_NAME = text("""
    SELECT id, collection, name, form, roman, toned, system, layer, source, preferred, review, reason
    FROM diming.spelling WHERE subject_id = :id AND name = :name AND upper_inf(known) ORDER BY id FOR UPDATE
""")
