"""`/v1/consultations`: what the public is asked about names, what it says, and what the office does with that."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of, visitor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1.cases import Key
from api.v1.inspection_shapes import Sent
from api.v1.params import Cursor, Day, EntityId, Limit, Within
from api.v1.rounds import SENT, Flag, answer, answers, today
from api.v1.schemas import Shape
from data.cases.reading import require_signed_in
from geonames.applications.notices import below
from geonames.consultations import moderation, service
from geonames.consultations.model import Said, Stance

router = v1_router("consultations", "/consultations")

_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6094"
EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "title": "关于晴砚路命名征求意见",
    "asked_by": "甘棠县民政局（虚构）",
    "about": {"names": [{"name": "晴砚路", "roman": "Qingyan Lu"}], "within": "990121100", "reason": "新建道路"},
    "question": "",
    "opens_on": "2026-03-02",
    "closes_on": "2026-04-01",
    "shorter_because": "",
    "ended_on": None,
    "ended_because": None,
    "reported_on": None,
    "report": None,
    "state": "open",
    "counts": {"support": 12, "objection": 2, "comment": 3, "waiting": 1, "hidden": 0},
}
COMMENT: dict[str, Any] = {
    "id": _ID,
    "received_on": "2026-03-05",
    "stance": "objection",
    "text": "与附近的老路名容易混淆。",
    "state": "shown",
    "hidden_because": None,
    "reply": None,
    "replied_on": None,
}


class Counts(Shape):
    """Voices for and against, other comments, how many of them wait to be read; hidden ones are counted apart."""

    support: int
    objection: int
    comment: int
    waiting: int
    hidden: int


class Consultation(Shape):
    """What the public is asked: `about` is the proposal, without persons."""

    id: UUID
    title: str
    asked_by: str
    about: dict[str, Any]
    question: str
    opens_on: date
    closes_on: date = Field(description="The last day, which counts whole.")
    state: Literal["coming", "open", "closed"]
    counts: Counts
    reported_on: date | None
    report: str | None = Field(description="What became of the views.")


class ConsultationList(Shape):
    """A page of consultations."""

    items: list[Consultation]
    next: str | None


class Comment(Shape):
    """What somebody said; `text` is null where it is hidden."""

    id: UUID
    received_on: date
    stance: Literal["support", "objection", "comment"]
    text: str | None
    state: Literal["shown", "hidden"]
    reply: str | None


class CommentList(Shape):
    """A page of comments."""

    items: list[Comment]
    next: str | None


class NewComment(Sent):
    """What you say. `name` and `contact` are read by the office alone and may be left out."""

    stance: Literal["support", "objection", "comment"]
    text: Annotated[str, Field(max_length=2000)] = ""
    name: Annotated[str, Field(max_length=60)] = ""
    contact: Annotated[str, Field(max_length=100)] = ""


class Received(Shape):
    """Your comment: `waiting` until the office has read it."""

    id: UUID
    state: Literal["waiting", "shown", "hidden"]


class Moderating(Sent):
    """Show it, or hide it with a reason of `data/rules/consultations/rules.toml`."""

    hide_because: Annotated[str | None, Field(max_length=40)] = None


class Answering(Sent):
    """The answer to a comment."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class NewHearing(Sent):
    """A hearing that was held. `chair` is not public."""

    held_on: Day
    place: Annotated[str, Field(min_length=1, max_length=200)]
    attendance: Annotated[int, Field(ge=0, le=1_000_000)]
    minutes: Annotated[str, Field(min_length=1, max_length=2000)]
    chair: Annotated[str, Field(max_length=100)] = ""


class Done(Shape):
    """What was done, by the id of what it was done to."""

    id: UUID


OF_ONE = ("bad_id", "no_such_consultation")
WRITTEN = (*SENT, *OF_ONE, "no_such_case", "bad_moderation")


