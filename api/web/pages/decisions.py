"""Decisions: the list by year and words, and the page of one document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.web.pages.affected import affected_units
from api.web.visit import Visit, Visiting
from data.decisions import find_decision, list_decisions
from data.errors import BadRequest, NotFound

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/decisions")
def decisions(visit: Visiting) -> Response:
    """Decisions of a year, or with words in number, title or text; the latest first."""
    query, span = visit.view.query, visit.view.span
    year = parse_year(query.get("year"))
    found = list_decisions(
        visit.conn, year=year, q=query.get("q") or None, limit=PAGE, cursor=query.get("cursor") or None
    )
    assert span is not None  # noqa: S101 -- a visit always has one
    return visit.page(
        "decisions.html",
        items=found["items"],
        following=found["next"],
        year=year,
        years=range(span.last.year, span.first.year - 1, -1),
    )


def parse_year(value: str | None) -> int | None:
    """A year of four digits; BadRequest `bad_year` for anything else."""
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) == 4):
        raise BadRequest(f"{value[:20]!r} is not a year; write four digits, for example 2010.", code="bad_year")
    return int(value)


@router.get("/decisions/{decision_id}")
def decision(visit: Visiting, decision_id: str) -> Response:
    """One document with its dates, text and what it opened and closed."""
    found = find_decision(visit.conn, _identifier(decision_id))
    return visit.page("decision.html", decision=found, effects=_effects(visit, found))


def _identifier(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound("There is no published decision with this id.", code="no_such_decision") from error


def _effects(visit: Visit, found: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(group, affected_units(visit, found, group)) for group in ("opened", "closed", "supports")]
