"""How long naming cases take, where and by whom terms are missed: for desks; what was announced: for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, require
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.clock import CIVIL_ZONE, civil_date
from data.db import Row, fetch_all, reading
from data.errors import BadRequest
from geonames.applications.notices import below
from geonames.statistics import store

READ = "case.statistics"
PROCEDURE = "naming.application"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: cases that began from `since` through `until`, within a division (code and id) or all."""

    since: date
    until: date
    within: str | None = None
    unit: UUID | None = None


def case_statistics(casework: Casework, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """The counts for the desks of a division. NotSignedIn, NotPermitted; BadRequest `bad_date` for a period that ends
    before it begins."""
    require_signed_in(actor)
    check_period(wanted)
    with reading(casework.engine) as connection:
        require(actor, READ, _matter(casework, connection, wanted.unit), casework.permissions)
        return _counted(casework, connection, wanted)


def check_period(wanted: Wanted) -> None:
    """BadRequest `bad_date` for a period that ends before it begins."""
    if wanted.until < wanted.since:
        raise BadRequest("The period ends before it begins.", code="bad_date")


def _matter(casework: Casework, connection: Connection, unit: UUID | None) -> Matter:
    place = casework.locate(connection, unit) if unit else None
    return Matter(place.chain, place.level) if place else Matter()


def _counted(casework: Casework, connection: Connection, wanted: Wanted) -> dict[str, Any]:
    now = casework.clock()
    asked = {
        "procedure": PROCEDURE,
        "within": None if wanted.within is None else below(wanted.within),
        "since": datetime.combine(wanted.since, time.min, CIVIL_ZONE),
        "until": datetime.combine(wanted.until + timedelta(days=1), time.min, CIVIL_ZONE),
    }
    procedure = casework.procedure(PROCEDURE, civil_date(now))
    states = {row["state"]: row for row in fetch_all(connection, store.STATES, {**asked, "now": now})}
    order = list(procedure.states) if procedure else []
    labels = {key: state.label for key, state in procedure.states.items()} if procedure else {}
    terms = {rule.key: rule for rule in procedure.clocks} if procedure else {}
    return {
        "since": wanted.since,
        "until": wanted.until,
        "within": wanted.within,
        "totals": dict(fetch_all(connection, store.TOTALS, asked)[0]),
        "states": [_state(states[key], labels[key]) for key in order if key in states],
        "terms": [
            {**row, "label": _label(terms[row["key"]].label), "article": terms[row["key"]].article}
            for row in fetch_all(connection, store.TERMS, {**asked, "today": civil_date(now)})
            if row["key"] in terms
        ],
        "classes": fetch_all(connection, store.CLASSES, asked),
        "regions": fetch_all(connection, store.REGIONS, asked),
    }


def _state(row: Row, label: Any) -> Mapping[str, Any]:
    return {**row, "label": _label(label)}


def _label(label: Any) -> Mapping[str, str]:
    return {"zh": label.zh, "en": label.en}


def announced_counts(connection: Connection, wanted: Wanted) -> dict[str, Any]:
    """How many names were announced, by class and county: for everybody."""
    check_period(wanted)
    within = None if wanted.within is None else below(wanted.within)
    asked = {"since": wanted.since, "until": wanted.until, "within": within}
    rows = fetch_all(connection, store.ANNOUNCED, asked)
    return {
        "since": wanted.since,
        "until": wanted.until,
        "within": wanted.within,
        "announced": sum(row["announced"] for row in rows),
        "items": rows,
    }
