"""`/v1/patrol` over HTTP: a keeper's phone and his office, signed in; nothing for anybody else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.patrol.rules import rules
from data.blobs import FolderBlobs
from data.db import make_engine
from data.ids import new_id
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database
from tests.accounts import PASSWORD, add_person
from tests.integration.patrol.conftest import NOW
from tests.integration.patrol.sending import JPEG
from tests.samples.patrol import line_and_markers
from tests.serving import serving

SENT = NOW.isoformat()


@dataclass(frozen=True)
class Served:
    """A server with a field, and its people signed in."""

    keeper: httpx.Client
    office: httpx.Client
    public: httpx.Client
    line: UUID
    markers: dict[str, UUID]


@pytest.fixture(scope="module")
def engine(cluster: Cluster, patrol_template: str) -> Iterator[Engine]:
    with database.clone(cluster, patrol_template) as url:
        made = make_engine(url)
        yield made
        made.dispose()


@pytest.fixture(scope="module")
def served(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    line, markers = line_and_markers(engine)
    names = [
        add_person(engine, now=NOW, display_name="王五"),
        add_person(engine, ("boundary_keeper", "990121"), now=NOW, display_name="赵六"),
    ]
    home: Path = tmp_path_factory.mktemp("home")
    app = create_app(Settings(database_url=engine.url.render_as_string(hide_password=False), pages=False))
    app.state.keys, app.state.clock, app.state.blobs = Keyring(home / "keys"), lambda: NOW, FolderBlobs(home / "blobs")
    with serving(app) as address:
        keeper, office, public = (httpx.Client(base_url=address, timeout=60) for _ in range(3))
        for client, name in ((keeper, names[0]), (office, names[1])):
            client.post("/v1/session", json={"username": name, "password": PASSWORD}).raise_for_status()
        made = Served(keeper, office, public, line, markers)
        assigned = made.office.post("/v1/patrol/assignments", json=assignment(made, names[0]))
        assert assigned.status_code == 201, assigned.text
        yield made
        for client in (keeper, office, public):
            client.close()


def assignment(served: Served, keeper: str, **more: Any) -> dict[str, Any]:
    fields = {
        "keeper": keeper,
        "level": "village",
        "unit": "990121",
        "line": str(served.line),
        "begin_on": "2026-01-01",
    }
    return {**fields, **more}


def digest(content: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}


def put(client: httpx.Client, content: bytes = JPEG, **more: Any) -> httpx.Response:
    path = f"/v1/patrol/files/{more.pop('identity', new_id())}"
    return client.put(path, content=content, headers=more.get("headers", digest(content)), params=more.get("params"))


def seen(served: Served, **more: Any) -> dict[str, Any]:
    fields = {"id": str(new_id()), "marker": str(served.markers["9901001Q"]), "state": "intact", "seen_at": SENT}
    return {**fields, **more}


def send(served: Served, *observations: Any, **more: Any) -> list[dict[str, Any]]:
    body = {"sent_at": SENT, "observations": list(observations), **more}
    found = served.keeper.post("/v1/patrol/observations", json=body)
    assert found.status_code == 200, found.text
    results: list[dict[str, Any]] = found.json()["results"]
    return results


def test_a_keeper_takes_along_his_markers_and_sends_what_he_saw(served: Served) -> None:
    taken = served.keeper.get("/v1/patrol/extract").json()
    assert [marker["code"] for marker in taken["markers"]][:2] == ["9901001Q", "9901002Q"]
    assert taken["limits"]["batch"] == rules().limits.observations_in_a_batch
    photo = put(served.keeper)
    assert (photo.status_code, photo.json()["media_type"]) == (200, "image/jpeg")
    walk = {"id": str(new_id()), "begun_at": "2026-03-10T00:00:00Z", "ended_at": "2026-03-10T02:00:00Z"}
    lost = seen(served, state="lost", photos=[photo.json()["id"]], note="只剩底座", walk=walk["id"],
                position={"point": [99.51, 40.01], "accuracy_m": 7.5})  # fmt: skip
    first = send(served, lost, walks=[walk])
    assert [result["outcome"] for result in first] == ["kept", "kept"]
    assert first[0]["findings"][0]["kind"] == "marker_lost"
    assert send(served, lost, walks=[walk]) == first
    (listed,) = served.office.get("/v1/patrol/observations", params={"state": "lost"}).json()["items"]
    assert (listed["keeper"]["name"], listed["position"]["accuracy_m"]) == ("王五", 7.5)
    one = served.office.get(f"/v1/patrol/observations/{listed['id']}").json()
    content = served.office.get(f"/v1/patrol/files/{one['files'][0]['id']}/content")
    assert (content.content, content.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "sandbox" in content.headers["content-security-policy"]
    findings = served.office.get("/v1/findings", params={"source": "patrol"}).json()["items"]
    assert [finding["source"]["id"] for finding in findings] == [listed["id"]]
    (out,) = served.office.get("/v1/patrol/attendance").json()["items"]
    assert (out["days_out"], out["hours_out"]) == (1, 2.0)


def test_one_that_is_refused_stops_no_other(served: Served) -> None:
    good, strange = seen(served), seen(served, marker=str(new_id()))
    results = send(served, seen(served, state="fine"), strange, {"id": 7}, seen(served, mood="?"), good)
    assert [result["outcome"] for result in results] == ["refused"] * 4 + ["kept"]
    codes = [result["problem"]["code"] for result in results[:4]]
    assert codes == ["bad_observation", "no_such_marker", "bad_observation", "bad_observation"]
    assert [results[i]["id"] for i in (1, 2, 4)] == [strange["id"], None, good["id"]]


def test_a_file_is_refused_as_it_is_told(served: Served) -> None:
    cases = [
        (put(served.keeper, headers={"Content-Digest": "sha-256=:nothing:"}), 400, "bad_parameter"),
        (put(served.keeper, JPEG[:30], headers=digest(JPEG)), 422, "file_broken_off"),
        (put(served.keeper, b"GIF89a" + bytes(50)), 422, "file_not_accepted"),
        (put(served.keeper, JPEG, params={"kind": "voice"}), 422, "file_not_accepted"),
        (put(served.keeper, b""), 422, "file_empty"),
        (put(served.keeper, JPEG + bytes(rules().limits.voice_bytes), params={"kind": "voice"}), 422, "file_too_large"),
        (put(served.keeper, JPEG + bytes(rules().limits.photo_bytes)), 413, "body_too_large"),
        (put(served.public), 401, "sign_in_needed"),
        (put(served.office), 403, "not_permitted"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer, *_ in cases] == [
        (status, code) for _, status, code in cases
    ]


def test_another_site_sends_nothing(served: Served) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = served.keeper.post("/v1/patrol/observations", json={"observations": []}, headers=foreign)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_write")


def test_a_batch_is_bounded(served: Served) -> None:
    answer = served.keeper.post("/v1/patrol/observations", json={"observations": [{}] * 51})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_observations")


@pytest.mark.parametrize(
    "path", ["extract", "assignments", "plans", "observations", "attendance", f"files/{UUID(int=9)}/content"]
)
def test_nothing_is_for_the_public(served: Served, path: str) -> None:
    answer = served.public.get(f"/v1/patrol/{path}")
    assert answer.status_code in (401, 404)
    assert answer.json()["code"] in ("sign_in_needed", "no_such_file")


def test_an_office_plans_and_cancels(served: Served) -> None:
    body = {"title": "春季巡查", "unit": "990121", "line": str(served.line), "begin_on": "2026-03-01",
            "due_on": "2026-03-05", "levels": ["village"]}  # fmt: skip
    made = served.office.post("/v1/patrol/plans", json=body)
    assert (made.status_code, made.json()["tasks"]) == (201, 5)
    identity = made.json()["id"]
    (overdue,) = served.office.get("/v1/patrol/plans", params={"overdue": "true"}).json()["items"]
    assert (overdue["id"], overdue["overdue_days"]) == (identity, 5)
    assert len(served.office.get(f"/v1/patrol/plans/{identity}", params={"limit": 3}).json()["items"]) == 3
    assert len(served.keeper.get("/v1/patrol/extract").json()["tasks"]) == 5
    assert served.keeper.post("/v1/patrol/plans", json=body).status_code == 403
    why = {"reason": "汛期推迟"}
    assert served.office.post(f"/v1/patrol/plans/{identity}/actions/cancel", json=why).status_code == 200
    again = served.office.post(f"/v1/patrol/plans/{identity}/actions/cancel", json=why)
    assert (again.status_code, again.json()["code"]) == (409, "plan_cancelled")


def test_a_span_of_days_runs_forwards(served: Served) -> None:
    backwards = {"from": "2026-03-02", "to": "2026-03-01"}
    assert served.office.get("/v1/patrol/attendance", params=backwards).json()["code"] == "bad_date"
    assert served.public.get("/v1/patrol/attendance", params=backwards).json()["code"] == "sign_in_needed"
    assert served.office.get("/v1/patrol/attendance", params={"to": "0001-01-02"}).json()["from"] == "0001-01-01"


def test_an_assignment_ends(served: Served) -> None:
    (listed,) = served.office.get("/v1/patrol/assignments", params={"as_of": "2026-03-10"}).json()["items"]
    name = {"reason": " "}
    path = f"/v1/patrol/assignments/{listed['id']}/actions/end"
    assert served.office.post(path, json=name).json()["code"] == "reason_missing"
    assert served.keeper.post(path, json={"reason": "?"}).status_code == 403
    unknown = served.office.get("/v1/patrol/observations", params={"state": "fine"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "marker_state_unknown")
