"""A sign as the inventory has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from geonames.romanize.syllables import toneless


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands somewhere to show a place's name. Longitude and latitude in degrees of CGCS2000.

    `han` and `roman` are what the panel says, None where nobody has read it; `set_on` may be partial; `device` is the
    number of what is built in to report on it.
    """

    id: UUID
    code: str
    place: UUID
    type: str
    state: str
    longitude: float
    latitude: float
    direction: str | None = None
    model: str | None = None
    han: str | None = None
    roman: str | None = None
    maker: str | None = None
    set_on: str | None = None
    warranty_until: date | None = None
    device: str | None = None


def should_say(name: str | None, roman: str | None) -> dict[str, Any] | None:
    """What a panel is to say of a standard name: the characters, and the Pinyin in capitals without tones.

    None without a name.
    """
    if name is None:
        return None
    return {"han": name, "roman": None if roman is None else toneless(roman).upper()}
