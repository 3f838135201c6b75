"""Loads the populated places of GeoNames: one transaction, one decision, one audit entry, one feed range.

What matches a unit becomes a concordance of it; the rest become places of class
`OTHER` with names of kind `unverified`, never `standard`. Nothing is dropped:
what could not be placed or named is kept and counted.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.shapes.model import LayerDescription
from boundaries.shapes.store import find_load, insert_layer, insert_load, layer_exists
from data import audit, feed
from data.clock import civil_date, system_clock
from data.crs import declared_crs
from data.db import unit_of_work
from data.decisions import DecisionDraft, Origin, record_decisions, source_record
from data.errors import Conflict
from data.ids import derived_id
from geonames.places import store
from geonames.places.matching import (
    Ambiguous,
    PlaceName,
    UnitHere,
    UnitMatch,
    match_unit,
    names_for_unit,
    names_of_place,
)
from geonames.places.source import AUTHORITY, LICENCE, SOURCE, GeoNamesRow, read_rows
from geonames.romanize.keys import simplified, sounds
from geonames.romanize.readings import split_generic

LOAD_KIND = "geonames_places"
LAYER_KEY = "geonames-places"
#: GB/T 18521 居民点 (settlement) without its subdivision: GeoNames does not tell 221 (urban) from 222 (rural).
SETTLEMENT = "22000"
#: Rank of a settlement of unknown population; every power of ten is one better. Units rank before (see search).
RANK_OF_SETTLEMENT = 50
#: The system of romanized names that GeoNames gives without saying which it is.
ROMANIZATION_SYSTEM = "GeoNames"
DECLARED_CRS = "EPSG:4326"  # as stated by GeoNames' readme: latitude and longitude in WGS 84

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What a load of places found; `changed` is false where the same file was loaded before."""

    changed: bool
    counts: dict[str, int]
    ambiguous: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The report as stored and printed."""
        return {"changed": self.changed, "counts": self.counts, "ambiguous": self.ambiguous}


@dataclass(slots=True)
class _Rows:
    """Rows ready to be copied, in the order of their tables' columns."""

    decision: UUID
    places: list[tuple[Any, ...]] = field(default_factory=list)
    names: list[tuple[Any, ...]] = field(default_factory=list)
    concordances: list[tuple[Any, ...]] = field(default_factory=list)
    changes: list[feed.Change] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    ambiguous: list[dict[str, Any]] = field(default_factory=list)


def load_places(engine: Engine, actor: str, progress: Progress) -> PlacesReport:
    """Load the rows of `data/reference/geonames`, or find that they are there already.

    Raises `BadInput` `places_file_malformed`, and `Conflict` `layer_exists` where
    another edition was loaded before.
    """
    rows, digest = read_rows()
    with unit_of_work(engine) as connection:
        earlier = find_load(connection, LOAD_KIND, digest)
        if earlier is not None:
            return PlacesReport(False, earlier["counts"], earlier["ambiguous"])
        progress(f"placing {len(rows):,} settlements in the units of the register")
        here = _units_here(connection, rows)
        _refuse_other_edition(connection)
        decision = _decision(digest)
        record_decisions(connection, [decision], actor)
        written = _rows(rows, here, decision.id)
        progress("writing places, names and concordances")
        return _write(connection, written, digest, actor)


def _units_here(connection: Connection, rows: Sequence[GeoNamesRow]) -> list[list[UnitHere]]:
    found = store.units_at(connection, [(row.longitude, row.latitude) for row in rows])
    return [[_unit_here(unit) for unit in units] for units in found]


def _unit_here(row: Any) -> UnitHere:
    specific, generic = split_generic(row.name)
    short = specific if generic is not None and len(specific) >= 2 else None
    return UnitHere(row.unit_id, row.code, row.name, short, row.level)


def _refuse_other_edition(connection: Connection) -> None:
    if layer_exists(connection, LAYER_KEY):
        raise Conflict(
            "Another edition of the places was loaded before. A new edition needs an empty gazetteer.",
            code="layer_exists",
        )


def _decision(digest: bytes) -> DecisionDraft:
    origin = Origin(SOURCE, LICENCE, f"SHA-256 {digest.hex()}")
    return source_record(
        derived_id("decision", LOAD_KIND, digest.hex()), "GeoNames 居民点数据导入", origin, civil_date(system_clock())
    )


