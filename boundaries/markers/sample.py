"""The made-up markers of the demonstration, from tables (`markers*.csv`, `witnesses*.csv`) into the register.

Each line has a pair of tables and a document, which bear one ending.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers import store
from boundaries.markers.model import Marker, Witness
from boundaries.units.demonstration import read_document
from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.decisions import Link, record_decisions, record_links
from data.ids import derived_id

MARKERS, WITNESSES = "markers{}.csv", "witnesses{}.csv"
#: The endings of 甲乙线 and 甲丙线.
JIA_YI, JIA_BING = "", "_jia_bing"
#: Both division codes, the smaller first, then the serial and the part.
SCHEME = "county"


def marker_id(code: str) -> UUID:
    """The identifier of the made-up marker with this code."""
    return derived_id("demonstration-marker", code)


def read_markers(folder: Path, line: UUID, ending: str = JIA_YI) -> list[Marker]:
    """The markers of the tables with an ending, on `line`, in the order of their codes."""
    witnesses: Mapping[str, list[Witness]] = defaultdict(list)
    for row in _rows(folder / WITNESSES.format(ending)):
        witnesses[row["code"]].append(Witness(row["name"], float(row["azimuth_deg"]), float(row["distance_m"])))
    return [_marker(row, line, tuple(witnesses[row["code"]])) for row in _rows(folder / MARKERS.format(ending))]


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _marker(row: Mapping[str, Any], line: UUID, witnesses: tuple[Witness, ...]) -> Marker:
    return Marker(
        id=marker_id(row["code"]), code=row["code"], scheme=SCHEME, kind=row["kind"], part=row["part"],
        faces=int(row["faces"]), material=row["material"], longitude=float(row["longitude"]),
        latitude=float(row["latitude"]), line=line, accuracy_m=float(row["accuracy_m"]), method=row["method"],
        elevation_m=float(row["elevation_m"]), height_datum=row["height_datum"], place=row["place"],
        witnesses=witnesses, custodian=row["custodian"],
    )  # fmt: skip


def record_markers(
    connection: Connection, folder: Path, line: UUID, actor: Actor, ending: str = JIA_YI
) -> Sequence[Marker]:
    """Enter the markers of one line, all set under one document, in the caller's transaction. Raises `NotPermitted`."""
    require(actor, "demonstration.manage", COUNTRY)
    document = read_document(folder, f"markers{ending}")
    markers = read_markers(folder, line, ending)
    begin = date.fromisoformat(document.effective_on or "")
    record_decisions(connection, [document], actor.name)
    for marker in markers:
        store.insert_marker(connection, marker, begin, document.id)
        store.insert_event(connection, marker.id, "set", document.effective_on, "", document.id)
    record_links(connection, [Link(document.id, "markers", marker.id, "opened") for marker in markers])
    entries = [feed.Change("decisions", document.id, None, document.as_api(), document.id)]
    entries += [feed.Change("markers", m.id, None, _said(m, begin), document.id) for m in markers]
    audit.append(
        connection, actor=actor.name, action="demonstration.markers", decision_id=document.id,
        details={"markers": len(markers)}, rows_hash=audit.hash_rows([m.code] for m in markers),
        feed=feed.publish(connection, entries),
    )  # fmt: skip
    return markers


def _said(marker: Marker, begin: date) -> dict[str, Any]:
    """What everybody may know of a marker: nothing of where it stands."""
    fields = ("id", "code", "line", "kind", "part", "faces", "material", "state")
    shown = {field: getattr(marker, field) for field in fields}
    return {**shown, "valid": {"from": begin.isoformat(), "to": None}, "demonstration": True}
