"""The SQL of publications of codes. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

_SHOWN = """
    p.id, p.unit_id, p.kind, p.number, p.title, p.note, p.codes_on, p.previous_id, p.corrects_id, p.codes, p.changes,
    p.codes_hash, p.changes_hash, p.recorded_at, p.decision, p.demonstration, w.code AS unit_code, w.name AS unit_name,
    prior.number AS previous_number, prior.codes_on AS since, wrong.number AS corrects_number,
    righted.id AS corrected_by, righted.number AS corrected_by_number
"""
_PUBLICATION = f"""
    SELECT {_SHOWN} FROM published.code_publication p
    LEFT JOIN LATERAL (
        SELECT v.code, v.name FROM published.unit_version v
        WHERE v.unit_id = p.unit_id AND v.valid @> p.codes_on AND upper_inf(v.known) OFFSET 0
    ) w ON true
    LEFT JOIN published.code_publication prior ON prior.id = p.previous_id
    LEFT JOIN published.code_publication wrong ON wrong.id = p.corrects_id
    LEFT JOIN LATERAL (
        SELECT r.id, r.number FROM published.code_publication r WHERE r.corrects_id = p.id
        ORDER BY r.recorded_at DESC, r.id LIMIT 1
    ) righted ON true
"""
PUBLIC_LIST = text(f"""
    {_PUBLICATION}
    WHERE p.codes_on <= :day
      AND (CAST(:kind AS text) IS NULL OR p.kind = :kind)
      AND (CAST(:within AS text) IS NULL OR starts_with(w.code, :within))
      AND (CAST(:after_day AS date) IS NULL
           OR (p.codes_on, p.number) < (CAST(:after_day AS date), CAST(:after_number AS text)))
    ORDER BY p.codes_on DESC, p.number DESC LIMIT :limit
""")
PUBLIC_FIND = text(f"{_PUBLICATION} WHERE p.id = :id")
PUBLIC_CODES = text("""
    SELECT unit_id, code, name, level, type, parent_code, uncertain FROM published.code_publication_code
    WHERE publication_id = :id AND (CAST(:after AS text) IS NULL OR code > :after)
    ORDER BY code LIMIT CAST(:limit AS int)
""")
PUBLIC_CHANGES = text("""
    SELECT place, happened_on, late, what, code_before, name_before, parent_before, code_after, name_after,
           parent_after, into_units, decision_id, doc_no, decision_title
    FROM published.code_publication_change
    WHERE publication_id = :id AND (CAST(:after AS int) IS NULL OR place > CAST(:after AS int))
    ORDER BY place LIMIT CAST(:limit AS int)
""")
#: Of each version of these units that ended, by what.
PUBLIC_CLOSED = text("""
    SELECT unit_id, upper(valid) AS ended_on, closed_by FROM published.unit_version
    WHERE unit_id = ANY(:units) AND upper_inf(known) AND NOT upper_inf(valid)
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('code publication', 0))")
#: The latest of a kind and scope that no later one put right, of a day before `:before` where one is given.
PUBLIC_LAST = text("""
    SELECT p.id, p.codes_on, p.number FROM published.code_publication p
    WHERE p.unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid) AND p.kind = :kind
      AND (CAST(:before AS date) IS NULL OR p.codes_on < CAST(:before AS date))
      AND NOT EXISTS (SELECT FROM published.code_publication r WHERE r.corrects_id = p.id)
    ORDER BY p.codes_on DESC, p.recorded_at DESC LIMIT 1
""")
NUMBERS = text("SELECT count(*) FROM diming.code_publication WHERE starts_with(number, :beginning)")
INSERT = text("""
    INSERT INTO diming.code_publication (id, unit_id, kind, number, title, note, codes_on, previous_id, corrects_id,
        codes, changes, codes_hash, changes_hash, opened_by)
    VALUES (:id, :unit, :kind, :number, :title, :note, :codes_on, :previous, :corrects, :codes, :changes, :codes_hash,
        :changes_hash, :decision)
""")
INSERT_CODES = text("""
    INSERT INTO diming.code_publication_code (publication_id, code, unit_id, name, level, type, parent_code, uncertain)
    VALUES (:publication, :code, :unit_id, :name, :level, :type, :parent_code, :uncertain)
""")
INSERT_CHANGES = text("""
    INSERT INTO diming.code_publication_change (publication_id, place, unit_id, happened_on, late, what, code_before,
        name_before, parent_before, code_after, name_after, parent_after, into_units, decision_id, doc_no,
        decision_title)
    VALUES (:publication, :place, :unit_id, :happened_on, :late, :what, :code_before, :name_before, :parent_before,
        :code_after, :name_after, :parent_after, :into_units, :decision_id, :doc_no, :decision_title)
""")
