"""`./diming bench load`: ten minutes of reading and writing at 80 % of what the machine can do, then more than it can.

Capacity is found first: the most questions of the public a second with which the server keeps up while twenty people
work at naming cases. They come at their times, whether the one before was answered or not. (A few clients who wait for
each other would be answered more: the people wait then too, and work less.) Then ten minutes at 80 % of that. The
server is set up as it is delivered, and a few things are asked often, many seldom. At last many more clients than there
are places ask at once: what is beyond is refused with 503 and `Retry-After`, and afterwards all is as before. Exit
status 1 where anything but that happened, and where the public or people at work waited longer than the limits allow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from api.jobs import schema
from api.web.settings import WebSettings
from data import migrate
from data.db import make_engine, reading
from geonames.search.index import refresh_search_keys
from tests.bench import machine, report
from tests.bench.applications import FIRST, SECOND, _contradictions, _open_cases, _staff
from tests.bench.faults.deeds import children
from tests.bench.faults.people import Outages
from tests.bench.faults.rig import work
from tests.bench.http_load import get_request, run
from tests.bench.latency import Latency, latency_of
from tests.bench.office_people import sign_in
from tests.bench.servers import own_cluster, server, unmetered
from tests.samples.invented import load_invented

SECONDS, SHARE = 600.0, 0.8
#: Clients whose answers a second are where the search for the capacity begins, and seconds of each look.
CLIENTS, FINDING_S = 16, 20.0
#: Looks at how much the server keeps up with, each halving what is between too little and too much.
LOOKS = 6
#: It keeps up where all is answered so soon after the last was asked, and half of the last third within so long.
DRAINED_S, STEADY_MS = 1.0, 250.0
#: Clients of the flood, and seconds; connections over which the even load comes.
FLOOD_CLIENTS, FLOOD_S = 600, 20.0
LINES = 64
#: Issue 8: over HTTP at 8 clients 40 ms; issue 3: a page within 300 ms.
READ_P99_MS, WRITE_P95_MS = 40.0, 300.0
#: Memory is looked at so often; the last fifth of the run may be this much above the second.
EVERY_S, GROWTH = 5.0, 1.05
SEED = 10
#: Different questions, and how many are asked before they come again in the same order.
DIFFERENT, ASKED = 10_000, 100_000
ENDS = ("", "路", "街", "巷", "桥", "村", "苑", "广场", "公园", "大厦")


@dataclass
class Told:
    """What one stretch of questions was answered."""

    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    without_retry: int = 0
    late: int = 0


@dataclass(frozen=True)
class Results:
    """What one run found."""

    machine: dict[str, str]
    capacity: float
    seconds: float
    reads: Latency
    read_statuses: dict[str, int]
    writes: dict[str, Latency]
    write_errors: list[str]
    contradictions: list[str]
    memory_mb: tuple[float, float, float]
    flood: dict[str, int]
    flood_without_retry: int
    flood_p99_ms: float
    after: Latency

    @property
    def grew(self) -> bool:
        """Whether the servers' memory grew while the load was even."""
        return self.memory_mb[2] > GROWTH * self.memory_mb[1]

    @property
    def slow(self) -> list[str]:
        """Who waited longer than the limits allow while the load was even, and how long."""
        waited = [("the public", "p99", self.reads.p99_ms, READ_P99_MS)]
        waited += [(kind, "p95", x.p95_ms, WRITE_P95_MS) for kind, x in self.writes.items()]
        return [f"{who}: {which} {ms:.0f} ms, limit {most:.0f}" for who, which, ms, most in waited if ms > most]

    @property
    def good(self) -> bool:
        """Whether nothing failed or grew, nobody waited too long, and the flood was refused in form and passed."""
        even = set(self.read_statuses) <= {"200"} and not (self.write_errors or self.contradictions or self.slow)
        flood = set(self.flood) <= {"200", "503"} and not self.flood_without_retry
        return even and flood and not self.grew and self.after.p99_ms < 5 * max(self.reads.p99_ms, READ_P99_MS)


def main() -> int:
    """Run it, print the report and write it into RESULTS.md (or print JSON with `--json`)."""
    asked = argparse.ArgumentParser(prog="./diming bench load")
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--seconds", type=float, default=SECONDS)
    given = asked.parse_args()
    results = measure(given.seconds)
    if given.json:
        print(json.dumps(asdict(results), ensure_ascii=False, indent=2))
    else:
        print(report.write_section("load", _section(results)))
    return 0 if results.good else 1


