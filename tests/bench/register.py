"""`./diming bench register`: load, as-of look-up, code translation, reverse look-up, and requests a second.

Runs on a cluster of its own with the settings of production and removes it.
Ratios compare with the cheapest thing of the same kind measured in the same
run: a primary-key SELECT for questions, an endpoint that asks nothing for HTTP.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from api.demo import load_all
from boundaries.units.load import load_divisions
from boundaries.units.service import find_unit, translate_code
from data import migrate
from data.db import make_engine, reading
from data.errors import NotFound
from data.server.cluster import Cluster
from geonames.search.nearby import reverse
from tests.bench import http_load, machine, report
from tests.bench.latency import Latency, latency_of, measure
from tests.bench.questions import Questions, draw
from tests.bench.servers import own_cluster, server, unmetered
from tests.registers import demonstration_packages

COUNT = 2000
CLIENTS = (8, 32)
SECONDS = 5.0
PLAIN = "a primary-key SELECT"
EMPTY = "/healthz (asks nothing)"


@dataclass
class Results:
    """What one run found; times of loads in seconds."""

    machine: dict[str, str]
    loads_s: dict[str, float]
    questions: dict[str, Latency] = field(default_factory=dict)
    http: list[dict[str, Any]] = field(default_factory=list)


def main() -> int:
    """Run everything, print the report, write it into RESULTS.md (or print JSON with `--json`)."""
    as_json = "--json" in sys.argv[1:]
    with own_cluster() as cluster:
        loads = _load(cluster)
        with reading(make_engine(cluster.url(), reader=True)) as connection:
            results = Results(machine.description(connection), loads)
            asked = draw(connection, COUNT)
            results.questions = _questions(connection, asked)
        results.http = _http(cluster, asked)
    if as_json:
        print(json.dumps(asdict(results), ensure_ascii=False, indent=2))
    else:
        print(report.write(results, PLAIN, EMPTY))
    return 0


def _load(cluster: Cluster) -> dict[str, float]:
    engine = make_engine(cluster.url(), pooled=False)
    timed: dict[str, float] = {}

    def everything() -> object:
        return load_all(engine, demonstration_packages(), lambda what: print(what, file=sys.stderr))

    _timed(timed, "schema", lambda: migrate.upgrade(engine))
    _timed(timed, "division register", lambda: load_divisions(engine, "bench"))
    _timed(timed, "shapes, places, search names", everything)
    _timed(timed, "all of it again (changes nothing)", everything)
    return timed


def _timed(timed: dict[str, float], what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    timed[what] = time.perf_counter() - start


def _questions(connection: Connection, asked: Questions) -> dict[str, Latency]:
    plain = text("SELECT doc_no, title FROM published.decision WHERE id = :id")

    def at_point(point: tuple[float, float]) -> object:
        try:
            return reverse(connection, *point)
        except NotFound:  # some kilometres from a settlement may be in the sea
            return None

    return {
        PLAIN: measure(lambda key: connection.execute(plain, {"id": key}).all(), asked.decisions),
        "unit as of a day": measure(lambda q: find_unit(connection, *q), asked.on_days),
        "code translation": measure(lambda q: translate_code(connection, q[0], from_=q[1]), asked.on_days),
        "reverse look-up": measure(at_point, asked.points),
    }


def _http(cluster: Cluster, asked: Questions) -> list[dict[str, Any]]:
    paths = {
        EMPTY: ["/healthz"],
        "/v1/units/{code}?as_of=": [f"/v1/units/{c}?as_of={d}" for c, d in asked.on_days],
        "/v1/codes/{code}/translate": [f"/v1/codes/{c}/translate?from={d}" for c, d in asked.on_days],
        "/v1/reverse": [f"/v1/reverse?lon={x}&lat={y}" for x, y in asked.points],
    }
    found = []
    with (
        unmetered() as plans,
        server(cluster, "api.serving:serving_app()", {"DIMING_PAGES": "false", **plans}) as started,
    ):
        for name, addresses in paths.items():
            for clients in CLIENTS:
                http_load.run(started.port, addresses, clients=clients, seconds=1)
                outcome = http_load.run(started.port, addresses, clients=clients, seconds=SECONDS)
                row = {"path": name, "clients": clients, "per_second": outcome.per_second}
                found.append(row | asdict(latency_of(outcome.latencies_ms)) | {"not_200": outcome.failures})
    return found


if __name__ == "__main__":
    sys.exit(main())
