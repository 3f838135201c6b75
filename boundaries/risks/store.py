"""The SQL of risks and of what belongs to a line, named and commented."""

from __future__ import annotations

from sqlalchemy import text

INSERT_RISK = text("""
    INSERT INTO diming.line_risk (id, risk_id, line_id, segment_id, title, description, level, measures, review_on,
                                  state, source, source_id, by)
    VALUES (:id, :risk, :line, :segment, :title, :description, :level, :measures, :review_on, :state, :source,
            :source_id, :by)
""")
#: Whether what a risk names is of its line: the inspection, the observation or the case it came from, its segment.
IS_OF_LINE = text("""
    SELECT (CAST(:segment AS uuid) IS NULL
            OR EXISTS (SELECT FROM diming.boundary_line_run WHERE line_id = :line AND segment_id = :segment))
       AND CASE WHEN CAST(:source_id AS uuid) IS NULL THEN true ELSE CASE :source
           WHEN 'inspection' THEN EXISTS (SELECT FROM diming.inspection WHERE id = :source_id AND line_id = :line)
           WHEN 'patrol' THEN EXISTS (SELECT FROM diming.patrol_observation WHERE id = :source_id AND line_id = :line)
           WHEN 'case' THEN EXISTS (SELECT FROM diming.dispute WHERE case_id = :source_id AND line_id = :line)
           ELSE false END END
""")
_LATEST = """
    SELECT DISTINCT ON (r.risk_id) r.risk_id AS id, r.line_id AS line, r.segment_id AS segment, r.title,
           r.description, r.level, r.measures, r.review_on, r.state, r.source, r.source_id, r.at
    FROM diming.line_risk r"""
#: The latest assessment of a risk; whoever writes the next one waits.
RISK = text(f"{_LATEST} WHERE r.risk_id = :id ORDER BY r.risk_id, r.at DESC, r.id DESC")
LOCK_RISK = text("SELECT pg_advisory_xact_lock(hashtextextended('line_risk:' || :id, 0))")
HISTORY = text("""
    SELECT level, measures, review_on, state, description, at FROM diming.line_risk WHERE risk_id = :id ORDER BY at, id
""")
#: Of each risk of a line the latest assessment, the worst and the first to be reviewed before the rest.
RISKS = text(f"""
    SELECT * FROM ({_LATEST} WHERE r.line_id = :line ORDER BY r.risk_id, r.at DESC, r.id DESC) l
    WHERE CAST(:state AS text) IS NULL OR l.state = :state
    ORDER BY array_position(ARRAY['high', 'medium', 'low'], l.level), l.review_on NULLS LAST, l.id LIMIT :limit
""")
INSERT_ASSET = text("""
    INSERT INTO diming.line_asset (id, line_id, kind, title, doc_no, dated, ends_on, parties, note, geom, by)
    VALUES (:id, :line, :kind, :title, :doc_no, :dated, :ends_on, :parties, :note,
            CASE WHEN CAST(:lon AS float8) IS NULL THEN NULL ELSE ST_SetSRID(ST_Point(:lon, :lat), 4490) END, :by)
""")
_ASSET = """id, line_id AS line, kind, title, doc_no, dated::text AS dated, ends_on, parties, note,
    CASE WHEN geom IS NULL THEN NULL ELSE ARRAY[ST_X(geom), ST_Y(geom)] END AS position, removed_at, removed_why, at"""
ASSETS = text(f"""
    SELECT {_ASSET} FROM diming.line_asset WHERE line_id = :line AND (CAST(:all AS boolean) OR removed_at IS NULL)
    ORDER BY kind, at, id LIMIT :limit
""")
ASSET = text(f"SELECT {_ASSET} FROM diming.line_asset WHERE id = :id")
REMOVE_ASSET = text("""
    UPDATE diming.line_asset SET removed_at = transaction_timestamp(), removed_why = :why
    WHERE id = :id AND removed_at IS NULL RETURNING id
""")
#: Lines beside which somebody may look: pairs of a unit (null: any) and a level (null: any).
_REACHED = """EXISTS (SELECT FROM diming.boundary_line_version l
        JOIN unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS g(unit, level)
             ON (g.unit IS NULL OR g.unit IN (l.unit_a, l.unit_b)) AND (g.level IS NULL OR g.level = l.level)
        WHERE l.line_id = x.line AND upper_inf(l.known))"""
_CALLED = """LEFT JOIN LATERAL (SELECT coalesce(l.name, a.name || '—' || b.name) AS line_name
        FROM diming.boundary_line_version l
        LEFT JOIN diming.unit_version a ON a.unit_id = l.unit_a AND upper_inf(a.known) AND upper_inf(a.valid)
        LEFT JOIN diming.unit_version b ON b.unit_id = l.unit_b AND upper_inf(b.known) AND upper_inf(b.valid)
        WHERE l.line_id = x.line AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1) n ON true"""
_WANTED_RISK = f"""(CAST(:line AS uuid) IS NULL OR x.line = :line)
      AND (CAST(:level AS text) IS NULL OR x.level = :level)
      AND (CAST(:state AS text) IS NULL OR x.state = :state)
      AND (CAST(:overdue_on AS date) IS NULL OR (x.state = 'open' AND x.review_on < :overdue_on))
      AND {_REACHED}"""
#: A page of the risks of all lines as they stand, those first whose review is due first; closed ones last.
PAGE = text(f"""
    SELECT x.*, n.line_name, coalesce(x.review_on, DATE '9999-12-31') AS due
    FROM ({_LATEST} ORDER BY r.risk_id, r.at DESC, r.id DESC) x
    {_CALLED}
    WHERE {_WANTED_RISK}
      AND (CAST(:after_day AS date) IS NULL
           OR (coalesce(x.review_on, DATE '9999-12-31'), x.id) > (CAST(:after_day AS date), CAST(:after AS uuid)))
    ORDER BY due, x.id LIMIT :limit
""")
#: Most installations that only name places have none, and need no register of divisions to say so.
ANY = text("SELECT EXISTS (SELECT 1 FROM diming.line_risk)")
OVERDUE = text(f"""
    SELECT count(*) FROM ({_LATEST} ORDER BY r.risk_id, r.at DESC, r.id DESC) x WHERE {_WANTED_RISK}
""")
#: A page of the inventory of all lines, what was entered last first.
ASSET_PAGE = text(f"""
    SELECT x.*, n.line_name FROM (SELECT {_ASSET} FROM diming.line_asset) x
    {_CALLED}
    WHERE (CAST(:line AS uuid) IS NULL OR x.line = :line)
      AND (CAST(:kind AS text) IS NULL OR x.kind = :kind)
      AND (CAST(:all AS boolean) OR x.removed_at IS NULL)
      AND (CAST(:ended_on AS date) IS NULL OR x.ends_on < :ended_on)
      AND {_REACHED}
      AND (CAST(:after AS uuid) IS NULL OR x.id < CAST(:after AS uuid))
    ORDER BY x.id DESC LIMIT :limit
""")
LINE_CALLED = text("""
    SELECT coalesce(l.name, a.name || '—' || b.name) FROM diming.boundary_line_version l
    LEFT JOIN diming.unit_version a ON a.unit_id = l.unit_a AND upper_inf(a.known) AND upper_inf(a.valid)
    LEFT JOIN diming.unit_version b ON b.unit_id = l.unit_b AND upper_inf(b.known) AND upper_inf(b.valid)
    WHERE l.line_id = :line AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1
""")
