"""What is written into the close-up of a finding that is no land: where a marker went, what is not there, how far."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import shapely
from shapely import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.drawing import BOLD, View, text_of, width_of
from boundaries.inspection.model import Finding
from boundaries.inspection.report import wording
from boundaries.inspection.shift_figure import arrow, beside_arrow
from boundaries.inspection.words import Words

Markers = Sequence[tuple[str, tuple[float, float]]]
#: Half the size of the cross over a marker that is not there, in pixels.
CROSS_PX = 9.0
STRETCHES = ("missing_stretch", "enclave_vanished")
#: What is said of a marker that was found where none, or another, is recorded: the fact with its code.
FOUND_AS = {"marker_added": "code", "marker_renumbered": "found_code"}
#: What is wrong with these is how far they are from the legal line.
OFF_LINE = ("marker_off_line", "marker_added")


class Ground(NamedTuple):
    """What the findings lie on, in the plane: the recorded markers and the legal line."""

    markers: Markers
    legal: BaseGeometry


def reach_of(finding: Finding, land: BaseGeometry, markers: Markers, legal: BaseGeometry) -> BaseGeometry:
    """What a close-up has to show: the place of the finding, and of a marker where it is recorded, or the line.

    Of a marker that was measured by its witness objects the place is the one that they show.
    """
    if not isinstance(land, Point):
        return land
    recorded = _recorded(finding, markers)
    shown = [_found(finding, land, recorded), *([Point(recorded)] if recorded else [])]
    return MultiPoint([*shown, _foot(land, legal)] if finding.kind in OFF_LINE else shown)


def notes_of(
    view: View, finding: Finding, land: BaseGeometry, ground: Ground, sides: Mapping[str, str], words: Words
) -> Iterator[str]:
    """The notes of a finding; `land`: its place in the plane, `sides`: what A and B are called."""
    if isinstance(land, Point):
        yield from _marker(view, finding, land, ground, words)
    elif finding.kind in STRETCHES:
        length = words.length(finding.measures["length_m"])
        yield _beside(view, _middle(land), words[f"drawn_missing_{finding.side}"].format(**sides, length=length))
    elif finding.kind == "changed_without_agreement":
        yield _beside(view, _middle(land), words.length(finding.measures["distance_m"]))
    elif isinstance(land, MultiPoint):
        yield from _ends(view, land, words)


def _recorded(finding: Finding, markers: Markers) -> tuple[float, float] | None:
    return next((at for code, at in markers if code == finding.facts.get("code")), None)


def _found(finding: Finding, land: Point, recorded: tuple[float, float] | None) -> Point:
    """Where a marker stands: by its witness objects where those were measured, else where it was surveyed."""
    if recorded is None or finding.facts.get("proof") != "witnesses":
        return land
    far, towards = finding.measures["witness_distance_m"], math.radians(finding.measures["witness_azimuth_deg"])
    return Point(recorded[0] + far * math.sin(towards), recorded[1] + far * math.cos(towards))


def _foot(land: Point, legal: BaseGeometry) -> Point:
    """The place of the legal line that is nearest."""
    return Point(shapely.get_coordinates(shapely.shortest_line(legal, land))[0])


def _marker(view: View, finding: Finding, land: Point, ground: Ground, words: Words) -> Iterator[str]:
    x, y = view.x(land.x), view.y(land.y)
    recorded = _recorded(finding, ground.markers)
    if finding.kind == "marker_lost":
        yield _cross(x, y)
        yield text_of(x + 15, y + 18, words["drawn_lost"], "figure")
    elif finding.kind == "marker_wrong_type":
        said = {key: wording()["words"][f"{finding.facts[key]}_{words.language}"] for key in ("type", "found_type")}
        yield text_of(
            x + 15, y + 18, words["drawn_type"].format(legal=said["type"], found=said["found_type"]), "figure"
        )
    elif finding.kind in FOUND_AS:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#111"/>'
        code = finding.facts[FOUND_AS[finding.kind]]
        yield text_of(x + 15, y + 18, f"{words[finding.kind.replace('marker_', 'drawn_')]} {code}", "figure")
    elif recorded is not None and "distance_m" in finding.measures:
        place = _found(finding, land, recorded)
        yield from _went(view, finding, recorded, (view.x(place.x), view.y(place.y)), words)
    if finding.kind in OFF_LINE:
        yield from _off(view, land, _foot(land, ground.legal), words)


def _cross(x: float, y: float) -> str:
    west, east, up, down = x - CROSS_PX, x + CROSS_PX, y - CROSS_PX, y + CROSS_PX
    return (
        f'<path class="cross" d="M{west:.1f} {up:.1f}L{east:.1f} {down:.1f}M{west:.1f} {down:.1f}L{east:.1f} {up:.1f}" '
        'stroke="#9c1c14" stroke-width="2.6"/>'
    )


def _off(view: View, land: Point, foot: Point, words: Words) -> Iterator[str]:
    """How far a marker is from the legal line, drawn across."""
    x1, y1, x2, y2 = view.x(foot.x), view.y(foot.y), view.x(land.x), view.y(land.y)
    yield f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#111" stroke-width="2" stroke-dasharray="3 3"/>'
    said = words["drawn_off_line"].format(length=words.length(foot.distance(land)))
    yield beside_arrow(x1, y1, x2, y2, said)


def _went(
    view: View, finding: Finding, recorded: tuple[float, float], found: tuple[float, float], words: Words
) -> Iterator[str]:
    """From where a marker is recorded to where it was found, with what shows it."""
    (x1, y1), (x2, y2), measures = (view.x(recorded[0]), view.y(recorded[1])), found, finding.measures
    yield from arrow(x1, y1, x2, y2)
    proof = finding.facts.get("proof")
    by = "witness_" if proof == "witnesses" else ""
    said = words.length(measures[f"{by}distance_m"])
    if f"{by}azimuth_deg" in measures:
        said += f" · {words.direction(measures[f'{by}azimuth_deg'])}"
    title = words[f"drawn_{proof}"] if proof in ("witnesses", "phone") else words["drawn_found"]
    room = max(width_of(title), width_of(said)) * BOLD + 13
    # away from the arrow, unless the drawing ends there
    right = x2 + room < view.size[0] and (x2 >= x1 or x2 < room)
    side, anchor = (13, "start") if right else (-13, "end")
    yield text_of(x2 + side, y2 + 5, title, "figure", anchor)
    yield text_of(x2 + side, y2 + 22, said, "figure", anchor)
    yield text_of(x1 - side, y1 + 16, words["drawn_recorded"], "figure", "end" if right else "start")


def _ends(view: View, points: MultiPoint, words: Words) -> Iterator[str]:
    """From the agreed end of the line to where the surveys have it, or from one survey to the other."""
    first, *others = points.geoms
    x1, y1 = view.x(first.x), view.y(first.y)
    for number, other in enumerate(others):
        x2, y2 = view.x(other.x), view.y(other.y)
        yield from arrow(x1, y1, x2, y2)
        yield text_of(x2 + 9, y2 + 5 + 17 * number, words.length(first.distance(other)), "figure")


def _middle(line: BaseGeometry) -> Point:
    """The middle of the longest part of a line."""
    part = max(shapely.get_parts(line), key=lambda one: one.length)
    middle = shapely.line_interpolate_point(part, 0.5, normalized=True) if part.geom_type == "LineString" else part
    return middle if isinstance(middle, Point) else middle.centroid


def _beside(view: View, place: Point, said: str) -> str:
    return text_of(view.x(place.x) + 14, view.y(place.y) - 12, said, "figure")
