"""The SQL of risks and of what belongs to a line, named and commented."""

from __future__ import annotations

from sqlalchemy import text

INSERT_RISK = text("""
    INSERT INTO diming.line_risk (id, risk_id, line_id, segment_id, title, description, level, measures, review_on,
                                  state, source, source_id, by)
    VALUES (:id, :risk, :line, :segment, :title, :description, :level, :measures, :review_on, :state, :source,
            :source_id, :by)
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
