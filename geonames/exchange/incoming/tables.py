"""Tables of files that hold types: GeoParquet, GeoPackage, Shapefile, Excel; and names joined to their places."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio
import shapely
from python_calamine import CalamineWorkbook

from geonames.exchange.datasets import NAMES, PLACES
from geonames.exchange.incoming.model import Raw

PIECE = 5_000
#: Names of fields in a dBASE table, and what they are (geonames.exchange.datasets).
_LONG = {field.short: field.name for dataset in (PLACES, NAMES) for field in dataset.fields}
_WKB_POINT = struct.Struct("<BIdd")


def parquet_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a GeoParquet table."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(PIECE):
            yield from map(_with_position, batch.to_pylist())


def layer_rows(path: Path, layer: str | None = None, encoding: str | None = None) -> Iterator[Mapping[str, Any]]:
    """The rows of a layer of a GeoPackage, or of a Shapefile."""
    options = {"encoding": encoding} if encoding else {}
    with pyogrio.open_arrow(path, layer=layer, batch_size=PIECE, use_pyarrow=True, **options) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        for batch in reader:
            for row in batch.to_pylist():
                row["geometry"] = row.pop(geometry, None)
                yield _with_position({_LONG.get(name, name): value for name, value in row.items()})


def layers_of(path: Path) -> list[str]:
    """The names of the layers."""
    return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def sheet_rows(path: Path) -> Iterator[Raw]:
    """The rows of the first sheet of a workbook."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    headings = [_cell(value) for value in rows[0]] if rows else []
    for number, row in enumerate(rows[1:], 1):
        if any(value != "" for value in row):
            yield Raw(number, dict(zip(headings, map(_cell, row), strict=False)))


def _cell(value: Any) -> str:
    """A cell as its text: numbers that are whole lose their `.0`, dates are ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _with_position(row: dict[str, Any]) -> dict[str, Any]:
    """The row with longitude and latitude from its point."""
    wkb = row.pop("geometry", None)
    if wkb is not None:
        row["longitude"], row["latitude"] = _position(bytes(wkb))
    return row


def _position(wkb: bytes) -> tuple[float | None, float | None]:
    if len(wkb) == _WKB_POINT.size and wkb[0] == 1:
        _order, kind, x, y = _WKB_POINT.unpack(wkb)
        if kind == 1:
            return x, y
    shape = shapely.from_wkb(wkb)
    if not isinstance(shape, shapely.Point) or shape.is_empty:
        return None, None
    return float(shape.x), float(shape.y)


class Unsorted(ValueError):
    """The names do not come in the order of their places."""


def joined(places: Iterator[Mapping[str, Any]], names: Iterator[Mapping[str, Any]]) -> Iterator[Raw]:
    """Places with their names, both in the order of the place's identifier; names of units stand in rows of their own.

    Raises `Unsorted`.
    """
    place, last = next(places, None), ""
    number = 0
    for key, group in _grouped(names):
        if key < last:
            raise Unsorted(f"names of {key} come after those of {last}")
        last = key
        while place is not None and str(place["id"]) < key:
            number += 1
            yield Raw(number, place)
            place = next(places, None)
        number += 1
        if place is not None and str(place["id"]) == key:
            yield Raw(number, place, group)
            place = next(places, None)
        else:
            yield Raw(number, {"id": key, "of": group[0].get("of")}, group)
    while place is not None:
        number += 1
        yield Raw(number, place)
        place = next(places, None)


def _grouped(names: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
    key, group = "", list[Mapping[str, Any]]()
    for name in names:
        of = str(name["place"])
        if of != key and group:
            yield key, tuple(group)
            group = []
        key = of
        group.append(name)
    if group:
        yield key, tuple(group)
