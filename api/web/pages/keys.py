"""Keys of map services: made, rotated and ended by their owner, given plans by administrators; what each asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import chain_finder
from api.quotas.meter import Meter
from api.web.drawing.columns import draw_columns
from api.web.pages.account import Text
from api.web.pages.account_forms import account_page, attempt, go_to, me, now_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from data.access import Actor
from data.accounts.reach import may_anywhere, may_on_account
from data.accounts.records import account_with
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import DimingError
from data.quotas.plans import Quotas
from data.service_keys import service
from data.service_keys.service import Made
from data.service_keys.usage import as_csv, by_day, usage_of

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50
PATH = "/account/keys"


@router.get(PATH)
def keys(visit: Visiting) -> Response:
    """One's own keys; those of one's jurisdiction where the address asks for all."""
    return _list(visit)


def _list(visit: Visit, error: DimingError | None = None, made: Made | None = None) -> Response:
    actor, query, now = actor_of(visit.request), visit.view.query, now_of(visit)
    require_signed_in(actor)
    everybodys = (query.get("all") == "true" or actor.account_id is None) and may_anywhere(actor, "service_key.plan")
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.list_keys(
            connection, actor, None if everybodys else me(visit).account_id, chain_finder(connection), now,
            limit=ON_A_PAGE, cursor=query.get("cursor") or None,
        )  # fmt: skip
    values: dict[str, Any] = {
        "items": found["items"],
        "following": found["next"],
        "everybodys": everybodys,
        "has_account": actor.account_id is not None,
        "may_all": may_anywhere(actor, "service_key.plan"),
        "made": made,
        "quotas": quotas_of(visit),
        "now": now,
    }
    return account_page(visit, "keys.html", error, path=PATH if error or made else None, **values)


def quotas_of(visit: Visit) -> Quotas:
    """The plans of this installation."""
    meter: Meter = visit.request.app.state.meter
    return meter.quotas


@router.post(PATH)
def make(
    visit: Visiting, name: Text = "", organisation: Text = "", days: Annotated[int, Form(le=10_000)] = 0
) -> Response:
    """Make a key and show it once."""

    def work() -> Response:
        signed = me(visit)
        wanted = service.Wanted(name, organisation.strip() or None, days or None)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            chain = chain_finder(connection)
            made = service.make_key(
                connection, signed.actor, signed.account_id, wanted, quotas_of(visit), chain, now_of(visit)
            )
        return _list(visit, made=made)

    return attempt(work, lambda error: _list(visit, error))


@router.get(PATH + "/{key_id}")
def key(visit: Visiting, key_id: UUID) -> Response:
    """A key and what it asked."""
    return _key(visit, key_id)


def _key(visit: Visit, key_id: UUID, error: DimingError | None = None, made: Made | None = None) -> Response:
    actor, query, now = _actor(visit), visit.view.query, now_of(visit)
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.read_key(connection, actor, key_id, chain_finder(connection), now)
        first, last = (parse_day(query.get(name)) for name in ("from", "to"))
        usage = usage_of(connection, key_id, first, last, civil_date(now))
        may = _may(connection, actor, found)
    days = by_day(usage)
    chart = draw_columns([(row["day"].strftime("%m-%d"), row["asked"], row["refused"] + row["failed"]) for row in days])
    values = {"key": found, "usage": usage, "days": days, "chart": chart, "made": made, "may": may,
              "quotas": quotas_of(visit)}  # fmt: skip
    return account_page(visit, "key.html", error, path=f"{PATH}/{key_id}" if error or made else None, **values)


def _actor(visit: Visit) -> Actor:
    actor = actor_of(visit.request)
    require_signed_in(actor)
    return actor


def _may(connection: Connection, actor: Actor, key: dict[str, Any]) -> dict[str, bool]:
    account, chain = account_with(connection, key["account"]["id"]), chain_finder(connection)
    actions = ("rotate", "revoke", "plan")
    return {name: may_on_account(connection, actor, f"service_key.{name}", account, chain) for name in actions}


@router.get(PATH + "/{key_id}/usage.csv")
def usage_csv(visit: Visiting, key_id: UUID) -> Response:
    """The rows of the page's period as CSV."""
    with reading(visit.request.app.state.databases.office) as connection:
        service.read_key(connection, _actor(visit), key_id, chain_finder(connection), now_of(visit))
        first, last = (parse_day(visit.view.query.get(name)) for name in ("from", "to"))
        usage = usage_of(connection, key_id, first, last, civil_date(now_of(visit)))
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="usage-{key_id}.csv"',
    }
    return Response(as_csv(usage), media_type="text/csv; charset=utf-8", headers=headers)


@router.post(PATH + "/{key_id}/rotate")
def rotate(visit: Visiting, key_id: UUID) -> Response:
    """Give the key a new secret and show it once."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            made = service.rotate_key(
                connection, _actor(visit), key_id, quotas_of(visit), chain_finder(connection), now_of(visit)
            )
        return _key(visit, key_id, made=made)

    return attempt(work, lambda error: _key(visit, key_id, error))


@router.post(PATH + "/{key_id}/revoke")
def revoke(visit: Visiting, key_id: UUID) -> Response:
    """End the key."""

    def change(connection: Connection) -> None:
        service.revoke_key(connection, _actor(visit), key_id, chain_finder(connection), now_of(visit))

    return _changed(visit, key_id, change, "key_revoked")


@router.post(PATH + "/{key_id}/plan")
def plan(visit: Visiting, key_id: UUID, plan: Text = "") -> Response:
    """Give the key another plan."""

    def change(connection: Connection) -> None:
        chain = chain_finder(connection)
        service.set_plan(connection, _actor(visit), key_id, plan, quotas_of(visit), chain, now_of(visit))

    return _changed(visit, key_id, change, "key_plan_set")


def _changed(visit: Visit, key_id: UUID, change: Callable[[Connection], None], done: str) -> Response:
    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            change(connection)
        return go_to(visit, f"{PATH}/{key_id}", done)

    return attempt(work, lambda error: _key(visit, key_id, error))
