"""Waits for the feed without asking it again and again: one listening connection for each process.

A waiter costs a future and no thread, no connection. PostgreSQL tells of each commit that moves the feed
(data/migrations/sql/12_feed.sql); if the listening connection breaks it is opened again, and the number read
then says what was missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import structlog

from data.db import driver_url
from data.errors import Unavailable
from data.feed import CHANNEL

#: After the connection was lost, seconds until it is tried again.
AGAIN_S = (0.2, 0.5, 1.0, 2.0, 5.0)
LOOK_EVERY_S = 30.0
HEAD = "SELECT seq FROM diming.feed_head"


class FeedWatch:
    """Knows the number of the last change from the moment on that somebody waits for one."""

    def __init__(self, url: str, most_waiters: int) -> None:
        self._url = driver_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
        self._most = most_waiters
        self._waiters = 0
        self._head = 0
        self._moved: asyncio.Condition | None = None
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """A place among those that wait. Raises `Unavailable` (`too_many_waiting`) where there is none."""
        if self._waiters >= self._most:
            raise Unavailable(
                f"{self._most} clients wait for changes here already. Ask again without `wait`, or later.",
                code="too_many_waiting",
            )
        self._waiters += 1
        try:
            yield
        finally:
            self._waiters -= 1

    async def beyond(self, seq: int, seconds: float) -> bool:
        """Whether the feed has passed change `seq`; waits up to `seconds` for that."""
        if self._task is None or self._task.done():
            self._moved = asyncio.Condition()
            self._task = asyncio.create_task(self._listen())
        assert self._moved is not None  # noqa: S101 -- made with the task
        async with self._moved:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait_for(lambda: self._head > seq), seconds)
        return self._head > seq

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    while True:  # asked now and then as well: a connection can be dead without saying so
                        await self._advance(await _head(connection))
                        failures = 0
                        async for notice in connection.notifies(timeout=LOOK_EVERY_S):
                            await self._advance(int(notice.payload))
            except psycopg.Error as error:
                structlog.get_logger().warning("the feed is not heard", reason=str(error).splitlines()[0])
            await asyncio.sleep(AGAIN_S[min(failures, len(AGAIN_S) - 1)])
            failures += 1

    async def _advance(self, seq: int) -> None:
        assert self._moved is not None  # noqa: S101 -- made before this task
        async with self._moved:
            self._head = max(self._head, seq)
            self._moved.notify_all()


async def _head(connection: psycopg.AsyncConnection[tuple[int]]) -> int:
    cursor = await connection.execute(HEAD)
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
