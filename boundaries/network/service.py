"""Questions about boundary lines, answered under map law.

What is said of a line (its units, length, status, documents) is for everybody;
its course is a boundary, shown to the public only under the approval number
(审图号), and to staff with the footer of a map that has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, MultiLineString, mapping
from sqlalchemy import Connection

from boundaries.network import queries
from boundaries.network.difference.model import Difference
from boundaries.network.displacement import profile
from boundaries.network.model import Segment
from boundaries.network.store import HISTORY, stored
from boundaries.network.structure.stated import effects_of
from boundaries.network.structure.store import ANCESTORS
from boundaries.network.versions import Change, State, blame_in
from boundaries.shapes.service import map_approval, permit_boundaries, under_a_map
from boundaries.units.coding import check_level
from boundaries.units.service import find_unit, register_span
from data.crs import STORED_NAME
from data.db import Audience, Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page

#: Metres up to which land that changed hands is a sliver, where nobody asks for another width: the plotted line
#: of 0.2 mm at 1:10,000, the scale of county sheets (domain brief, tolerances; to be confirmed by the standard).
SLIVER_M = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """A line on a day: its row, its segments in order with the way the line goes through each, when each holds."""

    row: Row
    day: date
    segments: Sequence[Row]

    def state(self) -> State:
        """The segments by id; only where their course is there to see."""
        return {row["segment_id"]: _segment(row) for row in self.segments}

    def label(self, known_at: datetime | None) -> str:
        """The day, and the moment where it is asked for as known then."""
        return self.day.isoformat() if known_at is None else f"{self.day.isoformat()} (known {known_at.isoformat()})"


def _segment(row: Row) -> Segment:
    line = shapely.from_wkb(bytes(row["geometry"]))
    return Segment(
        row["segment_id"], row["left_id"], row["right_id"], LineString(line.coords), row["legal_status"],
        row["technical_status"], row["scale"], row["accuracy_m"], row["method"], row["opened_by"],
    )  # fmt: skip


def list_lines(
    connection: Connection,
    *,
    name: str | None = None,
    unit: str | None = None,
    level: str | None = None,
    q: str | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    known_at: datetime | None = None,
    demonstration: bool = False,
) -> dict[str, Any]:
    """A page of the lines of a day in the order of their units' codes, by name, unit (code) and level where asked.

    `q` is searched for: in the line's name and code, and in the names and at the front of the codes of its units.
    Without name, unit and `q` the country's, or with `demonstration` the made-up ones instead.
    """
    limit = check_limit(limit)
    day = register_span(connection).day(as_of)
    beside = find_unit(connection, unit, day)["id"] if unit is not None else None
    check_level(level)
    query = {
        "list": "lines", "name": name, "unit": unit, "level": level, "q": q, "as_of": day, "known_at": known_at,
        "demonstration": demonstration,
    }  # fmt: skip
    after = decode_cursor(query, cursor, (str, str, UUID)) or (None, None, None)
    keys = dict(zip(("after_first", "after_second", "after_id"), after, strict=True))
    parameters = {"name": name, "unit": beside, "level": level, "q": q, "on": day, "known_at": known_at,
                  "demonstration": demonstration}  # fmt: skip
    rows = fetch_all(connection, queries.LIST, {**parameters, "limit": limit + 1, **keys})
    shown, following = page(rows, limit, query, lambda r: (r["first_code"], r["second_code"], r["id"]))
    lengths = _lengths(connection, [row["id"] for row in shown], day, known_at)
    return {"items": [_item(row, lengths[row["id"]]) for row in shown], "next": following, "as_of": day}


def _lengths(
    connection: Connection, lines: Sequence[UUID], day: date, known_at: datetime | None
) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in fetch_all(connection, queries.LENGTHS, {"lines": list(lines), "on": day, "known_at": known_at}):
        found[row["line_id"]].append(row)
    return found


def _item(row: Row, lengths: Iterable[Row]) -> dict[str, Any]:
    by_status = {length["legal_status"]: round(length["length_m"], 3) for length in lengths}
    return {
        "id": row["id"],
        "name": row["name"],
        "name_source": row["name_source"],
        "code": row["code"],
        "level": row["level"],
        "units": [
            {"code": row["first_code"], "name": row["first_name"]},
            {"code": row["second_code"], "name": row["second_name"]},
        ],
        "length_m": round(sum(by_status.values()), 3),
        "legal_status": by_status,
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "demonstration": row["demonstration"],
    }


def find_line(
    connection: Connection,
    line: UUID,
    as_of: date | None = None,
    audience: Audience = Audience.PUBLIC,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """A line on a day: what is said of it and of each segment, its documents, and its course where it may be shown.

    `geometry` is a MultiLineString in CGCS2000 with the segments in order; null, with `geometry_withheld`, for the
    public without an approval number. Raises `NotFound` `no_such_line`, `line_not_standing`.
    """
    run = run_of(connection, line, as_of, audience, known_at)
    approval = map_approval(connection)
    shown = approval is not None or audience is Audience.STAFF
    lengths = _lengths(connection, [line], run.day, known_at)
    decisions = brief_decisions(connection, {row["opened_by"] for row in run.segments})
    return {
        **_item(run.row, lengths[line]),
        "as_of": run.day,
        "segments": _segments(connection, run),
        "decisions": sorted(decisions.values(), key=lambda d: (d["effective_on"] or "", str(d["id"]))),
        "crs": STORED_NAME,
        "geometry": mapping(course_of(run)) if shown else None,
        "geometry_withheld": None if shown else "map_not_approved",
        **(under_a_map(approval) if shown else {"map_approval": None, "footer": None}),
    }


def run_of(
    connection: Connection,
    line: UUID,
    as_of: date | None,
    audience: Audience,
    known_at: datetime | None = None,
) -> Run:
    """A line on a day with its segments; errors of `find_line`."""
    day = register_span(connection).day(as_of)
    row = fetch_one(connection, queries.LINE, {"id": line, "on": day, "known_at": known_at})
    if row is None:
        raise _not_standing(connection, line, day)
    parameters = {"line": line, "on": day, "known_at": known_at}
    return Run(row, day, fetch_all(connection, queries.segments(audience), parameters))


def line_by_name(connection: Connection, name: str, as_of: date | None = None) -> UUID:
    """The line of that name on a day; `NotFound` `no_such_line`."""
    day = register_span(connection).day(as_of)
    found: UUID | None = connection.scalar(queries.BY_NAME, {"name": name, "on": day, "known_at": None})
    if found is None:
        raise NotFound(
            f"No line is called {name[:40]!r} on {day}. Lines without a name on record are found by their units.",
            code="no_such_line",
        )
    return found


def _not_standing(connection: Connection, line: UUID, day: date) -> NotFound:
    stood = connection.execute(queries.STOOD, {"id": line}).one()
    if not stood.versions:
        return NotFound("There is no boundary line with this id.", code="no_such_line")
    until = stood.until or "now"
    return NotFound(
        f"The register has no course of this line on {day}: it begins on {stood.begin} and holds until {until}.",
        code="line_not_standing",
        stood={"from": str(stood.begin), "to": str(stood.until) if stood.until else None},
    )


def _segments(connection: Connection, run: Run) -> list[dict[str, Any]]:
    holders = {row[side] for row in run.segments for side in ("left_id", "right_id") if row[side]}
    names = {
        row["id"]: {"code": row["code"], "name": row["name"]}
        for row in fetch_all(connection, queries.HOLDERS, {"ids": list(holders), "on": run.day})
    }
    return [_segment_object(row, names) for row in run.segments]


def _segment_object(row: Row, names: Mapping[UUID, dict[str, Any]]) -> dict[str, Any]:
    sides = (row["left_id"], row["right_id"]) if row["forward"] else (row["right_id"], row["left_id"])
    return {
        "id": row["segment_id"],
        "left": names.get(sides[0]),
        "right": names.get(sides[1]),
        "length_m": round(row["length_m"], 3),
        "legal_status": row["legal_status"],
        "technical_status": row["technical_status"],
        "scale": row["scale"],
        "accuracy_m": row["accuracy_m"],
        "method": row["method"],
        "valid": {"from": row["begin"], "to": row["end"]},
        "decision": row["opened_by"],
    }


def course_of(run: Run) -> MultiLineString:
    """The segments in order, each the way the line goes through it."""
    lines = [shapely.from_wkb(bytes(row["geometry"])) for row in run.segments]
    turned = [shapely.reverse(g) if not row["forward"] else g for g, row in zip(lines, run.segments, strict=True)]
    return MultiLineString([line for line in turned if isinstance(line, LineString)])


def line_versions(connection: Connection, line: UUID) -> dict[str, Any]:
    """The days from which some segment of the line has been another one, each with its documents, first to last."""
    rows = fetch_all(connection, queries.VERSIONS, {"line": line})
    if not rows:
        raise _not_standing(connection, line, register_span(connection).register_through)
    decisions = brief_decisions(connection, {row["decision"] for row in rows})
    items: list[dict[str, Any]] = []
    for row in rows:
        if not items or items[-1]["from"] != row["begin"]:
            items.append({"from": row["begin"], "segments_changed": 0, "decisions": []})
        items[-1]["segments_changed"] += row["segments"]
        items[-1]["decisions"].append(decisions.get(row["decision"], {"id": row["decision"]}))
    return {"id": line, "items": items}


def line_diff(
    connection: Connection,
    line: UUID,
    begin: date,
    end: date,
    audience: Audience = Audience.PUBLIC,
    tolerance_m: float = SLIVER_M,
    *,
    known: tuple[datetime | None, datetime | None] = (None, None),
) -> dict[str, Any]:
    """What differs between the courses of a line on two days: segments, displacement in metres, land in m².

    `known`: as the register knew each at a moment (None: now). Raises `NotPermitted` `map_not_approved` for the public
    without an approval number, and as `find_line`.
    """
    approval = permit_boundaries(connection, audience)
    runs, found = compared_runs(connection, line, (begin, end), audience, tolerance_m, known)
    moments = {name: at and at.isoformat() for name, at in zip(("from", "to"), known, strict=True)}
    told = {"id": line, **found.as_json(), "from": runs[0].day, "to": runs[1].day, "known_at": moments}
    return {**told, **under_a_map(approval)}


def compared_runs(
    connection: Connection,
    line: UUID,
    days: tuple[date, date],
    audience: Audience,
    tolerance_m: float,
    known: tuple[datetime | None, datetime | None],
) -> tuple[list[Run], Difference]:
    """The courses of a line on two days, each as known at a moment, and what lies between them."""
    runs = [run_of(connection, line, day, audience, at) for day, at in zip(days, known, strict=True)]
    holders = {holder for run in runs for row in run.segments for holder in (row["left_id"], row["right_id"]) if holder}
    rows = fetch_all(connection, queries.HOLDERS, {"ids": sorted(holders), "on": runs[1].day})
    names = {row["id"]: {"code": row["code"], "name": row["name"]} for row in rows}
    before, after = (run.label(at) for run, at in zip(runs, known, strict=True))
    return runs, Difference(runs[0].state(), runs[1].state(), before, after, tolerance_m, names)


def change_object(change: Change) -> dict[str, Any]:
    """One segment's change; `displacement` for a moved one."""
    displacement = None
    if change.kind == "moved" and change.before and change.after:
        found = profile(change.before.geometry, change.after.geometry)
        displacement = {"p50_m": round(found.p50_m, 3), "p95_m": round(found.p95_m, 3), "max_m": round(found.max_m, 3)}
    return {
        "segment": change.segment,
        "kind": change.kind,
        "displacement": displacement,
        "before": None if change.before is None else change.before.document,
        "after": None if change.after is None else change.after.document,
    }


