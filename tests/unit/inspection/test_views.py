"""Two offices' views of units: who has which unit, which land goes to two, which to nobody; ranked, no flood."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.views.compare import compare_views
from boundaries.inspection.views.model import View, ViewComparison
from boundaries.inspection.views.nation import _dealt, in_processes, on_dask
from boundaries.inspection.views.report import as_document, as_lines
from data.errors import BadInput

#: Units of 0.1 by 0.1 degrees, about 8.5 km by 11 km, at 40 degrees north; the codes are invented.
WEST, SOUTH, SIDE = 99.0, 40.0, 0.1
METRE = 1 / 111_195  # of latitude, in degrees


def cell(column: int, row: int) -> Polygon:
    """A unit of the grid with a vertex every hundredth of its side."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return Polygon(shapely.segmentize(box(west, south, west + SIDE, south + SIDE), SIDE / 100).exterior)


def grid(columns: int = 3, rows: int = 3) -> dict[str, BaseGeometry]:
    return {f"9901{row}{column}": cell(column, row) for row in range(rows) for column in range(columns)}


def view(units: dict[str, BaseGeometry], names: dict[str, str] | None = None, accuracy_m: float | None = None) -> View:
    codes = tuple(sorted(units))
    named = tuple((names or {}).get(code) for code in codes)
    return View(codes, named, np.array([units[code] for code in codes], dtype=object), accuracy_m)


def kinds(found: ViewComparison) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.kind, f.units) for f in found.findings]


def test_equal_views_find_nothing() -> None:
    found = compare_views(view(grid()), view(grid()))
    assert found.findings == ()
    assert found.tolerance_m == pytest.approx(2.828, abs=1e-3)
    assert found.agreement.max_m == pytest.approx(0, abs=1e-3)
    assert found.counts["same_units"] == 9


def tongue(metres: float) -> Polygon:
    """A piece of the unit 99010 0 at its common line with 990101: so many metres wide, about 3 km long."""
    east = WEST + SIDE
    return box(east - metres * METRE / np.cos(np.radians(SOUTH)), SOUTH + 0.03, east, SOUTH + 0.06)


def test_land_given_to_two_is_disputed_between_the_two() -> None:
    other = grid()
    piece = tongue(40)
    other["990100"], other["990101"] = other["990100"].difference(piece), other["990101"].union(piece)
    found = compare_views(view(grid()), view(other))
    assert kinds(found) == [("disputed_area", ("990100", "990101"))]
    (dispute,) = found.findings
    assert dispute.measures["width_m"] == pytest.approx(40, rel=0.01)
    assert dispute.measures["area_m2"] == pytest.approx(40 * 0.03 / METRE, rel=0.01)
    (pair,) = found.pairs
    assert (pair.units, pair.disputed, pair.slivers) == (("990100", "990101"), 1, 0)


def test_each_office_hands_in_its_own_unit_only() -> None:
    """Both claim the tongue; what the other layer does not cover is no finding."""
    one, other = grid()["990100"], grid()["990101"].union(tongue(40))
    found = compare_views(view({"990100": one}), view({"990101": other}))
    assert kinds(found) == [("disputed_area", ("990100", "990101"))]


def test_a_view_of_one_city_misses_nothing_of_the_province_around_it() -> None:
    province, city = grid(6, 6), {code: polygon for code, polygon in grid(6, 6).items() if code < "990120"}
    assert compare_views(view(province), view(city)).findings == ()
    assert compare_views(view(city), view(province)).findings == ()
    del city["990113"]
    assert kinds(compare_views(view(province), view(city))) == [("unit_missing", ("990113",))]


def test_a_hole_between_neighbours_that_neither_view_gives_away_is_unclaimed() -> None:
    units = {code: polygon.difference(tongue(40)) for code, polygon in grid().items()}
    found = compare_views(view(units), view(units))
    assert kinds(found) == [("unclaimed_area", ("990100", "990101"))]
    assert compare_views(view(units), view(grid())).findings == ()


def test_a_hole_across_a_square_of_the_search_is_one_and_a_lake_inside_a_unit_none() -> None:
    east = 100.0
    hole = box(east - 0.01, SOUTH + 0.03, east + 0.01, SOUTH + 0.05)
    lake = box(99.92, 40.02, 99.93, 40.03)
    units = {
        "1": box(99.9, 40.0, east, 40.1).difference(hole).difference(lake),
        "2": box(east, 40.0, 100.1, 40.1).difference(hole),
    }
    assert kinds(compare_views(view(units), view(units))) == [("unclaimed_area", ("1", "2"))]


def test_units_missing_recoded_merged_renamed_and_a_code_used_again() -> None:
    a, b = grid(4, 3), grid(4, 3)
    b["990999"] = b.pop("990100")
    b["990102"] = b["990102"].union(b.pop("990101"))
    del b["990110"]
    b["990120"], b["990123"] = b["990123"], b["990120"]
    names_a, names_b = {"990111": "甲县"}, {"990111": "甲市"}
    found = compare_views(view(a, names_a), view(b, names_b))
    told = {(f.kind, f.units[0]): f for f in found.findings}
    assert sorted(told) == [
        ("code_reused", "990120"),
        ("code_reused", "990123"),
        ("disputed_area", "990120"),
        ("disputed_area", "990123"),
        ("unit_added", "990999"),
        ("unit_missing", "990100"),
        ("unit_missing", "990101"),
        ("unit_missing", "990110"),
        ("unit_renamed", "990111"),
    ]
    texts = {key: document["message"] for key, document in zip(told, as_document(found, {})["findings"], strict=True)}
    assert "another code for the same unit" in texts["unit_missing", "990100"]
    assert "part of 990102" in texts["unit_missing", "990101"]
    assert "nobody has its land" in texts["unit_missing", "990110"]
    assert told["unit_missing", "990101"].severity == "warning"
    assert all("{" not in line for language in ("zh", "en") for line in as_lines(found, language))


