"""`./diming bench comparison`: two national layers compared in one process, and on dask-geopandas with more and more.

The county polygons of the demonstration, each layer moved by a field of its own (`tests.known_truth.nation`), with
units renamed, recoded, merged, missing and land that went over in one of them. The answers are the same or the
measurement fails. Seconds are of processor time, of this process and its children; `wall_s` is the clock's.
The workers are processes of a cluster of dask's own (`distributed`), as they would be on several machines; they have
started before the clock does, as such a cluster has. `--units N` takes the first so many units only.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask
import numpy as np
import shapely
from distributed import Client, LocalCluster

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
#: Numbers of workers, and parts for each: the heaviest are dealt out first, and who is done takes the next.
WORKERS, PARTS = (1, 2, 4), 8


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
    alone, row = _timed("one process", a, b, map)
    rows = [row]
    for workers in WORKERS:
        with _cluster(workers) as client:
            mapped = on_dask(PARTS * workers, "distributed")
            spread, row = _timed(f"dask-geopandas, {workers} workers", a, b, mapped, client)
        if _said(alone) != _said(spread):
            raise RuntimeError("One process and dask-geopandas do not answer the same.")
        rows.append(row)
    return {"rows": rows, **_counts(a, b, alone, truth)}


@contextmanager
def _cluster(workers: int) -> Iterator[Client]:
    """So many processes of one thread each, which have read what they need."""
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(  # type: ignore[no-untyped-call]  # dask has no types
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # dask has no types
    ):
        client.run(_read)
        yield client


def _read() -> str:
    from boundaries.inspection.views import land

    return land.__name__


def _used() -> tuple[float, int]:
    """Seconds of processor time of the process that is asked, and its memory at its highest in MB."""
    return time.process_time(), peak_mb()


def _timed(
    name: str, a: View, b: View, mapped: Mapping, client: Client | None = None
) -> tuple[ViewComparison, dict[str, Any]]:
    before, begun = _all_used(client), time.monotonic()
    found = compare_views(a, b, mapped=mapped)
    wall_s, after = time.monotonic() - begun, _all_used(client)
    cpu_s = sum(cpu for cpu, _ in after) - sum(cpu for cpu, _ in before)
    others_mb = max((mb for _, mb in after[1:]), default=0)
    return found, {"way": name, "cpu_s": round(cpu_s, 1), "wall_s": round(wall_s, 1), "peak_mb": after[0][1],
                   "largest_child_mb": others_mb}  # fmt: skip


def _all_used(client: Client | None) -> list[tuple[float, int]]:
    """Of this process and of the workers, if there are any."""
    return [_used(), *(client.run(_used).values() if client is not None else ())]


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
    head = ("way", "seconds of processor time", "wall", "times as fast", "peak MB", "largest worker MB")
    alone_s = document["rows"][0]["wall_s"]
    rows = [{**row, "times": f"{alone_s / row['wall_s']:.2f}"} for row in document["rows"]]
    keys = ("way", "cpu_s", "wall_s", "times", "peak_mb", "largest_child_mb")
    lines = ["## comparison", "", *(f"* {name}: {value}" for name, value in document["machine"].items()), ""]
    said = (
        f"Two layers of {document['units']:,} units, {document['vertices']:,} vertices, apart by "
        f"{document['median_offset_m']} m in the median, T = {document['tolerance_m']} m; "
        f"{document['slivers']:,} slivers between {document['pairs']:,} pairs, {document['findings']:,} findings told. "
        "All answer the same:"
    )
    lines += [
        said,
        "",
        *table(head, [tuple(str(row[key]) for key in keys) for row in rows]),
        "",
        "```",
        *document["truth"],
        "```",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
