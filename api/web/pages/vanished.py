"""Names that nothing bears any more: the register with its filters in the address, one name, and its form."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
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
from data.errors import BadInput, BadRequest, DimingError, NotFound
from data.ids import new_id
from geonames.applications.notices import below
from geonames.places.classes import place_classes
from geonames.places.days import recorded_day
from geonames.vanished.recording import RECORD, Recording, record_vanished
from geonames.vanished.service import ORIGINS, Wanted, find_vanished, list_vanished
from geonames.vanished.told import rows_told
from geonames.vanished.words import reasons, recorded_reasons

router = APIRouter(include_in_schema=False)
PAGE = 50
#: What the form asks for of a name, and of the document by which it is recorded.
TOLD = ("code", "name", "roman", "class", "reason", "note", "last_day", "successor", "longitude", "latitude", "source",
        "place")  # fmt: skip
FILTERS = ("q", "within", "reason", "origin", "class", "since", "until")
DOCUMENT = ("within", "title", "authority", "doc_no")


@router.get("/vanished-names")
def names(visit: Visiting) -> Response:
    """The register as of a day."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    wanted = Wanted(
        query.get("q") or None,
        None if within is None else below(within),
        _chosen("reason", query.get("reason"), tuple(reasons())),
        _chosen("origin", query.get("origin"), ORIGINS),
        _chosen("class", query.get("class"), tuple(place_classes())),
        _year("since", query.get("since")),
        _year("until", query.get("until")),
    )
    return visit.page(
        "vanished.html",
        found=list_vanished(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given=wanted,
        within=within,
        table=f"/v1/vanished-names.csv?{urlencode({name: query[name] for name in FILTERS if query.get(name)})}",
        may_record=_may_record(visit),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"reasons": reasons(), "classes": place_classes(), "origins": ORIGINS, "recorded": recorded_reasons()}


def _chosen(name: str, said: str | None, known: tuple[str, ...]) -> str | None:
    if said and said not in known:
        raise BadRequest(f"{name} is one of {', '.join(known)}.", code="bad_parameter")
    return said or None


def _year(name: str, said: str | None) -> int | None:
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= 9999):
        raise BadRequest(f"{name} is a year such as 1994.", code="bad_year")
    return int(said)


def _day(visit: Visit) -> date:
    """The day that the form asks for, else a past date of view, else today."""
    asked = parse_day(visit.view.query.get("day"))
    view = visit.view.as_of if visit.view.past else None
    return recorded_day(visit.conn, asked or view, today_of(casework_of(visit.request)))


def _may_record(visit: Visit) -> bool:
    """Whether the visitor records vanished names somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[RECORD] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/vanished-names/new")
def ask(visit: Visiting) -> Response:
    """The form of one name; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in (*TOLD, *DOCUMENT)})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    return case_page(visit, "vanished_new.html", error, typed=typed, **_words())


@router.post("/vanished-names/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Record the name, and go to it; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in (*TOLD, *DOCUMENT)}

    def work() -> Response:
        found = _recorded(visit, said)
        return RedirectResponse(visit.view.url(f"/vanished-names/{found}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _recorded(visit: Visit, said: dict[str, str]) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    (row,) = rows_told([(1, {name: said[name] for name in TOLD if said[name]})])
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["title"] or said["name"],
        authority=said["authority"], approved_on=None, announced_on=None, effective_on=None, basis="not_dated",
        list_year=None, text="", source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    recording = Recording([row], check_code(said["within"]), today_of(casework))
    report = record_vanished(casework.engine, actor, recording, document, casework.permissions)
    (told,) = report["rows"]
    if told["faults"]:
        raise BadInput(f"{'; '.join(told['faults'])}. Nothing was stored.", code="vanished_table")
    identity: UUID = told["id"]
    return identity


@router.get("/vanished-names/{name}")
def one(visit: Visiting, name: str) -> Response:
    """One vanished name: why, until when, where it lay."""
    try:
        found = find_vanished(visit.conn, UUID(name))
    except ValueError as error:
        raise NotFound("No vanished name has this id.", code="no_such_vanished_name") from error
    code = found["unit"]["code"] if found["unit"] else None
    return visit.page(
        "vanished_name.html", found=found, layer=layer_address(visit.view, "county", code=code), **_words()
    )
