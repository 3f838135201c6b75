"""The table of zones agrees with PROJ, and a declaration is understood by its parameters whatever its form."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Transformer

from data.crs_grids import Grid, find_grid, grid_of_zone, grids, understand, unnumbered_grids
from data.crs_offsets import from_bd09, from_gcj02, to_bd09, to_gcj02
from data.crs_plane import degree_plane, grid_plane, other_plane


def test_every_zone_is_what_proj_says_it_is() -> None:
    for grid in grids():
        crs = CRS.from_epsg(grid.epsg)
        assert crs.geodetic_crs is not None
        assert crs.coordinate_operation is not None
        values = {one.name: one.value for one in crs.coordinate_operation.params}
        assert crs.geodetic_crs.datum is not None
        assert crs.geodetic_crs.datum.name == grid.datum
        assert float(values["Longitude of natural origin"]) == grid.central_meridian
        assert float(values["False easting"]) == grid.false_easting_m


@pytest.mark.parametrize("grid", grids()[::11], ids=lambda grid: grid.name)
def test_a_declaration_in_the_words_of_another_program_is_that_zone(grid: Grid) -> None:
    declared = understand(CRS.from_epsg(grid.epsg).to_wkt("WKT1_ESRI"))
    assert declared is not None
    assert (declared.name, declared.zone, declared.central_meridian) == (grid.name, grid.zone, grid.central_meridian)
    assert declared.equivalent == (grid.datum == "China 2000")


def test_a_zone_is_found_by_its_number_and_by_its_meridian() -> None:
    assert [grid_of_zone(zone).name for zone in (40, 20)] == ["EPSG:4528", "EPSG:4498"]  # type: ignore[union-attr]
    assert grid_of_zone(24) is None
    assert find_grid(120.0, None).name == "EPSG:4549"  # type: ignore[union-attr]
    assert find_grid(120.5, None) is None
    assert len({grid.central_meridian for grid in unnumbered_grids()}) == 21


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("EPSG:4490", "geographic", "EPSG:4490"),
        ("OGC:CRS84", "geographic", "OGC:CRS84"),
        ("EPSG:32650", "other", "EPSG:32650"),
        (
            (
                'PROJCS["whatever",GEOGCS["x",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],'
                'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
                'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",118.5],'
                'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
            ),
            "grid",
            "whatever",
        ),
    ],
)
def test_other_declarations(text: str, kind: str, name: str) -> None:
    declared = understand(text)
    assert declared is not None
    assert (declared.kind, declared.name) == (kind, name)


LOCAL = 'LOCAL_CS["site",LOCAL_DATUM["site",0],UNIT["metre",1],AXIS["East",EAST],AXIS["North",NORTH]]'


@pytest.mark.parametrize(
    "text", [None, "", "  ", "Beijing something", 'PROJCS["dunno"', "EPSG:999999", "EPSG:5703", "EPSG:4978", LOCAL]
)
def test_what_declares_nothing(text: str | None) -> None:
    assert understand(text) is None


HERE = np.array([[118.2, 29.3], [120.128292, 30.269543], [73.6, 39.5], [135.0, 48.3]])


@pytest.mark.parametrize(("epsg", "meridian", "easting"), [(4528, 120.0, 40_500_000.0), (4549, 120.0, 500_000.0)])
def test_the_plane_of_a_zone_is_the_zone(epsg: int, meridian: float, easting: float) -> None:
    plane = grid_plane(meridian, easting)
    there = Transformer.from_crs(4490, epsg, always_xy=True)
    assert plane.from_stored is not None
    expected = np.column_stack(there.transform(HERE[:2, 0], HERE[:2, 1]))
    assert np.abs(plane.from_stored(HERE[:2]) - expected).max() < 1e-6


@pytest.mark.parametrize("swapped", [False, True])
def test_planes_lead_there_and_back(swapped: bool) -> None:
    numbers = HERE[:, ::-1] if swapped else HERE
    plane = degree_plane(105.0, swapped=swapped)
    assert plane.to_stored is not None
    metres = plane.to_metres(numbers)
    assert np.abs(plane.to_file(metres) - numbers).max() < 1e-9
    assert np.abs(plane.to_stored(metres) - HERE).max() < 1e-9


def test_any_declared_projection_can_be_measured() -> None:
    plane = other_plane("EPSG:3857", 118.0)
    numbers = np.column_stack(Transformer.from_crs(4490, 3857, always_xy=True).transform(HERE[:, 0], HERE[:, 1]))
    metres = plane.to_metres(numbers)
    assert np.abs(plane.to_file(metres) - numbers).max() < 1e-3


def test_offsets_of_web_maps_are_as_published_and_lead_back() -> None:
    # the examples of the published implementations
    assert to_gcj02(np.array([[116.404, 39.915]]))[0] == pytest.approx(
        [116.41024449916938, 39.91640428150164], abs=1e-9
    )
    assert np.abs(from_gcj02(to_gcj02(HERE)) - HERE).max() < 1e-8
    assert np.abs(from_bd09(to_bd09(HERE)) - HERE).max() < 1e-8
