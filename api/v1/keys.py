"""`/v1/keys`, `/v1/quotas`: keys of map services with what they asked, and what each plan allows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of
from api.auth.jurisdiction import chain_finder
from api.deps import v1_router
from api.quotas.meter import Meter
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.inspection_shapes import Sent
from api.v1.params import Cursor, EntityId, IsoDate, Limit
from api.v1.rounds import SENT, answer, answers
from api.v1.schemas import Shape
from data.access import Actor
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import NotPermitted
from data.quotas.plans import Plan, Quotas
from data.service_keys import service
from data.service_keys.usage import as_csv, usage_of

router = v1_router("keys", "/keys")
quotas_router = v1_router("keys", "/quotas")

_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1"
KEY: dict[str, Any] = {
    "id": _ID,
    "account": {"id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071", "username": "zhang.san"},
    "organisation": "云溪地图服务（虚构）",
    "name": "production",
    "prefix": "dmk_k7qx2mfa4b",
    "plan": "trial",
    "made_at": "2026-03-02T01:00:00+00:00",
    "expires_at": "2027-03-03T01:00:00+00:00",
    "revoked_at": None,
    "former_until": None,
    "state": "live",
}
MADE: dict[str, Any] = {**KEY, "secret": "dmk_k7qx2mfa4b_…"}
USAGE: dict[str, Any] = {
    "from": "2026-03-01",
    "to": "2026-03-02",
    "items": [{"day": "2026-03-02", "class": "suggest", "asked": 1204, "refused": 3, "failed": 0}],
    "total": {"asked": 1204, "refused": 3, "failed": 0},
}
PLAN: dict[str, Any] = {"key": "trial", "holder": "key", "per_minute": 600, "per_day": 50000}
REFUSED = ("bad_id", "no_such_service_key")


class KeyOwner(Shape):
    """The account that a key belongs to."""

    id: UUID
    username: str


class ServiceKey(Shape):
    """A key without its secret; `former_until`: how long the secret before a rotation still serves."""

    id: UUID
    account: KeyOwner
    organisation: str
    name: str
    prefix: str
    plan: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    former_until: datetime | None
    state: Literal["live", "expired", "revoked", "disabled"]


class ServiceKeyList(Shape):
    """A page of keys."""

    items: list[ServiceKey]
    next: str | None


class ServiceKeyMade(ServiceKey):
    """A key with its secret, which is shown this once."""

    secret: str


class Used(Shape):
    """Requests: all, those refused for the quota, those that failed here."""

    asked: int
    refused: int
    failed: int


class UsedOnDay(Used):
    """Requests of one day of China and one class of address."""

    day: date
    class_: str = Field(alias="class")


class Usage(Shape):
    """What a key asked; up to a second's requests of each process are not yet in it."""

    from_: date = Field(alias="from")
    to: date
    items: list[UsedOnDay]
    total: Used


class PlanShape(Shape):
    """How much a holder may ask: `address`, `credentials` (a session or token) or `key`."""

    key: str
    holder: Literal["address", "credentials", "key"]
    per_minute: int
    per_day: int


class QuotaList(Shape):
    """All plans, and the classes by which usage is told."""

    plans: list[PlanShape]
    classes: list[str]


class NewKey(Sent):
    """A key for an organisation (left out: that of the account)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    organisation: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    days: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None


class NewPlan(Sent):
    """The plan that a key is given."""

    plan: Annotated[str, Field(min_length=1, max_length=40)]


From = Annotated[IsoDate | None, Query(alias="from", description="First day; default 29 days before the last.")]
To = Annotated[IsoDate | None, Query(description="Last day, included; default today in China.")]
Everybodys = Annotated[
    Literal["false", "true"], Query(description="`true`: the keys of all accounts in your jurisdiction.")
]


def _quotas(request: Request) -> Quotas:
    meter: Meter = request.app.state.meter
    return meter.quotas


def _asking(request: Request) -> Actor:
    actor = actor_of(request)
    require_signed_in(actor)
    return actor


def own_account(actor: Actor) -> UUID:
    """The account of whoever asks. Raises `NotPermitted` for the user of a demonstration, who has none."""
    if actor.account_id is None:
        raise NotPermitted("Keys belong to accounts: sign in with one. Nothing was changed.", code="not_permitted")
    return actor.account_id


@router.get(
    "",
    summary="Keys of map services",
    response_model=ServiceKeyList,
    responses=answers(200, {"items": [KEY], "next": None}, "sign_in_needed", "limit_out_of_range", "bad_cursor"),
)
def list_keys(request: Request, all: Everybodys = "false", limit: Limit = 100, cursor: Cursor = None) -> Response:  # noqa: A002
    """One's own keys, latest first; `all=true`: those of the accounts in one's jurisdiction. A page may be shorter."""
    actor = _asking(request)
    account = None if all == "true" or actor.account_id is None else actor.account_id
    with reading(request.app.state.databases.office) as connection:
        chain, now = chain_finder(connection), clock_of(request)()
        return answer(service.list_keys(connection, actor, account, chain, now, limit=limit, cursor=cursor))


@router.post(
    "",
    status_code=201,
    summary="Make a key",
    response_model=ServiceKeyMade,
    responses=answers(201, MADE, *SENT, "account_disabled", "bad_service_key", "too_many_service_keys"),
)
def make_key(request: Request, body: NewKey) -> Response:
    """Make a key for one's account; `secret` is the whole key and cannot be shown again."""
    actor = _asking(request)
    account, wanted = own_account(actor), service.Wanted(body.name, body.organisation, body.days)
    with unit_of_work(request.app.state.databases.office) as connection:
        chain, now = chain_finder(connection), clock_of(request)()
        made = service.make_key(connection, actor, account, wanted, _quotas(request), chain, now)
    return answer({**made.key, "secret": made.secret}, 201)


