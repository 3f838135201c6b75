"""`/v1/exchange`: what this installation tells others, signed, and what of theirs waits for somebody's decision."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import Ask, v1_router
from api.installations import exchange_keys
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import Cursor, EntityId, Limit, Since
from api.v1.schemas import Shape
from data.db import reading
from geonames.installations import conflicts, outgoing, service

router = v1_router("exchange", "/exchange")
CACHE = "public, no-cache"
NAME = r"^[a-z0-9][a-z0-9.-]{0,59}$"
For = Annotated[
    str, Query(alias="for", pattern=NAME, description="The name of the installation that asks; it is signed too.")
]
PageLimit = Annotated[int, Query(ge=1, le=outgoing.MOST, description="How many changes at most.")]


class ThisInstallation(Shape):
    """An installation as others enter it: `within` is the id of its division, null for the country; `key` base64."""

    name: str
    level: str
    within: str | None
    key: str
    last: int = Field(description="The number of its last change.")


class SignedPage(Shape):
    """A page of changes. `payload` is JSON as text, so that its bytes are those that were signed (Ed25519)."""

    payload: str
    key: str
    signature: str


ABOUT_EXAMPLE = {
    "name": "yunxi",
    "level": "city",
    "within": "0d6c1a0e-6f0b-5a39-9f0e-6c3c0d5c1f10",
    "key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "last": 1204,
}
PAGE_EXAMPLE = {
    "payload": '{"format":"diming-exchange-1","installation":"yunxi","for":"shili","since":1204,"through":1204,'
    '"last":1204,"items":[],"skipped":[]}',
    "key": "0f3a5b7c9d1e2f40",
    "signature": "3q2+7w…==",
}


@router.get(
    "",
    summary="This installation among others",
    response_model=ThisInstallation,
    responses={
        200: {"content": {"application/json": {"example": ABOUT_EXAMPLE}}},
        **problems_for("no_installation", *EVERYWHERE),
    },
)
def this_installation(ask: Ask) -> Response:
    """Its name, level, division and public key. The key is to be compared with what a person there reads out."""
    return ask.answer(service.about, cache=CACHE)


@router.get(
    "/changes",
    summary="A signed page of changes for another installation",
    response_model=SignedPage,
    responses={
        200: {"content": {"application/json": {"example": PAGE_EXAMPLE}}},
        **problems_for("no_installation", "signing_key_elsewhere", "keys_not_usable", *EVERYWHERE),
    },
)
def signed_changes(request: Request, ask: Ask, for_: For, since: Since = 0, limit: PageLimit = 200) -> Response:
    """The changes after `since` with the rows behind them, without those that came from who asks.

    Everything in it is published; the signature tells who says so. docs/guide/exchange.md describes the payload.
    """
    keys = getattr(request.app.state, "exchange_keys", None) or exchange_keys()

    def question(connection: Any) -> dict[str, str]:
        return outgoing.signed_page(connection, keys, for_, since, limit)

    return ask.answer(question, cache=CACHE)


class ConflictItem(Shape):
    """A change that came and was not written."""

    id: UUID
    peer: str
    their_seq: int
    collection: str
    record: UUID
    name: str | None
    why: str = Field(description="`owned_here`, `owned_elsewhere`, `differs_here` or `does_not_fit`.")
    owner: str | None
    detail: str
    found_at: datetime
    decided: str | None = Field(description="`kept`, `taken`; null: it waits.")
    reason: str | None
    decided_at: datetime | None
    decided_by: str | None


class ConflictList(Shape):
    """A page of conflicts."""

    items: list[ConflictItem]
    next: str | None


class ConflictInFull(ConflictItem):
    """A conflict with the change and the rows of both sides, by table."""

    change: dict[str, Any]
    came: dict[str, list[dict[str, Any]]]
    stands: dict[str, list[dict[str, Any]]]


class Decision(BaseModel):
    """Keep what stands here, or take what came, and why."""

    model_config = ConfigDict(extra="forbid")

    decided: Literal["kept", "taken"]
    reason: str = Field(min_length=1, max_length=500)


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071"
CONFLICT_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "peer": "shili",
    "their_seq": 1311,
    "collection": "places",
    "record": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072",
    "name": "柳浪巷",
    "why": "owned_here",
    "owner": "yunxi",
    "detail": "yunxi (county) keeps this record, not shili",
    "found_at": "2026-03-02T02:00:00Z",
    "decided": None,
    "reason": None,
    "decided_at": None,
    "decided_by": None,
}
IN_FULL_EXAMPLE = {**CONFLICT_EXAMPLE, "change": {"before": None, "after": None}, "came": {}, "stands": {}}
STAFF = ("sign_in_needed", "not_permitted")


def _example(value: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": value}}}}


@router.get(
    "/conflicts",
    summary="What came from other installations and waits for a decision",
    response_model=ConflictList,
    responses={
        **_example({"items": [CONFLICT_EXAMPLE], "next": None}),
        **problems_for(*STAFF, "limit_out_of_range", "bad_cursor", *EVERYWHERE),
    },
)
def list_conflicts(
    request: Request,
    state: Annotated[
        Literal["open", "decided", "all"], Query(description="Those that wait, were decided, or both.")
    ] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Changes that were not written, the latest first: of records that another keeps, or that differ here."""
    with reading(request.app.state.databases.office) as connection:
        return _staff(conflicts.list_conflicts(connection, actor_of(request), state, limit, cursor))


@router.get(
    "/conflicts/{id}",
    summary="A conflict: what came, what stands here",
    response_model=ConflictInFull,
    responses={**_example(IN_FULL_EXAMPLE), **problems_for(*STAFF, "no_such_conflict", "bad_id", *EVERYWHERE)},
)
def find_conflict(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The change with the rows of both sides; `stands` as it is now, or as it was when it was decided."""
    with reading(request.app.state.databases.office) as connection:
        return _staff(conflicts.find_conflict(connection, actor_of(request), id))


@router.post(
    "/conflicts/{id}/decide",
    summary="Keep what stands here, or take what came",
    response_model=ConflictInFull,
    responses={
        **_example({**IN_FULL_EXAMPLE, "decided": "kept", "reason": "未经本县批准"}),
        **problems_for(
            *STAFF, "no_such_conflict", "bad_id", "reason_missing", "conflict_decided", "cannot_take", "bad_body",
            "bad_json", "body_too_large", "cross_site_write", *EVERYWHERE,
        ),
    },
)  # fmt: skip
def decide_conflict(request: Request, id: EntityId, decision: Decision) -> Response:  # noqa: A002 -- the address
    """By the office of the record's division. What was kept is told to nobody; the owner's next change comes again."""
    office = request.app.state.databases.office
    found = conflicts.decide_conflict(office, actor_of(request), id, decision.decided, decision.reason)
    return _staff(found)


def _staff(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
