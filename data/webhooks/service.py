"""One's webhooks: asking for them, changing them, looking at what arrived, sending something again.

Who runs the installation may do the same to everybody's. What is sent is public, so nothing more is asked than an
account; that is what the limits count by.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit, feed
from data.access import Actor, Matter, Permit, decide, require
from data.access.model import COUNTRY
from data.accounts.model import checked_text
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue
from data.secrets import Keyring
from data.webhooks import signing, store
from data.webhooks.addresses import Network, checked_url
from data.webhooks.model import FORMER_SECRET_LASTS, MOST_WEBHOOKS, HookState, Wanted

DELIVER, DELIVER_ONE, QUEUE = "diming:deliver_webhook", "diming:redeliver_webhook", "webhooks"
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook asked for. `since`: from which number of the feed on; None: what happens from now on."""

    url: str
    name: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves a thing as it is. `since` sends again all that came after a number."""

    url: str | None = None
    name: str | None = None
    state: HookState | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where webhooks are dealt with: who does it, when, with which keys, and which networks are allowed."""

    connection: Connection
    actor: Actor
    keys: Keyring
    now: datetime
    allowed: tuple[Network, ...] = ()


def add_webhook(desk: Desk, account: UUID, new: NewWebhook) -> tuple[Row, str]:
    """Ask for a webhook: it, and its secret, which is shown this once.

    BadRequest `bad_webhook_url`, `bad_account_field`, `seq_ahead`; Conflict `too_many_webhooks`.
    """
    require(desk.actor, "webhook.change", _matter(account))
    url = checked_url(new.url, desk.allowed)
    desk.connection.execute(store.LOCK_ACCOUNT, {"account": account})
    if (desk.connection.scalar(store.COUNT, {"account": account}) or 0) >= MOST_WEBHOOKS:
        raise Conflict(
            f"An account has up to {MOST_WEBHOOKS} webhooks. Remove one, or widen the filter of one. "
            "Nothing was changed.",
            code="too_many_webhooks",
        )
    webhook, secret = new_id(), signing.new_secret()
    values = {key: list(part) for key, part in asdict(new.wanted).items()}
    desk.connection.execute(store.ADD, {
        **values, "id": webhook, "account": account, "url": url, "name": _name(new.name or url[:MAX_NAME]),
        "secret": desk.keys.seal("webhooks", secret, str(webhook)), "since": _seq(desk.connection, new.since),
        "at": desk.now,
    })  # fmt: skip
    _record(desk, "webhook.added", webhook, host_of(url))
    return _found(desk, webhook), signing.shown(secret)


