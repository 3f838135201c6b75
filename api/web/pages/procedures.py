"""Procedures as their tables say them: drawn, and row by row. Open to everybody: law is no secret."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.casework import casework_of
from api.web.casewords import Words
from api.web.drawing.procedure import Drawing, Way, draw_procedure
from api.web.view import parse_day
from api.web.visit import Visiting
from data.cases.model import Casework
from data.cases.reading import today_of
from data.errors import NotFound
from data.workflow.deeds import DEEDS
from data.workflow.model import Procedure

router = APIRouter(include_in_schema=False)


@router.get("/procedures")
def procedures(visit: Visiting) -> Response:
    """All procedures in force today."""
    casework = casework_of(visit.request)
    today = today_of(casework)
    keys = sorted({procedure.key for procedure in casework.procedures})
    found = [(key, casework.procedure(key, today)) for key in keys]
    return visit.page(
        "procedures.html",
        items=[procedure for _, procedure in found if procedure],
        coming=[_first(casework, key) for key, procedure in found if procedure is None],
        words=Words(visit.view.t),
    )


def _first(casework: Casework, key: str) -> Procedure:
    return min(_versions(casework, key), key=lambda procedure: procedure.valid_from)


def _versions(casework: Casework, key: str) -> list[Procedure]:
    """The tables of a procedure, the latest first."""
    found = [procedure for procedure in casework.procedures if procedure.key == key]
    return sorted(found, key=lambda procedure: procedure.valid_from, reverse=True)


@router.get("/procedures/{key}")
def procedure(visit: Visiting, key: str) -> Response:
    """One procedure on a day (`on`, default today): its drawing, its states, ways, deadlines, and since when."""
    casework = casework_of(visit.request)
    day = parse_day(visit.view.query.get("on")) or today_of(casework)
    versions = _versions(casework, key)
    found = casework.procedure(key, day)
    if found is None:
        raise NotFound(f"There is no procedure {key[:60]!r} in force on {day}.", code="no_such_procedure")
    words = Words(visit.view.t)
    return visit.page(
        "procedure.html",
        procedure=found,
        versions=versions,
        until=_until(versions, found),
        day=day,
        words=words,
        deeds=DEEDS,
        drawing=_drawing(words, found),
    )


def _until(versions: list[Procedure], procedure: Procedure) -> date | None:
    """The day from which the next table holds."""
    later = [version.valid_from for version in versions if version.valid_from > procedure.valid_from]
    return min(later, default=None)


def _drawing(words: Words, procedure: Procedure) -> Drawing:
    states = [(state.key, words.label(state.label), state.ends) for state in procedure.states.values()]
    ways = [Way(t.state, t.next, words.label(t.label)) for t in procedure.transitions]
    return draw_procedure(states, ways)
