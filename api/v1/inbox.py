"""`/v1/inbox`: one's own notices, and how one hears of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of
from api.casework import casework_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.case_shapes import Label
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit
from api.v1.schemas import Shape
from api.web.notices import described
from data.db import reading, unit_of_work
from data.notices import inbox
from data.notices.model import Preference

router = v1_router("inbox", "/inbox")

Flag = Annotated[bool, WithJsonSchema({"type": "boolean", "enum": [False, True], "default": False})]


class NoticeCase(Shape):
    """The case that a notice is about; reading it is permitted or not as for everybody."""

    id: UUID
    number: str
    title: str
    kind: str


KINDS = (
    "`case_moved`; `clock_near`, `clock_past` (a term); `reply_near`, `reply_past`, `task_near`, `task_past` (a day "
    "that was set); or `case_` and the deed."
)


class NoticeShape(Shape):
    """One notice."""

    id: UUID
    at: datetime
    kind: str = Field(description=KINDS)
    read_at: datetime | None
    for_: dict[str, Any] | None = Field(alias="for", description="The absent person whose deputy was told.")
    case: NoticeCase | None
    due_on: date | None
    text: Label


class NoticeList(Shape):
    """A page of notices."""

    items: list[NoticeShape]
    next: str | None
    unread: int = Field(description="How many are unread; 100 stands for that many and more.")


class Marked(Shape):
    """What marking came to."""

    marked: int


class PreferenceShape(Shape):
    """How one hears of notices beside the inbox."""

    channel: str
    language: str


class Choice(BaseModel):
    """The inbox alone, a mail for each notice, or one mail a day; and the language of mail."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"channel": "daily", "language": "zh"}})

    channel: Literal["inbox", "each", "daily"]
    language: Literal["zh", "en"] = "zh"


class Through(BaseModel):
    """Up to which notice everything was read."""

    model_config = ConfigDict(extra="forbid")

    through: UUID


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6080"
EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "at": "2026-03-02T02:00:00+00:00",
    "kind": "clock_near",
    "read_at": None,
    "for": None,
    "case": {
        "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071",
        "number": "LP-2026-7K3M9QXW4T",
        "title": "示例路3号灯杆",
        "kind": "sample.lamp_post",
    },
    "due_on": "2026-03-09",
    "text": {"zh": "“受理期限”将于2026年3月9日届满。", "en": "The term “term for acceptance” ends on 2026-03-09."},
}
WRITES = ("sign_in_needed", "cross_site_write", "bad_body", "bad_json", "body_too_large")


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Your notices",
    response_model=NoticeList,
    responses=_answers(
        {"items": [EXAMPLE], "next": None, "unread": 1}, "sign_in_needed", "limit_out_of_range", "bad_cursor"
    ),
)
def list_notices(
    request: Request,
    unread: Annotated[Flag, Query(description="Only those that you have not read.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What you were told about cases, latest first."""
    actor, casework = actor_of(request), casework_of(request)
    with reading(request.app.state.databases.office) as connection:
        found = inbox.list_notices(connection, actor, unread=unread, limit=limit, cursor=cursor)
    return _answer({**found, "items": [described(casework, row) for row in found["items"]]})


@router.get(
    "/preference",
    summary="How you hear of notices",
    response_model=PreferenceShape,
    responses=_answers({"channel": "inbox", "language": "zh"}, "sign_in_needed"),
)
def preference(request: Request) -> Response:
    """What you have chosen; `inbox` where you have chosen nothing."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(_chosen(inbox.own_preference(connection, actor_of(request))))


@router.put(
    "/preference",
    summary="Choose how you hear of notices",
    response_model=PreferenceShape,
    responses=_answers(
        {"channel": "daily", "language": "zh"}, *WRITES, "not_permitted", "mail_not_configured", "no_mail_address"
    ),
)
def choose(request: Request, body: Choice) -> Response:
    """Mail comes beside the inbox and never instead of it."""
    chosen = Preference(body.channel, body.language)
    with unit_of_work(request.app.state.databases.office) as connection:
        inbox.choose(connection, actor_of(request), chosen, request.app.state.settings.sends_mail, _now(request))
    return _answer(_chosen(chosen))


@router.post("/read", summary="Mark as read up to a notice", response_model=Marked,
             responses=_answers({"marked": 3}, *WRITES))  # fmt: skip
def mark_read_through(request: Request, body: Through) -> Response:
    """Mark this notice and all before it as read; what came after it stays unread."""
    with unit_of_work(request.app.state.databases.office) as connection:
        marked = inbox.mark_read_through(connection, actor_of(request), body.through, _now(request))
    return _answer({"marked": marked})


@router.post(
    "/{id}/read",
    summary="Mark a notice as read",
    response_model=NoticeShape,
    responses=_answers(
        {**EXAMPLE, "read_at": "2026-03-02T03:00:00+00:00"},
        *("sign_in_needed", "cross_site_write", "bad_id", "no_such_notice"),
    ),
)
def mark_read(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Mark one notice as read; doing it again changes nothing."""
    with unit_of_work(request.app.state.databases.office) as connection:
        row = inbox.mark_read(connection, actor_of(request), id, _now(request))
    return _answer(described(casework_of(request), row))


def _now(request: Request) -> datetime:
    return clock_of(request)()


def _chosen(preference: Preference) -> dict[str, str]:
    return {"channel": preference.channel, "language": preference.language}


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
