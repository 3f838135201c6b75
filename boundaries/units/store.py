"""The division register's SQL: every statement named, with what it is for.

Reads use the published views, so that the same text serves the public role and
the office. The views are security barriers: a join reaches their index only
through LATERAL with the key inside, and OFFSET 0 to keep it there. `:known_at` null means: as known now.
"""

from __future__ import annotations

from sqlalchemy import text

#: From when to when the register can answer.

_KNOWN = "known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())"
_COLUMNS = """v.id, v.unit_id, v.code, v.name, v.level, v.type, v.parent_id, v.valid,
    lower(v.valid) AS valid_from, upper(v.valid) AS valid_to, v.opened_within, v.closed_within,
    v.begin_known, v.opened_by, v.closed_by, v.demonstration"""
_ROMAN = """(SELECT r.roman FROM published.unit_roman r
     WHERE r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)) AS roman,
    (SELECT r.source FROM published.unit_roman r
     WHERE r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)) AS roman_source"""

#: The version that has a code on a day.
BY_CODE = text(f"""
    SELECT {_COLUMNS}, {_ROMAN} FROM published.unit_version v
    WHERE v.code = :code AND v.valid @> CAST(:as_of AS date) AND v.{_KNOWN}
""")
#: The span of the register, the version that has a code on a day (without one on the last), those above it from the
#: province down, and its decisions: the whole answer about a unit in one question. No version: only the span.
WITH_CHAIN = text(f"""
    SELECT s.register_from, s.register_through, u.*, c.chain, coalesce(c.uncertain, false) AS chain_uncertain,
           d.decisions
    FROM published.register s
    LEFT JOIN LATERAL (
        SELECT {_COLUMNS}, {_ROMAN} FROM published.unit_version v
        WHERE v.code = :code AND v.valid @> coalesce(CAST(:as_of AS date), s.register_through) AND v.{_KNOWN}
        OFFSET 0) u ON true
    LEFT JOIN LATERAL (
        WITH RECURSIVE above AS (
            SELECT v.unit_id, v.code, v.name, v.level, v.parent_id, v.opened_within, v.closed_within, 0 AS height
            FROM published.unit_version v
            WHERE v.unit_id = u.unit_id AND v.valid @> coalesce(CAST(:as_of AS date), s.register_through) AND v.{_KNOWN}
            UNION ALL
            SELECT up.unit_id, up.code, up.name, up.level, up.parent_id, up.opened_within, up.closed_within,
                   a.height + 1
            FROM above a
            JOIN LATERAL (SELECT * FROM published.unit_version v WHERE v.unit_id = a.parent_id
                          AND v.valid @> coalesce(CAST(:as_of AS date), s.register_through) AND v.{_KNOWN}
                          OFFSET 0) up ON true
        )
        SELECT json_agg(json_build_object('code', a.code, 'name', a.name, 'level', a.level) ORDER BY a.height DESC)
                   AS chain,
               bool_or(coalesce(a.opened_within @> coalesce(CAST(:as_of AS date), s.register_through), false)
                       OR coalesce(a.closed_within @> coalesce(CAST(:as_of AS date), s.register_through), false))
                   AS uncertain
        FROM above a) c ON u.unit_id IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'id', d.id, 'doc_no', d.doc_no, 'title', d.title, 'kind', d.kind, 'authority', d.authority,
            'approved_on', d.approved_on, 'announced_on', d.announced_on, 'effective_on', d.effective_on,
            'basis', d.basis, 'effect', l.effect) ORDER BY coalesce(d.effective_on, ''), d.id) AS decisions
        FROM published.decision_link l
        JOIN LATERAL (SELECT * FROM published.decision WHERE id = l.decision_id OFFSET 0) d ON true
        WHERE l.entity_id = u.id) d ON u.id IS NOT NULL
""")
#: All versions that ever had a code, latest first.
CODE_STOOD = text(f"""
    SELECT {_COLUMNS}, {_ROMAN} FROM published.unit_version v
    WHERE v.code = :code AND v.{_KNOWN} ORDER BY lower(v.valid) DESC
""")
#: The version of a unit on a day.
BY_UNIT = text(f"""
    SELECT {_COLUMNS}, {_ROMAN} FROM published.unit_version v
    WHERE v.unit_id = :unit_id AND v.valid @> CAST(:as_of AS date) AND v.{_KNOWN}
""")
#: The versions of units on days, of each pair of them the number.
BY_UNITS = text(f"""
    SELECT q.number, q.unit_id, v.code, v.name
    FROM unnest(CAST(:units AS uuid[]), CAST(:days AS date[])) WITH ORDINALITY AS q(unit_id, day, number)
    JOIN LATERAL (SELECT v.code, v.name FROM published.unit_version v
          WHERE v.unit_id = q.unit_id AND v.valid @> q.day AND v.{_KNOWN} OFFSET 0) v ON true
""")
#: All versions of a unit, first to last.
VERSIONS = text(f"""
    SELECT {_COLUMNS}, {_ROMAN} FROM published.unit_version v
    WHERE v.unit_id = :unit_id AND v.{_KNOWN} ORDER BY lower(v.valid)
""")
#: The units from the province down to a unit on a day, itself included.
CHAIN = text(f"""
    WITH RECURSIVE above AS (
        SELECT v.*, 0 AS height FROM published.unit_version v
        WHERE v.unit_id = :unit_id AND v.valid @> CAST(:as_of AS date) AND v.{_KNOWN}
        UNION ALL
        SELECT up.*, a.height + 1 FROM above a
        JOIN LATERAL (SELECT * FROM published.unit_version v WHERE v.unit_id = a.parent_id
                      AND v.valid @> CAST(:as_of AS date) AND v.{_KNOWN}
                      OFFSET 0) up ON true
    )
    SELECT unit_id, code, name, level, opened_within, closed_within FROM above ORDER BY height DESC
""")
#: A page of units standing on a day, of one parent and level where asked, in order of code. Below a unit are units
#: of its own kind; without one, real or made-up units are asked for.
LIST = text(f"""
    SELECT {_COLUMNS}, {_ROMAN}, p.code AS parent_code, p.name AS parent_name
    FROM published.unit_version v
    LEFT JOIN LATERAL (SELECT v2.code, v2.name FROM published.unit_version v2
          WHERE v2.unit_id = v.parent_id AND v2.valid @> CAST(:as_of AS date) AND v2.{_KNOWN}
          OFFSET 0) p ON true
    WHERE v.valid @> CAST(:as_of AS date) AND v.{_KNOWN}
      AND CASE WHEN CAST(:parent_id AS uuid) IS NULL THEN v.demonstration = :demonstration
               ELSE v.parent_id = :parent_id END
      AND (CAST(:level AS text) IS NULL OR v.level = :level)
      AND (CAST(:after AS text) IS NULL OR v.code > :after)
    ORDER BY v.code LIMIT :limit
""")
#: Decisions linked to versions, lineage edges or anything else, by row.
LINKED = text("""
    SELECT l.entity_id, l.effect, d.id, d.doc_no, d.title, d.kind, d.authority,
           d.approved_on, d.announced_on, d.effective_on, d.basis
    FROM published.decision_link l
    JOIN LATERAL (SELECT * FROM published.decision WHERE id = l.decision_id OFFSET 0) d ON true
    WHERE l.entity_id = ANY(:ids) ORDER BY coalesce(d.effective_on, ''), d.id
""")
#: The lineage edges out of and into a unit, with the code and name of the other side on that day.
EDGES = text(f"""
    SELECT e.id, e.from_unit, e.to_unit, e.kind, e.whole_from, e.whole_to, e.happened_on,
           e.happened_within, e.attested, e.derived, e.opened_by,
           f.code AS from_code, f.name AS from_name, f.level AS from_level,
           t.code AS to_code, t.name AS to_name, t.level AS to_level
    FROM published.unit_lineage e
    JOIN LATERAL (SELECT v.code, v.name, v.level FROM published.unit_version v
          WHERE v.unit_id = e.from_unit AND lower(v.valid) < e.happened_on AND v.{_KNOWN}
          ORDER BY lower(v.valid) DESC LIMIT 1) f ON true
    JOIN LATERAL (SELECT v.code, v.name, v.level FROM published.unit_version v
          WHERE v.unit_id = e.to_unit AND (upper_inf(v.valid) OR upper(v.valid) > e.happened_on)
            AND v.{_KNOWN}
          ORDER BY lower(v.valid) LIMIT 1) t ON true
    WHERE (e.from_unit = :unit_id OR e.to_unit = :unit_id) AND e.{_KNOWN}
    ORDER BY e.happened_on, e.id
""")
#: Everything the translation graph is made of.
ALL_VERSIONS = text("""
    SELECT unit_id, code, name, level, parent_id, lower(valid), upper(valid), opened_by,
           opened_within, closed_within, demonstration
    FROM published.unit_version WHERE upper_inf(known)
""")
#: The same by another date than that of the effect (data/governing.py).
ALL_GOVERNED_VERSIONS = text("SELECT * FROM published.governed_versions()")
ALL_EDGES = text("""
    SELECT from_unit, to_unit, happened_on, whole_from, whole_to, derived, opened_by
    FROM published.unit_lineage WHERE upper_inf(known)
""")
#: Changes whenever anything published changes: the key under which a graph may be kept.

