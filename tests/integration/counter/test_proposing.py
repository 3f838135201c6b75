"""Proposals from files: sent over HTTP, or handed in at the counter before; on pages with conflicts and choices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import shapely
from shapely.geometry import LineString

from api.app import create_app
from api.settings import Settings
from boundaries.submissions.checking import check_submission
from data.blobs import FolderBlobs
from tests.integration.counter.conftest import Window
from tests.samples.counter import Desk, write
from tests.serving import serving

SAID = {"message": "联检后修测", "document": "agreement"}


@pytest.fixture
def pages(desk: Desk) -> Iterator[Window]:
    """The counter with its pages."""
    url = desk.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url))
    app.state.clock, app.state.blobs = desk.clock, FolderBlobs(desk.folder / "attachments")
    with serving(app) as address:
        one = Window(desk, address)
        yield one
        one.client.close()
    app.state.databases.close()


def moved(desk: Desk, path: Path, by: float = 0.0002, part: slice = slice(60, 80)) -> Path:
    """The legal line with some vertices moved east by `by` degrees."""

    def shifted(line: LineString) -> LineString:
        vertices = shapely.get_coordinates(line)
        vertices[part, 0] += by
        return LineString(vertices)

    return write([shifted(line) for line in desk.course()], path)


FROM_FILE = "/v1/proposals/actions/from-file"


def send(window: Window, who: str, path: Path, address: str = FROM_FILE, **more: str) -> httpx.Response:
    fields = {"line": str(window.desk.line), **SAID, **more}
    parts = {name: (None, value) for name, value in fields.items()}
    return window.client.post(
        address, files={**parts, "file": (path.name, path.read_bytes())}, headers=window.headers(who)
    )


def post(window: Window, who: str, path: str, **fields: str) -> httpx.Response:
    return window.client.post(path, data=fields, headers=window.headers(who), follow_redirects=False)


def handed_in(window: Window, who: str, path: Path) -> str:
    identity: str = window.submit(who, path).json()["id"]
    check_submission(window.desk.counter, UUID(identity))
    return identity


def test_a_file_is_proposed_over_http_and_changes_nothing(window: Window, tmp_path: Path) -> None:
    desk = window.desk
    before = [line.wkb for line in desk.course()]
    made = send(window, "surveyor", moved(desk, tmp_path / "甲乙线.gpkg"))
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["origin"], told["file"]["name"], told["state"]) == ("file", "甲乙线.gpkg", "open")
    assert [change["kind"] for change in told["changes"]] == ["moved"]
    assert 15 < told["changes"][0]["displacement"]["max_m"] < 20
    assert told["against"]["conflicts"] == told["against"]["faults"] == []
    assert [line.wkb for line in desk.course()] == before
    same = send(window, "surveyor", write(desk.course(), tmp_path / "same.gpkg"))
    assert (same.status_code, same.json()["code"]) == (422, "change_empty")
    assert send(window, "surveyor", tmp_path / "same.gpkg", lien="x").json()["code"] == "unknown_parameter"
    junk = tmp_path / "junk.gpkg"
    junk.write_bytes(b"no file of lines")
    assert send(window, "surveyor", junk).json()["code"] == "lines_unfit"


def test_a_submission_is_proposed_and_a_returned_one_is_not(window: Window, tmp_path: Path) -> None:
    desk = window.desk
    identity = handed_in(window, "surveyor", moved(desk, tmp_path / "修测.gpkg"))
    address = f"/v1/submissions/{identity}/actions/propose"
    made = window.client.post(address, json=SAID, headers=window.headers("surveyor"))
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["origin"], told["made_from"]) == ("submission", [identity])
    assert told["file"]["sha256"] == window.get("surveyor", f"/v1/submissions/{identity}").json()["sha256"]
    junk = tmp_path / "坏.gpkg"
    junk.write_bytes(b"no file of lines")
    bad = handed_in(window, "surveyor", junk)
    assert window.get("surveyor", f"/v1/submissions/{bad}").json()["verdict"] == "returned"
    refused = window.client.post(
        f"/v1/submissions/{bad}/actions/propose", json=SAID, headers=window.headers("surveyor")
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "submission_returned")
    waiting = window.submit("surveyor", moved(desk, tmp_path / "未检.gpkg", 0.0003)).json()["id"]
    early = window.client.post(
        f"/v1/submissions/{waiting}/actions/propose", json=SAID, headers=window.headers("surveyor")
    )
    assert early.json()["code"] == "not_checked_yet"


def test_the_pages_lead_from_a_submission_to_its_proposal(pages: Window, tmp_path: Path) -> None:
    desk = pages.desk
    identity = handed_in(pages, "surveyor", moved(desk, tmp_path / "修测.gpkg"))
    assert f"/counter/{identity}/propose" in pages.get("surveyor", f"/counter/{identity}").text
    assert "修测.gpkg" in pages.get("surveyor", f"/counter/{identity}/propose").text
    empty = post(pages, "surveyor", f"/counter/{identity}/propose", message=" ", document="agreement")
    assert (empty.status_code, "message_missing" in empty.text) == (422, True)
    made = post(pages, "surveyor", f"/counter/{identity}/propose", **SAID)
    assert made.status_code == 303, made.text
    page = pages.get("surveyor", made.headers["location"]).text
    for words in ("联检后修测", "界线段移位", "最大", "没有冲突", f"/counter/{identity}"):
        assert words in page
    address = made.headers["location"].split("?")[0]
    layer = pages.get("surveyor", f"{address}/layer.json").json()
    assert [f["properties"]["draw"] for f in layer["features"]] == ["legal", "handed_in", "finding"]
    (part,) = layer["features"][2]["geometry"]["coordinates"]
    assert len(part) == 22  # twenty vertices moved: the edges from the last one before to the first one after them
    assert pages.get("surveyor", f"{address}/map.svg").text.startswith("<svg")
    assert address in pages.get("surveyor", f"/proposals?line={desk.line}&state=open").text
    assert "没有变更建议" in pages.get("surveyor", "/proposals?state=withdrawn").text
    assert post(pages, "surveyor", f"{address}/withdraw", reason="重测").status_code == 303
    assert "重测" in pages.get("surveyor", address).text
    assert pages.get(None, address).status_code == 401


def test_a_conflict_is_shown_and_decided_on_the_page(pages: Window, tmp_path: Path) -> None:
    desk = pages.desk
    one, other = (
        send(pages, "surveyor", moved(desk, tmp_path / f"{number}.gpkg", by), f"/lines/{desk.line}/propose")
        .headers["location"] for number, by in ((1, 0.0002), (2, 0.0003))
    )  # fmt: skip
    law = {
        "kind": "agreement", "doc_no": "演示〔2026〕1号", "title": "界线协议书", "authority": "示例省人民政府",
        "source": "invented", "effective_on": "2026-06-01",
    }  # fmt: skip
    identity = one.rsplit("/", 1)[1]
    done = pages.client.post(f"/v1/proposals/{identity}/actions/enact", json=law, headers=pages.headers("keeper"))
    assert done.status_code == 200, done.text
    page = pages.get("surveyor", other).text
    assert "1 处冲突" in page
    assert page.count('type="radio"') == 3
    (segment,) = {change["segment"] for change in pages.get("surveyor", f"/v1{other}").json()["changes"]}
    undecided = post(pages, "surveyor", f"{other}/rebase", message="重提")
    assert (undecided.status_code, "proposal_conflicts" in undecided.text) == (409, True)
    decided = post(pages, "surveyor", f"{other}/rebase", message="重提", **{f"take-{segment}": "theirs"})
    assert decided.status_code == 303, decided.text
    assert "没有冲突" in pages.get("surveyor", decided.headers["location"]).text
    assert "已被取代" in pages.get("surveyor", other).text
