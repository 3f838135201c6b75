"""One's own inbox: reading it, marking what was read, choosing what comes by mail.

That something was read changes nothing for anybody else and has no audit
entry, like the moment at which a session was last seen; a choice has one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, require
from data.accounts.records import account_with, record
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, Conflict, NotFound
from data.notices import store
from data.notices.model import CHANNELS, LANGUAGES, Preference
from data.paging import check_limit, decode_cursor, page

#: "99+" says enough.
COUNTED = 100


def list_notices(
    connection: Connection, actor: Actor, *, unread: bool = False, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """`{"items", "next", "unread"}`: one's notices, latest first; `unread` counts up to `COUNTED`."""
    account, count = _own(actor, "inbox.read"), check_limit(limit)
    query = {"list": "inbox", "for": actor.name, "unread": unread}
    after = decode_cursor(query, cursor, (UUID,))
    values = {
        "account": account,
        "unread_only": unread,
        "after": after[0] if after else None,
        "limit": count + 1,
    }
    items, following = page(fetch_all(connection, store.LIST, values), count, query, lambda row: [row["id"]])
    return {"items": items, "next": following, "unread": count_unread(connection, account)}


def count_unread(connection: Connection, account_id: UUID) -> int:
    """How many notices the account has not read; `COUNTED` for that many and more."""
    counted: int = connection.scalar(store.UNREAD, {"account": account_id, "most": COUNTED}) or 0
    return counted


def mark_read(connection: Connection, actor: Actor, notice_id: UUID, now: datetime) -> Row:
    """Mark one notice as read and return it; one that was read already stays so. NotFound `no_such_notice`."""
    account = _own(actor, "inbox.mark")
    connection.execute(store.MARK_READ, {"account": account, "id": notice_id, "at": now})
    found = fetch_one(connection, store.FIND, {"account": account, "id": notice_id})
    if found is None:
        raise NotFound("There is no such notice in your inbox.", code="no_such_notice")
    return found


def mark_read_through(connection: Connection, actor: Actor, through: UUID, now: datetime) -> int:
    """Mark the notice `through` and all before it as read; how many were not. What came later stays unread."""
    account = _own(actor, "inbox.mark")
    return connection.execute(store.MARK_READ_THROUGH, {"account": account, "through": through, "at": now}).rowcount


def mark_case_read(connection: Connection, actor: Actor, case_id: UUID, now: datetime) -> int:
    """Mark all one's notices about a case as read: one looks at the case itself."""
    account = _own(actor, "inbox.mark")
    return connection.execute(store.MARK_CASE_READ, {"account": account, "case_id": case_id, "at": now}).rowcount


def own_preference(connection: Connection, actor: Actor) -> Preference:
    """What whoever asks has chosen."""
    return preference_of(connection, _own(actor, "inbox.read"))


def preference_of(connection: Connection, account_id: UUID) -> Preference:
    """What the account has chosen: the inbox alone where it has chosen nothing."""
    found = fetch_one(connection, store.PREFERENCE, {"account": account_id})
    return Preference(**found) if found else Preference()


def choose(connection: Connection, actor: Actor, chosen: Preference, mail: bool, now: datetime) -> None:
    """Choose how one hears of notices; `mail` says whether this installation sends any.

    BadRequest `bad_preference`; Conflict `mail_not_configured`, `no_mail_address`.
    """
    account = _own(actor, "inbox.choose")
    if chosen.channel not in CHANNELS or chosen.language not in LANGUAGES:
        raise BadRequest(
            f"channel is one of {', '.join(CHANNELS)}, language one of {', '.join(LANGUAGES)}.", code="bad_preference"
        )
    if chosen.channel != "inbox":
        _require_mail(connection, account, mail)
    values = {"account": account, "channel": chosen.channel, "language": chosen.language, "at": now}
    connection.execute(store.PREFER, values)
    record(connection, actor, "account.notices_chosen", account, channel=chosen.channel, language=chosen.language)


def _require_mail(connection: Connection, account: UUID, mail: bool) -> None:
    if not mail:
        raise Conflict("This installation sends no mail. Nothing was changed.", code="mail_not_configured")
    if account_with(connection, account)["email"] is None:
        raise Conflict(
            "Your account has no e-mail address; an administrator enters it. Nothing was changed.",
            code="no_mail_address",
        )


def _own(actor: Actor, action: str) -> UUID:
    """The actor's account, once he may do `action` to what is his. NotSignedIn, NotPermitted."""
    relations = {actor.account_id: frozenset({"self"})} if actor.account_id else {}
    require(actor, action, Matter(relations=relations))
    if actor.account_id is None:
        raise NotFound("Only people with an account have an inbox.", code="no_such_notice")
    return actor.account_id
