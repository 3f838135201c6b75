"""Comparisons of files that nobody handed in: ordered, worked out, seen by whoever ordered them, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text

from api.cli.app import main
from api.jobs.comparison_orders import tell_and_work
from boundaries.comparisons.orders.service import Office, Wanted, find_order, forget_orders, order_comparison
from boundaries.comparisons.orders.working import work_order
from data import audit
from data.db import reading
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.fenced import Fences
from tests.integration.counter.conftest import Window
from tests.samples.compared import bulged
from tests.samples.counter import Desk, write

WEST, EAST = shapely.box(99.0, 40.0, 99.1, 40.1), shapely.box(99.1, 40.0, 99.2, 40.1)
TONGUE = shapely.box(99.1, 40.03, 99.101, 40.06)
#: Long after any day on which this runs.
FAR_AWAY = datetime(2999, 12, 31, tzinfo=UTC)


def layers(folder: Path, field: str = "code") -> dict[str, Path]:
    """Two offices' views of 甲县 and 乙县: a tongue of 85 m goes to either."""
    folder.mkdir(exist_ok=True)
    paths = {}
    for name, units in (("a", (WEST, EAST)), ("b", (WEST.union(TONGUE), EAST.difference(TONGUE)))):
        frame = gpd.GeoDataFrame(
            {field: ["990121", "990122"], "name": ["甲县", "乙县"]}, geometry=list(units), crs=4490
        )
        paths[name] = folder / f"图层{name}.gpkg"
        frame.to_file(paths[name])
    return paths


def surveys(desk: Desk) -> dict[str, Path]:
    course, folder = desk.course(), desk.folder / "files"
    folder.mkdir()
    lines = {"legal": course, "a": course, "b": bulged(course, 40.0, (0.3, 0.5))}
    return {name: Path(write(parts, folder / f"{name}.gpkg")) for name, parts in lines.items()}


def wanted(paths: Mapping[str, Path], kind: Any = "units", **more: Any) -> Wanted:
    files = {role: (path, path.name) for role, path in paths.items()}
    given: dict[str, Any] = {"accuracies_m": {"a": None, "b": None}, "documents": {}, "fields": {"a": None, "b": None}}
    return Wanted(kind, files, **{**given, **more})


def office(desk: Desk) -> Office:
    return Office(desk.engine, desk.counter.blobs, desk.clock)


def uploads(paths: Mapping[str, Path]) -> dict[str, tuple[str, bytes]]:
    return {role: (path.name, path.read_bytes()) for role, path in paths.items()}


def blobs(desk: Desk) -> int:
    return sum(path.is_file() for path in (desk.folder / "attachments").rglob("*"))


