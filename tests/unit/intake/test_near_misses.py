"""What lies just on the right side of each rule must not be reported."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from tests.unit.intake import figures
from tests.unit.intake.surveys import (
    CRS,
    DEGREES,
    LINE_NAME,
    NUMBERED,
    beside,
    check,
    cut,
    inserted,
    kinds,
    line,
    moved,
    origin,
    said,
    segments,
    write,
    zipped,
)


@pytest.fixture(scope="module")
def legal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("legal") / "legal.gpkg", [line()])


FORMATS = [("shp", CRS), ("shp", NUMBERED), ("shp", DEGREES), ("gpkg", "EPSG:4498"), ("gpkg", "EPSG:4326")]
FORMATS += [
    ("geojson", DEGREES),
    ("geojson", "EPSG:4326"),
    ("gpkg", "EPSG:3857"),
    ("gpkg", "EPSG:32650"),
    ("kml", "EPSG:4326"),
]


@pytest.mark.parametrize(("suffix", "crs"), FORMATS)
def test_a_right_file_passes_without_a_question_in_every_format_and_system(
    tmp_path: Path, legal: Path, suffix: str, crs: str
) -> None:
    path = write(tmp_path / f"survey.{suffix}", [line()], to=crs)
    report = check(path, against=legal)
    assert said(report) == []
    assert report.verdict == "accepted"
    assert report.layers[0].crs.confidence == "certain"


@pytest.mark.parametrize("encoding", ["GB18030", "GBK", "UTF-8", "GB2312"])
def test_a_declared_encoding_that_fits_is_believed(tmp_path: Path, encoding: str) -> None:
    report = check(write(tmp_path / "survey.shp", [line()], encoding=encoding))
    assert said(report) == []
    assert report.layers[0].encoding.declared == encoding
    assert report.layers[0].encoding.believed == ("UTF-8" if encoding == "UTF-8" else "GB18030")


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_an_encoding_that_is_not_declared_is_found_without_complaint(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "survey.shp", [line()], encoding=encoding, fields={"line": ["㙍䶮线"]})
    path.with_suffix(".cpg").unlink()
    report = check(path)
    assert said(report) == []
    assert report.layers[0].encoding.believed == encoding


@pytest.mark.parametrize("name", ["03\x04", "base64", "utf-16", "unicode_escape", "punycode", "idna", "\0"])
def test_what_a_cpg_calls_an_encoding_and_is_none_does_no_harm(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "survey.shp", [line()], fields={"line": ["a line"]})
    path.with_suffix(".cpg").write_text(name)
    assert said(check(path)) == []
    path = write(tmp_path / "chinese.shp", [line()])
    path.with_suffix(".cpg").write_text(name)
    assert set(said(check(path))) <= {("encoding_conflict", "unknown")}


def test_names_in_other_scripts_are_not_taken_for_damage(tmp_path: Path) -> None:
    names = ["Ürümqi–Zürich", "ཨ་མདོ།", "ئۈرۈمچى", "São Café", "甲乙线", "？？"]
    report = check(write(tmp_path / "survey.gpkg", segments(line(), 6), fields={"line": names, "note": names}))
    assert "encoding_damaged" not in kinds(report)


def test_a_field_name_cut_off_by_the_format_is_read_as_the_whole(tmp_path: Path) -> None:
    points = [shapely.Point(line().coords[at]) for at in (10, 300)]
    report = check(write(tmp_path / "m.shp", points, encoding="UTF-8", fields={"界桩编号": ["001", "002"]}))
    assert said(report) == [("encoding_damaged", "field_name")]
    assert report.verdict == "accepted"


def test_an_archive_may_hold_several_layers_in_folders_with_chinese_names(tmp_path: Path, legal: Path) -> None:
    (tmp_path / "a").mkdir()
    first = write(tmp_path / "a" / "界线.shp", [line()])
    points = [shapely.Point(line().coords[at]) for at in (0, 300, 600)]
    second = write(tmp_path / "a" / "jz.shp", points, fields={"code": ["001", "002", "003"]})
    report = check(zipped(tmp_path / "上交.zip", first, second, folder="成果/矢量/"), against=legal)
    assert said(report) == []
    assert sorted(layer.name for layer in report.layers) == ["jz", "界线"]


class PlainName(zipfile.ZipInfo):
    """A member whose name is written as bytes of GB 18030 without the mark for UTF-8, as Chinese programs do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 -- zipfile's own hook
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def test_the_names_in_an_archive_may_be_bytes_of_gb18030(tmp_path: Path, legal: Path) -> None:
    written = write(tmp_path / "界线.shp", [line()])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for part in sorted(written.parent.glob("界线.*")):
            out.writestr(PlainName(f"成果/䶮溪/{part.name}"), part.read_bytes())
    report = check(tmp_path / "a.zip", against=legal)
    assert said(report) == []
    assert [layer.name for layer in report.layers] == ["界线"]


