"""The workbench of one boundary line: read only; every change is a link to the procedure that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.drawing.strip import draw_strip
from api.web.linework import handed_in, open_findings
from api.web.view import View, parse_day
from api.web.visit import Visit, Visiting
from boundaries.markers.service import list_markers
from boundaries.network.service import SLIVER_M, find_line, line_diff, line_log, line_versions
from boundaries.workbench.model import CourseVersion, standing
from boundaries.workbench.service import line_states
from boundaries.workbench.strip import Strip, displacement
from data.db import Audience, reading
from data.decisions import brief_decisions
from data.errors import DimingError, NotFound

router = APIRouter(include_in_schema=False)

#: More markers than a county line has; the page of markers has them all.
MARKERS = 300


@router.get("/lines/{line_id}")
def line(visit: Visiting, line_id: str) -> Response:
    """A line at the date of view: what it is, its map, versions, segments, markers, and a comparison (`with`)."""
    identity = identifier(line_id)
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        values = Bench(connection, visit, identity).values() | _work(visit, identity)
    return visit.page("line_part.html" if visit.partial else "line.html", **values)


def _work(visit: Visit, line: UUID) -> dict[str, Any]:
    """What is going on about the line, for whoever has signed in and may see it."""
    actor = actor_of(visit.request)
    if actor.is_nobody:
        return {"findings": [], "submissions": [], "worker": False}
    with reading(visit.request.app.state.databases.office) as connection:
        return {
            "findings": open_findings(connection, actor, line),
            "submissions": handed_in(connection, actor, line),
            "worker": True,
        }


def identifier(value: str) -> UUID:
    """The id in an address; `NotFound` `no_such_line` where it is none."""
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound("There is no boundary line with this id.", code="no_such_line") from error


class Bench:
    """One line at one date for one visitor."""

    def __init__(self, connection: Connection, visit: Visit, line_id: UUID) -> None:
        self.connection = connection
        self.view: View = visit.view
        self.audience: Audience = visit.audience
        self.line_id = line_id
        self.found = find_line(connection, line_id, self.view.as_of, self.audience)
        self.day: date = self.found["as_of"]
        self.states = line_states(connection, line_id, self.audience)

    def values(self) -> dict[str, Any]:
        """Everything that the templates need."""
        return {
            "line": self.found,
            "day": self.day,
            "stops": self.stops(),
            "chosen": self.chosen(),
            "markers": self._markers(),
            "log": line_log(self.connection, self.line_id)["items"],
            "comparison": self.comparison(),
            "tolerance_m": SLIVER_M,
        }

    def _markers(self) -> dict[str, Any]:
        return list_markers(self.connection, line=self.line_id, as_of=self.day, limit=MARKERS, audience=self.audience)

    def stops(self) -> list[dict[str, Any]]:
        """The versions as stops of the slider, first to last; the one that holds on the date of view is `current`."""
        items = line_versions(self.connection, self.line_id)["items"]
        span = self.view.span
        last = span.last if span else self.day
        ends = [*(item["from"] for item in items[1:]), None]
        return [
            {
                **item,
                "until": end,
                "current": item["from"] <= self.day and (end is None or self.day < end),
                # what begins after the register's last day is on record and cannot be looked at yet
                "reachable": item["from"] <= last,
                "day": None if end is None or end > last else item["from"],
            }
            for item, end in zip(items, ends, strict=True)
        ]

    def chosen(self) -> dict[str, Any] | None:
        """The segment that the address names, with its history and who put its vertices where they are."""
        wanted = self.view.query.get("segment")
        history = [state for state in self.states if str(state.segment) == wanted]
        now = next((state for state in history if state.holds(self.day)), None)
        if not history:
            return None
        documents = {state.document for state in history} | {d for s in history for d in s.blamed if d}
        return {
            "id": wanted,
            "now": now,
            "history": history[::-1],
            "stretches": vertex_stretches(now) if now else [],
            "decisions": brief_decisions(self.connection, documents),
        }

    def comparison(self) -> dict[str, Any] | None:
        """What differs between the date in `with` and the date of view; the error where it cannot be said."""
        try:
            other = parse_day(self.view.query.get("with"))
            if other is None:
                return None
            first, second = sorted((other, self.day))
            found = line_diff(self.connection, self.line_id, first, second, self.audience)
        except DimingError as error:
            return {"error": error, "other": None}
        strip = self._strip((first, second))
        return {
            "error": None,
            "other": other,
            "found": found,
            "strip": strip,
            "chart": draw_strip(strip, SLIVER_M),
            "stretches": strip.stretches(),
        }

    def _strip(self, days: Sequence[date]) -> Strip:
        before, after = ([v.course for v in standing(self.states, day)] for day in days)
        return displacement(before, after)


def vertex_stretches(version: CourseVersion) -> list[dict[str, Any]]:
    """Runs of vertices that one document put there: numbers and positions of the first and the last."""
    rows, at = [], 0
    vertices = list(version.course.coords)
    for count, document in version.stretches():
        first, last = vertices[at], vertices[at + count - 1]
        rows.append({"first": at + 1, "last": at + count, "from": first, "to": last, "document": document})
        at += count
    return rows
