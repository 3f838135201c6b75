"""`./diming boundary compare` on files with several lines: each compared, and where they meet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from api.cli.app import main
from tests.known_truth.cases import degrees
from tests.known_truth.lines import winding_line
from tests.scale import LONG
from tests.unit.inspection.test_joints import BEARINGS, ending, ray

Lines = Mapping[str, LineString]
STAR: Lines = {name: degrees(ray(bearing)) for name, bearing in BEARINGS.items()}


def written(path: Path, lines: Lines, field: str = "line") -> Path:
    """Lines with their names as a file."""
    frame = gpd.GeoDataFrame({field: list(lines)}, geometry=list(lines.values()), crs=4490)
    frame.to_file(path)
    return path


def compared(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    words = [f"--{name}={folder / name}.gpkg" for name in ("legal", "a", "b")]
    status = main(["boundary", "compare", *words, "--json", *more])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("legal", "a", "b"):
        written(tmp_path / f"{name}.gpkg", STAR, "界线名称" if name == "b" else "line")
    return tmp_path


def test_each_line_is_compared_and_where_they_meet(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(files, capsys)[0] == 0
    moved = ray(20)
    moved[30:50, 1] += 60
    surveyed = {**STAR, "甲乙线": degrees(ending(moved, 9, 0))}
    written(files / "b.gpkg", surveyed)
    page, found = files / "found.html", files / "found.gpkg"
    status, report = compared(files, capsys, f"--html={page}", f"--gpkg={found}", "--lang=zh")
    kinds = {one["line"]: {finding["kind"] for finding in one["findings"]} for one in report["lines"]}
    assert status == 1
    assert kinds["甲乙线"] >= {"departure", "tripoint_mismatch"}
    assert kinds["乙丙线"] == kinds["甲丙线"] == set()
    (meeting,) = report["meetings"]
    assert (meeting["facts"]["variant"], meeting["severity"]) == ("meeting_", "error")
    assert report["counts"]["error"] >= 3
    assert set(report["inputs"]) == {"legal", "a", "b"}
    assert set(gpd.read_file(found, layer="land")["boundary"]) == {"甲乙线"}
    assert set(gpd.read_file(found, layer="places")["boundary"]) == {"甲乙线", ""}
    text = page.read_text("utf-8")
    assert "3条界线：2条在限差以内一致，1条有问题" in text
    assert "相距9.0米" in text
    assert not re.search(r"<script|<link|https?://(?!www\.w3\.org/2000/svg)", text)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))
    again = [str(files / word) if word.endswith(".gpkg") else word for word in report["reproduce"].split()]
    assert main(again[1:]) == 1
    assert json.loads(capsys.readouterr().out) == report


def test_the_text_says_it_line_by_line(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"--{name}={files / name}.gpkg" for name in ("legal", "a", "b")]
    assert main(["boundary", "compare", *words, "--lang=zh"]) == 0
    shown = capsys.readouterr().out
    assert "3条界线" in shown
    assert all(f"== {name}" in shown for name in STAR)


def test_a_line_of_which_a_side_has_nothing_was_not_surveyed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(files / "a.gpkg", {name: line for name, line in STAR.items() if name != "乙丙线"})
    _, report = compared(files, capsys)
    (finding,) = [finding for one in report["lines"] for finding in one["findings"]]
    assert (finding["kind"], finding["side"]) == ("missing_stretch", "a")


@pytest.mark.parametrize("wrong", ["unknown", "nameless"])
def test_what_is_of_no_line_of_the_legal_file_is_refused(
    files: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    name = {"unknown": "丙丁线", "nameless": ""}[wrong]
    written(files / "a.gpkg", {**{k: v for k, v in STAR.items() if k != "甲乙线"}, name: STAR["甲乙线"]})
    status, problem = compared(files, capsys)
    assert (status, problem["code"]) == (3, "survey_unfit")
    assert "界线名称" in problem["detail"]


def test_markers_belong_to_the_lines_at_which_they_stand(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stone at the meeting is a marker of all three lines; the others of one, though each line begins with a 2."""
    places = {"1": Point(STAR["甲乙线"].coords[0])}
    beside = {"甲乙线": "2", "乙丙线": "2", "甲丙线": "3"}
    rows = [*places.items(), *((code, Point(STAR[name].coords[40])) for name, code in beside.items())]
    frame = gpd.GeoDataFrame({"界桩编号": [code for code, _ in rows]}, geometry=[at for _, at in rows], crs=4490)
    frame.to_file(files / "legal-markers.gpkg")
    frame[frame["界桩编号"] != "1"].to_file(files / "a-markers.gpkg")
    more = [f"--markers-{side}={files / side}-markers.gpkg" for side in ("legal", "a")]
    _, report = compared(files, capsys, *more)
    found = [(one["line"], f["kind"], f["facts"]["code"]) for one in report["lines"] for f in one["findings"]]
    assert sorted(found) == [(name, "marker_lost", "1") for name in sorted(STAR)]


def many(count: int) -> dict[str, LineString]:
    """So many lines of two kilometres, each by itself."""
    random = np.random.default_rng(3)
    return {f"{n:03d}线": degrees(winding_line(random, 2_000, 25) + np.array([0, 6_000 * n])) for n in range(count)}


@pytest.mark.parametrize("count", [100 if LONG else 9])
def test_many_lines_at_once_in_several_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    lines = many(count)
    for name in ("legal", "a", "b"):
        written(tmp_path / f"{name}.gpkg", lines)
    reports = [compared(tmp_path, capsys, f"--processes={processes}") for processes in (1, 2)]
    assert reports[0] == reports[1]
    assert (reports[0][0], len(reports[0][1]["lines"]), reports[0][1]["counts"]) == (0, count, {})
