"""`/v1/risks` and `/v1/line-assets`: the risks and the inventory of all lines beside which one works."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.inspection_shapes import Sent
from api.v1.inspections import Id
from api.v1.params import Cursor, EntityId, Limit
from api.v1.risks import ENTERED, RISK, Entered
from api.v1.rounds import ASKED, SENT, Flag, answer, answers, today
from api.v1.schemas import Shape
from boundaries.risks import listing, service
from data.cases.reading import require_signed_in
from data.db import reading

router = v1_router("inspections", "")

LISTED = (*ASKED, "bad_id", "bad_risk_filter", "limit_out_of_range", "bad_cursor")
_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6092"
LINE: dict[str, Any] = {"id": _ID, "name": "甲乙线"}
SHOWN: dict[str, Any] = {**RISK, "line": LINE, "overdue": False, "source": "inspection", "source_id": _ID}
IN_FULL: dict[str, Any] = {**SHOWN, "history": [{"level": "high", "measures": "双方每月联合巡查一次"}]}
ASSET: dict[str, Any] = {"id": _ID, "kind": "covenant", "title": "护界公约", "line": LINE, "ended": False}


class LineNamed(Shape):
    """A line by id and name; one without a name by those of its units."""

    id: UUID
    name: str


class RiskShape(Shape):
    """A risk as it stands. `overdue`: the day of its review has passed.

    `source_id`: the inspection, the patrol's observation or the case of a dispute that showed it, as `source` says.
    """

    id: UUID
    title: str
    level: str
    state: str
    review_on: date | None
    source: str
    source_id: UUID | None
    line: LineNamed
    overdue: bool


class RiskInFull(RiskShape):
    """A risk with everything that was said of it, first to last."""

    history: list[dict[str, Any]]


class RiskList(Shape):
    """A page of risks."""

    items: list[RiskShape]
    next: str | None


class AssetShape(Shape):
    """An entry of the inventory. `ended`: it has run out."""

    id: UUID
    kind: str
    title: str
    line: LineNamed
    ended: bool


class AssetList(Shape):
    """A page of the inventory."""

    items: list[AssetShape]
    next: str | None


class Removal(Sent):
    """Why an entry is taken out."""

    why: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get(
    "/risks",
    summary="The risk register",
    response_model=RiskList,
    responses=answers(200, {"items": [SHOWN], "next": None}, *LISTED),
)
def list_risks(
    request: Request,
    line: Annotated[Id | None, Query(description="Only of this line.")] = None,
    level: Annotated[Literal["low", "medium", "high"] | None, Query(description="Only of this level.")] = None,
    state: Annotated[Literal["open", "closed"] | None, Query(description="Only in this state.")] = None,
    overdue: Annotated[Flag, Query(description="Only those whose review is overdue.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The risks of the lines beside your units as they stand, those first whose review is due first."""
    actor = actor_of(request)
    require_signed_in(actor)
    wanted = listing.WantedRisks(line, level, state, overdue)
    with reading(request.app.state.databases.office) as connection:
        return answer(listing.list_risks(connection, actor, wanted, today(request), limit=limit, cursor=cursor))


@router.get(
    "/risks/{id}",
    summary="A risk",
    response_model=RiskInFull,
    responses=answers(200, IN_FULL, *ASKED, "bad_id", "no_such_risk"),
)
def find_risk(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A risk with every assessment of it."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        return answer(listing.find_risk(connection, actor, id, today(request)))


@router.get(
    "/line-assets",
    summary="The inventory of lines",
    response_model=AssetList,
    responses=answers(200, {"items": [ASSET], "next": None}, *LISTED),
)
def list_assets(
    request: Request,
    line: Annotated[Id | None, Query(description="Only of this line.")] = None,
    kind: Annotated[
        Literal["cooperation_agreement", "monument", "covenant"] | None, Query(description="Only of this kind.")
    ] = None,
    ended: Annotated[Flag, Query(description="Only what has run out.")] = False,
    removed: Annotated[Flag, Query(description="Also those that were taken out.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Cooperation agreements, boundary monuments and covenants of the lines beside your units."""
    actor = actor_of(request)
    require_signed_in(actor)
    wanted = listing.WantedAssets(line, kind, ended, removed)
    with reading(request.app.state.databases.office) as connection:
        return answer(listing.list_assets(connection, actor, wanted, today(request), limit=limit, cursor=cursor))


@router.post(
    "/line-assets/{id}/remove",
    summary="Take an entry out of the inventory",
    response_model=Entered,
    responses=answers(200, ENTERED, *SENT, "bad_id", "no_such_asset", "already_done", "asset_malformed"),
)
def remove_asset(request: Request, id: EntityId, body: Removal) -> Response:  # noqa: A002 -- the address
    """Take it out, with the reason; it stays on record."""
    actor = actor_of(request)
    require_signed_in(actor)
    service.remove_asset(request.app.state.databases.office, actor, id, body.why)
    return answer({"id": id})
