"""Proposals and differences over HTTP and on the command line, from the first suggestion to the law."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pyogrio
import pytest
import shapely
from sqlalchemy import Engine

from api.app import create_app
from api.cli.app import main
from api.cli.environment import environment
from api.settings import Settings
from boundaries.network.export import Wanted, export_line
from boundaries.network.structure.world import world_around
from data.access.model import operator
from data.accounts.records import account_named
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import Audience, reading, unit_of_work
from tests.accounts import add_person
from tests.integration.network.test_lines import line_of
from tests.samples.counties import JIA, YI, ridge
from tests.serving import serving

DAY = date(2026, 3, 1)
PAPER = {"kind": "agreement", "doc_no": "示例〔2026〕1号", "title": "界线协议书", "authority": "示例省人民政府",
         "source": "invented", "effective_on": DAY.isoformat()}  # fmt: skip


def token(office: Engine, *roles: tuple[str, str]) -> dict[str, str]:
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


def edits(office: Engine, place: int = 80) -> dict[str, Any]:
    with reading(office) as connection:
        segments = world_around(connection, [JIA], DAY).segments
    (segment,) = [s.id for s in segments.values() if {s.left, s.right} == {JIA, YI}]
    edit = {"do": "split", "segment": str(segment), "at": [round(v, 8) for v in ridge()[place]], "marker": True}
    return {"message": "设桩", "document": "agreement", "edits": [edit]}


def test_from_a_proposal_to_the_law_over_http(office: Engine, client: httpx.Client) -> None:
    surveyor, keeper = token(office, ("surveyor", "990121")), token(office, ("boundary_keeper", "990100"))
    made = client.post("/v1/proposals", json={**edits(office), "as_of": DAY.isoformat()}, headers=surveyor)
    assert (made.status_code, made.json()["state"]) == (201, "open")
    identity = made.json()["id"]
    assert made.json()["against"]["faults"] == []
    listed = client.get("/v1/proposals", params={"state": "open", "line": made.json()["lines"][0]}, headers=keeper)
    assert [item["id"] for item in listed.json()["items"]] == [identity]
    by_surveyor = client.post(f"/v1/proposals/{identity}/actions/enact", json=PAPER, headers=surveyor)
    assert (by_surveyor.status_code, by_surveyor.json()["code"]) == (403, "not_permitted")
    done = client.post(f"/v1/proposals/{identity}/actions/enact", json=PAPER, headers=keeper)
    assert done.status_code == 200
    assert [line["what"] for line in done.json()["effects"]["lines"]] == ["run_changed"]
    found = client.get(f"/v1/proposals/{identity}", headers=keeper).json()
    assert (found["state"], found["ended"]["changeset"]) == ("enacted", done.json()["changeset"])
    again = client.post(f"/v1/proposals/{identity}/actions/withdraw", json={"reason": "重复"}, headers=surveyor)
    assert (again.status_code, again.json()["code"]) == (409, "proposal_ended")


def test_proposals_are_merged_and_put_on_the_law_over_http(office: Engine, client: httpx.Client) -> None:
    keeper = token(office, ("boundary_keeper", "990100"))
    when = {"as_of": DAY.isoformat()}
    ids = [
        client.post("/v1/proposals", json={**edits(office, place), **when}, headers=keeper).json()["id"]
        for place in (80, 120)
    ]
    both = {"ids": ids, "message": "合并", **when}
    clash = client.post("/v1/proposals/actions/merge", json=both, headers=keeper)
    assert (clash.status_code, clash.json()["code"]) == (409, "proposal_conflicts")
    named = {"do": "name_line", "level": "county", "units": ["990121", "990122"], "name": "甲乙线"}
    other = client.post("/v1/proposals", json={"message": "命名", "document": "agreement", "edits": [named], **when},
                        headers=keeper).json()["id"]  # fmt: skip
    whole = client.post("/v1/proposals/actions/merge", json={**both, "ids": [ids[0], other]}, headers=keeper)
    assert (whole.status_code, whole.json()["origin"]) == (201, "merge")
    alone = client.post(f"/v1/proposals/{ids[1]}/actions/rebase", json=when, headers=keeper)
    assert (alone.status_code, alone.json()["origin"], alone.json()["made_from"]) == (201, "rebase", [ids[1]])


def test_the_public_and_strangers_see_no_proposal(office: Engine, client: httpx.Client) -> None:
    assert client.get("/v1/proposals").json()["code"] == "sign_in_needed"
    assert client.get(f"/v1/proposals/{UUID(int=1)}").json()["code"] == "sign_in_needed"
    clerk = token(office, ("clerk", "990121"))
    assert client.get(f"/v1/proposals/{UUID(int=1)}", headers=clerk).json()["code"] == "no_such_proposal"
    refused = client.post("/v1/proposals", json={**edits(office), "as_of": DAY.isoformat()}, headers=clerk)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert client.get("/v1/proposals", params={"state": "gone"}, headers=clerk).json()["code"] == "bad_parameter"


# -- the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(
    counties_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, Any]]]:
    monkeypatch.setenv("DIMING_DATABASE_URL", counties_url)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path / "home"))
    environment.cache_clear()

    def call(*words: str) -> tuple[int, Any]:
        status = main(["boundary", *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    yield call
    environment.cache_clear()


def exported(office: Engine, folder: Path, change: Callable[[np.ndarray], np.ndarray], srid: int = 4490) -> Path:
    """The ridge as `boundary export` writes it, its vertices changed in a GIS (degrees)."""
    with reading(office) as connection:
        line = line_of(office, "990121", "990122")
        made = export_line(connection, line, Wanted("gpkg", srid), DAY, Audience.STAFF)
    path = folder / "surveyed.gpkg"
    path.write_bytes(made.content)
    frame = pyogrio.read_dataframe(path)
    frame["geometry"] = shapely.transform(frame.geometry.to_numpy(), change)
    path.unlink()
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    return path


def bulge(c: np.ndarray) -> np.ndarray:
    """The middle third 50 m to the east."""
    third = len(c) // 3
    moved = c.copy()
    moved[third : 2 * third, 0] += 50 / 85_000
    return moved


LAW = ("--kind", "agreement", "--doc-no", "示例〔2026〕1号", "--title", "界线协议书", "--authority", "示例省人民政府",
       "--source", "invented", "--effective-on", DAY.isoformat())  # fmt: skip


def test_a_surveyed_file_becomes_law_and_is_taken_back(
    office: Engine, run: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    line = str(line_of(office, "990121", "990122"))
    file = str(exported(office, tmp_path, bulge))
    status, told = run("diff", line, file, "--from", DAY.isoformat())
    assert (status, told["counts"], told["unchanged"]) == (0, {"moved": 1}, 0)
    assert told["changes"][0]["without_document"]
    ceded = {row["unit"]["name"]: row for row in told["balance"]}
    assert ceded["甲县"]["net_m2"] == pytest.approx(-ceded["乙县"]["net_m2"], abs=1e-4)
    assert abs(ceded["甲县"]["net_m2"]) == pytest.approx(50 * 7_400, rel=0.05)
    status, kept = run("propose", file, "--line", line, "--message", "修测", "--document", "agreement", "--as-of",
                       DAY.isoformat())  # fmt: skip
    assert (status, kept["file"]["name"], kept["against"]["opened"]) == (0, "surveyed.gpkg", [])
    status, done = run("enact", kept["id"], *LAW)
    assert (status, len(done["segments"])) == (0, 1)
    status, none = run("diff", line, file)
    assert (none["counts"], none["unchanged"], none["land"]) == ({}, 1, [])
    status, back = run("revert", done["changeset"], "--message", "撤销", "--document", "agreement")
    assert (status, back["origin"], back["made_from"]) == (0, "revert", [done["changeset"]])
    status, listed = run("proposals", "--state", "open")
    assert [item["id"] for item in listed["items"]] == [back["id"]]
    status, gone = run("withdraw", back["id"], "--reason", "不再需要")
    assert (status, gone["state"]) == (0, "withdrawn")


def test_a_file_that_says_nothing_new_says_nothing(
    office: Engine, run: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    line = str(line_of(office, "990121", "990122"))
    file = str(exported(office, tmp_path, lambda c: c, srid=4520))
    status, told = run("diff", line, file, "--from", DAY.isoformat())
    assert (status, told["changes"], told["land"], told["unchanged"]) == (0, [], [], 1)
    status, refused = run("propose", file, "--line", line, "--message", "无", "--document", "agreement")
    assert (status, refused["code"]) == (3, "change_empty")


def test_two_files_are_compared_without_a_register_and_written_down(
    office: Engine, run: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    one = exported(office, tmp_path, lambda c: c).rename(tmp_path / "before.gpkg")
    other = exported(office, tmp_path, bulge)
    outs = {suffix: tmp_path / f"difference{suffix}" for suffix in (".xlsx", ".gpkg", ".geojson")}
    for out in outs.values():
        status, told = run("diff", str(one), str(other), "--out", str(out))
        assert (status, told["from"], told["to"], told["counts"]) == (0, "before.gpkg", "surveyed.gpkg", {"moved": 1})
    with zipfile.ZipFile(io.BytesIO(outs[".xlsx"].read_bytes())) as book:
        assert "xl/worksheets/sheet4.xml" in book.namelist()
    names = {str(name) for name, _ in pyogrio.list_layers(outs[".gpkg"])}
    assert {"before", "after", "land", "layer_styles"} <= names
    with sqlite3.connect(outs[".gpkg"]) as styles:
        assert {row[0] for row in styles.execute("SELECT f_table_name FROM layer_styles")} == names - {"layer_styles"}
    drawn = json.loads(outs[".geojson"].read_text())
    assert {feature["properties"]["layer"] for feature in drawn["features"]} == {"before", "after", "land"}
    status, refused = run("diff", str(one), str(other), "--out", str(tmp_path / "x.txt"))
    assert (status, refused["code"]) == (2, "bad_format")


def test_a_list_of_edits_is_proposed_and_conflicts_are_decided(
    office: Engine, run: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    lists = []
    for place in (80, 120):
        path = tmp_path / f"{place}.json"
        path.write_text(json.dumps(edits(office, place)))
        lists.append(run("propose", str(path), "--as-of", DAY.isoformat())[1])
    assert run("enact", lists[0]["id"], *LAW)[0] == 0
    status, against = run("proposals", lists[1]["id"])
    (conflict,) = against["against"]["conflicts"]
    status, undecided = run("merge", lists[1]["id"])
    assert (status, undecided["code"]) == (5, "proposal_conflicts")
    status, _ = run("merge", lists[1]["id"], "--take", f"{conflict['segment']}=up")
    assert status == 2
    status, empty = run("merge", lists[1]["id"], "--take", f"{conflict['segment']}=ours")
    assert (status, empty["code"]) == (3, "change_empty")
    status, left = run("merge", lists[1]["id"], "--take", f"{conflict['segment']}=theirs")
    assert (status, sorted(change["kind"] for change in left["changes"])) == (0, ["added"] * 2 + ["removed"] * 2)
    assert left["against"]["faults"] == left["against"]["opened"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("diff", "甲乙线"), "bad_parameter"),
        (("propose", "missing.json"), "file_missing"),
        (("propose", "missing.gpkg", "--line", "甲乙线"), "bad_parameter"),
        (("propose",), "bad_parameter"),
        (("propose", "missing.json", "--submission", str(UUID(int=1))), "bad_parameter"),
        (("propose", "--submission", str(UUID(int=1))), "bad_parameter"),
        (
            ("propose", "--submission", str(UUID(int=1)), "--message", "m", "--document", "agreement"),
            "no_such_submission",
        ),
        (("proposals", "x"), "bad_id"),
        (("withdraw", str(UUID(int=1)), "--reason", "无"), "no_such_proposal"),
        (("revert", str(UUID(int=1)), "--message", "m", "--document", "agreement"), "no_such_changeset"),
    ],
)
def test_wrong_use_says_so(run: Callable[..., tuple[int, Any]], words: tuple[str, ...], code: str) -> None:
    assert run(*words)[1]["code"] == code
