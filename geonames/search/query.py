"""What was asked: checked, and turned into the ways in which a name may be met. Pure.

The ways are ordered: exact, then prefix, then substring, of names that hold; then names of the past;
then one mistake, and last, as a channel of its own, what only sounds the same. For Latin letters
the sound counts as the name, and initials come after it. A way is better than all that follow it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from data.crs import BBox, check_bbox, check_position
from data.errors import BadRequest
from geonames.likeness.confusables import mistakes
from geonames.romanize.keys import Sound, fold, plain, query_sounds, query_texts, simplified, sounds
from geonames.romanize.spelling import HAN

#: Characters that a query may have; the longest name in the register has 19.
MAX_QUERY = 200
CLASSES = (
    "NATURAL",
    "ADMIN_DIVISION",
    "VILLAGE_COMMUNITY",
    "PARK_RESERVE",
    "STREET",
    "RESIDENTIAL_BUILDING",
    "FACILITY",
    "OTHER",
)
STATUSES = ("current", "former")
SORTS = ("importance", "distance")
#: A circle wider than this is no neighbourhood any more.
MAX_RADIUS_M = 500_000
_PIECES = re.compile(r"[A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ' ]+|[^A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ' ]+")
_LETTERS = re.compile(r"[A-Za-z]")
MatchKind = Literal["name", "traditional", "pinyin", "initials", "fuzzy", "homophone", "any"]
Path = Literal[
    "name_equals", "name_begins", "name_holds", "pinyin_equals", "pinyin_begins", "initials_equals",
    "initials_begins", "pinyin_mixed", "initials_mixed", "sounds_like", "one_mistake", "listed",
]  # fmt: skip
Held = Literal["any", "now", "former"]
#: How good each kind of meeting is, for clients that sort several lists: 1 is exact.
SCORES: dict[Path, float] = {
    "name_equals": 1.0, "pinyin_equals": 0.95, "name_begins": 0.8, "pinyin_begins": 0.75, "name_holds": 0.6,
    "initials_equals": 0.55, "initials_begins": 0.5, "initials_mixed": 0.7, "pinyin_mixed": 0.7, "one_mistake": 0.3,
    "sounds_like": 0.2, "listed": 1.0,
}  # fmt: skip
#: What a name of the past loses of it, and one met in the other script.
FORMER_LOSES, TRADITIONAL_LOSES = 0.25, 0.02
#: Names of more characters are not searched for mistakes (data/migrations/sql/51_search_keys.sql).
LONGEST_WITH_MISTAKE = 8
#: Above every character that a name may have.
HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of meeting a name: its path to the keys (published.names_met) and with what.

    `values` for equality, `low` and `high` (exclusive) for a range, `low` for a part. `part`: what the name
    must also hold. `held`: only names that hold, only former ones, or any.
    """

    path: Path
    kind: MatchKind
    held: Held = "any"
    values: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    part: str = ""
    #: near the position asked about, or not; None: wherever
    local: str | None = None

    def score(self) -> float:
        """From 1 (exact) towards 0."""
        if self.kind == "fuzzy":
            return SCORES["one_mistake"]
        lost = FORMER_LOSES * (self.held == "former") + TRADITIONAL_LOSES * (self.kind == "traditional")
        return round(SCORES[self.path] - lost, 3)


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A checked question. `q` None: everything that passes the filters. `circle`: longitude, latitude, metres."""

    q: str | None = None
    within: str | None = None
    class_: str | None = None
    type_code: str | None = None
    bbox: BBox | None = None
    polygon: str | None = None
    circle: tuple[float, float, float] | None = None
    near: tuple[float, float] | None = None
    heritage: str | None = None
    status: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    sort: str = "importance"

    def fingerprint(self) -> dict[str, Any]:
        """What a cursor belongs to."""
        return {"list": "places", **{name: getattr(self, name) for name in self.__slots__}}


def check_query(query: PlaceQuery) -> PlaceQuery:
    """`query` itself. Raises `BadRequest`: `query_empty`, `query_too_long`, `query_control_characters`,
    `bad_class`, `bad_type`, `bad_status`, `bad_sort`, `near_missing`, `one_area`, `radius_out_of_range`,
    `coordinates_out_of_range`, `bbox_antimeridian`, `bbox_empty`.
    """
    if query.q is not None:
        check_text(query.q)
    _one_of("class", query.class_, CLASSES)
    _one_of("status", query.status, STATUSES)
    _one_of("sort", query.sort, SORTS)
    if query.type_code is not None and not (len(query.type_code) == 5 and query.type_code.isdecimal()):
        raise BadRequest("type is a class of GB/T 18521 with five digits, e.g. 22000.", code="bad_type")
    _check_where(query)
    return query


def _one_of(name: str, value: str | None, allowed: Sequence[str]) -> None:
    if value is not None and value not in allowed:
        raise BadRequest(f"{name} is one of {', '.join(allowed)}.", code=f"bad_{name}")


def _check_where(query: PlaceQuery) -> None:
    if sum(part is not None for part in (query.bbox, query.polygon, query.circle)) > 1:
        raise BadRequest("Give one of bbox, polygon and radius: one area at a time is searched.", code="one_area")
    if query.bbox is not None:
        check_bbox(query.bbox)
    if query.near is not None:
        check_position(*query.near)
    if query.circle is not None:
        check_position(*query.circle[:2])
        if not 0 < query.circle[2] <= MAX_RADIUS_M:
            raise BadRequest(f"radius is more than 0 and at most {MAX_RADIUS_M:,} metres.", code="radius_out_of_range")
    if query.sort == "distance" and query.near is None:
        raise BadRequest("To sort by distance give the position: near=lon,lat.", code="near_missing")


def check_text(q: str) -> str:
    """`q` itself, where it can be looked for."""
    if len(q) > MAX_QUERY:
        raise BadRequest(f"The query has {len(q):,} characters; a name has at most {MAX_QUERY}.", code="query_too_long")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in q):
        raise BadRequest(
            "The query contains control characters or code points without a character.",
            code="query_control_characters",
        )
    if not q.strip():
        raise BadRequest("The query is empty. Give a name, a code, or pinyin.", code="query_empty")
    return q


def ways(q: str) -> list[Way]:
    """All ways in which `q` may meet a name, the best first."""
    typed, *others = query_texts(q)
    latin = query_sounds(q)
    found = _by_sound(typed, latin) if latin else _by_name(typed, others)
    exact = sum(way.path == "name_equals" and way.kind != "fuzzy" for way in found)
    return [*found[:exact], *_mixed(q), *found[exact:]]


def _by_name(typed: str, others: Sequence[str]) -> list[Way]:
    """By characters: as typed, and in simplified ones (`others`)."""
    texts: list[tuple[str, MatchKind]] = [(typed, "name"), *((other, "traditional") for other in others)]
    return [
        *(Way("name_equals", kind, values=(text,), low=text) for text, kind in texts),
        *(_begins("name_begins", text, kind, "now") for text, kind in texts),
        *(Way("name_holds", kind, "now", low=text) for text, kind in texts),
        *(_begins("name_begins", text, kind, "former") for text, kind in texts),
        *(Way("name_holds", kind, "former", low=text) for text, kind in texts),
        *_mistaken(texts[-1][0]),
        *_sounding_alike(texts[-1][0]),
    ]


def _by_sound(typed: str, latin: Sequence[str]) -> list[Way]:
    """By Latin letters; a Latin name is its own sound."""
    return [
        Way("pinyin_equals", "pinyin", values=tuple(latin)),
        *(_begins("pinyin_begins", sound, "pinyin", "now") for sound in latin),
        Way("initials_equals", "initials", values=tuple(latin)),
        *(_begins("initials_begins", sound, "initials", "now") for sound in latin),
        *(_begins("pinyin_begins", sound, "pinyin", "former") for sound in latin),
        Way("name_holds", "name", "any", low=typed),
    ]


def _begins(path: Path, text: str, kind: MatchKind, held: Held, part: str = "") -> Way:
    return Way(path, kind, held, low=text, high=after_last(text) or HIGHEST, part=part)


def _mistaken(text: str) -> list[Way]:
    """One character taken for one that looks like it (亳/毫), then any one mistake."""
    alike = sorted(mistakes(text)) if HAN.search(text) and len(text) <= LONGEST_WITH_MISTAKE else []
    found = [Way("name_equals", "fuzzy", values=tuple(alike), low=text)] if alike else []
    if 2 <= len(text) <= LONGEST_WITH_MISTAKE and not text.isdigit():
        found.append(Way("one_mistake", "fuzzy", low=text))
    return found


def _sounding_alike(text: str) -> list[Way]:
    """What is written otherwise and sounds the same: never mixed with the rest."""
    spoken = tuple(dict.fromkeys(sound.pinyin for sound in sounds(text))) if HAN.search(text) else ()
    return [Way("sounds_like", "homophone", values=spoken, low=text)] if spoken else []


def _said(piece: str) -> Sound:
    """The first sound of characters; letters are their own."""
    found = sounds(piece) if HAN.search(piece) else (Sound(plain(piece), plain(piece)),)
    return found[0] if found else Sound("", "")


def _mixed(q: str) -> list[Way]:
    """`hz西湖`: letters and characters; the letters are initials, or pinyin, of what stands at their place."""
    pieces = [piece for piece in _PIECES.findall(q) if piece.strip()]
    han = max((piece for piece in pieces if HAN.search(piece)), key=len, default="")
    if len(pieces) < 2 or not han or not any(_LETTERS.search(piece) for piece in pieces):
        return []
    spoken = [_said(piece) for piece in pieces]
    if not all(sound.pinyin for sound in spoken):  # a character that no table can read
        return []
    part = fold(simplified(han))
    initials, pinyin = "".join(s.initials for s in spoken), "".join(s.pinyin for s in spoken)
    return [
        _begins("initials_mixed", initials, "initials", "any", part),
        _begins("pinyin_mixed", pinyin, "pinyin", "any", part),
    ]


def after_last(prefix: str) -> str | None:
    """The first text after all texts that begin with `prefix`, by code point; None where there is none."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following == 0xD800:  # surrogates are no characters
            following = 0xE000
        if following <= 0x10FFFF:
            return prefix[: end - 1] + chr(following)
    return None
