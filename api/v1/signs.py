"""`/v1/places/{id}/sign.svg` and `.pdf`: the plate of a street, for preview and print."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from pydantic import BeforeValidator
from starlette.responses import Response

from api.deps import AskByDate, v1_router
from api.documents import fonts
from api.v1.answers import PUBLIC_CACHE, conditional
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import AsOf, EntityId, _one_of, _schema
from api.v1.params import _unless_none as unless_none
from api.v1.params import _whole_number as whole_number
from data.clock import system_clock
from geonames.signs.drawing import to_pdf, to_svg
from geonames.signs.model import Size
from geonames.signs.rules import bounds, directions
from geonames.signs.service import plate_of

router = v1_router("places")

LEAST, MOST = bounds()
PROBLEMS = (
    *("bad_id", "place_not_found", "missing_parameter", "characters_without_glyph"),
    *("sign_layout_unknown", "sign_needs_standard_name", "sign_needs_romanization"),
    *("bad_governing_date", "bad_date", "as_of_before_register", "as_of_after_register"),
)
Direction = Annotated[
    str,
    BeforeValidator(unless_none(lambda text: _one_of(text, directions(), "bad_parameter"))),
    _schema("string", enum=list(directions())),
    Query(description="How the street runs: east–west (blue) or north–south (green).", examples=["east_west"]),
]
Millimetres = Annotated[
    int,
    BeforeValidator(unless_none(whole_number(LEAST, MOST, "bad_parameter"))),
    _schema("integer", minimum=LEAST, maximum=MOST),
    Query(description="Millimetres.", examples=[1200]),
]


def _answers(media_type: str, schema: dict[str, Any]) -> Responses:
    return {
        200: {"description": "The plate.", "content": {media_type: {"schema": schema}}},
        **problems_for(*PROBLEMS, *EVERYWHERE),
    }


@router.get(
    "/places/{id}/sign.svg",
    summary="The plate of a street as a drawing",
    response_class=Response,
    responses={
        304: {"description": "Unchanged since the ETag that was sent."},
        **_answers("image/svg+xml", {"type": "string"}),
    },
)
def drawn(ask: AskByDate, id: EntityId, direction: Direction, as_of: AsOf = None) -> Response:  # noqa: A002 -- the name in the address
    """The plate with the standard name above and its Pinyin below (3 : 2), blue or green by direction.

    A preview: its shape is not a size of the standard. Only streets with a standard name and its romanization have one.
    """
    with ask.reading() as connection:
        plate = plate_of(connection, id, direction, as_of=as_of)
    return conditional(ask.request, to_svg(plate, fonts()).encode(), PUBLIC_CACHE, "image/svg+xml")


@router.get(
    "/places/{id}/sign.pdf",
    summary="The plate of a street for print",
    response_class=Response,
    responses=_answers("application/pdf", {"type": "string", "format": "binary"}),
)
def printed(
    ask: AskByDate,
    id: EntityId,  # noqa: A002 -- the name in the address
    direction: Direction,
    width: Millimetres,
    height: Millimetres,
    as_of: AsOf = None,
) -> Response:
    """The same plate at the size asked for: one page of vectors with fonts embedded.

    The size must be said, since the register does not hold the sizes of GB 17733-2008.
    """
    with ask.reading() as connection:
        plate = plate_of(connection, id, direction, Size(width, height), as_of)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(plate.han.words)}.pdf"}
    content = to_pdf(plate, fonts(), system_clock())
    return Response(content, media_type="application/pdf", headers={**headers, "Cache-Control": PUBLIC_CACHE})
