"""Campaigns for the names of villages: the list, one with its progress on a map and as a table, and its form."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.pages.home import layer_address
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in, today_of
from data.decisions import DecisionDraft
from data.errors import BadRequest, DimingError, NotFound
from data.ids import new_id
from geonames.applications.notices import below
from geonames.campaigns.plan import TARGETS, countable, planned, read_parts
from geonames.campaigns.recording import RECORD, Planning, record_campaign
from geonames.campaigns.service import STATES, Wanted, find_campaign, list_campaigns
from geonames.places.classes import place_classes
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
PAGE = 50
FIELDS = (
    "within",
    "code",
    "title",
    "starts_on",
    "ends_on",
    "aims",
    "parts",
    "authority",
    "document",
    "doc_no",
    "source",
)


@router.get("/campaigns")
def campaigns(visit: Visiting) -> Response:
    """The campaigns as of a day, with filters in the address."""
    query, day = visit.view.query, _day(visit)
    within, state = check_code(query["within"]) if query.get("within") else None, query.get("state") or None
    if state is not None and state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_parameter")
    wanted = Wanted(None if within is None else below(within), state)
    return visit.page(
        "campaigns.html",
        found=list_campaigns(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given={"within": within, "state": state},
        states=STATES,
        may_record=_may_record(visit),
    )


def _day(visit: Visit) -> date:
    """The day that the form asks for, else a past date of view, else today."""
    asked = parse_day(visit.view.query.get("day"))
    view = visit.view.as_of if visit.view.past else None
    return recorded_day(visit.conn, asked or view, today_of(casework_of(visit.request)))


def _may_record(visit: Visit) -> bool:
    """Whether the visitor records campaigns somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[RECORD] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/campaigns/new")
def ask(visit: Visiting) -> Response:
    """The form of a campaign; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS}, list(countable()))


def _form(visit: Visit, typed: dict[str, str], chosen: list[str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    known = {key: place_classes()[key] for key in countable()}
    return case_page(visit, "campaign_new.html", error, typed=typed, chosen=chosen, classes=known)


@router.post("/campaigns/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Record the campaign, and go to it; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in FIELDS}
    chosen = [key for key in countable() if typed.one(f"class.{key}")]

    def work() -> Response:
        found = _recorded(visit, said, chosen)
        return RedirectResponse(visit.view.url(f"/campaigns/{found}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, chosen, error))


def _recorded(visit: Visit, said: dict[str, str], chosen: list[str]) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    plan = {name: said[name] for name in ("code", "title", "starts_on", "ends_on", "aims")}
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["document"] or said["title"],
        authority=said["authority"], approved_on=None, announced_on=None, effective_on=None, basis="not_dated",
        list_year=None, text="", source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    told = planned({**plan, "classes": chosen, "parts": read_parts(said["parts"])})
    planning = Planning(told, check_code(said["within"]), today_of(casework))
    identity: UUID = record_campaign(casework.engine, actor, planning, document, casework.permissions)["id"]
    return identity


@router.get("/campaigns/{campaign}")
def one(visit: Visiting, campaign: str) -> Response:
    """One campaign: what was to be done and what was, by division."""
    try:
        found = find_campaign(visit.conn, UUID(campaign), _day(visit))
    except ValueError as error:
        raise NotFound("No campaign has this id.", code="no_such_campaign") from error
    view = visit.view
    return visit.page(
        "campaign.html",
        found=found,
        targets=TARGETS,
        classes=place_classes(),
        layer=layer_address(view, "county", code=found["parts"][0]["unit"]["code"])
        if view.may_see_boundaries
        else None,
        places=[_place(part) for part in found["parts"] if part["point"]],
    )


def _place(part: dict[str, Any]) -> dict[str, Any]:
    """A division as the map draws it, with how far it is; its row in the table has the same code."""
    reached = "—" if part["share"] is None else f"{part['share']:.0%}"
    unit = part["unit"]
    return {"name": f"{unit['name']} {reached}", "code": unit["code"], "number": reached, "point": part["point"]}
