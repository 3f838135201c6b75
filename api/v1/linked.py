"""`/v1/linked/{form}`: places in the forms of others; `/id/place/{id}`: their stable identifiers (303)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.deps import Ask, AskByDate, v1_router
from api.v1.answers import PUBLIC_CACHE, Asked, conditional, encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, PlaceClass, SearchText, TypeCode, Within, _one_of, _schema
from api.v1.params import _unless_none as unless_none
from api.v1.params import _whole_number as whole_number
from api.v1.search_params import SearchedDay
from geonames.linked.forms import FORMS
from geonames.linked.service import MOST_PLACES, linked_list, linked_place
from geonames.places.service import find_place

router = v1_router("places", "/linked")
identifiers = APIRouter(prefix="/id", tags=["places"])

Form = Annotated[
    Annotated[
        str,
        BeforeValidator(unless_none(lambda text: _one_of(text, tuple(FORMS), "bad_format"))),
        _schema("string", enum=list(FORMS)),
    ],
    Path(description="`lpf`: Linked Places Format; `lp-tsv`; `geojson`; `jsonld`: schema.org."),
]
Most = Annotated[
    int,
    BeforeValidator(unless_none(whole_number(1, MOST_PLACES, "limit_out_of_range"))),
    _schema("integer", minimum=1, maximum=MOST_PLACES, default=20),
    Query(description="How many places at most."),
]
_SAMPLE: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "@id": "https://register.example/id/place/44422e86-00c9-5a69-8e54-457a50855f4e",
            "type": "Feature",
            "properties": {"title": "襄阳市", "ccodes": ["CN"]},
            "geometry": {"type": "Point", "coordinates": [111.998148, 31.932026]},
        }
    ],
}
_DAYS = ("bad_governing_date", "bad_date", "as_of_before_register", "as_of_after_register")
_SEARCH = (
    *("query_too_long", "query_control_characters", "query_empty", "bad_code", "code_never_existed"),
    *("code_not_standing", "bad_class", "bad_type", "limit_out_of_range", "bad_cursor"),
)
#: Which form each media type of `Accept` means; what is not named gets the register's own.
BY_MEDIA = {
    "application/ld+json": "/v1/linked/jsonld/{id}",
    "application/geo+json": "/v1/linked/lpf/{id}",
    "application/vnd.geo+json": "/v1/linked/geojson/{id}",
    "text/tab-separated-values": "/v1/linked/lp-tsv/{id}",
    "application/json": "/v1/places/{id}",
    "text/html": "/places/{id}",
}


def _answers(*codes: str) -> Responses:
    content = {media: {"example": _SAMPLE} for media in dict.fromkeys(media for media, _ in FORMS.values())}
    return {
        200: {"content": content},
        304: {"description": "Unchanged since the ETag that was sent."},
        **problems_for(*codes, *EVERYWHERE),
    }


@router.get(
    "/{form}",
    summary="Places in the forms of other gazetteers",
    response_class=Response,
    responses=_answers("bad_format", *_SEARCH, *_DAYS),
)
def several(
    ask: AskByDate,
    form: Form,
    q: Annotated[SearchText | None, Query(description="As in the search for places.")] = None,
    within: Within = None,
    class_: PlaceClass = None,
    type_: TypeCode = None,
    as_of: SearchedDay = None,
    limit: Most = 20,
    cursor: Cursor = None,
) -> Response:
    """A page of the search for places, each with all its names and times. `Link: rel="next"` leads to the next page."""

    def question(connection: Connection) -> tuple[list[dict[str, Any]], str | None]:
        asked = {"q": q, "within": within, "class_": class_, "type_code": type_, "as_of": as_of, "cursor": cursor}
        return linked_list(connection, limit=limit, **asked)

    with ask.reading() as connection:
        places, following = question(connection)
    response = _written(ask, form, places)
    if following is not None:
        here = ask.request.url.include_query_params(cursor=following)
        response.headers["Link"] = f'<{here}>; rel="next"'
    return response


@router.get(
    "/{form}/{id}",
    summary="A place in the form of another gazetteer",
    response_class=Response,
    responses=_answers("bad_format", "bad_id", "place_not_found", *_DAYS),
)
def one(ask: AskByDate, form: Form, id: EntityId, as_of: SearchedDay = None) -> Response:  # noqa: A002 -- as in the address
    """One place with all its names and times; `Link` leads to its identifier and its other forms."""
    with ask.reading() as connection:
        place = linked_place(connection, id, as_of)
    response = _written(ask, form, [place])
    response.headers["Link"] = _links(_base(ask.request), id)
    return response


def _written(ask: Asked, form: str, places: list[dict[str, Any]]) -> Response:
    media, write = FORMS[form]
    found = write(places, _base(ask.request))
    body = found.encode() if isinstance(found, str) else encode(found)
    return conditional(ask.request, body, PUBLIC_CACHE, media)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _links(base: str, place: UUID) -> str:
    forms = [f'<{base}/v1/linked/{form}/{place}>; rel="alternate"; type="{FORMS[form][0]}"' for form in FORMS]
    return ", ".join([f'<{base}/id/place/{place}>; rel="canonical"', *forms])


@identifiers.get(
    "/place/{id}",
    summary="The identifier of a place",
    status_code=303,
    response_class=Response,
    responses={
        303: {"description": "The place in the form asked for."},
        **problems_for("place_not_found", "bad_id", *EVERYWHERE),
    },
)
def identified(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Leads to the place in the form that `Accept` asks for (303): the thing is not the document about it."""
    with ask.databases.reading() as connection:
        find_place(connection, id)
    target = next((BY_MEDIA[media] for media in _accepted(ask.request) if media in BY_MEDIA), "/v1/places/{id}")
    headers = {"Vary": "Accept", "Link": _links(_base(ask.request), id)}
    return RedirectResponse(target.format(id=id), status_code=303, headers=headers)


def _accepted(request: Request) -> list[str]:
    """The media types of `Accept`, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in request.headers.get("accept", "").split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        wanted.append((float(quality) if quality.isascii() and quality.replace(".", "", 1).isdigit() else 0.0, media))
    return [media for quality, media in sorted(wanted, key=lambda pair: -pair[0]) if quality > 0]
