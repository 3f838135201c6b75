"""The office's pages about patrols, by their forms alone: assigned, planned, seen, cancelled; nothing for others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from data.secrets import Keyring
from tests.accounts import PASSWORD, add_person
from tests.integration.patrol.conftest import NOW, Field
from tests.integration.patrol.sending import send, upload
from tests.serving import serving


@pytest.fixture(scope="module")
def address(patrol_field: Field, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("home")
    app = create_app(Settings(database_url=patrol_field.engine.url.render_as_string(hide_password=False)))
    app.state.keys, app.state.clock, app.state.blobs = Keyring(home / "keys"), lambda: NOW, patrol_field.blobs
    with serving(app) as found:
        yield found


@pytest.fixture(scope="module")
def office(patrol_field: Field, address: str) -> Iterator[httpx.Client]:
    name = add_person(patrol_field.engine, ("boundary_keeper", "990121"), now=NOW, display_name="赵六")
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        client.post("/v1/session", json={"username": name, "password": PASSWORD}).raise_for_status()
        yield client


def test_markers_are_assigned_by_their_codes_and_given_back(patrol_field: Field, office: httpx.Client) -> None:
    _, name = patrol_field.another()
    form = {"keeper": name, "level": "point", "unit": "990121", "line": str(patrol_field.line), "from": "9901002Q",
            "to": "9901004Q", "begin_on": "2026-03-01"}  # fmt: skip
    wrong = office.post("/patrol/keepers", data={**form, "to": "9901044Q"})
    assert (wrong.status_code, "marker_not_on_line" in wrong.text, 'value="9901044Q"' in wrong.text) == (
        422,
        True,
        True,
    )
    done = office.post("/patrol/keepers", data=form)
    assert "已分配界桩" in done.text
    assert re.search(r"<code>9901002Q</code>–<code>9901004Q</code>", done.text)
    action = re.search(r'action="(/patrol/keepers/[^"]+/end)"', done.text)
    assert action
    assert "reason_missing" in office.post(action[1], data={"reason": " "}).text
    assert "轮换到别处" in office.post(action[1], data={"reason": "轮换到别处"}).text


def test_a_plan_is_made_followed_and_cancelled(patrol_field: Field, office: httpx.Client) -> None:
    form = {"title": "春季巡查", "unit": "990121", "line": str(patrol_field.line), "begin_on": "2026-03-01",
            "due_on": "2026-03-08", "levels": "village"}  # fmt: skip
    assert "bad_date" in office.post("/patrol/plans", data={**form, "due_on": ""}).text
    made = office.post("/patrol/plans", data=form)
    assert "已安排巡查" in made.text
    send(patrol_field, "9901003Q", state="tilted", seen_at=NOW)
    plan = office.get(made.url.path).text
    assert "逾期 2 天" in plan
    assert plan.index("<code>9901001Q</code>") < plan.index("<code>9901003Q</code>")
    listed = office.get("/patrol/plans", params={"overdue": "true"}).text
    assert (listed.count("春季巡查"), "1/5" in listed) == (1, True)
    assert "汛期推迟" in office.post(f"{made.url.path}/cancel", data={"reason": "汛期推迟"}).text
    assert "春季巡查" not in office.get("/patrol/plans", params={"overdue": "true"}).text


def test_what_was_seen_is_listed_drawn_and_shown(patrol_field: Field, office: httpx.Client) -> None:
    photo = upload(patrol_field)
    send(patrol_field, "9901001Q", state="lost", note="只剩底座", photos=(photo,))
    listed = office.get("/patrol/observations", params={"findings": "true", "state": "lost"}).text
    assert (listed.count("只剩底座"), str(photo) in listed) == (1, True)
    layer = re.search(r'data-layer="([^"]+)"', listed)
    assert layer
    drawn = office.get(layer[1].replace("&amp;", "&")).json()["features"]
    assert sorted(feature["properties"]["draw"] for feature in drawn) == ["finding", "legal", "marker"]
    (finding,) = [feature["properties"] for feature in drawn if feature["properties"]["draw"] == "finding"]
    assert (finding["severity"], "丢失" in finding["title"]) == ("error", True)
    one = office.get(f"/patrol/observations/{finding['id']}", params={"lang": "en"}).text
    assert "Marker not found" in one
    marker = office.get(f"/markers/{patrol_field.markers['9901001Q']}", params={"lang": "zh"}).text
    assert (marker.count("只剩底座"), str(photo) in marker) == (1, True)
    empty = office.get("/patrol/observations", params={"state": "buried", "lang": "zh"}).text
    assert "没有这样的巡查记录" in empty


def test_days_out_and_codes_to_print(patrol_field: Field, office: httpx.Client) -> None:
    send(patrol_field, "9901005Q", seen_at=NOW - timedelta(days=3))
    out = office.get("/patrol/attendance", params={"from": "2026-03-07", "to": "2026-03-07"}).text
    assert re.search(r"王五</td>.*?<td class=\"right num\">1</td>", out, re.S)
    sheet = office.get(f"/patrol/codes/{patrol_field.line}").text
    assert (sheet.count('class="qr"'), "<code>9901005Q</code>" in sheet) == (5, True)


@pytest.mark.parametrize(
    "path", ["plans", "keepers", "observations", "observations/layer.json", "attendance", "codes/{line}"]
)
def test_nothing_is_for_the_public_or_for_a_keeper(patrol_field: Field, address: str, path: str) -> None:
    keeper = add_person(patrol_field.engine, now=NOW)
    with httpx.Client(base_url=address, timeout=60) as client:
        asked = f"/patrol/{path.format(line=patrol_field.line)}"
        assert client.get(asked).status_code == 401
        client.post("/v1/session", json={"username": keeper, "password": PASSWORD}).raise_for_status()
        assert client.get(asked).status_code == 403


def test_the_phone_s_page_is_the_same_for_everybody_and_asks_for_its_devices(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        page, worker = client.get("/patrol"), client.get("/patrol/worker.js")
        manifest, words = client.get("/patrol/manifest.webmanifest").json(), client.get("/patrol/words.json").json()
        listed = re.search(r"const FILES = (\[.*\]);", worker.text)
        assert listed
        missing = [name for name in re.findall(r'"([^"]+)"', listed[1]) if client.get(name).status_code != 200]
    assert "camera=(self), microphone=(self)" in page.headers["permissions-policy"]
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert worker.headers["service-worker-allowed"] == "/patrol"
    assert (manifest["scope"], len(manifest["icons"]), missing) == ("/patrol", 3, [])
    assert words["zh"].keys() == words["en"].keys()
