"""What is done every night with what people gave so as to be reached."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.clock import Clock, civil_date
from data.db import Row, fetch_all, unit_of_work
from data.personal import SEALED, seal
from data.secrets import Keyring
from geonames.consultations.service import sealed_for as comment_column
from geonames.personal import store
from geonames.personal.rules import retention
from geonames.supervision.reports import sealed_for as report_column

TEND = "personal_data.tend"


def tend(engine: Engine, keys: Keyring, actor: Actor, clock: Clock) -> dict[str, int]:
    """Erase what has been kept as long as it may be, and seal what still stands readable; how much of each.

    In one transaction with an audit entry, which holds the numbers, where there was anything. Raises `NotPermitted`,
    `Unavailable` (`keys_not_usable`).
    """
    require(actor, TEND, Matter())
    with unit_of_work(engine) as connection:
        done = {**_erase(connection, clock), "sealed": _seal(connection, keys)}
        if any(done.values()):
            audit.append(connection, actor=actor.name, action="personal_data.tended", decision_id=None, details=done)
    return done


def _erase(connection: Connection, clock: Clock) -> dict[str, int]:
    today, days = civil_date(clock()), retention()
    comments = connection.execute(
        store.ERASE_COMMENTS, {"today": today, "days": days["consultation_comment"].days}
    ).rowcount
    reports = connection.execute(store.ERASE_REPORTS, {"today": today, "days": days["usage_report"].days}).rowcount
    return {"comments_erased": comments, "reports_erased": reports}


def _seal(connection: Connection, keys: Keyring) -> int:
    comments, reports = fetch_all(connection, store.CLEAR_COMMENTS), fetch_all(connection, store.CLEAR_REPORTS)
    for row in comments:
        columns = {name: _sealed(keys, row, name, comment_column(row["id"], name)) for name in ("name", "contact")}
        connection.execute(store.SEAL_COMMENT, {"id": row["id"], **columns})
    for row in reports:
        contact = _sealed(keys, row, "contact", report_column(row["id"]))
        connection.execute(store.SEAL_REPORT, {"id": row["id"], "contact": contact})
    return len(comments) + len(reports)


def _sealed(keys: Keyring, row: Row, column: str, bound_to: str) -> Any:
    return row[column] if row[column].startswith(SEALED) else seal(keys, row[column], bound_to)
