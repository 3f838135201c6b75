"""Bulk export and import of this installation, for pages, API, jobs and commands alike."""

from __future__ import annotations

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from api.auth.identity import clock_of
from api.settings import Settings
from api.uploads import blobs_of
from data.clock import Clock, system_clock
from data.db import Audience, make_engine
from data.kept import blobs_at
from data.server.home import configured_root, home_at
from geonames.exchange.orders import Warehouse


def base_of(settings: Settings) -> str:
    """The address by which stable identifiers begin: the public one, else where the server listens."""
    return settings.public_url or f"http://{settings.bind}:{settings.port}"


def warehouse_of(request: HTTPConnection) -> Warehouse:
    """Where exports of the application that answers `request` are made."""
    state = request.app.state
    databases = state.databases
    public = databases.engine_for(Audience.PUBLIC)
    return Warehouse(databases.office, public, blobs_of(request), clock_of(request), base_of(state.settings))


def make_warehouse(settings: Settings, engine: Engine, clock: Clock = system_clock) -> Warehouse:
    """Where exports of this installation are made, for commands and jobs."""
    public = make_engine(settings.database_url, pooled=False, reader=True)
    home = home_at(configured_root())
    return Warehouse(engine, public, blobs_at(home), clock, base_of(settings), home.root / "fonts")
