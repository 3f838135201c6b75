"""Place-name heritage for everybody: the lists, one name to send to a friend; and the form that begins a dossier."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, case_page, fresh_key
from api.web.pages.home import layer_address
from api.web.timeband import band_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in, today_of
from data.errors import DimingError
from geonames.applications.notices import below
from geonames.heritage import service
from geonames.heritage.caring import open_care
from geonames.heritage.dossier import youngest_age
from geonames.heritage.listing import NameSurveyed, open_listing
from geonames.heritage.sheet import sheet, words
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
PAGE = 50
#: What the form asks for; evidence, earlier names and the review are steps of the case.
FIELDS = (
    "subject", "list", "level", "category", "first_attested", "continuity", "continuity_note", "meaning", "origin",
    "history",
)  # fmt: skip


@router.get("/heritage")
def lists(visit: Visiting) -> Response:
    """The listed names, with filters in the address."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    asked = {name: query.get(name) or None for name in ("list", "level", "category")}
    wanted = service.Wanted(**asked, within=None if within is None else below(within))
    found = service.list_entries(visit.conn, day, wanted, PAGE, query.get("cursor") or None)
    return visit.page(
        "heritage.html",
        found=found,
        day=day,
        lists=service.heritage_lists(visit.conn, day),
        given={**asked, "within": within},
        **_words(),
        may_keep=_may_keep(visit),
    )


def _words() -> dict[str, Any]:
    return {"categories": sheet().categories, "levels": words("levels"), "grades": words("grades")}


def _day(visit: Visit) -> date:
    """The day that the form asks for, else a past date of view, else today.

    The form has a day of its own: the lists change after the register's last day too, which bounds the date of view.
    """
    asked = parse_day(visit.view.query.get("day"))
    view = visit.view.as_of if visit.view.past else None
    return recorded_day(visit.conn, asked or view, today_of(casework_of(visit.request)))


def _may_keep(visit: Visit) -> bool:
    """Whether the visitor keeps heritage somewhere."""
    roles = {role for row in casework_of(visit.request).permissions["heritage.keep"] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/heritage/new")
def ask(visit: Visiting) -> Response:
    """The form that begins a dossier; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    return account_page(
        visit, "heritage_new.html", error, path="/heritage/new", key=fresh_key(), typed=typed, **_words(),
        continuity=words("continuity"),
    )  # fmt: skip


@router.post("/heritage/new")
def begin(visit: Visiting, typed: Typed) -> Response:
    """Open the case, and go to it."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        facts = {name: value for name, value in said.items() if value}
        case = open_listing(
            casework_of(visit.request), actor_of(visit.request), NameSurveyed(facts), typed.one("key") or None
        )
        return _to(visit, f"/cases/{case['number']}")

    return attempt(work, lambda error: _form(visit, said, error))


def _to(visit: Visit, path: str) -> Response:
    return RedirectResponse(visit.view.url(path), 303, headers={"Cache-Control": NO_STORE})


@router.get("/heritage/{entry}")
def entry(visit: Visiting, entry: str) -> Response:
    """One listed name with everything told of it."""
    return _entry(visit, entry)


@router.post("/heritage/{entry}")
def care(visit: Visiting, entry: str, typed: Typed) -> Response:
    """Begin the file of its care, and go to it."""

    def work() -> Response:
        case = open_care(casework_of(visit.request), actor_of(visit.request), _id(entry), typed.one("key") or None)
        return _to(visit, f"/cases/{case['number']}")

    return attempt(work, lambda error: _entry(visit, entry, error))


def _entry(visit: Visit, entry: str, error: DimingError | None = None) -> Response:
    day = _day(visit)
    found = service.find_entry(visit.conn, _id(entry), day)
    dossier, first = found["dossier"], found["first_attested"]
    return case_page(
        visit,
        "heritage_entry.html",
        error,
        found=found,
        band=band_of(dossier["periods"], first, day.year) if dossier else None,
        age=youngest_age(first["edtf"], day.year) if first else None,
        key=fresh_key(),
        continuity=words("continuity"),
        answers=words("answers"),
        **_words(),
        may_keep=_may_keep(visit),
        layer=layer_address(visit.view, "county", code=found["unit"]["code"] if found["unit"] else None),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise service.no_such_heritage() from error
