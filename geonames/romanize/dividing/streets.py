"""Streets and lanes: ordinals in digits, modifiers with their heads, landmarks apart (PY84 rules 1, 2, 4, 7). Pure."""

from __future__ import annotations

from geonames.romanize import numerals
from geonames.romanize.dividing.endings import MODIFIERS, ending, peel
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape

#: Terms that are streets only after a number: 东四十二条, 三环.
_NUMBERED = frozenset({"条", "环", "号", "道街"})
#: Terms that end other names as often; a street only where the class says so, or after a number.
_COMMON = frozenset({"里", "坊", "道", "径", "弄", "条", "环", "号"})
#: The last character of a landmark that a direction may follow: 天宁寺|西里, 广安门|北滨河.
_LANDMARKS = frozenset("门寺庙桥渠宫塔坛观庵")
_DIRECTIONS = frozenset("东西南北前后")
#: Words that stand between a number and the term of the street: 三环路, 一号路.
_COUNTED = ("环", "号")


def speaks(name: str, term: str) -> bool:
    """Whether a name of unknown class that ends in `term` is a street's."""
    if term in _COMMON:
        body = name.removesuffix(term)
        number = body[len(body) - numerals.trailing(body) :]
        return (bool(number) and term != "里") or (term == "道" and len(body) > 1)
    return True


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`东四十二条` as 东四, 十二 (12) and 条; 解放路南小街 as 解放路 and 南小街."""
    generic = ending(name, Shape.STREET, lexicon)
    body = name.removesuffix(generic)
    if generic in _NUMBERED and not numerals.trailing(body):
        generic = "街" if generic == "道街" else ""
        body = name.removesuffix(generic)
    if not generic:
        return [Part(name, Role.SPECIFIC)]
    specific, modifiers = peel(body, lexicon)
    numbered = _numbered(specific if modifiers else body, lexicon)
    if numbered is not None and (not modifiers or numbered[-1].text in _COUNTED):
        return [*numbered, Part(modifiers + generic, Role.GENERIC)]
    return [*_specific(specific, lexicon), Part(modifiers + generic, Role.GENERIC)]


def _numbered(body: str, lexicon: Lexicon) -> list[Part] | None:
    """The parts of a body that ends in an ordinal, or in a counted word (三环, 一号); None for others."""
    counted = body[-1:] if body.endswith(_COUNTED) else ""
    text = body.removesuffix(counted)
    at = _ordinal_at(text, lexicon)
    if at is None:
        return None
    parts = [*_base(text[:at], lexicon), Part(text[at:], Role.NUMBER)]
    return [*parts, Part(counted, Role.GENERIC)] if counted else parts


def _ordinal_at(text: str, lexicon: Lexicon) -> int | None:
    """Where the ordinal at the end of `text` begins; None where its numerals are part of a word or a date."""
    count = numerals.trailing(text)
    digits = len(text) - len(text.rstrip("0123456789０１２３４５６７８９"))
    if digits:
        return len(text) - digits
    if not count or any(text.endswith(word) for word in lexicon.words["number-in-name"]):
        return None
    start = len(text) - count
    for at in range(start, len(text)):
        if text[:at] in lexicon.words["series"] and numerals.value(text[at:]):
            return at
    if numerals.value(text[start:]) is None:
        return None
    return start - 1 if text[:start].endswith(numerals.ORDINAL_PREFIX) else start


def _base(text: str, lexicon: Lexicon) -> list[Part]:
    """What stands before a number: its last modifiers are a word of their own (中山|东|一|路)."""
    if not text:
        return []
    specific, modifiers = (text, "") if text in lexicon.words["series"] else peel(text, lexicon)
    parts = _specific(specific, lexicon)
    return [*parts, Part(modifiers, Role.SPECIFIC)] if modifiers else parts


def _specific(text: str, lexicon: Lexicon) -> list[Part]:
    """A specific part, divided where another street's long term or a landmark ends in it."""
    term = ending(text, Shape.STREET, lexicon)
    if len(term) > 1 and term not in _NUMBERED:
        return [*_specific(text.removesuffix(term), lexicon), Part(term, Role.GENERIC)]
    at = _after_landmark(text)
    if at:
        return [Part(text[:at], Role.SPECIFIC), Part(text[at:], Role.SPECIFIC)]
    return [Part(text, Role.SPECIFIC)] if text else []


def _after_landmark(text: str) -> int:
    """Where a direction with two or more characters follows a landmark of two or more; 0 for nowhere."""
    for at in range(2, len(text) - 1):
        if text[at - 1] in _LANDMARKS and text[at] in _DIRECTIONS and text[at + 1] not in MODIFIERS:
            return at
    return 0
