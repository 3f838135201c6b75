"""`./diming boundary compare` on real files: what surveyors hand in, in whatever system and order."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Point

from api.cli.app import main
from data.crs_plane import grid_plane
from tests.known_truth.cases import degrees
from tests.known_truth.lines import Coordinates, winding_line

GRID = 4528  # CGCS2000, zone 40 of three degrees, its number before the easting


@pytest.fixture(scope="module")
def line() -> Coordinates:
    """Five kilometres of an invented line."""
    return winding_line(np.random.default_rng(11), 5_000, 20)


@pytest.fixture
def files(tmp_path: Path, line: Coordinates) -> Path:
    """A folder with the legal line and two equal surveys."""
    for name in ("legal", "a", "b"):
        written(tmp_path / f"{name}.shp", [degrees(line)])
    return tmp_path


def written(path: Path, lines: Sequence[LineString], srid: int = GRID) -> Path:
    """Lines as a file in a grid."""
    frame = gpd.GeoDataFrame({"line": ["示例线"] * len(lines)}, geometry=list(lines), crs=4490)
    frame.to_crs(srid).to_file(path, encoding="GB18030" if path.suffix == ".shp" else None)
    return path


def compared(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the JSON of a comparison of the files in a folder."""
    words = [f"--{name}={folder / name}.shp" for name in ("legal", "a", "b")]
    status = main(["boundary", "compare", *words, "--json", *more])
    return status, json.loads(capsys.readouterr().out)


