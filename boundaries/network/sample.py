"""The made-up line of the demonstration, from its files into the network: its first course and its later one.

`line.geojson` holds the segments of the first agreement, each between two nodes with the codes of the units on its
left and right (null: no unit of the register); `line_later.geojson` those that a later agreement moved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from shapely.geometry import LineString
from sqlalchemy import Connection, Engine

from boundaries.network import store
from boundaries.network.build import Holding, lines_of
from boundaries.network.changes import Enacted, enact
from boundaries.network.model import Line, Network, Segment
from boundaries.network.versions import Change
from boundaries.shapes import store as shapes
from boundaries.shapes.model import LayerDescription
from boundaries.units.demonstration import MadeUpUnit, read_divisions, read_document, unit_id
from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.ids import derived_id

FIRST, LATER = "line.geojson", "line_later.geojson"
#: The lines that the files draw, by the codes of their units; each code is made of both, the smaller first.
NAMES = {("990121", "990122"): "甲乙线", ("990121", "990123"): "甲丙线", ("990122", "990123"): "乙丙线"}
SCALE, ACCURACY_M, METHOD = 10_000, 1.0, "GNSS RTK"
LAYER = LayerDescription(
    key="demonstration-yunxi",
    title_zh="示例省云溪市县级界线（虚构）",
    title_en="Counties of the made-up 云溪市",
    source="示例数据（虚构）",
    licence="CC0-1.0",
    dated=None,
    provenance="invented",
)


def line_id(one: str, other: str) -> UUID:
    """The identifier of the line between two made-up counties, by their codes."""
    first, second = sorted([unit_id(one), unit_id(other)])
    return derived_id("boundary-line", "county", first, second)


def read_segments(path: Path, document: UUID) -> list[Segment]:
    """The segments of a file, in its order, as `document` put them there."""
    return [_segment(feature, document) for feature in json.loads(path.read_text("utf-8"))["features"]]


def _segment(feature: Mapping[str, Any], document: UUID) -> Segment:
    said = feature["properties"]
    left, right = (unit_id(said[side]) if said[side] else None for side in ("left", "right"))
    inner = left is not None and right is not None
    return Segment(
        derived_id("demonstration-segment", said["segment"]), left, right,
        LineString(feature["geometry"]["coordinates"]),
        "agreed" if inner else "undocumented",
        "edge_matched" if inner else "one_sided",
        SCALE if inner else None, ACCURACY_M if inner else None, METHOD if inner else None, document,
    )  # fmt: skip


def record_line(connection: Connection, folder: Path, actor: Actor) -> Sequence[Line]:
    """Enter the first course of the lines in `folder` and the polygons that follow from it, under its document.

    In the caller's transaction. Raises `NotPermitted`; BadInput `demonstration_malformed`.
    """
    require(actor, "demonstration.manage", COUNTRY)
    document = read_document(folder, "line")
    begin = date.fromisoformat(document.effective_on or "")
    record_decisions(connection, [document], actor.name)
    segments = read_segments(folder / FIRST, document.id)
    counties = {unit.id: unit for unit in read_divisions(folder) if unit.level == "county"}
    lines = _lines(segments, counties)
    store.insert_nodes(connection, segments, begin, document.id)
    store.insert_segments(connection, segments, begin, document.id)
    store.insert_lines(connection, lines, {line.id: document.doc_no or "" for line in lines}, begin, document.id)
    record_links(connection, [Link(document.id, "segments", segment.id, "opened") for segment in segments])
    record_links(connection, [Link(document.id, "lines", line.id, "opened") for line in lines])
    _record_polygons(connection, segments, counties, document.id, begin)
    _announce(connection, document, segments, lines, actor)
    return lines


def _lines(segments: Sequence[Segment], counties: Mapping[UUID, MadeUpUnit]) -> list[Line]:
    holdings = {unit.id: Holding(unit.id, unit.code, unit.name, (("county", unit.id),)) for unit in counties.values()}
    names: dict[frozenset[UUID], tuple[str, str | None]] = {
        frozenset(map(unit_id, pair)): (name, "".join(pair)) for pair, name in NAMES.items()
    }
    return lines_of(segments, holdings, names)


def _record_polygons(
    connection: Connection,
    segments: Sequence[Segment],
    counties: Mapping[UUID, MadeUpUnit],
    document: UUID,
    begin: date,
) -> None:
    """The land that the segments give each county. Positions and maps of the country do not find it."""
    network, layer = Network(segments), derived_id("demonstration-layer", LAYER.key)
    shapes.insert_layer(connection, layer, LAYER, None, "CGCS2000", document)
    found = [
        shapes.NewShape(
            derived_id("demonstration-shape", unit.code), unit.id, unit.level, network.polygon(unit.id), None
        )
        for unit in counties.values()
    ]
    shapes.insert_shapes(connection, layer, begin, document, found)
    record_links(connection, [Link(document, "shapes", shape.id, "opened") for shape in found])


def _announce(
    connection: Connection, document: DecisionDraft, segments: Sequence[Segment], lines: Sequence[Line], actor: Actor
) -> None:
    """Feed and audit. The feed names the lines and never carries a course."""
    entries = [feed.Change("decisions", document.id, None, document.as_api(), document.id)]
    entries += [feed.Change("lines", line.id, None, _said(line, document), document.id) for line in lines]
    audit.append(
        connection, actor=actor.name, action="demonstration.line", decision_id=document.id,
        details={"lines": [str(line.id) for line in lines], "segments": len(segments)},
        rows_hash=audit.hash_rows([str(s.id), s.hash.hex()] for s in segments),
        feed=feed.publish(connection, entries),
    )  # fmt: skip


def _said(line: Line, document: DecisionDraft) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "code": line.code,
        "level": line.level,
        "units": list(line.units),
        "segments": len(line.run),
        "valid": {"from": document.effective_on, "to": None},
        "demonstration": True,
    }


def enact_later(engine: Engine, folder: Path, actor: Actor) -> Enacted:
    """Make the later course law by its document: a changeset like any other. Raises as `enact`."""
    document = read_document(folder, "later")
    first = {segment.id: segment for segment in read_segments(folder / FIRST, read_document(folder, "line").id)}
    moved = read_segments(folder / LATER, document.id)
    return enact(
        engine, actor, [Change(first[segment.id], replace(segment, accuracy_m=ACCURACY_M)) for segment in moved],
        message=document.title, document=document, effective_on=date.fromisoformat(document.effective_on or ""),
    )  # fmt: skip
