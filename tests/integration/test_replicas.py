"""Replicas answer the public, never older than they may be, and one takes the writer's place without a loss."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text

from api.app import create_app
from api.settings import Settings
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import make_engine, reading, unit_of_work
from data.ids import new_id
from tests.accounts import OPERATOR
from tests.bench.faults.model import of_chain, of_feed
from tests.replicas import Trio, follow, kill, promote, says, trio
from tests.samples.applicants import ADD_ACCOUNT, ADD_GRANT
from tests.serving import serving

PAUSE, RESUME = "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"
NAMES = "/v1/foreign-names"


@dataclass
class House:
    """The API before a writer and its replicas, and who may write."""

    trio: Trio
    client: httpx.Client
    app: FastAPI
    bearer: dict[str, str]
    asked: Counter[str]

    def record(self, code: str, **headers: str) -> httpx.Response:
        """A foreign name of this number, which the public sees from then on."""
        told = {
            "code": code, "original": f"Ville {code}", "language": "fr", "country": "FR", "kind": "settlement",
            "translation": "维尔", "rule": "gbt17693-2", "status": "standard", "source": "为测试所录",
        }  # fmt: skip
        sent = {"title": "译写表（虚构）", "authority": "示例机构（虚构）", "names": [told]}
        return self.client.post(NAMES, json=sent, headers={**self.bearer, **headers})

    def codes(self, headers: dict[str, str] | None = None) -> set[str]:
        """The numbers that the public is shown."""
        self.client.cookies.clear()  # what the answer to a change set
        answer = self.client.get(f"{NAMES}?limit=1000", headers=headers)
        assert answer.status_code == 200, answer.text
        return {item["code"] for item in answer.json()["items"]}

    def asked_for(self, headers: dict[str, str]) -> Counter[str]:
        """Who answers one question."""
        self.asked.clear()
        self.codes(headers)
        return Counter(self.asked)

    def usable(self) -> list[bool | None]:
        """Whether each replica is left out, as the process sees it."""
        return [self.app.state.databases.replicas.behind(one) for one in self.app.state.databases.replicas.all]


def until(told: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what comes by itself."""
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@contextmanager
def house_of(made: Trio, url: str, behind_s: float) -> Iterator[House]:
    settings = Settings(
        database_url=url, database_read_urls=[one.url() for one in made.replicas], read_behind_s=behind_s, pages=False
    )
    app, asked = create_app(settings), Counter[str]()
    databases = app.state.databases
    for name, engine in (
        ("writer", databases.public), *((f"replica {n}", one.engine) for n, one in enumerate(databases.replicas.all))
    ):  # fmt: skip
        event.listen(engine, "checkout", lambda *_, name=name: asked.update([name]))
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(base_url=stack.enter_context(serving(app)), timeout=60))
        house = House(made, client, app, _bearer(databases.office), asked)
        until(lambda: house.usable() == [False, False])
        yield house


