"""The OpenAPI document: what FastAPI derives, with our problem documents in place of its own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.v1.documentation import filled

DESCRIPTION = """\
Diming (地名) answers which administrative unit is meant: by code, by name, by position, for any date that the
register covers, with the decision behind every change.

* Dates are ISO 8601 and whole. `as_of` is the date asked about; every answer about units states
  `register_through`, the last day that the register covers. `uncertain: true` says that the change that made or
  ended a state may have come on another day than the one given.
* Coordinates are longitude and latitude in degrees, CGCS2000 (EPSG:4490).
* Refusals are problem documents (RFC 9457) with a stable `code`.
* Nobody needs a key. Who sends one (`X-API-Key`) may ask more; `RateLimit-Policy` and `RateLimit` tell how much, and
  a refusal is 429 with `Retry-After`.
* Lists are paged by `cursor`; a cursor belongs to the query that gave it.
* Boundary geometry is public only under a map-approval number (审图号).
"""

TAGS = [
    {"name": "about", "description": "What is served here, from which sources, under which licences."},
    {"name": "units", "description": "Administrative units (行政区划) at a date, and their history."},
    {"name": "codes", "description": "What a code of one date is at another."},
    {"name": "places", "description": "Search by name and by position."},
    {"name": "reconcile", "description": "Reconciliation API 0.2, for OpenRefine and its kin."},
    {"name": "dmfw", "description": "The interface of the national place-name database."},
    {"name": "decisions", "description": "The documents behind every change."},
    {"name": "session", "description": "Signing in, signing out, and as whom one is asking."},
    {"name": "cases", "description": "Cases (办件) of every procedure: what is possible, missing, done."},
    {"name": "inbox", "description": "What you were told about cases, and how you hear of it."},
    {"name": "jobs", "description": "Work that nobody waits for: how far it is, what came of it."},
    {"name": "keys", "description": "Keys of map services: quotas and usage."},
    {"name": "audit", "description": "Who did what, for auditors and administrators."},
    {"name": "changes", "description": "Every published change in one order without holes."},
    {"name": "exchange", "description": "What installations tell each other, signed."},
    {"name": "operation", "description": "For whoever runs the server."},
]


def describe(app: FastAPI) -> None:
    """Give `app` its OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Diming 地名",
        version=app.version,
        summary="Gazetteer and versioned register of administrative units",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        tags=TAGS,
        routes=app.routes,
    )
    for path in document["paths"].values():
        for operation in path.values():
            _without_framework_errors(operation)
            for parameter in operation.get("parameters", []):
                parameter["schema"] = without_null(parameter["schema"])
    for name in ("HTTPValidationError", "ValidationError"):
        document.get("components", {}).get("schemas", {}).pop(name, None)
    whole: dict[str, Any] = filled(document)
    return whole


def _without_framework_errors(operation: dict[str, Any]) -> None:
    """FastAPI announces its own 422 for every parameter; ours are problem documents with 400."""
    responses = operation["responses"]
    content = responses.get("422", {}).get("content", {})
    if "HTTPValidationError" in str(content.get("application/json")):
        content.pop("application/json")
        if not content:
            responses.pop("422")


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An optional parameter is left out, never null: no address can say null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if len(options) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **options[0]}
