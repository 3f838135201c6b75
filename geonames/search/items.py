"""What is found, as contracts.md shows it: the thing, where it lies, by which name, and why it stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, VersionFact
from geonames.places.load import RANK_OF_SETTLEMENT
from geonames.places.store import UNIT_TYPE_OF_LEVEL
from geonames.search import store
from geonames.search.importance import Facts, near_m, parts
from geonames.search.query import Way


def items(
    connection: Connection, rows: Sequence[Any], ways: Sequence[Way], day: date, *, explain: bool, distance: bool
) -> list[dict[str, Any]]:
    """The objects of a page. `distance`: say how far each lies from the position asked about."""
    graph = current_graph(connection)
    units = [row.subject_id for row in rows if row.collection == "units"]
    romans = {(r.unit_id, r.name): r.roman for r in connection.execute(store.ROMANS, {"ids": units})} if units else {}
    links = _links(connection, rows) if explain else {}
    found = []
    for row in rows:
        way = ways[row.way]
        made = _unit(graph, row, romans, day) if row.collection == "units" else _place(graph, row, day)
        made |= _matched(graph, row, way)
        if distance:
            made["distance_m"] = None if row.longitude is None else row.distance_m
        if explain:
            made["explanation"] = _explained(graph, row, way, links.get(row.subject_id, 0))
        found.append(made)
    return found


def _links(connection: Connection, rows: Sequence[Any]) -> dict[Any, int]:
    found = connection.execute(store.LINKS, {"ids": [row.subject_id for row in rows]})
    return {row.subject_id: row.links for row in found}


def _unit(graph: Graph, row: Any, romans: dict[Any, str], day: date) -> dict[str, Any]:
    version = graph.version_of(row.subject_id, day) or graph.by_unit[row.subject_id][-1]
    standing = version.stands(day)
    shown_on = day if standing or version.end is None else version.end - date.resolution
    return {
        "id": version.unit_id,
        "name": version.name,
        "roman": romans.get((version.unit_id, version.name)),
        "class": "ADMIN_DIVISION",
        "type": UNIT_TYPE_OF_LEVEL[version.level],
        "level": version.level,
        "code": version.code,
        "unit": _unit_of(graph, version, shown_on),
        "status": "current" if standing else "former",
        "uncertain": version.uncertain_on(day),
        "demonstration": version.demonstration,
    }


def _unit_of(graph: Graph, version: VersionFact, on: date) -> dict[str, Any]:
    chain = graph.chain(version, on)
    return {"code": version.code, "name": version.name, "chain": [v.name for v in chain]}


def _place(graph: Graph, row: Any, day: date) -> dict[str, Any]:
    version = graph.version_of(row.unit_id, day) if row.unit_id else None
    return {
        "id": row.subject_id,
        "name": row.place_name or row.name,
        "roman": row.romanization,
        "class": row.place_class,
        "type": row.type_code,
        "level": None,
        "code": None,
        "unit": _unit_of(graph, version, day) if version else None,
        "status": "current" if row.standing else "former",
        "uncertain": False,
        "demonstration": version is not None and version.demonstration,
    }


def _matched(graph: Graph, row: Any, way: Way) -> dict[str, Any]:
    """By which name it was met. `of` is the name's own kind where it was met by sound, or by mistake."""
    held = row.kind if row.holds or row.kind == "code" else "former"
    kind: str = held if way.kind in ("name", "any") else way.kind
    if way.kind == "traditional" and held == "former":
        kind = "former"
    position = None if row.longitude is None else [round(row.longitude, 6), round(row.latitude, 6)]
    return {
        "point": position,
        "matched": {
            "name": _full_former_name(graph, row) if kind == "former" else row.name,
            "kind": kind,
            "of": held,
            "valid": {"from": row.valid_from, "to": row.valid_to},
        },
        "score": way.score(),
    }


def _full_former_name(graph: Graph, row: Any) -> str:
    """A former unit met by its short name is shown by the name it bore: 襄樊市, not 襄樊."""
    version = graph.version_of(row.subject_id, row.valid_from) if row.kind == "short" else None
    name: str = version.name if version else row.name
    return name


def _explained(graph: Graph, row: Any, way: Way, links: int) -> dict[str, Any]:
    """Why it stands where it stands: how it was met, and of what its importance is the sum."""
    facts = _facts(graph, row, links)
    return {
        "met": way.path,
        "held": way.held,
        "nearby": None if way.local is None else way.local == "inside",
        "nearby_within_m": None if way.local is None else near_m(),
        "importance": row.importance,
        "parts": [{"what": part.what, "value": part.value, "points": part.points} for part in parts(facts)],
    }


def _facts(graph: Graph, row: Any, links: int) -> Facts:
    if row.collection == "units":
        last = graph.by_unit[row.subject_id][-1]
        return Facts(last.level, "ADMIN_DIVISION", 0, links, row.kind, row.valid_to is None, last.end is None)
    powers = RANK_OF_SETTLEMENT - row.rank if 0 < row.rank <= RANK_OF_SETTLEMENT else 0
    return Facts(None, row.place_class, powers, links, row.kind, row.valid_to is None, row.stands)
