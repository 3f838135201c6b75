"""Two installations, each a server process with its own database, file and answer over a line that keeps breaking."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data import audit
from data.db import reading, unit_of_work
from data.server.home import REPOSITORY
from geonames.filings.model import Direction, State
from geonames.filings.outbox import waiting
from geonames.filings.service import acknowledge, list_filings, return_filing
from tests.filings import CITY_BUREAU, COUNTY_BUREAU, DEPARTMENT, Side
from tests.relay import Relay, relay_to
from tests.samples.applicants import CITY, COUNTY

#: How many approvals are filed; many more in the long run.
NAMES = ("晴砚路", "听砚街")
MANY = tuple(
    f"{name}{direction}路" for name in ("晴砚", "听砚", "涤砚", "洗砚", "望砚", "临砚") for direction in "东南西北中"
)
ROUNDS = 400
NOW = text("UPDATE diming.filing_message SET next_at = at WHERE direction = 'out' AND delivered_at IS NULL")
STEPS = text("SELECT action, count(*) AS n FROM diming.case_step WHERE case_id = :id GROUP BY action")


@contextmanager
def server_of(side: Side) -> Iterator[int]:
    """The port of a server process on the side's database."""
    url = side.office.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "tests.filing_server", url, str(side.home), side.office.now.isoformat()]
    with subprocess.Popen(words, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def connected(county: Side, city: Side, seed: int) -> Iterator[tuple[Relay, Relay]]:
    """Both servers, each reached through a relay that cuts."""
    with ExitStack() as stack:
        ports = [stack.enter_context(server_of(side)) for side in (county, city)]
        to_county, to_city = (stack.enter_context(relay_to(port, seed + n)) for n, port in enumerate(ports))
        county.enter(CITY_BUREAU, DEPARTMENT, CITY, f"http://127.0.0.1:{to_city.port}")
        city.enter(COUNTY_BUREAU, DEPARTMENT, COUNTY, f"http://127.0.0.1:{to_county.port}")
        yield to_county, to_city


def push(side: Side) -> None:
    """What waits is tried now, whatever its last attempt was."""
    with unit_of_work(side.office.engine) as connection:
        connection.execute(NOW)
    side.deliver()


def review(city: Side, random: Random) -> None:
    """The city looks at what came in: some is returned, most is acknowledged."""
    officer, casework = city.office.people["filing"], city.office.casework
    for filing in list_filings(casework, officer, direction=Direction.IN, state=State.RECEIVED)["items"]:
        if random.random() < 0.3:
            return_filing(casework, officer, filing["id"], "请补充（虚构）")
        else:
            acknowledge(casework, officer, filing["id"])


def states(county: Side, cases: list[Mapping[str, Any]]) -> dict[UUID, str]:
    with reading(county.office.engine) as connection:
        rows = connection.execute(text("SELECT id, state FROM diming.case_file"))
        found = {row.id: row.state for row in rows}
    return {UUID(str(case["id"])): found[UUID(str(case["id"]))] for case in cases}


def carry_on(county: Side, city: Side, cases: list[Mapping[str, Any]], random: Random) -> None:
    """Send, review, answer, file again what was returned, until every case is filed and nothing is on its way."""
    for _ in range(ROUNDS):
        for case, state in states(county, cases).items():
            if state == "approved":
                county.office.act({"id": case}, "filing", "send_filing")
        push(county)
        review(city, random)
        push(city)
        filed = set(states(county, cases).values()) == {"filed"}
        if filed and not waiting(county.office.engine) and not waiting(city.office.engine):
            return
    pytest.fail(f"not done: {states(county, cases)}")


@pytest.mark.parametrize(
    "names",
    [NAMES, pytest.param(MANY, marks=pytest.mark.skipif(not os.environ.get("DIMING_TEST_LONG"), reason="long"))],
    ids=["few", "many"],
)
def test_nothing_is_lost_and_nothing_is_doubled(sides: tuple[Side, Side], names: tuple[str, ...]) -> None:
    county, city = sides
    cases = [county.decided(name, doc_no=f"演示〔2026〕{n}号") for n, name in enumerate(names, 1)]
    with connected(county, city, seed=20_261_122) as relays:
        carry_on(county, city, cases, Random(7))
    assert all({"refused", "asked", "answered"} & set(relay.fates) for relay in relays)
    out = list_filings(county.office.casework, county.office.people["filing"], direction=Direction.OUT)["items"]
    came = list_filings(city.office.casework, city.office.people["filing"], direction=Direction.IN)["items"]
    ends = {(filing["id"], filing["state"], filing["filing_no"], filing["package_sha256"]) for filing in out}
    assert ends == {(filing["id"], filing["state"], filing["filing_no"], filing["package_sha256"]) for filing in came}
    assert len(out) == len(came) == len(ends)
    for case in cases:
        with reading(county.office.engine) as connection:
            taken = {row.action: row.n for row in connection.execute(STEPS, {"id": case["id"]})}
        assert taken["file"] == 1
        assert taken["send_filing"] == 1 + taken.get("filing_returned", 0)
    for side in sides:
        with reading(side.office.engine) as connection:
            assert audit.verify(connection)[1] is None
