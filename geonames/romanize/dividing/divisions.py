"""Names of administrative divisions: specific part, nationalities, generic term (PY84 1, 4; GB/T 3304). Pure."""

from __future__ import annotations

from geonames.romanize.dividing.endings import ending
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape

#: The least specific part before terms that may also be its last character and the shorter term:
#: 清新区 is 清新 and 区. Of 林区 there is one, 神农架林区; 万柏林区 is 万柏林 and 区.
_LEAST_BEFORE = {"林区": 3, **dict.fromkeys(("新区", "矿区", "特区", "左旗", "右旗", "前旗", "后旗", "中旗"), 2)}


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`酉阳土家族苗族自治县` in four words; a name without generic term in one."""
    generic = ending(name, Shape.DIVISION, lexicon)
    if len(name) - len(generic) < _LEAST_BEFORE.get(generic, 1):
        generic = generic[-1:]
    body = name.removesuffix(generic)
    specific, nationalities = _nationalities(body, lexicon) if len(body) > 2 else (body, [])
    parts = [Part(specific, Role.SPECIFIC), *(Part(text, Role.NATIONALITY) for text in nationalities)]
    return [*parts, Part(generic, Role.GENERIC)] if generic else parts


def _nationalities(body: str, lexicon: Lexicon) -> tuple[str, list[str]]:
    """The nationalities at the end of a specific part, in order."""
    found: list[str] = []
    while True:
        text = next(
            (body[at:] for at in range(1, len(body) - 1) if body[at:] in lexicon.nationalities),
            None,
        )
        if text is None:
            return body, found
        body = body.removesuffix(text)
        found.insert(0, text)
