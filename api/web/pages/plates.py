"""Number plates: a street with its two sides, one door with its addresses and certificate, the form of a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.v1.params import parse_id
from api.v1.plates import checked_at
from api.web.drawing.qr import qr_code
from api.web.drawing.street import draw_street
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in, today_of
from data.decisions import DecisionDraft
from data.errors import BadInput, DimingError
from data.ids import new_id
from geonames.applications.notices import below
from geonames.places.days import recorded_day
from geonames.places.service import find_place
from geonames.plates.importing import RECORD, PlateTable, import_plates, preview_plates, refused
from geonames.plates.issuers import issuer_of
from geonames.plates.service import Wanted, change_of_address, check_state, find_plate, list_plates
from geonames.signs.numbering import STATES, numbering_rules

router = APIRouter(include_in_schema=False)
PAGE = 50
#: A street is shown whole: more numbers than any has.
STREET = 1000
FIELDS = ("place", "direction", "rule", "effective_on", "table", "authority", "title", "doc_no", "source")


@router.get("/plates")
def plates(visit: Visiting) -> Response:
    """The plates of a day; of one street with its two sides drawn."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    place = parse_id(query["place"]) if query.get("place") else None
    wanted = Wanted(None if within is None else below(within), place, check_state(query.get("state") or None))
    size = STREET if place else PAGE
    found = list_plates(visit.conn, day, wanted, size, query.get("cursor") or None)
    return visit.page(
        "plates.html",
        found=found,
        day=day,
        given={"within": within, "place": query.get("place"), "state": wanted.state},
        states=STATES,
        street=find_place(visit.conn, place, None) if place else None,
        drawing=draw_street(found["items"]) if place else None,
        may_record=_may_record(visit),
    )


def _day(visit: Visit, name: str = "day") -> date:
    return recorded_day(visit.conn, parse_day(visit.view.query.get(name)), today_of(casework_of(visit.request)))


def _may_record(visit: Visit) -> bool:
    """Whether the visitor records plates somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[RECORD] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/plates/new")
def ask(visit: Visiting) -> Response:
    """The form of a street's table; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(
    visit: Visit, typed: dict[str, str], error: DimingError | None = None, report: Mapping[str, Any] | None = None
) -> Response:
    require_signed_in(actor_of(visit.request))
    rules = numbering_rules()
    directions = sorted({way for rule in rules for way in rule.ways})
    return case_page(visit, "plates_new.html", error, typed=typed, rules=rules, directions=directions, report=report)


@router.post("/plates/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Show what the table would do, or write it; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in FIELDS}
    writes = typed.one("act") == "write"

    def work() -> Response:
        report = _reported(visit, said, writes=writes)
        if not writes:
            return _form(visit, said, None, report)
        place = visit.view.url("/plates", place=said["place"])
        return RedirectResponse(place, 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _reported(visit: Visit, said: dict[str, str], *, writes: bool) -> Mapping[str, Any]:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    day = parse_day(said["effective_on"]) or today_of(casework)
    table = PlateTable(said["table"].encode(), _place(said["place"]), said["direction"], day, said["rule"] or None)
    if not writes:
        return preview_plates(casework.engine, actor, table, casework.permissions)
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["title"], authority=said["authority"],
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    report = import_plates(casework.engine, actor, table, document, casework.permissions)
    if report["findings"] or any(row["fault"] for row in report["rows"]):
        raise refused(report)
    return report


def _place(said: str) -> UUID:
    """The street, by its id or by the address of its page."""
    try:
        return UUID(said.partition("?")[0].rstrip("/").rpartition("/")[2])
    except ValueError as error:
        raise BadInput("Give the address or the id of the street in this system.", code="number_table") from error


@router.get("/plates/{plate}")
def one(visit: Visiting, plate: str) -> Response:
    """One door: its addresses from day to day, and between two days what a certificate says."""
    day, identity = _day(visit), parse_id(plate)
    found = find_plate(visit.conn, identity, day)
    begin, end = parse_day(visit.view.query.get("from")), _day(visit, "to")
    address = checked_at(visit.request, identity, begin, end) if begin else _own(visit, identity)
    return visit.page(
        "plate.html",
        found=found,
        day=day,
        change=change_of_address(visit.conn, identity, begin, end) if begin else None,
        code=qr_code(address, visit.view.t("plates.qr")),
        issuer=issuer_of(found["unit"]["code"] if found["unit"] else None),
    )


def _own(visit: Visit, plate: UUID) -> str:
    base = visit.request.app.state.settings.public_url or str(visit.request.base_url)
    return f"{base.rstrip('/')}/plates/{plate}"
