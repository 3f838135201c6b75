"""`/v1`: what this installation serves, from whom, under which licences, for which dates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from data.crs import STORED_SRID
from data.version import version

router = v1_router("about")

LAYERS = text("""
    SELECT key, title_zh, title_en, source, licence, dated, provenance, declared_crs
    FROM published.layer ORDER BY key
""")
SPAN = text("SELECT register_from, register_through FROM published.register")
APPROVAL = text("SELECT number FROM published.map_approval")
#: The collections that facts were taken from. A decision's source is `document · collection, file:line`;
#: here the collection alone, with its licence and when it was fetched.
SOURCES = text("""
    SELECT regexp_replace(regexp_replace(source, '^.* · ', ''), ', [^,()]+$', '') AS source,
           licence, max(retrieved_on) AS retrieved_on, count(*) AS decisions
    FROM published.decision WHERE NOT demonstration GROUP BY 1, 2 ORDER BY 1, 2
""")

LINKS = {
    "openapi": "/v1/openapi.json",
    "units": "/v1/units",
    "unit": "/v1/units/{code}",
    "history": "/v1/units/{code}/history",
    "geometry": "/v1/units/{code}/geometry",
    "translate": "/v1/codes/{code}/translate",
    "translate_many": "/v1/codes/translate",
    "places": "/v1/places",
    "reverse": "/v1/reverse",
    "decisions": "/v1/decisions",
    "changes": "/v1/changes",
    "viewer": "/v1/viewer",
}


@router.get("", summary="What is served here", response_model=schemas.Root, responses=question("root"))
def root(ask: Ask) -> Response:
    """Version, span of the register, layers and sources with licence and date, addresses."""
    return ask.answer(_root)


@router.get("/viewer", summary="As whom am I asking?", response_model=schemas.Viewer, responses=question("viewer"))
def viewer(ask: Ask) -> Response:
    """`staff` on the machine of a demonstration, otherwise `public`; decided for each request."""
    response = ask.answer_for_audience(lambda _connection, audience: {"audience": audience.value})
    response.headers["Cache-Control"] = "no-store"
    return response


def _root(connection: Connection) -> dict[str, Any]:
    span = connection.execute(SPAN).mappings().first()
    return {
        "name": "Diming 地名",
        "version": version(),
        "register": dict(span) if span else None,
        "map_approval": connection.scalar(APPROVAL),
        "crs": f"EPSG:{STORED_SRID}",
        "layers": [dict(row) for row in connection.execute(LAYERS).mappings()],
        "sources": [dict(row) for row in connection.execute(SOURCES).mappings()],
        "links": LINKS,
    }
