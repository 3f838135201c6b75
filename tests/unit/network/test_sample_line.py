"""The sample line's files are what its script draws, small, and a line as surveyors make them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from boundaries.geometry.ellipsoid import distance_m, length_m
from boundaries.markers.coding import parse_code
from tests.samples.yunxi.draw import BANK_M, FOLDER, JIA, YI, write

#: Bytes that the line may weigh in the repository.
MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("yunxi")
    write(folder)
    return folder


def features(path: Path) -> dict[str, LineString]:
    body = json.loads(path.read_text("utf-8"))
    return {f["properties"]["segment"]: LineString(f["geometry"]["coordinates"]) for f in body["features"]}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def line() -> LineString:
    pieces = [g for key, g in features(FOLDER / "line.geojson").items() if key.startswith("甲乙")]
    merged = shapely.line_merge(shapely.MultiLineString(pieces), directed=True)
    assert isinstance(merged, LineString)
    return merged


@pytest.mark.parametrize("name", ["line.geojson", "line_later.geojson"])
def test_the_courses_are_what_the_script_draws(again: Path, name: str) -> None:
    kept, drawn = features(FOLDER / name), features(again / name)
    assert list(kept) == list(drawn)
    for key, course in kept.items():
        # the last digit of eight may round the other way on another machine
        assert np.allclose(shapely.get_coordinates(course), shapely.get_coordinates(drawn[key]), rtol=0, atol=1.5e-8)


@pytest.mark.parametrize("name", ["markers.csv", "witnesses.csv", "markers_jia_bing.csv", "witnesses_jia_bing.csv"])
def test_the_tables_are_what_the_script_draws(again: Path, name: str) -> None:
    for kept, drawn in zip(rows(FOLDER / name), rows(again / name), strict=True):
        assert kept.keys() == drawn.keys()
        for field, value in kept.items():
            try:
                assert float(value) == pytest.approx(float(drawn[field]), abs=2e-8)
            except ValueError:
                assert value == drawn[field]


def test_it_is_sixty_kilometres_of_about_three_thousand_vertices(line: LineString) -> None:
    assert length_m(line) == pytest.approx(60_000, abs=1)
    assert 2800 < shapely.get_num_coordinates(line) < 3200
    assert line.is_simple


def test_it_weighs_little() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < MOST_BYTES


def test_later_courses_keep_their_ends_and_stay_near() -> None:
    first, later = features(FOLDER / "line.geojson"), features(FOLDER / "line_later.geojson")
    assert len(later) == 2
    for key, course in later.items():
        assert course.coords[0] == first[key].coords[0]
        assert course.coords[-1] == first[key].coords[-1]
        assert course.is_simple
        assert not course.equals(first[key])


def test_markers_are_numbered_from_west_to_east_and_stand_on_the_line(line: LineString) -> None:
    markers = rows(FOLDER / "markers.csv")
    assert len(markers) == 20
    on_line = {tuple(vertex) for vertex in line.coords}
    serials, places = [], []
    for marker in markers:
        code = marker["code"]
        assert code.startswith(JIA + YI)
        serials.append(parse_code(code[12:], "plain").serial)
        places.append((float(marker["longitude"]), float(marker["latitude"])))
        assert (places[-1] in on_line) == (marker["kind"] == "single")
    assert serials == sorted(serials)
    assert [p[0] for p in places[:7]] == sorted(p[0] for p in places[:7])
    banks = [p for p, marker in zip(places, markers, strict=True) if marker["kind"] == "double"]
    assert distance_m(*banks) == pytest.approx(2 * BANK_M, abs=0.01)


def test_every_marker_has_witness_objects_of_different_names() -> None:
    by_code: dict[str, list[str]] = {}
    for row in rows(FOLDER / "witnesses.csv"):
        by_code.setdefault(row["code"], []).append(row["name"])
        assert 0 <= float(row["azimuth_deg"]) < 360
        assert 5 < float(row["distance_m"]) < 70
    assert by_code.keys() == {row["code"] for row in rows(FOLDER / "markers.csv")}
    assert all(2 <= len(names) == len(set(names)) <= 3 for names in by_code.values())
