"""`./diming bench scale`: how cost grows: the same questions at 0.3, 1.5 and 15 million names, in one table.

One register with the demonstration grows: places come through the bulk import (`tests.bench.seed`) as far as
`--imported` (1.5 million), the rest are their copies (`tests.bench.multiply`). `--steps 300000,1500000,15000000`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.demo import load_all
from data import migrate
from data.db import make_engine
from tests.bench import check, search
from tests.bench.latency import latency_of
from tests.bench.multiply import multiply
from tests.bench.report import table, write_section
from tests.bench.seed import seed
from tests.bench.servers import own_cluster
from tests.registers import demonstration_packages

STEPS = (300_000, 1_500_000, 15_000_000)
IMPORTED = 1_500_000
#: What the table tells of a question: p50 and p99 of the service, p99 of the database's part.
Cells = tuple[float, float, float]


def main() -> None:
    """Measure step after step; print, and put the table into RESULTS.md (`--json`: one document, nothing written)."""
    steps = [int(one) for one in search.option("--steps", ",".join(map(str, STEPS))).split(",")]
    imported = int(search.option("--imported", str(IMPORTED)))
    found = []
    for names, url, took in _growing(steps, imported):
        found.append(step(names, url, took))
        print(json.dumps(found[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    print(json.dumps(found, ensure_ascii=False) if "--json" in sys.argv else write_section(NAME, section(found)))


def _growing(steps: list[int], imported: int) -> Iterator[tuple[int, str, dict[str, float]]]:
    with own_cluster() as cluster, tempfile.TemporaryDirectory(prefix="diming-scale-") as scratch:
        engine, folder, url = make_engine(cluster.url(), pooled=False), Path(scratch), cluster.url()
        migrate.upgrade(engine)
        load_all(engine, demonstration_packages(), lambda _what: None)
        for names in sorted(steps):
            took = seed(url, folder, folder, min(names, imported), search.say)
            if names > imported:
                begun = time.perf_counter()
                multiply(engine, names, search.say)
                took["copied_s"] = time.perf_counter() - begun
            yield names, url, took
        engine.dispose()


def step(names: int, url: str, took: dict[str, float]) -> dict[str, Any]:
    """What is measured of a register with so many places."""
    asked = search.measured(url, list(search.KINDS), took)
    checked, _ = check.measured(url)
    rows = {
        f"{row['kind']}, {row['what']}": (row["service"].p50_ms, row["service"].p99_ms, row["database"].p99_ms)
        for row in asked["rows"]
    }
    http = {
        f"{kind} over HTTP, {search.CLIENTS} clients": (latency_of(one.latencies_ms).p99_ms, one.per_second)
        for kind, one in asked["http"].items()
    }
    return {
        "names": names, "keys": asked["keys"], "machine": asked["machine"], "rows": rows, "http": http,
        "check": checked, "rename": (asked["rename"].p50_ms, asked["rename"].p99_ms), "worker_mb": asked["worker_mb"],
        "slowest": asked["mixed"][0], "above": sum(ms > search.LONGEST_MS for ms, _ in asked["mixed"]),
        "mb": sum(asked["sizes_mb"].values()), "took": took,
        "targets": search.targets(asked),
    }  # fmt: skip


NAME = "how cost grows"


def section(found: list[dict[str, Any]]) -> str:
    """The table of all steps."""
    lines = [f"## {NAME}", "", *(f"* {key}: {value}" for key, value in found[-1]["machine"].items()), ""]
    lines += ["Milliseconds of the service, one client, warm: p50 / p99 (p99 in the database).", ""]
    lines += table(("question", *(f"{one['names']:,} places" for one in found)), list(_rows(found)))
    lines += ["", "Targets of issue 8 at the largest:", ""]
    lines += table(("target", "aim", "measured", "ratio (met below 1)"), [tuple(row) for row in found[-1]["targets"]])
    return "\n".join(lines) + "\n"


def _rows(found: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for what in found[0]["rows"]:
        yield (what, *(_cell(one["rows"][what]) for one in found))
    for what in dict.fromkeys(what for one in found for what in one["http"]):
        yield (what, *(_served(one["http"].get(what)) for one in found))
    yield ("check of a name", *(f"{one['check']['p50_ms']} / {one['check']['p99_ms']}" for one in found))
    yield ("keys of a changed place", *("{:.1f} / {:.1f}".format(*one["rename"]) for one in found))
    yield (f"slowest of {search.MIXED:,} mixed", *(f"{one['slowest'][0]:.0f} ({one['slowest'][1]})" for one in found))
    yield (f"of these above {search.LONGEST_MS:.0f} ms", *(str(one["above"]) for one in found))
    yield ("a worker process, MB", *(f"{one['worker_mb']:.0f}" for one in found))
    yield ("keys of search", *(f"{one['keys']:,} in {one['mb']:,} MB" for one in found))
    yield ("import and copying, s", *(_took(one["took"]) for one in found))


def _cell(cells: Cells) -> str:
    return "{:.1f} / {:.1f} ({:.1f})".format(*cells)


def _served(told: tuple[float, float] | None) -> str:
    return "not measured" if told is None else f"p99 {told[0]:.0f} ms, {told[1]:,.0f}/s"


def _took(took: dict[str, float]) -> str:
    return ", ".join(f"{key} {value:,.0f}" for key, value in took.items())


if __name__ == "__main__":
    main()
