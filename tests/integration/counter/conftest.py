"""The counter of the invented counties, on a database of its own, and a server before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.samples.counter import Desk, account_of, fill, worker
from tests.serving import serving


@pytest.fixture(scope="session")
def counter_template(cluster: Cluster) -> str:
    return database.template(cluster, "counter", fill)


@pytest.fixture
def desk(cluster: Cluster, counter_template: str, tmp_path: Path) -> Iterator[Desk]:
    with database.clone(cluster, counter_template) as url:
        engine = make_engine(url, pooled=False)
        yield Desk(engine, tmp_path)
        engine.dispose()


class Window:
    """People at the counter over HTTP, each with a token."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.desk, self.address = desk, address
        self.tokens: dict[str, str] = {}
        self.client = httpx.Client(base_url=address, timeout=60)

    def headers(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        if who not in self.tokens:
            with unit_of_work(self.desk.engine) as connection:
                issued = issue_token(
                    connection, operator("cli:test"), account_of(who), "test", lambda _: (), self.desk.clock()
                )
            self.tokens[who] = issued.secret
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def get(self, who: str | None, path: str) -> httpx.Response:
        return self.client.get(path, headers=self.headers(who))

    def submit(self, who: str | None, path: Path | None, prefer: str = "wait=0", **fields: str) -> httpx.Response:
        given = {"line": str(self.desk.line), **fields}
        parts: dict[str, Any] = {name: (None, value) for name, value in given.items()}
        if path is not None:
            parts["file"] = (path.name, path.read_bytes())
        headers = {**self.headers(who), "Prefer": prefer}
        return self.client.post("/v1/submissions", files=parts, headers=headers)


@pytest.fixture
def window(desk: Desk) -> Iterator[Window]:
    url = desk.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=False))
    app.state.clock, app.state.blobs = desk.clock, FolderBlobs(desk.folder / "attachments")
    with serving(app) as address:
        one = Window(desk, address)
        yield one
        one.client.close()
    app.state.databases.close()


@pytest.fixture
def working(desk: Desk) -> Iterator[None]:
    """A worker beside the server: what is handed in is checked as it comes."""
    end = threading.Event()
    thread = threading.Thread(target=worker, args=(desk, end), daemon=True)
    thread.start()
    yield
    end.set()
    thread.join(60)
