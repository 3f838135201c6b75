"""`/v1/reconcile`: the Reconciliation API 0.2, so that OpenRefine and its kin can clean a table of place names.

https://reconciliation-api.github.io/specs/0.2/
"""

from __future__ import annotations

from html import escape
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import BeforeValidator
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.deps import Ask, AskByDate, v1_router
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import SearchText, _schema, _unless_none, _whole_number, optional_id
from api.v1.reconcile_shapes import (
    ANSWER,
    BATCH_BODY,
    MANIFEST,
    PROPOSED,
    SUGGESTED,
    SUGGESTED_PROPERTIES,
    SUGGESTED_TYPES,
    Proposed,
    Suggested,
)
from data.errors import BadInput
from data.version import version
from geonames.places.service import find_place
from geonames.reconcile import service
from geonames.reconcile.model import bad, kinds

router = v1_router("reconcile", "/reconcile")

#: Size in pixels of the frame in which a client shows a preview.
PREVIEW_WIDTH, PREVIEW_HEIGHT = 400, 160
#: Characters of a batch in an address: two of them, percent-encoded, are as long as addresses may be.
MOST_TEXT = 600
Queries = Annotated[str | None, Query(max_length=MOST_TEXT, description="A batch of queries as JSON.")]
Extension = Annotated[str | None, Query(alias="extend", max_length=MOST_TEXT, description="A data extension as JSON.")]
Prefix = Annotated[SearchText, Query(description="What has been typed so far.", examples=["襄阳"])]
PreviewId = Annotated[
    UUID,
    BeforeValidator(optional_id),
    _schema("string", format="uuid", maxLength=36),
    Query(description="Identifier of the place."),
]
MostProposed = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(1, 1000, "limit_out_of_range"))),
    _schema("integer", minimum=1, maximum=1000, default=1000),
    Query(description="How many at most."),
]
BATCH_CODES = ("bad_governing_date", "bad_queries", "too_many_queries", "bad_body", "body_too_large")
TEXT_CODES = ("missing_parameter", "query_too_long", "query_control_characters", "query_empty")


def _answers(example: Any, *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Reconciliation: the manifest, or answers to a batch",
    responses=_answers(MANIFEST, "bad_governing_date", "bad_queries", "too_many_queries"),
)
def asked_by_address(ask: AskByDate, queries: Queries = None, extension: Extension = None) -> Response:
    """Without parameters the service's manifest; with `queries` or `extend` what the batch asks."""
    if queries is None and extension is None:
        base = str(ask.request.base_url).rstrip("/")
        return ask.answer(lambda _connection: manifest(base), told=False)
    return _answer(ask, queries, extension)


@router.post(
    "",
    summary="Reconciliation: answers to a batch, or a data extension",
    openapi_extra={"requestBody": BATCH_BODY},
    responses=_answers(ANSWER, *BATCH_CODES),
)
async def asked_by_form(ask: AskByDate, request: Request) -> Response:
    """`queries` or `extend` as fields of a form, each a JSON text; at most 100 queries or entities at once."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise BadInput("The body is a form with the field `queries` or `extend`.", code="bad_body")
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_answer, ask, fields.get("queries"), fields.get("extend"))


def _answer(ask: Ask, queries: str | None, extension: str | None) -> Response:
    def question(connection: Connection) -> dict[str, Any]:
        if extension is not None:
            return service.extend(connection, _json(extension))
        return service.reconcile(connection, _json(queries))

    return ask.answer(question, told=False)


def _json(text: str | None) -> Any:
    if text is None:
        raise bad("There is neither `queries` nor `extend`.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise bad("This is no JSON text.") from error


def manifest(base: str) -> dict[str, Any]:
    """The service's manifest at the address `base` of this installation."""
    here = f"{base}/v1/reconcile"
    return {
        "versions": ["0.2"],
        "name": "Diming 地名",
        "identifierSpace": f"{base}/id/place/",
        "schemaSpace": f"{base}/v1/classes",
        "serviceVersion": version(),
        "documentation": f"{base}/v1/openapi.json",
        "defaultTypes": [{"id": k.id, "name": k.name} for k in kinds().values() if k.is_class],
        "view": {"url": f"{base}/id/place/{{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {
            part: {"service_url": base, "service_path": f"/v1/reconcile/suggest/{part}"}
            for part in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/v1/reconcile/properties"},
            "property_settings": [
                {"type": "text", "name": "as_of", "label": "as_of", "help_text": "截至日期 YYYY-MM-DD", "default": ""}
            ],
        },
    }


