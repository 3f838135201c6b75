"""`./diming bench check`: checks of names a second and how long one takes, on the demonstration's register.

Asked are names of county-level units as if they were proposed anew, and streets and estates
made of them, each once and in a fixed order, as the API asks (public role, one connection).
`database_ms` is the part of a check spent waiting for the database. Runs on a cluster of
its own; with `--here` on the register of DIMING_DATABASE_URL.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from api.demo import load_all
from api.settings import settings_from_environment
from data import migrate
from data.db import make_engine, reading
from geonames.rules.asking import NameQuestion, answer_of
from tests.bench import machine
from tests.bench.latency import latency_of
from tests.bench.report import table, write_section
from tests.bench.servers import own_cluster
from tests.registers import demonstration_packages

CHECKS = 1_000
WARM_UP = 50
SEED = 753
NAMES = text("""
    SELECT name, code FROM published.unit_version
    WHERE level = 'county' AND upper_inf(valid) AND upper_inf(known) ORDER BY code
""")


def main() -> None:
    """Measure, print a table or one JSON document (`--json`), and put the table into RESULTS.md."""
    if "--here" in sys.argv:
        _measured(settings_from_environment().database_url)
        return
    with own_cluster() as cluster:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        load_all(engine, demonstration_packages(), lambda _what: None)
        engine.dispose()
        _measured(cluster.url())


def _measured(url: str) -> None:
    _show(*measured(url))


def measured(url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Speed and latency of checks on the register at `url`, and the machine."""
    engine = make_engine(url, pooled=False, reader=True)
    waited = _waiting(engine)
    with reading(engine) as connection:
        facts = machine.description(connection)
        asked = questions(connection)
        for question in asked[:WARM_UP]:
            answer_of(connection, question)
        waited.clear()
        took = [_timed(connection, question) for question in asked]
    tail = latency_of(1000 * seconds for seconds in took)
    results = {
        "checks": tail.count,
        "per_second": round(len(took) / sum(took)),
        "p50_ms": round(tail.p50_ms, 1),
        "p95_ms": round(tail.p95_ms, 1),
        "p99_ms": round(tail.p99_ms, 1),
        "database_ms": round(1000 * sum(waited) / len(took), 1),
        "queries": round(len(waited) / len(took), 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    engine.dispose()
    return results, facts


def questions(connection: Connection) -> list[NameQuestion]:
    """The questions, in an order of their own that is always the same."""
    found: list[NameQuestion] = []
    for row in connection.execute(NAMES):
        specific = row.name[:-1]
        found.append(NameQuestion(row.name, "ADMIN_DIVISION", row.code[:2] + "0000"))
        found.append(NameQuestion(f"{specific}东路", "STREET", row.code))
        found.append(NameQuestion(f"{specific}花园", "RESIDENTIAL_BUILDING", row.code))
    random.Random(SEED).shuffle(found)
    return found[:CHECKS]


def _timed(connection: Connection, question: NameQuestion) -> float:
    begun = time.perf_counter()
    answer_of(connection, question)
    return time.perf_counter() - begun


def _waiting(engine: Engine) -> list[float]:
    """Seconds of each statement from now on."""
    waited: list[float] = []

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_conn: Any, _cursor: Any, _sql: Any, _parameters: Any, context: Any, _many: Any) -> None:
        context.begun = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(_conn: Any, _cursor: Any, _sql: Any, _parameters: Any, context: Any, _many: Any) -> None:
        waited.append(time.perf_counter() - context.begun)

    return waited


def _show(results: dict[str, Any], facts: dict[str, str]) -> None:
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    lines = ["## check", "", *(f"* {name}: {value}" for name, value in facts.items()), ""]
    lines += table(("measure", "value"), [(key, f"{value:,}") for key, value in results.items()])
    print(write_section("check", "\n".join(lines) + "\n"))


if __name__ == "__main__":
    main()
