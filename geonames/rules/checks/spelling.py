"""R37, R38: how a name is read and spelled. 多音字, 罗马字母拼写."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from geonames.rules.checks.saying import Asked, Gap, Hit, Nothing, Parameters, Said, check
from geonames.rules.model import Span
from geonames.rules.sounds import is_clear


class ReadingParameters(Parameters):
    """A character counts as clear where one reading has this share of at least so many general phrases."""

    decisive_share: float
    decisive_count: int


@check("clear_reading", ReadingParameters, cases={"several": ("text", "reading")})
def clear_reading(asked: Asked[ReadingParameters]) -> Iterator[Said]:
    """No character of the specific part whose reading was left to a guess between usual ones.

    That a character has a second reading in the dictionaries is not enough (央, 之): phrases must bear it.
    """
    wanted = asked.parameters
    at = 0
    for syllable in asked.subject.spelled.syllables:
        span = Span(at, at + len(syllable.text))
        at = span.end
        clear = is_clear(syllable.text, wanted.decisive_share, wanted.decisive_count)
        if syllable.doubtful and not clear and span.start < len(asked.subject.specific):
            yield Hit("several", span, {"text": syllable.text, "reading": syllable.toned})


#: Spellings that are no mistake, but of another kind than the standard one.
_OTHER_FORMS = ("local-language", "by-characters")


@check(
    "romanization",
    Nothing,
    cases={
        "empty": ("roman",),
        "differs": ("given", "roman"),
        "unsure": ("given", "roman"),
        "other": ("given", "roman"),
        "disputed": ("given", "roman"),
    },
    gaps={"no_roman": ("roman",)},
)
def romanization(asked: Asked[Nothing]) -> Iterator[Said]:
    """The spelling handed in is the one that the rules give; with or without tones."""
    spelled, given = asked.subject.spelled, asked.subject.proposal.roman
    if given is None:
        yield Gap("no_roman", {"roman": spelled.roman})
        return
    said = {"given": given, "roman": spelled.roman}
    written = unicodedata.normalize("NFC", given)
    if not written.strip():
        yield Hit("empty", asked.all, {"roman": spelled.roman})
    elif written in (spelled.roman, spelled.roman_toned):
        return
    elif written in {other.roman for other in spelled.alternatives if other.kind in _OTHER_FORMS}:
        yield Hit("other", asked.all, said)
    elif written in {other.roman for other in spelled.alternatives}:
        yield Hit("disputed", asked.all, said)
    else:
        yield Hit("unsure" if spelled.ambiguous else "differs", asked.all, said)
