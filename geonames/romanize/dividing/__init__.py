"""Dividing a name into the words it is written in (PY84 rules 1 to 4, 6, 7, 14, 15). Pure.

One module for each way of dividing; `divide` chooses by the class of the place, or
by the ending of the name where no class is given. The texts of the parts joined
are always the name.
"""

from __future__ import annotations

import unicodedata

from geonames.romanize.dividing import divisions, natural, settlements, streets, structures
from geonames.romanize.dividing.endings import MODIFIERS, ending
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape

_DIVIDERS = {
    Shape.DIVISION: divisions.divide,
    Shape.COMMITTEE: settlements.divide_committee,
    Shape.SETTLEMENT: settlements.divide,
    Shape.STREET: streets.divide,
    Shape.NATURAL: natural.divide,
    Shape.STRUCTURE: structures.divide,
}
#: Single characters that end the names of natural features more often than anything else's. The
#: others of the list (沟 湾 坪 …) end names of villages as often, and PY84 rule 3 then joins them.
_NATURAL_ENDINGS = frozenset("山江河湖海岭峰峡岛洋礁溪涧渠")
#: A bay of a sea (渤海湾); 湾 alone ends more names of villages.
_SEA_BAY = "海湾"
_COMMITTEES = ("社区", "村民委员会", "居民委员会", "村委会", "居委会", "嘎查")


def divide(name: str, shape: Shape | None, lexicon: Lexicon) -> tuple[Shape, tuple[Part, ...]]:
    """The words of `name` for a kind of place, and the kind that was taken."""
    code = _leading_digits(name)
    rest = name[code:]
    kind = shape or infer(rest or name, lexicon)
    if not rest:
        return kind, (Part(name, Role.NUMBER),) if name else ()
    if not code:
        return kind, tuple(_DIVIDERS[kind](name, lexicon))
    whole = rest in lexicon.terms[kind] or rest in lexicon.terms[Shape.DIVISION]
    parts = [Part(rest, Role.GENERIC)] if whole else _DIVIDERS[kind](rest, lexicon)
    return kind, (Part(name[:code], Role.NUMBER), *parts)


def _leading_digits(name: str) -> int:
    """How many characters at the start are Arabic digits (PY84 rules 7 and 16: codes)."""
    count = 0
    while count < len(name) and unicodedata.category(name[count]) == "Nd":
        count += 1
    return count


def infer(name: str, lexicon: Lexicon) -> Shape:
    """The kind of place that a name's ending speaks for."""
    if name.endswith(_COMMITTEES):
        return Shape.COMMITTEE
    division = ending(name, Shape.DIVISION, lexicon)
    structure = ending(name, Shape.STRUCTURE, lexicon)
    elsewhere = structure in lexicon.terms[Shape.NATURAL] or structure in lexicon.terms[Shape.STREET]
    if (len(structure) > max(1, len(division)) and not elsewhere) or structure == "桥":
        return Shape.SETTLEMENT if structure == "桥" else Shape.STRUCTURE
    if division and not (division == "镇" and len(name) == 2):
        return Shape.DIVISION
    return _of_features(name, lexicon)


def _of_features(name: str, lexicon: Lexicon) -> Shape:
    natural_term = ending(name, Shape.NATURAL, lexicon)
    street = ending(name, Shape.STREET, lexicon)
    if street and not (len(street) == 1 and natural_term and len(natural_term) > 1) and streets.speaks(name, street):
        return Shape.STREET
    if len(natural_term) > 1 or natural_term in _NATURAL_ENDINGS or name.endswith(_SEA_BAY):
        return Shape.NATURAL
    return Shape.SETTLEMENT


__all__ = ["MODIFIERS", "divide", "infer"]