def _rows(rows: Sequence[GeoNamesRow], here: Sequence[Sequence[UnitHere]], decision: UUID) -> _Rows:
    result = _Rows(decision)
    result.counts["rows"] = len(rows)
    for row, units in zip(rows, here, strict=True):
        match = match_unit(row, units)
        if isinstance(match, UnitMatch):
            _add_concordance(result, row, match)
        else:
            if isinstance(match, Ambiguous):
                result.counts["ambiguous_units"] += 1
                result.ambiguous.append(
                    {"geonameid": row.geonameid, "names": row.han, "codes": [u.code for u in match.units]}
                )
            _add_place(result, row, units[0] if units else None)
    return result


def _add_concordance(result: _Rows, row: GeoNamesRow, match: UnitMatch) -> None:
    unit = match.unit
    result.counts["concordances"] += 1
    result.counts[f"concordances_by_{match.matched_by}"] += 1
    result.concordances.append((unit.id, AUTHORITY, row.geonameid, match.matched_by, result.decision))
    names, left = names_for_unit(row, unit, simplified, _sounds)
    result.counts["unit_alternates_not_taken"] += len(left)
    _add_names(result, unit.id, row, names)


def _add_place(result: _Rows, row: GeoNamesRow, unit: UnitHere | None) -> None:
    place_id = derived_id("place", AUTHORITY, row.geonameid)
    result.counts["places"] += 1
    result.counts["places_without_han_name"] += not row.han
    result.counts["places_outside_units"] += unit is None
    names = names_of_place(row, simplified, _sounds)
    position = (row.longitude, row.latitude)
    result.places.append(
        (
            place_id,
            "OTHER",
            SETTLEMENT,
            store.point(*position),
            unit.id if unit else None,
            rank_of(row.population),
            result.decision,
        )
    )
    _add_names(result, place_id, row, names)
    result.changes.append(
        feed.Change(
            "places",
            place_id,
            None,
            {
                "id": place_id,
                "name": names[0].text,
                "class": "OTHER",
                "code": None,
                "type": SETTLEMENT,
                "point": list(position),
                "source": SOURCE,
            },
            result.decision,
        )
    )


def _sounds(name: str) -> list[str]:
    return [sound.pinyin for sound in sounds(name)]


def _add_names(result: _Rows, subject: UUID, row: GeoNamesRow, names: Sequence[PlaceName]) -> None:
    for name in names:
        result.counts[f"names_{name.kind}"] += 1
        name_id = derived_id("place_name", AUTHORITY, row.geonameid, subject, name.text, name.kind)
        system = ROMANIZATION_SYSTEM if name.romanization else None
        result.names.append(
            (
                name_id,
                subject,
                name.text,
                name.kind,
                name.language,
                name.script,
                name.romanization,
                system,
                SOURCE,
                "unverified",
                result.decision,
            )
        )


def rank_of(population: int) -> int:
    """Rank of a settlement among search results, smaller first: one better for every power of ten."""
    return RANK_OF_SETTLEMENT - (int(math.log10(population)) if population > 0 else 0)


def _write(connection: Connection, rows: _Rows, digest: bytes, actor: str) -> PlacesReport:
    layer = LayerDescription(
        LAYER_KEY, "GeoNames 居民点", "GeoNames populated places", SOURCE, LICENCE, None, "undocumented"
    )
    crs = declared_crs(DECLARED_CRS)
    insert_layer(connection, layer_id(), layer, digest, f"{crs.name}: {crs.note}", rows.decision)
    store.copy_rows(connection, store.COPY_PLACES, rows.places)
    store.copy_rows(connection, store.COPY_NAMES, rows.names)
    store.copy_rows(connection, store.COPY_CONCORDANCES, rows.concordances)
    connection.execute(store.ANALYZE)
    report = PlacesReport(True, dict(sorted(rows.counts.items())), rows.ambiguous)
    insert_load(
        connection,
        derived_id("load", LOAD_KIND, digest.hex()),
        LOAD_KIND,
        digest,
        rows.decision,
        json.dumps(report.as_json(), ensure_ascii=False),
    )
    everything = [*rows.places, *rows.names, *rows.concordances]
    audit.append(
        connection,
        actor=actor,
        action="load_places",
        decision_id=rows.decision,
        details={"source": digest.hex(), "counts": report.counts},
        rows_hash=audit.hash_rows(everything),
        feed=feed.publish(connection, rows.changes, ours=False),
    )
    return report


def layer_id() -> UUID:
    """The identifier of the layer of GeoNames' places."""
    return derived_id("layer", LAYER_KEY)