def list_webhooks(
    connection: Connection, actor: Actor, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """`{"items", "next"}`: one's webhooks, latest first; everybody's for whoever runs the installation."""
    everybodys = isinstance(decide(actor, "webhook.read", COUNTRY), Permit)
    if not everybodys:
        require(actor, "webhook.read", _matter(actor.account_id))
    count, query = check_limit(limit), {"list": "webhooks", "for": actor.name}
    after = decode_cursor(query, cursor, (UUID,))
    asked = {"account": None if everybodys else actor.account_id, "after": after[0] if after else None}
    rows = fetch_all(connection, store.LIST, {**asked, "limit": count + 1})
    items, following = page(rows, count, query, lambda row: [row["id"]])
    return {"items": items, "next": following}


def find_webhook(connection: Connection, actor: Actor, webhook: UUID) -> Row:
    """One webhook. NotFound `no_such_webhook`, also for somebody else's."""
    return _own(connection, actor, "webhook.read", webhook)


def change_webhook(desk: Desk, webhook: UUID, change: Change) -> Row:
    """Change a webhook; made active it is tried at once. BadRequest `bad_webhook_url`, `seq_ahead`."""
    desk.connection.execute(store.LOCK, {"id": webhook})
    before = _own(desk.connection, desk.actor, "webhook.change", webhook)
    url = None if change.url is None else checked_url(change.url, desk.allowed)
    name = None if change.name is None else _name(change.name)
    since = None if change.since is None else _seq(desk.connection, change.since)
    if change.state is HookState.OFF:
        raise BadRequest("A webhook is made active or paused.", code="bad_webhook_state")
    moves = change.state is HookState.ACTIVE or url is not None or since is not None
    desk.connection.execute(store.CHANGE, {
        "id": webhook, "url": url, "name": name, "state": change.state, "since": since, "anew": moves, "at": desk.now,
    })  # fmt: skip
    _record(desk, "webhook.changed", webhook, host_of(url or before["url"]), state=change.state, since=since)
    return _found(desk, webhook)


def renew_secret(desk: Desk, webhook: UUID) -> tuple[Row, str]:
    """A new secret, shown this once; the former one signs beside it for a day."""
    desk.connection.execute(store.LOCK, {"id": webhook})
    before = _own(desk.connection, desk.actor, "webhook.change", webhook)
    secret = signing.new_secret()
    sealed = desk.keys.seal("webhooks", secret, str(webhook))
    until = desk.now + FORMER_SECRET_LASTS
    desk.connection.execute(store.RENEW_SECRET, {"id": webhook, "secret": sealed, "until": until})
    _record(desk, "webhook.secret_renewed", webhook, host_of(before["url"]))
    return _found(desk, webhook), signing.shown(secret)


def remove_webhook(desk: Desk, webhook: UUID) -> None:
    """Remove a webhook with its log; the audit keeps that it was there."""
    before = _own(desk.connection, desk.actor, "webhook.change", webhook)
    desk.connection.execute(store.REMOVE, {"id": webhook})
    _record(desk, "webhook.removed", webhook, host_of(before["url"]))


def list_attempts(
    connection: Connection, actor: Actor, webhook: UUID, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """`{"items", "next"}`: what was sent and what came of it, latest first."""
    _own(connection, actor, "webhook.read", webhook)
    count, query = check_limit(limit), {"list": "webhook_attempts", "webhook": str(webhook)}
    after = decode_cursor(query, cursor, (int,))
    asked = {"webhook": webhook, "after": after[0] if after else None, "limit": count + 1}
    items, following = page(fetch_all(connection, store.ATTEMPTS, asked), count, query, lambda row: [row["id"]])
    return {"items": items, "next": following}


def redeliver(desk: Desk, webhook: UUID, seq: int) -> None:
    """Send one entry again, now and once, outside the order. NotFound `no_such_change`; Unavailable `queue_missing`."""
    before = _own(desk.connection, desk.actor, "webhook.change", webhook)
    if fetch_one(desk.connection, store.ENTRY, {"seq": seq}) is None:
        raise NotFound(f"The feed has no change of the number {seq}.", code="no_such_change")
    arguments = {"webhook": str(webhook), "seq": seq}
    enqueue(desk.connection, Job(DELIVER_ONE, arguments, queue=QUEUE), asked_by=desk.actor.account_id)
    _record(desk, "webhook.redelivered", webhook, host_of(before["url"]), seq=seq)


def host_of(url: str) -> str:
    """Where it goes, without the path: receivers keep secrets in paths, and audits are read by many."""
    return "/".join(url.split("/", 3)[:3])


def _name(text: str) -> str:
    return checked_text(text, "A webhook's name", MAX_NAME)


def _seq(connection: Connection, since: int | None) -> int:
    last = feed.last_number(connection)
    if since is not None and since > last:
        raise BadRequest(f"The last change is number {last}; {since} has not happened.", code="seq_ahead", last=last)
    return last if since is None else since


def _matter(account: UUID | None) -> Matter:
    return Matter(relations={account: frozenset({"self"})} if account else {})


def _own(connection: Connection, actor: Actor, action: str, webhook: UUID) -> Row:
    """The webhook, once `actor` may do `action` to it; to others' it is as if it were not there."""
    found = fetch_one(connection, store.FIND, {"id": webhook})
    everybodys = isinstance(decide(actor, action, COUNTRY), Permit)
    if not everybodys:
        require(actor, action, _matter(actor.account_id))
    if found is None or not (everybodys or found["account_id"] == actor.account_id):
        raise NotFound("There is no such webhook, or it is somebody else's.", code="no_such_webhook")
    return found


def _found(desk: Desk, webhook: UUID) -> Row:
    found = fetch_one(desk.connection, store.FIND, {"id": webhook})
    assert found is not None  # noqa: S101 -- it was just written
    return found


def _record(desk: Desk, action: str, webhook: UUID, host: str, **more: Any) -> None:
    details = {
        "webhook": str(webhook),
        "host": host,
        **{key: value for key, value in more.items() if value is not None},
    }
    audit.append(desk.connection, actor=desk.actor.name, action=action, decision_id=None, details=details)
