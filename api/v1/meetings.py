"""`/v1/meetings`: joint meetings (联席会议); their cases go on under `/v1/cases`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.cases import Key
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import CODE_PATTERN, Day
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from geonames.meetings.meeting import TEXTS
from geonames.meetings.subject import MeetingCalled, call_meeting

router = v1_router("meetings", "/meetings")

CALLED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large", "bad_case"),
    *("no_such_case", "already_done", "bad_fields", "idempotency_key_reused", "outcome_unknown"),
    *("bad_code", "code_never_existed", "code_not_standing", "register_empty"),
)


class Called(BaseModel):
    """A meeting about to be called."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "within": "990121",
                "topic": "新区道路命名",
                "meets_on": "2026-12-01",
                "offices": "县民政局、县住房和城乡建设局",
                "where": "县政府第二会议室",
                "agenda": "一、命名方案；二、门牌设置",
            }
        },
    )

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12, description="Code of the division.")]
    topic: Annotated[str, Field(min_length=1, max_length=TEXTS["topic"])]
    meets_on: Day
    offices: Annotated[str, Field(min_length=1, max_length=TEXTS["offices"], description="The offices asked to come.")]
    where: Annotated[str, Field(max_length=TEXTS["where"])] = ""
    agenda: Annotated[str, Field(max_length=TEXTS["agenda"])] = ""
    cases: Annotated[list[UUID], Field(max_length=20, description="The cases that it is about; none: of none.")] = []


@router.post(
    "",
    status_code=201,
    summary="Call a joint meeting",
    response_model=case_shapes.CaseInFull,
    responses={
        201: {"content": {"application/json": {"example": case_shapes.EXAMPLE}}},
        **problems_for(*CALLED, *EVERYWHERE),
    },
)
def call(request: Request, body: Called, key: Key) -> Response:
    """Open the case of a meeting; minutes, tasks and the closing are steps of it. The case."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    facts = body.model_dump(mode="json", exclude={"within", "cases"})
    found = call_meeting(casework, actor, MeetingCalled(unit, facts, tuple(body.cases)), key)
    return Response(encode(found), 201, media_type="application/json", headers={"Cache-Control": "no-store"})
