"""The SQL of evaluations. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

_CALLED = """
    LEFT JOIN LATERAL (
        SELECT v.code, v.name FROM published.unit_version v WHERE v.unit_id = {unit} AND upper_inf(v.known)
        ORDER BY upper_inf(v.valid) DESC, lower(v.valid) DESC NULLS LAST LIMIT 1
    ) w ON true
"""
#: `state` on a day: planned until a value of a period after the change is there, complete when each such period has
#: one; `overdue`: a period whose day has passed has none.
_EVALUATION = f"""
    SELECT e.version, e.id, e.code, e.title, e.change_id, e.changed_on, e.method, e.conclusion, e.decision,
           e.demonstration, w.code AS unit_code, w.name AS unit_name, p.*
    FROM published.change_evaluation e {_CALLED.format(unit="e.unit_id")}
    JOIN LATERAL (
        SELECT count(*) AS periods, count(*) FILTER (WHERE p.until >= e.changed_on) AS after,
               count(*) FILTER (WHERE p.until >= e.changed_on AND p.filled) AS after_filled,
               count(*) FILTER (WHERE p.due < CAST(:day AS date) AND NOT p.filled) AS overdue,
               min(p.due) FILTER (WHERE NOT p.filled) AS next_due
        FROM (SELECT p.until, p.due, EXISTS (SELECT FROM published.change_evaluation_value v
                     WHERE v.version = p.version AND v.place = p.place) AS filled
              FROM published.change_evaluation_period p WHERE p.version = e.version) p
    ) p ON true
    WHERE e.known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())
"""
PUBLIC_LIST = text(f"""
    SELECT * FROM ({_EVALUATION}) x
    WHERE (CAST(:within AS text) IS NULL OR starts_with(unit_code, :within))
      AND (CAST(:change AS uuid) IS NULL OR change_id = :change)
      AND (NOT CAST(:overdue AS boolean) OR overdue > 0)
      AND (CAST(:after_day AS date) IS NULL OR changed_on < CAST(:after_day AS date)
           OR (changed_on = CAST(:after_day AS date) AND id > CAST(:after AS uuid)))
    ORDER BY changed_on DESC, id LIMIT :limit
""")
PUBLIC_FIND = text(f"SELECT * FROM ({_EVALUATION}) x WHERE id = :id")
PUBLIC_PERIODS = text("""
    SELECT place, label, until, due FROM published.change_evaluation_period WHERE version = :version ORDER BY place
""")
PUBLIC_VALUES = text(f"""
    SELECT x.unit_id, x.indicator, x.measure, x.better, x.place, x.value, x.source, w.code, w.name
    FROM published.change_evaluation_value x {_CALLED.format(unit="x.unit_id")}
    WHERE x.version = :version ORDER BY w.code, x.unit_id, x.indicator, x.place
""")
#: The day on which a decision changed units or their land; null: it changed none.
CHANGED_ON = text("""
    SELECT min(day) FROM (
        SELECT lower(v.valid) AS day FROM diming.decision_link l
        JOIN diming.unit_version v ON v.id = l.entity_id AND upper_inf(v.known)
        WHERE l.decision_id = :id AND l.collection = 'unit_versions' AND l.effect = 'opened'
        UNION ALL
        SELECT upper(v.valid) FROM diming.decision_link l
        JOIN diming.unit_version v ON v.id = l.entity_id AND upper_inf(v.known)
        WHERE l.decision_id = :id AND l.collection = 'unit_versions' AND l.effect = 'closed'
        UNION ALL
        SELECT e.happened_on FROM diming.decision_link l
        JOIN diming.unit_lineage e ON e.id = l.entity_id AND upper_inf(e.known)
        WHERE l.decision_id = :id AND l.collection = 'unit_lineage'
        UNION ALL
        SELECT lower(s.valid) FROM diming.unit_seat s WHERE s.opened_by = :id AND upper_inf(s.known)
    ) days
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('evaluation:' || :unit, 0))")
STANDS = text("""
    SELECT id AS version, entry_id, title, change_id, method, conclusion FROM diming.change_evaluation
    WHERE unit_id = :unit AND code = :code AND upper_inf(known)
""")
STANDING_PERIODS = text("""
    SELECT label, until, due FROM diming.change_evaluation_period WHERE evaluation_id = :version ORDER BY place
""")
STANDING_VALUES = text("""
    SELECT unit_id, indicator, measure, better, place, value, source FROM diming.change_evaluation_value
    WHERE evaluation_id = :version
""")
END_KNOWN = text("""
    UPDATE diming.change_evaluation SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
INSERT = text("""
    INSERT INTO diming.change_evaluation (id, entry_id, unit_id, code, title, change_id, changed_on, method, conclusion,
        opened_by)
    VALUES (:version, :entry, :unit, :code, :title, :change, :changed_on, :method, :conclusion, :decision)
""")
INSERT_PERIOD = text("""
    INSERT INTO diming.change_evaluation_period (evaluation_id, place, label, until, due)
    VALUES (:version, :place, :label, :until, :due)
""")
INSERT_VALUE = text("""
    INSERT INTO diming.change_evaluation_value
        (evaluation_id, unit_id, indicator, measure, better, place, value, source)
    VALUES (:version, :unit_id, :indicator, :measure, :better, :place, :value, :source)
""")
