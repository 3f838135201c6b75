"""R24, R25, R27–R31: words that names do not take. 文艺人物, 外国词语, 夸大, 封建, 政治, 低俗, 歧视词语."""

from __future__ import annotations

from collections.abc import Iterator

from geonames.romanize.model import Romanization
from geonames.rules.checks.saying import Asked, Gap, Hit, Parameters, Said, check, shown
from geonames.rules.model import Span
from geonames.rules.sounds import sounds, toneless_word
from geonames.rules.words import Match


class WordParameters(Parameters):
    """`words`: the list. `weak_classes`: classes in which words of group `suggestive` count too (empty: in all)."""

    words: str
    weak_classes: tuple[str, ...] = ()


@check(
    "words",
    WordParameters,
    cases={"listed": ("word",), "suggestive": ("word",)},
)
def words(asked: Asked[WordParameters]) -> Iterator[Said]:
    """No word of a list in the specific part."""
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
        return
    weak = asked.parameters.weak_classes
    for match in found.find(_looked_at(asked)):
        if match.entry.group != "suggestive":
            yield _hit("listed", match)
        elif not weak or asked.subject.proposal.art3_class in weak:
            yield _hit("suggestive", match)


def _looked_at(asked: Asked[WordParameters]) -> str:
    """The specific part; the whole name where there is no other part."""
    return asked.subject.specific or asked.name


def _hit(case: str, match: Match) -> Hit:
    return Hit(case, match.span, {"word": shown(match.entry)})


@check("symbol_words", WordParameters, cases={"written": ("word",), "sounding": ("word", "part")})
def symbol_words(asked: Asked[WordParameters]) -> Iterator[Said]:
    """No word of a list, and none that sounds so."""
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
        return
    written = found.find(_looked_at(asked))
    for match in written:
        yield _hit("written", match)
    taken = {match.span for match in written}
    for entry in found.entries:
        for span in _sounding(asked.subject.spelled, entry.text):
            if span not in taken:
                yield Hit("sounding", span, {"word": entry.text, "part": asked.part(span)})


def _sounding(spelled: Romanization, word: str) -> Iterator[Span]:
    """Where the name sounds like a word, tones aside."""
    own, wanted = sounds(spelled), toneless_word(word)
    for at in range(len(own) - len(wanted) + 1):
        if own[at : at + len(wanted)] == wanted:
            yield Span(at, at + len(wanted))


class MeaningParameters(Parameters):
    """`words`: unhealthy or vulgar words."""

    words: str


@check(
    "meaning",
    MeaningParameters,
    cases={"no_meaning": (), "listed": ("word",)},
    gaps={"no_meaning": ()},
)
def meaning(asked: Asked[MeaningParameters]) -> Iterator[Said]:
    """The name means something that can be said, and nothing unhealthy."""
    said = asked.subject.proposal.meaning
    if said is None:
        yield Gap("no_meaning")
    elif not said.strip():
        yield Hit("no_meaning", asked.all)
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
    else:
        yield from (_hit("listed", match) for match in found.find(asked.name))
