"""An amendment (修改内容): everything that one changeset does to the network. Pure.

Only segments carry structure. Nodes, runs of lines and polygons of units follow
from them; what cannot follow is stated: names, codes and chosen runs of lines,
condominiums entered and ended, nodes at which a marker stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from boundaries.network.model import Condominium
from boundaries.network.versions import Change, State, inverse

#: A place of the register's grid (`geometry.content`).
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LineEntry:
    """What is stated of a line: between which units of which level, its name and code with their source.

    `run`: the order of its segments and the way through each (1 as stored, -1 against) where somebody chose it;
    None: from west to east, or from north to south.
    """

    id: UUID
    level: str
    units: tuple[UUID, UUID]
    name: str | None = None
    code: str | None = None
    name_source: str | None = None
    run: tuple[tuple[UUID, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line's entry before and after; no `before`: nothing was stated of the line."""

    before: LineEntry | None
    after: LineEntry | None

    @property
    def line(self) -> UUID:
        """The id of the line."""
        return next(entry.id for entry in (self.before, self.after) if entry is not None)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Changes of segments, and what is stated beside them.

    `marker_nodes`: places of nodes between two segments at which a marker stands. `leaves_open`: whoever proposes
    it knows that rings of units will be open, and says so.
    """

    segments: tuple[Change, ...] = ()
    lines: tuple[LineChange, ...] = ()
    entered: tuple[Condominium, ...] = ()
    ended: tuple[Condominium, ...] = ()
    marker_nodes: frozenset[Place] = frozenset()
    leaves_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.segments or self.lines or self.entered or self.ended or self.marker_nodes)

    def inverse(self) -> Amendment:
        """The amendment back."""
        lines = tuple(LineChange(change.after, change.before) for change in self.lines)
        return Amendment(inverse(self.segments), lines, self.ended, self.entered, frozenset(), self.leaves_open)

    def under(self, document: UUID) -> Amendment:
        """The same with its segments under a document."""
        changes = (
            change if change.after is None else Change(change.before, replace(change.after, document=document))
            for change in self.segments
        )
        return replace(self, segments=tuple(changes))


@dataclass(frozen=True, slots=True)
class World:
    """What an amendment is made from: segments, lines and condominiums by id."""

    segments: State
    lines: Mapping[UUID, LineEntry]
    condominiums: Mapping[UUID, Condominium]


def sides_of(changes: Iterable[Change]) -> tuple[set[UUID], set[UUID]]:
    """The holders beside the segments of changes: before, and after."""
    found: tuple[set[UUID], set[UUID]] = (set(), set())
    for change in changes:
        for holders, segment in zip(found, (change.before, change.after), strict=True):
            if segment is not None:
                holders.update(holder for holder in (segment.left, segment.right) if holder is not None)
    return found
