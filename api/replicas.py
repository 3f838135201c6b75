"""Replicas that answer the public, and what keeps an answer from being older than it may be.

Streaming replicas follow the writer by its log, some moments behind. Every process watches how far each has played the
log back. A replica is asked while it has everything that the writer had `most_behind_s` ago, and is left out, without a
hand, while it does not answer, is further behind, or follows nobody. Where none is left the writer answers.

Read your writes: the answer to a change says where the writer's log then stood (`Diming-Position`, and a cookie for
browsers). A question that brings a position goes to a replica that has come so far, or to the writer; so does every
question of somebody who has signed in. docs/decisions/0051 says why.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine

from data.db import driver_url

#: Seconds between two looks at a server, and how long one may take.
EVERY_S, WAIT_S = 0.25, 2.0
#: A place in the log that nothing has reached: questions that bring it go to the writer.
NOWHERE = (1 << 64) - 1
_POSITION = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
#: Where the writer's log stands. The insert position covers what was committed, also with synchronous_commit off.
WRITTEN = "SELECT pg_current_wal_insert_lsn()::text"
#: Null on a server that follows nobody: one that was promoted may hold what the writer never had.
REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END"


def position_of(said: str | None) -> int:
    """A place in the log, as PostgreSQL writes it (`16/B374D848`); 0 without one, `NOWHERE` for what is none."""
    if said is None:
        return 0
    found = _POSITION.fullmatch(said.strip())
    return (int(found[1], 16) << 32) + int(found[2], 16) if found else NOWHERE


def written_position(position: int) -> str:
    """A place in the log as PostgreSQL writes it."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


@dataclass(slots=True)
class Asked:
    """One request: what its answer must have seen, and who gives it."""

    position: int
    replica: Replica | None = None
    chosen: bool = False
    failed: bool = False


#: The request that is being answered.
ASKED: ContextVar[Asked | None] = ContextVar("asked_of_replicas", default=None)


@dataclass(slots=True)
class Replica:
    """One replica as this process last saw it: the place to which it has played the log back, None where it is not."""

    engine: Engine
    replayed: int | None = None
    #: The failure that is known, so that it is written down once.
    failure: str | None = field(default=None, repr=False)


class Replicas:
    """The replicas of one process, in turn."""

    def __init__(self, engines: Sequence[Engine], most_behind_s: float, now: Callable[[], float] = time.monotonic):
        self.all = [Replica(engine) for engine in engines]
        self._most_behind_s, self._now = most_behind_s, now
        self._turn = itertools.count()
        #: When the writer's log stood where; the first is the newest that is old enough to be asked for.
        self._written: deque[tuple[float, int]] = deque()

    def at(self, position: int) -> Replica | None:
        """The next replica that has everything up to `position` and is not too far behind; None for the writer."""
        if not self._written or position == NOWHERE:
            return None
        needed = max(position, self._floor())
        fit = [replica for replica in self.all if replica.replayed is not None and replica.replayed >= needed]
        return fit[next(self._turn) % len(fit)] if fit else None

    def saw_writer(self, position: int) -> None:
        """The writer's log stands there now."""
        now = self._now()
        if self._written and position < self._written[-1][1]:
            self._written.clear()  # another writer, whose log begins before the end of the one that is gone
        self._written.append((now, position))
        while len(self._written) > 1 and self._written[1][0] <= now - self._most_behind_s:
            self._written.popleft()

    def _floor(self) -> int:
        """Where the writer's log stood `most_behind_s` ago; less than that old, nothing is known to be missing."""
        at, position = self._written[0]
        return position if at <= self._now() - self._most_behind_s else 0

    def saw(self, replica: Replica, replayed: int | None, failure: str | None = None) -> None:
        """What a look at a replica found; what changes is written down once."""
        if failure != replica.failure:
            number = self.all.index(replica)
            log = structlog.get_logger()
            if failure is None:
                log.info("a replica answers again", replica=number)
            else:
                log.warning("a replica is left out", replica=number, reason=failure)
        replica.replayed, replica.failure = replayed, failure

    def behind(self, replica: Replica) -> bool | None:
        """Whether a replica lacks what it must have to be asked; None where nobody knows yet."""
        if not self._written:
            return None
        return replica.replayed is None or replica.replayed < self._floor()


def chosen(replicas: Replicas) -> Replica | None:
    """Who answers the request under way: the same for all its questions, so that they see one register."""
    asked = ASKED.get()
    if asked is None:
        return None  # work of the process itself
    if not asked.chosen:
        asked.replica, asked.chosen = replicas.at(asked.position), True
    return asked.replica


class Watch:
    """Looks at the writer and at each replica, all the time; one connection for each."""

    def __init__(self, replicas: Replicas, writer: str) -> None:
        self._replicas = replicas
        self._writer = Sight(writer, WRITTEN)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look."""
        looks = [self._look_at_writer(), *(self._look_at(replica) for replica in self._replicas.all)]
        self._tasks = [asyncio.create_task(look) for look in looks]

    async def stop(self) -> None:
        """Look no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._writer.close()

    async def written(self) -> int:
        """Where the writer's log stands after this was asked; `NOWHERE` where it does not say."""
        try:
            found = await self._writer.ask()
        except (psycopg.Error, OSError, TimeoutError):
            return NOWHERE
        return NOWHERE if found is None else found

    async def _look_at_writer(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError, TimeoutError):
                found = await self._writer.ask()
                if found is not None:
                    self._replicas.saw_writer(found)
            await asyncio.sleep(EVERY_S)

    async def _look_at(self, replica: Replica) -> None:
        sight = Sight(replica.engine.url.render_as_string(hide_password=False), REPLAYED)
        try:
            while True:
                try:
                    found = await sight.ask()
                    self._replicas.saw(replica, found, None if found is not None else "it follows no writer")
                except (psycopg.Error, OSError, TimeoutError) as error:
                    self._replicas.saw(replica, None, type(error).__name__)
                await asyncio.sleep(EVERY_S)
        finally:
            await sight.close()


class Sight:
    """A connection that asks one server one question again and again."""

    def __init__(self, url: str, question: str) -> None:
        self._url = driver_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
        self._question = question
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._lock = asyncio.Lock()

    async def ask(self) -> int | None:
        """The place it says; None for none. Raises psycopg.Error, OSError or TimeoutError where it does not answer."""
        async with self._lock:
            try:
                async with asyncio.timeout(WAIT_S):
                    if self._connection is None or self._connection.closed:
                        self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
                    cursor = await self._connection.execute(self._question)
                    row = await cursor.fetchone()
            except BaseException:
                await self.close()
                raise
        return position_of(row[0]) if row and row[0] is not None else None

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()
