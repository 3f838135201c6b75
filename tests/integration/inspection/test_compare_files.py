"""`./diming boundary compare` on real files: what surveyors hand in, in whatever system and order."""

from __future__ import annotations

import json
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
