"""`./diming bench suggest|search|reverse`: how fast names and positions are answered, by the size of the register.

Asks the register of DIMING_DATABASE_URL (`--here`), or one of its own with the demonstration and `--names N` seeded
places (`--imported M`: only so many by import, the rest as their copies). What is typed is drawn by a fixed seed from
the names themselves: beginnings, parts, sounds. Times are those of the service, one client, warm; `database` is the
part spent in `published.names_met`.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event, text

from api.demo import load_all
from api.settings import settings_from_environment
from data import migrate
from data.db import make_engine, reading, unit_of_work
from data.errors import NotFound
from geonames.search.index import follow
from geonames.search.nearby import reverse
from geonames.search.service import search_places, suggest
from tests.bench import http_load, machine
from tests.bench.http_load import Outcome
from tests.bench.latency import Latency, latency_of
from tests.bench.multiply import multiply
from tests.bench.report import table, write_section
from tests.bench.seed import seed
from tests.bench.servers import own_cluster, server_on, unmetered
from tests.registers import demonstration_packages

SEED = 15_000_000
CLIENTS = 8
#: A server of the API alone that remembers no answer: what is asked again is made again.
ANEW = {"DIMING_PAGES": "false", "DIMING_ANSWERS_MB": "0"}
#: By what their rows are called after the kind: how a server is set up.
SERVERS = {"": ANEW, ", asked again": {"DIMING_PAGES": "false"}}
SECONDS = 5.0
ASKED = 400
#: Issue 8: of so many mixed questions none takes longer; megabytes of a worker.
MIXED, LONGEST_MS, WORKER_MB = 10_000, 200.0, 250.0
SPAN = text("SELECT min(id), max(id), count(*) FROM diming.search_name")
PICK = text("""
    SELECT name, folded, pinyin, initials, ST_X(geom) AS x, ST_Y(geom) AS y, subject_id FROM diming.search_name
    WHERE id >= :at AND main AND length(folded) >= 3 AND collection = 'places' AND geom IS NOT NULL AND pinyin <> ''
    ORDER BY id LIMIT 1
""")
SIZES = text("""
    SELECT c.relname AS name, round(pg_relation_size(c.oid) / 1e6) AS mb FROM pg_class c
    LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.oid = 'diming.search_name'::regclass OR i.indrelid = 'diming.search_name'::regclass ORDER BY 2 DESC
