"""R22, R23, R26: names of persons and of enterprises. 国家领导人, 人名, 企业名称和商标名称."""

from __future__ import annotations

from collections.abc import Iterator

from geonames.romanize.lexicon import national
from geonames.rules.checks.saying import Asked, Gap, Hit, Parameters, Said, check, shown
from geonames.rules.model import Span

#: A shared stretch of fewer characters than this says nothing of an enterprise.
LEAST_SHARED = 2


class LeaderParameters(Parameters):
    """`words`: full names, and given names that stand for them."""

    words: str


@check("leaders", LeaderParameters, cases={"leader": ("word",)})
def leaders(asked: Asked[LeaderParameters]) -> Iterator[Said]:
    """No name of a state leader."""
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
    else:
        yield from (Hit("leader", m.span, {"word": shown(m.entry)}) for m in found.find(asked.subject.specific))


class PersonParameters(Parameters):
    """`words`: persons; `titles`: words after which a specific names a person (某某总裁)."""

    words: str
    titles: tuple[str, ...] = ()


@check("persons", PersonParameters, cases={"person": ("word",), "title": ("title",)})
def persons(asked: Asked[PersonParameters]) -> Iterator[Said]:
    """No name of a person, in general; whoever is not on the list is not recognised."""
    specific = asked.subject.specific
    for title in asked.parameters.titles:
        at = specific.find(title)
        if at > 0:
            yield Hit("title", Span(0, at + len(title)), {"title": title})
            return
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
    else:
        yield from (Hit("person", m.span, {"word": shown(m.entry)}) for m in found.find(specific))


class EnterpriseParameters(Parameters):
    """`words`: brands and enterprises; `form_words`: what in a firm's name is not its own (有限公司, 集团)."""

    words: str
    form_words: str


@check(
    "enterprise", EnterpriseParameters, cases={"applicant": ("shared",), "brand": ("word",)}, gaps={"no_applicant": ()}
)
def enterprise(asked: Asked[EnterpriseParameters]) -> Iterator[Said]:
    """No name of the applicant's enterprise, of another, or of a trade mark."""
    applicant = asked.subject.proposal.applicant
    if applicant is None:
        yield Gap("no_applicant")
    else:
        yield from _of_applicant(asked, applicant)
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
    else:
        yield from (Hit("brand", m.span, {"word": shown(m.entry)}) for m in found.find(asked.subject.specific))


def _of_applicant(asked: Asked[EnterpriseParameters], applicant: str) -> Iterator[Hit]:
    shared = _longest_shared(asked.subject.specific, _own_name(asked, applicant))
    if len(shared) >= LEAST_SHARED:
        at = asked.name.find(shared)
        yield Hit("applicant", Span(at, at + len(shared)), {"shared": shared})


def _own_name(asked: Asked[EnterpriseParameters], applicant: str) -> tuple[str, ...]:
    """What is left of a firm's name without places and without the words for its form and trade."""
    forms = asked.words.get(asked.parameters.form_words)
    rest = applicant
    for match in reversed(forms.find(applicant) if forms else ()):
        rest = f"{rest[: match.span.start]}|{rest[match.span.end :]}"
    return tuple(filter(None, _without_place(rest).split("|")))


def _without_place(text: str) -> str:
    """Without the name of a unit at the start (大连澜庭: 澜庭)."""
    lexicon = national()
    for length in range(min(len(text) - 1, 8), 1, -1):
        if text[:length] in lexicon.divisions or text[:length] in lexicon.places:
            return text[length:]
    return text


def _longest_shared(text: str, others: tuple[str, ...]) -> str:
    stretches = (text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1))
    return max((s for s in stretches if any(s in other for other in others)), key=len, default="")
