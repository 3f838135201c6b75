"""One installation, people at work before it, and one fault after another: how long until it is back, each time."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from data.clock import system_clock
from data.db import reading
from geonames.search.index import refresh_search_keys
from tests.bench.applications import _open_cases, _staff
from tests.bench.faults import model
from tests.bench.faults.deeds import Deed, Scene
from tests.bench.faults.people import Outages, PatientPerson
from tests.bench.office_people import client_of, sign_in
from tests.samples.invented import load_invented

#: Seconds within which an installation must be back without a hand (issue text), and after which it is given up.
BACK_S, GIVEN_UP_S = 10.0, 120.0
#: Seconds of work between two faults, and of reading a page.
BETWEEN_S, PAUSE_S = (0.3, 1.5), 0.5
#: So many good answers one after another, this far apart, mean that it is back: a process about to end answers once.
GOOD, APART_S = 3, 0.1
#: The audit chain is read after so many faults, and at the end.
CHAIN_EVERY = 20


@dataclass
class Told:
    """What one series of faults found."""

    outages: dict[str, list[float]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    seen: Outages = field(default_factory=Outages)
    seconds: float = 0.0

    @property
    def slow(self) -> list[str]:
        """Faults after which it took longer than it may."""
        return [f"{name}: {s:.1f} s" for name, found in self.outages.items() for s in found if s > BACK_S]


def prepare(engine: Engine) -> dict[str, tuple[str, str]]:
    """The invented register with its people and cases, in an installation that is up; account and role by name."""
    load_invented(engine)
    refresh_search_keys(engine, "bench")
    names = _staff(engine)
    _open_cases(engine)
    return names


def suffer(
    engine: Engine,
    scene: Scene,
    port: int,
    names: Mapping[str, tuple[str, str]],
    faults: int,
    deeds: Mapping[str, tuple[Deed, int]],
    say: Callable[[str], None],
) -> Told:
    """Let people work, break something `faults` times, and hold the database against what people were told."""
    address, told, begun = f"http://127.0.0.1:{port}", Told(), time.perf_counter()
    with reading(engine) as connection:
        was = model.before(connection)
    sessions = [(account, role, sign_in(address, name)) for name, (account, role) in names.items()]
    crowd = threading.Thread(target=lambda: asyncio.run(work(address, sessions, told.seen)), daemon=True)
    crowd.start()
    for number in range(1, faults + 1):
        name = scene.chance.choices(list(deeds), [share for _, share in deeds.values()])[0]
        time.sleep(scene.chance.uniform(*BETWEEN_S))
        deeds[name][0](scene)
        back = _until_back(scene, address)
        told.outages.setdefault(name, []).append(back)
        say(f"{number} of {faults}: {name}, back after {back:.1f} s")
        told.contradictions += _meanwhile(engine, number)
        if back >= GIVEN_UP_S or told.contradictions:
            break
    told.seen.over = True
    crowd.join(GIVEN_UP_S)
    if crowd.is_alive():
        told.contradictions.append("people were still waiting for an answer")
    with reading(engine) as connection:
        told.contradictions += model.contradictions(connection, was, told.seen)
    told.seconds = time.perf_counter() - begun
    return told


async def work(address: str, sessions: list[tuple[str, str, str]], seen: Outages) -> None:
    """Everybody at naming cases until `seen.over`; `sessions` are account, role and the cookie of each."""
    people = []
    for number, (account, role, cookie) in enumerate(sessions):
        client = client_of(address, cookie)
        people.append(PatientPerson(client, account, role, seen, PAUSE_S, b"", random.Random(number)))
    await asyncio.gather(*(person.work(float("inf")) for person in people))
    for person in people:
        await person.client.aclose()


def _until_back(scene: Scene, address: str) -> float:
    """Seconds from now until everything runs and answers; GIVEN_UP_S where it never does."""
    begun, good = time.monotonic(), 0
    first = begun
    while time.monotonic() - begun < GIVEN_UP_S:
        asked = time.monotonic()
        if _runs(scene) and _answers(address, scene.chance):
            first = asked if good == 0 else first
            good += 1
            if good == GOOD:
                return first - begun
            time.sleep(APART_S)
        else:
            good = 0
            time.sleep(APART_S / 2)
    return GIVEN_UP_S


def _runs(scene: Scene) -> bool:
    return all(_is_alive(scene.number(name)) for name in ("server", "worker"))


def _is_alive(pid: int | None) -> bool:
    try:
        return pid is not None and Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _answers(address: str, chance: random.Random) -> bool:
    """Whether a question that nobody has asked before is answered from the database."""
    asked = f"{address}/v1/suggest?q={chance.randrange(10**9)}"
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return bool(answer.status == 200 and "items" in json.load(answer))
    except (OSError, ValueError):
        return False


def _meanwhile(engine: Engine, number: int) -> list[str]:
    """What is wrong in the register after a fault."""
    with reading(engine) as connection:
        return [*model.of_feed(connection), *(model.of_chain(connection) if number % CHAIN_EVERY == 0 else ())]


def load_now() -> str:
    """How busy the machine is."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) + f" at {system_clock():%H:%M} UTC"
