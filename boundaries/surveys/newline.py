"""A surveyed line that is not in the network yet: where its ends meet what is there, and whose land it divides. Pure.

An end lies at a node, or cuts a segment in two where it meets it, or is free:
the first line of a township may stand alone, with rings that stay open and are
said to be. A line that divides the whole land under it gives each side to its
unit, with every stretch of the outline on that side. Nothing else moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from boundaries.geometry.content import on_grid, to_steps
from boundaries.geometry.ellipsoid import distance_m
from boundaries.network.editing import Editor
from boundaries.network.model import Network, Segment
from boundaries.network.versions import State
from boundaries.surveys.points import Joined, wrong
from boundaries.surveys.points import Point as Surveyed

Position = tuple[float, float]
#: Degrees beside the middle of a course at which is asked whose land is there: a centimetre.
BESIDE_DEG = 1e-7
#: Degrees (a tenth of a millimetre) within which a stretch lies on the outline of a face.
ALONG_DEG = 1e-9


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends: the position, how it meets the network, the segment it cuts, how far the point was off."""

    at: Position
    kind: Literal["node", "on_line", "free"]
    segment: UUID | None
    off_m: float


def place_end(position: Position, state: State, tolerance_m: float) -> End:
    """The end of a line at a surveyed position: at a node within the tolerance, else on a segment, else free."""
    nodes = {end for segment in state.values() for end in _ends(segment)}
    near = min(nodes, key=lambda node: (distance_m(position, node), node), default=None)
    if near is not None and (off := distance_m(position, near)) <= tolerance_m:
        return End(near, "node", None, off)
    found = _on_segment(position, state)
    if found is not None and found.off_m <= tolerance_m:
        return found
    return End(_gridded(position), "free", None, 0.0)


def _ends(segment: Segment) -> list[Position]:
    first, last = shapely.get_coordinates(segment.geometry)[[0, -1]].tolist()
    return [(first[0], first[1]), (last[0], last[1])]


def _gridded(position: Position) -> Position:
    x, y = on_grid(np.array([position]))[0].tolist()
    return x, y


def _on_segment(position: Position, state: State) -> End | None:
    """The nearest place on any segment, to the register's millimetre."""
    feet = [(_foot(position, state[identity].geometry), identity) for identity in sorted(state)]
    if not feet:
        return None
    (foot, _), segment = min(feet, key=lambda found: found[0][1])
    at = _gridded(foot)
    return End(at, "on_line", segment, distance_m(position, at))


def _foot(position: Position, course: LineString) -> tuple[Position, float]:
    """The place of a course nearest to a position, and how far it is in degrees of latitude.

    Edges are straight in longitude and latitude, as the register draws them, so that is where the place is looked for.
    """
    scale = np.array([np.cos(np.radians(position[1])), 1.0])
    vertices = shapely.get_coordinates(course)
    here = np.array(position) * scale
    start, along = vertices[:-1] * scale, np.diff(vertices * scale, axis=0)
    length2 = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    share = np.clip(((here - start) * along).sum(axis=1) / length2, 0.0, 1.0)
    off = np.hypot(*(start + along * share[:, None] - here).T)
    nearest = int(off.argmin())
    x, y = (vertices[nearest] + share[nearest] * (vertices[nearest + 1] - vertices[nearest])).tolist()
    return (x, y), float(off[nearest])


