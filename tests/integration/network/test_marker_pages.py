"""The pages of markers without scripts: the list, one marker for everybody and for staff, a work proposed by a form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.blobs import FolderBlobs
from tests.integration.network.test_lines import line_of
from tests.integration.network.test_marker_api import token
from tests.integration.network.test_marker_photos import picture
from tests.integration.network.test_marker_work import KINDS
from tests.samples.keepers import Keepers, open_offices, set_stone, stone
from tests.serving import serving

AS_PERSON = {"Accept": "text/html"}


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    schema.prepare(office)
    keepers = open_offices(office, KINDS)
    set_stone(office, stone(line_of(office, "990121", "990122")))
    return keepers


@pytest.fixture
def served(keepers: Keepers, counties_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=counties_url))
    app.state.casework, app.state.blobs = keepers.casework, FolderBlobs(tmp_path / "blobs")
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, headers=AS_PERSON) as client:
        yield client


def test_everybody_reads_what_is_public(keepers: Keepers, served: httpx.Client) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    listed = served.get("/markers", params={"line": str(line)})
    assert (listed.status_code, "9901001Q" in listed.text) == (200, True)
    assert "没有符合条件的界桩" in served.get("/markers", params={"q": "77"}).text
    marker = stone(line)
    page = served.get(f"/markers/{marker.id}")
    assert "位置不公开" in page.text
    assert not any(word in page.text for word in ("示例山口", "独立石", "99°30", "水塔"))
    assert 'class="qr"' in page.text
    assert served.get(f"/markers/{marker.id}/form").status_code == 401
    assert served.get("/markers/map.json").status_code == 401
    assert served.get(f"/markers/{marker.id}/sketch.svg").status_code == 401
    assert served.get("/markers/nothing").status_code == 404
    english = served.get(f"/markers/{marker.id}", params={"lang": "en"}).text
    assert "Its place is not public" in english


def test_staff_read_all_of_it(keepers: Keepers, served: httpx.Client) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    marker, headers = stone(line), token(keepers, "乙县界线员")
    files = {"file": ("正面.jpg", picture(), "image/jpeg")}
    sent = served.post(f"/markers/{marker.id}/photos", files=files, data={"caption": "正面照"}, headers=headers)
    assert sent.status_code == 303
    wrong = served.post(f"/markers/{marker.id}/photos", files={"file": ("a.txt", b"x", "text/plain")}, headers=headers)
    assert wrong.status_code == 422
    page = served.get(f"/markers/{marker.id}", headers=headers).text
    assert all(word in page for word in ("99°30′00.0000″", "独立石", "44°41′", "示例村东", "正面照", "演示〔2024〕9号"))
    drawn = served.get(f"/markers/{marker.id}/sketch.svg", headers=headers)
    assert f"/markers/{marker.id}/sketch.svg" in page
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert all(word in drawn.text for word in ("甲县", "乙县", "独立石", "44°41′", "12.30 m", "真北"))
    layer = served.get("/markers/map.json", params={"line": str(line)}, headers=headers).json()
    assert [f["properties"]["draw"] for f in layer["features"]] == ["legal", "marker"]


def test_works_and_projects_are_opened_by_forms(keepers: Keepers, served: httpx.Client) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    headers = token(keepers, "甲县界线员")
    address = f"/markers/{stone(line).id}/work"
    assert "须先经批准" in served.get(address, headers=headers).text
    opened = served.post(address, data={"work": "repair", "reason": "断裂", "key": "k1"}, headers=headers)
    again = served.post(address, data={"work": "repair", "reason": "断裂", "key": "k1"}, headers=headers)
    assert (opened.status_code, opened.headers["location"]) == (303, again.headers["location"])
    assert "修复" in served.get(opened.headers["location"], headers=headers).text
    new = {"scheme": "provincial", "code": "9901009Q", "kind": "single", "part": "A", "faces": "2",
           "material": "花岗岩", "longitude": "99.5", "latitude": "40.0", "reason": "新建道路", "key": "2"}  # fmt: skip
    refused = served.post(f"/lines/{line}/new-marker", data=new, headers=headers)
    assert (refused.status_code, "登记内容自相矛盾" in refused.text, "新建道路" in refused.text) == (422, True, True)
    assert served.post(f"/lines/{line}/new-marker", data={**new, "part": "Q"}, headers=headers).status_code == 303
    survey = f"/lines/{line}/survey"
    assert "未勘定界线" in served.get(survey, headers=headers).text
    project = served.post(survey, data={"basis": "township", "reason": "乡镇勘界", "key": "k3"}, headers=headers)
    assert project.status_code == 303
    assert "乡镇级勘界" in served.get(project.headers["location"], headers=headers).text


def test_a_survey_of_a_line_that_is_not_there_is_opened_by_a_form(keepers: Keepers, served: httpx.Client) -> None:
    line, headers = line_of(keepers.engine, "990121", "990122"), token(keepers, "甲县界线员")
    page = served.get("/surveys/new", headers=headers)
    assert (page.status_code, "左侧单位代码" in page.text) == (200, True)
    typed = {"left": "990121", "right": "990122", "basis": "division_change", "reason": "区划变更", "whole": "1"}
    refused = served.post("/surveys/new", data={**typed, "key": "n1"}, headers=headers)
    assert (refused.status_code, f"/lines/{line}/survey" in refused.text) == (422, True)
    assert 'value="990121"' in refused.text
    assert 'name="whole" value="1" checked' in refused.text
