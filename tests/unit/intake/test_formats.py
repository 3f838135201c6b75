"""Formats beside Shapefile, GeoPackage and GeoJSON: DXF, KML in a KMZ, file geodatabases, tables of markers."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

from tests.unit.intake.surveys import CRS, DEGREES, LINE_NAME, NUMBERED, check, line, said, write


@pytest.fixture(scope="module")
def legal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("legal") / "legal.gpkg", [line()])


def test_a_drawing_has_no_system_and_lies_where_its_numbers_say(tmp_path: Path, legal: Path) -> None:
    report = check(write(tmp_path / "a.dxf", [line()], to=NUMBERED, fields={"Layer": ["0"]}), against=legal)
    assert said(report) == [("crs_missing", "believed")]
    assert report.layers[0].crs.believed == NUMBERED


def test_a_kmz_is_an_archive_with_a_kml(tmp_path: Path, legal: Path) -> None:
    kml = write(tmp_path / "doc.kml", [line()], to="EPSG:4326")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as out:
        out.write(kml, "doc.kml")
    assert said(check(tmp_path / "a.kmz", against=legal)) == []


def geodatabase(folder: Path) -> Path:
    frame = gpd.GeoDataFrame({"line": [LINE_NAME]}, geometry=[line()], crs=CRS)
    pyogrio.write_dataframe(frame, folder / "成果.gdb", driver="OpenFileGDB", layer="界线")
    with zipfile.ZipFile(folder / "a.zip", "w") as out:
        for part in sorted((folder / "成果.gdb").iterdir()):
            out.write(part, f"上交/成果.gdb/{part.name}")
    return folder / "a.zip"


def test_a_file_geodatabase_in_an_archive(tmp_path: Path, legal: Path) -> None:
    report = check(geodatabase(tmp_path), against=legal)
    assert said(report) == []
    assert [layer.name for layer in report.layers] == ["界线"]


def test_a_file_geodatabase_without_its_catalogue(tmp_path: Path) -> None:
    path = geodatabase(tmp_path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        for member in whole.infolist():
            if "a00000001" not in member.filename:
                out.writestr(member, whole.read(member))
    assert [kind for kind, _ in said(check(tmp_path / "b.zip"))] == ["unreadable"]


ON_LINE = [line().coords[at] for at in (0, 200, 400, 600)]
CODES = ["001", "002", "003", "004"]


def table(path: Path, head: str, rows: Sequence[tuple[object, ...]], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]), encoding=encoding)
    return path


def degrees() -> list[tuple[float, float]]:
    points = gpd.points_from_xy(*np.array(ON_LINE).T, crs=CRS).to_crs(DEGREES)
    return [(round(point.x, 9), round(point.y, 9)) for point in points]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_markers_by_longitude_and_latitude(tmp_path: Path, legal: Path, encoding: str) -> None:
    rows = [(code, *at) for code, at in zip(CODES, degrees(), strict=True)]
    report = check(table(tmp_path / "m.csv", "界桩编号,经度(°),纬度(°)", rows, encoding), against=legal)
    assert said(report) == [("crs_missing", "believed")]
    assert (report.layers[0].geometry, report.layers[0].features) == ("Point", 4)


@pytest.mark.parametrize("head", ["code,Y坐标,X坐标", "code,x,y", "编号,横坐标（m）,纵坐标（m）"])
def test_northings_called_x_are_northings(tmp_path: Path, legal: Path, head: str) -> None:
    rows = [(code, *at) for code, at in zip(CODES, ON_LINE, strict=True)]
    report = check(table(tmp_path / "m.csv", head, rows), against=legal)
    assert said(report) == [("crs_missing", "believed")]
    turned = [(code, at[1], at[0]) for code, at in zip(CODES, ON_LINE, strict=True)]
    other = head.replace("横", "?").replace("纵", "横").replace("?", "纵")
    assert said(check(table(tmp_path / "t.csv", other, turned), against=legal)) == said(report)


def test_a_position_that_is_none_is_told_by_its_row(tmp_path: Path, legal: Path) -> None:
    rows: list[tuple[object, ...]] = [(code, *at) for code, at in zip(CODES, degrees(), strict=True)]
    rows[2] = ("003", "?", "29.3")
    report = check(table(tmp_path / "m.csv", "code,lon,lat", rows), against=legal)
    assert sorted(said(report)) == [("coordinate_nonfinite", "plain"), ("crs_missing", "believed")]
    assert [one.feature for one in report.findings if one.kind == "coordinate_nonfinite"] == [3]


def test_a_table_without_positions(tmp_path: Path) -> None:
    assert said(check(table(tmp_path / "m.csv", "code,name", [("001", "甲")]))) == [("unreadable", "library")]
