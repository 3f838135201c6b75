"""What romanizing a name means: what kind of place is named, which words it is written in, how each sounds. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from data.errors import BadRequest


class Shape(StrEnum):
    """How names of a kind are divided into words; several classes share one."""

    DIVISION = "division"
    SETTLEMENT = "settlement"
    COMMITTEE = "committee"
    STREET = "street"
    NATURAL = "natural"
    STRUCTURE = "structure"


class Layer(StrEnum):
    """Where a syllable comes from, in falling authority; the values are those of the `source` column."""

    UNIT = "unit"
    MINORITY = "official-minority"
    PLACE = "place-name"
    GENERIC = "generic"
    PHRASE = "phrase"
    DEFAULT = "default"


class Role(StrEnum):
    """What a part of a name is: 专名, 通名, a nationality in a division's name, a number written in digits."""

    SPECIFIC = "specific"
    GENERIC = "generic"
    NATIONALITY = "nationality"
    NUMBER = "number"


class Part(NamedTuple):
    """The characters of one written word and their role."""

    text: str
    role: Role


class Syllable(NamedTuple):
    """The reading of `text` (one character, or more where a source spells them as a whole).

    `toned` with tone marks (as toneless, where the source gives no tones);
    `doubtful`: another toneless reading is possible and nothing decided.
    """

    text: str
    toned: str
    layer: Layer
    doubtful: bool = False


class Alternative(NamedTuple):
    """Another spelling of the name and what it is: `local-language`, `by-characters`, `other-source`; who has it."""

    roman: str
    kind: str
    source: str = ""


class Romanization(NamedTuple):
    """One name romanized. `segments` joined give `name` back; `source` is the weakest layer of its specific part."""

    name: str
    roman: str
    roman_toned: str
    segments: tuple[str, ...]
    source: Layer
    ambiguous: bool
    alternatives: tuple[Alternative, ...]
    syllables: tuple[Syllable, ...]


#: The eight classes of 地名管理条例 Art. 3. OTHER takes 区片 and settlements; FACILITY, parks and
#: buildings are divided as PY84 rule 14 says.
CLASS_SHAPES = {
    "NATURAL": Shape.NATURAL,
    "ADMIN_DIVISION": Shape.DIVISION,
    "VILLAGE_COMMUNITY": Shape.COMMITTEE,
    "PARK_RESERVE": Shape.STRUCTURE,
    "STREET": Shape.STREET,
    "RESIDENTIAL_BUILDING": Shape.STRUCTURE,
    "FACILITY": Shape.STRUCTURE,
    "OTHER": None,
}
#: By the first digits of a GB/T 18521 type code, the longest that fits.
TYPE_SHAPES = {
    "1": Shape.NATURAL,
    "21": Shape.DIVISION,
    "216": Shape.COMMITTEE,
    "217": Shape.STRUCTURE,
    "22": Shape.SETTLEMENT,
    "221": None,  # 城镇居民点: lanes stand here too (北二巷 is 22100), so the name decides
    "23": Shape.STRUCTURE,
    "235": Shape.STREET,
    "2353": Shape.STRUCTURE,
    "2354": Shape.STRUCTURE,
    "24": Shape.STRUCTURE,
    "245": Shape.NATURAL,  # canals are written as rivers are: 京杭/大运河
    "25": Shape.STRUCTURE,
    "26": Shape.STRUCTURE,
    "27": Shape.STRUCTURE,
    "2761": Shape.COMMITTEE,  # in conflicting use for 216, see data/reference/classes
    "2762": Shape.COMMITTEE,
}


def shape_of(class_: str | None) -> Shape | None:
    """The shape of a class of Art. 3 or of a five-digit type code; None: the name itself has to show it.

    Raises `BadRequest` `bad_class` or `bad_type`.
    """
    if not class_:
        return None
    if class_ in CLASS_SHAPES:
        return CLASS_SHAPES[class_]
    if not (class_.isascii() and class_.isdigit()):
        known = ", ".join(CLASS_SHAPES)
        raise BadRequest(f"{class_[:40]!r} is no class. Use one of {known}, or a type code.", code="bad_class")
    if len(class_) != 5 or class_[0] not in "12":
        raise BadRequest(f"{class_[:40]!r} is no type code of GB/T 18521 (five digits).", code="bad_type")
    return next((TYPE_SHAPES[class_[:n]] for n in (4, 3, 2, 1) if class_[:n] in TYPE_SHAPES), None)
