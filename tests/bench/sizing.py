"""`./diming bench sizing`: what machines a register needs, from measured times and a simulation of waiting.

Nothing is measured here. What one request costs a server and the database is taken from RESULTS.md (`KINDS`, each with
its section); how many come is assumed (`PLACES_OF_USE`, marked [I]); how long they wait is simulated: requests come
independently of one another, wait in order for a free core of the servers, then for one of a database. A test holds the
simulation against the formulae of M/M/c.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from api.cli.lifecycle.services import MINIMUM_WORKERS
from data.server.tuning import MAX_CONNECTIONS
from tests.bench.report import table

Times = NDArray[np.float64]
SEED = 20261123
#: Cores are at work for so much of the time at the busiest hour: what is left is for a machine that is lost, and for
#: backups, imports and what is due by the clock [I].
BUSY = 0.6
#: A machine of a rack as it is bought today [I].
CORES_OF_A_MACHINE = 32
#: At most, of one server process: two pools, each with what it may open beside it (`data.db.make_engine`).
CONNECTIONS_OF_A_PROCESS = 2 * (8 + 4)
#: Kept free for workers, backups, replicas and people.
CONNECTIONS_KEPT = 30
#: MB of a server process at 16.5 million places ("how cost grows").
PROCESS_MB = 156
#: MB of the keys of search for each name ("how cost grows": 17,409,058 in 10,472 MB).
KEYS_MB_A_NAME = 10_472 / 17_409_058
#: The whole database, by the keys of search: six tables of which they are one [I]; not measured.
ALL_BY_KEYS = 4.0
SIMULATED = 40_000
#: The normal distribution's 99th percentile: what makes of a median and a p99 a lognormal distribution.
Z99 = 2.3263


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: milliseconds of a core in a server, in the database as median and p99; and the source."""

    name: str
    server_ms: float
    database_ms: float
    database_p99_ms: float
    source: str
    to_writer: bool = False


KINDS = (
    Kind("suggest, search", 4.0, 7.2, 21.3, "peers (4 ms in a worker); how cost grows, 16.5 M: suggest, whole name"),
    Kind("search near a position", 4.0, 21.6, 128.8, "the same: search, near (median of the service)"),
    Kind(
        "reverse",
        1.5,
        2.2,
        4.8,
        "how cost grows, 16.5 M: 538/s on two cores, of it the service's time as the database's",
    ),
    Kind(
        "tile", 2.4, 2.4, 10.0, "features on 34,338 places: 416/s on two cores; half of it in the database [I], p99 [I]"
    ),
    Kind(
        "unit, page of the feed",
        4.0,
        1.9,
        3.4,
        "register: 257/s on two cores; unit as of a day; the feed is not measured [I]",
    ),
    Kind("asked again", 2.9, 0.0, 0.0, "how cost grows: suggest, asked again, 686/s on two cores"),
    Kind(
        "page or step of an office",
        14.7,
        7.1,
        28.4,
        "cases (means, here as medians); p99 four times [I]",
        to_writer=True,
    ),
)
OFFICE, AGAIN = KINDS[-1].name, KINDS[-2].name
#: What the public asks, as shares [I].
PUBLIC = {
    "suggest, search": 0.35,
    "search near a position": 0.05,
    "reverse": 0.2,
    "tile": 0.35,
    "unit, page of the feed": 0.05,
}
#: So much of it somebody has asked before [I]. With replicas nothing is answered from memory (decision 44).
ASKED_BEFORE = 0.5
#: People at work make a request every so many seconds [I].
A_REQUEST_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class Use:
    """Who uses an installation at its busiest hour [I]."""

    name: str
    names: int
    people: int
    public_a_second: float


