"""The SQL of comparisons. Everything here is for staff and reads and writes `diming` itself."""

from __future__ import annotations

from sqlalchemy import text

from boundaries.submissions.store import VEILED

INSERT = text("""
    INSERT INTO diming.comparison (id, batch_id, line_id, inspection_id, as_of, a_submission, b_submission,
        accuracy_a_m, accuracy_b_m, document_a, document_b, asked_by, account_id)
    VALUES (:id, :batch_id, :line_id, :inspection_id, :as_of, :a, :b, :accuracy_a_m, :accuracy_b_m, :document_a,
        :document_b, :asked_by, :account_id)
""")
#: A line is called what it is called now, or was called last; its left unit is A's.
_NAMES = """LEFT JOIN LATERAL (SELECT l.name, l.level, l.unit_a, l.unit_b FROM diming.boundary_line_version l
        WHERE l.line_id = c.line_id AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1) l ON true
    LEFT JOIN diming.submission sa ON sa.id = c.a_submission
    LEFT JOIN diming.submission sb ON sb.id = c.b_submission
    LEFT JOIN diming.account p ON p.id = c.account_id"""
#: Whether one of the two surveys may not be seen by the other side (any more): then nobody sees what they say together.
_VEILED = f"""EXISTS (SELECT FROM diming.submission s
    WHERE s.id IN (c.a_submission, c.b_submission) AND {VEILED})"""
_COLUMNS = """c.id, c.batch_id, c.line_id, c.inspection_id, c.as_of, c.a_submission, c.b_submission, c.accuracy_a_m,
    c.accuracy_b_m, c.document_a, c.document_b, c.asked_at, c.asked_by, p.display_name,
    c.state, c.ended_at, c.problem, c.counts, c.answer,
    c.left_unit, c.right_unit, l.name AS line_name, l.level AS line_level, sa.file_name AS a_file,
    sb.file_name AS b_file, sa.received_at AS a_received, sb.received_at AS b_received"""
FIND = text(
    f"SELECT {_COLUMNS}, c.report, c.drawn, {_VEILED} AS veiled FROM diming.comparison c {_NAMES} WHERE c.id = :id"
)
#: Those of the lines beside which somebody may look: pairs of a unit (null: any) and a level (null: any).
LIST = text(f"""
    SELECT {_COLUMNS} FROM diming.comparison c {_NAMES}
    WHERE EXISTS (SELECT FROM unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS reach (unit, level)
                  WHERE (reach.unit IS NULL OR reach.unit IN (l.unit_a, l.unit_b))
                    AND (reach.level IS NULL OR reach.level = l.level))
      AND NOT {_VEILED}
      AND (CAST(:line AS uuid) IS NULL OR c.line_id = :line)
      AND (CAST(:batch AS uuid) IS NULL OR c.batch_id = :batch)
      AND (CAST(:state AS text) IS NULL OR c.state = :state)
      AND (CAST(:after AS uuid) IS NULL OR c.id < CAST(:after AS uuid))
    ORDER BY c.id DESC LIMIT :limit
""")
#: What was worked out of a batch, as it is drawn, of the lines beside which somebody may look.
DRAWN_OF_BATCH = text(f"""
    SELECT c.line_id, l.name AS line_name, c.drawn, c.report->'tolerance_m' AS tolerance_m,
           c.report->'accuracies_m' AS accuracies_m
    FROM diming.comparison c {_NAMES}
    WHERE c.batch_id = :batch AND c.state = 'done' AND NOT {_VEILED}
      AND EXISTS (SELECT FROM unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS reach (unit, level)
                  WHERE (reach.unit IS NULL OR reach.unit IN (l.unit_a, l.unit_b))
                    AND (reach.level IS NULL OR reach.level = l.level))
    ORDER BY c.id
""")
BATCH = text("""
    SELECT count(*) AS of, count(*) FILTER (WHERE state IN ('done', 'failed')) AS done,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM diming.comparison WHERE batch_id = :batch
""")
OF_BATCH = text(
    "SELECT id FROM diming.comparison WHERE batch_id = :batch AND state IN ('waiting', 'running') ORDER BY id"
)
BEGIN = text("UPDATE diming.comparison SET state = 'running' WHERE id = :id AND state = 'waiting'")
DONE = text("""
    UPDATE diming.comparison SET state = 'done', ended_at = transaction_timestamp(), report = CAST(:report AS jsonb),
        drawn = CAST(:drawn AS jsonb), counts = CAST(:counts AS jsonb), answer = CAST(:answer AS jsonb),
        left_unit = :left_unit, right_unit = :right_unit
    WHERE id = :id AND state IN ('waiting', 'running')
""")
FAILED = text("""
    UPDATE diming.comparison SET state = 'failed', ended_at = transaction_timestamp(), problem = CAST(:problem AS jsonb)
    WHERE id = :id AND state IN ('waiting', 'running')
""")
#: The inspection named, if it is of the line; where none is named the one that is under way.
INSPECTION_OF = text("""
    SELECT id FROM diming.inspection
    WHERE line_id = :line
      AND CASE WHEN CAST(:id AS uuid) IS NULL THEN state NOT IN ('filed', 'cancelled')
               ELSE id = CAST(:id AS uuid) END
    ORDER BY cause = 'periodic' DESC, due_on, id LIMIT 1
""")
SUBMISSION = text("""
    SELECT id, line_id, side, sha256, file_name, state, verdict FROM diming.submission WHERE id = :id
""")
#: Of each line the last checked submission of either side, where both are in and no comparison has both.
READY = text("""
    SELECT l.line_id, l.name, a.id AS a, b.id AS b, a.received_at AS a_received, b.received_at AS b_received
    FROM diming.boundary_line_version l
    JOIN LATERAL (SELECT id, received_at FROM diming.submission WHERE line_id = l.line_id AND side = 'left'
          AND state = 'checked' ORDER BY received_at DESC, id DESC LIMIT 1) a ON true
    JOIN LATERAL (SELECT id, received_at FROM diming.submission WHERE line_id = l.line_id AND side = 'right'
          AND state = 'checked' ORDER BY received_at DESC, id DESC LIMIT 1) b ON true
    WHERE upper_inf(l.known) AND upper_inf(l.valid)
      AND EXISTS (SELECT FROM unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS reach (unit, level)
                  WHERE (reach.unit IS NULL OR reach.unit IN (l.unit_a, l.unit_b))
                    AND (reach.level IS NULL OR reach.level = l.level))
      AND NOT EXISTS (SELECT FROM diming.comparison c WHERE c.a_submission = a.id AND c.b_submission = b.id
                      AND c.state <> 'failed')
    ORDER BY greatest(a.received_at, b.received_at) DESC, l.line_id LIMIT :limit
""")
#: What of a comparison was taken over: its finding of the line and where that stands.
TAKEN = text("""
    SELECT source_item AS number, id, state, case_id AS "case" FROM diming.inspection_finding
    WHERE source = 'comparison' AND source_id = :id
""")
MARKERS = text("""
    SELECT m.marker_id, m.code, m.kind, ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat, m.accuracy_m, m.witnesses
    FROM diming.marker_version m
    WHERE m.line_id = :line AND m.valid @> CAST(:on AS date) AND upper_inf(m.known)
      AND m.state <> 'scrapped' ORDER BY m.code, m.marker_id
""")
