"""The risk register and the inventory of lines: lists with filters, the page of one risk, the forms of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.pages.account_forms import attempt, go_to
from api.web.pages.case_forms import Typed, case_page
from api.web.pages.patrol_office import line_of
from api.web.pages.rounds import today_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.markers.registration import number
from boundaries.risks import listing, service
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadInput, DimingError, NotFound

router = APIRouter(include_in_schema=False)

PAGE = 50
#: The sources of a risk that a person names; the others come with what found it.
TYPED_SOURCES = ("report", "inspection", "patrol", "case")
#: What the page where a risk was seen says of it already.
PREFILLED = ("line", "title", "source", "source_id", "description")


def _office(visit: Visit) -> Any:
    return visit.request.app.state.databases.office


def _id(text: str, code: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such entry for you.", code=code) from error


def _line(query: Mapping[str, str]) -> UUID | None:
    text = query.get("line", "").strip()
    return _id(text, "no_such_line") if text else None


@router.get("/risks")
def risks(visit: Visiting) -> Response:
    """The risks as they stand, those first whose review is due first."""
    return _risks(visit)


def _risks(visit: Visit, error: DimingError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    actor, query, today = actor_of(visit.request), visit.view.query, today_of(visit)
    require_signed_in(actor)
    level = query.get("level") if query.get("level") in service.LEVELS else None
    state = query.get("state") if query.get("state") in listing.STATES else None
    wanted = listing.WantedRisks(_line(query), level, state or "open", query.get("overdue") == "1")
    with reading(_office(visit)) as connection:
        found = listing.list_risks(connection, actor, wanted, today, limit=PAGE, cursor=query.get("cursor") or None)
        overdue = listing.overdue_reviews(connection, actor, today)
    return case_page(
        visit, "risks.html", error, items=found["items"], following=found["next"], wanted=wanted, overdue=overdue,
        levels=service.LEVELS, states=listing.STATES, sources=TYPED_SOURCES, today=today,
        typed=typed or {name: query.get(name, "") for name in PREFILLED},
    )  # fmt: skip


@router.post("/risks")
def record(visit: Visiting, typed: Typed) -> Response:
    """Record a risk."""
    fields = typed.fields()

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        with reading(_office(visit)) as connection:
            line = line_of(connection, fields.get("line", ""))
        seen_at = _source_id(fields.get("source_id", ""))
        risk = service.NewRisk(
            line, fields.get("title", ""), _assessment(fields), source=fields.get("source", ""), source_id=seen_at
        )
        identity = service.record_risk(_office(visit), actor, risk)
        return go_to(visit, f"/risks/{identity}", "risk_recorded")

    return attempt(work, lambda error: _risks(visit, error, fields))


def _source_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        advice = "What the risk was seen at is no identifier: open this form from its page. Nothing was stored."
        raise BadInput(advice, code="risk_malformed") from error


def _assessment(fields: Mapping[str, str]) -> service.Assessment:
    review: date | None = parse_day(fields.get("review_on"))
    level: Any = fields.get("level", "")
    return service.Assessment(level, fields.get("measures", ""), review, fields.get("description", ""))


@router.get("/risks/{identity}")
def show_risk(visit: Visiting, identity: str) -> Response:
    """One risk with every assessment of it."""
    return _risk(visit, _id(identity, "no_such_risk"))


def _risk(visit: Visit, identity: UUID, error: DimingError | None = None, typed: Any = None) -> Response:
    actor, today = actor_of(visit.request), today_of(visit)
    require_signed_in(actor)
    with reading(_office(visit)) as connection:
        found = listing.find_risk(connection, actor, identity, today)
    return case_page(visit, "risk.html", error, risk=found, levels=service.LEVELS, today=today, typed=typed or {})


@router.post("/risks/{identity}")
def assess(visit: Visiting, identity: str, typed: Typed) -> Response:
    """Assess a risk again, or close it."""
    risk, fields = _id(identity, "no_such_risk"), typed.fields()

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        service.assess_risk(_office(visit), actor, risk, _assessment(fields))
        return go_to(visit, f"/risks/{risk}", "risk_assessed")

    return attempt(work, lambda error: _risk(visit, risk, error, fields))


@router.get("/line-assets")
def assets(visit: Visiting) -> Response:
    """The inventory: cooperation agreements, boundary monuments, covenants."""
    return _assets(visit)


def _assets(visit: Visit, error: DimingError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    actor, query, today = actor_of(visit.request), visit.view.query, today_of(visit)
    require_signed_in(actor)
    kind = query.get("kind") if query.get("kind") in service.KINDS else None
    wanted = listing.WantedAssets(_line(query), kind, query.get("ended") == "1", query.get("removed") == "1")
    with reading(_office(visit)) as connection:
        found = listing.list_assets(connection, actor, wanted, today, limit=PAGE, cursor=query.get("cursor") or None)
    return case_page(
        visit, "line_assets.html", error, items=found["items"], following=found["next"], wanted=wanted,
        kinds=service.KINDS, typed=typed or {"line": query.get("line", "")}, today=today,
    )  # fmt: skip


@router.post("/line-assets")
def add_asset(visit: Visiting, typed: Typed) -> Response:
    """Enter an agreement, monument or covenant."""
    fields = typed.fields()

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        with reading(_office(visit)) as connection:
            line = line_of(connection, fields.get("line", ""))
        service.add_asset(_office(visit), actor, _asset(line, fields))
        return go_to(visit, "/line-assets", "asset_entered")

    return attempt(work, lambda error: _assets(visit, error, fields))


def _asset(line: UUID, fields: Mapping[str, str]) -> service.NewAsset:
    place = [fields.get(name) for name in ("longitude", "latitude")]
    position = (number(place[0], "longitude"), number(place[1], "latitude")) if place[0] and place[1] else None
    return service.NewAsset(
        line, fields.get("kind", ""), fields.get("title", ""), fields.get("doc_no"), fields.get("dated"),
        parse_day(fields.get("ends_on")), fields.get("parties", ""), fields.get("note", ""), position,
    )  # fmt: skip


@router.post("/line-assets/{identity}/remove")
def remove_asset(visit: Visiting, identity: str, typed: Typed) -> Response:
    """Take an entry out, with the reason."""
    asset = _id(identity, "no_such_asset")

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        service.remove_asset(_office(visit), actor, asset, typed.fields().get("why", ""))
        return go_to(visit, "/line-assets", "asset_removed")

    return attempt(work, lambda error: _assets(visit, error))
