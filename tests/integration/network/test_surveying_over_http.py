"""A line is surveyed by programs alone: every step over HTTP, every sheet made and kept by the case itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pypdfium2
import pytest
import shapely
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.access import Grant, Role
from data.access.model import account_actor, operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import unit_of_work
from data.ids import derived_id, new_id
from tests.integration.network.test_lines import line_of, ridge_segment
from tests.integration.network.test_structure import LOWER, UPPER, townships
from tests.integration.network.test_surveying_project import KINDS, surveyed, table
from tests.samples.counties import CITY
from tests.samples.keepers import Keepers, open_offices
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT
from tests.serving import serving

NOTICE = "云溪市公告员"


class Programs:
    """The programs of several people, each with a token."""

    def __init__(self, client: httpx.Client, keepers: Keepers) -> None:
        self.client, self.keepers = client, keepers
        self.heads: dict[str, dict[str, str]] = {}

    def of(self, who: str) -> dict[str, str]:
        if who not in self.heads:
            account = self.keepers[who].account_id
            assert account is not None
            with unit_of_work(self.keepers.engine) as connection:
                issued = issue_token(connection, operator("test"), account, "test", lambda _: (), system_clock())
            self.heads[who] = {"Authorization": f"Bearer {issued.secret}"}
        return self.heads[who]

    def open(self, who: str, **wanted: Any) -> dict[str, Any]:
        head = {**self.of(who), "Idempotency-Key": "open"}
        found = self.client.post("/v1/boundary-surveys", json=wanted, headers=head)
        assert found.status_code == 201, found.text
        case: dict[str, Any] = found.json()
        return case

    def tried(self, who: str, case: dict[str, Any], action: str, **fields: str) -> httpx.Response:
        head = {**self.of(who), "Idempotency-Key": str(new_id())}
        return self.client.post(f"/v1/cases/{case['id']}/actions/{action}", json=fields, headers=head)

    def act(self, who: str, case: dict[str, Any], action: str, **fields: str) -> dict[str, Any]:
        answer = self.tried(who, case, action, **fields)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, who: str, path: str) -> httpx.Response:
        answer = self.client.get(path, headers=self.of(who))
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
def programs(office: Engine, counties_url: str, tmp_path: Path) -> Iterator[Programs]:
    schema.prepare(office)
    keepers = open_offices(office, KINDS)
    hire(keepers, NOTICE, Role.PUBLISHER, CITY)
    app = create_app(Settings(database_url=counties_url, demonstration=True))
    app.state.blobs, app.state.clock = FolderBlobs(tmp_path / "blobs"), keepers.clock
    with serving(app) as where, httpx.Client(base_url=where, timeout=60) as client:
        yield Programs(client, keepers)
    app.state.databases.close()


def hire(keepers: Keepers, name: str, role: Role, unit: UUID) -> None:
    account = derived_id("sample-keeper", name)
    with unit_of_work(keepers.engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": f"k{account.hex[:12]}", "called": name})
        connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
    keepers.people[name] = account_actor(account, (Grant(role, unit),), "session")


def sheets(case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = case["facts"]["sheets"]
    return found


def asked(programs: Programs, who: str, case: dict[str, Any], **how: Any) -> httpx.Response:
    """The sheets as they follow from the case now."""
    path = f"/v1/boundary-surveys/{case['id']}/sheets"
    return programs.client.get(path, params={"scale": 50_000, **how}, headers=programs.of(who))


def words(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def needs(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [need["code"] for need in answer.json()["needs"]]


def test_from_the_parties_to_the_atlas_without_a_paper_from_outside(programs: Programs) -> None:
    engine = programs.keepers.engine
    before, points = ridge_segment(engine), surveyed(ridge_segment(engine))
    mine, theirs = "甲县界线员", "乙县界线员"
    case = programs.open(mine, line=str(line_of(engine, "990121", "990122")), basis="never_surveyed", reason="从未勘定")
    programs.act(theirs, case, "agree")
    assert needs(programs.tried(mine, case, "begin_field")) == ["documents_missing"]
    kept = programs.act(mine, case, "keep_sheets", scale="50000")
    (working,) = sheets(kept)
    assert (working["kind"], working["number"], working["scale"]) == ("working", f"{case['number']}-1", 50_000)
    assert "勘界工作图" in words(asked(programs, mine, case).content)
    assert asked(programs, "丙县界线员", case).json()["code"] == "no_such_case"
    assert asked(programs, mine, case, scale=77).json()["code"] == "bad_sheet_scale"
    begun = programs.act(mine, case, "begin_field")
    assert begun["facts"]["plan"] == {"working_map": working["number"], "scale": 50_000}
    programs.act("甲县测绘员", case, "record_points", points=table(points))
    programs.act(mine, case, "draft")
    assert "协议书附图" in words(asked(programs, mine, case).content)
    programs.act(theirs, case, "confirm")
    assert needs(programs.tried(mine, case, "conclude")) == ["documents_missing"], "the sheets to the agreement"
    programs.act(mine, case, "keep_sheets", scale="50000")
    programs.act(mine, case, "conclude")
    assert ridge_segment(engine) == before, "nothing is law yet"
    programs.act("云溪市市长", case, "approve")
    assert ridge_segment(engine).geometry.equals_exact(shapely.LineString(points), 1e-8)
    programs.act(NOTICE, case, "announce")
    assert needs(programs.tried("云溪市备案员", case, "archive")) == ["documents_missing"], "the atlas"
    done = programs.act(theirs, case, "keep_sheets", scale="50000", paper="A4")
    assert [sheet["kind"] for sheet in sheets(done)] == ["working", "agreement", "atlas"]
    archived = programs.act("云溪市备案员", case, "archive")
    assert archived["state"] == "archived"
    _each_is_a_document_of_the_case(programs, case, sheets(done))
    changeset = done["facts"]["approval"]["changeset"]
    assert programs.get(mine, f"/v1/changesets/{changeset}").json()["id"] == changeset


def _each_is_a_document_of_the_case(programs: Programs, case: dict[str, Any], kept: list[dict[str, Any]]) -> None:
    listed = programs.get("乙县界线员", f"/v1/cases/{case['id']}/attachments").json()["items"]
    assert {(row["id"], row["sha256"]) for row in listed} == {(s["attachment"], s["sha256"]) for s in kept}
    titles = ("勘界工作图", "协议书附图", "详图集")
    for sheet, title in zip(kept, titles, strict=True):
        content = programs.get("乙县界线员", f"/v1/attachments/{sheet['attachment']}/content").content
        assert hashlib.sha256(content).hexdigest() == sheet["sha256"]
        said = words(content)
        assert title in said
        assert f"图号：{sheet['number']}" in said
        cover = 1 if sheet["kind"] == "atlas" else 0
        assert len(pypdfium2.PdfDocument(content)) == sheet["count"] + cover


def test_sheets_of_a_course_that_was_drafted_anew_count_for_nothing(programs: Programs) -> None:
    engine, mine, theirs = programs.keepers.engine, "甲县界线员", "乙县界线员"
    points = surveyed(ridge_segment(engine))
    case = programs.open(mine, line=str(line_of(engine, "990121", "990122")), basis="never_surveyed", reason="从未勘定")
    programs.act(theirs, case, "agree")
    programs.act(mine, case, "keep_sheets", scale="50000")
    programs.act(mine, case, "begin_field")
    programs.act("甲县测绘员", case, "record_points", points=table(points))
    programs.act(mine, case, "draft")
    programs.act(mine, case, "keep_sheets", scale="50000")
    programs.act(mine, case, "survey_again", reason="复测")
    programs.act("甲县测绘员", case, "record_points", points=table(points[::2]), mode="replace")
    programs.act(mine, case, "draft")
    programs.act(theirs, case, "confirm")
    assert needs(programs.tried(mine, case, "conclude")) == ["documents_missing"]
    refused = programs.tried(mine, case, "keep_sheets", scale="77")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_sheet_scale")
    assert programs.tried("丙县界线员", case, "keep_sheets").status_code == 404


def test_a_township_line_has_a_working_map_before_it_has_a_course(programs: Programs) -> None:
    keepers = programs.keepers
    townships(keepers.engine)
    hire(keepers, "上乡界线员", Role.BOUNDARY_KEEPER, UPPER)
    hire(keepers, "下乡界线员", Role.BOUNDARY_KEEPER, LOWER)
    wanted = {"units": ["990121101", "990121102"], "name": "上下线", "whole": True}
    case = programs.open("上乡界线员", basis="township", reason="乡镇勘界", **wanted)
    kept = programs.act("上乡界线员", case, "keep_sheets", scale="100000")
    (working,) = sheets(kept)
    said = words(programs.get("下乡界线员", f"/v1/attachments/{working['attachment']}/content").content)
    assert "既有界线（新界线尚未施测）" in said
    assert "上下线 勘界工作图" in said
