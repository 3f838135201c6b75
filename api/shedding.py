"""More than a process can answer soon is refused at once, so that those who are let in are answered in time.

Counted is what is worked on: a request whose body is here and whose answer has not begun. A client that sends or reads
slowly, or waits for changes, costs nobody his place; a body for which there is no place when it is here is not passed
on, as though the client had gone. Refused is `overloaded` (503) with `Retry-After`; what tells of the server's health
is never refused.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response
from data.errors import Unavailable

#: What must be answered above all when there is too much to do.
NEVER = frozenset({"/healthz", "/readyz", "/metrics"})
#: Clients that wait for changes; `Settings.most_waiting` bounds them.
WAITING = frozenset({"/v1/changes", "/v1/changes/stream"})
#: Seconds after which to ask again: a full house of questions of some milliseconds is through by then.
RETRY_AFTER_S = "2"


class Shedding:
    """Lets at most `most` requests be worked on at once by this process."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most
        self.working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in NEVER or scope["path"] in WAITING:
            await self.app(scope, receive, send)
            return
        if self.working >= self.most:
            await _refuse(scope, receive, send)
            return
        place = _Place(self)
        try:
            await self.app(scope, place.receiving(scope, receive, send), place.sending(send))
        except ClientDisconnect:
            if not place.refused:
                raise
        finally:
            place.leave()


class _Place:
    """One request's place among those that are worked on."""

    def __init__(self, house: Shedding) -> None:
        self._house = house
        self.refused = False
        self._taken = False
        self._left = False

    def receiving(self, scope: Scope, receive: Receive, send: Send) -> Receive:
        """Take the place when the body is here, or refuse then; at once where there is none."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or not _has_body(scope):  # a body there is read by nobody
            self._take()
            return receive

        async def received() -> Message:
            if self.refused:
                return {"type": "http.disconnect"}
            message = await receive()
            if self._taken or message["type"] != "http.request" or message.get("more_body", False):
                return message
            if self._house.working < self._house.most or self._left:
                self._take()
                return message
            self.refused = True
            await _refuse(scope, receive, send)
            return {"type": "http.disconnect"}

        return received

    def sending(self, send: Send) -> Send:
        """Leave the place when the answer begins; nothing more is said after a refusal."""

        async def sent(message: Message) -> None:
            if self.refused:
                return
            if message["type"] == "http.response.start":
                self.leave()
            await send(message)

        return sent

    def _take(self) -> None:
        if not self._taken and not self._left:
            self._taken = True
            self._house.working += 1

    def leave(self) -> None:
        """Give the place free, once."""
        if self._taken and not self._left:
            self._house.working -= 1
        self._left = True


def _has_body(scope: Scope) -> bool:
    """Whether the request says that a body comes (RFC 9112, 6.3)."""
    fields = dict(scope["headers"])
    return b"transfer-encoding" in fields or fields.get(b"content-length", b"0") != b"0"


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = Unavailable("Too many questions at once; ask again in a few seconds.", code="overloaded")
    await problem_response(Request(scope), error, {"Retry-After": RETRY_AFTER_S})(scope, receive, send)
