"""The forms of an inspection as Word and PDF, filled from its field record: nothing is typed for them twice.

The record form (联检记录表) prints the record that both sides sign; the registration forms (登记表) and the table of
results (成果表) print the register with what the party measured, before the filing as after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers.model import Marker
from boundaries.markers.printing import made_form, office_of, print_form, print_results
from boundaries.records import store
from boundaries.records.illustrating import findings_of, inspection_map
from boundaries.records.measured import measurements_of
from boundaries.records.measurements import Measurement, entered
from boundaries.records.model import SIDE_WORDS
from boundaries.records.reading import facts_of, seen_by, tasks_of, visible_row
from boundaries.records.visibility import EVERY
from boundaries.units.service import register_span
from data.access import Actor
from data.cases.model import Casework
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, reading
from data.documents.making import Workshop
from data.documents.model import Made, Picture
from data.documents.pictures import Drawing, drawn
from data.documents.templates import kind_of
from data.documents.values import written_date
from data.errors import Conflict, NotFound

RECORD = "inspection_record"
#: What an inspection prints, by the last part of its address.
PAPERS = ("record", "registration", "results")


def print_record(workshop: Workshop, casework: Casework, actor: Actor, identity: UUID) -> tuple[str, Made]:
    """The record form of an inspection with who signed it: its file name without ending, and the files.

    Raises `NotFound` `no_such_inspection`; `Conflict` `record_missing` before it is drawn up; `BadInput` as
    `data.documents.setting.make_files`.
    """
    with reading(workshop.engine) as connection:
        row = visible_row(connection, actor, identity)
        seen = seen_by(casework, connection, actor, row)
        latest = fetch_one(connection, store.LATEST_RECORD, {"id": identity})
        if latest is None or seen != EVERY:
            raise Conflict(
                "The record is not drawn up yet: there is nothing to print. Draw it up from the answers first.",
                code="record_missing",
            )
        facts = facts_of(connection, row)
        office, unit = office_of(connection, workshop, RECORD, row["line_id"], _day(connection))
        values = _record_values(connection, facts, latest, office or _lead(facts)["office"])
        tasks, found = tasks_of(connection, identity), findings_of(connection, identity)
        drawing = inspection_map(connection, row, tasks, found)
    named = _map(workshop, drawing)
    title = f"联检记录表 {facts['line_name']}"
    return f"联检记录表_{facts['line_name']}", made_form(
        workshop, RECORD, {**values, "map": next(iter(named), "")}, unit, title, named
    )


def _map(workshop: Workshop, drawing: Drawing | None) -> dict[str, Picture]:
    """The map of the inspection under the name by which the form finds it."""
    field = kind_of(workshop.documents, RECORD, civil_date(workshop.clock())).field("map")
    if drawing is None or field is None or field.picture is None:
        return {}
    return {hashlib.sha256(drawing.svg.encode()).hexdigest(): drawn(drawing, field.picture, workshop.fonts())}


def _day(connection: Connection) -> date:
    return register_span(connection).register_through


def _lead(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    side: Mapping[str, Any] = facts["sides"][facts["lead_side"]]
    return side


def _record_values(connection: Connection, facts: Mapping[str, Any], latest: Row, office: str) -> dict[str, Any]:
    signatures = fetch_all(connection, store.SIGNATURES, {"ids": [latest["id"]]})
    return {
        "office": office,
        "date": written_date(civil_date(latest["at"]), "zh"),
        "line": facts["line_name"],
        "sides": "；".join(_side(facts, side) for side in ("left", "right")),
        "version": latest["version"],
        "record": latest["sha256"],
        "conclusion": facts.get("conclusion", ""),
        "rows": facts.get("rows", []),
        "markers": facts.get("markers", []),
        "resurveys": facts.get("resurveys", []),
        "signatures": [
            {"side": SIDE_WORDS[s["side"]], "office": s["office"], "key": s["key_id"], "on": civil_date(s["at"])}
            for s in signatures
        ],
    }


def _side(facts: Mapping[str, Any], side: str) -> str:
    one = facts["sides"][side]
    leads = "，牵头" if facts["lead_side"] == side else ""
    return f"{SIDE_WORDS[side]}：{one['name']}（{one['office']}）{leads}"


def print_registration(
    workshop: Workshop, casework: Casework, actor: Actor, identity: UUID, marker: UUID
) -> tuple[str, Made]:
    """The registration form of a marker of the inspection with what its party measured; as `print_record`.

    Raises `NotFound` `no_such_inspection`, `no_such_marker` for one that the inspection does not look at.
    """
    with reading(workshop.engine) as connection:
        row = visible_row(connection, actor, identity)
        found = _measured(casework, connection, actor, row)
        if marker not in found:
            raise NotFound("This marker is none of the inspection.", code="no_such_marker")
    return print_form(workshop, marker, None, lambda one: _found_as(one, found.get(one.id)))


def print_result_table(workshop: Workshop, casework: Casework, actor: Actor, identity: UUID) -> tuple[str, Made]:
    """The table of the line's markers with what the party measured; as `print_record`.

    Raises `NotFound` `no_such_inspection`, `no_such_marker` where the line has none.
    """
    with reading(workshop.engine) as connection:
        row = visible_row(connection, actor, identity)
        found = _measured(casework, connection, actor, row)
    return print_results(workshop, row["line_id"], None, lambda one: _found_as(one, found.get(one.id)))


def _measured(casework: Casework, connection: Connection, actor: Actor, row: Row) -> dict[UUID, Measurement | None]:
    """The joint measurement of each marker of the inspection, where there is one.

    Once it is filed the register has taken it over, and the forms print the register.
    """
    targets = {t.id: t.target for t in tasks_of(connection, row["id"]) if t.kind == "marker"}
    found: dict[UUID, Measurement | None] = dict.fromkeys(targets.values())
    if row["state"] == "filed" or "joint" not in seen_by(casework, connection, actor, row):
        return found
    joint = measurements_of(connection, row["id"], ["joint"])
    return found | {targets[m.task]: m for m in joint if m.kind == "marker"}


def _found_as(registered: Marker, measurement: Measurement | None) -> Marker:
    if measurement is None:
        return registered
    return entered(registered, measurement.registration or {}, measurement.observed_on)
