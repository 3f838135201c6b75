"""Comparisons say the same, byte for byte, however files were saved; with the two sides exchanged, the mirror image."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.inspection import report
from boundaries.inspection.compare import compare
from boundaries.inspection.model import Marker, Record
from boundaries.inspection.survey import Submission
from boundaries.inspection.views import report as views_report
from boundaries.inspection.views.compare import compare_views
from boundaries.inspection.views.model import View
from tests.known_truth.cases import degrees
from tests.known_truth.lines import Coordinates, surveyed, winding_line
from tests.scale import examples

GOLDEN = Path(__file__).parents[1] / "samples" / "golden"
#: Markers stand at these vertices of the line.
STANDING = (0, 40, 80, 120)
#: Metres of a degree of latitude.
DEGREE_M = 111_195.0


def as_bytes(document: dict[str, Any]) -> str:
    """A report as it is written."""
    return json.dumps(document, ensure_ascii=False, indent=1)


# -- two surveys of a line --------------------------------------------------------------------------------------------


@cache
def the_line() -> Coordinates:
    """A winding line of 2.5 km."""
    return winding_line(np.random.default_rng(11), 2_500, 20)


def bulged(line: Coordinates, north_m: float, begin: int, end: int) -> Coordinates:
    """The line with a run of it moved north."""
    moved = line.copy()
    moved[begin:end, 1] += north_m
    return moved


@cache
def two_surveys() -> tuple[Submission, Submission]:
    """A with a lost marker, B with a strip, a marker that has walked and a ring; the strip of B has no match in A."""
    random = np.random.default_rng(4)
    a = surveyed(random, bulged(the_line(), -18.0, 90, 110), 0.5, 1.0)
    b = surveyed(random, bulged(the_line(), 30.0, 20, 45), 0.5, 1.0)
    ring = the_line()[60] + 150 * np.array([[3, 3], [4, 3], [4, 4], [3, 3]])
    walked = {2: np.array([0.0, 20.0])}
    return (
        Submission(Record((degrees(a),), 0.5, markers({}, without=1))),
        Submission(Record((degrees(b), degrees(ring)), 0.5, markers(walked))),
    )


def markers(moved: dict[int, Coordinates], without: int | None = None) -> tuple[Marker, ...]:
    """Four markers of the line, some moved, one left out."""
    return tuple(
        Marker(f"99012{number}", _at(the_line()[vertex] + moved.get(number, np.zeros(2))))
        for number, vertex in enumerate(STANDING)
        if number != without
    )


def _at(place: Coordinates) -> tuple[float, float]:
    lon, lat = degrees(np.array([place, place + 1])).coords[0]
    return lon, lat


def legal_record(*, backward: bool = False) -> Record:
    """The legal line with its markers."""
    line = the_line()[::-1] if backward else the_line()
    return Record((degrees(line),), 0.5, markers({}))


@st.composite
def saved(draw: st.DrawFn, given_: Submission) -> Submission:
    """A submission cut, turned and shuffled as any program may save it."""
    lines: list[LineString] = []
    for line in given_.record.lines:
        vertices = np.array(line.coords)
        cut = draw(st.integers(1, len(vertices) - 2))
        parts = [vertices[: cut + 1], vertices[cut:]]
        lines += [LineString(part[::-1] if draw(st.booleans()) else part) for part in parts]
    found = draw(st.permutations(given_.record.markers))
    return Submission(Record(tuple(draw(st.permutations(lines))), given_.record.accuracy_m, tuple(found)))


@given(st.data())
@settings(max_examples=examples(6), deadline=None)
def test_how_the_files_of_a_line_were_saved_changes_no_byte(data: st.DataObject) -> None:
    a, b = two_surveys()
    first = report.as_document(compare(legal_record(), a, b), {})
    again = report.as_document(compare(legal_record(), data.draw(saved(a)), data.draw(saved(b))), {})
    assert as_bytes(again) == as_bytes(first)


@given(
    begin=st.integers(5, 60),
    run=st.integers(10, 50),
    of_a=st.sampled_from(range(-56, 57, 8)),
    of_b=st.sampled_from(range(-56, 57, 8)),
    seed=st.integers(0, 1_000),
)
@settings(max_examples=examples(15), deadline=None)
def test_the_sides_exchanged_are_the_mirror_image(begin: int, run: int, of_a: int, of_b: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = (
        Submission(Record((degrees(surveyed(random, bulged(the_line(), north, begin, begin + run), 0.5, 1.0)),), 0.5))
        for north in (of_a, of_b)
    )
    there = report.as_document(compare(legal_record(), a, b), {})
    back = report.as_document(compare(legal_record(backward=True), b, a), {})
    same(map(told, there["findings"]), (told(mirrored(one)) for one in back["findings"]))
    assert back["tolerance_m"] == there["tolerance_m"]
    assert back["agreement"]["p95_m"] == pytest.approx(there["agreement"]["p95_m"], rel=0.1, abs=0.1)


def same(ones: Iterable[tuple[Any, ...]], others: Iterable[tuple[Any, ...]]) -> None:
    """The same findings in any order, their areas (the last of each) to a ten thousandth: planes differ that much."""
    first, second = sorted(ones), sorted(others)
    assert [one[:-1] for one in first] == [one[:-1] for one in second]
    assert [one[-1] for one in first] == pytest.approx([one[-1] for one in second], rel=1e-4, abs=0.5)


EXCHANGED = {"a": "b", "b": "a", "left": "right", "right": "left"}


def mirrored(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding with the sides exchanged."""
    facts = {name: EXCHANGED.get(value, value) for name, value in finding["facts"].items()}
    return {**finding, "side": EXCHANGED.get(finding["side"], finding["side"]), "facts": facts}


