"""The course that a segment would get if one side's claim held where both disagree. Pure; metres in the line's plane.

A claim is a survey, and a survey is never on the legal line to the millimetre. So the claim is followed only as far as
it is away from the line by more than the tolerance of the comparison; before and after, the line stays vertex for
vertex as it is, and both ends of the segment with it.
"""

from __future__ import annotations

import shapely
from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, substring

from boundaries.geometry.plane import LocalPlane
from data.errors import BadInput

#: So far apart along the claim it is asked whether it is still away from the line, in metres.
STEP_M = 1.0


def course_by_claim(segment: LineString, claim: MultiLineString, land: BaseGeometry, tolerance_m: float) -> LineString:
    """`segment` with the stretch at `land` replaced by `claim`; all in degrees (CGCS2000), `tolerance_m` in metres.

    Where the claim is the line itself within the tolerance the segment comes back as it is. `BadInput`
    `claim_not_in_segment` where the claim leaves the segment for good, or does not come near.
    """
    plane = LocalPlane.of(segment, claim, land)
    line, place = plane.to_plane(segment), plane.to_plane(land)
    course = _along(_nearest_part(plane.to_plane(claim), place), line)
    begin, end = _away(course, line, place, tolerance_m)
    if begin == end:
        return segment
    leaves, returns = (line.project(course.interpolate(at)) for at in (begin, end))
    if _too_far(course, line, begin, tolerance_m) or _too_far(course, line, end, tolerance_m) or leaves >= returns:
        raise _not_here()
    return _joined(segment, plane, [substring(line, 0, leaves), substring(course, begin, end)], line, returns)


def _nearest_part(claim: MultiLineString, place: BaseGeometry) -> LineString:
    merged = linemerge(claim)
    parts = list(merged.geoms) if isinstance(merged, MultiLineString) else [merged]
    return min(parts, key=lambda part: part.distance(place))


def _along(course: LineString, line: LineString) -> LineString:
    """The course in the direction of the line."""
    first, last = (line.project(Point(course.coords[end])) for end in (0, -1))
    return course if first <= last else course.reverse()


def _away(course: LineString, line: LineString, place: BaseGeometry, tolerance_m: float) -> tuple[float, float]:
    """From where to where along the course it is away from the line at the place, in metres of the course."""
    at = [course.project(Point(vertex)) for vertex in shapely.get_coordinates(place)]
    begin, end = min(at), max(at)
    inside = substring(course, begin, end).segmentize(STEP_M) if begin < end else course.interpolate(begin)
    if max(line.distance(Point(vertex)) for vertex in shapely.get_coordinates(inside)) <= tolerance_m:
        return begin, begin
    return _outwards(course, line, begin, -STEP_M, tolerance_m), _outwards(course, line, end, STEP_M, tolerance_m)


def _outwards(course: LineString, line: LineString, at: float, step: float, tolerance_m: float) -> float:
    """From `at` on in steps until the course is back at the line, or ends."""
    while 0.0 < at < course.length and _too_far(course, line, at, tolerance_m):
        at = min(max(at + step, 0.0), course.length)
    return at


def _too_far(course: LineString, line: LineString, at: float, tolerance_m: float) -> bool:
    return bool(line.distance(course.interpolate(at)) > tolerance_m)


def _joined(
    segment: LineString, plane: LocalPlane, before: list[BaseGeometry], line: LineString, returns: float
) -> LineString:
    """The pieces end to end, with the two ends of the segment exactly as they were."""
    pieces = [*before, substring(line, returns, line.length)]
    vertices = shapely.get_coordinates(plane.to_degrees(LineString([v for piece in pieces for v in piece.coords])))
    vertices[0], vertices[-1] = segment.coords[0], segment.coords[-1]
    return shapely.remove_repeated_points(LineString(vertices))


def _not_here() -> BadInput:
    return BadInput(
        "This side's claim does not begin and end at the line within one segment: it reaches over a node, which is "
        "agreed with all whose lines meet there. Put the course on the table as a line instead "
        "(`POST /v1/disputes/{id}/courses` with `parts`). Nothing was stored.",
        code="claim_not_in_segment",
    )
