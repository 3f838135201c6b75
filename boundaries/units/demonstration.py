"""Made-up units that stand in the register beside the real ones, marked, until the demonstration is removed.

They come from files of `data/samples`: `divisions.csv` names them, `documents.toml` their document. What counts,
lists or draws the country leaves them out; asked for by code, identifier or name they answer like any unit and
say `demonstration: true`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from sqlalchemy import Connection, text

from boundaries.units import entering, records
from boundaries.units.coding import Level, level_of, type_of
from boundaries.units.model import Romanizer
from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.db import fetch_one
from data.decisions import (
    DEMONSTRATION_BEGINS,
    DecisionDraft,
    Link,
    is_demonstration_number,
    record_decisions,
    record_links,
)
from data.errors import BadInput
from data.ids import derived_id

DIVISIONS, DOCUMENTS = "divisions.csv", "documents.toml"
COPY_UNITS = "COPY diming.unit (id, opened_by, demonstration) FROM STDIN"
IS_DEMONSTRATION = text("SELECT demonstration FROM diming.unit WHERE id = :id")


@dataclass(frozen=True, slots=True)
class MadeUpUnit:
    """One invented unit; `parent` is the code of the unit above."""

    code: str
    name: str
    level: Level
    parent: str | None

    @property
    def id(self) -> UUID:
        """The same on every installation."""
        return unit_id(self.code)


def unit_id(code: str) -> UUID:
    """The identifier of the made-up unit with this code."""
    return derived_id("demonstration-unit", code)


def read_divisions(folder: Path) -> tuple[MadeUpUnit, ...]:
    """The units of `folder`, each after the one above it; BadInput `demonstration_malformed`."""
    with (folder / DIVISIONS).open(encoding="utf-8", newline="") as file:
        units = tuple(
            MadeUpUnit(row["code"], row["name"], level_of(row["code"]), row["parent"] or None)
            for row in csv.DictReader(file)
        )
    known: set[str] = set()
    for unit in units:
        if unit.parent is not None and unit.parent not in known:
            raise _malformed(f"{unit.code} stands before the unit above it, {unit.parent}")
        known.add(unit.code)
    return units


def read_document(folder: Path, key: str) -> DecisionDraft:
    """The invented document `key` of `folder`; BadInput `demonstration_malformed` where its number is not marked."""
    body: Mapping[str, Any] = tomllib.loads((folder / DOCUMENTS).read_text("utf-8"))[key]
    if not is_demonstration_number(body["doc_no"]):
        raise _malformed(f"the number of document {key} does not begin with {DEMONSTRATION_BEGINS}")
    return DecisionDraft(
        id=derived_id("demonstration-document", body["doc_no"]),
        kind=body["kind"],
        doc_no=body["doc_no"],
        title=body["title"],
        authority=body.get("authority"),
        approved_on=body.get("approved_on"),
        announced_on=body.get("announced_on"),
        effective_on=body["effective_on"],
        basis=body["basis"],
        list_year=None,
        text=body["text"].strip(),
        source="示例数据（虚构）",
        licence="CC0-1.0",
        retrieved_on=None,
    )


def record_units(
    connection: Connection, folder: Path, actor: Actor, romanize: Romanizer | None = None
) -> tuple[Sequence[UUID], UUID]:
    """Enter the units of `folder` under their document; the identifiers of both. Where they stand, nothing changes.

    In the caller's transaction. Raises `NotPermitted`, BadInput `demonstration_malformed`, and
    `Unavailable` `register_empty` before the register was loaded.
    """
    require(actor, "demonstration.manage", COUNTRY)
    units, document = read_divisions(folder), read_document(folder, "divisions")
    ids = [unit.id for unit in units]
    if is_demonstration(connection, ids[0]):
        return ids, document.id
    record_decisions(connection, [document], actor.name)
    rows = records.Rows(document.id, versions=[_version_row(unit, document) for unit in units])
    with connection.connection.cursor().copy(COPY_UNITS) as copy:
        for unit in ids:
            copy.write_row((unit, document.id, True))
    records.copy_rows(connection, rows)
    record_links(connection, [Link(document.id, "unit_versions", row[0], "opened") for row in rows.versions])
    if romanize is not None:
        _spell(connection, units, document.id, romanize)
    _announce(connection, document, ids, actor, rows.versions)
    return ids, document.id


def is_demonstration(connection: Connection, unit: UUID) -> bool:
    """Whether the unit is a made-up one; False where there is no such unit."""
    row = fetch_one(connection, IS_DEMONSTRATION, {"id": unit})
    return bool(row and row["demonstration"])


def _version_row(unit: MadeUpUnit, document: DecisionDraft) -> tuple[Any, ...]:
    begin = date.fromisoformat(document.effective_on or "")
    return (
        derived_id("unit_version", unit.id, unit.code, unit.name, unit.parent, begin),
        unit.id, unit.code, unit.name, unit.level, type_of(unit.name, unit.level),
        unit_id(unit.parent) if unit.parent else None,
        DateRange(begin, None), None, None, True, document.id, None,
    )  # fmt: skip


def _spell(connection: Connection, units: Sequence[MadeUpUnit], decision: UUID, romanize: Romanizer) -> None:
    rows = records.Rows(decision)
    for unit in units:
        spelling = romanize(unit.code, unit.name, unit.level)
        if spelling is not None:
            key = (unit.id, unit.name)
            rows.romans.append(
                (derived_id("unit_roman", *key), *key, spelling.roman, spelling.source, spelling.ambiguous, decision)
            )
    records.copy_rows(connection, rows)


def _announce(
    connection: Connection,
    document: DecisionDraft,
    ids: Sequence[UUID],
    actor: Actor,
    versions: Sequence[tuple[Any, ...]],
) -> None:
    objects = entering.unit_objects(connection, ids)
    entries = [feed.Change("decisions", document.id, None, document.as_api(), document.id)]
    entries += [feed.Change("units", unit, None, body, document.id) for unit, body in objects.items()]
    audit.append(
        connection, actor=actor.name, action="demonstration.units", decision_id=document.id,
        details={"units": [str(unit) for unit in ids]}, rows_hash=audit.hash_rows(versions),
        feed=feed.publish(connection, entries),
    )  # fmt: skip


def _malformed(why: str) -> BadInput:
    return BadInput(f"The demonstration's files cannot be read: {why}. Nothing was changed.",
                    code="demonstration_malformed")  # fmt: skip
