"""The SQL of proposals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection, text

from boundaries.network import store as network_store
from boundaries.network.model import Segment
from boundaries.network.proposals.model import Ending, Proposal, Source, amendment_of, statements
from boundaries.network.versions import Change
from boundaries.shapes.store import ewkb

NOW = text("SELECT transaction_timestamp()")
INSERT = text("""
    INSERT INTO diming.boundary_proposal (id, author, account_id, message, base_on, base_at, document_wanted,
        leaves_open, origin, made_from, file_name, file_sha256, statements)
    VALUES (:id, :author, :account, :message, :base_on, :base_at, :document_wanted, :leaves_open, :origin,
        CAST(:made_from AS uuid[]), :file_name, :file_sha256, CAST(:statements AS jsonb))
""")
COPY_CHANGES = """
    COPY diming.boundary_proposal_change (proposal_id, segment_id, kind, before_id, left_id, right_id, geom,
        legal_status, technical_status, scale, accuracy_m, method) FROM STDIN
"""
INSERT_LINE = text("""
    INSERT INTO diming.boundary_proposal_line (proposal_id, line_id) VALUES (:proposal, :line)
""")
INSERT_END = text("""
    INSERT INTO diming.boundary_proposal_end (proposal_id, kind, ended_by, reason, changeset_id, successor_id)
    VALUES (:proposal, :kind, :by, :reason, :changeset, :successor)
    ON CONFLICT (proposal_id) DO NOTHING RETURNING proposal_id
""")
_PROPOSAL = """p.id, p.author, p.account_id, p.message, p.base_on, p.base_at, p.document_wanted, p.leaves_open,
    p.origin, p.made_from, p.file_name, p.file_sha256, p.statements, p.created_at, e.kind AS end_kind, e.at AS end_at,
    e.ended_by, e.reason, e.changeset_id, e.successor_id"""
FIND = text(f"""
    SELECT {_PROPOSAL} FROM diming.boundary_proposal p
    LEFT JOIN diming.boundary_proposal_end e ON e.proposal_id = p.id WHERE p.id = :id
""")
CHANGES = text("""
    SELECT segment_id, kind, before_id, left_id, right_id, ST_AsBinary(geom) AS geometry, legal_status,
           technical_status, scale, accuracy_m, method
    FROM diming.boundary_proposal_change WHERE proposal_id = :id ORDER BY segment_id
""")
LINES = text("SELECT line_id FROM diming.boundary_proposal_line WHERE proposal_id = :id ORDER BY line_id")
#: A page of proposals, the latest first.
LIST = text(f"""
    SELECT {_PROPOSAL},
           (SELECT count(*) FROM diming.boundary_proposal_change c WHERE c.proposal_id = p.id) AS segments
    FROM diming.boundary_proposal p
    LEFT JOIN diming.boundary_proposal_end e ON e.proposal_id = p.id
    WHERE (CAST(:line AS uuid) IS NULL OR EXISTS (SELECT FROM diming.boundary_proposal_line l
                                                  WHERE l.proposal_id = p.id AND l.line_id = :line))
      AND (CAST(:state AS text) IS NULL OR coalesce(e.kind, 'open') = :state)
      AND (CAST(:after_at AS timestamptz) IS NULL
           OR (p.created_at, p.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
    ORDER BY p.created_at DESC, p.id DESC LIMIT :limit
""")


def insert_proposal(
    connection: Connection, proposal: Proposal, standing: dict[UUID, UUID], lines: Iterable[UUID]
) -> None:
    """Write a proposal; `standing` gives the version of each segment from which its change was made."""
    source = proposal.source
    connection.execute(
        INSERT,
        {
            "id": proposal.id,
            "author": proposal.author,
            "account": proposal.account,
            "message": proposal.message,
            "base_on": proposal.base_on,
            "base_at": proposal.base_at,
            "document_wanted": proposal.document_wanted,
            "leaves_open": proposal.amendment.leaves_open,
            "origin": source.origin,
            "made_from": list(source.made_from),
            "file_name": source.file_name,
            "file_sha256": source.file_sha256,
            "statements": json.dumps(statements(proposal.amendment), ensure_ascii=False),
        },
    )
    with connection.connection.cursor().copy(COPY_CHANGES) as copy:
        for change in proposal.amendment.segments:
            copy.write_row(_change_row(proposal.id, change, standing))
    for line in sorted(set(lines)):
        connection.execute(INSERT_LINE, {"proposal": proposal.id, "line": line})


def _change_row(proposal: UUID, change: Change, standing: dict[UUID, UUID]) -> tuple[Any, ...]:
    before = None if change.before is None else standing[change.segment]
    after = change.after
    said: tuple[Any, ...] = (None,) * 8
    if after is not None:
        said = (
            after.left, after.right, ewkb(after.geometry), after.legal_status, after.technical_status, after.scale,
            after.accuracy_m, after.method,
        )  # fmt: skip
    return (proposal, change.segment, change.kind, before, *said)


def end_proposal(
    connection: Connection,
    proposal: UUID,
    kind: str,
    by: str,
    *,
    reason: str = "",
    changeset: UUID | None = None,
    successor: UUID | None = None,
) -> bool:
    """Write how a proposal ended; False where it had ended already."""
    row = {"proposal": proposal, "kind": kind, "by": by, "reason": reason, "changeset": changeset}
    return connection.execute(INSERT_END, {**row, "successor": successor}).one_or_none() is not None


def find_proposal(connection: Connection, identity: UUID) -> Proposal | None:
    """A proposal whole; None where there is none."""
    row = connection.execute(FIND, {"id": identity}).one_or_none()
    if row is None:
        return None
    rows = connection.execute(CHANGES, {"id": identity}).all()
    ids = [change.before_id for change in rows if change.before_id is not None]
    found = map(network_store.stored, connection.execute(network_store.VERSIONS, {"ids": ids}))
    before = {version.version: version.segment for version in found}
    changes = [Change(before.get(change.before_id), _after(change)) for change in rows]
    return proposal_of(row, changes)


def proposal_of(row: Any, changes: Sequence[Change] = ()) -> Proposal:
    """A row of `FIND` or `LIST` as values."""
    source = Source(row.origin, tuple(row.made_from), row.file_name, _bytes(row.file_sha256))
    end = (
        Ending(row.end_kind, row.end_at, row.ended_by, row.reason, row.changeset_id, row.successor_id)
        if row.end_kind
        else None
    )
    amendment = amendment_of(changes, row.statements, row.leaves_open)
    return Proposal(
        row.id, row.author, row.account_id, row.message, row.base_on, row.base_at, row.document_wanted, source,
        amendment, row.created_at, end,
    )  # fmt: skip


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _after(row: Any) -> Segment | None:
    if row.geometry is None:
        return None
    line = shapely.from_wkb(bytes(row.geometry))
    if not isinstance(line, LineString):
        raise TypeError(f"segment {row.segment_id} is proposed as {line.geom_type}")
    return Segment(
        row.segment_id, row.left_id, row.right_id, line, row.legal_status, row.technical_status, row.scale,
        row.accuracy_m, row.method,
    )  # fmt: skip


def now(connection: Connection) -> datetime:
    """The moment of this transaction."""
    at: datetime = connection.scalar(NOW)
    return at
