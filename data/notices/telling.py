"""Telling people something, in the transaction in which it happened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from data.clock import civil_date
from data.db import Row, fetch_all
from data.ids import new_id
from data.notices import store
from data.notices.model import Notice
from data.notices.outbox import put_mail


def tell(connection: Connection, notice: Notice, accounts: Iterable[UUID], at: datetime) -> None:
    """Put `notice` into the inbox of each of `accounts`, and of whoever is today the deputy of one of them.

    Who wants a mail for each notice gets one: it is enqueued in the same transaction.
    """
    told: dict[UUID, UUID | None] = dict.fromkeys(accounts)
    if not told:
        return
    asked = {"accounts": list(told), "today": civil_date(at)}
    told |= {row["deputy_id"]: row["absent_id"] for row in fetch_all(connection, store.DEPUTIES, asked)}
    by_mail = {row["account_id"]: row["language"] for row in _wanting_each(connection, told)}
    for account, absent in told.items():
        language = by_mail.get(account)
        mail = put_mail(connection, account, "notice", language, at) if language else None
        _put(connection, notice, account, absent, mail, at)


def _wanting_each(connection: Connection, accounts: Iterable[UUID]) -> list[Row]:
    return fetch_all(connection, store.WANT_EACH, {"accounts": list(accounts)})


def _put(
    connection: Connection, notice: Notice, account: UUID, absent: UUID | None, mail: UUID | None, at: datetime
) -> None:
    connection.execute(
        store.TELL,
        {
            "id": new_id(),
            "account": account,
            "for_id": absent,
            "case_id": notice.case_id,
            "kind": notice.kind,
            "at": at,
            "body": json.dumps(dict(notice.body), ensure_ascii=False),
            "mail": mail,
        },
    )
