"""Foreign names in Chinese characters: the register with its filters in the address, one name, the rules, the form."""

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
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from data.access import Matter, Permit, decide
from data.cases.reading import require_signed_in, today_of
from data.decisions import DecisionDraft
from data.errors import BadInput, BadRequest, DimingError, NotFound
from data.ids import new_id
from geonames.foreign.recording import RECORD, record_foreign
from geonames.foreign.service import Wanted, find_foreign, list_foreign, words
from geonames.foreign.told import rows_told
from geonames.foreign.words import countries, kinds, languages, rules, statuses
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
PAGE = 50
FILTERS = ("q", "language", "country", "kind", "rule", "status")
#: What the form asks for of a name, and of the document by which it is recorded.
TOLD = ("code", "original", "roman", "language", "country", "region", "kind", "translation", "rule", "status", "since",
        "until", "longitude", "latitude", "note", "source")  # fmt: skip
DOCUMENT = ("title", "authority", "doc_no")


@router.get("/foreign-names")
def names(visit: Visiting) -> Response:
    """The register as of a day."""
    query, day, known = visit.view.query, _day(visit), _known()
    chosen = {name: _chosen(name, query.get(name), known[name]) for name in FILTERS[1:]}
    wanted = Wanted((query.get("q") or "").strip() or None, **chosen)
    return visit.page(
        "foreign.html",
        found=list_foreign(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given=wanted,
        table=f"/v1/foreign-names.csv?{urlencode({name: query[name] for name in FILTERS if query.get(name)})}",
        may_record=_may_record(visit),
        **known,
    )


def _known() -> dict[str, Any]:
    return {
        "language": languages(), "country": countries(), "kind": kinds(), "rule": rules(), "status": statuses(),
    }  # fmt: skip


def _chosen(name: str, said: str | None, known: Any) -> str | None:
    if said and said not in known:
        raise BadRequest(f"{name} is one of {', '.join(list(known)[:20])}.", code="bad_parameter")
    return said or None


def _day(visit: Visit) -> date:
    """The day that the form asks for, else a past date of view, else today."""
    asked = parse_day(visit.view.query.get("day"))
    view = visit.view.as_of if visit.view.past else None
    return recorded_day(visit.conn, asked or view, today_of(casework_of(visit.request)))


def _may_record(visit: Visit) -> bool:
    """Whether the register of the whole country is entrusted to the visitor."""
    table = casework_of(visit.request).permissions
    return isinstance(decide(actor_of(visit.request), RECORD, Matter(), table), Permit)


@router.get("/foreign-names/rules")
def all_rules(visit: Visiting) -> Response:
    """Which rule is for which language, with its source."""
    return visit.page("foreign_rules.html", words=words())


@router.get("/foreign-names/new")
def ask(visit: Visiting) -> Response:
    """The form of one name; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in (*TOLD, *DOCUMENT)})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    return case_page(visit, "foreign_new.html", error, typed=typed, **_known())


@router.post("/foreign-names/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Record the name, and go to it; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in (*TOLD, *DOCUMENT)}

    def work() -> Response:
        found = _recorded(visit, said)
        return RedirectResponse(visit.view.url(f"/foreign-names/{found}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _recorded(visit: Visit, said: dict[str, str]) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    rows = rows_told([(1, {name: said[name] for name in TOLD if said[name]})])
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["title"] or said["original"],
        authority=said["authority"], approved_on=None, announced_on=None, effective_on=None, basis="not_dated",
        list_year=None, text="", source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    (told,) = record_foreign(casework.engine, actor, rows, document, casework.permissions)["rows"]
    if told["faults"]:
        raise BadInput(f"{'; '.join(told['faults'])}. Nothing was stored.", code="foreign_table")
    identity: UUID = told["id"]
    return identity


@router.get("/foreign-names/{name}")
def one(visit: Visiting, name: str) -> Response:
    """One name with its translation, rule and source, and what was told before."""
    try:
        found = find_foreign(visit.conn, UUID(name))
    except ValueError as error:
        raise NotFound("No foreign name has this id.", code="no_such_foreign_name") from error
    return visit.page("foreign_name.html", found=found, **_known())