def join_new(points: Sequence[Surveyed], ends: Sequence[End]) -> Joined:
    """The course through the points, in their order, between two ends; a closed one ends where it begins.

    Raises `BadInput` `survey_points`.
    """
    inner = [_gridded(point.position) for point in points[1:-1]]
    vertices = [ends[0].at, *inner, ends[1].at]
    course = LineString(vertices)
    if len({*vertices}) < len(vertices) - (ends[0].at == ends[1].at) or not course.is_simple:
        raise wrong("the course stands still or crosses itself: two points are alike, or their order is wrong")
    return Joined(course, tuple(points), ends[0].off_m, ends[1].off_m)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a new line does: its segment, and the stretches that go from one holder to another with it."""

    segment: UUID
    handed_over: tuple[tuple[UUID, UUID, UUID], ...]


def draw(
    editor: Editor, course: LineString, left: UUID, right: UUID, *, whole: bool, said: Mapping[str, object]
) -> Drawn:
    """Enter a line between two units as it runs; with `whole` it divides the land under it between them.

    Raises `BadInput` `survey_points` where it divides nothing.
    """
    before = dict(editor.segments)
    closed = course.is_ring
    for at in () if closed else _both_ends(course):
        _cut(editor, at)
    identity = editor.add(course, left, right, **said)
    handed = tuple(_hand_over(editor, editor.segments[identity], before)) if whole else ()
    return Drawn(identity, handed)


def _both_ends(course: LineString) -> tuple[Position, Position]:
    first, last = shapely.get_coordinates(course)[[0, -1]].tolist()
    return (first[0], first[1]), (last[0], last[1])


def _cut(editor: Editor, at: Position) -> None:
    """Cut the segment on which an end lies; none where it is a node already, or free."""
    here = to_steps(np.array([at]))[0]
    segments = [editor.segments[identity] for identity in sorted(editor.segments)]
    if any((to_steps(np.array(_ends(s))) == here).all(axis=1).any() for s in segments):
        return
    found = _on_segment(at, editor.segments)
    if found is not None and found.segment is not None and (to_steps(np.array([found.at]))[0] == here).all():
        editor.split(found.segment, at)


def _hand_over(editor: Editor, line: Segment, before: State) -> Iterable[tuple[UUID, UUID, UUID]]:
    """Give each side of the line the stretches of the old holder's outline that bound it."""
    holder = _holder_under(line.geometry, before)
    if holder is None:
        raise wrong("the line lies in the land of nobody in the register: it cannot divide it as a whole")
    outline = [s for s in editor.segments.values() if holder in (s.left, s.right) and s.id != line.id]
    noded = [segment.geometry for segment in outline] + [line.geometry]
    faces = [f for f in shapely.get_parts(shapely.polygonize(noded)) if isinstance(f, Polygon)]
    sides = {side: _face_beside(line.geometry, faces, sign) for side, sign in (("left", 1), ("right", -1))}
    if sides["left"] is None or sides["right"] is None or sides["left"] is sides["right"]:
        raise wrong("the line does not divide the land in two: it must run from outline to outline, or be closed")
    for side, unit in (("left", line.left), ("right", line.right)):
        face = sides[side]
        if face is not None and unit is not None and unit != holder:
            yield from _assigned(editor, outline, face, holder, unit)


def _holder_under(course: LineString, state: State) -> UUID | None:
    """Whose land lies under the middle of a course."""
    network, middle = Network(state.values()), shapely.line_interpolate_point(course, 0.5, normalized=True)
    return next((holder for holder in network.holders if shapely.intersects(network.polygon(holder), middle)), None)


def _face_beside(course: LineString, faces: Sequence[Polygon], sign: int) -> Polygon | None:
    """The face left (1) or right (-1) of the longest edge of a course."""
    vertices = shapely.get_coordinates(course)
    edges = np.diff(vertices, axis=0)
    longest = int(np.hypot(*edges.T).argmax())
    along = edges[longest] / np.hypot(*edges[longest])
    beside = (vertices[longest] + vertices[longest + 1]) / 2 + sign * BESIDE_DEG * np.array([-along[1], along[0]])
    place = Point(beside)
    return next((face for face in faces if shapely.contains(face, place)), None)


def _assigned(
    editor: Editor, outline: Sequence[Segment], face: Polygon, holder: UUID, unit: UUID
) -> Iterable[tuple[UUID, UUID, UUID]]:
    for segment in outline:
        middle = shapely.line_interpolate_point(segment.geometry, 0.5, normalized=True)
        if shapely.distance(face.boundary, middle) <= ALONG_DEG:
            sides = [unit if one == holder else one for one in (segment.left, segment.right)]
            editor.assign(segment.id, *sides)
            yield segment.id, holder, unit