def test_layers_in_two_systems_meet_in_one_plane(tmp_path: Path) -> None:
    points = [shapely.Point(line().coords[at]) for at in (0, 300, 600)]
    path = write(tmp_path / "survey.gpkg", [line()], layer="lines")
    write(path, points, layer="markers", to=DEGREES, fields={"code": ["001", "002", "003"]})
    assert said(check(path)) == [("crs_conflict", "layers")]


GOOD: dict[str, Callable[[], Any]] = {
    "pieces that meet": lambda: segments(line(), 5),
    "a multipart line": lambda: [shapely.MultiLineString(segments(line(), 3))],
    "an end within the tolerance": lambda: [moved(line(), -1, 0.6, 1.4)],
    "a course that goes another way": lambda: [
        shapely.LineString([*line().coords[:200], beside(220, 30, 260), beside(250, -10, 300), *line().coords[270:]])
    ],
    "a sharp turn that is none": lambda: [inserted(line(), 301, beside(300, 8, 160), beside(300, 16, 2))],
    "vertices a centimetre apart": lambda: [inserted(line(), 301, beside(300, 0.01, 0.002))],
    "ends that are far apart": lambda: [*segments(line(), 2), figures.ring(0, -10)][:2],
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_against_the_legal_line_is_not_reported(tmp_path: Path, legal: Path, name: str) -> None:
    assert said(check(write(tmp_path / "survey.shp", GOOD[name]()), against=legal)) == []


def test_a_tee_is_no_crossing_and_two_names_are_no_hole(tmp_path: Path) -> None:
    other = shapely.LineString([line().coords[300], beside(300, 40, 900)])
    far = translate(line(), 0, 20_000)
    path = write(tmp_path / "survey.shp", [line(), other, far], fields={"line": ["甲乙线", "甲丙线", "丙丁线"]})
    assert said(check(path)) == []


def test_three_lines_in_one_point_are_a_tri_point(tmp_path: Path) -> None:
    assert said(check(write(tmp_path / "survey.shp", figures.tri((0, 0), (0, 0), (0, 0))))) == []


def test_markers_within_the_tolerance_and_pairs_on_both_sides(tmp_path: Path) -> None:
    path = figures.markers_beside(tmp_path, ["001", "002", "003"], [0.4, -1.2, 1.5])
    assert said(check(path)) == []
    (tmp_path / "pair").mkdir()
    assert said(check(figures.pair(tmp_path / "pair", 6, -7))) == []


def test_markers_numbered_from_the_other_end_say_that_the_line_runs_the_wrong_way(tmp_path: Path, legal: Path) -> None:
    path = figures.markers_beside(tmp_path, ["005", "004", "003", "001"], [0] * 4)
    assert said(check(path)) == [("direction", "markers")]
    # where a legal line gives the direction, numbers may go either way as long as they are in order
    assert said(check(path, against=legal)) == []


def test_the_scale_sets_what_is_near(tmp_path: Path) -> None:
    path = figures.markers_beside(tmp_path, ["001", "002", "003"], [0, 9, 0])
    assert said(check(path, scale=50_000)) == []
    assert said(check(path, scale=5_000)) == [("marker_off_line", "plain")]


def test_units_that_fit_with_a_hole_filled_by_another(tmp_path: Path) -> None:
    inner = figures.square(1000, 1000, 800, 800)
    outer = shapely.Polygon(figures.square(0, 0).exterior, [inner.exterior.coords])
    path = figures.units(tmp_path, [outer, inner, figures.square(4000, 0)])
    assert said(check(path)) == []


def test_a_neighbour_with_a_further_vertex_on_the_common_edge_fits(tmp_path: Path) -> None:
    x, y = origin(4000, 0)
    right = shapely.Polygon([(x, y), (x + 4000, y), (x + 4000, y + 4000), (x, y + 4000), (x, y + 1500)])
    assert said(check(figures.units(tmp_path, [figures.square(0, 0), right]))) == []


def test_an_enclave_is_new_only_where_the_legal_units_do_not_know_it(tmp_path: Path) -> None:
    inner = figures.square(1000, 1000, 800, 800)
    outer = shapely.Polygon(figures.square(0, 0).exterior, [inner.exterior.coords])
    mainland = figures.square(4000, 0)
    handed_in = [outer, shapely.MultiPolygon([mainland, inner])]
    (tmp_path / "known").mkdir()
    (tmp_path / "unknown").mkdir()
    path = figures.units(tmp_path, handed_in)
    known = figures.units(tmp_path / "known", handed_in)
    unknown = figures.units(tmp_path / "unknown", [figures.square(0, 0), mainland])
    assert said(check(path, against=known)) == []
    report = check(path, against=unknown)
    assert said(report) == [("enclave_new", "polygon")]
    assert report.findings[0].measures["area_m2"] == pytest.approx(640_000, rel=1e-3)


def test_units_are_held_against_their_legal_neighbours(tmp_path: Path) -> None:
    for name in ("legal", "same", "wider", "narrower"):
        (tmp_path / name).mkdir()
    west, east, north = figures.square(0, 0), figures.square(4000, 0), figures.square(0, 4000, 8000)
    legal = write(tmp_path / "legal" / "legal.gpkg", [west, east, north], to=DEGREES, fields={"code": ["1", "2", "3"]})
    assert said(check(figures.units(tmp_path / "same", [west]), against=legal)) == []
    wider = check(figures.units(tmp_path / "wider", [figures.square(0, 0, 4030)]), against=legal)
    assert said(wider) == [("overlap", "polygons")]
    assert wider.findings[0].measures["area_m2"] == pytest.approx(30 * 4000, rel=1e-3)
    strip = [figures.square(0, 0, 3970), figures.square(4000, -4000, 4000, 4000)]
    found = check(figures.units(tmp_path / "narrower", strip), against=legal)
    # between the strip and what is outside there is no edge: land is missing only where units are all round it
    assert said(found) == []


def test_a_translation_within_the_tolerance_is_not_suspected(tmp_path: Path, legal: Path) -> None:
    assert said(check(write(tmp_path / "survey.shp", [translate(line(), 0.9, -0.7)]), against=legal)) == []


def test_heights_are_kept_and_told(tmp_path: Path) -> None:
    high = shapely.LineString([(x, y, 100.0 + at) for at, (x, y) in enumerate(line().coords)])
    report = check(write(tmp_path / "survey.gpkg", [high]))
    assert said(report) == [("geometry_type", "heights")]
    assert report.verdict == "accepted"


def test_the_legal_line_may_hold_more_lines_than_the_file_is_about(tmp_path: Path) -> None:
    other = shapely.LineString([line().coords[-1], origin(14_000, 3_000), origin(19_000, 9_000)])
    third = shapely.LineString([line().coords[-1], origin(14_000, -3_000), origin(16_000, -9_000)])
    names = {"line": [LINE_NAME, "甲丙线", "乙丙线"]}
    legal = write(tmp_path / "legal.gpkg", [line(), other, third], fields=names)
    assert said(check(write(tmp_path / "survey.shp", [line()]), against=legal)) == []
    beyond = write(tmp_path / "beyond.shp", [moved(line(), -1, 0.5, 9)])
    assert said(check(beyond, against=legal)) == [("tripoint_mismatch", "legal")]


def test_a_closed_line_may_begin_anywhere(tmp_path: Path) -> None:
    ring = figures.ring(3000, 3000, 900)
    turned = shapely.LineString([*ring.coords[20:], *ring.coords[1:21]])
    legal = write(tmp_path / "legal.gpkg", [ring])
    assert said(check(write(tmp_path / "survey.shp", [turned]), against=legal)) == []
    opened = cut(turned, 0, len(turned.coords) - 9)
    assert kinds(check(write(tmp_path / "open.shp", [opened]), against=legal)) == ["missing_stretch"]


def test_what_was_received_has_its_hash_whatever_its_form(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.shp", [line()])
    archive = zipped(tmp_path / "survey.zip", path)
    copy = tmp_path / "copy.zip"
    shutil.copy(archive, copy)
    assert check(archive).sha256 == check(copy).sha256 != check(path).sha256
    assert np.unique([len(check(one).sha256) for one in (path, archive)]).tolist() == [64]
