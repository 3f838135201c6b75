"""`./diming bench applications`: twenty applicants, clerks, reviewers and others at naming cases for two minutes.

The naming procedure itself, on the invented register of 甘棠县: people apply, look, check, act. Exit status 1 where a
request failed, a page missed the goal, the audit chain breaks, or a standard name stands without a decision.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text

from api.jobs import schema
from api.web.settings import WebSettings
from data import audit, migrate
from data.access import Role
from data.accounts.roles import NewGrant
from data.clock import system_clock
from data.db import make_engine, reading, unit_of_work
from geonames.search.index import refresh_search_keys
from tests.bench import machine, report
from tests.bench.latency import Latency, latency_of
from tests.bench.office_people import PAUSE_S, Person, Seen, add_person, let_work, sign_in
from tests.bench.servers import own_cluster, server
from tests.samples.applicants import CITY, COUNTY, STREET, NamingOffice
from tests.samples.invented import load_invented

#: Twenty people: who applies, accepts, reviews, decides, files and announces.
STAFF = {
    Role.APPLICANT: 6, Role.CLERK: 5, Role.REVIEWER: 5, Role.APPROVING_AUTHORITY: 2, Role.FILING_OFFICER: 1,
    Role.PUBLISHER: 1,
}  # fmt: skip
SEATS, BODIES = {Role.FILING_OFFICER: CITY}, {Role.APPROVING_AUTHORITY: "government"}
CASES, SECONDS, GOAL_MS = 200, 120.0, 300.0
PAGES = ("desk", "case page", "form", "notices", "statistics")
#: Characters of which invented names are put together, so that each is another.
FIRST, SECOND = "晴听涤洗望临澄霁岚沐翠汀澜苇榆芷曦汐砚墨", "砚墨池溪汀渚岚屿桥堤渡社苑坞畔泉石松竹兰"
NO_DECISION = text("""
    SELECT count(*) FROM diming.place_name n LEFT JOIN diming.decision d ON d.id = n.opened_by
    WHERE n.kind = 'standard' AND d.id IS NULL