def line_log(connection: Connection, line: UUID) -> dict[str, Any]:
    """The changesets that touched a line, the latest first, with their documents."""
    rows = fetch_all(connection, queries.LOG, {"line": line})
    decisions = brief_decisions(connection, {row["decision_id"] for row in rows})
    return {"id": line, "items": [_changeset(row, decisions) for row in rows]}


def changeset_effects(connection: Connection, changeset: UUID) -> dict[str, Any] | None:
    """What followed from a changeset: lines, nodes, rings, polygons; for staff. None where none were recorded."""
    return effects_of(connection, changeset)


def find_changeset(connection: Connection, changeset: UUID) -> dict[str, Any]:
    """A changeset with the segments that it changed; `NotFound` `no_such_changeset`."""
    row = fetch_one(connection, queries.CHANGESET, {"id": changeset})
    if row is None:
        raise NotFound("There is no published changeset with this id.", code="no_such_changeset")
    changes = fetch_all(connection, queries.CHANGES, {"id": changeset})
    return {**_changeset(row, brief_decisions(connection, [row["decision_id"]])), "changes": changes}


def _changeset(row: Row, decisions: Mapping[UUID, Any]) -> dict[str, Any]:
    return {
        **{key: row[key] for key in row if key != "decision_id"},
        "decision": decisions.get(row["decision_id"], {"id": row["decision_id"]}),
    }