def measure(seconds: float) -> Results:
    """An installation's server before people and the public."""
    with own_cluster() as cluster, unmetered() as plans:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        schema.prepare(engine)
        load_invented(engine)
        refresh_search_keys(engine, "bench")
        names = _staff(engine)
        _open_cases(engine)
        with reading(engine) as connection:
            described = machine.description(connection)
        variables = {"DIMING_HOME": str(cluster.home.root), "DIMING_BROWSER_LIBRARIES": str(WebSettings().libraries())}
        with server(cluster, "api.serving:serving_app()", {**variables, **plans}) as begun:
            address = f"http://127.0.0.1:{begun.port}"
            sessions = [(account, role, sign_in(address, name)) for name, (account, role) in names.items()]
            seen = Outages()
            crowd = threading.Thread(target=lambda: asyncio.run(work(address, sessions, seen)), daemon=True)
            crowd.start()
            paths = questions()
            capacity = _capacity(begun.port, paths)
            seen.times_ms.clear()
            even, memory = _evenly(begun.port, begun.pid, paths, SHARE * capacity, seconds)
            writes = {kind: latency_of(ms) for kind, ms in sorted(seen.times_ms.items())}
            flood = asyncio.run(_flood(begun.port, paths))
            time.sleep(2)
            after, _ = _evenly(begun.port, begun.pid, paths, SHARE * capacity, FINDING_S)
            seen.over = True
            crowd.join(120)
        with reading(engine) as connection:
            wrong = _contradictions(connection, seen)
    return Results(
        described | {"load after": machine.load()}, capacity, seconds, latency_of(even.latencies_ms),
        dict(even.statuses), writes, seen.errors, wrong, memory, dict(flood.statuses), flood.without_retry,
        latency_of(flood.latencies_ms).p99_ms, latency_of(after.latencies_ms),
    )  # fmt: skip


def _capacity(port: int, paths: Sequence[str]) -> float:
    """The most questions a second with which the server keeps up, to a fiftieth of what it can at all."""
    low, high = 0.0, 1.2 * run(port, paths, clients=CLIENTS, seconds=FINDING_S).per_second
    for _ in range(LOOKS):
        middle = (low + high) / 2
        low, high = (middle, high) if _keeps_up(port, paths, middle) else (low, middle)
    return low