@router.get(
    "",
    summary="Consultations of the public",
    response_model=ConsultationList,
    responses=answers(200, {"items": [EXAMPLE], "next": None}, "bad_code", "limit_out_of_range", "bad_cursor"),
)
def list_consultations(
    request: Request,
    ask: Ask,
    within: Within = None,
    open_only: Annotated[Flag, Query(alias="open", description="Only those that take comments today.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Consultations on names within a division, those that close last first."""
    code = None if within is None else below(within)
    return ask.answer(
        lambda connection: service.list_consultations(
            connection, today(request), within=code, open_only=open_only, limit=limit, cursor=cursor
        )
    )


@router.get(
    "/{id}",
    summary="A consultation",
    response_model=Consultation,
    responses=answers(200, {**EXAMPLE, "hearings": []}, *OF_ONE),
)
def find_consultation(request: Request, ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The proposal, the period, how many spoke for and against, the hearings, and the report at the end."""
    return ask.answer(lambda connection: service.find_consultation(connection, id, today(request)))


@router.get(
    "/{id}/comments",
    summary="What was said",
    response_model=CommentList,
    responses=answers(200, {"items": [COMMENT], "next": None}, *OF_ONE, "limit_out_of_range", "bad_cursor"),
)
def list_comments(ask: Ask, id: EntityId, limit: Limit = 100, cursor: Cursor = None) -> Response:  # noqa: A002
    """Comments that the office has read, the latest first; of one that is hidden, the reason."""
    return ask.answer(lambda connection: service.list_comments(connection, id, limit=limit, cursor=cursor))


@router.post(
    "/{id}/comments",
    status_code=201,
    summary="Say something",
    response_model=Received,
    responses=answers(
        201,
        {"id": _ID, "state": "waiting"},
        *("cross_site_write", "bad_body", "bad_json", "body_too_large", "outcome_unknown"),
        *(*OF_ONE, "bad_comment", "consultation_not_open", "already_done", "idempotency_key_reused"),
        "too_many_comments",
    ),
)
def comment(request: Request, id: EntityId, body: NewComment, key: Key) -> Response:  # noqa: A002 -- the address
    """For everybody; nobody signs in. A comment with words is shown when the office has read it."""
    said = Said(Stance(body.stance), body.text, body.name, body.contact)
    engine, address = request.app.state.databases.office, visitor_of(request).address or ""
    keys = casework_of(request).keys()
    return answer(service.comment(engine, id, said, address, clock_of(request)(), key, keys), 201)


@router.post(
    "/{id}/comments/{comment}/moderation",
    summary="Show or hide a comment",
    response_model=Done,
    responses=answers(200, {"id": _ID}, *WRITTEN, "no_such_comment"),
)
def moderate(request: Request, id: EntityId, comment: EntityId, body: Moderating) -> Response:  # noqa: A002 -- address
    """Let the public read a comment, or hide it with a reason that the public reads instead."""
    moderation.moderate(casework_of(request), _officer(request), id, comment, body.hide_because)
    return answer({"id": comment})


@router.post(
    "/{id}/comments/{comment}/reply",
    summary="Answer a comment",
    response_model=Done,
    responses=answers(200, {"id": _ID}, *WRITTEN, "no_such_comment", "already_done"),
)
def reply(request: Request, id: EntityId, comment: EntityId, body: Answering) -> Response:  # noqa: A002 -- the address
    """Answer a comment where the public reads it, once."""
    moderation.reply(casework_of(request), _officer(request), id, comment, body.text)
    return answer({"id": comment})


@router.post(
    "/{id}/hearings",
    status_code=201,
    summary="Record a hearing",
    response_model=Done,
    responses=answers(201, {"id": _ID}, *WRITTEN),
)
def record_hearing(request: Request, id: EntityId, body: NewHearing) -> Response:  # noqa: A002 -- the address
    """Record when, where and before how many a hearing was held, and what was said."""
    hearing = moderation.Hearing(body.held_on, body.place, body.attendance, body.minutes, body.chair)
    return answer({"id": moderation.record_hearing(casework_of(request), _officer(request), id, hearing)}, 201)


def _officer(request: Request) -> Any:
    actor = actor_of(request)
    require_signed_in(actor)
    return actor
