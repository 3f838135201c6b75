"""`/v1/webhooks`: what the feed tells, posted to an address of yours."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of, require_signed_in
from api.auth.jurisdiction import unit_of_code
from api.deps import v1_router
from api.v1.params import CODE_PATTERN, MAX_SEQ, PLACE_CLASSES, Cursor, EntityId, Limit
from api.v1.schemas import Shape
from api.v1.staff import answer, answers
from data.access import Actor
from data.db import reading, unit_of_work
from data.feed import COLLECTIONS
from data.webhooks import service
from data.webhooks.model import MAX_URL, MOST_IN_FILTER, HookState, Wanted

router = v1_router("webhooks", "/webhooks")

Seq = Annotated[int, Field(ge=0, le=MAX_SEQ, strict=True)]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL, description="`https://…`, an address that is public.")]
Named = Annotated[str, Field(max_length=service.MAX_NAME, description="For you; by default the address.")]
DivisionCode = Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]


class NewWebhook(BaseModel):
    """A webhook to be made. What a part of the filter leaves out it takes whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"url": "https://maps.example/hooks/diming", "collections": ["units"], "within": ["990100"]}
        },
    )

    url: Url
    name: Named = ""
    collections: list[Literal[COLLECTIONS]] = Field(default=[], max_length=len(COLLECTIONS))  # type: ignore[valid-type]
    kinds: list[Literal["insert", "update", "delete"]] = Field(default=[], max_length=3)
    classes: list[Literal[PLACE_CLASSES]] = Field(default=[], max_length=8)  # type: ignore[valid-type]
    within: list[DivisionCode] = Field(
        default=[], max_length=MOST_IN_FILTER, description="Divisions by code, each with all below it."
    )
    since: Seq | None = Field(
        default=None, description="Everything after this number of the feed; by default what happens from now on."
    )


class WebhookChange(BaseModel):
    """What is to be different."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"state": "paused"}})

    url: Url | None = None
    name: Annotated[str, Field(min_length=1, max_length=service.MAX_NAME)] | None = None
    state: Literal["active", "paused"] | None = None
    since: Seq | None = Field(default=None, description="Send all that came after this number, again or for once.")


class Again(BaseModel):
    """Which entry is sent again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"seq": 42}})

    seq: Seq


class WebhookShape(Shape):
    """A webhook, without its secret."""

    id: UUID
    owner: str
    name: str
    url: str
    collections: list[str]
    kinds: list[str]
    classes: list[str]
    within: list[str]
    state: str = Field(description="`active`, `paused`, or `off`: switched off because nothing arrived for too long.")
    off_why: str | None = Field(description="`status_` and the last status, or why there was none.")
    delivered_seq: int = Field(description="All up to this number has arrived, or was not wanted.")
    behind: int = Field(description="How many entries of the feed come after it.")
    failures: int = Field(description="Attempts that failed since the last that arrived.")
    failing_since: datetime | None
    next_at: datetime = Field(description="Not tried before this moment.")
    former_until: datetime | None = Field(description="Until when the former secret signs too.")
    created_at: datetime


class WebhookWithSecret(WebhookShape):
    """A webhook with its secret."""

    secret: str = Field(description="`whsec_` and base64: shown this once.")


class WebhookList(Shape):
    """A page of webhooks."""

    items: list[WebhookShape]
    next: str | None


class AttemptShape(Shape):
    """One attempt to deliver one entry."""

    id: int
    seq: int
    at: datetime
    duration_ms: int
    status: int | None
    problem: str | None = Field(description="Why there is no status, such as `webhook_too_slow`.")
    arrived: bool
    by_hand: bool


class AttemptList(Shape):
    """A page of attempts."""

    items: list[AttemptShape]
    next: str | None


class Removed(Shape):
    """What was removed."""

    id: UUID


class Queued(Shape):
    """What will be sent again."""

    seq: int


EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091",
    "owner": "mapservice",
    "name": "https://maps.example/hooks/diming",
    "url": "https://maps.example/hooks/diming",
    "collections": ["units"],
    "kinds": [],
    "classes": [],
    "within": ["990100"],
    "state": "active",
    "off_why": None,
    "delivered_seq": 41,
    "behind": 0,
    "failures": 0,
    "failing_since": None,
    "next_at": "2026-03-02T02:00:00Z",
    "former_until": None,
    "created_at": "2026-03-01T02:00:00Z",
}
SECRET = {**EXAMPLE, "secret": "whsec_ZGltaW5nLWV4YW1wbGUtc2VjcmV0LW9mLTMyLWJ5dGU="}
ATTEMPT: dict[str, Any] = {
    "id": 7, "seq": 41, "at": "2026-03-02T02:00:00Z", "duration_ms": 35, "status": 204, "problem": None,
    "arrived": True, "by_hand": False,
}  # fmt: skip
ASKED = ("sign_in_needed", "not_permitted")
OF_ONE = (*ASKED, "bad_id", "no_such_webhook")
SENT = ("cross_site_write", "bad_body", "bad_json", "body_too_large")


