"""Plans: adopted with their reserved names, read by everybody, warned of, taken up by an application, released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, Matter, require
from data.cases.model import Casework
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.likeness.forms import forms
from geonames.places.classes import parse_class
from geonames.plans import store

MANAGE = "plan.manage"
#: A plan of a new district with every lane; a larger one is several plans.
MOST_NAMES, MOST_TEXT = 2000, 500
#: A code of six digits is of a county or what is above it (GB/T 2260).
COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Reserved:
    """A name kept for something: its class (Art. 3) and for what; `within`: code of the county or below."""

    name: str
    class_: str
    purpose: str
    within: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan as it was adopted: by whom, under which number, from which day, until when it reserves (None: no end)."""

    title: str
    authority: str
    adopted_on: date
    names: Sequence[Reserved]
    doc_no: str | None = None
    ends_on: date | None = None


def adopt_plan(casework: Casework, actor: Actor, unit: UUID, plan: NewPlan) -> UUID:
    """Record a plan with its names, all or none; its id. Permission `plan.manage` in the unit.

    BadInput `bad_plan` with every row that is wrong; NotPermitted.
    """
    with unit_of_work(casework.engine) as connection:
        place = casework.locate(connection, unit)
        matter = Matter(place.chain, place.level) if place else Matter((unit,))
        require(actor, MANAGE, matter, casework.permissions)
        _check(plan, place.code if place else None)
        identity = new_id()
        values = {
            "id": identity, "unit": unit, "title": plan.title.strip(), "authority": plan.authority.strip(),
            "doc_no": plan.doc_no, "adopted_on": plan.adopted_on, "ends_on": plan.ends_on, "by": actor.account_id,
        }  # fmt: skip
        connection.execute(store.ADD, values)
        connection.execute(store.ADD_NAME, [_row(identity, n, r) for n, r in enumerate(plan.names, 1)])
        details = {"plan": str(identity), "names": len(plan.names)}
        audit.append(connection, actor=actor.name, action="plan.adopt", decision_id=None, details=details)
    return identity


def _check(plan: NewPlan, code: str | None) -> None:
    stem = _stem(code or "")
    found = [
        *(["title and authority are needed"] if not (plan.title.strip() and plan.authority.strip()) else []),
        *(["ends_on lies before adopted_on"] if plan.ends_on and plan.ends_on < plan.adopted_on else []),
        *([f"names are from 1 to {MOST_NAMES}"] if not 1 <= len(plan.names) <= MOST_NAMES else []),
        *(f"row {n}: {why}" for n, r in enumerate(plan.names[:MOST_NAMES], 1) for why in _wrong(r, stem)),
    ]
    twice = {r.name for r in plan.names if sum(o.name == r.name and o.class_ == r.class_ for o in plan.names) > 1}
    found += [f"{name} stands twice" for name in sorted(twice)]
    if found:
        raise BadInput(f"{'; '.join(found[:20])}. Nothing was stored.", code="bad_name_plan", findings=found)


def _wrong(row: Reserved, stem: str) -> list[str]:
    try:
        art3 = parse_class(row.class_).art3
    except BadRequest as error:
        return [error.detail]
    tests = (
        ("a name is needed", not row.name.strip()),
        ("say what it is reserved for", not row.purpose.strip()),
        (f"a text has more than {MOST_TEXT} characters", max(len(row.purpose), len(row.meaning)) > MOST_TEXT),
        ("a name has at most 60 characters", len(row.name) > 60),
        ("divisions are named by their own procedure", art3 == "ADMIN_DIVISION"),
        (f"{row.within} lies outside the plan's division", not row.within.startswith(stem)),
        (
            f"{row.within} is no county or smaller",
            _stem(row.within) != row.within or len(row.within) < COUNTY_DIGITS,
        ),
    )
    return [why for why, wrong in tests if wrong]


def _stem(code: str) -> str:
    """How the codes below a division begin."""
    if len(code) != COUNTY_DIGITS:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _row(plan: UUID, number: int, reserved: Reserved) -> dict[str, Any]:
    name, art3 = reserved.name.strip(), parse_class(reserved.class_).art3
    found = forms(name, art3, reserved.within)
    return {
        "id": new_id(), "plan": plan, "place_in_order": number, "name": name, "class": art3,
        "purpose": reserved.purpose.strip(), "meaning": reserved.meaning.strip(), "whole": found.whole,
        "toneless": found.sound.toneless or found.whole, "units": [reserved.within[:6]],
    }  # fmt: skip


