"""The sheets of a line (附图): asked for by kind, scale and paper; looked at here, printed from the PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.claims import SIDES, claims_of
from api.documents import fonts
from api.sheets import order_from, pdf_address
from api.web.linework import handed_in
from api.web.pages.line import identifier
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.network.service import find_line, line_versions
from boundaries.sheets.model import KINDS, Claim, Order
from boundaries.sheets.service import line_atlas, line_sketch
from boundaries.sheets.settings import papers, scales, usual_scale
from data.db import reading
from data.errors import DimingError, NotFound

router = APIRouter(include_in_schema=False)


@router.get("/lines/{line_id}/sheets")
def sheets(visit: Visiting, line_id: str) -> Response:
    """How the line is divided at a scale, with a picture of one sheet and the PDF of all."""
    identity = identifier(line_id)
    query = visit.view.query
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        line = find_line(connection, identity, visit.view.as_of, visit.audience)
        order = order_from(query, usual_scale(line["level"]))
        versions = line_versions(connection, identity)["items"]
        handed = _handed_in(visit, identity)
        atlas, error = _attempt(visit, connection, line, order)
    number = min(max(_number(query.get("sheet")), 1), len(atlas.windows)) if atlas else 0
    return visit.page(
        "line_sheets.html",
        line=line,
        order=order,
        atlas=atlas,
        error=error,
        number=number,
        kinds=[kind for kind in KINDS if kind != "claims" or handed],
        handed=handed,
        claims={name: query.get(name, "") for name in SIDES},
        scales=scales(),
        papers=papers(),
        versions=[v for v in versions if not (v["from"] <= line["as_of"] and v is versions[-1])],
        other=query.get("with", ""),
        pdf=pdf_address(identity, order, query, line["as_of"] if visit.view.past else None),
    )


def _attempt(visit: Visit, connection: Connection, line: Any, order: Order) -> tuple[Any, DimingError | None]:
    try:
        return (
            line_atlas(
                connection, line["id"], order, fonts(), as_of=visit.view.as_of,
                other=parse_day(visit.view.query.get("with")), claims=_claims(visit, line["id"], order),
                audience=visit.audience,
            ),
            None,
        )  # fmt: skip
    except DimingError as error:
        return None, error


def _claims(visit: Visit, line: UUID, order: Order) -> list[Claim]:
    """The claims that the address names; of another kind of sheet nobody reads them."""
    return claims_of(visit.request, line, visit.view.query) if order.kind == "claims" else []


def _handed_in(visit: Visit, line: UUID) -> list[dict[str, Any]]:
    """What both sides handed in of the line, for whoever may see it: the latest first."""
    actor = actor_of(visit.request)
    if actor.is_nobody:
        return []
    with reading(visit.request.app.state.databases.office) as connection:
        return [item for item in handed_in(connection, actor, line) if item["state"] == "checked"]


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 5 else 1


@router.get("/lines/{line_id}/sheets/{number}.svg")
def sheet(visit: Visiting, line_id: str, number: int) -> Response:
    """One sheet as a drawing."""
    identity, query = identifier(line_id), visit.view.query
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        line = find_line(connection, identity, visit.view.as_of, visit.audience)
        order = order_from(query, usual_scale(line["level"]))
        atlas = line_atlas(
            connection, identity, order, fonts(), as_of=visit.view.as_of,
            other=parse_day(query.get("with")), claims=_claims(visit, identity, order), audience=visit.audience,
        )  # fmt: skip
    if not 1 <= number <= len(atlas.drawings):
        raise NotFound(f"At this scale the line has {len(atlas.drawings)} sheets.", code="no_such_sheet")
    return _drawing(visit, atlas.drawings[number - 1])


@router.get("/lines/{line_id}/sketch.svg")
def sketch(visit: Visiting, line_id: str) -> Response:
    """The whole line on one sheet: for paper, and for browsers without scripts."""
    view = visit.view
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        drawn = line_sketch(
            connection, identifier(line_id), fonts(), as_of=view.as_of, other=parse_day(view.query.get("with")),
            audience=visit.audience,
        )  # fmt: skip
    return _drawing(visit, drawn)


def _drawing(visit: Visit, drawn: str) -> Response:
    policy = visit.request.app.state.pages.policy
    headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return Response(drawn, media_type="image/svg+xml", headers=headers)
