"""`./diming bench cases`: twenty people at work on the sample procedure over HTTP, and what came of it.

Runs on a cluster and with server processes of its own, as `up` starts them.
Afterwards the database is held against what each person was told. Exit status
1 where anything contradicts, any request failed, or a page missed the goal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import struct
import sys
import zlib
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, text

from api.jobs import schema
from api.web.settings import WebSettings
from data import migrate
from data.access import Grant, Role
from data.access.model import account_actor
from data.accounts.roles import NewGrant
from data.cases import service
from data.cases.model import Action, Opening
from data.clock import system_clock
from data.db import make_engine, reading, unit_of_work
from tests.bench import machine, report
from tests.bench.cpu import cpu_seconds
from tests.bench.latency import Latency, latency_of
from tests.bench.office_model import contradictions
from tests.bench.office_people import PAUSE_S, Seen, add_person, let_work, sign_in
from tests.bench.servers import database_pid, own_cluster, server
from tests.samples.office import COUNTY, Office, document, open_office

#: Twenty people of a county: who opens, accepts, reviews and decides.
STAFF = {Role.APPLICANT: 6, Role.CLERK: 7, Role.REVIEWER: 4, Role.APPROVING_AUTHORITY: 3}
CASES = 600
SECONDS = 120.0
GOAL_MS = 300.0
PAGES = ("desk", "search", "case page", "inbox")
PAPER_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Used:
    """Processor time of the servers and of the database, in seconds."""

    servers_s: float
    database_s: float

    def until(self, servers_s: float, database_s: float) -> Used:
        """What was used since."""
        return Used(servers_s - self.servers_s, database_s - self.database_s)


@dataclass(frozen=True)
class Results:
    """What one run found."""

    machine: dict[str, str]
    seconds: float
    pause_s: float
    times: dict[str, Latency]
    requests: int
    steps: int
    repeated: int
    reconnected: int
    cpu_ms: dict[str, float]
    told: dict[str, int]
    errors: list[str]
    contradictions: list[str]

    @property
    def good(self) -> bool:
        """Whether nothing failed, nothing contradicts and every page was fast enough."""
        fast = all(self.times[page].p95_ms < GOAL_MS for page in PAGES)
        return fast and not self.errors and not self.contradictions


def main() -> int:
    """Run it, print the report and write it into RESULTS.md (or print JSON with `--json`)."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--seconds", type=float, default=SECONDS)
    asked.add_argument("--pause", type=float, default=PAUSE_S)
    given = asked.parse_args()
    results = measure(given.seconds, given.pause)
    if given.json:
        print(json.dumps(asdict(results), ensure_ascii=False, indent=2))
    else:
        print(report.write_section("cases", _section(results)))
    return 0 if results.good else 1


def measure(seconds: float, pause_s: float) -> Results:
    """Make an office with its cases, let twenty people work, and look at what they did."""
    with own_cluster() as cluster:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        schema.prepare(engine)
        with reading(engine) as connection:
            described = machine.description(connection)
        office = open_office(engine)
        names = _staff(engine, office)
        _open_cases(office, names)
        with reading(engine) as connection:
            before = connection.scalar(text("SELECT count(*) FROM diming.case_step")) or 0
        variables = {"DIMING_HOME": str(cluster.home.root), "DIMING_BROWSER_LIBRARIES": str(WebSettings().libraries())}
        with server(cluster, "tests.samples.app:create()", variables) as started:
            address = f"http://127.0.0.1:{started.port}"
            sessions = [(str(office[name].account_id), role, sign_in(address, name)) for name, role in names.items()]
            used = Used(cpu_seconds(started.pid), cpu_seconds(database_pid(cluster)))
            seen = asyncio.run(let_work(address, sessions, picture(PAPER_BYTES), seconds, pause_s))
            used = used.until(cpu_seconds(started.pid), cpu_seconds(database_pid(cluster)))
        with reading(engine) as connection:
            wrong = contradictions(connection, office.casework.procedures[0], seen, before)
    return _results(described, seconds, pause_s, seen, used, wrong)


