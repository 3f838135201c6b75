"""Writes small boundary files with every encoding and system that is asked for."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyproj
from shapely import Polygon

#: A square of 0.1 degree in 长兴县, and one east of it.
WEST = Polygon([(119.8, 30.9), (119.8, 31.0), (119.9, 31.0), (119.9, 30.9)])
EAST = Polygon([(119.9, 30.9), (119.9, 31.0), (120.0, 31.0), (120.0, 30.9)])

Row = tuple[bytes, bytes, Polygon]


def write_shapefile(
    folder: Path,
    rows: Sequence[Row],
    *,
    crs: str | None = "EPSG:4490",
    cpg: str | None = None,
    ldid: int = 0,
) -> Path:
    """A loose Shapefile with the fields CODE and NAME, texts as the bytes given; the path of its .shp."""
    bodies = [_polygon(shape) for _, _, shape in rows]
    offsets, position = [], 50
    for body in bodies:
        offsets.append((position, len(body) // 2))
        position += 4 + len(body) // 2
    bounds = (119.0, 30.0, 121.0, 32.0)
    records = b"".join(struct.pack(">ii", i, len(b) // 2) + b for i, b in enumerate(bodies, 1))
    index = b"".join(struct.pack(">ii", *offset) for offset in offsets)
    (folder / "units.shp").write_bytes(_header(100 + len(records), bounds) + records)
    (folder / "units.shx").write_bytes(_header(100 + len(index), bounds) + index)
    (folder / "units.dbf").write_bytes(_dbf([(code, name) for code, name, _ in rows], ldid))
    if crs is not None:
        (folder / "units.prj").write_text(pyproj.CRS(crs).to_wkt("WKT1_ESRI"), "ascii")
    if cpg is not None:
        (folder / "units.cpg").write_text(cpg, "ascii")
    return folder / "units.shp"


def zipped(shapefile: Path) -> Path:
    """The loose Shapefile as one archive."""
    target = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part.suffix != ".zip":
                out.write(part, part.name)
    return target


def _header(size: int, bounds: tuple[float, float, float, float]) -> bytes:
    words = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2)
    return words + struct.pack("<2i8d", 1000, 5, *bounds, 0, 0, 0, 0)


def _polygon(shape: Polygon) -> bytes:
    points = list(shape.exterior.coords)
    body = struct.pack("<i4d2ii", 5, *shape.bounds, 1, len(points), 0)
    return body + b"".join(struct.pack("<2d", *point) for point in points)


def _dbf(rows: Sequence[tuple[bytes, bytes]], ldid: int) -> bytes:
    widths = {"CODE": 12, "NAME": 40}
    header = struct.pack("<B3BIHH20x", 3, 124, 1, 1, len(rows), 32 + 32 * 2 + 1, 1 + sum(widths.values()))
    header = header[:29] + bytes([ldid]) + header[30:]
    fields = b"".join(
        name.encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
        for name, width in widths.items()
    )
    records = b"".join(b" " + code.ljust(12) + name.ljust(40) for code, name in rows)
    return header + fields + b"\r" + records + b"\x1a"
