"""`/v1/inspections`: inspections of lines, what was answered and signed; the public hears what is filed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from pydantic import BeforeValidator, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api import inspection_files
from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes, finding_shapes
from api.v1 import inspection_shapes as shapes
from api.v1.cases import ACTED, ActionName, Fields, Key, SeenVersion
from api.v1.params import Cursor, EntityId, Limit, optional_id, optional_word
from api.v1.rounds import ASKED, SENT, Flag, answer, answers, today
from boundaries.findings import service as findings
from boundaries.records import reading as records
from boundaries.records import service as recording
from boundaries.records.model import EntryDraft
from boundaries.rounds import planning, service
from boundaries.rounds.model import STATES
from data.access import Actor
from data.cases.model import Action
from data.cases.reading import require_signed_in
from data.cases.service import act as act_in_case
from data.db import reading
from data.errors import Conflict

router = v1_router("inspections", "/inspections")

Id = Annotated[
    UUID, BeforeValidator(optional_id), WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})
]
StateWord = Annotated[
    str,
    BeforeValidator(lambda text: optional_word(text, STATES, "bad_inspection_filter")),
    WithJsonSchema({"type": "string", "enum": list(STATES)}),
]
MaybeKey = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^[!-~]{1,100}$", "maxLength": 100})] | None,
    Header(alias="Idempotency-Key", description="Your own name for this request: sent again, it has no second effect."),
]


@router.get(
    "",
    summary="Inspections of lines",
    response_model=shapes.InspectionList,
    responses=answers(
        200, shapes.INSPECTIONS, *ASKED, "bad_id", "bad_inspection_filter", "limit_out_of_range", "bad_cursor"
    ),
)
def list_inspections(
    request: Request,
    round_id: Annotated[Id | None, Query(alias="round", description="Only of this round.")] = None,
    line: Annotated[Id | None, Query(description="Only of this line.")] = None,
    state: Annotated[StateWord | None, Query(description="Only in this state.")] = None,
    overdue: Annotated[Flag, Query(description="Only those of which the day has passed.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Inspections of the lines beside your units, what is due first before the rest."""
    actor = actor_of(request)
    require_signed_in(actor)
    wanted = service.Wanted(round_id, line, state, overdue)
    with reading(request.app.state.databases.office) as connection:
        found = service.list_inspections(connection, actor, wanted, today(request), limit=limit, cursor=cursor)
    return answer(found)


@router.post(
    "",
    summary="Order an inspection out of turn",
    status_code=201,
    response_model=shapes.InspectionShape,
    responses=answers(
        201, shapes.INSPECTION, *SENT, "round_malformed", "segment_not_of_line", "inspection_open", "no_such_line"
    ),
)
def order_extra(request: Request, body: shapes.NewInspection) -> Response:
    """Order an inspection after a disaster, a river diversion or road works (Order 353 Art. 12)."""
    actor = actor_of(request)
    require_signed_in(actor)
    extra = planning.Extra(body.line, body.cause, body.due_on, body.remark, body.segments)
    identity = planning.order_extra(request.app.state.databases.office, actor, extra)
    return answer(records.inspection_sheet(casework_of(request), actor, identity), 201)