""")
#: What people write into the fields of the ways out.
FIELDS = {
    "hear": {"hearing": "evaluation", "reason": "规模小（虚构）"},
    "reject": {"reason": "不属于受理范围（虚构）"},
    "return": {"reason": "请复核位置（虚构）"},
    "refuse": {"reason": "与他名相近（虚构）"},
    "announce": {"authority": "甘棠县民政局（虚构）", "position": "东起甲路"},
    "approve": {"type_code": "23514"},
}
#: Ways out that end the work of the others too early to be worth measuring, or that need a second installation.
NEVER = {"withdraw", "reject", "send_filing"}


@dataclass(frozen=True)
class Results:
    """What one run found."""

    machine: dict[str, str]
    seconds: float
    times: dict[str, Latency]
    applied: int
    steps: int
    told: dict[str, int]
    errors: list[str]
    contradictions: list[str]

    @property
    def good(self) -> bool:
        """Whether nothing failed, nothing contradicts and every page was fast enough."""
        fast = all(self.times[page].p95_ms < GOAL_MS for page in PAGES if page in self.times)
        return fast and not self.errors and not self.contradictions


class NamingPerson(Person):
    """Somebody at naming cases: looks at desk, case, notices, statistics; applies; takes a way out."""

    async def _round(self) -> None:
        await self.page("desk", "/desk", {"whose": self.chance.choice(["all", "mine", "unassigned"])})
        if self.chance.random() < 0.2:
            await self.page("notices", "/notices", {})
        if self.role == Role.APPLICANT and self.chance.random() < 0.3:
            await self._apply()
        elif self.role != Role.APPLICANT and self.chance.random() < 0.1:
            await self.page("statistics", "/statistics/applications", {"within": "990121"})
        found = await self.ask("list (API)", "GET", "/v1/applications", params={"limit": 50})
        if found and found["items"]:
            case = self.chance.choice(found["items"])
            await self.page("case page", f"/cases/{case['number']}", {})
            await self._act(case["id"])

    async def _apply(self) -> None:
        await self.page("form", "/apply", {})
        body = {**STREET, "names": [invented(self.chance)]}
        headers = {"Idempotency-Key": str(uuid4())}
        done = await self.ask("apply", "POST", "/v1/applications", json=body, headers=headers)
        if done is not None:
            self.seen.uploads.append(done["id"])

    async def _act(self, case: str) -> None:
        found = await self.ask("case (API)", "GET", f"/v1/applications/{case}")
        if found is None:
            return
        ways = [w["action"] for w in found["next"] if w["yours"] and not w["needs"] and w["action"] not in NEVER]
        ways = [action for action in ways if action in FIELDS or action in PLAIN]
        if ways:
            action = self.chance.choice(ways)
            await self._do(case, found["version"], action, FIELDS.get(action, {}))


#: Ways out without a field that must be filled.
PLAIN = {"accept", "check_again", "propose", "file", "archive", "resubmit"}


def invented(chance: random.Random) -> str:
    """A street name that nobody bears."""
    return chance.choice(FIRST) + chance.choice(SECOND) + chance.choice("东西南北中") + "路"


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
        print(report.write_section("applications", _section(results)))
    return 0 if results.good else 1


def measure(seconds: float, pause_s: float) -> Results:
    """Make a register with its cases, let twenty people work, and look at what they did."""
    with own_cluster() as cluster:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        schema.prepare(engine)
        load_invented(engine)
        refresh_search_keys(engine, "bench")
        with reading(engine) as connection:
            described = machine.description(connection)
        names = _staff(engine)
        _open_cases(engine)
        variables = {"DIMING_HOME": str(cluster.home.root), "DIMING_BROWSER_LIBRARIES": str(WebSettings().libraries())}
        with server(cluster, "api.serving:serving_app()", variables) as started:
            address = f"http://127.0.0.1:{started.port}"
            sessions = [(account, role, sign_in(address, name)) for name, (account, role) in names.items()]
            seen = asyncio.run(let_work(address, sessions, b"", seconds, pause_s, NamingPerson))
        with reading(engine) as connection:
            wrong = _contradictions(connection, seen)
    described |= {"load after": " ".join(f"{value:.2f}" for value in os.getloadavg())}
    times = {kind: latency_of(ms) for kind, ms in sorted(seen.times_ms.items())}
    return Results(described, seconds, times, len(seen.uploads), len(seen.steps), seen.told, seen.errors, wrong)


def _staff(engine: Engine) -> dict[str, tuple[str, str]]:
    """Twenty accounts with passwords: account and role by name."""
    names, now = {}, system_clock()
    with unit_of_work(engine) as connection:
        for role, count in STAFF.items():
            for number in range(1, count + 1):
                name = f"bench-{role}{number}"
                grant = NewGrant(role, SEATS.get(role, COUNTY), date(2020, 1, 1), body=BODIES.get(role))
                names[name] = (str(add_person(connection, name, grant, now)), str(role))
    return names


def _open_cases(engine: Engine) -> None:
    """Cases that wait at the window already, of another applicant."""
    office, chance = NamingOffice(engine, system_clock()), random.Random(1)
    for _ in range(CASES):
        office.apply(names=[invented(chance)])


def _contradictions(connection: Connection, seen: Seen) -> list[str]:
    """Steps that were told and are not there, standard names without a decision, a broken chain."""
    rows = connection.execute(text("SELECT case_id, seq, action FROM diming.case_step")).all()
    written = {(row.case_id, row.seq, row.action) for row in rows}
    told = {(UUID(step.case), step.version, step.action) for step in seen.steps}
    found = [f"{step}: told, and not in the history" for step in told - written]
    bare = connection.scalar(NO_DECISION) or 0
    entries, broken_at = audit.verify(connection)
    found += [f"{bare} standard names without a decision"] if bare else []
    return found + ([f"the audit chain breaks at {broken_at} of {entries}"] if broken_at else [])


def _section(results: Results) -> str:
    lines = ["## applications", "", *(f"* {name}: {value}" for name, value in results.machine.items()), ""]
    told = ", ".join(f"{code} {count}" for code, count in sorted(results.told.items())) or "nobody"
    said = (
        f"{sum(STAFF.values())} people at {CASES} naming cases for {results.seconds:.0f} s: {results.applied} more "
        f"applied for, {results.steps} steps. Told that somebody was faster or something is missing: {told}. "
        f"Errors: {len(results.errors)}. Contradictions: {len(results.contradictions)}."
    )
    lines += [said, ""]
    rows = [
        (kind, str(x.count), f"{x.p50_ms:.0f}", f"{x.p95_ms:.0f}", f"{x.p99_ms:.0f}", _goal(kind, x))
        for kind, x in results.times.items()
    ]
    lines += report.table(("what", "n", "p50 ms", "p95 ms", "p99 ms", f"p95 under {GOAL_MS:.0f} ms"), rows)
    lines += [f"* {line}" for line in (*results.errors[:20], *results.contradictions[:20])]
    return "\n".join(lines) + "\n"


def _goal(kind: str, latency: Latency) -> str:
    return "" if kind not in PAGES else "yes" if latency.p95_ms < GOAL_MS else "no"


if __name__ == "__main__":
    sys.exit(main())
