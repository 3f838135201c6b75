"""The SQL of submissions. Everything here is for staff and reads and writes `diming` itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from boundaries.intake.model import Finding
from boundaries.shapes.store import ewkb
from boundaries.submissions.matching import Known

#: Rows of findings that go to the database in one statement.
BATCH = 2_000

INSERT = text("""
    INSERT INTO diming.submission (id, line_id, round_id, side, sha256, bytes, file_name, note, scale, profile, expect,
        as_of, earlier_id, received_at, received_by, account_id)
    VALUES (:id, :line_id, :round_id, :side, :sha256, :bytes, :file_name, :note, :scale, :profile, :expect,
        :as_of, :earlier_id, :received_at, :received_by, :account_id)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")
#: A line is called what it is called now, or was called last.
_NAMES = """LEFT JOIN LATERAL (SELECT l.name, l.level, l.unit_a, l.unit_b FROM diming.boundary_line_version l
        WHERE l.line_id = s.line_id AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT v.code, v.name FROM diming.unit_version v
        WHERE v.unit_id = l.unit_a AND upper_inf(v.known) ORDER BY lower(v.valid) DESC LIMIT 1) ua ON true
    LEFT JOIN LATERAL (SELECT v.code, v.name FROM diming.unit_version v
        WHERE v.unit_id = l.unit_b AND upper_inf(v.known) ORDER BY lower(v.valid) DESC LIMIT 1) ub ON true
    LEFT JOIN diming.account a ON a.id = s.account_id"""
#: The inspection with separate records under which a submission (alias `s`) came in and is not shown to the other side
#: yet: neither sees the other's before both have handed in or the day has passed.
_VEILING = """FROM diming.inspection i JOIN diming.case_file f ON f.id = i.case_id
    WHERE i.line_id = s.line_id AND i.mode = 'separate' AND f.opened_at <= s.received_at
      AND i.reveal_after >= (transaction_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
      AND (SELECT count(*) FROM diming.inspection_handed_in h WHERE h.inspection_id = i.id) < 2"""
VEILING = text(f"""
    SELECT i.id, i.line_id, i.left_id, i.right_id, i.case_id FROM diming.submission s, LATERAL (
        SELECT i.* {_VEILING}) i WHERE s.id = :id ORDER BY i.id
""")
#: Whether a submission (alias `s`) is veiled.
VEILED = f"EXISTS (SELECT {_VEILING})"
_COLUMNS = f"""{VEILED} AS veiled,
    s.id, s.line_id, l.name AS line_name, l.level AS line_level, ua.name AS unit_a_name,
    ub.name AS unit_b_name, ua.code AS unit_a_code, ub.code AS unit_b_code, s.round_id, s.side,
    s.sha256, s.bytes, s.file_name, s.note, s.scale, s.profile, s.expect, s.as_of, s.earlier_id,
    s.received_at, s.received_by, s.account_id, a.display_name, s.state, s.checked_at, s.verdict, s.problem,
    s.report->'counts' AS counts, s.report->'severities' AS severities"""
FIND = text(f"SELECT {_COLUMNS}, s.report FROM diming.submission s {_NAMES} WHERE s.id = :id")
#: Submissions of the lines beside which somebody may look (`reach` pairs a unit, null: any, with a level, null: any),
#: and one's own.
LIST = text(f"""
    SELECT {_COLUMNS} FROM diming.submission s {_NAMES}
    WHERE (s.received_by = :me OR EXISTS (
            SELECT FROM unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS reach (unit, level)
            WHERE (reach.unit IS NULL OR reach.unit IN (l.unit_a, l.unit_b))
              AND (reach.level IS NULL OR reach.level = l.level)))
      AND (CAST(:line AS uuid) IS NULL OR s.line_id = :line)
      AND (CAST(:round AS uuid) IS NULL OR s.round_id = :round)
      AND (CAST(:side AS text) IS NULL OR s.side = :side)
      AND (CAST(:state AS text) IS NULL OR s.state = :state)
      AND (CAST(:verdict AS text) IS NULL OR s.verdict = :verdict)
      AND (NOT :mine OR s.received_by = :me)
      AND (CAST(:at AS timestamptz) IS NULL OR (s.received_at, s.id) < (CAST(:at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY s.received_at DESC, s.id DESC LIMIT :limit
""")
#: The last one that was checked for the same line, round and side.
BEFORE = text("""
    SELECT id FROM diming.submission
    WHERE line_id = :line AND state = 'checked' AND side IS NOT DISTINCT FROM CAST(:side AS text)
      AND round_id IS NOT DISTINCT FROM CAST(:round AS uuid)
    ORDER BY received_at DESC, id DESC LIMIT 1
""")
AFTER = text("SELECT id, received_at FROM diming.submission WHERE earlier_id = :id ORDER BY received_at, id")
LOCK = text("""
    SELECT id, state, line_id, sha256, bytes, file_name, scale, profile, expect, as_of, earlier_id, received_by
    FROM diming.submission WHERE id = :id FOR UPDATE
""")
BEGIN = text("UPDATE diming.submission SET state = 'checking' WHERE id = :id")
CHECKED = text("""
    UPDATE diming.submission
    SET state = 'checked', verdict = :verdict, report = CAST(:report AS jsonb), checked_at = :at
    WHERE id = :id
""")
REFUSED = text("""
    UPDATE diming.submission SET state = 'refused', problem = CAST(:problem AS jsonb), checked_at = :at WHERE id = :id
""")
WAITING = text("""
    SELECT id FROM diming.submission
    WHERE state IN ('received', 'checking') AND received_at < :before ORDER BY received_at
""")
INSERT_FINDING = text("""
    INSERT INTO diming.submission_finding (submission_id, ordinal, kind, reason, severity, message, message_zh, rule,
        layer, feature, field, geometry, at, measures, earlier_ordinal)
    VALUES (:submission_id, :ordinal, :kind, :reason, :severity, :message, :message_zh, :rule, :layer, :feature, :field,
        CAST(:geometry AS geometry), :at, CAST(:measures AS jsonb), :earlier_ordinal)
""")
_FINDING = """f.ordinal, f.kind, f.reason, f.severity, f.message, f.message_zh, f.rule, f.layer, f.feature, f.field,
    f.at, f.measures, f.earlier_ordinal, ST_AsGeoJSON(f.geometry, 9) AS geometry"""
