"""`/v1/markers` over HTTP: filters, one marker, its files and photographs, and a work proposed by one side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.db import unit_of_work
from tests.integration.network.test_lines import line_of
from tests.integration.network.test_marker_photos import picture
from tests.integration.network.test_marker_work import KINDS
from tests.samples.keepers import Keepers, open_offices, set_stone, stone
from tests.serving import serving

MARKER = stone(UUID(int=0)).id


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    schema.prepare(office)
    keepers = open_offices(office, KINDS)
    line = line_of(office, "990121", "990122")
    set_stone(office, stone(line))
    set_stone(office, stone(line, "9901002A", kind="double", part="A", latitude=40.1), "演示〔2024〕10号")
    return keepers


@pytest.fixture
def served(keepers: Keepers, counties_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=counties_url))
    app.state.casework, app.state.blobs = keepers.casework, FolderBlobs(tmp_path / "blobs")
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def token(keepers: Keepers, who: str) -> dict[str, str]:
    actor = keepers[who]
    assert actor.account_id is not None
    with unit_of_work(keepers.engine) as connection:
        made = issue_token(connection, actor, actor.account_id, "test", lambda _: (), datetime.now(UTC))
    return {"Authorization": f"Bearer {made.secret}"}


def test_everybody_finds_markers_and_staff_their_places(keepers: Keepers, served: httpx.Client) -> None:
    listed = served.get("/v1/markers", params={"unit": "990122", "kind": "double"}).json()["items"]
    assert [(item["code"], item["position"]) for item in listed] == [("9901002A", None)]
    public = served.get(f"/v1/markers/{MARKER}").json()
    assert (public["photos"], public["history"], public["position"]) == (None, None, None)
    seen = served.get(f"/v1/markers/{MARKER}", headers=token(keepers, "乙县界线员")).json()
    assert (seen["position"], seen["photos"], len(seen["history"])) == ([99.5, 40.0], [], 1)
    for path, code in (
        ("/v1/markers?state=gone", "bad_parameter"),
        ("/v1/markers?code=%25", "bad_parameter"),
        (f"/v1/markers/{UUID(int=9)}", "no_such_marker"),
        ("/v1/markers/results", "missing_parameter"),
    ):
        assert served.get(path).json()["code"] == code, path


def test_forms_and_tables_are_for_staff(keepers: Keepers, served: httpx.Client) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    paths = [f"/v1/markers/{MARKER}/form", f"/v1/markers/results?line={line}"]
    for path in paths:
        assert served.get(path).json()["code"] == "sign_in_needed"
        answer = served.get(
            path, headers=token(keepers, "乙县界线员"), params={"format": "pdf"} | dict(httpx.URL(path).params)
        )
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert "filename*=UTF-8''%E7%95%8C%E6%A1%A9" in answer.headers["content-disposition"]
    word = served.get(f"{paths[0]}?format=word", headers=token(keepers, "甲县测绘员"))
    assert word.content[:2] == b"PK"


def test_photographs_come_and_go_out_as_they_were(keepers: Keepers, served: httpx.Client) -> None:
    path, content = f"/v1/markers/{MARKER}/photos", picture()
    files: Any = {"file": ("正面.jpg", content, "image/jpeg")}
    assert served.post(path, files=files).json()["code"] == "sign_in_needed"
    kept = served.post(path, files=files, data={"caption": "正面", "looks_deg": "90"},
                       headers=token(keepers, "乙县界线员"))  # fmt: skip
    assert (kept.status_code, kept.json()["claimed"]["at"]) == (201, "2026-03-02T10:15:00")
    address = f"{path}/{kept.json()['id']}"
    assert served.get(address).json()["code"] == "sign_in_needed"
    got = served.get(address, headers=token(keepers, "甲县测绘员"))
    assert (got.content, got.headers["content-type"]) == (content, "image/jpeg")
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_work_is_proposed_once_however_often_it_is_sent(keepers: Keepers, served: httpx.Client) -> None:
    body = {"work": "repair", "reason": "桩体断裂", "marker": str(MARKER)}
    headers = {**token(keepers, "甲县界线员"), "Idempotency-Key": "one"}
    first, again = (served.post("/v1/marker-works", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert first.json()["kind"] == "marker_work"
    assert [p["relation"] for p in first.json()["participants"]].count("participant") == 3
    wrong = served.post("/v1/marker-works", json={**body, "marker": None}, headers={**headers, "Idempotency-Key": "2"})
    assert wrong.json()["code"] == "bad_case"
