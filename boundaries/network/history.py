"""What became law around a unit, and the versions of one segment: by which document, from when. Courses are not told.

What is said of a segment is for everybody; `boundaries.workbench` has the courses of a line's versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.network.queries import HOLDERS
from boundaries.units.service import find_unit
from data.db import Row, fetch_all
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page

#: A unit with every unit that ever was within it, and the condominiums that any of these ever held with others: the
#: edge of a condominium against a third unit is the boundary of each of its holders.
EVER_WITHIN = text("""
    WITH RECURSIVE below AS (
        SELECT CAST(:unit AS uuid) AS id
        UNION
        SELECT v.unit_id FROM published.unit_version v JOIN below b ON v.parent_id = b.id WHERE upper_inf(v.known)
    )
    SELECT id FROM below
    UNION
    SELECT c.condominium_id FROM published.condominium_version c
    WHERE upper_inf(c.known) AND c.holders && ARRAY(SELECT id FROM below)
""")
#: A page of the changesets of segments beside some units, the latest first, with how many of the segments each changed.
LOG = text("""
    SELECT c.id, c.message, c.decision_id, c.effective_on, c.at, c.reverts, count(*) AS segments
    FROM (SELECT DISTINCT segment_id FROM published.boundary_segment_version
          WHERE upper_inf(known) AND (left_id = ANY(:units) OR right_id = ANY(:units))) s
    JOIN LATERAL (SELECT x.changeset_id FROM published.boundary_change x
        WHERE x.segment_id = s.segment_id OFFSET 0) x ON true
    JOIN LATERAL (SELECT * FROM published.boundary_changeset c WHERE c.id = x.changeset_id OFFSET 0) c ON true
    WHERE CAST(:after_at AS timestamptz) IS NULL
       OR (c.at, c.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))
    GROUP BY c.id, c.message, c.decision_id, c.effective_on, c.at, c.reverts
    ORDER BY c.at DESC, c.id DESC LIMIT :limit
""")
#: The versions of a segment, the latest first, each with the changeset by which it became law, where one did.
VERSIONS = text("""
    SELECT s.id AS version, lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.left_id, s.right_id,
           s.length_m, s.legal_status, s.technical_status, s.scale, s.accuracy_m, s.method, s.opened_by, s.closed_by,
           x.changeset_id AS changeset, x.kind
    FROM published.boundary_segment_version s
    LEFT JOIN LATERAL (
        SELECT x.changeset_id, x.kind FROM published.boundary_change x
        JOIN published.boundary_changeset c ON c.id = x.changeset_id AND c.decision_id = s.opened_by
        WHERE x.segment_id = s.segment_id ORDER BY c.at DESC, c.id LIMIT 1) x ON true
    WHERE s.segment_id = :id AND upper_inf(s.known)
    ORDER BY lower(s.valid) DESC
""")
#: The lines that ever ran through a segment, by level.
LINES = text("""
    SELECT DISTINCT l.line_id AS id, l.name, l.level FROM published.boundary_line_run r
    JOIN published.boundary_line_version l ON l.line_id = r.line_id AND upper_inf(l.known) AND l.valid && r.valid
    WHERE r.segment_id = :id AND upper_inf(r.known)
    ORDER BY l.level, l.line_id, l.name
""")


def unit_log(
    connection: Connection, code: str, as_of: date | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the changesets that touched the boundary of a unit, of anything that ever was within it or of a
    condominium that these ever held, the latest first; `segments`: how many of these segments each changed.

    Raises as `find_unit`, and `BadRequest` `bad_cursor`.
    """
    unit, limit = find_unit(connection, code, as_of), check_limit(limit)
    query = {"list": "unit-changesets", "unit": unit["id"]}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    units = list(connection.scalars(EVER_WITHIN, {"unit": unit["id"]}))
    keys = {"units": units, "after_at": after[0], "after_id": after[1], "limit": limit + 1}
    rows, following = page(fetch_all(connection, LOG, keys), limit, query, lambda row: (row["at"], row["id"]))
    decisions = brief_decisions(connection, {row["decision_id"] for row in rows})
    return {
        **{key: unit[key] for key in ("id", "code", "name", "as_of")},
        "items": [_changeset(row, decisions.get(row["decision_id"])) for row in rows],
        "next": following,
    }


def _changeset(row: Row, decision: Mapping[str, Any] | None) -> dict[str, Any]:
    told = {key: row[key] for key in row if key != "decision_id"}
    return {**told, "decision": decision or {"id": row["decision_id"]}}


def segment_log(connection: Connection, segment: UUID) -> dict[str, Any]:
    """A segment's versions, the latest first, with documents and changesets; `NotFound` `segment_not_on_record`."""
    rows = fetch_all(connection, VERSIONS, {"id": segment})
    if not rows:
        raise NotFound("There is no published boundary segment with this id.", code="segment_not_on_record")
    documents = {row[key] for row in rows for key in ("opened_by", "closed_by") if row[key] is not None}
    return {
        "id": segment,
        "lines": [dict(row) for row in fetch_all(connection, LINES, {"id": segment})],
        "items": [_version(connection, row) for row in rows],
        "decisions": list(brief_decisions(connection, documents).values()),
    }


def _version(connection: Connection, row: Row) -> dict[str, Any]:
    """A version with the names that its holders had on its first day."""
    names = _names(connection, (row["left_id"], row["right_id"]), row["valid_from"])
    told = {key: row[key] for key in row if key not in ("left_id", "right_id", "valid_from", "valid_to", "length_m")}
    return {
        **told,
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "left": names.get(row["left_id"]),
        "right": names.get(row["right_id"]),
        "length_m": round(row["length_m"], 3),
    }


def _names(connection: Connection, ids: Iterable[UUID | None], day: date) -> dict[UUID | None, dict[str, Any]]:
    rows = fetch_all(connection, HOLDERS, {"ids": [one for one in ids if one is not None], "on": day})
    return {row["id"]: {"code": row["code"], "name": row["name"]} for row in rows}
