"""Names of administrative divisions: specific part, nationalities, generic term (PY84 1, 4; GB/T 3304). Pure."""

from __future__ import annotations

from geonames.romanize.dividing.endings import ending
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`酉阳土家族苗族自治县` in four words; a name without generic term in one."""
    generic = ending(name, Shape.DIVISION, lexicon)
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
