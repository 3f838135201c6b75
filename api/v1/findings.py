"""`/v1/findings`: what inspections found on boundary lines, for the staff of either side, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1 import finding_shapes as shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit, LineId, optional_id, optional_word
from boundaries.findings import service
from boundaries.findings.kinds import kinds
from boundaries.findings.model import MAX_REASON, SEVERITIES, SOURCES, STATES
from data.db import reading

router = v1_router("findings", "/findings")

Id = Annotated[
    UUID, BeforeValidator(optional_id), WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})
]


def _among(values: tuple[str, ...]) -> tuple[BeforeValidator, WithJsonSchema]:
    checked = BeforeValidator(lambda text: optional_word(text, values, "bad_finding_filter"))
    return checked, WithJsonSchema({"type": "string", "enum": list(values)})


SourceWord = Annotated[str, *_among(SOURCES)]
KindWord = Annotated[str, *_among(tuple(sorted(kinds())))]
SeverityWord = Annotated[str, *_among(SEVERITIES)]
StateWord = Annotated[str, *_among(STATES)]


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Findings of inspections",
    response_model=shapes.FindingList,
    responses=_answers(
        shapes.EXAMPLE_LIST,
        *("sign_in_needed", "not_permitted", "bad_id", "bad_finding_filter", "limit_out_of_range", "bad_cursor"),
        "register_empty",
    ),
)
def list_findings(
    request: Request,
    line: LineId = None,
    inspection: Annotated[Id | None, Query(description="Only of this inspection.")] = None,
    marker: Annotated[Id | None, Query(description="Only about this marker.")] = None,
    case: Annotated[Id | None, Query(description="Only what this case took up.")] = None,
    source: Annotated[SourceWord | None, Query(description="Only what was found so.")] = None,
    source_id: Annotated[Id | None, Query(description="Only of this comparison, record, patrol, submission.")] = None,
    kind: Annotated[KindWord | None, Query(description="Only of this kind.")] = None,
    severity: Annotated[SeverityWord | None, Query(description="Only as severe as this.")] = None,
    state: Annotated[StateWord | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The findings of the lines of your jurisdiction, errors first, of each severity the latest first."""
    wanted = service.Wanted(line, inspection, marker, case, source, source_id, kind, severity, state)
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.list_findings(connection, actor_of(request), wanted, limit=limit, cursor=cursor))


@router.get(
    "/{id}",
    summary="A finding of an inspection",
    response_model=shapes.FindingInFull,
    responses=_answers(
        shapes.EXAMPLE_IN_FULL,
        *("sign_in_needed", "not_permitted", "bad_id", "no_such_finding_of_line", "register_empty"),
    ),
)
def find_finding(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A finding with its history and what may follow."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.find_finding(connection, actor_of(request), id))


class Why(BaseModel):
    """Why the finding ends."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "双方共同恢复原位，见联检记录表"}}
    )

    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]


ENDING = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_id", "no_such_finding_of_line", "finding_state"),
    *("reason_missing", "bad_body", "bad_json", "body_too_large", "register_empty"),
)


@router.post(
    "/{id}/actions/settle",
    summary="Settle a finding",
    response_model=shapes.FindingInFull,
    responses=_answers(shapes.EXAMPLE_IN_FULL, *ENDING),
)
def settle(request: Request, id: EntityId, body: Why) -> Response:  # noqa: A002 -- the name in the address
    """What it says was put right or decided. Of upkeep by either side's keeper, else by whoever stands above both."""
    return _answer(service.settle(request.app.state.databases.office, actor_of(request), id, body.reason))


@router.post(
    "/{id}/actions/dismiss",
    summary="Dismiss a finding",
    response_model=shapes.FindingInFull,
    responses=_answers(shapes.EXAMPLE_IN_FULL, *ENDING),
)
def dismiss(request: Request, id: EntityId, body: Why) -> Response:  # noqa: A002 -- the name in the address
    """It is none: say why. By whoever may settle it."""
    return _answer(service.dismiss(request.app.state.databases.office, actor_of(request), id, body.reason))


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
