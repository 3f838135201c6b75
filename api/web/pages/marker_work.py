"""Proposing work on a marker: the form, from which a case of the proposer's side is opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, TypedForm, fresh_key
from api.web.pages.markers import _id
from api.web.visit import Visit, Visiting
from boundaries.markers.registration import number
from boundaries.markers.schemes import schemes
from boundaries.markers.service import find_marker
from boundaries.markers.vocabulary import words
from boundaries.markers.working import Wanted, propose_work
from boundaries.markers.works import works
from boundaries.network.service import find_line
from boundaries.records.works import propose_in
from data.cases.reading import require_signed_in
from data.db import Audience
from data.errors import DimingError

router = APIRouter(include_in_schema=False)

#: What the form of a new marker asks for.
NEW = ("code", "scheme", "kind", "part", "faces", "material", "longitude", "latitude")


@router.get("/markers/{marker_id}/work")
def ask_work(visit: Visiting, marker_id: str) -> Response:
    """The form for a work on a marker that stands."""
    return _of_marker(visit, _id(marker_id))


def _of_marker(visit: Visit, marker: UUID, error: DimingError | None = None, kept: Any = None) -> Response:
    require_signed_in(actor_of(visit.request))
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        found = find_marker(connection, marker, visit.view.as_of, Audience.STAFF)
    kinds = [work for work in works().values() if work.event != "set"]
    return _form(visit, f"/markers/{marker}/work", error, kept, marker=found, line=None, works=kinds)


@router.post("/markers/{marker_id}/work")
def propose(visit: Visiting, marker_id: str, typed: Typed) -> Response:
    """Open the case."""
    identity = _id(marker_id)

    def work() -> Response:
        third = typed.one("third").strip() or None
        return _opened(visit, typed, Wanted(typed.one("work"), typed.one("reason"), identity, third=third))

    return attempt(work, lambda error: _of_marker(visit, identity, error, typed))


@router.get("/lines/{line_id}/new-marker")
def ask_new(visit: Visiting, line_id: str) -> Response:
    """The form for a marker that is added to a line."""
    return _of_line(visit, _id(line_id))


def _of_line(visit: Visit, line: UUID, error: DimingError | None = None, kept: Any = None) -> Response:
    require_signed_in(actor_of(visit.request))
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        found = find_line(connection, line, visit.view.as_of, Audience.STAFF)
    return _form(visit, f"/lines/{line}/new-marker", error, kept, marker=None, line=found, works=[works()["add"]])


@router.post("/lines/{line_id}/new-marker")
def propose_new(visit: Visiting, line_id: str, typed: Typed) -> Response:
    """Open the case of an addition."""
    identity = _id(line_id)

    def work() -> Response:
        new: dict[str, Any] = {name: typed.one(name).strip() for name in NEW}
        new |= {name: number(new[name], name) for name in ("longitude", "latitude")}
        new["faces"] = int(number(new["faces"], "faces"))
        third = typed.one("third").strip() or None
        return _opened(visit, typed, Wanted("add", typed.one("reason"), None, identity, new, third))

    return attempt(work, lambda error: _of_line(visit, identity, error, typed))


def _opened(visit: Visit, typed: TypedForm, wanted: Wanted) -> Response:
    casework, actor, key = casework_of(visit.request), actor_of(visit.request), typed.one("key") or None
    inspection = typed.one("inspection")
    case = (
        propose_in(casework, actor, _id(inspection), wanted, key)
        if inspection
        else propose_work(casework, actor, wanted, key)
    )
    return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})


def _form(visit: Visit, path: str, error: DimingError | None, kept: TypedForm | None, **values: Any) -> Response:
    typed = {name: kept.one(name) for name in (*NEW, "work", "reason", "third")} if kept else {}
    return account_page(
        visit,
        "marker_work.html",
        error,
        path=path,
        address=path,
        key=fresh_key(),
        typed=typed,
        inspection=kept.one("inspection") if kept else visit.view.query.get("inspection", ""),
        schemes=schemes().values(),
        materials=words("marker_material"),
        kinds=words("marker_kind"),
        parts=words("marker_part"),
        language=visit.view.t.language,
        **values,
    )