def _history(connection: Connection, segment: UUID, day: date) -> list[list[Segment]]:
    """The states of a segment and of all that it was cut from until a day, oldest first; those of one day together."""
    ids = list(connection.scalars(ANCESTORS, {"id": segment}))
    versions = [stored(row) for identity in ids for row in connection.execute(HISTORY, {"id": identity})]
    days = sorted({version.begin for version in versions if version.begin <= day})
    return [[v.segment for v in versions if v.begin <= on and (v.end is None or on < v.end)] for on in days]


def line_blame(connection: Connection, line: UUID, as_of: date | None = None) -> dict[str, Any]:
    """For each stretch of a line's vertices the document that put it there; for staff, whose connection sees all."""
    run = run_of(connection, line, as_of, Audience.STAFF)
    stretches: list[dict[str, Any]] = []
    documents: set[UUID] = set()
    for row in run.segments:
        vertices = blame_in(_history(connection, row["segment_id"], run.day), _segment(row))
        for vertex in vertices if row["forward"] else vertices[::-1]:
            place = [vertex.longitude, vertex.latitude]
            if not stretches or (stretches[-1]["segment"], stretches[-1]["decision"]) != (
                row["segment_id"],
                vertex.document,
            ):
                stretches.append(
                    {"segment": row["segment_id"], "decision": vertex.document, "vertices": 0, "first": place}
                )
            stretches[-1]["vertices"] += 1
            stretches[-1]["last"] = place
            documents |= {vertex.document} if vertex.document else set()
    decisions = brief_decisions(connection, documents)
    return {"id": line, "as_of": run.day, "stretches": stretches, "decisions": list(decisions.values())}
