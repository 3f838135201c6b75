"""What the workbench shows of a line, as values. Pure.

Geometry is longitude and latitude (CGCS2000), each course in the direction of
the line's run. Days are half open: `end` is the first day on which it holds no
longer; None: it still does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from shapely.geometry import LineString


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the land on one side of a segment; `code` None: land that several units hold together."""

    code: str | None
    name: str


@dataclass(frozen=True, slots=True)
class CourseVersion:
    """One version of one segment of a line. `blamed`: for each vertex in order the document that put it there."""

    segment: UUID
    version: UUID
    ordinal: int
    begin: date
    end: date | None
    left: Holder | None
    right: Holder | None
    length_m: float
    legal_status: str
    technical_status: str
    scale: int | None
    accuracy_m: float | None
    method: str | None
    document: UUID
    course: LineString
    blamed: tuple[UUID | None, ...]

    def holds(self, day: date) -> bool:
        """Whether this version is the legal one on `day`."""
        return self.begin <= day and (self.end is None or day < self.end)

    def stretches(self) -> list[tuple[int, UUID | None]]:
        """Runs of vertices that one document put there: how many, and which document (blame)."""
        return [(len(list(run)), document) for document, run in groupby(self.blamed)]


@dataclass(frozen=True, slots=True)
class MarkerState:
    """A marker (界桩) from `begin` on: its code, kind (single, double, triple), state and place. For staff."""

    id: UUID
    code: str
    kind: str
    part: str
    state: str
    longitude: float
    latitude: float
    begin: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether this is the marker's state on `day`."""
        return self.begin <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A segment of another line nearby, simplified for drawing: ground of a map, never for measuring."""

    segment: UUID
    line: UUID | None
    name: str | None
    course: LineString


def standing(versions: Sequence[CourseVersion], day: date) -> list[CourseVersion]:
    """The versions that hold on `day`, in the order of the run."""
    return sorted((v for v in versions if v.holds(day)), key=lambda v: v.ordinal)


def days_of_change(versions: Sequence[CourseVersion]) -> list[date]:
    """The days from which some segment is another one, first to last."""
    return sorted({v.begin for v in versions} | {v.end for v in versions if v.end is not None})
