"""Disputes: the list, and the page of one with its map, its route, evidence and the courses on the table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.uploads import Upload, in_thread, receiving
from api.v1.answers import encode
from api.web.disputing import drawing_of, layer_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page
from api.web.visit import Visit, Visiting
from boundaries.disputes.courses import propose_claim, propose_file
from boundaries.disputes.evidence import evidence_classes
from boundaries.disputes.model import PROCEDURES, Route
from boundaries.disputes.picture import picture_of
from boundaries.disputes.service import find_dispute, list_disputes, open_side_file
from boundaries.disputes.steps import TOGETHER
from data.access import Actor
from data.blobs import receive
from data.cases.reading import require_signed_in
from data.errors import DimingError
from data.papers import MAX_BYTES
from data.uploads.model import check_name
from data.workflow.reading import rule_list

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/disputes")
def disputes(visit: Visiting) -> Response:
    """The disputes that the reader may see."""
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    route: Route | None = next((known for known in PROCEDURES if known == query.get("route")), None)
    found = list_disputes(
        casework_of(visit.request), actor, route=route, limit=PAGE, cursor=query.get("cursor") or None
    )
    return case_page(
        visit, "disputes.html", items=found["items"], following=found["next"], routes=list(PROCEDURES), chosen=route
    )


@router.get("/disputes/{reference}")
def show_dispute(visit: Visiting, reference: str) -> Response:
    """One dispute: where both disagree, its route, where it stands on it, evidence, courses."""
    return _page(visit, reference)


def _page(visit: Visit, reference: str, error: DimingError | None = None, kept: TypedForm | None = None) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    found = find_dispute(casework, actor, reference)
    case, findings = found["case"], found["findings"]
    drawn = [str(number) for number, finding in enumerate(findings, 1) if finding["geometry"]]
    chosen = visit.view.query.get("finding", "")
    return case_page(
        visit,
        "dispute.html",
        error,
        dispute=found,
        case=case,
        procedure=casework.procedure(case["kind"], case["opened_at"].date()),
        classes=evidence_classes(),
        signatures={row["side"]: {**row, "at": datetime.fromisoformat(row["at"])} for row in _signatures(case)},
        evidence=_by_class(case["facts"].get("evidence", [])),
        chosen=chosen if chosen in drawn else next(iter(drawn), ""),
        together=dict(rule_list(TOGETHER)),
        claimable=_claimable(found),
        proposable=_is_open(case),
        kept=kept,
    )


def _signatures(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The signatures under the text on the table, as the facts of the case hold them."""
    return list(case["facts"].get("signatures") or [])


def _by_class(evidence: list[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    """What was put before all, by its legal class, in the order of the law."""
    return {key: [row for row in evidence if row["class"] == key] for key in evidence_classes()}


def _claimable(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings of which both claims are known, with their numbers, while a course may be put on the table."""
    if not _is_open(found["case"]):
        return []
    told = enumerate(found["findings"], 1)
    return [{**f, "number": n} for n, f in told if f["source"]["kind"] == "comparison" and f["geometry"]]


def _is_open(case: Mapping[str, Any]) -> bool:
    """Whether a course may still be put on the table."""
    return not case["closed"] and not case["facts"].get("signed_text")


@router.get("/disputes/{reference}/layer.json")
def layer(visit: Visiting, reference: str) -> Response:
    """What the map of the dispute shows."""
    casework, actor, t = casework_of(visit.request), actor_of(visit.request), visit.view.t
    picture = picture_of(casework, actor, reference)
    titles = [finding["title"][t.language] for finding in find_dispute(casework, actor, reference)["findings"]]
    body = {"type": "FeatureCollection", "features": layer_of(picture, titles), "sources": [t("disputes.source")]}
    return Response(encode(body), media_type="application/json", headers={"Cache-Control": NO_STORE})


@router.get("/disputes/{reference}/map.svg")
def drawing(visit: Visiting, reference: str) -> Response:
    """The whole line, or one finding close up, as a drawing."""
    number = visit.view.query.get("close", "")
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else None
    picture = picture_of(casework_of(visit.request), actor_of(visit.request), reference)
    svg = drawing_of(picture, wanted, visit.view.t("disputes.map"))
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": NO_STORE})


@router.post("/disputes/{reference}/courses")
def propose(visit: Visiting, reference: str, typed: Typed) -> Response:
    """Put on the table what one side claims at a finding."""

    def work() -> Response:
        casework, actor = casework_of(visit.request), actor_of(visit.request)
        require_signed_in(actor)
        finding, _, side = typed.one("claim").partition(":")
        propose_claim(casework, actor, reference, _uuid(finding), side, typed.one("note"))
        return _to(visit, f"/disputes/{reference}#courses")

    return attempt(work, lambda error: _page(visit, reference, error, typed))


@router.post("/disputes/{reference}/courses/file")
async def propose_surveyed(request: Request, visit: Visiting, reference: str) -> Response:
    """Put on the table the course of a file that was surveyed together."""
    try:
        async with receiving(request) as (actor, came):
            await in_thread(lambda: _surveyed(visit, actor, reference, came))
    except DimingError as error:
        if error.status >= 500:
            raise
        refused = error
        return await in_thread(lambda: _page(visit, reference, refused))
    return _to(visit, f"/disputes/{reference}#courses")


def _surveyed(visit: Visit, actor: Actor, reference: str, came: Upload) -> None:
    name = check_name(came.name)
    with tempfile.TemporaryDirectory(prefix="diming-course-") as folder:
        path = Path(folder) / name
        receive(came.file, path, MAX_BYTES)
        propose_file(casework_of(visit.request), actor, reference, path, came.fields.get("note", ""))


def _uuid(text: str) -> UUID:
    """An identifier; what is none is that of nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _to(visit: Visit, path: str) -> Response:
    address, hash_, anchor = path.partition("#")
    return RedirectResponse(visit.view.url(address) + hash_ + anchor, 303, headers={"Cache-Control": NO_STORE})


@router.post("/disputes/{reference}/side-file")
def side_file(visit: Visiting, reference: str, typed: Typed) -> Response:
    """Open the file of one's own side, and go to it."""

    def work() -> Response:
        key = typed.one("key") or None
        case = open_side_file(casework_of(visit.request), actor_of(visit.request), reference, key)
        return _to(visit, f"/cases/{case['number']}")

    return attempt(work, lambda error: _page(visit, reference, error))
