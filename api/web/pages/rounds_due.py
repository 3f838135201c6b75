"""The lines that are due for inspection by a day, with when each was inspected last: before a round is planned."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import COUNTRY_CODE, unit_of_code
from api.web.pages.case_forms import case_page
from api.web.pages.rounds import LEVELS, today_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.rounds import service
from boundaries.rounds.planning import PLAN
from boundaries.units.service import chain_of, register_span
from data.access import Actor
from data.access.table import permissions
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import DimingError

router = APIRouter(include_in_schema=False)

#: A page that a person reads; of a whole country's lines the rest is told by its number, and read region by region.
SHOWN = 300


@router.get("/rounds/due")
def show_due(visit: Visiting) -> Response:
    """The lines that a unit's round would take in by a day; by default one's own unit and the end of the year."""
    actor, query, today = actor_of(visit.request), visit.view.query, today_of(visit)
    require_signed_in(actor)
    by = parse_day(query.get("by")) or date(today.year, 12, 31)
    with reading(visit.request.app.state.databases.office) as connection:
        within = query.get("within", "").strip() or _own_code(connection, actor)
        try:
            region = unit_of_code(connection, within)
            level = query["level"] if query.get("level") in LEVELS else _level_below(connection, region)
            found = service.due_lines(connection, actor, region, level, by)
        except DimingError as error:
            if error.status >= 500:
                raise
            return _page(visit, within, query.get("level", ""), by, error=error)
    return _page(visit, within, level, by, found["items"], found)


def _page(
    visit: Visit,
    within: str,
    level: str,
    by: date,
    items: list[dict[str, Any]] | None = None,
    rule: dict[str, Any] | None = None,
    error: DimingError | None = None,
) -> Response:
    values = {"within": within, "chosen": level, "by": by, "levels": LEVELS, "rule": rule, "today": today_of(visit)}
    told = {"items": (items or [])[:SHOWN], "total": len(items or []), "asked": items is not None}
    return case_page(visit, "rounds_due.html", error, **values, **told)


def _own_code(connection: Connection, actor: Actor) -> str:
    """The unit for which somebody plans rounds, as far as his roles say: the highest of them; else the country."""
    roles = {role for row in permissions().get(PLAN, ()) for role in row.roles}
    units = [grant.unit_id for grant in actor.effective_grants() if grant.role in roles]
    if not units or None in units:
        return COUNTRY_CODE
    chains = [chain_of(connection, unit, register_span(connection).register_through) for unit in units if unit]
    known = sorted((chain for chain in chains if chain), key=lambda chain: (len(chain), str(chain[-1]["code"])))
    return str(known[0][-1]["code"]) if known else COUNTRY_CODE


def _level_below(connection: Connection, region: UUID | None) -> str:
    """The level of the lines that a unit keeps by itself: the one below its own; of the country its provinces'."""
    if region is None:
        return LEVELS[0]
    chain = chain_of(connection, region, register_span(connection).register_through)
    return LEVELS[min(LEVELS.index(str(chain[-1]["level"])) + 1, len(LEVELS) - 1)] if chain else LEVELS[-1]