@router.get(
    "",
    summary="Your webhooks",
    response_model=WebhookList,
    responses=answers(200, {"items": [EXAMPLE], "next": None}, *ASKED, "limit_out_of_range", "bad_cursor"),
)
def list_webhooks(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The webhooks of the account that asks, latest first."""
    with reading(request.app.state.databases.office) as connection:
        return answer(_page(service.list_webhooks(connection, actor_of(request), limit=limit, cursor=cursor)))


@router.post(
    "",
    status_code=201,
    summary="Make a webhook",
    response_model=WebhookWithSecret,
    responses=answers(
        201, SECRET, *ASKED, *SENT, "bad_webhook_url", "bad_account_field", "seq_ahead", "too_many_webhooks",
        "bad_code", "code_never_existed", "code_not_standing", "register_empty", "keys_not_usable",
    ),
)  # fmt: skip
def add_webhook(request: Request, body: NewWebhook) -> Response:
    """Each wanted entry of the feed is posted to `url`, one after another, with a signature by the secret.

    The secret is in this answer and in no other.
    """
    account = require_signed_in(request).account_id
    new = service.NewWebhook(body.url, body.name.strip(), _wanted(body), body.since)
    with unit_of_work(request.app.state.databases.office) as connection:
        for code in body.within:
            unit_of_code(connection, code)
        found, secret = service.add_webhook(desk_of(request, connection), account, new)
    return answer({**shown(found), "secret": secret}, 201)


@router.get(
    "/{id}", summary="A webhook", response_model=WebhookShape, responses=answers(200, EXAMPLE, *OF_ONE)
)  # fmt: skip
def find_webhook(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """How a webhook stands."""
    with reading(request.app.state.databases.office) as connection:
        return answer(shown(service.find_webhook(connection, actor_of(request), id)))


@router.patch(
    "/{id}",
    summary="Change a webhook",
    response_model=WebhookShape,
    responses=answers(200, EXAMPLE, *OF_ONE, *SENT, "bad_webhook_url", "bad_account_field", "seq_ahead"),
)
def change_webhook(request: Request, id: EntityId, body: WebhookChange) -> Response:  # noqa: A002 -- the address
    """Another address, a pause, active again, or back to a number of the feed.

    What was missed in a pause is sent after it. Made active it is tried at once.
    """
    state = HookState(body.state) if body.state else None
    change = service.Change(body.url, body.name, state, body.since)
    with unit_of_work(request.app.state.databases.office) as connection:
        return answer(shown(service.change_webhook(desk_of(request, connection), id, change)))


@router.delete(
    "/{id}",
    summary="Remove a webhook",
    response_model=Removed,
    responses=answers(200, {"id": EXAMPLE["id"]}, *OF_ONE, "cross_site_write"),
)
def remove_webhook(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Nothing more is sent; its log goes too."""
    with unit_of_work(request.app.state.databases.office) as connection:
        service.remove_webhook(desk_of(request, connection), id)
    return answer({"id": id})


@router.post(
    "/{id}/secret",
    summary="Renew the secret",
    response_model=WebhookWithSecret,
    responses=answers(200, SECRET, *OF_ONE, "cross_site_write", "keys_not_usable"),
)
def renew_secret(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A new secret, shown this once. For a day messages are signed by the former one too."""
    with unit_of_work(request.app.state.databases.office) as connection:
        found, secret = service.renew_secret(desk_of(request, connection), id)
    return answer({**shown(found), "secret": secret})


@router.get(
    "/{id}/deliveries",
    summary="What was sent",
    response_model=AttemptList,
    responses=answers(200, {"items": [ATTEMPT], "next": None}, *OF_ONE, "limit_out_of_range", "bad_cursor"),
)
def list_attempts(request: Request, id: EntityId, limit: Limit = 100, cursor: Cursor = None) -> Response:  # noqa: A002
    """Attempts of the last two weeks, latest first."""
    with reading(request.app.state.databases.office) as connection:
        return answer(service.list_attempts(connection, actor_of(request), id, limit=limit, cursor=cursor))


@router.post(
    "/{id}/deliveries",
    status_code=202,
    summary="Send one entry again",
    response_model=Queued,
    responses=answers(202, {"seq": 42}, *OF_ONE, *SENT, "no_such_change", "queue_missing"),
)
def redeliver(request: Request, id: EntityId, body: Again) -> Response:  # noqa: A002 -- the name in the address
    """One entry once more, outside the order and also in a pause; `redelivery` in it is true."""
    with unit_of_work(request.app.state.databases.office) as connection:
        service.redeliver(desk_of(request, connection), id, body.seq)
    return answer({"seq": body.seq}, 202)


def desk_of(request: Request, connection: Connection, actor: Actor | None = None) -> service.Desk:
    """Who deals with webhooks in this request."""
    state = request.app.state
    allowed = tuple(state.settings.webhook_networks)
    return service.Desk(connection, actor or actor_of(request), state.keys, clock_of(request)(), allowed)


def shown(row: Any) -> dict[str, Any]:
    """A webhook as the API shows it."""
    return {key: row[key] for key in WebhookShape.model_fields}


def _page(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "items": [shown(row) for row in found["items"]]}


def _wanted(body: NewWebhook) -> Wanted:
    parts = (body.collections, body.kinds, body.classes, body.within)
    return Wanted(*(tuple(dict.fromkeys(part)) for part in parts))
