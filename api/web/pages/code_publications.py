"""Publications of division codes: the list, one with its changes and codes, and the form with its preview."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.v1.code_publications import FILES
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.codebooks.kinds import publication_kinds
from boundaries.codebooks.publishing import PUBLISH, Publishing, preview_publication, publish_codes
from boundaries.codebooks.service import KINDS, Wanted, find_publication, list_changes, list_codes, list_publications
from boundaries.units.coding import check_code
from boundaries.units.service import register_span
from data.cases.reading import require_signed_in, today_of
from data.decisions import DecisionDraft
from data.errors import BadRequest, DimingError, NotFound
from data.ids import new_id
from geonames.applications.notices import below
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
PAGE = 50
#: What is asked for, and what the document says.
ASKED = ("within", "kind", "codes_on", "corrects")
FIELDS = (*ASKED, "title", "note", "authority", "doc_no", "source")


@router.get("/code-publications")
def publications(visit: Visiting) -> Response:
    """The publications as of a day, with filters in the address."""
    query = visit.view.query
    asked = parse_day(query.get("day")) or (visit.view.as_of if visit.view.past else None)
    day = recorded_day(visit.conn, asked, today_of(casework_of(visit.request)))
    within = check_code(query["within"]) if query.get("within") else None
    kind = query.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise BadRequest(f"kind is one of {', '.join(KINDS)}.", code="bad_parameter")
    wanted = Wanted(None if within is None else below(within), kind)
    return visit.page(
        "code_publications.html",
        found=list_publications(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given={"within": within, "kind": kind},
        kinds=publication_kinds(),
        may_publish=_may_publish(visit),
    )


def _may_publish(visit: Visit) -> bool:
    """Whether the visitor publishes codes somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[PUBLISH] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/code-publications/new")
def ask(visit: Visiting) -> Response:
    """The form; with a kind in the address, what would be published stands under it."""
    query = visit.view.query
    typed = {name: query.get(name, "").strip() for name in FIELDS}
    try:
        preview = _preview(visit, typed) if typed["kind"] else None
    except DimingError as error:
        return _form(visit, typed, error=error)
    return _form(visit, typed, preview)


def _preview(visit: Visit, typed: dict[str, str]) -> dict[str, Any]:
    return preview_publication(visit.conn, _wanted(visit, typed))


def _wanted(visit: Visit, typed: dict[str, str]) -> Publishing:
    within = check_code(typed["within"]) if typed["within"] else None
    day = parse_day(typed["codes_on"]) or register_span(visit.conn).register_through
    return Publishing(within, typed["kind"], day, typed["title"], typed["note"], _corrected(typed["corrects"]))


def _corrected(identity: str) -> UUID | None:
    return _id(identity) if identity else None


def _id(identity: str) -> UUID:
    try:
        return UUID(identity)
    except ValueError as error:
        raise NotFound("No publication of codes has this id.", code="no_such_code_publication") from error


def _form(
    visit: Visit, typed: dict[str, str], preview: dict[str, Any] | None = None, error: DimingError | None = None
) -> Response:
    require_signed_in(actor_of(visit.request))
    day: date = register_span(visit.conn).register_through
    if preview and not typed["codes_on"]:
        typed = {**typed, "codes_on": str(preview["codes_on"])}
    return case_page(
        visit, "code_publication_new.html", error, typed=typed, preview=preview, kinds=publication_kinds(), last=day
    )


@router.post("/code-publications/new")
def publish(visit: Visiting, typed: Typed) -> Response:
    """Publish, and go to what was published; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        found = _published(visit, said)
        return RedirectResponse(visit.view.url(f"/code-publications/{found}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error=error))


def _published(visit: Visit, said: dict[str, str]) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["title"], authority=said["authority"],
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    wanted = _wanted(visit, said)
    identity: UUID = publish_codes(casework.engine, actor, wanted, document, casework.permissions)["id"]
    return identity


@router.get("/code-publications/{publication}")
def one(visit: Visiting, publication: str) -> Response:
    """One publication: its facts, its changes, its codes page by page, its files."""
    identity, query = _id(publication), visit.view.query
    return visit.page(
        "code_publication.html",
        found=find_publication(visit.conn, identity),
        kinds=publication_kinds(),
        changes=list_changes(visit.conn, identity, PAGE, query.get("changes") or None),
        codes=list_codes(visit.conn, identity, PAGE, query.get("codes") or None),
        files=FILES,
        may_publish=_may_publish(visit),
    )
