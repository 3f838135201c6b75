"""The shapes of answers, for the OpenAPI document; `tests/contract` holds real answers against them.

Fields may be added in any version 1; none is renamed or dropped.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

IsoDateText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2010-11-26"])]
PartialDateText = Annotated[
    str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="As far as it is known.", examples=["1986"])
]
Level = Literal["province", "prefecture", "county", "township"]
LonLat = Annotated[
    list[float], Field(min_length=2, max_length=2, description="Longitude, latitude in degrees, CGCS2000.")
]


class Shape(BaseModel):
    """Base of all answers: more fields may come."""

    model_config = ConfigDict(extra="allow")


class CodeAndName(Shape):
    """A unit by its code and name at the date asked about."""

    code: str
    name: str


class HolderBrief(Shape):
    """Who holds the land beside a stretch of a line, by the name of the date asked about."""

    code: str | None = Field(description="null: land that several units hold together, which has no code.")
    name: str


class ChainLink(CodeAndName):
    """One unit of the chain from the province down."""

    level: Level


class Validity(Shape):
    """When something is true in law: from the first day until before the day `to`; null: it still is."""

    from_: IsoDateText | None = Field(alias="from")
    to: IsoDateText | None
    precision: str | None = None


class DecisionBrief(Shape):
    """A decision named by its number and title; dates that are not known are null."""

    id: UUID
    doc_no: str | None
    title: str


class Unit(Shape):
    """A unit as it stood at the date asked about."""

    id: UUID
    code: str
    name: str
    roman: str | None = None
    level: Level
    type: str
    parent: CodeAndName | None
    chain: list[ChainLink]
    valid: Validity
    uncertain: bool = Field(description="The change that made or ended this state may have come on another day.")
    register_through: IsoDateText
    status: Literal["current", "former"]
    demonstration: bool = Field(description="A made-up unit of the demonstration; no such unit exists.")
    decisions: list[DecisionBrief]


class UnitItem(Shape):
    """A unit in a list."""

    id: UUID
    code: str
    name: str
    level: Level
    type: str


class UnitList(Shape):
    """A page of units in the order of their codes."""

    items: list[UnitItem]
    next: str | None
    register_through: IsoDateText


class UnitHistory(Shape):
    """All versions of a unit, what it came from and went into, and the decisions."""

    id: UUID
    code: str
    name: str
    versions: list[dict[str, Any]]
    lineage: dict[str, Any]
    decisions: list[dict[str, Any]]
    register_through: IsoDateText


class TranslationResult(Shape):
    """A unit that holds land of the unit asked about."""

    code: str
    name: str
    kind: Literal["same", "renamed", "recoded", "merged", "split", "part", "promoted", "demoted"]
    whole: bool = Field(description="All of the land went there.")
    via: list[dict[str, Any]]


class Translation(Shape):
    """What a code of one date is at another."""

    code: str
    from_: IsoDateText = Field(alias="from")
    to: IsoDateText
    results: list[TranslationResult]


class TranslationList(Shape):
    """One translation or one problem document for each code, in the order asked."""

    items: list[dict[str, Any]]
    register_through: IsoDateText


class Decision(Shape):
    """A document that opened or closed rows of the register; unknown dates are null."""

    id: UUID
    kind: str
    doc_no: str | None
    title: str
    authority: str | None
    approved_on: PartialDateText | None
    announced_on: PartialDateText | None
    effective_on: PartialDateText | None
    basis: str
    text: str
    source: str


class DecisionInFull(Decision):
    """A decision with what it opened and closed."""

    opened: list[dict[str, Any]]
    closed: list[dict[str, Any]]


class DecisionList(Shape):
    """A page of decisions, latest first."""

    items: list[Decision]
    next: str | None


class Change(Shape):
    """One published change; `delete` is a tombstone."""

    seq: int = Field(ge=1)
    at: str
    kind: Literal["insert", "update", "delete"]
    collection: str
    id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    decision: UUID | None


class ChangeList(Shape):
    """Changes in their one order, without holes; `last` is the number of the last change that exists."""

    items: list[Change]
    last: int = Field(ge=0)
    through: int = Field(ge=0, description="Up to this number everything asked for is told: the next `since`.")


class Standing(Shape):
    """A thing as it stands, by the last change that told of it."""

    seq: int = Field(ge=1)
    at: str
    collection: str
    id: UUID
    after: dict[str, Any]
    decision: UUID | None


class Snapshot(Shape):
    """A page of all that stands after change `seq`, by id."""

    seq: int = Field(ge=0)
    items: list[Standing]
    next: str | None


class PlaceItem(Shape):
    """A place that was found, and by which of its names."""

    id: UUID
    name: str
    class_: str = Field(alias="class")
    point: LonLat | None


class PlaceList(Shape):
    """A page of places, best match first."""

    items: list[PlaceItem]
    next: str | None


class Place(Shape):
    """A place with its names."""

    id: UUID
    class_: str = Field(alias="class")


class PlaceTypeItem(Shape):
    """A type of GB/T 18521, and its class of Art. 3; `also`: further classes whose places stand under it."""

    code: str
    parent: str | None
    name: str
    name_en: str
    class_: str | None = Field(alias="class")
    also: list[str]
    conflicts_with: str | None
    valid: Validity
    mark: Literal["V", "M", "I"]
    source: str


class TypeList(Shape):
    """The eight classes of Art. 3, and a page of types in the order of their codes."""

    as_of: IsoDateText | None
    classes: list[dict[str, Any]]
    items: list[PlaceTypeItem]
    next: str | None


class StoredSpelling(Shape):
    """One spelling of a name, who has it, and whether somebody who knows the place has to say."""

    form: Literal["official", "local-language", "by-characters", "other-source"]
    roman: str
    toned: str | None
    system: str
    layer: str | None
    source: str
    preferred: bool
    review: Literal["none", "open", "settled"]
    reason: str | None


class SpelledName(Shape):
    """A name that a unit bears or bore, with all its spellings, the preferred first."""

    name: str
    spellings: list[StoredSpelling]


class UnitSpellings(CodeAndName):
    """All spellings of all names of a unit, its name at the date first."""

    id: UUID
    roman: str | None
    as_of: IsoDateText
    register_through: IsoDateText
    names: list[SpelledName]


class WaitingSpelling(Shape):
    """A preferred spelling in doubt; `code` of the unit, or of the unit in which the place lies."""

    id: UUID
    collection: Literal["units", "places"]
    code: str | None
    name: str
    roman: str
    roman_toned: str | None
    source: str
    reason: Literal["sources-disagree", "unconfirmed", "polyphone"]
    others: list[dict[str, Any]]


class WaitingList(Shape):
    """A page of spellings in doubt, in the order of names, and how many there are."""

    items: list[WaitingSpelling]
    next: str | None
    counts: list[dict[str, Any]]


class Reverse(Shape):
    """The units at a point, from the province down, and the nearest places."""

    point: LonLat
    as_of: IsoDateText
    basis: Literal["polygon", "present_polygon", "candidates"]
    units: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    places: list[dict[str, Any]]
    plate: dict[str, Any] | None = Field(
        None, description="The nearest number plate within 50 m, with its standard address of the day."
    )


class Feature(Shape):
    """A GeoJSON feature (RFC 7946 in form; coordinates are CGCS2000 longitude and latitude, EPSG:4490)."""

    type: Literal["Feature"]
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class Root(Shape):
    """What this installation serves."""

    name: str
    version: str
    register_: dict[str, Any] | None = Field(alias="register")
    layers: list[dict[str, Any]]
    map_approval: str | None
    links: dict[str, str]


class Viewer(Shape):
    """For whom answers are given here."""

    audience: Literal["public", "staff"]


class SessionState(Shape):
    """As whom one is asking, with the roles that hold today."""

    signed_in: bool
    via: Literal["session", "token", "demonstration"] | None
    account: dict[str, Any] | None
    roles: list[dict[str, Any]]