def _bearer(engine: Any) -> dict[str, str]:
    account = new_id()
    with unit_of_work(engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": f"p{account.hex[-12:]}"})
        connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": "reviewer", "unit": None})
        issued = issue_token(connection, OPERATOR, account, "test", lambda _: (), system_clock())
    return {"Authorization": f"Bearer {issued.secret}"}


@pytest.fixture(scope="module")
def made() -> Iterator[Trio]:
    with trio() as found:
        yield found


@pytest.fixture
def house(made: Trio) -> Iterator[House]:
    with house_of(made, made.writer.url(), 30.0) as found:
        yield found


def test_the_public_is_answered_by_replicas_in_turn_and_who_signed_in_by_the_writer(house: House) -> None:
    house.asked.clear()
    for _ in range(6):
        house.codes()
    assert house.asked == {"replica 0": 3, "replica 1": 3}
    house.asked.clear()
    house.codes(house.bearer)
    assert not house.asked.keys() & {"replica 0", "replica 1"}


def test_who_wrote_sees_it_at_once_though_no_replica_has_it(house: House) -> None:
    for replica in house.trio.replicas:
        says(replica, PAUSE)
    try:
        said = house.record("A1")
        assert said.status_code == 201, said.text
        position = said.headers["Diming-Position"]
        assert f"diming_position={position}; Path=/; Max-Age=300; HttpOnly; SameSite=Lax" in said.headers["set-cookie"]
        assert "A1" not in house.codes(), "the replicas stand still: this shows nothing"
        assert "A1" in house.codes({"Diming-Position": position})
        assert "A1" in house.codes({"Cookie": f"diming_position={position}"})
        assert "A1" in house.codes({"Diming-Position": "not a position"})
        assert any(entry["after"].get("code") == "A1" for entry in _feed(house)), "who follows is not told to go on"
    finally:
        for replica in house.trio.replicas:
            says(replica, RESUME)
    until(lambda: "A1" in house.codes())
    until(lambda: house.asked_for({"Diming-Position": position}).keys() <= {"replica 0", "replica 1"})


def _feed(house: House) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = house.client.get("/v1/changes?limit=1000").json()["items"]
    return entries


def test_a_replica_that_is_too_far_behind_is_left_out_and_comes_back(made: Trio) -> None:
    with house_of(made, made.writer.url(), 0.5) as house:
        says(made.replicas[0], PAUSE)
        try:
            assert house.record("B1").status_code == 201
            until(lambda: house.usable() == [True, False])
            house.asked.clear()
            assert all("B1" in house.codes() for _ in range(4))
            assert house.asked == {"replica 1": 4}
            standing = house.client.get("/v1/status").json()["replicas"]
            assert [one["asked"] for one in standing] == [False, True]
        finally:
            says(made.replicas[0], RESUME)
        until(lambda: house.usable() == [False, False])


def test_a_replica_that_is_killed_changes_no_answer(house: House) -> None:
    victim = house.trio.replicas[0]
    stop, answers = threading.Event(), Counter[int]()

    def ask() -> None:
        with httpx.Client(base_url=house.client.base_url, timeout=60) as client:
            while not stop.is_set():
                answers[client.get(f"{NAMES}?limit=10").status_code] += 1

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    time.sleep(0.3)
    kill(victim)
    until(lambda: house.usable()[0] is True)
    time.sleep(0.3)
    stop.set()
    for thread in asking:
        thread.join()
    assert answers.keys() == {200}
    assert answers[200] > 20
    victim.start()
    until(lambda: house.usable() == [False, False])


def test_the_writer_is_killed_a_replica_takes_its_place_and_nothing_acknowledged_is_lost(made: Trio) -> None:
    """The address names all three: whichever takes changes is found without a hand."""
    made.wait_for_both()
    with house_of(made, made.anywhere, 30.0) as house:
        told: list[str] = []
        over = threading.Event()

        def write(who: int) -> None:
            number = 0
            while not over.is_set():
                number += 1
                code = f"C{who}-{number}"
                with httpx.Client(base_url=house.client.base_url, timeout=60) as client:
                    own = House(made, client, house.app, house.bearer, Counter())
                    if own.record(code).status_code == 201:
                        told.append(code)
                    else:
                        time.sleep(0.05)

        writing = [threading.Thread(target=write, args=(who,)) for who in range(4)]
        for thread in writing:
            thread.start()
        until(lambda: len(told) > 40)
        kill(made.writer)
        time.sleep(0.5)
        promoted = promote(made.replicas)
        before = len(told)
        until(lambda: len(told) > before + 20)
        over.set()
        for thread in writing:
            thread.join()
        engine = make_engine(promoted.url(), pooled=False)
        with reading(engine) as connection:
            stored = Counter(connection.scalars(text("SELECT code FROM diming.foreign_name WHERE code LIKE 'C%'")))
            assert not set(told) - set(stored)
            assert max(stored.values()) == 1
            assert [*of_feed(connection), *of_chain(connection)] == []
        other = next(one for one in made.replicas if one is not promoted)
        follow(other, promoted)
        until(lambda: house.usable().count(False) == 1 and set(told) <= house.codes())
        house.asked.clear()
        assert set(told) <= house.codes()
        assert "writer" not in house.asked
