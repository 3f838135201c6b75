"""One question for a spelling, checked, and its answer as contracts show it. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from data.errors import BadRequest
from geonames.romanize.engine import romanize
from geonames.romanize.han import simplified_forms, traditional_forms
from geonames.romanize.model import Romanization
from geonames.romanize.syllables import all_capitals, ascii_keys

#: Characters; the longest name in the register has 19, the longest asked about in practice are sentences.
MAX_NAME = 500
#: What stands between the words in `segments`.
SEPARATOR = "|"
_CODE = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")


def check_name(name: str) -> str:
    """`name` as it is; raises `BadRequest` `name_empty`, `name_too_long`, `name_control_characters`."""
    if not name.strip():
        raise BadRequest("The name is empty.", code="name_empty")
    if len(name) > MAX_NAME:
        raise BadRequest(f"The name has {len(name)} characters; at most {MAX_NAME} are taken.", code="name_too_long")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        raise BadRequest("The name contains control characters.", code="name_control_characters")
    return name


def check_within(code: str | None) -> str | None:
    """A division code or nothing; raises `BadRequest` `bad_code`."""
    if not code:
        return None
    if not _CODE.fullmatch(code):
        raise BadRequest(f"{code[:40]!r} is not a division code: 6, 9 or 12 digits.", code="bad_code")
    return code


def spelling_of(name: str, class_: str | None = None, within: str | None = None) -> dict[str, Any]:
    """The answer for one name: its spellings, its words, where each syllable comes from.

    Raises `BadRequest` for a name, class or code that cannot be asked about.
    """
    found = romanize(check_name(name), class_, check_within(within))
    return {
        "name": name,
        "class": class_ or None,
        "within": within or None,
        **as_answer(found),
        "characters": characters_of(name),
    }


def characters_of(name: str) -> dict[str, Any]:
    """The name in simplified and traditional characters, with the forms that single characters leave open."""
    simplified, traditional = simplified_forms(name), traditional_forms(name)
    return {
        "simplified": simplified.text,
        "simplified_alternatives": list(simplified.alternatives),
        "traditional": traditional.text,
        "traditional_alternatives": list(traditional.alternatives),
    }


def as_answer(found: Romanization) -> dict[str, Any]:
    """The members of an answer that say how a name is spelled."""
    return {
        "roman": found.roman,
        "roman_toned": found.roman_toned,
        "segments": SEPARATOR.join(found.segments),
        "source": found.source.value,
        "ambiguous": found.ambiguous,
        "alternatives": [other._asdict() for other in found.alternatives],
        "syllables": [
            {"text": s.text, "toned": s.toned, "layer": s.layer.value, "doubtful": s.doubtful} for s in found.syllables
        ],
        "capitals": all_capitals(found.roman),
        "keys": list(ascii_keys(found.roman)),
    }
