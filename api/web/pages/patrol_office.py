"""Patrols (巡查) for the office: who keeps which markers, plans, what was seen, days out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.drawing.qr import qr_code
from api.web.pages.account_forms import account_page, attempt, go_to, now_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.network.service import line_by_name
from boundaries.patrol import assignments, plans, seen
from boundaries.patrol.assignments import NewAssignment
from boundaries.patrol.plans import NewPlan
from boundaries.patrol.reach import may_plan, require_reading_beside
from boundaries.patrol.rules import rules
from boundaries.patrol.stretches import standing_markers
from data.access import require
from data.access.model import COUNTRY
from data.clock import civil_date
from data.db import reading
from data.errors import BadInput, BadRequest, DimingError, NotFound

router = APIRouter(include_in_schema=False)

PAGE = 50
Word = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=2000)]


def office(visit: Visit) -> Any:
    """Where the office's own rows are read."""
    return visit.request.app.state.databases.office


def page(
    visit: Visit, template: str, error: DimingError | None = None, path: str | None = None, **values: Any
) -> Response:
    """A page of patrols, with what all of them need."""
    actor = actor_of(visit.request)
    return account_page(visit, template, error, path=path, may_plan=may_plan(actor), rules=rules(), **values)


def require_reader(visit: Visit) -> Any:
    """Who asks; what he may read is asked again where it is read."""
    actor = actor_of(visit.request)
    if actor.is_nobody:
        require(actor, "patrol.read", COUNTRY)
    return actor


@router.get("/patrol/plans")
def show_plans(visit: Visiting) -> Response:
    """The plans, the latest due first."""
    return _plans(visit)


def _plans(visit: Visit, error: DimingError | None = None, **kept: Any) -> Response:
    actor, query, today = require_reader(visit), visit.view.query, civil_date(now_of(visit))
    with reading(office(visit)) as connection:
        found = plans.list_plans(
            connection, actor, today, overdue=query.get("overdue") == "true", limit=PAGE,
            cursor=query.get("cursor") or None,
        )  # fmt: skip
    values = {"items": found["items"], "following": found["next"], "today": today, "kept": kept}
    return page(visit, "patrol_plans.html", error, "/patrol/plans" if error else None, **values)


@router.post("/patrol/plans")
def make_plan(
    visit: Visiting, title: Word = "", unit: Word = "", line: Word = "", begin_on: Word = "", due_on: Word = "",
    note: Text = "", levels: Word = "",
) -> Response:  # fmt: skip
    """Make a plan, and go to it."""

    def work() -> Response:
        with reading(office(visit)) as connection:
            wanted = NewPlan(
                title, unit.strip(), line_of(connection, line), needed_day(begin_on), needed_day(due_on), note,
                (levels,) if levels else (),
            )  # fmt: skip
        made = plans.make_plan(office(visit), actor_of(visit.request), wanted, now_of(visit))
        return go_to(visit, f"/patrol/plans/{made['id']}", "patrol_planned")

    kept = {"title": title, "unit": unit, "line": line, "begin_on": begin_on, "due_on": due_on, "note": note}
    return attempt(work, lambda error: _plans(visit, error, **kept))


def line_of(connection: Connection, wanted: str) -> UUID:
    """The line named, or with this id; NotFound `no_such_line`."""
    try:
        return UUID(wanted.strip())
    except ValueError:
        return line_by_name(connection, wanted.strip())


def needed_day(text: str) -> Any:
    """A date of a form; BadRequest `bad_date` where there is none."""
    day = parse_day(text.strip())
    if day is None:
        raise BadRequest("Give a date, year-month-day.", code="bad_date")
    return day


@router.get("/patrol/plans/{plan_id}")
def show_plan(visit: Visiting, plan_id: UUID) -> Response:
    """One plan with its tasks."""
    return _plan(visit, plan_id)


def _plan(visit: Visit, plan_id: UUID, error: DimingError | None = None) -> Response:
    actor, today = require_reader(visit), civil_date(now_of(visit))
    with reading(office(visit)) as connection:
        found = plans.find_plan(
            connection, actor, plan_id, today, limit=PAGE, cursor=visit.view.query.get("cursor") or None
        )
    path = f"/patrol/plans/{plan_id}" if error else None
    return page(visit, "patrol_plan.html", error, path, plan=found, items=found["items"], following=found["next"])