def told(finding: dict[str, Any]) -> tuple[Any, ...]:
    """What a finding is, where a sum of slivers depends on how they are cut without its measures."""
    if finding["kind"] == "sliver_summary":
        return (finding["kind"], "", "", [], 0.0)
    area = finding["measures"].get("area_m2", 0.0)
    return (finding["kind"], finding["severity"], finding["side"], sorted(finding["facts"].items()), area)


# -- two layers of units ----------------------------------------------------------------------------------------------


def counties(line_m: float, *, enclave: bool = False) -> dict[str, BaseGeometry]:
    """甲县, 乙县 and 丙县 around a tri-point so many metres north; 乙县 perhaps with an enclave in 甲县."""
    middle, end = (99.1, 40.1 + line_m / DEGREE_M), 40.1 + line_m / 3 / DEGREE_M
    jia: BaseGeometry = Polygon([(99.0, 40.0), (99.1, 40.0), middle, (99.1, 40.2), (99.0, 40.2)])
    yi: BaseGeometry = Polygon([middle, (99.2, end), (99.2, 40.2), (99.1, 40.2)])
    bing = Polygon([(99.1, 40.0), (99.2, 40.0), (99.2, end), middle])
    piece = shapely.box(99.04, 40.05, 99.05, 40.06)
    if enclave:
        jia, yi = jia.difference(piece), yi.union(piece)
    return {code: shapely.segmentize(one, 0.01) for code, one in (("990121", jia), ("990122", yi), ("990123", bing))}


def view(units: dict[str, BaseGeometry]) -> View:
    """A layer surveyed to a metre."""
    polygons = np.array([units[code] for code in sorted(units)], dtype=object)
    return View(tuple(sorted(units)), (None,) * len(units), polygons, 1.0)


@st.composite
def drawn(draw: st.DrawFn, units: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The same polygons from another vertex, in another direction, their parts in another order."""

    def ring(vertices: Coordinates) -> Coordinates:
        turned = np.roll(vertices[:-1], draw(st.integers(0, len(vertices))), axis=0)
        closed: Coordinates = np.concatenate([turned, turned[:1]])
        return closed[::-1] if draw(st.booleans()) else closed

    def other(polygon: Any) -> Any:
        parts = [
            Polygon(ring(np.array(part.exterior.coords)), [ring(np.array(hole.coords)) for hole in part.interiors])
            for part in shapely.get_parts(polygon)
        ]
        return parts[0] if len(parts) == 1 else shapely.MultiPolygon(draw(st.permutations(parts)))

    return {code: other(polygon) for code, polygon in units.items()}


@given(st.data())
@settings(max_examples=examples(15), deadline=None)
def test_how_two_layers_were_saved_changes_no_byte(data: st.DataObject) -> None:
    a, b = counties(0), counties(120, enclave=True)
    first = views_report.as_document(compare_views(view(a), view(b)), {})
    again = views_report.as_document(compare_views(view(data.draw(drawn(a))), view(data.draw(drawn(b)))), {})
    assert as_bytes(again) == as_bytes(first)


MIRRORED_KINDS = {"enclave_new": "enclave_vanished", "enclave_vanished": "enclave_new"}


@given(north=st.floats(-400, 400), enclave_a=st.booleans(), enclave_b=st.booleans())
@settings(max_examples=examples(15), deadline=None)
def test_two_layers_exchanged_are_the_mirror_image(north: float, enclave_a: bool, enclave_b: bool) -> None:
    a, b = view(counties(0, enclave=enclave_a)), view(counties(north, enclave=enclave_b))
    there, back = (views_report.as_document(compare_views(*pair), {}) for pair in ((a, b), (b, a)))
    assert back["tolerance_m"] == there["tolerance_m"]
    assert back["agreement"] == there["agreement"]
    mirror = (
        of_units({**one, "kind": MIRRORED_KINDS.get(one["kind"], one["kind"]), "units": _exchanged(one)})
        for one in back["findings"]
    )
    same(map(of_units, there["findings"]), mirror)


def _exchanged(finding: dict[str, Any]) -> list[str]:
    units: list[str] = finding["units"]
    return units[::-1] if finding["kind"] == "disputed_area" else units


def of_units(finding: dict[str, Any]) -> tuple[Any, ...]:
    """What a finding of two layers is."""
    return (finding["kind"], finding["severity"], finding["units"], finding["measures"].get("area_m2", 0.0))


# -- what it said yesterday -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["line", "units"])
def test_the_reports_are_those_that_were_read_and_approved(name: str) -> None:
    """Places to a centimetre: the last digits of a double are no fact. Written anew by `_write_golden`."""
    approved = json.loads((GOLDEN / f"comparison_{name}.json").read_text(encoding="utf-8"))
    assert json.loads(as_bytes(_golden(name))) == approved


def _golden(name: str) -> Any:
    if name == "line":
        return _rounded(report.as_document(compare(legal_record(), *two_surveys()), {}))
    found = compare_views(view(counties(0)), view(counties(120, enclave=True)))
    return _rounded(views_report.as_document(found, {}))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return round(value, 7) if isinstance(value, float) else value


def _write_golden() -> None:
    for name in ("line", "units"):
        (GOLDEN / f"comparison_{name}.json").write_text(as_bytes(_golden(name)) + "\n", encoding="utf-8")
