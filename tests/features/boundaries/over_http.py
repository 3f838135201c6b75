"""People in front of a server of the invented counties, and what has happened in a story so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.network.service import run_of
from data.accounts.sessions import Visitor, open_session
from data.db import Audience, make_engine, reading, unit_of_work
from data.ids import new_id
from tests.samples import boundary_office as sample
from tests.samples.office import Office
from tests.serving import serving

WHO = {"甲县": "jia", "乙县": "yi", "云溪市": "city", "云溪市市长": "mayor", "云溪市审核员": "city_reviewer",
       "云溪市备案员": "filer"}  # fmt: skip
PARTIES = {
    "left": {"office": sample.OFFICES["left"], "members": ["sample.yi"]},
    "right": {"office": sample.OFFICES["right"], "members": ["sample.jia"]},
}


@dataclass
class Story:
    """People in front of a server, and what has happened so far."""

    office: Office
    client: httpx.Client
    line: UUID
    before: Any
    folder: Path
    inspection: str = ""
    inspection_case: str = ""
    case: str = ""
    findings: list[str] = field(default_factory=list)
    last: httpx.Response | None = None
    sessions: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, who: str | None, path: str, **more: Any) -> httpx.Response:
        """Ask as somebody who is signed in, or as the public (None)."""
        head = {"Cookie": f"diming_session={self._secret(who)}"} if who else {}
        answer = self.client.request(method, path, headers={**head, **more.pop("headers", {})}, **more)
        self.client.cookies.clear()  # what one of them is given is not another's
        return answer

    def _secret(self, who: str) -> str:
        if who not in self.sessions:
            account = self.office[who].account_id
            assert account is not None
            with unit_of_work(self.office.casework.engine) as connection:
                opened = open_session(connection, account, Visitor("127.0.0.1", "test"), self.office.clock())
            self.sessions[who] = opened.secret
        return self.sessions[who]

    def get(self, who: str | None, path: str, **parameters: Any) -> httpx.Response:
        return self.ask("GET", who, path, params=parameters)

    def post(self, who: str, path: str, body: Any) -> httpx.Response:
        self.last = self.ask("POST", who, path, json=body, headers={"Idempotency-Key": str(new_id())})
        return self.last

    def act(self, who: str, action: str, case: str = "", **fields: str) -> dict[str, Any]:
        answer = self.post(who, f"/v1/cases/{case or self.case}/actions/{action}", fields)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def told_on(url: str, folder: Path) -> Iterator[Story]:
    """A story on the database at `url`, with papers and keys below `folder`."""
    engine = make_engine(url, pooled=False)
    office = sample.open_office(engine, folder)
    app = create_app(Settings(database_url=url, pages=False))
    app.state.casework, app.state.clock = office.casework, office.clock
    app.state.blobs = sample.papers_below(folder)
    line = sample.line_between(engine)
    with serving(app) as where, httpx.Client(base_url=where, headers={"Origin": where}, timeout=60) as client:
        yield Story(office, client, line, course(engine, line), folder)
    app.state.databases.close()
    engine.dispose()


def course(engine: Engine, line: UUID, day: date | None = None) -> Any:
    with reading(engine) as connection:
        (segment,) = run_of(connection, line, day, Audience.STAFF).state().values()
    return segment
