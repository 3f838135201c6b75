"""甲乙线 and the real line of 长兴县 and 安吉县 go out as files and come back through the check the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString

from boundaries.geometry.content import content_hash
from tests.samples.yunxi.handed_in import SAMPLES, Sample, legal_course, packed, zipped
from tests.unit.intake.courses import changan_degrees
from tests.unit.intake.surveys import check, said, write

SYSTEMS = (4528, 4549)
LOST: tuple[tuple[str, ...], ...] = ((), (".prj",), (".cpg",), (".prj", ".cpg"))


@pytest.fixture(scope="module", params=["甲乙线", "长安线"])
def course(request: pytest.FixtureRequest) -> LineString:
    return legal_course() if request.param == "甲乙线" else changan_degrees()


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
