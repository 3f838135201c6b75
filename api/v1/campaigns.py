"""`/v1/campaigns`: campaigns for the names of villages (乡村著名行动); everybody reads, offices record."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import campaign_shapes as shapes
from api.v1.answers import PUBLIC_CACHE
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within, _one_of, _schema
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import CODES, SENT
from api.v1.staff import answer, answers, today
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.ids import new_id
from geonames.applications.notices import below
from geonames.campaigns.plan import planned
from geonames.campaigns.recording import Planning, record_campaign
from geonames.campaigns.service import STATES, Wanted, as_csv, find_campaign, list_campaigns
from geonames.places.days import recorded_day

router = v1_router("cases", "/campaigns")

State = Annotated[
    str | None,
    BeforeValidator(unless_none(lambda text: _one_of(text, STATES, "bad_parameter"))),
    _schema("string", enum=list(STATES)),
    Query(description="Only campaigns that are planned, running or ended on the day."),
]
DAYS = ("bad_date", "as_of_after_register")


@router.get(
    "",
    summary="Campaigns for the names of villages",
    response_model=shapes.Campaigns,
    responses=answers(
        200,
        {"items": [shapes.CAMPAIGN], "next": None, "as_of": "2026-11-23"},
        *DAYS,
        *("bad_code", "bad_parameter", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    state: State = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The campaigns, the latest first, with their state on a day (default: today)."""
    wanted, now = Wanted(None if within is None else below(within), state), today(request)
    return ask.answer(
        lambda connection: list_campaigns(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/{id}",
    summary="A campaign and its progress",
    response_model=shapes.CampaignInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "no_such_campaign", *DAYS),
)
def find(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None) -> Response:  # noqa: A002 -- the name in the address
    """What each division was to do, and what the register says was done by the end of a day (default: today)."""
    now = today(request)
    return ask.answer(lambda connection: find_campaign(connection, id, recorded_day(connection, as_of, now)))


@router.get(
    "/{id}/progress.csv",
    summary="The progress of a campaign as CSV",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"example": "unit_code,unit_name,names_target,names_done\r\n"}}},
        **problems_for("bad_id", "no_such_campaign", *DAYS, *EVERYWHERE),
    },
)
def table(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None) -> Response:  # noqa: A002 -- the name in the address
    """A row for each division, UTF-8."""
    with ask.reading() as connection:
        said = as_csv(find_campaign(connection, id, recorded_day(connection, as_of, today(request))))
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": 'attachment; filename="campaign.csv"'}
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "",
    status_code=201,
    summary="Record a campaign",
    response_model=shapes.CampaignRecorded,
    responses=answers(201, {"id": shapes.ID, "outcome": "new"}, *SENT, *CODES, "bad_campaign"),
)
def record(request: Request, body: shapes.NewCampaign) -> Response:
    """Record a campaign by a document; a number that its division has is planned anew."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    told: dict[str, Any] = body.model_dump(
        include={"code", "title", "starts_on", "ends_on", "parts", "aims", "classes"}
    )
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.document or body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.source, licence=None, retrieved_on=None,
    )  # fmt: skip
    planning = Planning(planned(told), body.within, today(request))
    return answer(record_campaign(casework.engine, actor, planning, document, casework.permissions), 201)
