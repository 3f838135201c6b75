"""What a rule may ask about the register, as a protocol; the database answers it (`surroundings.py`).

An answerer is made for one subject and one day, so the questions carry only what differs
between rules. An honest answer is `Known`, with a `gap` where the data do not cover the
whole reach, or `NotKnown`: then the rule is `not_checked`, never a silent pass. The place
of the proposal itself (`place_id`) is never among the answers.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from geonames.rules.model import Other, Text


class Pool(StrEnum):
    """Among which names a duplicate is looked for."""

    DIVISION = "division"  # county level and above
    TOWNSHIP = "township"  # 乡, 镇, 民族乡, 街道, 苏木
    VILLAGE = "village"  # 村民委员会, 居民委员会所在地
    SETTLEMENT = "settlement"  # natural villages and other settlements
    STREET = "street"
    BUILDING = "building"  # residential areas and buildings
    PLACE = "place"  # every place, whatever its class


class Reach(StrEnum):
    """How far: the whole country, or the one unit or built-up area (建成区) in which the proposal lies."""

    NATION = "nation"
    PROVINCE = "province"
    COUNTY = "county"
    TOWNSHIP = "township"
    BUILT_UP = "built_up"


class NotKnown(NamedTuple):
    """The data for an answer are not there, and why."""

    why: Text


class Known(NamedTuple):
    """What there is. `gap`: what the answer does not cover, where it does not cover the whole reach."""

    items: tuple[Other, ...] = ()
    gap: Text | None = None


Answer = Known | NotKnown


class Bearing(NamedTuple):
    """Where the proposed place lies as seen from the middle of `of`: metres, and degrees from north, clockwise."""

    of: Other
    distance_m: float
    azimuth_deg: float


class Surroundings(Protocol):
    """The questions. Every answer holds on the day for which the answerer was made."""

    def same_name(self, pool: Pool, reach: Reach) -> Answer:
        """Standing standard names equal to the whole name, by normalised comparison."""

    def same_specific(self, pool: Pool, reach: Reach) -> Answer:
        """Standing standard names with the same specific and another generic."""

    def same_sound(self, pool: Pool, reach: Reach) -> Answer:
        """Other names of the same reading (approved, toneless), with `toned_equal` and the reading in `detail`.

        Among the specifics for divisions; the whole name otherwise. Equal names are not among them.
        """

    def similar_form(self, pool: Pool, reach: Reach) -> Answer:
        """Names that differ only in characters easily taken for each other; `detail` names the pair, `亳/毫`."""

    def dialect_sound(self, pool: Pool, reach: Reach) -> Answer:
        """Names of the same reading in the dialect of the place, by a dictionary of that dialect."""

    def other_uses(self, pool: Pool, reach: Reach) -> Answer:
        """Equal names that are aliases of other places, or were given up; `role` says which."""

    def bases(self) -> Answer:
        """Standing places from whose specific, or whole name, the proposed name begins or derives.

        With distance and azimuth where the positions are known, else without them.
        """

    def nearby(self) -> Answer:
        """Named places around the proposed point or in its unit, nearest first: whose name a station may bear."""

    def bearing(self) -> Bearing | NotKnown:
        """Where the place lies in the built-up area, or else in the smallest unit that has a middle."""

    def outside_entities(self) -> Answer:
        """Places whose specific or whole name is the proposed specific and which lie outside the proposed unit."""

    def heritage(self) -> Answer:
        """Heritage sites and listed names equal to the proposed specific or whole name."""

    def protection(self) -> Answer:
        """Heritage list entries of the name that would be given up; `detail` names list and date."""

    def renamings(self) -> tuple[date, ...] | NotKnown:
        """The days on which the place changed its standard name before, oldest first."""
