"""`./diming bench comparison`: two national layers compared in one process, and on dask-geopandas with two workers.

The county polygons of the demonstration, each layer moved by a field of its own (`tests.known_truth.nation`), with
units renamed, recoded, merged, missing and land that went over in one of them. The answers are the same or the
measurement fails. Seconds are of processor time, of this process and its children; `wall_s` is the clock's.
`--units N` takes the first so many units only.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from typing import Any

import dask
import numpy as np
import shapely

from boundaries.inspection.views.compare import Mapping, compare_views
from boundaries.inspection.views.model import View, ViewComparison
from boundaries.inspection.views.nation import on_dask
from boundaries.inspection.views.report import as_document
from tests.bench.boundary import LAYER
from tests.bench.machine import computer, load, peak_mb
from tests.bench.report import table, write_section
from tests.known_truth.nation import Truth, two_views
from tests.known_truth.national import polygons_of
from tests.known_truth.national import table as truth_table
from tests.registers import demonstration_packages

#: The seed of the fields and deeds, and how many deeds of each sort there are in a whole nation.
SEED, DEEDS = 7, 40
WORKERS = 2


def main() -> None:
    """Measure, and write a section of RESULTS.md or one JSON document."""
    arguments = _arguments()
    facts = {**computer(), "load before": load()}
    codes, polygons = polygons_of(demonstration_packages() / LAYER)
    some = slice(0, arguments.units or len(codes))
    document = {"machine": facts, **measured(codes[some], polygons[some])}
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False))
        return
    print(write_section("comparison", section(document)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def measured(codes: list[str], polygons: np.ndarray) -> dict[str, Any]:
    """Both ways on the same two layers; RuntimeError where they do not answer the same."""
    a, b, truth = two_views(codes, polygons, SEED, max(1, DEEDS * len(codes) // 2_891))
    alone, row_alone = _timed("one process", a, b, map)
    with dask.config.set(num_workers=WORKERS):
        spread, row_spread = _timed(f"dask-geopandas, {WORKERS} workers", a, b, on_dask(4 * WORKERS))
    if _said(alone) != _said(spread):
        raise RuntimeError("One process and dask-geopandas do not answer the same.")
    return {"rows": [row_alone, row_spread], **_counts(a, b, alone, truth)}


def _timed(name: str, a: View, b: View, mapped: Mapping) -> tuple[ViewComparison, dict[str, Any]]:
    before, begun = _cpu_s(), time.monotonic()
    found = compare_views(a, b, mapped=mapped)
    row = {"way": name, "cpu_s": round(_cpu_s() - before, 1), "wall_s": round(time.monotonic() - begun, 1)}
    children_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return found, {**row, "peak_mb": peak_mb(), "largest_child_mb": children_mb if mapped is not map else 0}


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _said(found: ViewComparison) -> str:
    return json.dumps(as_document(found, {}), ensure_ascii=False, sort_keys=True)


def _counts(a: View, b: View, found: ViewComparison, truth: Truth) -> dict[str, Any]:
    vertices = sum(int(shapely.get_num_coordinates(view.polygons).sum()) for view in (a, b))
    return {
        "units": len(a.codes),
        "vertices": vertices,
        "median_offset_m": round(found.agreement.p50_m or 0.0, 1),
        "tolerance_m": round(found.tolerance_m, 1),
        "pairs": len(found.pairs),
        "slivers": sum(pair.slivers for pair in found.pairs),
        "findings": len(found.findings),
        "truth": truth_table(found, truth),
    }


def section(document: dict[str, Any]) -> str:
    """The measurements as a section of RESULTS.md."""
    head = ("way", "seconds of processor time", "wall", "peak MB", "largest child MB")
    keys = ("way", "cpu_s", "wall_s", "peak_mb", "largest_child_mb")
    lines = ["## comparison", "", *(f"* {name}: {value}" for name, value in document["machine"].items()), ""]
    said = (
        f"Two layers of {document['units']:,} units, {document['vertices']:,} vertices, apart by "
        f"{document['median_offset_m']} m in the median, T = {document['tolerance_m']} m; "
        f"{document['slivers']:,} slivers between {document['pairs']:,} pairs, {document['findings']:,} findings told. "
        "Both ways answer the same:"
    )
    lines += [
        said,
        "",
        *table(head, [tuple(str(row[key]) for key in keys) for row in document["rows"]]),
        "",
        "```",
        *document["truth"],
        "```",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
