"""Opening a dispute: from findings of an inspection or comparison, or from the report of a side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page
from api.web.visit import Visit, Visiting
from boundaries.disputes.model import PROCEDURES, DisputeOpening, Party, Route
from boundaries.disputes.opening import sides_before
from boundaries.disputes.service import open_dispute
from boundaries.findings.kinds import ROUTE_OF
from boundaries.findings.service import Wanted, list_findings
from boundaries.rounds.sides import sides_of
from boundaries.units.service import register_span
from data.access import Actor
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadInput, DimingError, NotPermitted

router = APIRouter(include_in_schema=False)

SIDES = ("left", "right")
OTHERS = ("third", "fourth")


@router.get("/disputes/new")
def new_dispute(visit: Visiting) -> Response:
    """The form that opens a dispute of a line, with the findings that stand open there."""
    return _form(visit)


def _form(visit: Visit, error: DimingError | None = None, kept: TypedForm | None = None) -> Response:
    actor = actor_of(visit.request)
    require_signed_in(actor)
    typed = kept.fields() if kept else {}
    line = _id(typed.get("line") or visit.view.query.get("line"))
    inspection = _id(typed.get("inspection") or visit.view.query.get("inspection"))
    with reading(visit.request.app.state.databases.office) as connection:
        day = register_span(connection).register_through
        sides = sides_of(connection, line, day)
        open_findings = _open(connection, actor, line)
        parties = sides_before(connection, actor, inspection)
    chosen = kept.many("finding") if kept else visit.request.query_params.getlist("finding")
    return case_page(
        visit,
        "dispute_new.html",
        error,
        line=line,
        sides=sides,
        findings=open_findings,
        chosen=chosen,
        parties=parties,
        inspection=inspection,
        routes=list(PROCEDURES),
        route=typed.get("route") or _suggested(open_findings, chosen),
        others=OTHERS,
        typed=typed,
    )


def _open(connection: Connection, actor: Actor, line: UUID) -> list[dict[str, Any]]:
    """The findings of a line that are open and that the reader may see."""
    try:
        return list(list_findings(connection, actor, Wanted(line=line, state="open"))["items"])
    except NotPermitted:
        return []


def _suggested(findings: list[dict[str, Any]], chosen: list[str]) -> str:
    """The route that the kind of a chosen finding names, where it names one; people decide."""
    kinds = [finding["kind"] for finding in findings if str(finding["id"]) in chosen]
    return next((ROUTE_OF[kind] for kind in kinds if kind in ROUTE_OF), "")


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)


@router.post("/disputes")
def create(visit: Visiting, typed: Typed) -> Response:
    """Open the dispute, and go to it; refused, the form comes again with what was typed."""
    fields = typed.fields()

    def work() -> Response:
        opening = DisputeOpening(
            route=_route(fields),
            line=_id(fields.get("line")),
            summary=fields.get("summary", ""),
            left=_party(fields, "left"),
            right=_party(fields, "right"),
            others=[_party(fields, key) for key in OTHERS if fields.get(f"{key}_unit")],
            findings=[_id(finding) for finding in typed.many("finding")],
            inspection=_id(fields["inspection"]) if fields.get("inspection") else None,
            key=typed.one("key") or None,
        )
        case = open_dispute(casework_of(visit.request), actor_of(visit.request), opening)
        return RedirectResponse(visit.view.url(f"/disputes/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, error, typed))


def _route(fields: Mapping[str, str]) -> Route:
    found: Route | None = next((known for known in PROCEDURES if known == fields.get("route")), None)
    if found is None:
        raise BadInput(f"Choose one of the routes: {', '.join(PROCEDURES)}. Nothing was opened.", code="bad_case")
    return found


def _party(fields: Mapping[str, str], key: str) -> Party:
    office, members = fields.get(f"{key}_office", ""), fields.get(f"{key}_members", "").split()
    return Party(office, members, fields.get(f"{key}_unit"))