""")

Ask = Callable[[Connection, Any], object]


def typed() -> dict[str, Ask]:
    """What people type, by kind: the bench of `suggest`."""
    return {
        "1 character": lambda c, n: suggest(c, n.folded[:1]),
        "2 characters": lambda c, n: suggest(c, n.folded[:2]),
        "whole name": lambda c, n: suggest(c, n.folded),
        "part of 2": lambda c, n: suggest(c, n.folded[1:3]),
        "1 letter": lambda c, n: suggest(c, n.pinyin[:1]),
        "3 letters": lambda c, n: suggest(c, n.pinyin[:3]),
        "pinyin": lambda c, n: suggest(c, n.pinyin),
        "initials": lambda c, n: suggest(c, n.initials),
        "letter and characters": lambda c, n: suggest(c, n.initials[:1] + n.folded[1:3]),
        "swapped characters": lambda c, n: suggest(c, n.folded[1] + n.folded[0] + n.folded[2:]),
    }


def filtered() -> dict[str, Ask]:
    """One filter each: the bench of `search`."""
    day = date(2010, 6, 1)
    return {
        "class": lambda c, n: search_places(c, q=n.folded[:2], class_="NATURAL"),
        "county, beginning": lambda c, n: search_places(c, q=n.folded[:1], within="330522"),
        "county, part": lambda c, n: search_places(c, q=n.folded[1:3], within="330522"),
        "prefecture": lambda c, n: search_places(c, q=n.folded[:2], within="330500"),
        "province, beginning": lambda c, n: search_places(c, q=n.folded[:2], within="330000"),
        "province, part": lambda c, n: search_places(c, q=n.folded[1:3], within="330000"),
        "box of 0.4°": lambda c, n: search_places(c, q=n.folded[:1], bbox=(n.x - 0.2, n.y - 0.2, n.x + 0.2, n.y + 0.2)),
        "box of 6°": lambda c, n: search_places(c, q=n.folded[:2], bbox=(n.x - 3, n.y - 3, n.x + 3, n.y + 3)),
        "radius 5 km": lambda c, n: search_places(c, q=n.folded[:1], near=(n.x, n.y), circle=(n.x, n.y, 5000)),
        "near": lambda c, n: search_places(c, q=n.folded[:2], near=(n.x, n.y)),
        "by distance": lambda c, n: search_places(c, q=n.folded[:2], near=(n.x, n.y), sort="distance"),
        "former": lambda c, n: search_places(c, q=n.folded[:2], status="former"),
        "as of a day": lambda c, n: search_places(c, q=n.folded[:2], as_of=day),
    }


def positions() -> dict[str, Ask]:
    """The bench of `reverse`."""
    return {"units and nearest places": _reverse}


def _reverse(connection: Connection, name: Any) -> object:
    try:
        return reverse(connection, name.x, name.y)
    except NotFound:  # the seed scatters places around their county's point, some into the sea
        return None


KINDS: dict[str, Callable[[], dict[str, Ask]]] = {"suggest": typed, "search": filtered, "reverse": positions}


def main() -> None:
    """Measure the kinds named on the command line (default: all); print, and put sections into RESULTS.md."""
    kinds = [kind for kind in KINDS if kind in sys.argv] or list(KINDS)
    if "--here" in sys.argv:
        _show(measured(settings_from_environment().database_url, kinds, {}))
        return
    names = int(option("--names", "300000"))
    with seeded(names, int(option("--imported", str(names)))) as (url, took):
        _show(measured(url, kinds, took))


def option(name: str, otherwise: str) -> str:
    """What the command line says after `name`."""
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else otherwise


@contextmanager
def seeded(names: int, imported: int | None = None) -> Iterator[tuple[str, dict[str, float]]]:
    """A register of its own with the demonstration and so many places: its address, and what the seeding took.

    `imported` of them come through the bulk import, the others are copies of these (`tests.bench.multiply`).
    """
    with own_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        load_all(engine, demonstration_packages(), lambda _what: None)
        imported = names if imported is None else imported
        took = seed(cluster.url(), Path(folder), Path(folder), imported, say)
        if names > imported:
            begun = time.perf_counter()
            multiply(engine, names, say)
            took["copied_s"] = time.perf_counter() - begun
        engine.dispose()
        yield cluster.url(), took


def say(what: str) -> None:
    """Tell whoever waits."""
    print(what, file=sys.stderr, flush=True)


def measured(url: str, kinds: list[str], seeded: dict[str, float]) -> dict[str, Any]:
    """What every kind of question takes on the register at `url`, alone and over HTTP, and how large its keys are."""
    engine = make_engine(url, pooled=False, reader=True)
    owner = make_engine(url)
    with reading(owner) as connection:
        names = _drawn(connection)
        sizes = {row.name: int(row.mb) for row in connection.execute(SIZES)}
        count = connection.execute(SPAN).one().count
        facts = machine.description(connection)
    rows = []
    for kind in kinds:
        for what, ask in KINDS[kind]().items():
            whole, database = _timed(engine, ask, names)
            rows.append({"kind": kind, "what": what, "service": whole, "database": database})
    over_http, worker_mb = _over_http(url, kinds, names)
    found = {"machine": facts, "keys": count, "seeded": seeded, "sizes_mb": sizes, "rows": rows, "http": over_http,
             "worker_mb": worker_mb, "mixed": _mixed(engine, names), "rename": _followed(owner, names)}  # fmt: skip
    for one in (engine, owner):
        one.dispose()
    return found


def _mixed(engine: Engine, names: list[Any]) -> list[tuple[float, str]]:
    """`MIXED` questions of all kinds in turn on one connection; milliseconds and kind of each, the slowest first."""
    asks = [(f"{kind}, {what}", ask) for kind, make in KINDS.items() for what, ask in make().items()]
    chance, took = random.Random(SEED), list[tuple[float, str]]()
    with reading(engine) as connection:
        for at in range(MIXED):
            what, ask = asks[at % len(asks)]
            name = chance.choice(names)
            begun = time.perf_counter()
            ask(connection, name)
            took.append(((time.perf_counter() - begun) * 1000, what))
    return sorted(took, reverse=True)


def _over_http(url: str, kinds: list[str], names: list[Any]) -> tuple[dict[str, Outcome], float]:
    """Answers a second and latencies at `CLIENTS` clients, for the kinds that have a target over HTTP.

    By a server that remembers nothing, and by one as it is delivered, asked the same again. Beside it the megabytes of
    the largest worker after that.
    """
    asked = {
        "suggest": [f"/v1/suggest?q={quote(n.folded[:2])}" for n in names],
        "reverse": [f"/v1/reverse?lon={n.x:.6f}&lat={n.y:.6f}" for n in names],
    }
    found: dict[str, Outcome] = {}
    wanted = [kind for kind in kinds if kind in asked]
    if not wanted:
        return found, 0.0
    worker_mb = 0.0
    for how, variables in SERVERS.items():
        with unmetered() as plans, server_on(url, "api.serving:serving_app()", {**variables, **plans}) as here:
            for kind in wanted:
                http_load.run(here.port, asked[kind], clients=CLIENTS, seconds=2)
                found[kind + how] = http_load.run(here.port, asked[kind], clients=CLIENTS, seconds=SECONDS)
            worker_mb = max(worker_mb, machine.largest_child_mb(here.pid))
    return found, worker_mb


def targets(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """What issue 8 asks for, what was measured, and how many times the target that is (below 1: met)."""
    told: list[tuple[str, float, float, str]] = []
    for row in found["rows"]:
        if row["kind"] == "suggest":
            told.append((f"suggest, {row['what']}: database p50", 2.0, row["database"].p50_ms, "ms"))
            told.append((f"suggest, {row['what']}: database p99", 20.0, row["database"].p99_ms, "ms"))
        elif row["kind"] == "search":
            told.append((f"search, {row['what']}: p99", 50.0, row["service"].p99_ms, "ms"))
    lines = [(what, f"{aim:.0f} {unit}", f"{has:.1f} {unit}", f"{has / aim:.2f}") for what, aim, has, unit in told]
    for kind, outcome in found["http"].items():
        lines.append(_target_over_http(kind, outcome))
    if found["worker_mb"]:
        mb = found["worker_mb"]
        lines.append(("one worker process", f"{WORKER_MB:.0f} MB", f"{mb:.0f} MB", f"{mb / WORKER_MB:.2f}"))
    slowest, what = found["mixed"][0]
    said = f"the slowest of {MIXED:,} mixed questions ({what})"
    lines.append((said, f"{LONGEST_MS:.0f} ms", f"{slowest:.0f} ms", f"{slowest / LONGEST_MS:.2f}"))
    return lines


def _target_over_http(kind: str, outcome: Outcome) -> tuple[str, str, str, str]:
    what = f"{kind} over HTTP, {CLIENTS} clients"
    if kind.startswith("reverse"):
        return what, "1,000/s", f"{outcome.per_second:,.0f}/s", f"{1000 / outcome.per_second:.2f}"
    p99 = latency_of(outcome.latencies_ms).p99_ms
    return f"{what}: p99 ({outcome.per_second:,.0f}/s)", "40 ms", f"{p99:.1f} ms", f"{p99 / 40:.2f}"


def _drawn(connection: Connection) -> list[Any]:
    first, last, _ = connection.execute(SPAN).one()
    chance = random.Random(SEED)
    found = [connection.execute(PICK, {"at": chance.randint(first, last)}).first() for _ in range(ASKED)]
    return [row for row in found if row is not None]


def _timed(engine: Engine, ask: Ask, names: list[Any]) -> tuple[Latency, Latency]:
    with reading(engine) as connection, _waiting(engine) as waited:
        for name in names[:20]:
            ask(connection, name)
        waited.clear()
        times, database = [], []
        for name in names:
            begun = time.perf_counter()
            ask(connection, name)
            times.append((time.perf_counter() - begun) * 1000)
            database.append(sum(waited) * 1000)
            waited.clear()
    return latency_of(times), latency_of(database)


@contextmanager
def _waiting(engine: Engine) -> Iterator[list[float]]:
    """Seconds of each question to `published.names_met` while this lasts."""
    waited: list[float] = []

    def begin(_conn: Any, _cursor: Any, _sql: Any, _parameters: Any, context: Any, _many: Any) -> None:
        context.begun = time.perf_counter()

    def end(_conn: Any, _cursor: Any, sql: str, _parameters: Any, context: Any, _many: Any) -> None:
        if "names_met" in sql:
            waited.append(time.perf_counter() - context.begun)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    yield waited
    event.remove(engine, "before_cursor_execute", begin)
    event.remove(engine, "after_cursor_execute", end)


def _followed(engine: Engine, names: list[Any]) -> Latency:
    """How long the keys of one changed place take to be written again, with its transaction."""
    times = []
    for name in names[:100]:
        begun = time.perf_counter()
        with unit_of_work(engine) as connection:
            follow(connection, [name.subject_id])
        times.append((time.perf_counter() - begun) * 1000)
    return latency_of(times)


def _ms(latency: Latency, *names: str) -> list[str]:
    return [f"{getattr(latency, name):.1f}" for name in names]


def _show(found: dict[str, Any]) -> None:
    if "--json" in sys.argv:
        told = {
            **found,
            "http": {kind: one.per_second for kind, one in found["http"].items()},
            "targets": targets(found),
        }
        print(json.dumps(told, default=lambda value: {s: getattr(value, s) for s in value.__slots__}))
        return
    kinds = "·".join(dict.fromkeys(row["kind"] for row in found["rows"]))
    name = f"{kinds} in {found['keys']:,} keys"
    lines = [f"## {name}", "", *(f"* {key}: {value}" for key, value in found["machine"].items())]
    lines += [f"* load after: {machine.load()}", ""]
    lines += table(("target of issue 8", "target", "measured", "ratio (met below 1)"), targets(found))
    lines += [""]
    lines += table(
        ("kind", "what", "p50 ms", "p95 ms", "p99 ms", "database p50", "database p99"),
        [
            (
                r["kind"],
                r["what"],
                *_ms(r["service"], "p50_ms", "p95_ms", "p99_ms"),
                *_ms(r["database"], "p50_ms", "p99_ms"),
            )
            for r in found["rows"]
        ],
    )
    rename, sizes = found["rename"], found["sizes_mb"]
    lines += ["", f"Keys of a changed place written again: p50 {rename.p50_ms:.1f} ms, p99 {rename.p99_ms:.1f} ms."]
    lines += ["Megabytes: " + ", ".join(f"{key} {value}" for key, value in sizes.items()) + "."]
    if found["seeded"]:
        lines += ["Seconds: " + ", ".join(f"{key} {value:,.0f}" for key, value in found["seeded"].items()) + "."]
    print(write_section(name, "\n".join(lines) + "\n"))


if __name__ == "__main__":
    main()