def test_a_unit_elsewhere_has_moved() -> None:
    a, b = grid(), grid()
    b["990100"] = box(WEST + 5, SOUTH, WEST + 5.1, SOUTH + 0.1)
    assert ("unit_moved", ("990100",)) in kinds(compare_views(view(a), view(b)))


def wavy(units: dict[str, BaseGeometry], metres: float, phase: float) -> dict[str, BaseGeometry]:
    """The units with every vertex moved by a smooth field."""

    def moved(degrees: np.ndarray) -> np.ndarray:
        east = np.sin(degrees[:, 1] * 900 + phase) * metres * METRE / np.cos(np.radians(40))
        north = np.sin(degrees[:, 0] * 700 + 2 * phase) * metres * METRE
        return np.asarray(degrees + np.column_stack([east, north]))

    return {code: shapely.transform(polygon, moved) for code, polygon in units.items()}


def test_two_layers_that_differ_everywhere_are_slivers_and_no_flood() -> None:
    a, b = wavy(grid(), 80, 0.0), wavy(grid(), 80, 1.3)
    b["990100"], b["990101"] = b["990100"].difference(tongue(2_000)), b["990101"].union(tongue(2_000))
    found = compare_views(view(a), view(b))
    assert found.tolerance_from == "agreement"
    assert found.agreement.p50_m is not None
    assert found.tolerance_m > 2 * found.agreement.p50_m
    assert kinds(found)[0] == ("disputed_area", ("990100", "990101"))
    assert len(found.findings) <= 3
    assert sum(pair.slivers for pair in found.pairs) > 100
    told = compare_views(view(a, accuracy_m=1.0), view(b, accuracy_m=1.0))
    assert told.tolerance_from == "accuracies"
    assert max(pair.told for pair in told.pairs) <= 25


def test_a_layer_that_lies_elsewhere_as_a_whole_is_one_finding() -> None:
    moved = {c: shapely.transform(p, lambda d: d + np.array([120, -60]) * METRE) for c, p in grid().items()}
    found = compare_views(view(grid()), view(moved))
    assert [f.kind for f in found.findings] == ["systematic_shift"]
    assert found.shift is not None
    assert found.shift.dy_m == pytest.approx(-60, abs=1)
    assert found.shift.dx_m == pytest.approx(120 * np.cos(np.radians(40.15)), abs=1)


def test_a_known_condominium_is_said_and_is_no_mistake() -> None:
    other = grid()
    other["990100"], other["990101"] = other["990100"].difference(tongue(40)), other["990101"].union(tongue(40))
    (known,) = compare_views(view(grid()), view(other), condominiums=[tongue(60)]).findings
    assert (known.kind, known.severity) == ("disputed_area", "info")


def test_a_bow_tie_and_an_empty_layer() -> None:
    with pytest.raises(BadInput) as refused:
        compare_views(view(grid()), view({}))
    assert refused.value.code == "view_empty"


def test_several_processes_and_dask_give_the_same_answer_as_one() -> None:
    a, b = wavy(grid(), 80, 0.0), wavy(grid(), 80, 1.3)
    b["990100"], b["990101"] = b["990100"].difference(tongue(2_000)), b["990101"].union(tongue(2_000))
    alone = as_document(compare_views(view(a), view(b)), {})
    with in_processes(2) as mapped:
        assert as_document(compare_views(view(a), view(b), mapped=mapped), {}) == alone
    on = on_dask(3, scheduler="synchronous")
    assert as_document(compare_views(view(a), view(b), mapped=on), {}) == alone


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60), st.integers(1, 8))
def test_every_part_of_the_work_gets_its_share_of_the_heavy_jobs(weights: list[int], parts: int) -> None:
    dealt = _dealt(weights, parts)
    assert sorted(dealt) == list(range(len(weights)))
    sums, at = [], 0
    for part in range(parts):
        size = len(range(part, len(weights), parts))
        sums.append(sum(weights[job] for job in dealt[at : at + size]))
        at += size
    assert max(sums) - min(sums) <= max(weights)


def test_the_order_of_units_and_vertices_changes_nothing() -> None:
    a, b = wavy(grid(), 80, 0.0), wavy(grid(), 80, 1.3)
    b["990100"], b["990101"] = b["990100"].difference(tongue(2_000)), b["990101"].union(tongue(2_000))
    turned = {code: shapely.reverse(polygon) for code, polygon in reversed(b.items())}
    first, again = (as_document(compare_views(view(a), view(units)), {}) for units in (b, turned))
    assert first["counts"] == again["counts"]
    assert [f["units"] for f in first["findings"]] == [f["units"] for f in again["findings"]]
