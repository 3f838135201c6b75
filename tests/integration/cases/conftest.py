"""An office that runs the sample procedure, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.cases import service
from data.cases.model import Action, Opening
from data.db import unit_of_work
from data.server.cluster import Cluster
from tests.integration.cases.pages import Browser, Visit, signed_in
from tests.samples import serving as samples
from tests.samples.office import COUNTY, Office, document, open_office
from tests.serving import serving

Do = Callable[..., dict[str, Any]]


@pytest.fixture
def office(fresh_engine: Engine) -> Office:
    schema.prepare(fresh_engine)
    return open_office(fresh_engine)


@pytest.fixture
def filled_office(cluster: Cluster) -> Iterator[Office]:
    """The office with thirteen cases, a copy for this test."""
    with samples.filled_engine(cluster) as engine:
        yield samples.filled_office(engine)


@pytest.fixture
def filled_papers(filled_office: Office, tmp_path: Path) -> Path:
    """The documents of those cases."""
    return samples.copied_papers(tmp_path)


@pytest.fixture
def visit(filled_office: Office, filled_papers: Path) -> Iterator[Visit]:
    """`visit("clerk")`: a browser without scripts, signed in at a server before that office."""
    browsers: list[Browser] = []
    with samples.office_server(filled_office, filled_papers) as address:

        def open_browser(who: str | None) -> Browser:
            browsers.append(signed_in(filled_office, address, who))
            return browsers[-1]

        yield open_browser
        for browser in browsers:
            browser.close()


@pytest.fixture
def opened(office: Office) -> dict[str, Any]:
    """A case that the applicant has opened, with a document."""
    opening = Opening(
        "sample.lamp_post", "示例路3号灯杆", COUNTY, {"street": "示例路"}, [document(office, "applicant")]
    )
    return service.open_case(office.casework, office["applicant"], opening)


@pytest.fixture
def do(office: Office, opened: dict[str, Any]) -> Do:
    """`do("clerk", "accept", reason="…")` on the opened case."""

    def act(who: str, action: str, *, seen: int | None = None, key: str | None = None, **fields: str) -> dict[str, Any]:
        wanted = Action(action, fields, seen, key)
        return service.act(office.casework, office[who], UUID(opened["id"]), wanted)

    return act


class Desk:
    """People of the office in front of a server, each with a token."""

    def __init__(self, office: Office, client: httpx.Client, papers: Path) -> None:
        self.office, self.client, self.papers = office, client, papers
        self.tokens: dict[str, str] = {}

    def headers(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            account = self.office[who].account_id
            assert account is not None
            with unit_of_work(self.office.casework.engine) as connection:
                issued = issue_token(
                    connection, operator("cli:test"), account, "test", lambda _: (), self.office.clock()
                )
            self.tokens[who] = issued.secret
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def get(self, who: str, path: str) -> httpx.Response:
        return self.client.get(path, headers=self.headers(who))

    def act(self, who: str, path: str, body: Any, **params: Any) -> httpx.Response:
        headers = {**self.headers(who), "Idempotency-Key": "k"}
        return self.client.post(path, json=body, headers=headers, params=params)

    def upload(self, who: str, name: str, content: bytes, key: str | None = None) -> httpx.Response:
        headers = {**self.headers(who), **({"Idempotency-Key": key} if key else {})}
        return self.client.post("/v1/attachments", files={"file": (name, content)}, headers=headers)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Desk]:
    url = office.casework.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=False))
    app.state.casework, app.state.clock = office.casework, office.clock
    app.state.blobs = FolderBlobs(tmp_path / "papers")
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield Desk(office, client, tmp_path / "papers")
