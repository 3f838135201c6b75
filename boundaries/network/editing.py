"""Edits of the network, one after another, and the amendment that they come to. Pure.

An editor changes a copy of the state; nothing is snapped, closed or repaired on
the way. A node is where it is put; what does not meet stays apart, and the
checks say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from boundaries.geometry.content import on_grid, to_steps
from boundaries.network.amendment import Amendment, LineChange, LineEntry, Place, World
from boundaries.network.build import line_id
from boundaries.network.model import Condominium, Segment
from boundaries.network.versions import diff
from data.errors import BadInput
from data.ids import new_id

Position = tuple[float, float]
#: Steps of the grid (1.1 mm) within which a place between two vertices lies on their edge: rounding to the grid moves
#: it by 0.7 of a step at most, and the edge that it then makes by as much again.
_ON_EDGE_STEPS = 2.0


class Editor:
    """A state of the network being edited. Positions are longitude and latitude in degrees."""

    def __init__(self, world: World, fresh: Callable[[], UUID] = new_id) -> None:
        self._world = world
        self._fresh = fresh
        self.segments: dict[UUID, Segment] = dict(world.segments)
        self._lines: dict[UUID, LineChange] = {}
        self._entered: dict[UUID, Condominium] = {}
        self._ended: dict[UUID, Condominium] = {}
        self._markers: set[Place] = set()

    def amendment(self, *, leaves_open: bool = False) -> Amendment:
        """What the edits come to."""
        return Amendment(
            segments=diff(self._world.segments, self.segments),
            lines=tuple(self._lines[line] for line in sorted(self._lines)),
            entered=tuple(self._entered[one] for one in sorted(self._entered)),
            ended=tuple(self._ended[one] for one in sorted(self._ended)),
            marker_nodes=frozenset(self._markers),
            leaves_open=leaves_open,
        )

    # -- segments ------------------------------------------------------------------------------------------------

    def add(self, course: LineString, left: UUID | None, right: UUID | None, **said: Any) -> UUID:
        """A new segment between two holders; `said` is status, scale, accuracy and method. Its id."""
        identity = self._fresh()
        self.segments[identity] = Segment(identity, left, right, _gridded(course), **said)
        return identity

    def remove(self, segment: UUID) -> None:
        """Take a segment out; what it divided is one then, or open."""
        del self.segments[self._known(segment).id]

    def reshape(self, segment: UUID, course: LineString) -> None:
        """Give a segment another course, from its start to its end."""
        self.segments[segment] = replace(self._known(segment), geometry=_gridded(course))

    def assign(self, segment: UUID, left: UUID | None, right: UUID | None) -> None:
        """Say who is on the left and right of a segment as it is stored."""
        self.segments[segment] = replace(self._known(segment), left=left, right=right)

    def say(self, segment: UUID, **said: Any) -> None:
        """State legal or technical status, scale, accuracy or method of a segment."""
        self.segments[segment] = replace(self._known(segment), **said)

    def split(self, segment: UUID, at: Position, *, marker: bool = False) -> tuple[UUID, UUID]:
        """Cut a segment in two at a place on it; the ids of its first and its second part.

        Raises `BadInput` `node_not_on_segment` where the place is neither a vertex nor, to the millimetre, on an edge.
        """
        whole = self._known(segment)
        before, after = _cut_at(whole, at)
        del self.segments[segment]
        parts = [replace(whole, id=self._fresh(), geometry=LineString(course)) for course in (before, after)]
        self.segments |= {part.id: part for part in parts}
        if marker:
            self.mark(at)
        return parts[0].id, parts[1].id

    def join(self, one: UUID, other: UUID) -> UUID:
        """Make one segment of two that follow each other between the same holders; its id.

        Raises `BadInput` `segments_not_joinable` where they do not, or where a third one ends between them.
        """
        first, second = self._known(one), self._known(other)
        joined = _joined(first, second)
        if joined is None or self._degree(_ends(first) & _ends(second)) != 2:
            raise BadInput(
                f"Segments {one} and {other} cannot be joined: they must follow each other, divide the same two, say "
                "the same of themselves, and no third one may end between them.",
                code="segments_not_joinable",
            )
        identity = self._fresh()
        del self.segments[one], self.segments[other]
        self.segments[identity] = replace(joined, id=identity)
        return identity

    def _degree(self, places: set[Place]) -> int:
        """How many ends of segments are at one of the places that two have in common."""
        return min((sum(_end_list(s).count(place) for s in self.segments.values()) for place in places), default=0)

    def move_node(self, at: Position, to: Position) -> list[UUID]:
        """Move every segment end at a place to another one; the segments. `BadInput` `no_node_there`."""
        here = _place(at)
        moved = [segment for segment in self.segments.values() if here in _end_list(segment)]
        if not moved:
            raise BadInput(f"No segment ends at {at}: there is no node to move.", code="no_node_there")
        for segment in moved:
            course = shapely.get_coordinates(segment.geometry).copy()
            for end in (0, -1):
                if _place(course[end]) == here:
                    course[end] = to
            self.segments[segment.id] = replace(segment, geometry=_gridded(LineString(course)))
        return [segment.id for segment in moved]

    def mark(self, at: Position) -> None:
        """Say that a marker stands at the node of a place."""
        self._markers.add(_place(at))

    def _known(self, segment: UUID) -> Segment:
        found = self.segments.get(segment)
        if found is None:
            raise BadInput(f"There is no segment {segment} to change here.", code="no_such_segment")
        return found

    # -- lines and condominiums ----------------------------------------------------------------------------------

    def name_line(
        self, level: str, units: Iterable[UUID], *, name: str | None, code: str | None = None, source: str | None = None
    ) -> UUID:
        """Give the line between two units of a level a name and a code; its id."""
        entry = self._entry(level, units)
        return self._state(replace(entry, name=name, code=code, name_source=source if name else None))

    def order_line(self, level: str, units: Iterable[UUID], run: Iterable[tuple[UUID, int]]) -> UUID:
        """Say in which order and directions the line between two units goes through its segments; its id."""
        return self._state(replace(self._entry(level, units), run=tuple(run)))

    def _entry(self, level: str, units: Iterable[UUID]) -> LineEntry:
        pair = frozenset(units)
        if len(pair) != 2:
            raise BadInput("A line is between two units.", code="line_has_no_segments")
        identity = line_id(level, pair)
        stated = self._lines.get(identity)
        first, second = sorted(pair)
        known = stated.after if stated else self._world.lines.get(identity)
        return known or LineEntry(identity, level, (first, second))

    def _state(self, entry: LineEntry) -> UUID:
        self._lines[entry.id] = LineChange(self._world.lines.get(entry.id), entry)
        return entry.id

    def enter_condominium(self, name: str, holders: Iterable[UUID]) -> UUID:
        """Make land that several units hold together; its id, for the sides of segments."""
        identity = self._fresh()
        self._entered[identity] = Condominium(identity, name, frozenset(holders))
        if len(self._entered[identity].holders) < 2:
            raise BadInput(f"{name} is held by two units at least.", code="condominium_needs_holders")
        return identity

    def end_condominium(self, condominium: UUID) -> None:
        """End a condominium; its land has to get other holders. `BadInput` `no_such_condominium`."""
        known = self._world.condominiums.get(condominium)
        if known is None:
            raise BadInput(f"There is no condominium {condominium} to end here.", code="no_such_condominium")
        self._ended[condominium] = known


def _gridded(course: LineString) -> LineString:
    coordinates = shapely.get_coordinates(course)
    if not np.isfinite(coordinates).all():
        raise BadInput("A coordinate of a course is not a number.", code="course_malformed")
    return LineString(on_grid(coordinates))


def _place(position: Any) -> Place:
    steps = to_steps(np.asarray([position], dtype=np.float64))[0]
    return int(steps[0]), int(steps[1])


def _end_list(segment: Segment) -> list[Place]:
    coordinates = shapely.get_coordinates(segment.geometry)
    return [_place(coordinates[0]), _place(coordinates[-1])]


def _ends(segment: Segment) -> set[Place]:
    return set(_end_list(segment))


def _cut_at(segment: Segment, at: Position) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The vertices up to a place, and from it."""
    course = shapely.get_coordinates(segment.geometry)
    steps, here = to_steps(course).astype(np.float64), np.array(_place(at), dtype=np.float64)
    vertex = int(np.abs(steps - here).max(axis=1).argmin())
    if (steps[vertex] == here).all():
        if vertex in (0, len(course) - 1):
            raise _not_on(segment, at, "it is an end of it already")
        return course[: vertex + 1], course[vertex:]
    edge, off = _nearest_edge(steps, here)
    if off > _ON_EDGE_STEPS:
        raise _not_on(segment, at, f"it lies {off * 1.1e-3:.3f} m off")
    node = on_grid(np.array([at]))
    return np.vstack([course[: edge + 1], node]), np.vstack([node, course[edge + 1 :]])


