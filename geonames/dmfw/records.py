"""The records of the national interface: what this register holds of each thing, in its field names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, VersionFact
from data.db import Row, fetch_all, fetch_one
from geonames.dmfw import store
from geonames.dmfw.model import divisions, multipoint
from geonames.places.classes import class_tree

STANDARD = ("standard", "unverified")


@dataclass(frozen=True, slots=True)
class Thing:
    """A unit or place that was met: where it is (degrees, CGCS2000) and its class of GB/T 18521."""

    id: UUID
    is_unit: bool
    type_code: str
    longitude: float | None
    latitude: float | None


def records(connection: Connection, things: Sequence[Thing], day: date) -> list[dict[str, Any]]:
    """The records of things on a day, in order; what is not held is an empty text, a missing position null."""
    ids = [thing.id for thing in things]
    names: dict[UUID, list[Row]] = defaultdict(list)
    for row in fetch_all(connection, store.NAMES, {"ids": ids, "day": day}):
        names[row["subject_id"]].append(row)
    toned = {(r["subject_id"], r["name"]): r["roman"] for r in fetch_all(connection, store.TONED, {"ids": ids})}
    plain = {(r["unit_id"], r["name"]): r["roman"] for r in fetch_all(connection, store.ROMANS, {"ids": ids})}
    codes = {r["subject_id"]: r["code"] for r in fetch_all(connection, store.CODES, {"ids": ids})}
    units = {r["id"]: r["unit_id"] for r in fetch_all(connection, store.PLACES, {"ids": ids})}
    graph = current_graph(connection)
    return [
        _record(graph, thing, names[thing.id], plain | toned, codes.get(thing.id, ""), units.get(thing.id), day)
        for thing in things
    ]


def _record(
    graph: Graph,
    thing: Thing,
    names: Sequence[Row],
    romans: dict[tuple[UUID, str], str],
    code: str,
    unit: UUID | None,
    day: date,
) -> dict[str, Any]:
    version = standing(graph, thing.id if thing.is_unit else unit, day)
    main = next((n for n in names if n["kind"] in STANDARD and n["holds"]), None)
    name = version.name if thing.is_unit and version else (main["text"] if main else "")
    written = next((n["text"] for n in names if n["kind"] == "minority" and n["holds"]), "")
    roman = romans.get((thing.id, name)) or (main["romanization"] if main else None)
    return {
        "id": str(thing.id),
        "place_code": code,
        "standard_name": name,
        "ethnic_minorities_writing": written,
        "roman_alphabet_spelling": roman or "",
        "place_type": type_name(thing.type_code),
        "place_type_code": thing.type_code or "",
        **divisions(graph.chain(version, day) if version else ()),
        "gdm": multipoint(thing.longitude, thing.latitude),
        "name_kind": "standard" if thing.is_unit or main is None else main["kind"],
    }


def standing(graph: Graph, unit: UUID | None, day: date) -> VersionFact | None:
    """The version of a unit on a day; None without a unit or where it does not stand."""
    return graph.version_of(unit, day) if unit else None


def type_name(code: str | None) -> str:
    """The Chinese name of a class of GB/T 18521; empty where there is none."""
    found = class_tree().nearest(code) if code else None
    return found.name_zh if found else ""


def history(connection: Connection, thing: Thing, day: date) -> dict[str, str]:
    """The further fields of `detailsPub`: former names, meaning, the documents on a unit."""
    rows = fetch_all(connection, store.NAMES, {"ids": [thing.id], "day": day})
    old = [
        r["text"] for r in rows if r["kind"] == "former" or (r["kind"] in STANDARD and not r["holds"] and r["ended"])
    ]
    documents = fetch_all(connection, store.GOVERNMENT, {"id": thing.id, "day": day}) if thing.is_unit else []
    if documents:
        old += [r["name"] for r in documents if r["name"] != documents[-1]["name"]]
    meaning = fetch_one(connection, store.MEANING, {"id": thing.id})
    return {
        "old_name": "、".join(dict.fromkeys(old)),
        "place_origin": "",
        "place_meaning": meaning["meaning"] if meaning else "",
        "place_history": "",
        "government_history": "\n".join(_sentence(row) for row in documents),
    }


def _is_past(name: Row) -> bool:
    return name["kind"] == "former" or (name["kind"] in STANDARD and not name["holds"] and name["ended"] is not None)


def _sentence(row: Row) -> str:
    """One version of a unit as a line: since when, by what name, by which document."""
    since = f"{row['begun']}起" if row["begin_known"] else f"{row['begun']}以前已设"
    by = f"：{row['title']}" if row["title"] else ""
    number = f"（{row['doc_no']}）" if row["doc_no"] else ""
    return f"{since} {row['name']}{by}{number}"
