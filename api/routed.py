"""Which server must answer a request, where replicas answer the public; and once more by the writer where one fails."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.identity import shows_credentials
from api.replicas import ASKED, NOWHERE, Asked, Watch, position_of, written_position

#: Says where the writer's log stood when a change was answered; sent back, it asks for an answer that has seen it.
HEADER = "Diming-Position"
COOKIE = "diming_position"
#: How long a browser brings a position: far longer than a replica that is asked may be behind (`read_behind_s`).
COOKIE_S = 300
READS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Whoever follows the changes is woken by the writer, and must not be told to go on by one who has not seen them.
OF_THE_WRITER = frozenset({"/v1/changes", "/v1/changes/stream", "/healthz", "/readyz", "/metrics"})
FIRST_ERROR, UNAVAILABLE = 400, 503


class Routed:
    """Reads each request's position, says it after a change, and asks the writer where a replica failed."""

    def __init__(self, app: ASGIApp, watch: Watch, questions: Collection[str]) -> None:
        """`questions` are the paths that are asked by POST and change nothing."""
        self.app = app
        self.watch = watch
        self.questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] in READS or scope["path"] in self.questions:
            await self._read(scope, receive, send)
        else:
            await self._change(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, body = Asked(_position(scope)), _Body(receive)
        held: Message | None = None

        async def unless_failed(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and message["status"] == UNAVAILABLE and asked.failed:
                held = message
            if held is None:
                await send(message)

        await self._under(asked, scope, body.first, unless_failed)
        if held is not None:  # nothing of it is out: the writer is asked instead
            await self._under(Asked(NOWHERE), scope, body.again, send)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a change reads for itself is the writer's."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < FIRST_ERROR:
                await self._say(message)
            await send(message)

        await self._under(Asked(NOWHERE), scope, receive, told)

    async def _say(self, start: Message) -> None:
        said = written_position(await self.watch.written())
        headers = MutableHeaders(scope=start)
        headers[HEADER] = said
        headers.append("Set-Cookie", f"{COOKIE}={said}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Lax")

    async def _under(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        before = ASKED.set(asked)
        try:
            await self.app(scope, receive, send)
        finally:
            ASKED.reset(before)


class _Body:
    """What a client sent, read once and given twice: a question is no larger than `max_body_bytes`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []
        self._given = 0

    async def first(self) -> Message:
        """What comes from the client."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._read.append(message)
        return message

    async def again(self) -> Message:
        """The same once more, then what comes."""
        if self._given < len(self._read):
            self._given += 1
            return self._read[self._given - 1]
        return await self._receive()


def _position(scope: Scope) -> int:
    connection = HTTPConnection(scope)
    if scope["path"] in OF_THE_WRITER or shows_credentials(connection):
        return NOWHERE
    return max(position_of(connection.headers.get(HEADER)), position_of(connection.cookies.get(COOKIE)))
