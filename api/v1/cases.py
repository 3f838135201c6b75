"""`/v1/cases`: what every procedure has in common. Cases are opened where their subject is (`/v1/applications` …)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Level, Limit, SearchText, Within
from data.cases import reading, service
from data.cases.attachments import case_attachments
from data.cases.model import Action, Casework
from data.db import reading as database_reading

router = v1_router("cases", "/cases")

#: Keys of procedures, states and actions: what a table is written in.
WORD = r"^[a-z][a-z0-9_.]*$"
Word = Annotated[
    Annotated[str, Field(pattern=WORD, max_length=60)] | None,
    WithJsonSchema({"type": "string", "pattern": WORD, "maxLength": 60}),
]
Flag = Annotated[bool, WithJsonSchema({"type": "boolean", "enum": [False, True], "default": False})]
Fields = dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=10_000)]]

ActionName = Annotated[
    str, Path(pattern=WORD, max_length=60, description="An action of the case's `next`, or one of its `deeds`.")
]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        max_length=100,
        description="Your own name for this request, such as a UUID: sent again, it has no second effect.",
    ),
]
SeenVersion = Annotated[
    int | None,
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 2**31 - 1}),
    Query(ge=1, le=2**31 - 1, description="`version` of the case that you looked at; another one now is a conflict."),
]
ACTED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "no_such_case", "bad_fields", "no_such_attachment"),
    *("case_changed", "action_not_possible", "not_ready", "already_done", "no_such_finding", "not_consulted"),
    *("idempotency_key_reused", "constraint", "bad_body", "bad_json", "body_too_large"),
    *("outcome_unknown", "queue_missing"),
)


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Cases that you may see",
    response_model=case_shapes.CaseList,
    responses=_answers(
        case_shapes.EXAMPLE_LIST,
        *("sign_in_needed", "query_too_long", "query_control_characters", "query_empty"),
        *("limit_out_of_range", "bad_cursor", "bad_code", "bad_level"),
        *("code_never_existed", "code_not_standing", "register_empty"),
    ),
)
def list_cases(
    request: Request,
    kind: Annotated[Word, Query(description="Only cases of this procedure.")] = None,
    state: Annotated[Word, Query(description="Only cases in this state.")] = None,
    overdue: Annotated[Flag, Query(description="Only cases of which a deadline has passed.")] = False,
    open_only: Annotated[Flag, Query(alias="open", description="Only cases that have not ended.")] = False,
    within: Within = None,
    level: Level = None,
    q: Annotated[SearchText | None, Query(description="Part of the title, or the whole number.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Cases of your jurisdictions and those in which you take part, newest first."""
    casework, actor = casework_of(request), actor_of(request)
    reading.require_signed_in(actor)
    found = reading.list_cases(
        casework,
        actor,
        procedure=kind,
        state=state,
        overdue=overdue,
        open_only=open_only,
        within=_unit(casework, within),
        level=level,
        q=q,
        limit=limit,
        cursor=cursor,
    )
    return _answer(found)


@router.get(
    "/{id}",
    summary="A case",
    response_model=case_shapes.CaseInFull,
    responses=_answers(case_shapes.EXAMPLE, "sign_in_needed", "bad_id", "no_such_case"),
)
def find_case(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A case with its findings, deadlines, what is possible and what is missing for it, and its history."""
    return _answer(reading.find_case(casework_of(request), actor_of(request), id))


@router.get(
    "/{id}/attachments",
    summary="The documents of a case",
    response_model=case_shapes.AttachmentList,
    responses=_answers(case_shapes.EXAMPLE_ATTACHMENTS, "sign_in_needed", "bad_id", "no_such_case"),
)
def list_attachments(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """What was handed in with the case, in order; one page holds all of it."""
    return _answer({"items": case_attachments(casework_of(request), actor_of(request), id), "next": None})


@router.post(
    "/{id}/actions/{action}",
    summary="Act in a case",
    response_model=case_shapes.CaseInFull,
    responses=_answers(case_shapes.EXAMPLE, "bad_id", *ACTED),
)
def act(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    action: ActionName,
    key: Key,
    fields: Annotated[Fields, Body(max_length=20, examples=[{"reason": "请复核位置"}])],
    version: SeenVersion = None,
) -> Response:
    """Take a way out of the state or do a deed; the body holds the action's fields. The case afterwards."""
    wanted = Action(action, fields, version, key)
    return _answer(service.act(casework_of(request), actor_of(request), id, wanted))


class ManyCases(BaseModel):
    """The cases to act in, and the fields of the action, the same for all."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[list[UUID], Field(min_length=1, max_length=service.MAX_AT_ONCE)]
    fields: Annotated[Fields, Field(max_length=20)] = {}


@router.post(
    "/actions/{action}",
    summary="Act in many cases",
    response_model=case_shapes.ActedList,
    responses=_answers(
        case_shapes.EXAMPLE_RESULTS,
        *("sign_in_needed", "cross_site_write", "bad_body", "bad_json", "body_too_large"),
    ),
)
def act_on_many(request: Request, action: ActionName, key: Key, body: ManyCases) -> Response:
    """The same action in each of the cases, each on its own: one that is refused does not stop the others."""
    wanted = Action(action, body.fields, None, key)
    results = service.act_on_many(casework_of(request), actor_of(request), body.cases, wanted)
    return _answer({"results": [{"case_id": r.case_id, "done": r.done, "answer": r.answer} for r in results]})


def _unit(casework: Casework, code: str | None) -> UUID | None:
    """The unit that has `code` on the last day of the register."""
    if code is None:
        return None
    with database_reading(casework.engine) as connection:
        return unit_of_code(connection, code)


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
