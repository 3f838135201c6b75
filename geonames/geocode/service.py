"""Reads an address: divisions from the left, however many levels are missing, then settlements and roads within them.

Every part says what it was taken for; what was not understood is given back as it stood. A number is understood where
a plate of the street bears or bore it; the position is that of the smallest part that is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, VersionFact
from data.paging import check_limit
from geonames.geocode.pieces import COUNTRY, Piece, pieces, with_strokes_said
from geonames.places.days import gazetteer_span
from geonames.places.store import UNIT_POSITION
from geonames.plates.service import numbered
from geonames.romanize.keys import fold, simplified
from geonames.search import store
from geonames.search.query import check_text
from geonames.search.service import search_places
from geonames.search.structured import LONGEST_UNIT, lying_in
from geonames.signs.numbering_table import NUMBER

MAX_LIMIT, DEFAULT_LIMIT = 20, 5
#: A name that the search scores lower than its beginning is not taken for the one written.
LOWEST_SCORE = 0.75
#: What confidence loses with each name that was of the past on the day.
FORMER_NAME = 0.9


@dataclass(frozen=True, slots=True)
class Read:
    """How the divisions of an address were read: `parts` in order, each a name and the units that it may mean."""

    parts: tuple[tuple[str, tuple[UUID, ...]], ...] = ()
    rest: str = ""


@dataclass(slots=True)
class _Candidate:
    """One reading of an address within one unit."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    point: list[float] | None = None
    precision: str = "none"
    demonstration: bool = False
    place: UUID | None = None


def geocode(
    connection: Connection, address: str, *, as_of: date | None = None, limit: int | None = None
) -> dict[str, Any]:
    """The readings of an address, the surest first: `{"items", "as_of", "address"}`.

    Raises the errors of a search text, of a day outside the register, and `limit_out_of_range`.
    """
    size = check_limit(limit, largest=MAX_LIMIT, default=DEFAULT_LIMIT)
    day = gazetteer_span(connection).day(as_of)
    text = COUNTRY.sub("", fold(simplified(with_strokes_said(check_text(address)))))
    graph = current_graph(connection)
    read = _read(graph, text, _named(connection, text, day))
    found = [_within(connection, graph, read, unit, day) for unit in _meant(graph, read, day)[:size]]
    if not found:
        found = _somewhere(connection, text, day)[:size]
    items = [_shown(one, text, len(found)) for one in found]
    items.sort(key=lambda item: -item["confidence"])
    return {"address": address, "items": items, "as_of": day}


def _named(connection: Connection, text: str, day: date) -> Mapping[str, list[UUID]]:
    """The units of every stretch of the text that is a unit's name, the most important first."""
    stretches = {
        text[begin:end]
        for begin in range(len(text) - 1)
        for end in range(begin + 2, min(len(text), begin + LONGEST_UNIT) + 1)
    }
    named: dict[str, list[UUID]] = defaultdict(list)
    for row in connection.execute(store.UNITS_NAMED, {"names": sorted(stretches), "sounds": [], "day": day}):
        named[row.text].append(row.unit_id)
    return named


def _read(graph: Graph, text: str, named: Mapping[str, Sequence[UUID]]) -> Read:
    """Names of units from the left, the longest first, each within those before it."""
    parts: list[tuple[str, tuple[UUID, ...]]] = []
    inside: Sequence[UUID] | None = None
    while text:
        end, units = _longest(graph, text, named, inside)
        if not units:
            break
        parts.append((text[:end], tuple(units)))
        inside, text = units, text[end:]
    return Read(tuple(parts), text)


def _longest(
    graph: Graph, text: str, named: Mapping[str, Sequence[UUID]], inside: Sequence[UUID] | None
) -> tuple[int, list[UUID]]:
    for end in range(len(text), 1, -1):
        units = lying_in(graph, named.get(text[:end], ()), inside)
        if units:
            return end, units
    return 0, []


def _meant(graph: Graph, read: Read, day: date) -> list[UUID]:
    """The units that the last name may mean; what was made up only where nothing real bears the name."""
    units = read.parts[-1][1] if read.parts else ()
    real = [unit for unit in units if not _version(graph, unit, day).demonstration]
    return real or list(units)


def _version(graph: Graph, unit: UUID, day: date) -> VersionFact:
    return graph.version_of(unit, day) or graph.by_unit[unit][-1]