def test_equal_surveys_end_with_nothing_found(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, report = compared(files, capsys)
    assert status == 0
    assert report["findings"] == []
    assert report["tolerance_m"] == pytest.approx(2.828, abs=1e-3)
    assert set(report["inputs"]) == {"legal", "a", "b"}


def test_a_disagreement_ends_with_status_one_and_its_measures(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = line.copy()
    moved[80:110, 1] += 32
    written(files / "b.shp", [degrees(moved)])
    status, report = compared(files, capsys, f"--geojson={files / 'found.geojson'}")
    assert status == 1
    first = report["findings"][0]
    assert (first["kind"], first["side"], first["facts"]) == ("disputed_area", "both", {"departed": "b"})
    assert {"area_m2", "width_m", "run_m", "chainage_from_m", "chainage_to_m"} <= first["measures"].keys()
    assert shapely.from_geojson(json.dumps(first["geometry"])).is_valid
    drawn = gpd.read_file(files / "found.geojson")
    assert "disputed_area" in set(drawn["kind"])


def test_the_report_is_the_same_bytes_however_a_survey_is_cut_and_turned(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = line.copy()
    moved[80:110, 1] += 32
    whole, parts = degrees(moved), [degrees(moved[120:][::-1]), degrees(moved[:121])]
    reports = []
    for lines in ([whole], parts):
        written(files / "b.shp", lines)
        _, report = compared(files, capsys)
        del report["inputs"]
        reports.append(json.dumps(report))
    assert reports[0] == reports[1]


def renumbered(path: Path, lines: Sequence[LineString], change: tuple[float, float], declared: int) -> None:
    """Lines in the grid with something added to their numbers, declared as in another system."""
    frame = gpd.GeoDataFrame({"line": ["示例线"]}, geometry=list(lines), crs=4490).to_crs(GRID)
    moved = frame.geometry.translate(*change)
    gpd.GeoDataFrame({"line": ["示例线"]}, geometry=np.array(moved), crs=declared).to_file(path)


def test_the_number_of_another_zone_is_named(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eastings of zone 40 in a file that declares zone 39."""
    renumbered(files / "b.shp", [degrees(line)], (0, 0), 4527)
    status, report = compared(files, capsys)
    assert status == 1
    assert report["shift"]["b"]["cause"] == "zone"
    assert [f["kind"] for f in report["findings"]] == ["systematic_shift"]


def test_another_central_meridian_is_named(files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]) -> None:
    """Eastings without a zone on 120°E in a file that declares 117°E."""
    renumbered(files / "b.shp", [degrees(line)], (-40_000_000, 0), 4548)
    _, report = compared(files, capsys)
    assert report["shift"]["b"]["cause"] == "central_meridian"
    assert report["shift"]["b"]["dx_m"] == pytest.approx(-287_000, rel=0.02)


def test_exchanged_axes_are_named(files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]) -> None:
    plane = grid_plane(120.0, 40_500_000.0)
    assert plane.from_stored is not None
    numbers = plane.from_stored(np.array(degrees(line).coords))[:, ::-1]
    gpd.GeoDataFrame({"line": ["示例线"]}, geometry=[LineString(numbers)], crs=GRID).to_file(files / "b.shp")
    _, report = compared(files, capsys)
    assert report["shift"]["b"]["cause"] == "axis_swap"
    assert {f["kind"] for f in report["findings"]} == {"systematic_shift"}


def test_a_declared_former_datum_is_compared_as_it_stands_and_named(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    """EPSG:2364 is Xi'an 1980, zone 40 of three degrees."""
    renumbered(files / "b.shp", [degrees(line)], (88.0, -37.0), 2364)
    _, report = compared(files, capsys)
    assert report["shift"]["b"]["cause"] == "xian80"
    assert report["shift"]["b"]["dx_m"] == pytest.approx(88, abs=0.5)


def test_markers_of_files_of_their_own_are_compared(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ["001Q", "002Q", "003Q"]
    places = [Point(degrees(line[[i, i + 1]]).coords[0]) for i in (0, 100, 200)]
    gpd.GeoDataFrame({"界桩编号": codes}, geometry=places, crs=4490).to_file(files / "legal.gpkg")
    gpd.GeoDataFrame({"code": codes[:2]}, geometry=places[:2], crs=4490).to_file(files / "a.geojson")
    gpd.GeoDataFrame({"code": codes}, geometry=places, crs=4490).to_file(files / "b.geojson")
    more = [f"--markers-{n}={files / n}{s}" for n, s in (("legal", ".gpkg"), ("a", ".geojson"), ("b", ".geojson"))]
    status, report = compared(files, capsys, *more)
    assert status == 1
    (lost,) = report["findings"]
    assert (lost["kind"], lost["side"], lost["facts"]["code"], lost["between"]) == (
        "marker_lost",
        "a",
        "003Q",
        ["003Q", "003Q"],
    )


def test_polygons_where_lines_belong_are_refused_with_what_to_do(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    area = degrees(line).buffer(0.001)
    gpd.GeoDataFrame({"line": ["x"]}, geometry=[area], crs=4490).to_file(files / "b.shp")
    status, problem = compared(files, capsys)
    assert (status, problem["code"]) == (3, "survey_unfit")
    assert "boundary check" in problem["detail"] or "no lines" in problem["detail"]


def test_a_missing_file_and_an_impossible_accuracy_are_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "b.shp").unlink()
    status, problem = compared(files, capsys)
    assert (status, problem["code"]) == (3, "file_missing")
    status, problem = compared(files, capsys, "--accuracy-a=0")
    assert (status, problem["code"]) == (2, "bad_accuracy")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_report_says_what_and_where(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    moved = line.copy()
    moved[80:110, 1] -= 32
    written(files / "b.shp", [degrees(moved)])
    words = [f"--{name}={files / name}.shp" for name in ("legal", "a", "b")]
    assert main(["boundary", "compare", *words, f"--lang={language}"]) == 1
    shown = capsys.readouterr().out
    assert {"en": "Neither side claims the land", "zh": "双方均未主张的区域"}[language] in shown
    assert "{" not in shown


def test_the_findings_as_geopackage_and_as_one_html_file(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = line.copy()
    moved[80:110, 1] += 32
    written(files / "b.shp", [degrees(moved)])
    out, page = files / "found.gpkg", files / "found.html"
    status, report = compared(files, capsys, f"--gpkg={out}", f"--html={page}", "--lang=zh")
    land = gpd.read_file(out, layer="land")
    assert status == 1
    assert list(land["kind"]) == ["disputed_area", "departure"]
    assert land["area_m2"][0] == pytest.approx(report["findings"][0]["measures"]["area_m2"])
    assert set(gpd.read_file(out, layer="lines")["line"]) == {"legal", "a", "b"}
    text = page.read_text("utf-8")
    assert "双方均主张" in text
    assert text.count("<svg") >= 3
    assert not re.search(r"<script|<link|https?://(?!www\.w3\.org/2000/svg)", text)
    assert all(f'id="f{number}"' in text for number in range(1, len(report["findings"]) + 1))
    status, problem = compared(files, capsys, f"--html={files / 'a.shp'}")
    assert (status, problem["code"]) == (2, "wrong_use")


def test_what_a_file_of_markers_says_of_kinds_and_witness_objects(
    files: Path, line: Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    """A phone shows the stone 9 m off; its two witness objects, measured again, are where they were."""
    place = degrees(line[[100, 101]]).coords[0]
    fields = {"界桩编号": ["9901002Q"], "类型": ["单立"], "方位物1": ["独立石"], "方位角1": [40.0],
              "距离1": [22.0], "方位物2": ["水井"], "方位角2": [130.0], "距离2": [18.0]}  # fmt: skip
    gpd.GeoDataFrame(fields, geometry=[Point(place)], crs=4490).to_file(files / "legal.gpkg")
    off = [Point(place[0], place[1] + 9 / 111_000)]
    seen = {**fields, "定位方式": ["手机"]}
    gpd.GeoDataFrame(seen, geometry=off, crs=4490).to_file(files / "a.gpkg")
    more = [f"--markers-{n}={files / n}.gpkg" for n in ("legal", "a")]
    assert compared(files, capsys, *more)[1]["findings"] == []
    alone = {name: seen[name] for name in ("界桩编号", "类型", "定位方式")}
    gpd.GeoDataFrame(alone, geometry=off, crs=4490).to_file(files / "a.gpkg")
    (found,) = compared(files, capsys, *more)[1]["findings"]
    assert (found["kind"], found["severity"], found["facts"]["proof"]) == ("marker_displaced", "info", "phone")
    gpd.GeoDataFrame({**alone, "类型": ["三立"]}, geometry=[Point(place)], crs=4490).to_file(files / "a.gpkg")
    (found,) = compared(files, capsys, *more)[1]["findings"]
    assert (found["kind"], found["facts"]["found_type"]) == ("marker_wrong_type", "triple")


def test_two_layers_of_units_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    west, east = shapely.box(99.0, 40.0, 99.1, 40.1), shapely.box(99.1, 40.0, 99.2, 40.1)
    piece = shapely.box(99.1, 40.03, 99.101, 40.06)
    for name, units in (("a", (west, east)), ("b", (west.union(piece), east.difference(piece)))):
        frame = gpd.GeoDataFrame({"dm": ["990121", "990122"], "name": ["甲县", "乙县"]}, geometry=list(units), crs=4490)
        frame.to_file(tmp_path / f"{name}.gpkg")
    words = ["boundary", "compare-units", f"--a={tmp_path / 'a.gpkg'}", f"--b={tmp_path / 'b.gpkg'}", "--processes=1"]
    assert main([*words, "--code-field=dm", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    (found,) = report["findings"]
    assert (found["kind"], found["units"]) == ("disputed_area", ["990122", "990121"])
    assert found["measures"]["width_m"] == pytest.approx(85, abs=1)
    assert report["pairs"][0]["units"] == ["990121", "990122"]
    assert found["evidence"] == ["a", "b"]
    assert found["tolerance"]["value_m"] == report["tolerance_m"]
    assert all(found["tolerance"]["source"].values())
    again = [word if word not in ("a.gpkg", "b.gpkg") else str(tmp_path / word) for word in found["reproduce"].split()]
    assert main([*again[1:], "--processes=1"]) == 1
    assert json.loads(capsys.readouterr().out) == report
    gpd.GeoDataFrame({"n": [1]}, geometry=[piece], crs=4490).to_file(tmp_path / "common.gpkg")
    assert main([*words, "--code-field=dm", f"--condominiums={tmp_path / 'common.gpkg'}", "--lang=zh"]) == 0
    assert "已知共管地" in capsys.readouterr().out
    assert main([*words, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["code"] == "code_field_missing"
