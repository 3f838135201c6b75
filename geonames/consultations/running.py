"""The consultation as a step of a case: opened, reported after its end, ended where the case ends before."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from data.cases.model import Deciding
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one
from data.errors import Conflict, IntegrityError
from data.ids import new_id
from geonames.consultations import store
from geonames.consultations.model import Asked, State, check_period, state_on
from geonames.consultations.rules import consultation_rules

#: BLAKE2 takes keys of up to 64 bytes; 32 are as many as its hash is strong.
SALT_BYTES = 32
#: As many comments as a report lists; it says how many there are besides.
MOST_REPORTED = 200
STANCES = {"support": "赞成", "objection": "反对", "comment": "其他意见"}


def open_for(deciding: Deciding, asked: Asked) -> UUID:
    """Ask the public; the consultation's id. One at a time in a case.

    BadInput `bad_consultation`; Conflict `consultation_running`.
    """
    connection, case_id = deciding.connection, deciding.case.id
    check_period(asked, civil_date(deciding.at), consultation_rules())
    if fetch_one(connection, store.STANDING, {"case_id": case_id}) is not None:
        raise Conflict(
            "A consultation of this case runs, or waits for its report. Nothing was changed: report on it first.",
            code="consultation_running",
        )
    identity = new_id()
    values = {
        "id": identity, "case_id": case_id, "title": asked.title, "asked_by": asked.asked_by.strip(),
        "about": json.dumps(dict(asked.about), ensure_ascii=False, default=str), "question": asked.question.strip(),
        "opens_on": asked.opens_on, "closes_on": asked.closes_on, "shorter_because": asked.shorter_because.strip(),
        "salt": secrets.token_bytes(SALT_BYTES), "by": deciding.actor.account_id,
    }  # fmt: skip
    connection.execute(store.ADD, values)
    return identity


def report_on(deciding: Deciding, handled: str) -> dict[str, Any]:
    """Report on the consultation that has ended; what the report prints, by the names of facts.

    `handled`: what became of the views (意见处理情况). Conflict `no_consultation` (there is none to report on),
    `consultation_still_open` (it has not ended yet).
    """
    connection, today = deciding.connection, civil_date(deciding.at)
    standing = standing_of(deciding)
    if standing is None:
        raise Conflict(
            "No consultation of this case waits for its report. Nothing was changed.", code="no_consultation"
        )
    if state_on(today, standing["opens_on"], standing["closes_on"], standing["ended_on"]) is not State.CLOSED:
        raise Conflict(
            f"The consultation runs through {standing['closes_on']}. Nothing was changed: report on it afterwards.",
            code="consultation_still_open",
        )
    printed = _printed(deciding, standing)
    connection.execute(store.REPORT, {"id": standing["id"], "day": today, "report": handled})
    connection.execute(store.FORGET_ORIGINS, {"case_id": deciding.case.id})
    return {**printed, "consultation_handled": handled}


def standing_of(deciding: Deciding) -> Row | None:
    """The consultation of the case that runs or waits for its report."""
    return fetch_one(deciding.connection, store.STANDING, {"case_id": deciding.case.id})


def end_for(deciding: Deciding, why: str) -> None:
    """End the consultation of a case that goes no further; nothing where there is none."""
    values = {"case_id": deciding.case.id, "day": civil_date(deciding.at), "why": why}
    deciding.connection.execute(store.END, values)
    deciding.connection.execute(store.FORGET_ORIGINS, {"case_id": deciding.case.id})


def _printed(deciding: Deciding, standing: Mapping[str, Any]) -> dict[str, Any]:
    connection, identity = deciding.connection, standing["id"]
    counts = fetch_one(connection, store.COUNTS, {"id": identity})
    if counts is None:
        raise IntegrityError(f"The consultation {identity} is in no view.", code="integrity_broken")
    rows = fetch_all(connection, store.REPORTED, {"id": identity, "limit": MOST_REPORTED})
    listed = [{"stance": STANCES[r["stance"]], "text": r["text"], "reply": r["reply"]} for r in rows]
    hearings = connection.scalar(store.HEARINGS_HELD, {"id": identity})
    return {
        "consultation_from": _day(standing["opens_on"]), "consultation_to": _day(standing["closes_on"]),
        "consultation_support": str(counts["support"]), "consultation_objection": str(counts["objection"]),
        "consultation_other": str(counts["comment"]), "consultation_hidden": str(counts["hidden"]),
        "consultation_hearings": str(hearings), "consultation_comments": listed,
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
