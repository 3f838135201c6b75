"""Where three or more legal lines meet: pairs of surveys, how many lines come there, in what order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from boundaries.inspection.compare import compare
from boundaries.inspection.model import Finding, Record
from boundaries.inspection.several.compare import compare_several
from boundaries.inspection.several.model import Named, Several
from boundaries.inspection.several.report import as_several_document
from boundaries.inspection.survey import Submission
from tests.known_truth.cases import degrees
from tests.known_truth.lines import Coordinates

#: The meeting, in the plane of the known truth, and the directions in which its lines leave it, from north to the east.
CENTRE = np.array([5_000.0, 5_000.0])
BEARINGS = {"甲乙线": 20.0, "乙丙线": 140.0, "甲丙线": 260.0}
STEP_M, LENGTH_M = 25.0, 2_000.0


def ray(bearing: float, begin_m: float = 0.0) -> Coordinates:
    """A line from the meeting, or from so far along it, with a gentle bend."""
    along = np.arange(begin_m, LENGTH_M + 1, STEP_M)
    turned = np.radians(bearing + 4 * np.sin(along / 400))
    line: Coordinates = CENTRE + along[:, None] * np.column_stack([np.sin(turned), np.cos(turned)])
    return line


def ending(line: Coordinates, east_m: float, north_m: float) -> Coordinates:
    """The line with its end at the meeting elsewhere, and nothing else."""
    moved = line.copy()
    moved[0] += (east_m, north_m)
    return moved


Surveys = Mapping[tuple[str, str], Coordinates]


def named(surveys: Surveys, bearings: Mapping[str, float] = BEARINGS, reverse: Sequence[str] = ()) -> list[Named]:
    """The lines, legal and as surveyed; `reverse`: those that run towards the meeting."""
    found = []
    for name, bearing in bearings.items():
        legal = ray(bearing)
        of = {side: surveys.get((name, side), legal) for side in ("a", "b")}
        turned = -1 if name in reverse else 1
        record = Record((degrees(legal[::turned]),), 1.0)
        a, b = (Submission(Record((degrees(of[side]),), 1.0)) for side in ("a", "b"))
        found.append(Named(name, record, a, b))
    return found


def met(surveys: Surveys, **more: object) -> Several:
    return compare_several(named(surveys, **more))  # type: ignore[arg-type]


def variants(found: Several) -> list[str]:
    return [one.facts["variant"] for one in found.meetings]


def per_line(found: Several) -> set[str]:
    kinds = {one.kind for comparison in found.lines.values() for one in comparison.findings}
    return kinds - {"sliver_summary", "changed_without_agreement"}


J, Y, B = "甲乙线", "乙丙线", "甲丙线"
#: What was surveyed, what is told of the meeting, and whether anything is told of a line alone.
CASES: dict[str, tuple[Surveys, list[str], set[str]]] = {
    "as agreed": ({}, [], set()),
    "within the tolerance": ({(J, "a"): ending(ray(20), 1.5, 0), (Y, "b"): ending(ray(140), -1.5, 0)}, [], set()),
    "each near enough to the point, two lines apart": (
        {(J, "a"): ending(ray(20), 3, 0), (Y, "b"): ending(ray(140), -3, 0)}, ["meeting_"], set(),
    ),
    "one line elsewhere": ({(J, "a"): ending(ray(20), 5, 0)}, ["meeting_"], {"tripoint_mismatch"}),
    "a line that nobody brought there": (
        {(B, "a"): ray(260, 300), (B, "b"): ray(260, 300)}, ["degree_"], {"missing_stretch"},
    ),
    "a line that one side brought there": ({(B, "a"): ray(260, 300)}, [], {"missing_stretch"}),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("reverse", [(), (J, B)], ids=["outwards", "two towards it"])
def test_what_is_told_of_a_meeting(case: str, reverse: Sequence[str]) -> None:
    surveys, told, alone = CASES[case]
    found = met(surveys, reverse=reverse)
    assert (variants(found), per_line(found)) == (told, alone)


def test_the_pair_farthest_apart_is_named_with_its_places_and_what_each_side_says() -> None:
    found = met({(J, "a"): ending(ray(20), 3, 0), (Y, "b"): ending(ray(140), -3, 0)})
    (one,) = found.meetings
    assert one.measures["distance_m"] == pytest.approx(6, abs=0.01)
    assert one.facts["pair"] == "乙丙线(B)—甲乙线(A)"
    assert one.facts["lines"] == "乙丙线、甲丙线、甲乙线"
    assert set(one.values["a"]) == set(BEARINGS) == set(one.values["legal"])
    assert one.geometry is not None
    assert one.geometry.geom_type == "MultiPoint"
    report = as_several_document(found, {})
    (told,) = report["meetings"]
    assert told["tolerance"]["value_m"] == pytest.approx(1.5 * 2 * 2**0.5, abs=1e-3)
    assert "相距6.0米" in told["message_zh"]
    assert "6.0 m" in told["message"]


def crossed(bearing: float, other: float) -> Coordinates:
    """A line that leaves the meeting as another one does and comes back to its own course."""
    mine, theirs = ray(bearing), ray(other)
    line = mine.copy()
    line[1:4] = theirs[1:4]
    return line


def test_lines_that_leave_in_another_order_are_told_of_that_side() -> None:
    found = met({(J, "a"): crossed(20, 140), (Y, "a"): crossed(140, 20)})
    orders = [one for one in found.meetings if one.facts["variant"].startswith("order_")]
    (one,) = orders
    assert (one.facts["of"], one.severity) == ("a", "warning")
    assert one.facts["legal_order"] == "甲丙线→乙丙线→甲乙线"
    assert one.facts["order"] == "甲丙线→甲乙线→乙丙线"


def test_four_lines_meet_and_elsewhere_two_that_are_no_meeting() -> None:
    four = {"1": 10.0, "2": 100.0, "3": 190.0, "4": 280.0}
    assert variants(met({}, bearings=four)) == []
    away = met({("4", "b"): ending(ray(280), 0, 12)}, bearings=four)
    assert variants(away) == ["meeting_"]
    assert away.meetings[0].measures["line_count"] == 4
    two = {name: four[name] for name in "12"}
    assert variants(met({("2", "b"): ending(ray(100), 0, 12)}, bearings=two)) == []


def test_it_does_not_depend_on_the_order_of_lines_and_exchanged_sides_mirror_it() -> None:
    surveys = {(J, "a"): ending(ray(20), 3, 0), (Y, "b"): ending(ray(140), -3, 0)}
    lines = named(surveys)
    texts = {json.dumps(as_several_document(compare_several(order), {})) for order in (lines, lines[::-1])}
    assert len(texts) == 1
    # with the lines turned their left is their right, and each survey is the other side's
    mirrored = compare_several(
        [Named(one.name, Record(tuple(line.reverse() for line in one.legal.lines), 1.0), one.b, one.a) for one in lines]
    )
    there, back = (summary(found.meetings) for found in (compare_several(lines), mirrored))
    assert [(length, pair.translate(str.maketrans("AB", "BA"))) for length, pair in there] == back


def summary(found: Sequence[Finding]) -> list[tuple[float, str]]:
    return [(round(one.measures["distance_m"], 6), one.facts.get("pair", "")) for one in found]


@pytest.mark.parametrize("noise_m", [0.0, 0.3])
def test_surveys_of_three_lines_in_one_file_without_names_are_placed_rightly(noise_m: float) -> None:
    """One record with three lines that meet, as a file that names none: each survey lies at its own line."""
    random = np.random.default_rng(5)
    rays = [ray(bearing) for bearing in BEARINGS.values()]
    legal = Record(tuple(degrees(line) for line in rays), 1.0)
    a, b = (
        Submission(Record(tuple(degrees(line + random.normal(0, noise_m, line.shape)) for line in rays), 1.0))
        for _ in "ab"
    )
    found = compare(legal, a, b)
    assert [one.kind for one in found.findings if one.kind != "sliver_summary"] == []
    assert found.agreement.within_tolerance_share == 1.0
    assert found.agreement.length_m == pytest.approx(3 * LENGTH_M, rel=0.01)


@pytest.mark.parametrize("line", range(3))
@pytest.mark.parametrize("side", ["a", "b"])
def test_a_disagreement_beside_the_meeting_is_found_on_its_own_line(line: int, side: str) -> None:
    """40 m wide from 200 m to 700 m along one of three lines in one record."""
    rays = [ray(bearing) for bearing in BEARINGS.values()]
    moved = [one.copy() for one in rays]
    ahead = moved[line][29] - moved[line][8]
    moved[line][8:29] += 40 * np.array([ahead[1], -ahead[0]]) / np.hypot(*ahead)
    legal = Record(tuple(degrees(one) for one in rays), 1.0)
    surveys = {name: Submission(Record(tuple(degrees(one) for one in rays), 1.0)) for name in ("a", "b")}
    surveys[side] = Submission(Record(tuple(degrees(one) for one in moved), 1.0))
    found = compare(legal, surveys["a"], surveys["b"])
    assert found.agreement.length_m == pytest.approx(3 * LENGTH_M, rel=0.02)
    (land,) = [one for one in found.findings if one.kind in ("disputed_area", "unclaimed_area")]
    # to the right of the line: what A takes there both claim, what B leaves there nobody does
    assert land.kind == ("disputed_area" if side == "a" else "unclaimed_area")
    assert land.measures["width_m"] == pytest.approx(40, abs=1.5)
    assert {one.kind for one in found.findings} <= {
        land.kind,
        "departure",
        "sliver_summary",
        "changed_without_agreement",
    }


@pytest.mark.parametrize("through", [(0, 1), (1, 2), (0, 2)])
def test_a_survey_drawn_through_the_meeting_in_one_piece_is_cut_there(through: tuple[int, int]) -> None:
    rays = [ray(bearing) for bearing in BEARINGS.values()]
    (third,) = [rays[k] for k in range(3) if k not in through]
    one_piece = np.concatenate([rays[through[0]][::-1], rays[through[1]][1:]])
    legal = Record(tuple(degrees(line) for line in rays), 1.0)
    noise = np.random.default_rng(8).normal(0, 0.3, one_piece.shape)
    a = Submission(Record((degrees(one_piece + noise), degrees(third)), 1.0))
    b = Submission(Record(tuple(degrees(line) for line in rays), 1.0))
    found = compare(legal, a, b)
    assert [one.kind for one in found.findings if one.kind != "sliver_summary"] == []
    assert found.agreement.length_m == pytest.approx(3 * LENGTH_M, rel=0.02)
