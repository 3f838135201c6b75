"""A line goes out as a GB 18030 Shapefile in two zones, with and without its side files, and comes back the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from boundaries.intake.legal_file import read_legal
from boundaries.intake.placed import placed
from boundaries.intake.profiles import profile
from boundaries.intake.reading import read_source
from boundaries.intake.received import received
from boundaries.intake.tolerances import tolerances
from data.crs_plane import grid_plane
from tests.unit.intake.surveys import LINE_NAME, check, line, said, write

MILLIMETRE = 0.001


@pytest.mark.parametrize("crs", ["EPSG:4528", "EPSG:4549"])
@pytest.mark.parametrize("lost", [(), (".prj",), (".cpg",), (".prj", ".cpg")])
def test_what_goes_out_comes_back_identical(tmp_path: Path, crs: str, lost: tuple[str, ...]) -> None:
    legal = write(tmp_path / "legal.gpkg", [line()])
    path = write(tmp_path / "survey.shp", [line()], to=crs)
    for suffix in lost:
        path.with_suffix(suffix).unlink()
    report = check(path, against=legal)
    assert said(report) == ([("crs_missing", "believed")] if ".prj" in lost else [])
    assert (report.layers[0].crs.believed, report.layers[0].encoding.believed) == (crs, "GB18030")

    limits, fields = tolerances(), profile()
    with received(path) as got:
        layers, _ = read_source(got.sources[0], fields.names)
    assert layers[0].fields == {"line": [LINE_NAME]}
    one = placed(layers[0], read_legal(legal, fields, limits).place(), None, limits)
    assert one.plane is not None
    assert one.plane.to_stored is not None
    home = grid_plane(117.0, 500_000.0)
    assert home.from_stored is not None
    back = home.from_stored(one.plane.to_stored(one.plane.to_metres(shapely.get_coordinates(one.geometries))))
    assert np.abs(back - np.array(line().coords)).max() < MILLIMETRE
