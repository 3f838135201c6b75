"""Writes tables as files, piece by piece: CSV, GeoParquet, GeoPackage, Shapefile, Linked Places, LP-TSV.

Equal rows give equal bytes: files of an export bear one date, and every table comes in one order.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pyogrio
from pyproj import CRS

from data.crs import STORED_SRID
from geonames.exchange.model import Dataset, Field
from geonames.exchange.tables import Rows, batch_of, reader_of, schema_of
from geonames.linked.forms import LPF_CONTEXT, feature, tsv_lines

#: dBASE holds 254 bytes in a text field (dBASE level 5, .dbf field descriptor: one byte for the length, 255 reserved).
DBF_TEXT_BYTES = 254
#: Encoding of a Shapefile's texts: every character of a Chinese name (GB 18030).
DBF_ENCODING = "GB18030"
#: .shp and .dbf end at 2 GB (ESRI Shapefile Technical Description, 1998); so many rows are far below.
SHAPES_IN_FILE = 1_000_000
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_SYSTEM = f"EPSG:{STORED_SRID}"
#: GeoPackage writes when it was changed (gpkg_contents.last_change); an export has one date for all.
_GPKG_DATE = "1980-01-01T00:00:00.000Z"


@dataclass(slots=True)
class Notes:
    """What a format could not hold as it is: one line for each thing, in the order in which it was met."""

    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    most: int = 100_000
    more: int = 0

    def add(self, table: str, row: str, name: str, what: str) -> None:
        """Note it; beyond `most` only how many more there are."""
        if len(self.lines) < self.most:
            self.lines.append((table, row, name, what))
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Source:
    """A table about to be written: its rows in pieces. `base`: the address of this installation."""

    dataset: Dataset
    pieces: Iterable[Rows]
    base: str
    notes: Notes


def write_csv(source: Source, path: Path) -> None:
    """UTF-8 without mark, a comma between, quotes where they are needed."""
    schema = schema_of(source.dataset, plain=True)
    options = pc.WriteOptions(quoting_style="needed")
    with pc.CSVWriter(path, schema, write_options=options) as writer:
        for rows in source.pieces:
            writer.write_batch(batch_of(source.dataset, rows, plain=True))


def write_parquet(source: Source, path: Path) -> None:
    """GeoParquet 1.1: WKB, longitude first, the system as PROJJSON."""
    schema = schema_of(source.dataset)
    column = {"encoding": "WKB", "geometry_types": [], "crs": CRS.from_epsg(STORED_SRID).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    told = schema.with_metadata({"geo": json.dumps(geo)})
    with pq.ParquetWriter(path, told, compression="zstd") as writer:
        for rows in source.pieces:
            writer.write_batch(batch_of(source.dataset, rows).replace_schema_metadata(told.metadata))


def write_geopackage(source: Source, path: Path) -> None:
    """A layer of the one GeoPackage of the export."""
    schema = schema_of(source.dataset)
    batches = (batch_of(source.dataset, rows) for rows in source.pieces)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _GPKG_DATE})
    try:
        pyogrio.write_arrow(
            reader_of(schema, batches), path, driver="GPKG", layer=source.dataset.id, geometry_name="geometry",
            geometry_type=source.dataset.geometry, crs=_SYSTEM, append=path.exists(),
            layer_options={"FID": "fid"},
        )  # fmt: skip
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapefile(source: Source, path: Path) -> None:
    """One zip with as many Shapefiles as the rows need; what does not fit a dBASE table is cut and noted."""
    folder = path.with_name(path.name + ".parts")
    folder.mkdir()
    _note_short_names(source)
    rows = chain.from_iterable(source.pieces)
    number, following = 0, next(rows, None)
    while number == 0 or following is not None:
        number += 1
        first = [] if following is None else [following]
        stem = source.dataset.id if number == 1 else f"{source.dataset.id}_{number}"
        _shapes(source, islice(chain(first, rows), SHAPES_IN_FILE), folder / f"{stem}.shp")
        following = next(rows, None)
    _zipped(folder, path)
    shutil.rmtree(folder)


def _note_short_names(source: Source) -> None:
    for one in source.dataset.fields:
        if one.short != one.name:
            source.notes.add(source.dataset.id, "", one.name, f"field name shortened to {one.short} (10 characters)")


def _shapes(source: Source, rows: Iterator[Mapping[str, Any]], path: Path) -> None:
    def fit(row: Mapping[str, Any], of: Field, text: str | None) -> str | None:
        return fitted(source.notes, source.dataset.id, row["id"], of.name, text)

    schema = schema_of(source.dataset, short=True)
    batches = (batch_of(source.dataset, piece, short=True, fit=fit) for piece in _in_pieces(rows))
    pyogrio.write_arrow(
        reader_of(schema, batches), path, driver="ESRI Shapefile", geometry_name="geometry",
        geometry_type=source.dataset.geometry, crs=_SYSTEM, encoding=DBF_ENCODING,
    )  # fmt: skip


def _in_pieces(rows: Iterator[Mapping[str, Any]]) -> Iterator[Rows]:
    while piece := list(islice(rows, 5_000)):
        yield piece


def fitted(notes: Notes, table: str, row: str, name: str, text: str | None) -> str | None:
    """A text as a dBASE field holds it: cut after a whole character, and noted; None stays None."""
    if text is None or len(text) * 4 <= DBF_TEXT_BYTES:
        return text
    size = len(text.encode(DBF_ENCODING))
    if size <= DBF_TEXT_BYTES:
        return text
    kept = text.encode(DBF_ENCODING)[:DBF_TEXT_BYTES].decode(DBF_ENCODING, "ignore")
    notes.add(table, row, name, f"text of {len(text)} characters cut to {len(kept)} ({DBF_TEXT_BYTES} bytes)")
    return kept


def _zipped(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
        for one in sorted(folder.iterdir()):
            info = zipfile.ZipInfo(one.name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            with one.open("rb") as content, packed.open(info, "w", force_zip64=True) as out:
                shutil.copyfileobj(content, out, 1 << 20)


def write_linked(source: Source, path: Path) -> None:
    """A Linked Places feature collection, one feature a line."""
    with path.open("wb") as out:
        out.write(b'{"type":"FeatureCollection","@context":' + orjson.dumps(LPF_CONTEXT) + b',"features":[')
        between = b"\n"
        for place in chain.from_iterable(source.pieces):
            out.write(between + orjson.dumps(feature(place, source.base), default=str))
            between = b",\n"
        out.write(b"\n]}\n")


def write_lp_tsv(source: Source, path: Path) -> None:
    """LP-TSV: a line of heads and a line for each place."""
    with path.open("w", encoding="utf-8", newline="") as out:
        for lines in tsv_lines(source.pieces, source.base):
            out.write(lines)


WRITERS: Mapping[str, Callable[[Source, Path], None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "gpkg": write_geopackage,
    "shp": write_shapefile,
    "lpf": write_linked,
    "lp-tsv": write_lp_tsv,
}