# -- writing ---------------------------------------------------------------------------------
COPY_UNITS = "COPY diming.unit (id, opened_by) FROM STDIN"
COPY_VERSIONS = """
    COPY diming.unit_version (id, unit_id, code, name, level, type, parent_id, valid, opened_within,
        closed_within, begin_known, opened_by, closed_by) FROM STDIN
"""
COPY_EDGES = """
    COPY diming.unit_lineage (id, from_unit, to_unit, kind, whole_from, whole_to, happened_on,
        happened_within, attested, derived, opened_by) FROM STDIN
"""
COPY_ROMAN = "COPY diming.unit_roman (id, unit_id, name, roman, source, ambiguous, opened_by) FROM STDIN"
#: Ends our knowledge of rows; what replaces them is inserted in the same transaction.
END_KNOWN_VERSIONS = text("""
    UPDATE diming.unit_version SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE id = ANY(:ids) AND upper_inf(known)
""")
SET_SPAN = text("""
    INSERT INTO diming.setting (key, value, changed_by)
    VALUES ('register', jsonb_build_object('from', CAST(:from_ AS text), 'through', CAST(:through AS text)), :actor)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
        changed_at = transaction_timestamp()
""")
FIND_LOAD = text("SELECT report, decision_id FROM diming.load WHERE kind = :kind AND input_hash = :hash")
LOADS_OF_KIND = text("SELECT count(*) FROM diming.load WHERE kind = :kind")
INSERT_LOAD = text("""
    INSERT INTO diming.load (id, kind, input_hash, decision_id, report)
    VALUES (:id, :kind, :hash, :decision_id, CAST(:report AS jsonb))
""")
#: After a bulk load: without statistics the planner reads whole tables for one code.
ANALYZE = text(
    "ANALYZE diming.unit, diming.unit_version, diming.unit_lineage, diming.unit_roman, diming.decision, "
    "diming.decision_link, diming.change"
)
