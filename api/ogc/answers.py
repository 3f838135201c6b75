"""What every answer of the OGC API gets: a strong validator, and no member that says null where it may be left out."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.v1.answers import PUBLIC_CACHE

#: OGC 17-069r4 /rec/core/fc-numberMatched: a server that does not know how many match leaves the member out.
NOT_COUNTED = b'"numberMatched":null,'


class Tidied:
    """An application whose answers carry an ETag over their bytes and are not sent again to whoever has them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; answers here are at most a page of features or a tile, so they are held whole.

        Nothing is sent before the application is through: it answers a failure in its own words and raises it then,
        which would break the connection of a client that has a whole answer.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))

        await self.app(_at_its_own_root(scope), receive, hold)
        if start:  # a client that has gone is answered by nobody
            await _give(start, bytes(body), Headers(scope=scope), send)


def _at_its_own_root(scope: Scope) -> Scope:
    """The request as an application behind a proxy gets it: its links then begin where it is mounted."""
    return {name: value for name, value in scope.items() if name != "router"} | {"app_root_path": scope["root_path"]}


async def _give(start: Message, body: bytes, asked: Headers, send: Send) -> None:
    body = body.replace(NOT_COUNTED, b"", 1)
    headers = MutableHeaders(raw=list(start["headers"]))
    status = start["status"]
    if status == 200:
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers["ETag"] = tag
        headers["Cache-Control"] = PUBLIC_CACHE
        if tag in [one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")]:
            status, body = 304, b""
    headers["Content-Length"] = str(len(body))
    await send({**start, "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
