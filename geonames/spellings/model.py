"""Every spelling of one name, which of them is preferred, and why a person is asked. Pure.

Order of preference: what an office has settled; a spelling that a source was seen to
have; of sources that disagree the choice of the readings; an unconfirmed one; the
rules of 1984. Where the second last, or a guess in the last, was taken, or sources
disagree, the spelling waits for review.
"""

from __future__ import annotations

from typing import NamedTuple

from geonames.romanize.engine import entry_for, romanize_shape
from geonames.romanize.entries import Entry
from geonames.romanize.lexicon import Lexicon, national
from geonames.romanize.model import Layer, Romanization, shape_of
from geonames.romanize.provinces import region_of

OFFICIAL = "official"
#: Keys of data/reference/scripts/systems.csv.
BY_RULES_OF_1984 = "PY84"
AFTER_MINORITY_LANGUAGES = "MIN76"
NONE, OPEN, SETTLED = "none", "open", "settled"


class Spelled(NamedTuple):
    """One spelling. `form`: `official` or the kind of an alternative; `system`: by which rules.

    `layer`: the layer of readings behind an official spelling; `reason`: why it waits, None where it does not.
    """

    form: str
    roman: str
    toned: str | None
    system: str
    layer: str | None
    source: str
    preferred: bool
    reason: str | None

    @property
    def review(self) -> str:
        """Whether somebody who knows the place has to say."""
        return OPEN if self.reason else NONE


def spellings_of(
    name: str, class_: str | None, within: str | None, lexicon: Lexicon | None = None
) -> tuple[Spelled, ...]:
    """All spellings of a name, the preferred first."""
    tables, shape = lexicon or national(), shape_of(class_)
    region = region_of(within)
    found = romanize_shape(name, shape, region, tables)
    entry = entry_for(name, shape, region or tables.province_of(name), tables)
    reason = _reason(found, entry)
    minority = found.source is Layer.MINORITY
    official = Spelled(
        OFFICIAL, found.roman, found.roman_toned, AFTER_MINORITY_LANGUAGES if minority else BY_RULES_OF_1984,
        found.source.value, _source(found, entry), True, reason,
    )  # fmt: skip
    return (official, *_others(found, reason))


def _others(found: Romanization, reason: str | None) -> list[Spelled]:
    return [
        Spelled(
            other.kind, other.roman, None,
            AFTER_MINORITY_LANGUAGES if other.kind == "local-language" else BY_RULES_OF_1984,
            None, other.source or "rules of 1984, by the characters", False,
            reason if other.kind == "other-source" else None,
        )
        for other in found.alternatives
    ]  # fmt: skip


def _source(found: Romanization, entry: Entry | None) -> str:
    return entry.source if entry else f"rules of 1984; readings: {found.source.value}"


def _reason(found: Romanization, entry: Entry | None) -> str | None:
    if entry is not None and entry.disputed:
        return "sources-disagree"
    if entry is not None and not entry.verified:
        return "unconfirmed"
    if not found.ambiguous:
        return None
    return "unconfirmed" if found.source is Layer.MINORITY else "polyphone"