def _results(
    described: dict[str, str], seconds: float, pause_s: float, seen: Seen, used: Used, wrong: list[str]
) -> Results:
    described = described | {"load after": " ".join(f"{value:.2f}" for value in os.getloadavg())}
    times = {kind: latency_of(ms) for kind, ms in sorted(seen.times_ms.items())}
    count = sum(latency.count for latency in times.values())
    return Results(
        machine=described,
        seconds=seconds,
        pause_s=pause_s,
        times=times,
        requests=count,
        steps=len(seen.steps),
        repeated=seen.repeated,
        reconnected=seen.reconnected,
        cpu_ms={"servers": 1000 * used.servers_s / count, "database": 1000 * used.database_s / count},
        told=seen.told,
        errors=seen.errors,
        contradictions=wrong,
    )


def _staff(engine: Engine, office: Office) -> dict[str, str]:
    """Twenty accounts with passwords; the role of each by name."""
    names: dict[str, str] = {}
    now = system_clock()
    office.clock.now = now
    with unit_of_work(engine) as connection:
        for role, count in STAFF.items():
            for number in range(1, count + 1):
                name = f"{role}{number}"
                grant = NewGrant(role, COUNTY, date(2020, 1, 1))
                account = add_person(connection, name, grant, now)
                office.people[name] = account_actor(account, (Grant(role, COUNTY),), "session")
                names[name] = role
    return names


def _open_cases(office: Office, names: dict[str, str]) -> None:
    """Cases with a document each, half of them accepted; assigned in turn."""
    clerks = [name for name, role in names.items() if role == Role.CLERK]
    applicants = [name for name, role in names.items() if role == Role.APPLICANT]
    for number in range(1, CASES + 1):
        applicant, clerk = applicants[number % len(applicants)], clerks[number % len(clerks)]
        opening = Opening(
            "sample.lamp_post", f"示例路{number}号灯杆", COUNTY, {"street": "示例路"}, [document(office, applicant)]
        )
        case = UUID(service.open_case(office.casework, office[applicant], opening)["id"])
        if number % 2:
            service.act(office.casework, office[clerk], case, Action("accept"))
        elif number % 3:
            to = {"to": str(office[clerk].account_id)}
            service.act(office.casework, office[clerk], case, Action("assign", to))


def picture(size: int) -> bytes:
    """A grey PNG of about `size` bytes that does not compress."""
    side = int(size**0.5)
    rows = b"".join(b"\0" + os.urandom(side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _section(results: Results) -> str:
    lines = ["## cases", "", *(f"* {name}: {value}" for name, value in results.machine.items()), ""]
    lines += [_sentence(results), *_shared(results), ""]
    rows = [
        (kind, str(x.count), f"{x.p50_ms:.0f}", f"{x.p95_ms:.0f}", f"{x.p99_ms:.0f}", _goal(kind, x))
        for kind, x in results.times.items()
    ]
    lines += report.table(("what", "n", "p50 ms", "p95 ms", "p99 ms", f"p95 under {GOAL_MS:.0f} ms"), rows)
    lines += [f"* {line}" for line in (*results.errors[:20], *results.contradictions[:20])]
    return "\n".join(lines) + "\n"


def _sentence(results: Results) -> str:
    people, seconds, pause = sum(STAFF.values()), results.seconds, results.pause_s
    return (
        f"{people} people on {CASES} cases for {seconds:.0f} s, reading {pause:g} s a page on average: "
        f"{results.requests} requests, {results.steps} steps made, {results.repeated} requests sent twice, "
        f"{results.reconnected} sent again because the server had closed an idle line.\n"
        f"Told that somebody was faster or something is missing: {_counts(results.told)}. Errors: "
        f"{len(results.errors)}. Contradictions between the database and what people were told: "
        f"{len(results.contradictions)}.\nClient, servers and database on the same cores; a request takes "
        f"{results.cpu_ms['servers']:.1f} ms of processor time in the servers and {results.cpu_ms['database']:.1f} ms "
        f"in the database on average."
    )


def _shared(results: Results) -> list[str]:
    """A machine that was busy before the run says more about the others than about this program."""
    busy = float(results.machine["load before"].split()[0])
    if busy < 1:
        return []
    said = (
        f"**The machine was shared with other work** (load {busy:.1f} on {results.machine['cores']} cores before the "
        "run): the times are not those of this program alone; the processor time is."
    )
    return [said]


def _counts(told: dict[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(told.items())) or "nobody"


def _goal(kind: str, latency: Latency) -> str:
    return "" if kind not in PAGES else "yes" if latency.p95_ms < GOAL_MS else "no"


if __name__ == "__main__":
    sys.exit(main())
