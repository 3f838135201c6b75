"""`./diming bench intake`: how long and how much memory the check of a boundary file takes, by its vertices.

An invented line that winds (125,000 to a million vertices) against an equal legal
line, and a layer of units of as many vertices; each in a process of its own, so
that its memory is its own; `cpu_s` is its processor time, `seconds` the clock's.
`bare_s` is what cannot be avoided on the same data: reading both files and GEOS'
`is_simple` (lines), or reading and `coverage_invalid_edges` (units). Lines are
written in every format that takes them, units as GeoPackage.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.affinity import translate

from boundaries.intake.check import check_file
from boundaries.intake.options import Options
from tests.bench.machine import peak_mb
from tests.bench.report import table, write_section
from tests.unit.intake.surveys import line, origin, write

#: A line in each format, and units.
KINDS = ("line.shp", "line.gpkg", "line.geojson", "line.kml", "line.dxf", "units.gpkg")
#: Formats that are in degrees by their own rules.
IN_DEGREES = (".geojson", ".kml")
SIZES = (125_000, 250_000, 500_000, 1_000_000)
#: Metres between vertices: at a million the line is as long as that of a large province.
STEP_M = 0.25
#: Units in a row of the layer of units.
ACROSS = 20


def main() -> None:
    """Measure, and print a table or one JSON document."""
    if len(sys.argv) > 2 and sys.argv[1] == "one":
        print(json.dumps(_one(Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(kind, size, Path(folder)) for kind in ("line.shp", "units.gpkg") for size in SIZES]
    if "--json" in sys.argv:
        print(json.dumps(rows))
        return
    print(write_section("intake", _section(rows)))


def _section(rows: list[dict[str, Any]]) -> str:
    head = ("file", "vertices", "seconds", "bare GEOS s", "ratio", "peak MB", "findings")
    cells = [
        (
            row["kind"],
            f"{row['vertices']:,}",
            f"{row['seconds']:.1f}",
            f"{row['bare_s']:.1f}",
            f"{row['seconds'] / row['bare_s']:.1f}",
            str(row["peak_mb"]),
            str(row["findings"]),
        )
        for row in rows
    ]
    return "\n".join(["## intake", "", "Check of one boundary file, in a process of its own:", "", *table(head, cells)])


def measured(kind: str, size: int, folder: Path) -> dict[str, Any]:
    """Seconds and memory of the check of one file of so many vertices, in a process of its own."""
    path, legal = (_units(size, folder), None) if kind == "units.gpkg" else _line(size, folder, Path(kind).suffix)
    command = [sys.executable, "-m", "tests.bench.intake", "one", str(path), *([str(legal)] if legal else [])]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {"kind": kind, "vertices": size, **told}


def _one(path: Path, legal: Path | None) -> dict[str, Any]:
    """Both measurements, the check first, so that the files are as cold for it as for the other."""
    begun, computed = time.perf_counter(), time.process_time()
    report = check_file(path, Options(against=legal))
    seconds, cpu_s = time.perf_counter() - begun, time.process_time() - computed
    peak = peak_mb()
    begun = time.perf_counter()
    _bare(path, legal)
    return {
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu_s, 2),
        "bare_s": round(time.perf_counter() - begun, 2),
        "peak_mb": peak,
        "findings": len(report.findings),
    }


def _bare(path: Path, legal: Path | None) -> None:
    shapes = [shapely.from_wkb(pyogrio.raw.read(one)[2]) for one in (path, legal) if one is not None]
    if legal is not None:
        shapely.is_simple(shapes[0])
    else:
        shapely.coverage_invalid_edges(shapes[0])


def _line(size: int, folder: Path, suffix: str) -> tuple[Path, Path]:
    whole = line((size - 1) * STEP_M, STEP_M, seed=3)
    fields = {"Layer": ["0"]} if suffix == ".dxf" else None
    to = "EPSG:4490" if suffix in IN_DEGREES else None
    path = write(folder / f"line{size}{suffix}", [whole], to=to, fields=fields)
    return path, write(folder / f"legal{size}.gpkg", [whole])


def _units(size: int, folder: Path) -> Path:
    """Units in rows and columns with winding edges in common, one of them pushed over its neighbour by 30 m."""
    steps = size // (ACROSS * ACROSS * 4)
    bend = 120 * np.sin(np.linspace(0, 6 * np.pi, steps + 1))
    bend[-1] = 0.0
    along = np.linspace(0, 3_000, steps + 1)
    polygons = [_unit(column, row, along, bend) for row in range(ACROSS) for column in range(ACROSS)]
    polygons[ACROSS + 1] = translate(polygons[ACROSS + 1], 30)
    codes = [f"99{number:04}" for number in range(len(polygons))]
    return write(folder / f"units{size}.gpkg", polygons, fields={"code": codes})


def _unit(column: int, row: int, along: Any, bend: Any) -> shapely.Polygon:
    x, y = origin(-60_000 + 3_000 * column, 3_000 * row)
    south, east = np.column_stack([x + along, y + bend]), np.column_stack([x + 3_000 + bend, y + along])
    north, west = np.column_stack([x + along, y + 3_000 + bend]), np.column_stack([x + bend, y + along])
    ring = np.vstack([south, east[1:], north[::-1][1:], west[::-1][1:]])
    return shapely.Polygon(np.round(ring, 4))


if __name__ == "__main__":
    main()
