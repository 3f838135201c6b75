"""Telling people something, in the transaction in which it happened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from data.clock import civil_date
from data.db import fetch_all
from data.ids import new_id
from data.notices import store
from data.notices.model import Notice


def tell(connection: Connection, notice: Notice, accounts: Iterable[UUID], at: datetime) -> None:
    """Put `notice` into the inbox of each of `accounts`, and of whoever is today the deputy of one of them."""
    told: dict[UUID, UUID | None] = dict.fromkeys(accounts)
    if not told:
        return
    asked = {"accounts": list(told), "today": civil_date(at)}
    told |= {row["deputy_id"]: row["absent_id"] for row in fetch_all(connection, store.DEPUTIES, asked)}
    for account, absent in told.items():
        _put(connection, notice, account, absent, at)


def _put(connection: Connection, notice: Notice, account: UUID, absent: UUID | None, at: datetime) -> None:
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
            "mail": None,
        },
    )
