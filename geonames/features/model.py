"""What a collection of features is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

#: How a column's values are compared and shown.
Kind = Literal["text", "date", "uuid"]

#: Longest part of a collection in one answer.
MAX_LIMIT = 1000
#: Features are counted up to here; beyond it an answer does not say how many match.
COUNTED = 10_000
#: The same where another date of decisions governs: each has to be looked at for it.
COUNTED_BY_DATE = 1_000
#: Offsets below are numbers of features to pass over; the larger ones are places in the order (see `place_after`).
MAX_OFFSET = 100_000
#: A box of more square degrees is read in the order of identifiers: there is more in it than is quickly sorted.
WIDE_BOX = 4.0
#: Most features in one tile, the most important first.
MAX_IN_TILE = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A property of the features of a collection: its name in answers and filters, its kind, its meaning."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class FeatureCollection:
    """A collection (要素集): one kind of thing of the register on a day.

    `sql` selects `id`, the columns and `geom` (SRID 4490) of what stands within `:period`, of which `:day` is the day
    that names are taken from; `tile_sql`, where it is given, selects the same with `:tolerance` degrees for drawing.
    `governed_sql` and `governed_tile_sql` are the same for questions by another date of decisions than that of the
    effect, where asking each row for it would take too long.
    `inside` is a further condition for a small box (`:west` …), where the rows have no position of their own.
    `ready` names functions of the database (`published.<ready>_shown`, `_counted`, `_drawn`) that answer as `sql` does
    what is asked most: the features of a day, in a box or not, and its tiles, without a filter; by another date of
    decisions it is `<ready>_governed_shown` and so on.
    """

    id: str
    title: str
    description: str
    geometry: str
    columns: Sequence[Column]
    sql: str
    tile_sql: str | None = None
    inside: str = ""
    governed_sql: str | None = None
    governed_tile_sql: str | None = None
    ready: str | None = None

    def by_date(self) -> FeatureCollection:
        """The collection as it is asked by another date of decisions."""
        tile_sql = self.governed_tile_sql or self.tile_sql
        return replace(
            self, sql=self.governed_sql or self.sql, tile_sql=tile_sql, ready=self.ready and f"{self.ready}_governed"
        )

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class When:
    """The day that answers, and the days within which a thing must have stood (both ends included)."""

    day: date
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL over a feature's columns, with the values bound in it."""

    sql: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features are asked for. `box` is west, south, east, north in degrees, `after` the last one seen."""

    when: When
    limit: int = 10
    offset: int = 0
    after: UUID | None = None
    ids: Sequence[UUID] = ()
    box: tuple[float, float, float, float] | None = None
    conditions: Sequence[Condition] = ()
    columns: Sequence[str] | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a collection: rows with `id`, the columns and `geometry` (GeoJSON or None); `matched` None: many."""

    rows: Sequence[dict[str, Any]]
    matched: int | None
    more: bool


def place_after(key: UUID) -> int:
    """The place in the order of a collection after `key`, as a number that is no offset.

    OGC clients pass over what they have by `offset`. A register of millions is not read by counting from its
    beginning each time, so the links of an answer carry the place itself: the identifier as a number.
    """
    return key.int


def key_of(place: int) -> UUID | None:
    """The identifier of a place in the order; None where the number is an offset or nothing at all."""
    return UUID(int=place) if MAX_OFFSET < place < 1 << 128 else None
