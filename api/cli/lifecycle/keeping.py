"""What ends by itself is started again: by `up` that stays in the foreground, else by a process of its own, the keeper.

A server, a worker or a database that is killed, or runs out of memory, is back without a hand, the server by the one
that stands by. What ends again and again soon after its start is started with growing pauses, so that a full disk is
not filled with logs; it is never given up, because the reason may pass. Whoever stops the installation (`down`) does
so under the home's lock and takes the files away that say what shall run: then the keeper ends too.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from types import FrameType

from api.cli import output
from api.cli.environment import Environment, environment
from api.cli.lifecycle import processes
from api.cli.lifecycle.locks import exclusively
from api.cli.lifecycle.services import SERVER, WORKER, Services, fingerprint
from data.errors import DimingError
from data.server.home import REPOSITORY
from data.server.provision import provision

KEEPER = "keeper"
DATABASE = "database"
#: Seconds between two looks.
EVERY_S = 0.5
#: So many ends within so many seconds are started again at once; after that each waits twice as long as the last. The
#: longest pause leaves room for the start within the ten seconds in which an installation is to be back.
AT_ONCE, WINDOW_S, LONGEST_PAUSE_S = 5, 120.0, 5.0
#: What has run for so long since the last start has not ended by its start: the pauses begin anew.
STEADY_S = 20.0
#: The server that stands by is started when the others have run for so long: a machine that starts is busy enough.
STAND_BY_AFTER_S = 1.0


class Keeper:
    """Looks after the processes of one installation; `say` tells what it did."""

    def __init__(self, place: Environment, services: Services, say: Callable[[str], None] = output.say) -> None:
        self.place, self.services, self.say = place, services, say
        self._ends: deque[float] = deque()
        self._since = time.monotonic()

    def keep(self, until: threading.Event) -> None:
        """Start again what ends, until `until` is set or everything was stopped on purpose."""
        while not until.wait(EVERY_S):
            if self._is_stopped():
                return
            if not self.ended():
                self._stand_by()
            elif not until.wait(self._pause()):
                self._start_again()

    def ended(self) -> list[str]:
        """What should run and does not, the database first."""
        gone = [name for name in (SERVER, WORKER) if processes.recorded(self.place.home, name) is None]
        if self.place.external_url is None and not self.place.cluster.is_running:
            return [DATABASE, *gone]
        return gone

    def _is_stopped(self) -> bool:
        return not any(processes.has_file(self.place.home, name) for name in (SERVER, WORKER))

    def _pause(self) -> float:
        """Seconds to wait before what has just ended is started again; it is counted."""
        now = time.monotonic()
        if now - self._since > STEADY_S:
            self._ends.clear()
        while self._ends and self._ends[0] < now - WINDOW_S:
            self._ends.popleft()
        self._ends.append(now)
        beyond = len(self._ends) - AT_ONCE
        return 0.0 if beyond <= 0 else min(LONGEST_PAUSE_S, 2.0 ** (beyond - 1))

    def _stand_by(self) -> None:
        if time.monotonic() - self._since > STAND_BY_AFTER_S and self.services.lacks_standby:
            with exclusively(self.place.home):
                if not self._is_stopped() and not self.ended():
                    self.services.stand_by()

    def _start_again(self) -> None:
        with exclusively(self.place.home):
            gone = self.ended()
            if self._is_stopped() or not gone:
                return
            self.say(f"{_now()} ended by itself: {', '.join(gone)}; starting again")
            try:
                if DATABASE in gone:
                    self.place.cluster.start()
                    provision(self.place.cluster)
                self.services.revive()
            except (DimingError, OSError) as error:
                self.say(f"{_now()} it did not start: {error}")
            else:
                self.say(f"{_now()} running again")
            self._since = time.monotonic()


def keep() -> None:
    """Look after an installation that was started with `up --detach`, until `down`. Started by `up` itself."""
    until = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        until.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    place = environment()
    Keeper(place, Services(place, os.environ.get("DIMING_DEMONSTRATION") == "true")).keep(until)


def begin_keeping(services: Services) -> None:
    """Start the keeper where none runs, or one of an older state of the program."""
    home, variables = services.environment.home, services.variables()
    print_ = fingerprint(variables)
    if services.environment.external_url is None:
        del variables["DIMING_DATABASE_URL"]  # the keeper's own question: whether the database is ours to start
    running = processes.recorded(home, KEEPER)
    if running is not None and running.fingerprint == print_:
        return
    processes.stop(home, KEEPER)
    command = [sys.executable, "-m", "api.cli", "keep"]
    processes.start(
        home, KEEPER, command, environment=variables, folder=REPOSITORY, port=None, fingerprint=print_
    )  # with the rights of `up`: it may have to start the database as another account


def end_keeping(place: Environment) -> None:
    """Stop the keeper, before what it keeps is stopped."""
    processes.stop(place.home, KEEPER)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