def _keeps_up(port: int, paths: Sequence[str], per_second: float) -> bool:
    begun = time.perf_counter()
    told = asyncio.run(_at_their_times(port, paths, per_second, FINDING_S))
    late_s = time.perf_counter() - begun - FINDING_S
    last = told.latencies_ms[-len(told.latencies_ms) // 3 :]
    time.sleep(2)  # what is left of it ends
    return late_s < DRAINED_S and latency_of(last).p50_ms < STEADY_MS and set(told.statuses) == {"200"}


def questions() -> list[str]:
    """What the public asks, as it comes: the most asked thing twice as often as the second (Zipf's law)."""
    chance, different = random.Random(SEED), _different()
    weights = [1 / rank for rank in range(1, len(different) + 1)]
    chance.shuffle(different)
    return chance.choices(different, weights, k=ASKED)


def _different() -> list[str]:
    """As it types, for places, for units, for features; each another."""
    chance, found = random.Random(SEED), dict[str, None]()
    while len(found) < DIFFERENT:
        number, typed = len(found), chance.choice(FIRST) + chance.choice(SECOND) + chance.choice(ENDS)
        west, south = 110 + chance.random(), 30 + chance.random()
        box = f"{west:.2f},{south:.2f},{west + 0.5:.2f},{south + 0.5:.2f}"
        found[
            (
                f"/v1/suggest?q={quote(typed[: chance.randint(1, len(typed))])}&limit={chance.randint(5, 20)}",
                f"/v1/places?q={quote(typed)}&limit={chance.randint(1, 50)}",
                f"/v1/units/990121?as_of={chance.randint(1991, 2024)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}",
                f"/ogc/collections/places/items?limit={chance.randint(1, 20)}&bbox={box}",
            )[number % 4]
        ] = None
    return list(found)


def _evenly(
    port: int, pid: int, paths: Sequence[str], per_second: float, seconds: float
) -> tuple[Told, tuple[float, float, float]]:
    """Questions at even distances; megabytes of the servers at the beginning, after a fifth, and at the end."""
    memory: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(EVERY_S):
            memory.append(_memory_mb(pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    told = asyncio.run(_at_their_times(port, paths, per_second, seconds))
    done.set()
    watcher.join()
    memory = memory or [_memory_mb(pid)]
    fifth = max(1, len(memory) // 5)
    last = memory[-fifth:]
    return told, (memory[0], max(memory[:fifth][-1:] + memory[fifth : 2 * fifth]), sum(last) / len(last))


def _memory_mb(pid: int) -> float:
    """What the server and its processes hold, what they share counted once (Pss of proc(5))."""
    return sum(_pss_kb(one) for one in (pid, *children(pid))) / 1024


def _pss_kb(pid: int) -> int:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


async def _at_their_times(port: int, paths: Sequence[str], per_second: float, seconds: float) -> Told:
    told, begun = Told(), time.perf_counter()
    waiting: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    lines = [asyncio.create_task(_line(port, waiting, told)) for _ in range(LINES)]
    for number in range(int(seconds * per_second)):
        due = begun + number / per_second
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        waiting.put_nowait((due, paths[number % len(paths)]))
    await waiting.join()
    for line in lines:
        line.cancel()
    return told


async def _line(port: int, waiting: asyncio.Queue[tuple[float, str]], told: Told) -> None:
    """One connection: a question's time counts from when it was due, so that a stall is seen by all behind it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        due, path = await waiting.get()
        told.statuses[await _ask(reader, writer, path, port, told)] += 1
        told.latencies_ms.append((time.perf_counter() - due) * 1000)
        waiting.task_done()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, port: int, told: Told) -> str:
    writer.write(get_request(path, port))
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    await reader.readexactly(int(fields.get(b"content-length", b"0")))
    status = head.split(b" ", 2)[1].decode()
    if status == "503" and b"retry-after" not in fields:
        told.without_retry += 1
    return status


async def _flood(port: int, paths: Sequence[str]) -> Told:
    """Many more clients at once than there are places, each asking again as soon as it was answered."""
    told, until = Told(), time.perf_counter() + FLOOD_S

    async def client(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = first
        while (begun := time.perf_counter()) < until:
            told.statuses[await _ask(reader, writer, paths[turn % len(paths)], port, told)] += 1
            told.latencies_ms.append((time.perf_counter() - begun) * 1000)
            turn += 1
        writer.close()

    await asyncio.gather(*(client(number * 5) for number in range(FLOOD_CLIENTS)))
    return told


def _section(results: Results) -> str:
    lines = ["## load", "", *(f"* {name}: {value}" for name, value in results.machine.items()), ""]
    first, second, last = results.memory_mb
    lines += [
        f"Capacity: {results.capacity:.0f} questions of the public a second, twenty people at work.",
        f"Then {SHARE:.0%} of it for {results.seconds:.0f} s: {_counts(results.read_statuses)}; p50",
        f"{results.reads.p50_ms:.1f}, p99 {results.reads.p99_ms:.1f} ms from when each was due. Errors of people at",
        f"work: {len(results.write_errors)}; contradictions afterwards: {len(results.contradictions)}. Memory of the",
        f"servers {first:.0f}, {second:.0f} and at the end {last:.0f} MB.",
        "",
        f"{FLOOD_CLIENTS} clients at once for {FLOOD_S:.0f} s: {_counts(results.flood)}, p99",
        f"{results.flood_p99_ms:.0f} ms; refused without Retry-After: {results.flood_without_retry}. Then,",
        f"again at {SHARE:.0%}: p99 {results.after.p99_ms:.1f} ms.",
        "",
    ]
    rows = [
        (kind, str(x.count), f"{x.p50_ms:.0f}", f"{x.p95_ms:.0f}", f"{x.p99_ms:.0f}")
        for kind, x in results.writes.items()
    ]
    lines += report.table(("people at work", "n", "p50 ms", "p95 ms", "p99 ms"), rows)
    lines += ["", *(f"* Slower than the limit: {line}." for line in results.slow)]
    lines += [f"* {line}" for line in (*results.write_errors[:20], *results.contradictions[:20])]
    return "\n".join(lines) + "\n"


def _counts(told: dict[str, int]) -> str:
    return ", ".join(f"{status} {count:,} times" for status, count in sorted(told.items()))


if __name__ == "__main__":
    sys.exit(main())
