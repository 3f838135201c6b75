"""The shapes of answers about the land of a unit."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, IsoDateText, Level, LonLat, Shape


class LandHolder(Shape):
    """A unit, or a condominium, which has no code."""

    code: str | None
    name: str


class LandPart(Shape):
    """One separate piece of a unit's land."""

    kind: Literal["main", "exclave", "island"]
    within: LandHolder | None = Field(description="The only unit all round it: then it is an enclave of that unit.")
    area_m2: float
    holes: int
    at: LonLat
    geometry: dict[str, Any]


class Enclave(Shape):
    """Land within a unit that is not its own."""

    kind: Literal["unit", "condominium", "several", "nobody"]
    of: list[LandHolder]
    area_m2: float
    at: LonLat
    geometry: dict[str, Any]


class SharedLand(Shape):
    """A condominium (共管地) in which the unit or one below it has a part, with all its holders."""

    id: UUID
    name: str
    holders: list[CodeAndName]
    closed: bool
    area_m2: float | None
    at: LonLat | None
    geometry: dict[str, Any] | None


class NearestSegment(Shape):
    """The nearest segment that does not meet an open end, and where on it."""

    segment: UUID
    distance_m: float
    at: LonLat


class OpenRing(Shape):
    """Where the ring of a unit is open: the place, the segment that breaks off there, the nearest other one."""

    at: LonLat
    segment: UUID
    nearest: NearestSegment | None
    geometry: dict[str, Any] = Field(description="The course of the segment that breaks off.")


class UnitLand(CodeAndName):
    """The land of a unit on a day, as the segments around it make it."""

    level: Level
    as_of: IsoDateText
    closed: bool | None = Field(description="Whether its rings close; null: no segment of the network bounds it.")
    area_m2: float
    parts: list[LandPart]
    enclaves: list[Enclave]
    condominiums: list[SharedLand]
    open_ends: list[OpenRing]
    crs: str
    map_approval: str | None
    footer: str | None
