"""Lines and units out of the register as files: Shapefile (GB18030), GeoPackage, GeoJSON, GeoParquet.

Coordinates leave in the CGCS2000 system asked for and are not rounded, so that
a file handed in again comes back to the same millimetre. A Shapefile is one
zip with its .prj and .cpg; its field names are at most ten ASCII characters
(dBASE), the same in every format.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from sqlalchemy import Connection

from boundaries.geometry.qgis import LEGAL, UNIT, style, write_styles
from boundaries.network.outlines import outline
from boundaries.network.queries import HOLDERS
from boundaries.network.service import run_of
from boundaries.shapes.service import permit_boundaries
from boundaries.units.service import find_unit
from data.crs import projected
from data.db import Audience
from data.errors import BadRequest, NotFound

#: What can be asked for: the ending of the file and its media type.
FORMATS = {
    "shp": (".zip", "application/zip"),
    "gpkg": (".gpkg", "application/geopackage+sqlite3"),
    "geojson": (".geojson", "application/geo+json"),
    "parquet": (".parquet", "application/vnd.apache.parquet"),
}
#: Encodings in which a Shapefile's texts are written; GB18030 holds every character of a Chinese name.
ENCODINGS = ("GB18030", "UTF-8")
#: RFC 7946 knows WGS 84 in degrees only, with which CGCS2000 in degrees agrees to better than a metre.
GEOJSON_SRID = 4490
#: Files of one export bear one date, so that equal content gives equal bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be written; `srid` is an EPSG code on CGCS2000."""

    format: str
    srid: int = 4490
    encoding: str = "GB18030"

    def check(self) -> None:
        """Raise `BadRequest` `bad_format`, `bad_encoding`, `bad_crs`."""
        if self.format not in FORMATS:
            raise BadRequest(f"The format is one of {', '.join(FORMATS)}.", code="bad_format")
        if self.encoding not in ENCODINGS:
            raise BadRequest(f"The encoding is one of {', '.join(ENCODINGS)}.", code="bad_encoding")
        if self.format == "geojson" and self.srid != GEOJSON_SRID:
            raise BadRequest(
                f"GeoJSON is in longitude and latitude (RFC 7946): leave the system out, or take EPSG:{GEOJSON_SRID}.",
                code="bad_crs",
            )
        projected(self.srid)


@dataclass(frozen=True, slots=True)
class Exported:
    """A file ready to be given out."""

    name: str
    media_type: str
    content: bytes


def export_line(
    connection: Connection, line: UUID, wanted: Wanted, as_of: date | None = None, audience: Audience = Audience.PUBLIC
) -> Exported:
    """The segments of a line on a day, in their order and direction.

    Raises as `find_line`, `NotPermitted` `map_not_approved`, and what `Wanted.check` raises.
    """
    wanted.check()
    permit_boundaries(connection, audience)
    run = run_of(connection, line, as_of, audience)
    names = holders_of(connection, [row[side] for row in run.segments for side in ("left_id", "right_id")], run.day)
    lines = [shapely.from_wkb(bytes(row["geometry"])) for row in run.segments]
    turned = [g if row["forward"] else shapely.reverse(g) for g, row in zip(lines, run.segments, strict=True)]
    records = [record_of(dict(row), names, run.row["name"], ordinal) for ordinal, row in enumerate(run.segments, 1)]
    stem = run.row["name"] or f"{run.row['first_name']}-{run.row['second_name']}"
    return written(f"{stem}_{run.day}", records, turned, wanted)


def record_of(
    row: dict[str, Any], names: dict[UUID, tuple[str, str]], line: str | None, ordinal: int
) -> dict[str, Any]:
    """What stands beside the geometry of a segment: names of at most ten ASCII characters (dBASE)."""
    sides = (row["left_id"], row["right_id"]) if row["forward"] else (row["right_id"], row["left_id"])
    left, right = (names.get(side, ("", "")) for side in sides)
    return {
        "line": line or "",
        "ordinal": ordinal,
        "segment": str(row["segment_id"]),
        "left_code": left[0],
        "left_name": left[1],
        "right_code": right[0],
        "right_name": right[1],
        "legal": row["legal_status"],
        "technical": row["technical_status"],
        "scale": row["scale"] or 0,
        "accuracy_m": np.nan if row["accuracy_m"] is None else row["accuracy_m"],
        "valid_from": row["begin"].isoformat(),
        "document": str(row["opened_by"]),
    }


