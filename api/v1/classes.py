"""`/v1/classes`: the classes and types of places as this office keeps them."""

from __future__ import annotations

from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from api.v1.params import AnyDay, Cursor, Limit
from geonames.places.types import list_types

router = v1_router("places", "/classes")


@router.get(
    "",
    summary="Classes and types of places",
    response_model=schemas.TypeList,
    responses=question("classes", "bad_date", "limit_out_of_range", "bad_cursor"),
)
def classes(ask: Ask, as_of: AnyDay = None, limit: Limit = 1000, cursor: Cursor = None) -> Response:
    """The eight classes of 地名管理条例 Art. 3, and the types of GB/T 18521 in use on a day, each below its parent.

    Without `as_of` all types that ever were, with the days on which they were in use. `mark` says whether a
    number was seen (V), remembered (M) or inferred (I).
    """
    return ask.answer(lambda connection: list_types(connection, as_of, limit=limit, cursor=cursor))
