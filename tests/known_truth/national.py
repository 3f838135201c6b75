"""`python -m tests.known_truth.national FILE [DEEDS] [PROCESSES]`: two national layers held against the truth.

FILE: county polygons with a field `gb` or `code`, such as the demonstration's `district.geojson`. Prints recall per
deed, what was invented, time and memory.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from boundaries.geometry.overlay import GRID_DEG, robust
from boundaries.inspection.views.compare import compare_views
from boundaries.inspection.views.model import ViewComparison
from boundaries.inspection.views.nation import in_processes
from tests.known_truth.nation import Truth, two_views

FIELDS = ("gb", "code", "adcode")


def polygons_of(path: Path) -> tuple[list[str], np.ndarray]:
    """Codes and valid polygons, one for each code."""
    frame = gpd.read_file(path)
    code_field = next(name for name in FIELDS if name in frame.columns)
    frame = frame[frame.geometry.notna() & frame.geom_type.isin(["Polygon", "MultiPolygon"])]
    frame = frame.drop_duplicates(code_field).sort_values(code_field)
    geometries = shapely.make_valid(np.array(frame.geometry), method="structure", keep_collapsed=False)
    return [str(code) for code in frame[code_field]], geometries


def table(found: ViewComparison, truth: Truth) -> list[str]:
    """For each deed how many there were, were found, and what else of its kind was told."""
    of = {kind: [f for f in found.findings if f.kind == kind] for kind in {f.kind for f in found.findings}}
    told = {kind: {f.units[0] for f in of.get(kind, [])} for kind in ("unit_renamed", "unit_missing", "unit_added")}
    gone = {**truth.recoded, **truth.merged, **dict.fromkeys(truth.missing, "")}
    rows = [
        ("renamed", truth.renamed, told["unit_renamed"]),
        ("missing, merged, recoded", set(gone), told["unit_missing"]),
        ("added by recoding", set(truth.recoded.values()), told["unit_added"]),
    ]
    lines = [f"{'deed':<26} {'made':>5} {'missed':>7} {'invented':>9}"]
    lines += [f"{n:<26} {len(made):>5} {len(made - seen):>7} {len(seen - made):>9}" for n, made, seen in rows]
    disputes = of.get("disputed_area", [])
    ceded = sum(any(_is_of(f, pair, land) for f in disputes) for pair, land in truth.ceded.items())
    lines.append(f"{'land that went over':<26} {len(truth.ceded):>5} {len(truth.ceded) - ceded:>7}")
    lines.append(f"disputed areas told: {len(disputes)}, unclaimed: {len(of.get('unclaimed_area', []))}")
    return lines


def _is_of(finding, pair, land) -> bool:  # type: ignore[no-untyped-def]
    if finding.units != pair:
        return False
    return bool(robust(shapely.intersection, finding.geometry, land, grid=GRID_DEG).area >= 0.8 * land.area)


def main(path: Path, deeds: int, processes: int) -> None:
    """Make, compare, print."""
    codes, polygons = polygons_of(path)
    a, b, truth = two_views(codes, polygons, 7, deeds)
    vertices = int(shapely.get_num_coordinates(a.polygons).sum() + shapely.get_num_coordinates(b.polygons).sum())
    begun = time.monotonic()
    with in_processes(processes) as mapped:
        found = compare_views(a, b, mapped=mapped)
    took = time.monotonic() - begun
    memory = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    slivers = sum(pair.slivers for pair in found.pairs)
    print(f"{len(codes)} units, {vertices:,} vertices in both layers, {processes} processes")
    print(f"{took:.1f} s; largest process and largest child together {memory:,.0f} MB")
    print(f"offsets p50 {found.agreement.p50_m:.1f} m; T = {found.tolerance_m:.1f} m ({found.tolerance_from})")
    print(f"{len(found.pairs):,} pairs, {slivers:,} slivers, {len(found.findings):,} findings, shift {found.shift}")
    print("\n".join(table(found, truth)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(word) for word in (sys.argv[2:] + ["40", "2"][len(sys.argv) - 2 :])))
