"""More than a process can answer soon is refused at once, so that those who are let in are answered in time.

Counted is what is worked on: a request whose body is here and whose answer has not begun. A client that sends or reads
slowly, or waits for changes, costs nobody his place; a body for which there is no place when it is here is not passed
on, as though the client had gone. Refused is `overloaded` (503) with `Retry-After`; what tells of the server's health
is never refused.

A flood must not live by what refusing costs: `Door` stands before everything else and refuses programs that send no
body with an answer that was made beforehand. It is counted (`diming_refused_total`) and told in one line of the log for
all of some seconds. What comes with a body, and browsers, which get a page, are refused further in.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import uuid4

import orjson
import structlog
from prometheus_client import Counter
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE, problem_response
from data.errors import Unavailable

#: What must be answered above all when there is too much to do.
NEVER = frozenset({"/healthz", "/readyz", "/metrics"})
#: Clients that wait for changes; `Settings.most_waiting` bounds them.
WAITING = frozenset({"/v1/changes", "/v1/changes/stream"})
#: Seconds after which to ask again: a full house of questions of some milliseconds is through by then.
RETRY_AFTER_S = "2"


#: Beginnings of the addresses that programs ask, which are answered with JSON whatever they accept.
PROGRAMS = ("/v1/", "/ogc/", "/9095/")
#: Those that programs in any web page may read (`api.middleware.PublicCors`).
OPEN = ("/v1/", "/9095/")
#: Seconds between two lines of the log that tell how many were refused at the door.
TELL_EVERY_S = 5.0
#: Stands for the number of a request in the prepared answer.
_MARK = "-" * 32

REFUSED = Counter("diming_refused", "Requests refused at the door for want of a place")


class Places:
    """How many requests this process works on, and how many at most."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.working = 0

    @property
    def full(self) -> bool:
        """Whether there is no place for another one."""
        return self.working >= self.most


class Door:
    """The outermost layer: refuses at once, with an answer that was made before anybody asked."""

    def __init__(self, app: ASGIApp, places: Places, headers: Mapping[str, str]) -> None:
        self.app = app
        self.places = places
        before, _, after = orjson.dumps(_overloaded().problem() | {"request_id": _MARK}).partition(_MARK.encode())
        self._before, self._after = before, after
        said = {**headers, "Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", "Retry-After": RETRY_AFTER_S}
        said["Content-Length"] = str(len(before) + len(_MARK) + len(after))
        shared = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Retry-After, X-Request-ID",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        self._closed, self._open = _raw(said), _raw({**said, **shared})
        self._untold, self._told_at = 0, -TELL_EVERY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or refuse it."""
        if self.places.full and self._refuses(scope):
            await self._refuse(scope, send)
            return
        await self.app(scope, receive, send)

    def _refuses(self, scope: Scope) -> bool:
        """Whether the prepared answer is what the asker would get further in as well."""
        if scope["type"] != "http" or not scope["path"].startswith(PROGRAMS) or scope["path"] in WAITING:
            return False
        return scope["method"] in ("GET", "HEAD") or (scope["method"] != "OPTIONS" and not _has_body(scope))

    async def _refuse(self, scope: Scope, send: Send) -> None:
        REFUSED.inc()
        self._tell()
        number = uuid4().hex.encode()
        fixed = self._open if scope["path"].startswith(OPEN) else self._closed
        await send({"type": "http.response.start", "status": 503, "headers": [*fixed, (b"x-request-id", number)]})
        body = b"" if scope["method"] == "HEAD" else self._before + number + self._after
        await send({"type": "http.response.body", "body": body})

    def _tell(self) -> None:
        """One line for all that were refused since the one before."""
        self._untold += 1
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_S:
            structlog.get_logger().warning("refused at the door", requests=self._untold, most=self.places.most)
            self._untold, self._told_at = 0, now


class Shedding:
    """Lets at most as many requests be worked on at once by this process as there are places."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self.app = app
        self.places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in NEVER or scope["path"] in WAITING:
            await self.app(scope, receive, send)
            return
        if self.places.full:
            await _refuse(scope, receive, send)
            return
        place = _Place(self.places)
        try:
            await self.app(scope, place.receiving(scope, receive, send), place.sending(send))
        except ClientDisconnect:
            if not place.refused:
                raise
        finally:
            place.leave()


class _Place:
    """One request's place among those that are worked on."""

    def __init__(self, places: Places) -> None:
        self._places = places
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
            if not self._places.full or self._left:
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
            self._places.working += 1

    def leave(self) -> None:
        """Give the place free, once."""
        if self._taken and not self._left:
            self._places.working -= 1
        self._left = True


def _has_body(scope: Scope) -> bool:
    """Whether the request says that a body comes (RFC 9112, 6.3)."""
    fields = dict(scope["headers"])
    return b"transfer-encoding" in fields or fields.get(b"content-length", b"0") != b"0"


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(Request(scope), _overloaded(), {"Retry-After": RETRY_AFTER_S})(scope, receive, send)


def _overloaded() -> Unavailable:
    return Unavailable("Too many questions at once; ask again in a few seconds.", code="overloaded")


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
