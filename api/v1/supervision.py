"""`/v1/supervision`: wrong uses of names (地名使用监督); their cases go on under `/v1/cases`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
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
from api.v1.params import CODE_PATTERN
from api.v1.schemas import Shape
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from geonames.supervision.rules import Word, use_rules
from geonames.supervision.subject import UseFound, open_finding

router = v1_router("supervision", "/supervision")

OPENED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large", "bad_case"),
    *("no_such_attachment", "already_done", "idempotency_key_reused", "outcome_unknown"),
    *("bad_code", "code_never_existed", "code_not_standing", "register_empty"),
)


class WrongUse(BaseModel):
    """A wrong use that the office has found."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "use": "sign",
                "wrong": "not_standard",
                "within": "990121100",
                "shown": "晴岩路",
                "standard": "晴砚路",
                "where": "石桥镇路口路牌",
            }
        },
    )

    use: Literal["sign", "media", "document", "publication", "map", "other"]
    wrong: Literal["not_standard", "spelling", "own_name", "sign_damaged"]
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12, description="Code of the division.")]
    shown: Annotated[str, Field(min_length=1, max_length=200, description="The name as it was found.")]
    standard: Annotated[str, Field(min_length=1, max_length=200, description="The standard name.")]
    where: Annotated[str, Field(min_length=1, max_length=500, description="Where, or on what, it was found.")]
    responsible: Annotated[str, Field(max_length=200)] = ""
    remark: Annotated[str, Field(max_length=2000)] = ""
    place: UUID | None = None
    report: Annotated[UUID | None, Field(description="The report of the public that this case settles.")] = None
    attachments: Annotated[list[UUID], Field(max_length=50)] = []


class Ground(Shape):
    """A use or a wrong with its article."""

    key: str
    label: case_shapes.Label
    article: str


class Grounds(Shape):
    """Where standard names must be used, and what can be wrong."""

    uses: list[Ground]
    wrongs: list[Ground]


def _ground(word: Word) -> dict[str, Any]:
    return {"key": word.key, "label": {"zh": word.label.zh, "en": word.label.en}, "article": word.article}


def _shown() -> dict[str, Any]:
    rules = use_rules()
    return {"uses": [_ground(w) for w in rules.uses.values()], "wrongs": [_ground(w) for w in rules.wrongs.values()]}


@router.get(
    "/grounds",
    summary="Where standard names must be used, and what can be wrong",
    response_model=Grounds,
    responses={200: {"content": {"application/json": {"example": _shown()}}}, **problems_for(*EVERYWHERE)},
)
def grounds(request: Request) -> Response:
    """The uses of Art. 18 and the wrongs of Art. 36 to 38, each with its article."""
    del request
    return Response(encode(_shown()), media_type="application/json")


@router.post(
    "",
    status_code=201,
    summary="Record a wrong use of a name",
    response_model=case_shapes.CaseInFull,
    responses={
        201: {"content": {"application/json": {"example": case_shapes.EXAMPLE}}},
        **problems_for(*OPENED, *EVERYWHERE),
    },
)
def record(request: Request, body: WrongUse, key: Key) -> Response:
    """Open the case of a wrong use; the notice, its term and the closing are steps of it. The case."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    facts = body.model_dump(mode="json", exclude={"attachments"}, exclude_none=True)
    found = open_finding(casework, actor, UseFound(unit, facts, tuple(body.attachments)), key)
    return Response(encode(found), 201, media_type="application/json", headers={"Cache-Control": "no-store"})
