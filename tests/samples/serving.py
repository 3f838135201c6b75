"""The sample office with its cases, loaded once in a run and copied for each test, and a server before it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine, create_engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from api.web.rendering import Renderer
from api.web.settings import WebSettings
from data.blobs import FolderBlobs
from data.server.cluster import Cluster
from tests import database
from tests.samples.caseload import AFTERWARDS, fill
from tests.samples.office import Office, open_office, reopen_office
from tests.serving import serving


def _papers() -> Path:
    return Path(os.environ[database.VARIABLE]) / "sample-papers"


def _fill(url: str) -> None:
    engine = create_engine(url)
    try:
        schema.prepare(engine)
        fill(open_office(engine), FolderBlobs(_papers()))
    finally:
        engine.dispose()


@contextmanager
def filled_engine(cluster: Cluster) -> Iterator[Engine]:
    """A copy of the database with the office's cases."""
    with database.clone(cluster, database.template(cluster, "sample_office", _fill)) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def filled_office(engine: Engine) -> Office:
    """The office on such a copy, in the state in which `fill` left it."""
    return reopen_office(engine, AFTERWARDS)


def copied_papers(folder: Path) -> Path:
    """The documents of the cases, in a folder of one's own."""
    return Path(shutil.copytree(_papers(), folder / "papers"))


@cache
def _renderer(url: str) -> Renderer:
    return Renderer(WebSettings(), Settings(database_url=url))


def office_app(office: Office, papers: Path, *, demonstration: bool = False) -> FastAPI:
    """The application before the office; templates are read once for all of them."""
    url = office.casework.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, demonstration=demonstration))
    app.state.casework, app.state.clock, app.state.blobs = office.casework, office.clock, FolderBlobs(papers)
    app.state.pages = _renderer("postgresql:///pages-ask-nothing")
    return app


@contextmanager
def office_server(office: Office, papers: Path, *, demonstration: bool = False) -> Iterator[str]:
    """Address of a server before the office; in a demonstration its visitors of this machine hold every office."""
    app = office_app(office, papers, demonstration=demonstration)
    with serving(app) as address:
        yield address
    app.state.databases.close()
