"""`/v1/proposals`: changes of boundaries that are no law yet, for staff; and making one law by its document."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.differences import receiving_files
from api.proposing import propose_sent
from api.uploads import in_thread
from api.v1 import proposal_shapes as shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import AsOf, Cursor, EntityId, Limit, LineId, optional_word
from boundaries.network.operations import edit_list
from boundaries.network.proposals import reading as questions
from boundaries.network.proposals import service
from boundaries.network.proposals.handing_in import propose_edits
from data.access import Matter, require
from data.db import reading
from data.decisions import DecisionDraft
from data.ids import new_id

router = v1_router("proposals", "/proposals")

StateWord = Annotated[
    str,
    BeforeValidator(lambda text: optional_word(text, questions.STATES, "bad_parameter")),
    WithJsonSchema({"type": "string", "enum": list(questions.STATES)}),
]
SEEN = (
    "sign_in_needed",
    "not_permitted",
    "register_empty",
    "as_of_before_register",
    "as_of_after_register",
    "bad_date",
)
SENT = (*SEEN, "cross_site_write", "bad_body", "bad_json", "body_too_large", "constraint")
KEPT = ("change_empty", "change_without_document", "message_missing", "course_malformed", "segment_changed")
ONE = ("bad_id", "no_such_proposal")


FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "line", "message", "document"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "Lines, up to 50 MB."},
                        "line": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The line of which it is a version.",
                        },
                        "message": {"type": "string", "minLength": 1, "maxLength": 2000},
                        "document": {"type": "string", "description": "Kind of document that it wants."},
                        "as_of": {"type": "string", "format": "date"},
                        "leaves_open": {"type": "string", "description": "Anything: rings may be left open."},
                    },
                }
            }
        },
    }
}


def _answers(example: dict[str, Any], *codes: str, status: int = 200) -> Responses:
    return {status: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Proposals",
    response_model=shapes.ProposalList,
    responses=_answers(shapes.EXAMPLE_LIST, *SEEN, "bad_id", "limit_out_of_range", "bad_cursor"),
)
def list_proposals(
    request: Request,
    line: LineId = None,
    state: Annotated[StateWord | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The proposals that touch a line, or all, the latest first. For staff: nothing of a proposal is public."""
    _require_staff(request)
    with reading(_office(request)) as connection:
        return _answer(questions.list_proposals(connection, line=line, state=state, limit=limit, cursor=cursor))


@router.get(
    "/{entity_id}",
    summary="A proposal",
    response_model=shapes.ProposalInFull,
    responses=_answers(shapes.EXAMPLE, *SEEN, *ONE),
)
def find_proposal(request: Request, entity_id: EntityId, as_of: AsOf = None) -> Response:
    """Every change with its course, and against the law of `as_of`: conflicts, faults, rings that would be open."""
    _require_staff(request)
    with reading(_office(request)) as connection:
        return _answer(questions.find_proposal(connection, entity_id, as_of))


@router.post(
    "",
    summary="Propose a change",
    status_code=201,
    response_model=shapes.ProposalInFull,
    responses=_answers(
        shapes.EXAMPLE, *SENT, *KEPT, "edits_malformed", "unit_unknown", "no_such_segment", "no_such_condominium",
        "node_not_on_segment", "segments_not_joinable", "no_node_there", "condominium_needs_holders",
        "line_has_no_segments", status=201,
    ),
)  # fmt: skip
def propose(request: Request, body: shapes.EditsSent) -> Response:
    """Keep a list of edits as a proposal. It changes nothing until it is enacted by a document."""
    edits = edit_list(body.model_dump(include={"message", "document", "leaves_open", "edits"}))
    kept = propose_edits(_office(request), actor_of(request), edits, body.as_of)
    return _shown(request, kept.id, 201)