@router.get(
    "/{id}",
    summary="A key",
    response_model=ServiceKey,
    responses=answers(200, KEY, "sign_in_needed", *REFUSED),
)
def find_key(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One key without its secret."""
    with reading(request.app.state.databases.office) as connection:
        return answer(_read(request, connection, id))


def _read(request: Request, connection: Connection, key_id: UUID) -> dict[str, Any]:
    chain, now = chain_finder(connection), clock_of(request)()
    return service.read_key(connection, _asking(request), key_id, chain, now)


@router.post(
    "/{id}/rotate",
    summary="Give a key a new secret",
    response_model=ServiceKeyMade,
    responses=answers(200, MADE, *SENT, *REFUSED, "service_key_ended"),
)
def rotate_key(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A new secret, shown this once; the former one serves until `former_until`."""
    actor = _asking(request)
    with unit_of_work(request.app.state.databases.office) as connection:
        chain, now = chain_finder(connection), clock_of(request)()
        made = service.rotate_key(connection, actor, id, _quotas(request), chain, now)
    return answer({**made.key, "secret": made.secret})


@router.post(
    "/{id}/revoke",
    summary="End a key",
    response_model=ServiceKey,
    responses=answers(200, {**KEY, "state": "revoked"}, *SENT, *REFUSED, "service_key_ended"),
)
def revoke_key(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """End a key with both its secrets; it is refused within five seconds."""
    actor = _asking(request)
    with unit_of_work(request.app.state.databases.office) as connection:
        return answer(service.revoke_key(connection, actor, id, chain_finder(connection), clock_of(request)()))


@router.put(
    "/{id}/plan",
    summary="Give a key another plan",
    response_model=ServiceKey,
    responses=answers(200, {**KEY, "plan": "standard"}, *SENT, *REFUSED, "bad_service_key"),
)
def set_plan(request: Request, id: EntityId, body: NewPlan) -> Response:  # noqa: A002 -- the name in the address
    """For administrators: how much the key may ask, within five seconds."""
    actor = _asking(request)
    with unit_of_work(request.app.state.databases.office) as connection:
        chain, now = chain_finder(connection), clock_of(request)()
        return answer(service.set_plan(connection, actor, id, body.plan, _quotas(request), chain, now))


@router.get(
    "/{id}/usage",
    summary="What a key asked",
    response_model=Usage,
    responses=answers(200, USAGE, "sign_in_needed", *REFUSED, "bad_date", "period_reversed", "period_too_long"),
)
def usage(request: Request, id: EntityId, first: From = None, to: To = None) -> Response:  # noqa: A002 -- the address
    """Requests by day and class of address."""
    return answer(_usage(request, id, first, to))


@router.get(
    "/{id}/usage.csv",
    summary="What a key asked, as CSV",
    response_class=Response,
    responses={
        200: {
            "content": {"text/csv": {"example": "day,class,asked,refused,failed\r\n2026-03-02,suggest,1204,3,0\r\n"}}
        },
        **problems_for(*("sign_in_needed", *REFUSED, "bad_date", "period_reversed", "period_too_long"), *EVERYWHERE),
    },
)
def usage_csv(request: Request, id: EntityId, first: From = None, to: To = None) -> Response:  # noqa: A002 -- the address
    """The same rows as CSV in UTF-8."""
    found = _usage(request, id, first, to)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="usage-{id}.csv"'}
    return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


def _usage(request: Request, key_id: UUID, first: date | None, last: date | None) -> dict[str, Any]:
    with reading(request.app.state.databases.office) as connection:
        _read(request, connection, key_id)
        return usage_of(connection, key_id, first, last, civil_date(clock_of(request)()))


@quotas_router.get(
    "",
    summary="What each plan allows",
    response_model=QuotaList,
    responses=answers(200, {"plans": [PLAN], "classes": ["suggest", "search", "other"]}),
)
def list_quotas(request: Request) -> Response:
    """The plans with their quotas; how you stand yourself is told in the fields `RateLimit` of every answer."""
    found = _quotas(request)
    return answer({"plans": [_shown(plan) for plan in found.plans.values()], "classes": list(found.class_keys())})


def _shown(plan: Plan) -> dict[str, Any]:
    names = {"zh": plan.zh, "en": plan.en}
    return {"key": plan.key, "holder": plan.holder, "name": names, "per_minute": plan.per_minute,
            "per_day": plan.per_day}  # fmt: skip
