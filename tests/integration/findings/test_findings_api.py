"""`/v1/findings` by a real server: for the staff of either side, moved by whoever may."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.access.model import operator
from data.accounts.records import account_named
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import unit_of_work
from tests.accounts import add_person
from tests.integration.findings.test_findings import draft, opened
from tests.integration.network.test_lines import line_of
from tests.serving import serving


def token(office: Engine, *roles: tuple[str, str]) -> dict[str, str]:
    """The header of a new person with these roles."""
    now = system_clock()
    name = add_person(office, *roles, now=now, password=False)
    with unit_of_work(office) as connection:
        account: UUID = account_named(connection, name)["id"]
        issued = issue_token(connection, operator("cli:test"), account, "test", lambda _: (), now)
    return {"Authorization": f"Bearer {issued.secret}"}


@pytest.fixture
def client(office: Engine, counties_url: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(Settings(database_url=counties_url, pages=False, pool_wait_s=30))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_findings_by_the_api(office: Engine, client: httpx.Client) -> None:
    line = line_of(office, "990121", "990122")
    found, land = opened(office, draft(line), draft(line, kind="departure", severity="error", source_item="2"))
    keeper = token(office, ("boundary_keeper", "990122"))
    listed = client.get("/v1/findings", params={"line": str(line), "state": "open"}, headers=keeper)
    assert [item["id"] for item in listed.json()["items"]] == [str(land.id), str(found.id)]
    assert listed.headers["cache-control"] == "no-store"
    settled = client.post(f"/v1/findings/{found.id}/actions/settle", json={"reason": "已扶正"}, headers=keeper)
    assert (settled.status_code, settled.json()["state"]) == (200, "settled")
    assert [step["to"] for step in client.get(f"/v1/findings/{found.id}", headers=keeper).json()["history"]] == [
        "open",
        "settled",
    ]
    refused = client.post(f"/v1/findings/{land.id}/actions/dismiss", json={"reason": "误报"}, headers=keeper)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    again = client.post(f"/v1/findings/{found.id}/actions/dismiss", json={"reason": "误报"}, headers=keeper)
    assert (again.status_code, again.json()["code"]) == (409, "finding_state")


def test_refusals_of_the_api(office: Engine, client: httpx.Client) -> None:
    clerk = token(office, ("clerk", "990121"))
    assert client.get("/v1/findings").json()["code"] == "sign_in_needed"
    assert client.get("/v1/findings", params={"state": "gone"}, headers=clerk).json()["code"] == "bad_finding_filter"
    nothing = client.get(f"/v1/findings/{UUID(int=9)}", headers=clerk)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "no_such_finding_of_line")
    empty: dict[str, object] = {"items": [], "next": None, "crs": "CGCS2000 (EPSG:4490)"}
    assert client.get("/v1/findings", headers=clerk).json() == empty
