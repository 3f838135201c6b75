"""`/v1/marker-schemes`: how markers may be numbered here. Asks no database."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.deps import v1_router
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.documentation import question
from api.v1.params import Cursor, Limit
from api.v1.schemas import Shape
from boundaries.markers.schemes import Scheme, schemes
from data.paging import check_limit, decode_cursor, page

router = v1_router("markers", "/marker-schemes")


SHOWN = ("key", "label_zh", "label_en", "first", "source", "mark", "source_zh", "mark_zh")


class MarkerScheme(Shape):
    """One way of numbering markers, and what of it is sure."""

    key: Annotated[str, Field(description="As `scheme` of a marker or a table names it.")]
    label_zh: str
    label_en: str
    pattern: Annotated[str, Field(description="The whole code, with the groups serial, and line and part if any.")]
    first: Annotated[int, Field(description="The number with which a line begins.")]
    source: str
    mark: Annotated[str, Field(description="[V] read in a source, [M] remembered, to be confirmed, [I] inferred.")]
    source_zh: str
    mark_zh: str


class MarkerSchemes(Shape):
    """Schemes in the order of their keys."""

    items: list[MarkerScheme]
    next: str | None


@router.get(
    "",
    summary="Schemes of numbering markers",
    response_model=MarkerSchemes,
    responses=question("marker-schemes", "limit_out_of_range", "bad_cursor"),
)
def marker_schemes(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every scheme by which a marker may be numbered at this installation, its source, and what of it is inferred.

    An office adds its own by a file that `DIMING_MARKER_CODES_FILE` names.
    """
    last = decode_cursor({}, cursor, (str,))
    rest = [one for key, one in sorted(schemes().items()) if last is None or key > last[0]]
    items, following = page([_shown(one) for one in rest], check_limit(limit), {}, lambda item: (item["key"],))
    return conditional(request, encode({"items": items, "next": following}), PUBLIC_CACHE, "application/json")


def _shown(one: Scheme) -> dict[str, Any]:
    named = {name: getattr(one, name) for name in SHOWN}
    return named | {"pattern": one.pattern.pattern}