@router.post(
    "/actions/from-file",
    summary="Propose a line as a file has it",
    status_code=201,
    response_model=shapes.ProposalInFull,
    responses=_answers(
        shapes.EXAMPLE, *SENT, *KEPT, "bad_id", "bad_upload", "missing_parameter", "lines_unfit", "unit_unknown",
        "no_such_line", "line_not_standing", status=201,
    ),
    openapi_extra=FILE_BODY,
)  # fmt: skip
async def propose_from_file(request: Request) -> Response:
    """What differs between the file and the register, segment by segment, kept as a proposal.

    The file is read in a process of its own; its name and hash stay with the proposal, its bytes do not: hand it in at
    the counter to have them kept, and propose the submission.
    """
    async with receiving_files(request) as sent:
        kept = await in_thread(lambda: propose_sent(_office(request), actor_of(request), sent))
        return await in_thread(lambda: _shown(request, kept.id, 201))


@router.post(
    "/actions/merge",
    summary="Make one proposal of several",
    status_code=201,
    response_model=shapes.ProposalInFull,
    responses=_answers(
        shapes.EXAMPLE, *SENT, *KEPT, *ONE, "proposal_ended", "proposal_conflicts", "documents_differ", status=201
    ),
)
def merge(request: Request, body: shapes.Merge) -> Response:
    """Each is put on the law of now, then one on the other, segment by segment. Conflicts are named, never settled."""
    kept = service.merge_proposals(
        _office(request), actor_of(request), body.ids, body.choices, message=body.message, on=body.as_of,
    )  # fmt: skip
    return _shown(request, kept.id, 201)


@router.post(
    "/{entity_id}/actions/rebase",
    summary="Put a proposal on the law of now",
    status_code=201,
    response_model=shapes.ProposalInFull,
    responses=_answers(shapes.EXAMPLE, *SENT, *KEPT, *ONE, "proposal_ended", "proposal_conflicts", status=201),
)
def rebase(request: Request, entity_id: EntityId, body: shapes.Rebase) -> Response:
    """A new proposal that takes its place. What the law has changed too is a conflict until `choices` decides it."""
    kept = service.rebase_proposal(
        _office(request), actor_of(request), entity_id, body.choices, message=body.message, on=body.as_of
    )
    return _shown(request, kept.id, 201)


@router.post(
    "/{entity_id}/actions/withdraw",
    summary="Withdraw a proposal",
    response_model=shapes.ProposalInFull,
    responses=_answers(shapes.EXAMPLE, *SENT, *ONE, "proposal_ended", "reason_missing"),
)
def withdraw(request: Request, entity_id: EntityId, body: shapes.Reason) -> Response:
    """End it with a reason: its author, or whoever keeps both of its sides."""
    service.withdraw(_office(request), actor_of(request), entity_id, body.reason)
    return _shown(request, entity_id, 200)


@router.post(
    "/{entity_id}/actions/enact",
    summary="Make a proposal law",
    response_model=shapes.Enacted,
    responses=_answers(
        shapes.EXAMPLE_ENACTED, *SENT, *KEPT, *ONE, "proposal_ended", "other_document_wanted", "later_version_exists",
        "network_would_break", "unit_would_open", "holder_not_standing", "status_not_by_document",
        "condominium_has_land", "line_has_no_segments", "run_not_of_line",
    ),
)  # fmt: skip
def enact(request: Request, entity_id: EntityId, body: shapes.DocumentSent) -> Response:
    """By a document of the kind that it wants, from a day on; one transaction with decision, audit and feed."""
    done = service.enact_proposal(
        _office(request), actor_of(request), entity_id, document=_document(body), effective_on=body.effective_on
    )
    told = {"changeset": done.changeset, "decision": done.decision, "segments": list(done.segments)}
    return _answer({**told, "effects": done.effects.as_json()})


def _document(body: shapes.DocumentSent) -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind=body.kind, doc_no=body.doc_no, title=body.title, authority=body.authority,
        approved_on=body.approved_on.isoformat() if body.approved_on else None, announced_on=None,
        effective_on=body.effective_on.isoformat(), basis="document_date",
        list_year=None, text="", source=body.source, licence=None, retrieved_on=None,
    )  # fmt: skip


def _office(request: Request) -> Engine:
    engine: Engine = request.app.state.databases.office
    return engine


def _require_staff(request: Request) -> None:
    require(actor_of(request), "geometry.read", Matter())


def _shown(request: Request, identity: Any, status: int) -> Response:
    with reading(_office(request)) as connection:
        return _answer(questions.find_proposal(connection, identity), status)


def _answer(value: Any, status: int = 200) -> Response:
    return Response(
        encode(value), status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
