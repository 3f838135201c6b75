"""Questions whose client has gone: what the database still does for them is given up.

A thread that waits for the database does not see that nobody waits for it any more, and would hold its connection until
the time limit. What takes longer than a second is therefore watched: when its client goes, its statement is cancelled.
Questions that are answered sooner pay a few microseconds.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import Unavailable

#: Seconds after which an answer in the making is watched, and between two cancellations where it has more statements.
AFTER_S = 1.0


class Asker:
    """Whoever waits for an answer, and the connections that work on it."""

    def __init__(self) -> None:
        self.gone = False
        self._working: list[psycopg.Connection[Any]] = []
        self._lock = threading.Lock()

    @contextmanager
    def waiting_for(self, connection: psycopg.Connection[Any]) -> Iterator[None]:
        """While this lasts, the connection works for this asker and for nobody else."""
        with self._lock:
            self._working.append(connection)
        try:
            yield
        finally:
            with self._lock:  # a cancellation under way ends first: it must not meet the next one's statement
                self._working.remove(connection)

    def give_up(self) -> None:
        """Cancel what the connections do now. From a thread: it waits for the database."""
        with self._lock:
            for connection in self._working:
                with suppress(psycopg.Error):
                    connection.cancel()


_ASKER: ContextVar[Asker | None] = ContextVar("asker", default=None)


@contextmanager
def while_asked(connection: Connection) -> Iterator[None]:
    """A question on `connection`, given up when whoever asked it goes. Raises ClientDisconnect then."""
    asker = _ASKER.get()
    raw = connection.connection.driver_connection
    if asker is None or raw is None:
        yield
        return
    try:
        with asker.waiting_for(raw):
            yield
    except (SQLAlchemyError, Unavailable) as error:
        if asker.gone:
            raise ClientDisconnect from error
        raise


class GivenUp:
    """Watches whether the client of a long answer is still there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        bare = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
        watch = _Watch(receive, send, bare)
        before = _ASKER.set(watch.asker)
        try:
            await self.app(scope, watch.receive, watch.send)
        finally:
            _ASKER.reset(before)
            watch.end()


class _Watch:
    """One request, what has been read of it, and whether its answer is out."""

    def __init__(self, receive: Receive, send: Send, bare: bool) -> None:
        self.asker = Asker()
        self._receive, self._send, self._bare = receive, send, bare
        self._held: Message | None = None
        self._has_read = self._has_answered = False
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(AFTER_S, self._begin)

    async def receive(self) -> Message:
        """What the client sends; what the watch read ahead comes first."""
        if self._held is not None:
            message, self._held = self._held, None
            return message
        message = await self._receive()
        self._has_read = self._has_read or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """An answer that is out is watched no more: what follows it belongs to nobody."""
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._has_answered = True
            self.end()
        await self._send(message)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        if self._bare and not self._has_read:  # most questions have no body, and nobody reads what is not there
            self._held = await self.receive()
        while not self._has_read:  # a body that is still coming is read by whoever asked for it
            await asyncio.sleep(AFTER_S)
        while (await self._receive())["type"] != "http.disconnect":
            pass
        while not self._has_answered:
            self.asker.gone = True
            await asyncio.to_thread(self.asker.give_up)
            await asyncio.sleep(AFTER_S)
