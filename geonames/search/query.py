"""What was asked: checked, and turned into the ways in which a name may be met. Pure.

The ways are ordered: exact before prefix before substring, and initials last;
for Latin letters the sound counts as the name. `quality` is their rank, 0 the best.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from data.crs import BBox, check_bbox, check_position
from data.errors import BadRequest
from geonames.romanize.keys import query_sounds, query_texts

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
#: The last quality of each stage: exact, prefix, everything.
STAGES = (1, 3, 8)
MatchKind = Literal["name", "traditional", "code", "pinyin", "initials", "any"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of meeting a name: `column` of the keys, how it is compared, with what.

    `operator`: `equals`, `begins` or `contains`. `kinds`: code keys are met by codes only.
    """

    quality: int
    kind: MatchKind
    column: Literal["folded", "pinyin", "initials"]
    operator: Literal["equals", "begins", "contains"]
    value: str


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A checked question. `q` None: everything that passes the filters."""

    q: str | None = None
    within: str | None = None
    class_: str | None = None
    type_code: str | None = None
    bbox: BBox | None = None
    near: tuple[float, float] | None = None
    heritage: str | None = None
    as_of: date | None = None

    def fingerprint(self) -> dict[str, Any]:
        """What a cursor belongs to."""
        return {"list": "places", **{name: getattr(self, name) for name in self.__slots__}}


def check_query(query: PlaceQuery) -> PlaceQuery:
    """`query` itself. Raises `BadRequest`: `query_empty`, `query_too_long`, `query_control_characters`,
    `bad_class`, `bad_type`, `coordinates_out_of_range`, `bbox_antimeridian`, `bbox_empty`.
    """
    if query.q is not None:
        check_text(query.q)
    if query.class_ is not None and query.class_ not in CLASSES:
        raise BadRequest(f"class is one of {', '.join(CLASSES)}.", code="bad_class")
    if query.type_code is not None and not (len(query.type_code) == 5 and query.type_code.isdecimal()):
        raise BadRequest("type is a class of GB/T 18521 with five digits, e.g. 22000.", code="bad_type")
    if query.bbox is not None:
        check_bbox(query.bbox)
    if query.near is not None:
        check_position(*query.near)
    return query


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
    """All ways in which `q` may meet a name; see `stages` for their order."""
    typed, *others = query_texts(q)
    found = [Way(0, "name", "folded", "equals", typed)]
    found += [Way(1, "traditional", "folded", "equals", text) for text in others]
    found.append(Way(2, "name", "folded", "begins", typed))
    found += [Way(3, "traditional", "folded", "begins", text) for text in others]
    sounds = query_sounds(q)
    if not sounds:
        found.append(Way(4, "name", "folded", "contains", typed))
        found += [Way(5, "traditional", "folded", "contains", text) for text in others]
        return found
    # Latin letters may be a Latin name or the sound of a Chinese one: neither goes before the other
    found += [Way(0, "pinyin", "pinyin", "equals", sound) for sound in sounds]
    found += [Way(2, "pinyin", "pinyin", "begins", sound) for sound in sounds]
    found += [Way(6, "initials", "initials", "equals", sound) for sound in sounds]
    found += [Way(7, "initials", "initials", "begins", sound) for sound in sounds]
    found.append(Way(8, "name", "folded", "contains", typed))
    return found


def stages(found: Sequence[Way], at_least: int = 0) -> list[list[Way]]:
    """The ways that are worth asking in turn: exact ones, then prefixes too, then all.

    Each stage holds the earlier ones. Where one fills the page the next need not be
    asked, because nothing in it is better. `at_least`: the quality at which a page goes on.
    """
    bounds = [bound for bound in STAGES if bound >= at_least]
    return [[way for way in found if way.quality <= bound] for bound in bounds]


def score(quality: int) -> float:
    """`quality` as a number from 1 (exact) towards 0, for clients that sort several lists."""
    return round(1 - quality / 10, 3)


def after_last(prefix: str) -> str | None:
    """The first text after all texts that begin with `prefix`, by code point; None where there is none."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following == 0xD800:  # surrogates are no characters
            following = 0xE000
        if following <= 0x10FFFF:
            return prefix[: end - 1] + chr(following)
    return None
