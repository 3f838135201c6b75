"""Answers remembered for as long as they are true: names and positions are asked again and again.

Before each answer the register says its state (`published.answer_state`); an answer is given again while that state and
the civil day are the same, so that a renaming is found by the next question after its commit, and counted, limited and
logged as any other. Only what everybody gets is kept: a question with a session or an account goes its own way. Where
replicas answer, which may be behind, nothing is remembered.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.identity import shows_credentials
from api.v1.answers import PUBLIC_CACHE, has_tag
from data.clock import Clock, civil_date
from data.db import READER_ROLE, driver_url

#: Operations whose answers depend on the state of names and places alone, and are the same for everybody: searches,
#: positions, and pages and tiles of the two collections that hold nothing else.
PATHS = re.compile(
    r"/v1/(suggest|places|reverse)|/ogc/collections/(places|names)/(items|tiles/WebMercatorQuad/[0-9]+/[0-9]+/[0-9]+)"
)
#: What an answer can depend on beside its address: links name the host, and a reader may have asked for another form.
ASKED_WITH = ("host", "accept")
#: Answers of more bytes are rare, and would push out many small ones.
MOST_BYTES = 512 << 10
#: What an entry costs beside its bytes.
ENTRY_BYTES = 1_000
#: Seconds that the state may take to be said, and until a lost connection is tried again.
WAIT_S, AGAIN_S = 2.0, 1.0
OK, NOT_MODIFIED = 200, 304
STATE = "SELECT published.answer_state()"

State = tuple[str, date]
Key = tuple[str | bytes | bool | None, ...]


class StateOfRegister:
    """The state of the register as the database says it: asked once for all who wait, never from before they asked."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = driver_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
        self._clock = clock
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._running: asyncio.Task[State | None] | None = None
        self._following: asyncio.Task[State | None] | None = None
        self._silent_until = 0.0

    async def now(self) -> State | None:
        """The state at some moment after this was asked; None where the database does not say."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._ask())
            return await asyncio.shield(self._running)
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._ask_after(self._running))
        return await asyncio.shield(self._following)

    async def _ask_after(self, before: asyncio.Task[State | None]) -> State | None:
        await asyncio.wait((before,))
        self._running, self._following = self._following, None
        return await self._ask()

    async def _ask(self) -> State | None:
        if asyncio.get_running_loop().time() < self._silent_until:
            return None
        try:
            async with asyncio.timeout(WAIT_S):
                connection = await self._connected()
                cursor = await connection.execute(STATE, prepare=True)
                row = await cursor.fetchone()
        except (psycopg.Error, TimeoutError) as error:
            structlog.get_logger().warning("the state of the register is not known", reason=str(error)[:200])
            self._silent_until = asyncio.get_running_loop().time() + AGAIN_S
            await self.close()
            return None
        return (str(row[0]), civil_date(self._clock())) if row else None

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            await self._connection.execute(f"SET SESSION ROLE {READER_ROLE}")
        return self._connection

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    state: State
    route: Any
    headers: list[tuple[bytes, bytes]]
    tag: str
    body: bytes

    @property
    def cost(self) -> int:
        return ENTRY_BYTES + len(self.body)


class Answers:
    """Answers by question, the longest unasked go first; `most` bytes of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._kept: OrderedDict[Key, _Answer] = OrderedDict()

    def find(self, key: Key, state: State) -> _Answer | None:
        """The answer to a question in this state; one of another state is forgotten."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.state != state:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, answer: _Answer) -> None:
        """Remember an answer."""
        self._drop(key)
        self._kept[key] = answer
        self._held += answer.cost
        while self._held > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._held -= gone.cost

    @property
    def held_bytes(self) -> int:
        """What is held, in bytes."""
        return self._held


class Remembered:
    """Gives an answer again while the register says that nothing has changed."""

    def __init__(self, app: ASGIApp, state: StateOfRegister, answers: Answers) -> None:
        self.app, self.state, self.answers = app, state, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not PATHS.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        state = None if shows_credentials(Request(scope)) else await self.state.now()
        if state is None:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        compressed = "gzip" in headers.get("accept-encoding", "")
        beside = (headers.get(name) for name in ASKED_WITH)
        key = (scope["scheme"], scope["path"], scope["query_string"], compressed, *beside)
        found = self.answers.find(key, state)
        if found is not None:
            await _give(found, headers.get("if-none-match", ""), scope, send)
            return
        await self.app(scope, receive, _Keeping(scope, send, lambda answer: self.answers.keep(key, answer), state))


async def _give(answer: _Answer, known: str, scope: Scope, send: Send) -> None:
    scope["route"] = answer.route
    if has_tag(known, answer.tag):
        headers = [(name, value) for name, value in answer.headers if name not in (b"content-length", b"content-type")]
        await send({"type": "http.response.start", "status": NOT_MODIFIED, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": OK, "headers": list(answer.headers)})
    await send({"type": "http.response.body", "body": answer.body})


class _Keeping:
    """Passes an answer on, and keeps it where it is whole, everybody's and not too large."""

    def __init__(self, scope: Scope, send: Send, keep: Callable[[_Answer], None], state: State) -> None:
        self._scope, self._send, self._keep, self._state = scope, send, keep, state
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message["headers"])}
        elif self._start is not None and not message.get("more_body"):
            self._note(message.get("body", b""))
        else:
            self._start = None  # an answer in pieces is none of these
        await self._send(message)

    def _note(self, body: bytes) -> None:
        assert self._start is not None  # noqa: S101 -- its caller has looked
        headers = Headers(raw=self._start["headers"])
        is_everybodys = headers.get("cache-control") == PUBLIC_CACHE and "etag" in headers
        if self._start["status"] == OK and is_everybodys and len(body) <= MOST_BYTES:
            route, tag = self._scope.get("route"), headers["etag"]
            self._keep(_Answer(self._state, route, self._start["headers"], tag, body))
