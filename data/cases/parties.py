"""The parties of a case: officers of other units who take part in it, by the office that they hold there.

A case lies in one unit. Where another unit's office must see it and act in it
(the other side of a boundary), those who hold the office there are made
participants when it is opened, and again with its later steps: whoever came
into the office in the meantime takes part too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from data.access import Role
from data.cases import store

PARTICIPANT = "participant"


def holders(connection: Connection, roles: Collection[Role], units: Collection[UUID], day: date) -> list[UUID]:
    """The accounts that hold one of `roles` for one of `units` itself on a day."""
    parameters = {"roles": sorted(roles), "units": list(units), "today": day}
    return list(connection.execute(store.HOLDERS, parameters).scalars())


def add_participants(connection: Connection, case_id: UUID, accounts: Iterable[UUID], at: datetime) -> None:
    """Make `accounts` participants of a case; those who are stay so."""
    rows = [{"id": case_id, "account": account, "relation": PARTICIPANT, "at": at} for account in accounts]
    if rows:
        connection.execute(store.ADD_PARTICIPANT, rows)