def _within(connection: Connection, graph: Graph, read: Read, unit: UUID, day: date) -> _Candidate:
    version = _version(graph, unit, day)
    found = _Candidate(demonstration=version.demonstration)
    above = {link.unit_id: link for link in graph.chain(version, day)} | {unit: version}
    for text, units in read.parts:
        meant = next((above[one] for one in units if one in above), version)
        found.parts.append(_unit_part(text, meant, day))
    point = connection.execute(UNIT_POSITION, {"id": unit}).one_or_none()
    if point is not None:
        found.point, found.precision = [round(point.longitude, 6), round(point.latitude, 6)], version.level
    code = version.code if version.stands(day) else None
    for piece in pieces(read.rest):
        _add_piece(connection, found, piece, code, day)
    return found


def _unit_part(text: str, version: VersionFact, day: date) -> dict[str, Any]:
    present = version.stands(day) and fold(version.name).startswith(text)
    return {
        "text": text,
        "kind": "unit",
        "id": version.unit_id,
        "name": version.name,
        "code": version.code,
        "level": version.level,
        "former": not present,
    }


def _add_piece(connection: Connection, found: _Candidate, piece: Piece, code: str | None, day: date) -> None:
    """The place that a piece names within the unit; else the piece is not understood."""
    if piece.kind == "number" and found.place is not None and _add_plate(connection, found, piece, day):
        return
    item = None if piece.kind == "number" or code is None else _place(connection, piece.text, code, day)
    if item is None:
        found.not_understood.append(piece.text)
        return
    _take(found, piece.text, item)


def _add_plate(connection: Connection, found: _Candidate, piece: Piece, day: date) -> bool:
    """Take a number for the plate of the street named before it; False where the street has no such number."""
    read = NUMBER.fullmatch(piece.text)
    if read is None or found.place is None:
        return False
    row = numbered(connection, found.place, int(read[1]), read[2] or "", day)
    if row is None:
        return False
    former = row["valid_to"] is not None and row["valid_to"] <= day
    written = f"{read[1]}-{read[2]}" if read[2] else read[1]
    part = {"id": row["id"], "name": f"{written}号", "code": None, "level": None}
    found.parts.append({"text": piece.text, "kind": "plate", **part, "former": former})
    if row["longitude"] is not None:
        found.point, found.precision = [round(row["longitude"], 6), round(row["latitude"], 6)], "plate"
    return True


def _take(found: _Candidate, text: str, item: Mapping[str, Any]) -> None:
    part = {key: item[key] for key in ("id", "name", "code", "level")}
    former = item["matched"]["kind"] == "former"
    found.parts.append({"text": text, "kind": "unit" if item["level"] else "place", **part, "former": former})
    found.place = None if item["level"] else item["id"]
    if item["point"] is not None:
        found.point, found.precision = item["point"], item["level"] or "place"


def _place(connection: Connection, text: str, code: str, day: date) -> Mapping[str, Any] | None:
    asked = search_places(connection, q=text, within=code, as_of=day, limit=1)
    item: Mapping[str, Any] | None = next(iter(asked["items"]), None)
    return item if item is not None and _is_it(item, text) else None


def _is_it(item: Mapping[str, Any], text: str) -> bool:
    """Whether a hit is what was written: its name is, or begins with it; not merely sounds or looks like it."""
    return item["score"] >= LOWEST_SCORE and fold(item["matched"]["name"]).startswith(text)


def _somewhere(connection: Connection, text: str, day: date) -> list[_Candidate]:
    """Without a division: places of the first piece's name, wherever they are."""
    first, *others = pieces(text) or [Piece(text, "place")]
    asked = search_places(connection, q=first.text, as_of=day, limit=MAX_LIMIT)
    found: list[_Candidate] = []
    for item in asked["items"]:
        if _is_it(item, first.text):
            one = _Candidate(not_understood=[p.text for p in others], demonstration=item["demonstration"])
            _take(one, first.text, item)
            found.append(one)
    return [one for one in found if not one.demonstration] or found


def _shown(found: _Candidate, text: str, alternatives: int) -> dict[str, Any]:
    """A reading with its confidence, the product of its parts: each from 0 to 1."""
    missed = sum(len(one) for one in found.not_understood)
    former = sum(part["former"] for part in found.parts)
    sums = {
        "understood": round((len(text) - missed) / len(text), 3) if text else 0.0,
        "unambiguous": round(1 / alternatives, 3),
        "present_names": round(FORMER_NAME**former, 3),
    }
    return {
        "parts": found.parts,
        "not_understood": found.not_understood,
        "point": found.point,
        "precision": found.precision,
        "confidence": round(sums["understood"] * sums["unambiguous"] * sums["present_names"], 3),
        "confidence_of": sums,
        "demonstration": found.demonstration,
    }
