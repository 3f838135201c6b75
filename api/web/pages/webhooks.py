"""One's webhooks: making one, how each stands, what was sent, sending something again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.jurisdiction import unit_of_code
from api.v1.params import PLACE_CLASSES
from api.v1.webhooks import desk_of
from api.web.pages.account_forms import account_page, attempt, go_to, me
from api.web.visit import Visit, Visiting
from data.db import reading, unit_of_work
from data.errors import BadRequest, DimingError
from data.feed import COLLECTIONS
from data.webhooks import service
from data.webhooks.model import KEEP_ATTEMPTS, MOST_IN_FILTER, SWITCHED_OFF_AFTER, HookState, Wanted

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50
KINDS = ("insert", "update", "delete")
EMPTY: dict[str, Any] = {"url": "", "name": "", "within": "", "collections": [], "kinds": [], "classes": []}
Line = Annotated[str, Form(max_length=2000)]
Words = Annotated[list[str], Form(max_length=20)]


@router.get("/account/webhooks")
def list_webhooks(visit: Visiting) -> Response:
    """One's webhooks, and the form for another."""
    return _list(visit)


def _list(visit: Visit, error: DimingError | None = None, given: dict[str, Any] | None = None) -> Response:
    signed, query = me(visit), visit.view.query
    with reading(visit.request.app.state.databases.office) as connection:
        cursor = query.get("cursor") or None
        found = service.list_webhooks(connection, signed.actor, limit=ON_A_PAGE, cursor=cursor)
    values = {"items": found["items"], "following": found["next"], "given": given or EMPTY}
    values |= {"collections": COLLECTIONS, "kinds": KINDS, "classes": PLACE_CLASSES}
    return account_page(visit, "webhooks.html", error, path="/account/webhooks" if error else None, **values)


@router.post("/account/webhooks")
def add_webhook(
    visit: Visiting,
    url: Line = "",
    name: Line = "",
    within: Line = "",
    collections: Words = [],  # noqa: B006 -- FastAPI copies it
    kinds: Words = [],  # noqa: B006
    classes: Words = [],  # noqa: B006
) -> Response:
    """Make one; its secret is shown on the page that answers, and never again."""
    given = {"url": url, "name": name, "within": within, "collections": collections, "kinds": kinds, "classes": classes}

    def work() -> Response:
        signed = me(visit)
        codes = tuple(dict.fromkeys(within.replace(",", " ").replace("，", " ").split()))
        wanted = Wanted(
            _known(collections, COLLECTIONS),
            _known(kinds, KINDS),
            _known(classes, PLACE_CLASSES),
            codes[:MOST_IN_FILTER],
        )
        new = service.NewWebhook(url.strip(), name.strip(), wanted)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            for code in codes:
                unit_of_code(connection, code)
            desk = desk_of(visit.request, connection, signed.actor)
            found, secret = service.add_webhook(desk, signed.account_id, new)
        return _one(visit, found["id"], secret=secret)

    return attempt(work, lambda error: _list(visit, error, given))


def _known(given: list[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a form that it offers; BadRequest `bad_parameter` for another."""
    if not set(given) <= set(known):
        raise BadRequest("The form holds a word that it does not offer. Nothing was changed.", code="bad_parameter")
    return tuple(word for word in known if word in given)


@router.get("/account/webhooks/{webhook}")
def show_webhook(visit: Visiting, webhook: UUID) -> Response:
    """How one webhook stands, and what was sent."""
    return _one(visit, webhook)


def _one(visit: Visit, webhook: UUID, error: DimingError | None = None, secret: str | None = None) -> Response:
    signed, cursor = me(visit), visit.view.query.get("cursor") or None
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.find_webhook(connection, signed.actor, webhook)
        log = service.list_attempts(connection, signed.actor, webhook, limit=ON_A_PAGE, cursor=cursor)
    values = {"hook": found, "attempts": log["items"], "following": log["next"], "secret": secret}
    values |= {"keep_days": KEEP_ATTEMPTS.days, "off_days": SWITCHED_OFF_AFTER.days}
    path = f"/account/webhooks/{webhook}"
    return account_page(visit, "webhook.html", error, path=path if error or secret else None, **values)


@router.post("/account/webhooks/{webhook}/pause")
def pause(visit: Visiting, webhook: UUID) -> Response:
    """Send nothing for now."""
    return _changed(visit, webhook, service.Change(state=HookState.PAUSED), "webhook_paused")


@router.post("/account/webhooks/{webhook}/resume")
def resume(visit: Visiting, webhook: UUID) -> Response:
    """Go on from where it stopped."""
    return _changed(visit, webhook, service.Change(state=HookState.ACTIVE), "webhook_resumed")


@router.post("/account/webhooks/{webhook}/url")
def move(visit: Visiting, webhook: UUID, url: Line = "") -> Response:
    """Send to another address from now on."""
    return _changed(visit, webhook, service.Change(url=url.strip()), "webhook_moved")


def _changed(visit: Visit, webhook: UUID, change: service.Change, done: str) -> Response:
    return _act(visit, webhook, lambda desk: service.change_webhook(desk, webhook, change), done)


@router.post("/account/webhooks/{webhook}/again")
def redeliver(visit: Visiting, webhook: UUID, seq: Annotated[int, Form(ge=0, le=2**53)]) -> Response:
    """Send one entry once more."""
    return _act(visit, webhook, lambda desk: service.redeliver(desk, webhook, seq), "webhook_again")


def _act(visit: Visit, webhook: UUID, deed: Callable[[service.Desk], Any], done: str) -> Response:
    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            deed(_desk(visit, connection))
        return go_to(visit, f"/account/webhooks/{webhook}", done)

    return attempt(work, lambda error: _one(visit, webhook, error))


@router.post("/account/webhooks/{webhook}/secret")
def renew_secret(visit: Visiting, webhook: UUID) -> Response:
    """A new secret, shown once."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            _, secret = service.renew_secret(_desk(visit, connection), webhook)
        return _one(visit, webhook, secret=secret)

    return attempt(work, lambda error: _one(visit, webhook, error))


@router.post("/account/webhooks/{webhook}/remove")
def remove(visit: Visiting, webhook: UUID) -> Response:
    """Remove it with its log."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            service.remove_webhook(_desk(visit, connection), webhook)
        return go_to(visit, "/account/webhooks", "webhook_removed")

    return attempt(work, lambda error: _one(visit, webhook, error))


def _desk(visit: Visit, connection: Connection) -> service.Desk:
    return desk_of(visit.request, connection, me(visit).actor)