PLACES_OF_USE = (
    Use("a county", 20_000, 20, 5),
    Use("a prefecture", 150_000, 200, 50),
    Use("a province", 600_000, 2_000, 300),
    Use("a nation", 15_000_000, 28_000, 5_000),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes, and how long requests then take (ms, with waiting; without the way over the network)."""

    use: str
    requests_a_second: float
    server_cores: int
    processes: int
    writer_cores: int
    replicas: int
    replica_cores: int
    connections: int
    server_memory_gb: float
    database_memory_gb: float
    disk_gb: float
    public_p50_ms: float
    public_p99_ms: float
    office_p50_ms: float
    office_p99_ms: float


def waits(arrivals: Times, services: Times, cores: int) -> Times:
    """How long each waits for one of `cores`, in order of arrival; the unit is that of what is given."""
    free = [0.0] * cores
    found = np.empty_like(arrivals)
    for index, (arrives, takes) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begins = max(arrives, free[0])
        heapq.heapreplace(free, begins + takes)
        found[index] = begins - arrives
    return found


def erlang_c(load: float, cores: int) -> float:
    """The share that has to wait, where `load` cores are busy on average (M/M/c). ValueError from `cores` on."""
    if load >= cores:
        raise ValueError(f"{load:.1f} cores of work do not fit on {cores}")
    blocked = 1.0
    for number in range(1, cores + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / cores * (1 - blocked))


def mean_wait(load: float, cores: int, service: float) -> float:
    """The mean wait of M/M/c, in the unit of the mean `service`."""
    return erlang_c(load, cores) * service / (cores - load)


def cores_for(work: float) -> int:
    """Cores for so many cores' work on average."""
    return max(1, math.ceil(work / BUSY))


def rates(use: Use, replicas: int) -> dict[str, float]:
    """Requests a second of each kind."""
    again = 0.0 if replicas else ASKED_BEFORE
    found = {kind: use.public_a_second * share * (1 - again) for kind, share in PUBLIC.items()}
    return found | {AGAIN: use.public_a_second * again, OFFICE: use.people / A_REQUEST_EVERY_S}


def plan(use: Use) -> Plan:
    """The smallest that is not too busy; with replicas where one machine's database cannot do it all."""
    replicas = 0
    while True:
        by_kind = rates(use, replicas)
        servers = cores_for(sum(by_kind[kind.name] * kind.server_ms / 1000 for kind in KINDS))
        writer = cores_for(_database_work(by_kind, to_writer=True) + (0 if replicas else _database_work(by_kind)))
        reader = cores_for(_database_work(by_kind) / replicas) if replicas else 0
        if max(writer, reader) <= CORES_OF_A_MACHINE:
            return _simulated(use, by_kind, servers, writer, replicas, reader)
        replicas = max(2, replicas + 1)  # one that is lost leaves one


def _database_work(by_kind: dict[str, float], *, to_writer: bool = False) -> float:
    chosen = [kind for kind in KINDS if kind.to_writer is to_writer]
    return sum(by_kind[kind.name] * _mean(kind) / 1000 for kind in chosen)


def _mean(kind: Kind) -> float:
    return kind.database_ms * math.exp(_sigma(kind) ** 2 / 2)


def _sigma(kind: Kind) -> float:
    return math.log(kind.database_p99_ms / kind.database_ms) / Z99 if kind.database_ms else 0.0


def _simulated(use: Use, by_kind: dict[str, float], servers: int, writer: int, replicas: int, reader: int) -> Plan:
    took, office = simulate(by_kind, servers, writer, replicas, reader)
    processes = max(MINIMUM_WORKERS, servers)
    keys_gb = use.names * KEYS_MB_A_NAME / 1024
    return Plan(
        use=use.name,
        requests_a_second=sum(by_kind.values()),
        server_cores=servers,
        processes=processes,
        writer_cores=writer,
        replicas=replicas,
        replica_cores=reader,
        connections=processes * CONNECTIONS_OF_A_PROCESS + CONNECTIONS_KEPT,
        server_memory_gb=processes * PROCESS_MB / 1024 + 1,
        database_memory_gb=max(2.0, keys_gb * 2 + 2),
        disk_gb=keys_gb * ALL_BY_KEYS,
        public_p50_ms=_at(took[~office], 50),
        public_p99_ms=_at(took[~office], 99),
        office_p50_ms=_at(took[office], 50),
        office_p99_ms=_at(took[office], 99),
    )


def _at(times: Times, share: float) -> float:
    return float(np.percentile(times, share))


def simulate(
    by_kind: dict[str, float], servers: int, writer: int, replicas: int, reader: int, requests: int = SIMULATED
) -> tuple[Times, NDArray[np.bool_]]:
    """Milliseconds that requests take with their waiting, and which are an office's."""
    random = np.random.default_rng(SEED)
    total = sum(by_kind.values())
    arrivals = np.cumsum(random.exponential(1000 / total, requests))
    shares = [by_kind[kind.name] / total for kind in KINDS]
    which = random.choice(len(KINDS), requests, p=shares)
    in_server = random.exponential(1.0, requests) * np.array([kind.server_ms for kind in KINDS])[which]
    medians = np.array([kind.database_ms for kind in KINDS])[which]
    in_database = medians * np.exp(random.normal(0, 1, requests) * np.array([_sigma(kind) for kind in KINDS])[which])
    office = np.array([kind.to_writer for kind in KINDS])[which]
    took = waits(arrivals, in_server, servers) + in_server
    asked_of = np.where(office | (replicas == 0), 0, 1 + np.arange(requests) % max(1, replicas))
    for one in range(replicas + 1):
        asked = np.flatnonzero((asked_of == one) & (medians > 0))
        asked = asked[np.argsort(arrivals[asked] + took[asked])]
        took[asked] += (
            waits((arrivals + took)[asked], in_database[asked], reader if one else writer) + in_database[asked]
        )
    return took[requests // 10 :], office[requests // 10 :]  # the first found everything idle


_COLUMNS: tuple[tuple[str, Callable[[Plan], str]], ...] = (
    ("installation of", lambda one: one.use),
    ("requests a second", lambda one: f"{one.requests_a_second:,.0f}"),
    ("server cores", lambda one: f"{one.server_cores}"),
    ("writer's cores", lambda one: f"{one.writer_cores}"),
    ("replicas", lambda one: f"{one.replicas} of {one.replica_cores} cores" if one.replicas else "none"),
    ("connections of the writer", lambda one: f"{one.connections:,}{_pooled(one)}"),
    ("memory: servers, each database", lambda one: f"{one.server_memory_gb:.0f}, {one.database_memory_gb:.0f} GB"),
    ("disk of each database", lambda one: f"{max(1, one.disk_gb):.0f} GB"),
    ("public p50 / p99", lambda one: f"{one.public_p50_ms:.0f} / {one.public_p99_ms:.0f} ms"),
    ("office p50 / p99", lambda one: f"{one.office_p50_ms:.0f} / {one.office_p99_ms:.0f} ms"),
)


def _pooled(one: Plan) -> str:
    return " (beyond the setting)" if one.connections > MAX_CONNECTIONS else ""


def lines(plans: Sequence[Plan]) -> list[str]:
    """The table as it stands in docs/sizing.md."""
    return table(tuple(name for name, _ in _COLUMNS), [tuple(show(one) for _, show in _COLUMNS) for one in plans])


def inputs() -> list[str]:
    """What requests cost, with the source of each figure."""
    rows = [(k.name, f"{k.server_ms:g}", f"{k.database_ms:g} / {k.database_p99_ms:g}", k.source) for k in KINDS]
    return table(("request", "server, ms", "database, ms, p50 / p99", "where in RESULTS"), rows)


def main() -> None:
    """Print the table, or all of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    plans = [plan(use) for use in PLACES_OF_USE]
    if parser.parse_args().json:
        print(
            json.dumps({"kinds": [asdict(k) for k in KINDS], "plans": [asdict(p) for p in plans]}, ensure_ascii=False)
        )
    else:
        print("\n".join([*lines(plans), "", *inputs()]))


if __name__ == "__main__":
    main()
