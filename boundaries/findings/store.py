"""The SQL of findings. Everything here is for staff and reads and writes `diming` itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.findings.model import FindingDraft
from boundaries.shapes.store import ewkb
from data.ids import new_id

#: Nothing where the same source has told it before.
INSERT = text("""
    INSERT INTO diming.inspection_finding (id, line_id, segment_id, marker_id, inspection_id, source, source_id,
        source_item, kind, severity, side, measures, facts, note, geometry, found_on, opened_by)
    VALUES (:id, :line_id, :segment_id, :marker_id, :inspection_id, :source, :source_id, :source_item, :kind,
        :severity, :side, CAST(:measures AS jsonb), CAST(:facts AS jsonb), :note, CAST(:geometry AS geometry),
        :found_on, :opened_by)
    ON CONFLICT ON CONSTRAINT found_once DO NOTHING RETURNING id
""")
KNOWN = text("""
    SELECT id FROM diming.inspection_finding
    WHERE source = :source AND source_id = :source_id AND source_item = :source_item AND kind = :kind
""")
INSERT_STEP = text("""
    INSERT INTO diming.inspection_finding_step (id, finding_id, by, from_state, to_state, case_id, reason)
    VALUES (:id, :finding, :by, :from_state, :to_state, :case_id, :reason)
""")
_COLUMNS = """f.id, f.line_id, f.segment_id, f.marker_id, f.inspection_id, f.source, f.source_id, f.source_item,
    f.kind, f.severity, f.side, f.measures, f.facts, f.note, f.found_on, f.opened_at, f.state, f.case_id,
    f.settled_at, f.settled_by, f.reason, ST_AsGeoJSON(f.geometry, 8, 0) AS geometry"""
FIND = text(f"SELECT {_COLUMNS} FROM diming.inspection_finding f WHERE f.id = :id")
BY_IDS = text(f"SELECT {_COLUMNS} FROM diming.inspection_finding f WHERE f.id = ANY(:ids) ORDER BY f.id")
#: In the order of their ids, so that two who lock several never wait for each other.
LOCK = text("""
    SELECT id, line_id, kind, state, case_id FROM diming.inspection_finding WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
MOVE = text("""
    UPDATE diming.inspection_finding
    SET state = :state, case_id = :case_id, reason = :reason,
        settled_at = CASE WHEN :ended THEN transaction_timestamp() END,
        settled_by = CASE WHEN :ended THEN :by END
    WHERE id = :id
""")
STEPS = text("""
    SELECT at, by, from_state AS "from", to_state AS "to", case_id AS "case", reason
    FROM diming.inspection_finding_step WHERE finding_id = :id ORDER BY at, id
""")
RANK = "array_position(ARRAY['error', 'warning', 'info'], f.severity)"
#: Findings of the lines beside which somebody may look: `reach` pairs a unit (null: any) with a level (null: any).
_WANTED = """
    (CAST(:line AS uuid) IS NULL OR f.line_id = :line)
      AND (CAST(:inspection AS uuid) IS NULL OR f.inspection_id = :inspection)
      AND (CAST(:marker AS uuid) IS NULL OR f.marker_id = :marker)
      AND (CAST(:case_id AS uuid) IS NULL OR f.case_id = :case_id)
      AND (CAST(:source AS text) IS NULL OR f.source = :source)
      AND (CAST(:source_id AS uuid) IS NULL OR f.source_id = :source_id)
      AND (CAST(:kind AS text) IS NULL OR f.kind = :kind)
      AND (CAST(:severity AS text) IS NULL OR f.severity = :severity)
      AND (CAST(:state AS text) IS NULL OR f.state = :state)
      AND EXISTS (SELECT FROM diming.boundary_line_version l
                  JOIN unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS g(unit, level)
                       ON (g.unit IS NULL OR g.unit IN (l.unit_a, l.unit_b)) AND (g.level IS NULL OR g.level = l.level)
                  WHERE l.line_id = f.line_id AND upper_inf(l.known))
"""
LIST = text(f"""
    SELECT {_COLUMNS}, {RANK} AS rank FROM diming.inspection_finding f
    WHERE {_WANTED}
      AND (CAST(:after_rank AS int) IS NULL OR {RANK} > :after_rank
           OR ({RANK} = :after_rank AND f.id < CAST(:after_id AS uuid)))
    ORDER BY {RANK}, f.id DESC LIMIT :limit
""")
COUNT = text(f"""
    SELECT f.state, f.severity, count(*) AS findings FROM diming.inspection_finding f
    WHERE {_WANTED} GROUP BY f.state, f.severity ORDER BY f.state, f.severity
""")
#: Between which units a line lies, as it was last recorded.
LINE_SIDES = text("""
    SELECT unit_a, unit_b, level, upper(valid) AS until FROM diming.boundary_line_version
    WHERE line_id = :line AND upper_inf(known) ORDER BY lower(valid) DESC LIMIT 1
""")


def insert_finding(connection: Connection, draft: FindingDraft, by: str) -> tuple[UUID, bool]:
    """Write a finding with its first step; its id, and whether it is new."""
    key = {name: getattr(draft, name) for name in ("source", "source_id", "source_item", "kind")}
    fields = ("line_id", "segment_id", "marker_id", "inspection_id", "severity", "side", "note", "found_on")
    row = {
        **key,
        **{name: getattr(draft, name) for name in fields},
        "id": new_id(),
        "measures": json.dumps(dict(draft.measures)),
        "facts": json.dumps(dict(draft.facts), ensure_ascii=False),
        "geometry": None if draft.geometry is None else ewkb(draft.geometry),
        "opened_by": by,
    }
    written: UUID | None = connection.scalar(INSERT, row)
    if written is None:
        known: UUID = connection.execute(KNOWN, key).scalar_one()
        return known, False
    insert_step(connection, written, by, None, "open")
    return written, True


def insert_step(
    connection: Connection,
    finding: UUID,
    by: str,
    from_state: str | None,
    to_state: str,
    case_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Write one step of a finding's history."""
    values: dict[str, Any] = {"id": new_id(), "finding": finding, "by": by, "from_state": from_state}
    connection.execute(INSERT_STEP, {**values, "to_state": to_state, "case_id": case_id, "reason": reason})


def locked(connection: Connection, ids: Sequence[UUID]) -> list[Any]:
    """The rows of these findings, locked until the transaction ends."""
    return list(connection.execute(LOCK, {"ids": list(dict.fromkeys(ids))}))
