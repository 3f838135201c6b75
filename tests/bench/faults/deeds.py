"""The faults: what each breaks, by the name under which it is counted.

Processes are ended by SIGKILL, as the kernel ends what uses too much memory. A disk that does not answer cannot be had
without rights over the machine's devices: instead everything of the database is halted for some seconds, so that
whoever writes waits as for a disk. Only processes of the installation under test are touched.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench.faults.proxy import Wire

#: Seconds for which the database stands still, the wire is cut, and all connections are taken.
STILL_S = (0.5, 3.0)


@dataclass(frozen=True)
class Scene:
    """The installation under test: its home, its database as its owner, and the wire to it where there is one."""

    root: Path
    address: str
    chance: random.Random
    wire: Wire | None = None

    def number(self, name: str) -> int | None:
        """The number of one of its processes; None where none is on record."""
        try:
            return int(json.loads((self.root / "run" / f"{name}.json").read_text("utf-8"))["pid"])
        except (OSError, ValueError, KeyError):
            return None

    @property
    def postmaster(self) -> int:
        """The number of the database's first process."""
        return int((self.root / "database/cluster/postmaster.pid").read_text("utf-8").splitlines()[0])


def children(pid: int) -> list[int]:
    """The processes that one has begun."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _end(pid: int | None) -> None:
    if pid is None:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it has ended by itself


def server(scene: Scene) -> None:
    """The server's first process; its others see it and end."""
    _end(scene.number("server"))


def process_of_server(scene: Scene) -> None:
    """One of the processes that answer."""
    pid = scene.number("server")
    if pid is not None and (found := children(pid)):
        _end(scene.chance.choice(found))


def all_of_server(scene: Scene) -> None:
    """Everything that answers, at once."""
    pid = scene.number("server")
    for one in [*children(pid or 0), pid]:
        _end(one)


def worker(scene: Scene) -> None:
    """The worker, in the middle of its jobs."""
    _end(scene.number("worker"))


def postmaster(scene: Scene) -> None:
    """The database's first process."""
    _end(scene.postmaster)


def backend(scene: Scene) -> None:
    """One process of the database: all others end with it and the database recovers by itself."""
    if found := children(scene.postmaster):
        _end(scene.chance.choice(found))


def connections_ended(scene: Scene) -> None:
    """Every connection, as when somebody ends them by hand or a firewall forgets them."""
    with psycopg.connect(scene.address, autocommit=True) as connection:
        # an autovacuum that looks after a superuser's tables is not ours to end
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename = current_user"
        )


def connections_taken(scene: Scene) -> None:
    """All connections that the database gives are somebody else's."""
    with ExitStack() as held:
        try:
            while True:
                held.enter_context(psycopg.connect(scene.address))
        except psycopg.OperationalError:
            time.sleep(scene.chance.uniform(*STILL_S))  # there are no more: that was wanted


def standstill(scene: Scene) -> None:
    """The database does not move, as when its disk does not answer."""
    stopped = [scene.postmaster, *children(scene.postmaster)]
    _signal(stopped, signal.SIGSTOP)
    time.sleep(scene.chance.uniform(*STILL_S))
    _signal(stopped, signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wire_cut(scene: Scene) -> None:
    """The way between the application and the database is cut and comes back."""
    assert scene.wire is not None
    scene.wire.cut()
    time.sleep(scene.chance.uniform(*STILL_S))
    scene.wire.mend()


def wire_stalled(scene: Scene) -> None:
    """Nothing gets through for a while, and nobody is told."""
    assert scene.wire is not None
    scene.wire.stall()
    time.sleep(scene.chance.uniform(*STILL_S))
    scene.wire.mend()


Deed = Callable[[Scene], None]
#: Of an installation that has its own database, and how often of a hundred.
OWN: Mapping[str, tuple[Deed, int]] = {
    "a process of the server": (process_of_server, 20),
    "the server": (server, 10),
    "the server and its processes": (all_of_server, 10),
    "the worker": (worker, 12),
    "the database": (postmaster, 14),
    "a process of the database": (backend, 14),
    "all connections ended": (connections_ended, 8),
    "all connections taken": (connections_taken, 6),
    "a standstill of the database": (standstill, 6),
}
#: Of one whose database is elsewhere.
REMOTE: Mapping[str, tuple[Deed, int]] = {
    "the wire cut": (wire_cut, 60),
    "the wire stalled": (wire_stalled, 40),
}