def release_name(casework: Casework, actor: Actor, identity: UUID, why: str) -> None:
    """Give a reserved name free, with the reason. NotFound `no_such_reserved_name`; Conflict `already_done`."""
    if not 1 <= len(why.strip()) <= MOST_TEXT:
        raise BadInput("Say why the name is given free. Nothing was changed.", code="bad_name_plan", findings=["why"])
    with unit_of_work(casework.engine) as connection:
        row = fetch_one(connection, store.UNIT_OF_NAME, {"id": identity})
        if row is None:
            raise no_such_name()
        place = casework.locate(connection, row["unit_id"])
        matter = Matter(place.chain, place.level) if place else Matter((row["unit_id"],))
        require(actor, MANAGE, matter, casework.permissions)
        if connection.execute(store.RELEASE, {"id": identity, "why": why.strip()}).one_or_none() is None:
            raise Conflict("This name is no longer reserved. Nothing was changed.", code="already_done")
        details = {"reserved_name": str(identity)}
        audit.append(connection, actor=actor.name, action="plan.release", decision_id=None, details=details)


def list_plans(
    connection: Connection, *, within: str | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of plans, the latest first. `within`: beginning of a code."""
    limit = check_limit(limit)
    query = {"list": "plans", "within": within}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID))
    values = {
        "within": within, "limit": limit + 1, "adopted": after[0] if after else None,
        "after": after[1] if after else None,
    }  # fmt: skip
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["adopted_on"].isoformat(), row["id"]))
    return {"items": [dict(row) for row in shown], "next": following}


def find_plan(connection: Connection, plan: UUID) -> dict[str, Any]:
    """One plan with its names. NotFound `no_such_name_plan`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": plan})
    if row is None:
        raise no_such_name_plan()
    return {**row, "reserved": [dict(name) for name in fetch_all(connection, store.PUBLIC_NAMES, {"id": plan})]}


def also_reserved(
    connection: Connection, name: str, class_: str, within: str, day: date, taken_up: UUID | None
) -> list[Row]:
    """The names reserved for something else that are the same or sound the same in the same county."""
    found = forms(name, class_, within)
    values = {
        "whole": found.whole, "toneless": found.sound.toneless or found.whole, "class": parse_class(class_).art3,
        "units": [within[:6]], "day": day, "taken_up": taken_up,
    }  # fmt: skip
    return fetch_all(connection, store.ALSO_RESERVED, values)


def check_taking_up(connection: Connection, identity: UUID, names: Sequence[str], class_: str, within: str) -> None:
    """BadInput `bad_application` where the reserved name cannot be taken up by such an application."""
    row: Mapping[str, Any] | None = fetch_one(connection, store.TO_TAKE_UP, {"id": identity})
    tests = (
        ("is no reserved name", row is None),
        ("is no longer reserved", row is not None and row["state"] != "reserved"),
        ("is none of the names applied for", row is not None and row["name"] not in names),
        ("is reserved for another class", row is not None and row["class"] != parse_class(class_).art3),
        ("is reserved in another county", row is not None and within[:6] not in row["units"]),
    )
    why = next((why for why, wrong in tests if wrong), None)
    if why is not None:
        raise BadInput(
            f"reserved_id: {why}. Nothing was stored.",
            code="bad_application",
            fields=[{"field": "reserved_id", "why": why}],
        )


def take_up(connection: Connection, identity: UUID, chosen: str, case_id: UUID) -> None:
    """The reserved name is a name now, where it is the one that was approved; else it stays reserved.

    Conflict `name_taken` where it was taken up or given free meanwhile.
    """
    row = fetch_one(connection, store.TO_TAKE_UP, {"id": identity})
    if row is None or row["name"] != chosen:
        return
    if connection.execute(store.TAKE_UP, {"id": identity, "case_id": case_id}).one_or_none() is None:
        raise Conflict(
            "The reserved name was taken up by another application or given free meanwhile. Nothing was changed.",
            code="name_taken",
        )


def no_such_name_plan() -> NotFound:
    """There is no plan with this id."""
    return NotFound("There is no place-name plan with this id.", code="no_such_name_plan")


def no_such_name() -> NotFound:
    """There is no reserved name with this id."""
    return NotFound("There is no reserved name with this id.", code="no_such_reserved_name")