def test_layers_over_http_are_compared_by_a_job_as_by_the_command(
    desk: Desk, window: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = layers(desk.folder / "layers", "dm")
    answer = window.client.post(
        "/v1/compare/units", files=uploads(paths), data={"code_field": "dm"}, headers=window.headers("keeper")
    )
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"]
    assert window.get("keeper", address).json()["state"] == "waiting"
    assert window.get("keeper", f"{address}/report/json").json()["code"] == "comparison_not_done"
    told: list[tuple[int, int, str]] = []
    order = UUID(answer.json()["id"])
    assert work_order(office(desk), order, lambda *said: told.append(said)) == "done"
    assert (told[0], told[-1][:2]) == ((0, 100, "files"), (90, 100))
    assert {what for _, _, what in told} >= {"pairs", "squares", "report"}
    assert work_order(office(desk), order, lambda *_: None) == "done"
    done = window.get("keeper", address).json()
    assert (done["state"], done["counts"]) == ("done", {"error": 1})
    assert "1处" in done["answer"]["zh"]
    report = window.get("keeper", f"{address}/report/json")
    words = [f"--{name}={path}" for name, path in paths.items()]
    assert main(["boundary", "compare-units", *words, "--code-field=dm", "--json", "--processes=1"]) == 1
    assert report.content.decode() == capsys.readouterr().out
    html = window.get("keeper", f"{address}/report/html_zh").text
    assert html.startswith("<!doctype html>")
    assert "两图层归属不同的土地" in html
    assert html.count("<svg") >= 2
    (desk.folder / "found.gpkg").write_bytes(window.get("keeper", f"{address}/report/gpkg").content)
    assert list(gpd.read_file(desk.folder / "found.gpkg", layer="land")["units"]) == ["990122, 990121"]
    assert window.get("keeper", f"{address}/report/shown_zh").status_code == 404
    # nobody else's, and nobody's without signing in
    for who, code in (("surveyor", "no_such_comparison"), (None, "sign_in_needed")):
        assert window.get(who, address).json()["code"] == code
        assert window.get(who, f"{address}/report/json").json()["code"] == code
    assert [one["id"] for one in window.get("keeper", "/v1/comparison-orders").json()["items"]] == [done["id"]]
    assert window.get("surveyor", "/v1/comparison-orders").json()["items"] == []
    with reading(desk.engine) as connection:
        assert audit.verify(connection)[1] is None


def test_surveys_over_http_are_compared_by_a_job(desk: Desk, window: Window) -> None:
    answer = window.client.post(
        "/v1/compare/lines",
        files=uploads(surveys(desk)),
        data={"accuracy_a": "0.5", "document_b": "演示〔2026〕3号"},
        headers=window.headers("surveyor"),
    )
    assert answer.status_code == 202, answer.text
    assert tell_and_work(office(desk), UUID(answer.json()["id"]), None) == "done"
    report = window.get("surveyor", f"{answer.headers['location']}/report/json").json()
    assert report["findings"][0]["measures"]["width_m"] == pytest.approx(40, abs=1)
    assert "--accuracy-a 0.5" in report["reproduce"]
    assert "--document-b" in report["reproduce"]


BAD: dict[str, tuple[str, dict[str, str], str]] = {
    "no second layer": ("units", {}, "bad_upload"),
    "a word for a number": ("units", {"accuracy_a": "gut"}, "bad_accuracy"),
    "no accuracy": ("units", {"accuracy_b": "0"}, "bad_accuracy"),
    "infinite": ("units", {"accuracy_b": "inf"}, "bad_accuracy"),
    "another field": ("units", {"hello": "1"}, "unknown_parameter"),
    "too long a field": ("units", {"code_field": "c" * 101}, "bad_comparison_pair"),
    "too long a document": ("lines", {"document_a": "文" * 201}, "bad_comparison_pair"),
}


@pytest.fixture
def tiny(tmp_path: Path) -> dict[str, Path]:
    """Files that are never read."""
    paths = {name: tmp_path / f"{name}.gpkg" for name in ("legal", "a", "b")}
    for path in paths.values():
        path.write_bytes(b"nothing")
    return paths


def test_what_cannot_be_asked_is_refused_and_nothing_is_kept(desk: Desk, window: Window, tiny: dict[str, Path]) -> None:
    for why, (kind, fields, code) in BAD.items():
        files = uploads(tiny)
        if kind == "units":
            del files["legal"]
        if why == "no second layer":
            del files["b"]
        answer = window.client.post(f"/v1/compare/{kind}", files=files, data=fields, headers=window.headers("keeper"))
        assert (answer.json()["code"], answer.status_code < 500) == (code, True), why
    for who, code in (("applicant", "not_permitted"), (None, "sign_in_needed")):
        answer = window.client.post("/v1/compare/units", content=b"", headers=window.headers(who))
        assert answer.json()["code"] == code
    assert (desk.count("comparison_order"), blobs(desk)) == (0, 0)


def test_one_person_has_so_many_under_way(desk: Desk, tiny: dict[str, Path]) -> None:
    paths = {name: tiny[name] for name in ("a", "b")}
    for _ in range(4):
        order_comparison(office(desk), desk["keeper"], wanted(paths))
    with pytest.raises(Conflict) as refused:
        order_comparison(office(desk), desk["keeper"], wanted(paths))
    assert refused.value.code == "comparisons_open"
    order_comparison(office(desk), desk["surveyor"], wanted(paths))


def test_what_is_wrong_with_the_files_is_told_and_they_are_forgotten(desk: Desk, tiny: dict[str, Path]) -> None:
    """Also where the work needs more than it may have."""
    orders = []
    for fences, code in ((Fences(), "survey_unfit"), (Fences(memory_bytes=64 << 20), "survey_unfit")):
        told = order_comparison(office(desk), desk["keeper"], wanted({name: tiny[name] for name in ("a", "b")}))
        assert work_order(office(desk), told["id"], lambda *_: None, fences) == "failed"
        with reading(desk.engine) as connection:
            found = find_order(connection, desk["keeper"], told["id"])
            assert connection.scalar(text("SELECT count(*) FROM diming.comparison_order_file")) == 0
        assert (found["state"], found["problem"]["code"]) == ("failed", code)
        orders.append(told["id"])
    assert forget_orders(desk.engine, desk.clock) == 0
    assert forget_orders(desk.engine, lambda: FAR_AWAY) == 2
    with reading(desk.engine) as connection, pytest.raises(NotFound):
        find_order(connection, desk["keeper"], orders[0])


def test_who_may_order(desk: Desk, tiny: dict[str, Path]) -> None:
    paths = {name: tiny[name] for name in ("a", "b")}
    with pytest.raises(NotPermitted):
        order_comparison(office(desk), desk["applicant"], wanted(paths))
    with pytest.raises(BadRequest):
        order_comparison(office(desk), desk["keeper"], wanted(tiny))
    with reading(desk.engine) as connection, pytest.raises(NotFound):
        find_order(connection, desk["keeper"], UUID(int=9))
