"""The description of `/ogc` (OpenAPI): tipg's, put right about what is taken, in which bounds, and how it is refused.

tipg describes parameters that are refused here and its framework's own form of errors; what an operation takes besides
is said by `asking`. The contract tests hold every operation against this description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.ogc.asking import CRS, CRS84_NAMES, KNOWN, taken_by
from api.openapi import without_null
from api.v1.documentation import problems_for
from data.governing import GOVERNING
from geonames.features.filters import MAX_CHARACTERS
from geonames.features.model import MAX_IN_TILE, MAX_LIMIT
from geonames.features.service import MAX_ZOOM, all_collections

_TEXT = {"type": "string", "maxLength": MAX_CHARACTERS}
_DATE = {"type": "string", "format": "date"}
#: A feature's identifier, or a list of them with commas.
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#: What parameters are, where tipg says less or something else: description and schema.
PARAMETERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "limit": ("How many features at most.", {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": 10}),
    "offset": (
        "Where to go on: the links `next` carry it.",
        {"type": "integer", "minimum": 0, "maximum": (1 << 128) - 1},
    ),
    "bbox": (
        "west,south,east,north in degrees (CGCS2000).",
        {"type": "string", "pattern": r"^-?[0-9]{1,3}(\.[0-9]{1,9})?(,-?[0-9]{1,3}(\.[0-9]{1,9})?){3}$"},
    ),
    "datetime": (
        "A day (2010-06-28), or a period of days with at most one open end (2010-06-28/..).",
        {"type": "string", "pattern": rf"^({_DAY}|{_DAY}/(\.\.|{_DAY})|\.\./{_DAY})$"},
    ),
    "ids": (
        "Only the features with these identifiers.",
        {"type": "string", "pattern": f"^{_ID}(,{_ID})*$", "maxLength": MAX_CHARACTERS},
    ),
    "filter": ("A condition in CQL2 over the collection's properties; see docs/api/ogc.md.", {**_TEXT, "minLength": 1}),
    "filter-lang": ("How `filter` is written.", {"type": "string", "enum": ["cql2-text", "cql2-json"]}),
    "properties": ("Only these properties, separated by commas.", _TEXT),
    "as_of": ("The day that is asked about; default: the last one known.", _DATE),
    "governed_by": (
        "Which date of a decision the answer goes by: that of its effect, its approval or its announcement.",
        {"type": "string", "enum": list(GOVERNING)},
    ),
    **{name: ("There is one coordinate system here.", {"type": "string", "enum": sorted(CRS84_NAMES)}) for name in CRS},
    "collectionId": ("The collection.", {"type": "string", "enum": [one.id for one in all_collections()]}),
    "itemId": ("The feature's identifier.", {"type": "string", "format": "uuid", "maxLength": 36}),
    "z": ("Zoom.", {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}),
    "x": ("Column, from the west.", {"type": "integer", "minimum": 0, "maximum": (1 << MAX_ZOOM) - 1}),
    "y": ("Row, from the north.", {"type": "integer", "minimum": 0, "maximum": (1 << MAX_ZOOM) - 1}),
}
_TILE_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_IN_TILE}

#: What any of the operations may be refused with.
_EVERYWHERE = (
    "token_not_valid", "key_not_valid", "quota_used", "bad_parameter", "query_string_too_long", "internal_error",
    "database_unavailable", "overloaded", "time_limit",
)  # fmt: skip
#: What a parameter, where an operation takes it, may be refused with.
_CODES_OF: Mapping[str, tuple[str, ...]] = {
    "collectionId": ("no_such_collection", "unknown_parameter", "repeated_parameter", "bad_crs"),
    "itemId": ("no_such_feature",),
    "ids": ("no_such_feature",),
    "as_of": ("bad_date", "as_of_before_register", "as_of_after_register"),
    "governed_by": ("bad_governing_date",),
    "datetime": ("one_day",),
    "bbox": ("bad_coordinates", "bbox_empty", "bbox_antimeridian", "coordinates_out_of_range"),
    "filter": ("bad_filter",),
    "properties": ("bad_property",),
    "limit": ("limit_out_of_range",),
    "offset": ("offset_out_of_range",),
    "z": ("no_such_tile",),
    # a line's end in an address matches no route
    "tileMatrixSetId": ("path_not_found",),
}


def describe(app: FastAPI) -> None:
    """Give the OGC application its description."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _put_right(path, operation)
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    return document


def _put_right(path: str, operation: dict[str, Any]) -> None:
    told = [one for one in operation.get("parameters", []) if _is_taken(path, one)]
    parameters = [_described(path, one) for one in told]
    names = {one["name"] for one in parameters}
    parameters += [_query(name) for name in sorted(taken_by(names) - names)]
    operation["parameters"] = parameters
    operation["responses"].pop("422", None)
    if "f" in names:
        operation["responses"]["200"]["content"].setdefault("text/html", {})
    codes = [code for one in parameters for code in _CODES_OF.get(one["name"], ())]
    for status, response in problems_for(*dict.fromkeys((*codes, *_EVERYWHERE))).items():
        operation["responses"][str(status)] = response


def _is_taken(path: str, parameter: dict[str, Any]) -> bool:
    return parameter["in"] == "path" or "{collectionId}" not in path or parameter["name"] in KNOWN


def _described(path: str, parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter["name"]
    if name == "limit" and "{z}" in path:
        return {**parameter, "description": "How many features at most.", "schema": _TILE_LIMIT}
    if name not in PARAMETERS:
        return {**parameter, "schema": without_null(parameter["schema"])}
    description, schema = PARAMETERS[name]
    return {**parameter, "description": description, "schema": schema}


def _query(name: str) -> dict[str, Any]:
    description, schema = PARAMETERS[name]
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