@router.get(
    "/{id}",
    summary="An inspection",
    response_model=shapes.InspectionShape,
    responses=answers(200, shapes.INSPECTION, "bad_id", "no_such_inspection", "not_permitted", "register_empty"),
)
def find_inspection(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """An inspection with its tasks and the answers that you may see; to the public that it was filed, and when."""
    actor = actor_of(request)
    if not actor.is_nobody:
        return answer(records.inspection_sheet(casework_of(request), actor, id))
    with request.app.state.databases.reading() as connection:
        found = service.published_inspections(connection, inspection=id)
    if not found:
        raise service.no_such_inspection()
    return answer(found[0])


@router.get(
    "/{id}/findings",
    summary="The findings of an inspection",
    response_model=finding_shapes.FindingList,
    responses=answers(
        200,
        finding_shapes.EXAMPLE_LIST,
        *(*ASKED, "bad_id", "no_such_inspection", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_findings(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What the inspection found; of separate records only once both sides may see them."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        records.visible_row(connection, actor, id)
        wanted = findings.Wanted(inspection=id)
        return answer(findings.list_findings(connection, actor, wanted, limit=limit, cursor=cursor))


@router.post(
    "/{id}/begin",
    summary="Begin an inspection",
    status_code=201,
    response_model=case_shapes.CaseInFull,
    responses=answers(
        201,
        case_shapes.EXAMPLE,
        *SENT,
        *("bad_id", "no_such_inspection", "party_malformed", "inspection_started", "unknown_procedure"),
        *("bad_case", "idempotency_key_reused", "outcome_unknown", "bad_idempotency_key"),
    ),
)
def begin(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    body: shapes.BeginningSent,
    key: MaybeKey = None,
) -> Response:
    """Open its case with the people of both sides; the case."""
    actor = actor_of(request)
    require_signed_in(actor)
    left, right = (recording.Party(side.office, side.members) for side in (body.left, body.right))
    beginning = recording.Beginning(left, right, body.mode, body.reveal_after)
    return answer(recording.begin_inspection(casework_of(request), actor, id, beginning, key), 201)


@router.post(
    "/{id}/entries",
    summary="Enter answers",
    response_model=shapes.Entered,
    responses=answers(
        200,
        shapes.ENTERED,
        *SENT,
        *("bad_id", "no_such_inspection", "entry_malformed", "no_such_attachment", "inspection_state"),
        *("already_handed_in", "inspection_revealed", "coordinates_out_of_range"),
    ),
)
def enter(request: Request, id: EntityId, body: shapes.EntriesSent) -> Response:  # noqa: A002 -- the address
    """Enter answers for your side or for the joint party, all or none. Of a question the latest answer stands."""
    actor = actor_of(request)
    require_signed_in(actor)
    drafts = [
        EntryDraft(
            entry.task,
            entry.item,
            entry.result,
            entry.observed_on,
            entry.remark,
            (entry.position[0], entry.position[1]) if entry.position else None,
            entry.accuracy_m,
            entry.photo,
        )
        for entry in body.entries
    ]
    return answer({"entered": recording.enter_answers(casework_of(request), actor, id, drafts)})


@router.post(
    "/{id}/hand-in",
    summary="Hand in what your side found",
    response_model=shapes.InspectionShape,
    responses=answers(
        200,
        shapes.INSPECTION,
        *(*SENT, "bad_id", "no_such_inspection", "inspection_state", "answers_missing", "already_handed_in"),
    ),
)
def hand_in(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """With separate records: what your side found stays as it is, and is shown once both are in."""
    actor = actor_of(request)
    require_signed_in(actor)
    recording.hand_in(casework_of(request), actor, id)
    return answer(records.inspection_sheet(casework_of(request), actor, id))


@router.get(
    "/{id}/photos/{entry}",
    summary="A photograph of an answer",
    response_class=Response,
    responses={
        200: {"description": "The picture as it was uploaded.", "content": {"application/octet-stream": {}}},
        **answers(200, {}, *ASKED, "bad_id", "no_such_inspection", "no_such_blob"),
    },
)
def photo(request: Request, id: EntityId, entry: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The bytes of the photograph, for those who may see the answer."""
    return inspection_files.photo(request, id, entry, of_answer=True)


@router.post(
    "/{id}/actions/{action}",
    summary="Act in an inspection",
    response_model=case_shapes.CaseInFull,
    responses=answers(
        200,
        case_shapes.EXAMPLE,
        *ACTED,
        *("bad_id", "no_such_inspection", "inspection_state", "answers_missing", "not_revealed", "register_empty"),
        *("numbering_missing", "signing_key_missing", "signing_key_elsewhere", "keys_not_usable"),
    ),
)
def act(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    action: ActionName,
    key: Key,
    fields: Fields,
    version: SeenVersion = None,
) -> Response:
    """Take a step of its case, as `/v1/cases/{id}/actions/{action}`; the case afterwards."""
    actor = actor_of(request)
    require_signed_in(actor)
    case = _case_of(request, actor, id)
    return answer(act_in_case(casework_of(request), actor, case, Action(action, fields, version, key)))


def _case_of(request: Request, actor: Actor, identity: UUID) -> UUID:
    with reading(request.app.state.databases.office) as connection:
        row = records.visible_row(connection, actor, identity)
    if row["case_id"] is None:
        raise Conflict(
            "The inspection is not begun yet. Nothing was changed.", code="inspection_state", state="planned"
        )
    found: UUID = row["case_id"]
    return found