def _nearest_edge(steps: NDArray[np.float64], here: NDArray[np.float64]) -> tuple[int, float]:
    """The edge nearest to a place, and how many steps off it is."""
    start, along = steps[:-1], np.diff(steps, axis=0)
    length2 = np.maximum((along**2).sum(axis=1), 1.0)
    share = np.clip(((here - start) * along).sum(axis=1) / length2, 0.0, 1.0)
    off = np.hypot(*(start + along * share[:, None] - here).T)
    nearest = int(off.argmin())
    return nearest, float(off[nearest])


def _not_on(segment: Segment, at: Position, why: str) -> BadInput:
    return BadInput(
        f"Segment {segment.id} cannot be cut at {tuple(at)}: {why}. A node is put on the line as it is.",
        code="node_not_on_segment",
    )


def _joined(first: Segment, second: Segment) -> Segment | None:
    """One segment of two, in the direction of the first; None where they do not fit together."""
    for one in (first, first.reversed()):
        for other in (second, second.reversed()):
            if _end_list(one)[1] == _end_list(other)[0] and _says(one) == _says(other):
                vertices = np.vstack(
                    [shapely.get_coordinates(one.geometry), shapely.get_coordinates(other.geometry)[1:]]
                )
                return replace(first, left=one.left, right=one.right, geometry=LineString(vertices))
    return None


def _says(segment: Segment) -> tuple[object, ...]:
    return (
        segment.left, segment.right, segment.legal_status, segment.technical_status, segment.scale,
        segment.accuracy_m, segment.method,
    )  # fmt: skip