@router.post("/patrol/plans/{plan_id}/cancel")
def cancel_plan(visit: Visiting, plan_id: UUID, reason: Text = "") -> Response:
    """Cancel a plan."""

    def work() -> Response:
        plans.cancel_plan(office(visit), actor_of(visit.request), plan_id, reason, now_of(visit))
        return go_to(visit, f"/patrol/plans/{plan_id}", "patrol_plan_cancelled")

    return attempt(work, lambda error: _plan(visit, plan_id, error))


@router.get("/patrol/keepers")
def show_keepers(visit: Visiting) -> Response:
    """Who keeps which markers."""
    return _keepers(visit)


def _keepers(visit: Visit, error: DimingError | None = None, **kept: Any) -> Response:
    actor, query = require_reader(visit), visit.view.query
    with reading(office(visit)) as connection:
        found = assignments.list_assignments(connection, actor, limit=PAGE, cursor=query.get("cursor") or None)
    values = {"items": found["items"], "following": found["next"], "kept": kept, "today": civil_date(now_of(visit))}
    return page(visit, "patrol_keepers.html", error, "/patrol/keepers" if error else None, **values)


@router.post("/patrol/keepers")
def assign(
    visit: Visiting, keeper: Word = "", level: Word = "", unit: Word = "", line: Word = "", marker: Word = "",
    from_: Annotated[str, Form(alias="from", max_length=200)] = "", to: Word = "", begin_on: Word = "",
) -> Response:  # fmt: skip
    """Assign markers to a keeper; markers by their codes."""

    def work() -> Response:
        with reading(office(visit)) as connection:
            on = line_of(connection, line)
            codes = [_marker(connection, on, code) for code in (marker, from_, to)]
            wanted = NewAssignment(keeper.strip(), level, unit.strip(), on, needed_day(begin_on), *codes)
        assignments.assign(office(visit), actor_of(visit.request), wanted, now_of(visit))
        return go_to(visit, "/patrol/keepers", "patrol_assigned")

    kept = {"keeper": keeper, "level": level, "unit": unit, "line": line, "marker": marker, "from": from_, "to": to,
            "begin_on": begin_on}  # fmt: skip
    return attempt(work, lambda error: _keepers(visit, error, **kept))


def _marker(connection: Connection, line: UUID, code: str) -> UUID | None:
    """The marker of a line by its code; None for no code; BadInput `marker_not_on_line`."""
    if not code.strip():
        return None
    for marker in standing_markers(connection, lines=[line]):
        if marker.code == code.strip():
            return marker.id
    raise BadInput(
        f"No marker of this line has the code {code.strip()[:40]!r}. Nothing was changed.", code="marker_not_on_line"
    )


@router.post("/patrol/keepers/{assignment_id}/end")
def end(visit: Visiting, assignment_id: UUID, reason: Text = "") -> Response:
    """End an assignment."""

    def work() -> Response:
        assignments.end_assignment(office(visit), actor_of(visit.request), assignment_id, reason, now_of(visit))
        return go_to(visit, "/patrol/keepers", "patrol_ended")

    return attempt(work, lambda error: _keepers(visit, error))


@router.get("/patrol/attendance")
def attendance(visit: Visiting) -> Response:
    """Days out of each keeper within a span of days."""
    actor, query, today = require_reader(visit), visit.view.query, civil_date(now_of(visit))
    until = parse_day(query.get("to")) or today
    begin = parse_day(query.get("from")) or seen.first_day(until)
    with reading(office(visit)) as connection:
        found = seen.attendance(
            connection, actor, today, begin=begin, until=until, limit=PAGE, cursor=query.get("cursor") or None
        )
    return page(
        visit, "patrol_attendance.html", **{**found, "following": found["next"], "begin": begin, "until": until}
    )


@router.get("/patrol/codes/{line_id}")
def codes(visit: Visiting, line_id: UUID) -> Response:
    """A sheet of codes (二维码) to print and fix to the markers of a line: each leads to the patrol page there."""
    actor = require_reader(visit)
    with reading(office(visit)) as connection:
        require_reading_beside(connection, actor, line_id)
        markers = standing_markers(connection, lines=[line_id])
    if not markers:
        raise NotFound("No markers stand on such a line.", code="no_such_line")
    base = visit.request.app.state.settings.public_url or str(visit.request.base_url).rstrip("/")
    drawn = [(marker, qr_code(f"{base}/patrol/m/{marker.id}", marker.code)) for marker in markers]
    return page(visit, "patrol_codes.html", drawn=drawn, base=base)