FINDINGS = text(f"""
    SELECT {_FINDING} FROM diming.submission_finding f
    WHERE f.submission_id = :id AND f.ordinal > :after
      AND (CAST(:kind AS text) IS NULL OR f.kind = :kind)
      AND (CAST(:severity AS text) IS NULL OR f.severity = :severity)
      AND (CAST(:standing AS text) IS NULL OR (f.earlier_ordinal IS NULL) = (:standing = 'new'))
    ORDER BY f.ordinal LIMIT :limit
""")
#: Findings of the submission before that none of this one repeats.
CURED = text(f"""
    SELECT {_FINDING} FROM diming.submission_finding f
    WHERE f.submission_id = :earlier AND f.ordinal > :after
      AND NOT EXISTS (SELECT FROM diming.submission_finding n
                      WHERE n.submission_id = :id AND n.earlier_ordinal = f.ordinal)
    ORDER BY f.ordinal LIMIT :limit
""")
TALLY = text("""
    SELECT count(*) FILTER (WHERE n.earlier_ordinal IS NULL) AS new, count(n.earlier_ordinal) AS standing,
           (SELECT count(*) FROM diming.submission_finding f WHERE f.submission_id = :earlier)
             - count(n.earlier_ordinal) AS cured
    FROM diming.submission_finding n WHERE n.submission_id = :id
""")
KNOWN = text("""
    SELECT ordinal, kind, reason, field, message, ST_AsBinary(geometry) AS geometry
    FROM diming.submission_finding WHERE submission_id = :id ORDER BY ordinal
""")


def insert_findings(
    connection: Connection, submission: UUID, findings: Sequence[Finding], earlier: dict[int, int]
) -> None:
    """Write the findings of a check in their order; `earlier` is what each repeats of the submission before."""
    rows = list(_finding_rows(submission, findings, earlier))
    for begin in range(0, len(rows), BATCH):
        connection.execute(INSERT_FINDING, rows[begin : begin + BATCH])


def _finding_rows(submission: UUID, findings: Sequence[Finding], earlier: dict[int, int]) -> Iterator[dict[str, Any]]:
    for ordinal, finding in enumerate(findings, 1):
        yield {
            "submission_id": submission,
            "ordinal": ordinal,
            "kind": finding.kind,
            "reason": finding.reason,
            "severity": finding.severity,
            "message": finding.message,
            "message_zh": finding.message_zh,
            "rule": finding.rule,
            "layer": finding.layer,
            "feature": finding.feature,
            "field": finding.field,
            "geometry": None if finding.geometry is None else ewkb(finding.geometry),
            "at": None if finding.at is None else list(finding.at),
            "measures": json.dumps(dict(finding.measures)),
            "earlier_ordinal": earlier.get(ordinal),
        }


def known_findings(connection: Connection, submission: UUID) -> list[Known]:
    """The findings of a submission as they are matched with others."""
    rows = connection.execute(KNOWN, {"id": submission})
    return [
        Known(
            r.ordinal, r.kind, r.reason, r.field, r.message, shapely.from_wkb(bytes(r.geometry)) if r.geometry else None
        )
        for r in rows
    ]


def known_of(findings: Sequence[Finding]) -> list[Known]:
    """The findings of a report as they are matched with others."""
    return [Known(ordinal, f.kind, f.reason, f.field, f.message, f.geometry) for ordinal, f in enumerate(findings, 1)]
