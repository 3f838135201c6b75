"""`./diming boundary check` as people and programs call it: documents, exit statuses, nothing changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from api.cli.app import main
from boundaries.intake.catalogue import catalogue
from boundaries.intake.report import as_document
from tests.unit.intake.surveys import check, cut, line, segments, write

KINDS = [
    "archive_unsafe",
    "archive_incomplete",
    "unreadable",
    "empty",
    "encoding_conflict",
    "encoding_damaged",
    "crs_missing",
    "crs_conflict",
    "crs_axis_swapped",
    "crs_zone_mismatch",
    "datum_suspect",
    "out_of_area",
    "schema_missing_field",
    "schema_bad_value",
    "duplicate_key",
    "geometry_type",
    "geometry_invalid",
    "self_intersection",
    "dangling_end",
    "missing_stretch",
    "overshoot",
    "duplicate_vertices",
    "spike",
    "direction",
    "node_mismatch",
    "tripoint_mismatch",
    "marker_off_line",
    "marker_order",
    "overlap",
    "gap",
    "sliver",
    "enclave_new",
    "coordinate_nonfinite",
]


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    status = main(["boundary", "check", *map(str, words)])
    return status, capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Any]:
    status, out = run(capsys, *words, "--json")
    return status, json.loads(out)


def test_the_catalogue_holds_the_kinds_of_the_contract() -> None:
    assert sorted(catalogue()) == sorted(KINDS)


def test_every_text_can_be_filled_and_is_there_in_both_languages() -> None:
    for kind in catalogue().values():
        assert kind.title
        assert kind.title_zh
        assert kind.rule
        for wording in kind.reasons.values():
            assert any("\u4e00" <= character <= "\u9fff" for character in wording.chinese)
            assert wording.english.isprintable()


def test_a_good_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey, legal = write(tmp_path / "survey.shp", [line()]), write(tmp_path / "legal.gpkg", [line()])
    status, told = document(capsys, survey, "--against", legal)
    assert (status, told["verdict"], told["findings"], told["counts"]) == (0, "accepted", [], {})
    assert told["file"] == "survey.shp"
    assert told["crs"]["declared"] == told["crs"]["believed"] == "EPSG:4548"
    assert told["encoding"] == {
        "declared": "GB18030",
        "believed": "GB18030",
        "why": "every text decodes by the declaration",
    }
    assert told["layers"][0] | {"name": "survey", "geometry": "LineString", "features": 1} == told["layers"][0]


def test_a_returned_file_says_where_in_degrees_and_in_its_own_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = [cut(line(), 0, 250), cut(line(), 290, 600)]
    survey, legal = write(tmp_path / "survey.shp", pieces), write(tmp_path / "legal.gpkg", [line()])
    before = survey.read_bytes()
    status, told = document(capsys, survey, "--against", legal, "--geojson", tmp_path / "out.geojson")
    assert (status, told["verdict"], told["counts"]) == (1, "returned", {"missing_stretch": 1})
    finding = told["findings"][0]
    assert set(finding) >= {"kind", "severity", "message", "feature", "field", "geometry", "measures", "rule"}
    place = shape(finding["geometry"])
    assert place.geom_type == "LineString"
    assert 118.1 < place.centroid.x < 118.4
    assert 29.2 < place.centroid.y < 29.4
    assert finding["measures"]["length_m"] == pytest.approx(cut(line(), 250, 290).length, rel=1e-3)
    assert shapely.distance(shapely.Point(finding["at"]), line()) < 0.01
    drawn = json.loads((tmp_path / "out.geojson").read_text())
    assert [one["properties"]["kind"] for one in drawn["features"]] == ["missing_stretch"]
    assert survey.read_bytes() == before


def test_a_file_with_warnings_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    legal = write(tmp_path / "legal.gpkg", [line()])
    survey = write(tmp_path / "survey.gpkg", [line().reverse()])
    status, told = document(capsys, survey, "--against", legal)
    assert (status, told["verdict"]) == (0, "accepted_with_warnings")


@pytest.mark.parametrize(("language", "words"), [("en", "returned"), ("zh", "退回修改")])
def test_the_text_report(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str) -> None:
    status, out = run(
        capsys, write(tmp_path / "survey.gpkg", [line().buffer(50)]), "--expect", "lines", "--lang", language
    )
    assert status == 1
    assert words in out
    assert "[geometry_type]" in out


def test_the_same_file_gives_the_same_report(tmp_path: Path) -> None:
    pieces = [*segments(line(), 4)[:3], cut(line(), 460, 590)]
    survey, legal = write(tmp_path / "survey.shp", pieces), write(tmp_path / "legal.gpkg", [line()])
    assert as_document(check(survey, against=legal)) == as_document(check(survey, against=legal))


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["missing.shp"], 3, "file_missing"),
        (["survey.gpkg", "--scale", "7"], 2, "bad_scale"),
        (["survey.gpkg", "--profile", "nobody"], 4, "profile_unknown"),
        (["survey.gpkg", "--against", "points.gpkg"], 3, "legal_unfit"),
        (["survey.gpkg", "--geojson", "survey.gpkg"], 2, "wrong_use"),
        (["survey.gpkg", "--expect", "pictures"], 2, "wrong_use"),
    ],
)
def test_what_cannot_be_asked(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    status: int,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    survey = write(tmp_path / "survey.gpkg", [line()])
    write(tmp_path / "points.gpkg", [shapely.Point(line().coords[0])], fields={"code": ["1"]})
    before = survey.read_bytes()
    found, told = document(capsys, *words)
    assert (found, told["code"]) == (status, code)
    assert survey.read_bytes() == before
