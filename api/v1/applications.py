"""`/v1/applications`: applying for a name, and what becomes of it. The steps are those of `/v1/cases`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.cases import ACTED, ActionName, Fields, Flag, Key, SeenVersion, Word
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import CODE_PATTERN, Cursor, Day, EntityId, Limit, SearchText, Within
from boundaries.units.coding import check_code
from data.cases import reading, service
from data.cases.model import Action, Casework, Opening
from data.db import reading as database_reading
from data.errors import NotFound

router = v1_router("applications", "/applications")
PROCEDURE = "naming.application"


class Draft(BaseModel):
    """An application; `geonames.applications.draft.Draft` says what each field holds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "naming",
                "class": "STREET",
                "names": ["晴砚路", "听砚路"],
                "within": "990121100",
                "geometry": {"type": "LineString", "coordinates": [[110.04, 30.04], [110.06, 30.05]]},
                "meaning": "砚州之砚，取晴日临池之意。",
                "reason": "新建道路",
                "applicant": {"name": "示例开发公司（虚构）", "sort": "company"},
            }
        },
    )

    kind: Annotated[str, Field(max_length=20)]
    class_: Annotated[str, Field(alias="class", max_length=30)]
    name: Annotated[str | None, Field(max_length=200, description="The name, where there is one candidate.")] = None
    names: Annotated[list[Annotated[str, Field(max_length=200)]] | None, Field(max_length=5)] = None
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    place_id: UUID | None = None
    reserved_id: Annotated[UUID | None, Field(description="A reserved name of a plan that it takes up.")] = None
    geometry: dict[str, Any] | None = None
    course: dict[str, Any] | None = None
    figures: Annotated[dict[str, float] | None, Field(max_length=30)] = None
    meaning: Annotated[str, Field(max_length=2000)] = ""
    origin: Annotated[str, Field(max_length=2000)] = ""
    reason: Annotated[str, Field(max_length=2000)] = ""
    applicant: dict[str, Any]
    wanted_from: Day | None = None
    circumstances: Annotated[list[Annotated[str, Field(max_length=30)]] | None, Field(max_length=10)] = None
    attachments: Annotated[list[UUID], Field(max_length=50)] = []
    papers: Annotated[
        dict[str, UUID] | None,
        Field(max_length=20, description="Which of `attachments` is which paper of the route, by the paper's key."),
    ] = None

    def facts(self) -> dict[str, Any]:
        """What was said, as the facts of a case."""
        said = self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"attachments", "name"})
        names = self.names if self.names is not None else [self.name] if self.name else []
        return {**said, "names": names}


def _answers(status: int, example: dict[str, Any], *codes: str) -> Responses:
    return {status: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "",
    status_code=201,
    summary="Apply for a name",
    response_model=case_shapes.CaseInFull,
    responses=_answers(
        201,
        case_shapes.EXAMPLE,
        *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large"),
        *("bad_application", "no_route", "place_elsewhere", "place_not_found", "no_such_attachment"),
        *("code_never_existed", "code_not_standing", "register_empty", "names_not_compared", "idempotency_key_reused"),
        *("name_empty", "name_too_long", "name_control_characters", "outcome_unknown", "bad_type", "bad_fields"),
    ),
)
def apply(request: Request, body: Draft, key: Key) -> Response:
    """Open an application: its route is found and its names are checked at once. The case."""
    casework = casework_of(request)
    unit = _unit(casework, body.within)
    facts = body.facts()
    opening = Opening(PROCEDURE, _title(facts), unit, facts, tuple(body.attachments))
    return _answer(service.open_case(casework, actor_of(request), opening, key), 201)


def _title(facts: dict[str, Any]) -> str:
    return "、".join(facts["names"])[:200] or f"{facts['kind']} {facts.get('place_id', '')}".strip()


@router.get(
    "",
    summary="Applications that you may see",
    response_model=case_shapes.CaseList,
    responses=_answers(
        200,
        case_shapes.EXAMPLE_LIST,
        *("sign_in_needed", "query_too_long", "query_control_characters", "query_empty"),
        *("limit_out_of_range", "bad_cursor", "bad_code", "code_never_existed", "code_not_standing", "register_empty"),
    ),
)
def list_applications(
    request: Request,
    state: Annotated[Word, Query(description="Only applications in this state.")] = None,
    overdue: Annotated[Flag, Query(description="Only those of which a deadline has passed.")] = False,
    within: Within = None,
    q: Annotated[SearchText | None, Query(description="Part of the names, or the whole number.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Applications of your jurisdictions and your own, newest first."""
    casework, actor = casework_of(request), actor_of(request)
    reading.require_signed_in(actor)
    unit = None if within is None else _unit(casework, within)
    found = reading.list_cases(
        casework, actor, procedure=PROCEDURE, state=state, overdue=overdue, within=unit, q=q, limit=limit, cursor=cursor
    )
    return _answer(found)


@router.get(
    "/{id}",
    summary="An application",
    response_model=case_shapes.CaseInFull,
    responses=_answers(200, case_shapes.EXAMPLE, "sign_in_needed", "bad_id", "no_such_case"),
)
def find_application(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """An application with its findings, deadlines, what is possible and what is missing for it, and its history."""
    return _answer(_application(request, id))


@router.post(
    "/{id}/actions/{action}",
    summary="Act in an application",
    response_model=case_shapes.CaseInFull,
    responses=_answers(
        200,
        case_shapes.EXAMPLE,
        "bad_id",
        *(
            *ACTED,
            "name_taken",
            "not_the_approver",
            "name_not_announced",
            "effective_too_early",
            "bad_application",
            "bad_type",
        ),
    ),
)
def act(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    action: ActionName,
    key: Key,
    fields: Annotated[Fields, Body(max_length=20, examples=[{"reason": "请复核位置"}])],
    version: SeenVersion = None,
) -> Response:
    """Take a step of the application; the body holds the action's fields. The case afterwards."""
    _application(request, id)
    return _answer(service.act(casework_of(request), actor_of(request), id, Action(action, fields, version, key)))


def _application(request: Request, case_id: UUID) -> dict[str, Any]:
    found = reading.find_case(casework_of(request), actor_of(request), case_id)
    if found["kind"] != PROCEDURE:
        raise NotFound("There is no application with this id for you.", code="no_such_case")
    return found


def _unit(casework: Casework, code: str) -> UUID | None:
    """The unit that has `code` on the last day of the register; of a village its county's or township's."""
    with database_reading(casework.engine) as connection:
        return unit_of_code(connection, check_code(code))


def _answer(value: Any, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(encode(value), status_code=status, media_type="application/json", headers=headers)
