"""The shapes of the annals of a unit."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, IsoDateText, Level, Shape


class Standing(Shape):
    """The unit as it stood before or after; its superior by the name of the first day of that version."""

    code: str
    name: str
    type: str
    parent: CodeAndName | None


class Passage(Shape):
    """Land that came `from` another unit or went `into` one; `attested`: a document says so.

    `derived`: it passed because units below passed.
    """

    side: Literal["from", "into"]
    kind: Literal["merger", "split", "transfer"]
    unit: CodeAndName
    whole_from: bool = Field(description="All land of the giver passed.")
    whole_to: bool = Field(description="The receiver has no other land.")
    attested: bool
    derived: bool


class AnnalsEntry(Shape):
    """What one document did to the unit on one day."""

    date: IsoDateText
    date_within: list[IsoDateText] | None = Field(description="First and last day it may have been; null: `date`.")
    events: list[Literal["start", "established", "renamed", "retyped", "recoded", "moved", "ended"]]
    before: Standing | None
    after: Standing | None
    land: list[Passage]
    decision: UUID


class UnitAnnals(Shape):
    """The entries of a unit, the earliest first, and the decisions that they name."""

    id: UUID
    code: str
    name: str
    level: Level
    type: str
    status: Literal["current", "former"]
    demonstration: bool
    register_from: IsoDateText
    register_through: IsoDateText
    entries: list[AnnalsEntry]
    decisions: list[dict[str, Any]]