@router.get(
    "/suggest/entity",
    summary="Reconciliation: places while somebody types",
    response_model=Suggested,
    responses=_answers(SUGGESTED, "bad_governing_date", *TEXT_CODES),
)
def suggest_entity(ask: AskByDate, prefix: Prefix) -> Response:
    """Places for what has been typed so far."""
    return ask.answer(lambda connection: service.suggest_entities(connection, prefix), told=False)


@router.get(
    "/suggest/type",
    summary="Reconciliation: types while somebody types",
    response_model=Suggested,
    responses=_answers(SUGGESTED_TYPES, *TEXT_CODES),
)
def suggest_type(ask: Ask, prefix: Prefix) -> Response:
    """Classes of Art. 3 and of GB/T 18521 whose name or code holds what was typed."""
    return ask.answer(lambda _connection: service.suggest_types(prefix))


@router.get(
    "/suggest/property",
    summary="Reconciliation: properties while somebody types",
    response_model=Suggested,
    responses=_answers(SUGGESTED_PROPERTIES, *TEXT_CODES),
)
def suggest_property(ask: Ask, prefix: Prefix) -> Response:
    """Properties for data extension whose name holds what was typed."""
    return ask.answer(lambda _connection: service.suggest_properties(prefix))


@router.get(
    "/properties",
    summary="Reconciliation: properties that can be fetched",
    response_model=Proposed,
    responses=_answers(PROPOSED, "query_too_long", "query_control_characters", "query_empty", "limit_out_of_range"),
)
def properties(
    ask: Ask,
    type_: Annotated[SearchText | None, Query(alias="type", description="A type; all have the same.")] = None,
    limit: MostProposed = 1000,
) -> Response:
    """The properties of places for data extension."""
    return ask.answer(lambda _connection: service.propose_properties(type_, limit))


@router.get(
    "/preview",
    summary="Reconciliation: a place in a small frame",
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {"example": "<!doctype html>…"}}},
        **problems_for("bad_governing_date", "bad_id", "missing_parameter", "place_not_found", *EVERYWHERE),
    },
)
def preview(ask: AskByDate, id: PreviewId) -> Response:  # noqa: A002 -- the name in the specification
    """A page of a few lines for the client's frame: name, spelling, where, since when. Without scripts."""
    with ask.reading() as connection:
        place = find_place(connection, id)
    # it is made to stand in a frame of the client's page
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    return HTMLResponse(_page(place), headers={"Content-Security-Policy": policy})


def _page(place: dict[str, Any]) -> str:
    unit = place["unit"] or {}
    other = "、".join(dict.fromkeys(n["text"] for n in place["names"] if n["text"] != place["name"]))
    types = "、".join(kind["name"] for kind in service.types_of(place))
    lines = [("", " ".join(unit.get("chain", ()))), ("类别 ", types), ("代码 ", place.get("code")), ("别名 ", other)]
    body = "".join(f"<p>{escape(label)}{escape(str(value))}</p>" for label, value in lines if value)
    style = "body{font:14px/1.5 system-ui,sans-serif;margin:.75rem}h1{font-size:1.1rem;margin:0}p{margin:.2rem 0}"
    head = f'<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>{escape(place["name"])}</title>'
    title = f"<h1>{escape(place['name'])} <small>{escape(place['roman'] or '')}</small></h1>"
    return f"{head}<style>{style}</style>{title}{body}</html>"
