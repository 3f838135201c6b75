"""`/v1/changes` and `/v1/snapshot`: the feed by which a map service keeps its own copy in step."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.deps import Ask, v1_router
from api.v1 import feeding, schemas
from api.v1.answers import conditional, encode
from api.v1.documentation import EVERYWHERE, problems_for, question
from api.v1.feed_params import AtSeq, Collections, LastEventId, Wait, listed
from api.v1.params import Cursor, Limit, Since
from data import feed, paging

router = v1_router("changes")
REFUSALS = ("bad_sequence", "bad_collection", "limit_out_of_range")


@router.get(
    "/changes",
    summary="Every published change, in order",
    response_model=schemas.ChangeList,
    responses=question("changes", *REFUSALS, "bad_wait", "too_many_waiting"),
)
async def changes(
    request: Request, ask: Ask, since: Since = 0, limit: Limit = 100, collection: Collections = None, wait: Wait = 0
) -> Response:
    """Changes after number `since`. Numbers begin at 1 and have no holes; `delete` is a tombstone.

    A client asks with the `through` of the answer before until `items` is empty; with `wait` the answer to an empty
    question comes when something changes, and after so many seconds at the latest.
    """

    if wait:
        async with request.app.state.feed.waiting():
            page = await feeding.next_page(request.app.state, since, limit, listed(collection), wait)
        return conditional(request, encode(page), feeding.FEED_CACHE, "application/json")
    return await run_in_threadpool(
        ask.answer,
        lambda connection: feeding.page_of_changes(connection, since, limit, listed(collection)),
        cache=feeding.FEED_CACHE,
    )


@router.get(
    "/changes/stream",
    summary="Changes as they happen (server-sent events)",
    response_class=StreamingResponse,
    responses={
        200: {"description": "An endless stream of events `change`.", "content": {"text/event-stream": {}}},
        **problems_for(*REFUSALS[:2], "too_many_waiting", *EVERYWHERE),
    },
)
async def stream(
    request: Request, since: Since = 0, collection: Collections = None, last_event_id: LastEventId = None
) -> Response:
    """Events `change` with the number as their id; a browser that comes back goes on by `Last-Event-ID`."""
    begin = since if last_event_id is None else last_event_id
    place = AsyncExitStack()
    await place.enter_async_context(request.app.state.feed.waiting())  # now, while the answer can still be a refusal
    return feeding.EventStream(feeding.events(request.app.state, begin, listed(collection)), place)


@router.get(
    "/snapshot",
    summary="All that the feed tells of, as it stands after one of its changes",
    response_model=schemas.Snapshot,
    responses=question("snapshot", *REFUSALS, "bad_cursor", "seq_ahead"),
)
def snapshot(
    ask: Ask, seq: AtSeq = None, limit: Limit = 1000, collection: Collections = None, cursor: Cursor = None
) -> Response:
    """A copy of the register, page by page, all of one moment: `seq`, by default the latest, given back by each page.

    Ask on with `seq` and `cursor` until `next` is null, then follow `/v1/changes?since=seq`. A page is the same
    whenever it is asked for. It may hold fewer items than `limit` and not be the last.
    """
    return ask.answer(
        lambda connection: _snapshot(connection, seq, limit, listed(collection), cursor), cache=feeding.FEED_CACHE
    )


def _snapshot(
    connection: Connection, seq: int | None, limit: int, collections: list[str] | None, cursor: str | None
) -> dict[str, Any]:
    at = feeding.checked_seq(connection, seq)
    query = {"list": "snapshot", "seq": at, "collections": collections}
    key = paging.decode_cursor(query, cursor, (UUID, str))
    after = feed.FIRST if key is None else (key[0], key[1])
    items, further = feed.snapshot_page(connection, at, limit, after=after, collections=collections)
    return {"seq": at, "items": items, "next": paging.encode_cursor(query, further) if further else None}
