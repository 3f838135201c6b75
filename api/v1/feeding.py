"""Pages and events of the feed, and waiting for them without holding a thread or a connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.v1.answers import encode
from data import feed
from data.errors import BadRequest

#: Each answer may be new: a cache asks, and a change is not a minute late.
FEED_CACHE = "public, no-cache"
#: An event stream says something at least so often, so that nobody between takes it for dead.
HEARTBEAT_S = 15.0
#: And ends after so long; the client comes back with the number it has.
STREAM_S = 600.0
#: Changes read at once for a stream.
PIECE = 200
#: A replica may be behind the change that was told: it is asked again after so long.
BEHIND_S = 0.1

Page = dict[str, Any]


class EventStream(StreamingResponse):
    """Server-sent events (WHATWG HTML, section 9.2); gives its place among those that wait back at the end."""

    def __init__(self, content: AsyncIterator[bytes], place: AsyncExitStack) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, media_type="text/event-stream", headers=headers)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the client goes or the stream ends."""
        async with self._place:
            await super().__call__(scope, receive, send)


def page_of_changes(connection: Connection, since: int, limit: int, collections: Sequence[str] | None) -> Page:
    """One answer of `/v1/changes`; `through`: up to there everything is told."""
    items, last = feed.changes_since(connection, since, limit, collections)
    return {"items": items, "last": last, "through": feed.passed(items, limit, since, last)}


def checked_seq(connection: Connection, seq: int | None) -> int:
    """The number asked for, or the last; BadRequest `seq_ahead` where it is not there yet."""
    last = feed.last_number(connection)
    if seq is not None and seq > last:
        raise BadRequest(f"The last change is number {last}; {seq} has not happened.", code="seq_ahead", last=last)
    return last if seq is None else seq


async def next_page(state: State, since: int, limit: int, collections: Sequence[str] | None, seconds: float) -> Page:
    """The changes after `since` as soon as there are any; an empty page after `seconds`."""
    deadline, through, told = time.monotonic() + seconds, since, False
    while True:
        page = await run_in_threadpool(_read, state, through, limit, collections)
        left = deadline - time.monotonic()
        if page["items"] or left <= 0:
            return page
        if told and page["through"] == through:  # what was told has not reached the database that was asked
            await asyncio.sleep(min(BEHIND_S, left))
        through = page["through"]
        told = await state.feed.beyond(through, left)


async def events(state: State, since: int, collections: Sequence[str] | None) -> AsyncIterator[bytes]:
    """The stream's bytes: changes from `since` on as they come, a comment when nothing comes."""
    yield b"retry: 2000\n\n"
    ends, at = time.monotonic() + STREAM_S, since
    while time.monotonic() < ends:
        page = await next_page(state, at, PIECE, collections, HEARTBEAT_S)
        at = page["through"]
        yield b"".join(map(_event, page["items"])) or b": nothing yet\n\n"


def _event(item: dict[str, Any]) -> bytes:
    return b"event: change\nid: %d\ndata: %b\n\n" % (item["seq"], encode(item))


def _read(state: State, since: int, limit: int, collections: Sequence[str] | None) -> Page:
    with state.databases.reading() as connection:
        return page_of_changes(connection, since, limit, collections)
