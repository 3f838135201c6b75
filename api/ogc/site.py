"""The application of OGC API Features and Tiles, mounted at `/ogc`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import jinja2
from fastapi import FastAPI
from morecantile import tms
from morecantile.defaults import TileMatrixSets
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates
from tipg import factory
from tipg.errors import DEFAULT_STATUS_CODES, TiPgError
from tipg.errors import NotFound as TipgNotFound
from tipg.factory import Endpoints, EndpointsFactory
from tipg.openapi import _update_openapi

from api import problems
from api.databases import Databases
from api.ogc import asking
from api.ogc.answers import Tidied
from api.ogc.described import describe
from data.errors import BadRequest, NotFound
from data.version import version

PREFIX = "/ogc"
#: The one tile matrix set (OGC 17-083r4) that we draw.
TILE_MATRIX_SETS = TileMatrixSets({"WebMercatorQuad": tms.get("WebMercatorQuad")})
#: What tipg calls the identifier of a feature, and what stands for it in an address that is kept.
FEATURE, _STANDS_FOR_FEATURE = "itemId", "the-feature"
#: What tipg reads parameters by, and what we read them by: ours, or its own without another thread.
OURS: dict[str, Callable[..., Any]] = {
    "bbox_query": asking.box,
    "datetime_query": asking.period,
    "filter_query": asking.filter_text,
    "sortby_query": asking.no_order,
    **{name: asking.at_once(getattr(factory, name)) for name in asking.THEIRS},
}
_PAGE = (Path(__file__).parent / "page.html").read_text("utf-8")


def mount(app: FastAPI) -> None:
    """Put the OGC API below `/ogc`, before all other routes, so that its requests are held against none of them.

    It asks the databases of `app`.
    """
    app.mount(PREFIX, Tidied(application(app)))
    app.router.routes.insert(0, app.router.routes.pop())


def application(parent: FastAPI) -> FastAPI:
    """The OGC API on the databases of `parent`."""
    app = FastAPI(
        title="Diming OGC API",
        description="Places, names, units, boundary lines, markers, heritage, signs: features and tiles of any day.",
        version=version(),
        openapi_url="/api",
        docs_url=None,  # FastAPI's documentation pages load scripts from another host
        redoc_url=None,
    )
    problems.install(app)
    app.add_exception_handler(TiPgError, _refused)
    app.state.pool = _Pool(parent.state.databases)
    app.get("/api.html", include_in_schema=False, name="swagger_ui_html")(_documentation)
    with _asked_our_way():
        endpoints = Endpoints(
            title="Diming",
            templates=_templates(),
            with_tiles_viewer=False,
            collection_dependency=asking.the_collection,  # type: ignore[arg-type]  # FastAPI awaits a coroutine too
            collections_dependency=asking.the_collections,  # type: ignore[arg-type]  # as above
            supported_tms=TILE_MATRIX_SETS,
        )
    for part in (endpoints, endpoints.ogc_features, endpoints.ogc_tiles):
        part.url_for = _kept_links(part)  # type: ignore[method-assign]  # its parts are made inside of tipg
    app.include_router(endpoints.router)
    describe(app)
    _update_openapi(app)
    return app


@contextmanager
def _asked_our_way() -> Iterator[None]:
    """tipg's operations, made in here, read their parameters by our functions.

    `dependency_overrides` would do the same, and have every function's signature read anew for every answer: half of
    the time of a page of features.
    """
    theirs = {name: getattr(factory, name) for name in OURS}
    for name, ours in OURS.items():
        setattr(factory, name, ours)
    try:
        yield
    finally:
        for name, function in theirs.items():
            setattr(factory, name, function)


def _kept_links(of: EndpointsFactory) -> Callable[..., str]:
    """`url_for` of tipg's, which puts an address together once for an answer.

    A page of a thousand features has two thousand links that differ in the feature alone; each would be looked for
    among all routes.
    """
    put_together = of.url_for

    def url_for(request: Request, name: str, **path_params: Any) -> str:
        feature = path_params.pop(FEATURE, None)
        kept: dict[tuple[str, ...], str] = request.scope.setdefault("diming.links", {})
        key = (name, *map(str, path_params.values()))
        if key not in kept:
            standing = {FEATURE: _STANDS_FOR_FEATURE} if feature is not None else {}
            kept[key] = put_together(request, name, **path_params, **standing)
        return kept[key] if feature is None else kept[key].replace(_STANDS_FOR_FEATURE, str(feature))

    return url_for


async def _refused(request: Request, error: Exception) -> Response:
    """What tipg itself refuses, as a problem document."""
    if isinstance(error, TipgNotFound):
        missing = NotFound("There is no such feature, or none on that day.", code="no_such_feature")
        return problems.problem_response(request, missing)
    if DEFAULT_STATUS_CODES.get(type(error), 500) < 500:
        return problems.problem_response(request, BadRequest(str(error)[:300], code="bad_parameter"))
    return problems.unexpected(request, error)


class _Pool:
    """What tipg takes for a pool of connections: a layer takes its connection itself, in a thread."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Databases]:
        """The databases themselves."""
        yield self._databases


def _templates() -> Jinja2Templates:
    """One page for every answer: tipg's own pages load scripts and styles from other hosts."""
    environment = jinja2.Environment(loader=jinja2.FunctionLoader(lambda _name: _PAGE), autoescape=True)
    return Jinja2Templates(env=environment)


async def _documentation(request: Request) -> HTMLResponse:
    """Every operation with what it is for, from the description of the API."""
    document: dict[str, Any] = request.app.openapi()
    operations = [
        {"path": path, "summary": operation.get("summary"), "tags": operation.get("tags")}
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]
    template = jinja2.Environment(autoescape=True).from_string(_PAGE)
    context = {"response": {"operations": operations}, "template": {"title": "API", "api_root": PREFIX}, "crumbs": []}
    return HTMLResponse(template.render(context))