def holders_of(connection: Connection, ids: Sequence[UUID | None], day: date) -> dict[UUID, tuple[str, str]]:
    """Code and name of holders on a day; "" for the code that land held by several units together has not."""
    wanted = sorted({identity for identity in ids if identity is not None})
    rows = connection.execute(HOLDERS, {"ids": wanted, "on": day})
    return {row.id: (row.code or "", row.name) for row in rows}


def export_unit(
    connection: Connection, code: str, wanted: Wanted, as_of: date | None = None, audience: Audience = Audience.STAFF
) -> Exported:
    """The polygon of a unit on a day, derived from the segments around it and all below it. For staff.

    Raises `NotFound` `no_boundary` where the network has none of it or its ring is open, and as `find_unit`.
    """
    wanted.check()
    permit_boundaries(connection, audience)
    unit = find_unit(connection, code, as_of)
    boundary = outline(connection, unit["id"], unit["as_of"]).boundary(unit["id"])
    if boundary.polygon.is_empty or boundary.open_ends:
        raise NotFound(
            f"The network has no closed boundary of {unit['name']} ({code}) on {unit['as_of']}.", code="no_boundary"
        )
    record = {"code": code, "name": unit["name"], "level": unit["level"], "as_of": str(unit["as_of"])}
    return written(f"{unit['name']}_{unit['as_of']}", [record], [boundary.polygon], wanted)


def written(stem: str, records: Sequence[dict[str, Any]], geometries: Sequence[Any], wanted: Wanted) -> Exported:
    """The file: `geometries` in degrees, moved to the system asked for."""
    transformer = projected(wanted.srid)
    moved = shapely.transform(
        np.array(geometries, dtype=object), lambda c: np.column_stack(transformer.transform(c[:, 0], c[:, 1]))
    )
    frame = gpd.GeoDataFrame(list(records), geometry=list(moved), crs=f"EPSG:{wanted.srid}")
    ending, media_type = FORMATS[wanted.format]
    with TemporaryDirectory(prefix="diming-export-") as folder:
        content = WRITERS[wanted.format](frame, Path(folder), stem, wanted)
    return Exported(stem + ending, media_type, content)


def _shapefile(frame: gpd.GeoDataFrame, folder: Path, stem: str, wanted: Wanted) -> bytes:
    pyogrio.write_dataframe(frame, folder / f"{stem}.shp", driver="ESRI Shapefile", encoding=wanted.encoding)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.writestr(zipfile.ZipInfo(path.name, _ZIP_DATE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _geopackage(frame: gpd.GeoDataFrame, folder: Path, stem: str, _wanted: Wanted) -> bytes:
    pyogrio.write_dataframe(frame, folder / "out.gpkg", driver="GPKG", layer=stem)
    symbol, words = (UNIT, "单位") if frame.geom_type.str.endswith("Polygon").any() else (LEGAL, "法定界线")
    write_styles(folder / "out.gpkg", [(stem, style(symbol), words)])
    return (folder / "out.gpkg").read_bytes()


def _geojson(frame: gpd.GeoDataFrame, folder: Path, _stem: str, _wanted: Wanted) -> bytes:
    # nine decimals keep a tenth of a millimetre
    pyogrio.write_dataframe(frame, folder / "out.geojson", driver="GeoJSON", COORDINATE_PRECISION=9)
    return (folder / "out.geojson").read_bytes()


def _parquet(frame: gpd.GeoDataFrame, folder: Path, _stem: str, _wanted: Wanted) -> bytes:
    frame.to_parquet(folder / "out.parquet", index=False)
    return (folder / "out.parquet").read_bytes()


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path, str, Wanted], bytes]] = {
    "shp": _shapefile,
    "gpkg": _geopackage,
    "geojson": _geojson,
    "parquet": _parquet,
}
