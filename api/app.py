"""The web application: `create_app()` puts settings, engines, middleware, API and pages together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from fastapi import FastAPI

from api import health, middleware, naming, observe, problems
from api.databases import Databases
from api.dmfw.routes import router as dmfw_router
from api.listening import FeedWatch
from api.ogc import site as ogc
from api.openapi import describe
from api.quotas.holders import Holders
from api.quotas.meter import Meter
from api.remembered import Answers, StateOfRegister
from api.replicas import Watch
from api.settings import Settings, settings_from_environment
from api.v1.router import ROUTERS
from api.warming import warm
from boundaries.markers.schemes import schemes
from data.clock import system_clock
from data.errors import Unavailable
from data.quotas.plans import quotas
from data.secrets import keyring
from data.version import version
from geonames.heritage.sheet import sheet


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for `settings` (default: the environment). Opens connections when asked, not here."""
    settings = settings or settings_from_environment()
    observe.configure_logging(settings.log_level)
    app = FastAPI(
        title="Diming",
        version=version(),
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's documentation pages load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    schemes()  # an office's own that cannot be used are told now, not at the first marker
    sheet()
    app.state.databases = Databases(settings)
    app.state.feed = FeedWatch(settings.database_url, settings.most_waiting)
    app.state.clock = system_clock
    app.state.register = StateOfRegister(settings.database_url, lambda: app.state.clock())
    replicated = bool(settings.database_read_urls)
    app.state.watch = Watch(app.state.databases.replicas, settings.database_url) if replicated else None
    app.state.answers = Answers(settings.answers_mb << 20) if settings.answers_mb and not replicated else None
    app.state.keys = keyring()
    app.state.meter = Meter(app.state.databases.office, quotas(settings.quotas_file))
    app.state.holders = Holders(app.state.keys)
    naming.use_office_of(settings)
    problems.install(app)
    middleware.install(app, settings)
    for router in (health.router, *ROUTERS, dmfw_router):
        app.include_router(router)
    if settings.pages:
        from api.web import site  # a server of the API alone needs no browser libraries

        site.mount(app)
    describe(app)
    ogc.mount(app)
    return app


def warmed(app: FastAPI) -> FastAPI:
    """`app` with everything read that its first visitors would otherwise wait for: pages, routes, tables, readings.

    Where the browser libraries are missing the API answers alone. Asks the database nothing: the process is copied
    afterwards.
    """
    if app.state.settings.pages:
        with suppress(Unavailable):
            app.state.pages.warm()
    warm(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """As many questions at once as there are connections: more would only wait for one another."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.pool_size
    app.state.meter.start()
    if app.state.watch is not None:
        app.state.watch.start()
    yield
    if app.state.watch is not None:
        await app.state.watch.stop()
    await app.state.feed.close()
    await app.state.register.close()
    await app.state.meter.stop()
    app.state.databases.close()
