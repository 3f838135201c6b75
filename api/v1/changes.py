"""`/v1/changes`: the feed by which a map service keeps its own copy in step."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from api.v1.params import Limit, Since
from data.feed import changes_since

router = v1_router("changes")


@router.get(
    "/changes",
    summary="Every published change, in order",
    response_model=schemas.ChangeList,
    responses=question("changes", "bad_sequence", "limit_out_of_range"),
)
def changes(ask: Ask, since: Since = 0, limit: Limit = 100) -> Response:
    """Changes after number `since`. Numbers begin at 1 and have no holes; `delete` is a tombstone.

    A client asks with the last `seq` it has until `items` is empty.
    """
    return ask.answer(lambda connection: _changes(connection, since, limit))


def _changes(connection: Connection, since: int, limit: int) -> dict[str, Any]:
    items, last = changes_since(connection, since, limit)
    return {"items": items, "last": last}
