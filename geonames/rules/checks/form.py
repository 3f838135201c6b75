"""R01–R04, R36: of what parts a name is made. 专名, 通名, 通名叠用, 字数."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from geonames.rules.checks.saying import Asked, Hit, Parameters, Said, check
from geonames.rules.generics import all_terms, classes_of, longest, terms_of
from geonames.rules.model import Span

_BUILDING = "RESIDENTIAL_BUILDING"


class PartsParameters(Parameters):
    """`asked_classes`: classes of which names without a known generic are common, so that a person looks.

    `endings_words`: what buildings are called besides the generics of the table; it counts as a generic here.
    """

    asked_classes: tuple[str, ...] = ()
    endings_words: str = ""


@check(
    "parts",
    PartsParameters,
    cases={"no_specific": (), "no_generic": (), "generic_unknown": ()},
)
def parts(asked: Asked[PartsParameters]) -> Iterator[Said]:
    """Both parts are there: 广场 alone has no specific, 滨江 no generic."""
    subject, wanted = asked.subject, asked.parameters
    if subject.name in all_terms() or not subject.specific:
        yield Hit("no_specific", asked.all)
    elif not subject.generic and not _any_ending(asked, wanted.endings_words):
        loose = subject.proposal.art3_class in wanted.asked_classes
        yield Hit("generic_unknown" if loose else "no_generic", asked.all)


def _any_ending(asked: Asked[Any], endings_words: str) -> str:
    """A generic of any class, or a word of the list, at the end of the name; empty: none."""
    found = asked.words.get(endings_words) if endings_words else None
    telling = found.find(asked.name) if found else ()
    return longest(asked.name, all_terms()) or (asked.part(telling[-1].span) if telling else "")


class ClassParameters(Parameters):
    """`endings_words`: what buildings are called besides the generics of the table.

    `asked_classes`: classes whose names often end otherwise, so that a person looks. `open_classes`: classes
    whose generics are also found in the specifics of others (王家庄, 水岸人家), so that a person looks. `left`:
    endings of residential names that another rule judges. `also`: classes whose generics a class takes too
    (villages are called after streams and hills).
    """

    endings_words: str = ""
    asked_classes: tuple[str, ...] = ()
    open_classes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    also: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@check("generic_of_class", ClassParameters, cases={"other_class": ("ending",), "asked": ("ending",)})
def generic_of_class(asked: Asked[ClassParameters]) -> Iterator[Said]:
    """The generic is one of the class of the place: a street is not called 滨江府.

    A name without any known ending is the matter of the rule that asks for both parts.
    """
    class_, wanted = asked.subject.proposal.art3_class, asked.parameters
    own = [terms_of(one) for one in (class_, *wanted.also.get(class_, ()))]
    if any(asked.subject.generic in terms or longest(asked.name, terms) for terms in own):
        return
    ending = _any_ending(asked, wanted.endings_words)
    if ending and (class_ != _BUILDING or (ending in all_terms() and ending not in wanted.left)):
        loose = class_ in wanted.asked_classes or (
            classes_of(ending) <= set(wanted.open_classes) and ending in all_terms()
        )
        span = Span(len(asked.name) - len(ending), len(asked.name))
        yield Hit("asked" if loose else "other_class", span, {"ending": ending})


class StackedParameters(Parameters):
    """`doubled`: generics of two syllables that another generic must not follow; `generics`: what may follow them."""

    doubled: tuple[str, ...]
    generics: tuple[str, ...]


@check("stacked_generics", StackedParameters, cases={"stacked": ("first", "second")})
def stacked_generics(asked: Asked[StackedParameters]) -> Iterator[Said]:
    """No two generics one after the other: 某某广场花园."""
    parameters = asked.parameters
    for second in _endings(asked.name, (*parameters.doubled, *parameters.generics)):
        rest = asked.name.removesuffix(second)
        for first in _endings(rest, parameters.doubled)[:1]:
            if rest != first:
                start = len(rest) - len(first)
                yield Hit("stacked", Span(start, len(asked.name)), {"first": first, "second": second})
                return


def _endings(text: str, terms: tuple[str, ...]) -> list[str]:
    """The terms at the end of a text, longest first."""
    return sorted({term for term in terms if text.endswith(term)}, key=len, reverse=True)


class ConfusingParameters(Parameters):
    """`divisions`: generics of divisions; `features`: generics of other things; `inside`: telling wherever they stand.

    `allowed`: endings that contain one of them and are generics of the class (小区).
    """

    divisions: tuple[str, ...]
    features: tuple[str, ...]
    inside: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@check(
    "confusing_generic",
    ConfusingParameters,
    cases={"division": ("ending",), "feature": ("ending",), "inside": ("word",)},
)
def confusing_generic(asked: Asked[ConfusingParameters]) -> Iterator[Said]:
    """A residential area is not called like a division or a natural feature."""
    parameters, name = asked.parameters, asked.name
    if not name.endswith(parameters.allowed or ("\0",)):
        for case, terms in (("division", parameters.divisions), ("feature", parameters.features)):
            for ending in _endings(name, terms)[:1]:
                yield Hit(case, Span(len(name) - len(ending), len(name)), {"ending": ending})
    for word in parameters.inside:
        at = name.find(word)
        if 0 <= at < len(name) - len(word):
            yield Hit("inside", Span(at, at + len(word)), {"word": word})


class LengthParameters(Parameters):
    """Numbers of characters of the whole name: fewer than `least` or more than `most` is wrong, above `usual` asked."""

    least: int
    usual: int
    most: int


@check(
    "length",
    LengthParameters,
    cases={"short": ("count", "least"), "long": ("count", "usual"), "too_long": ("count", "most")},
)
def length(asked: Asked[LengthParameters]) -> Iterator[Said]:
    """The number of characters."""
    count, wanted = len(asked.name), asked.parameters
    if count < wanted.least:
        yield Hit("short", asked.all, {"count": count, "least": wanted.least})
    elif count > wanted.most:
        yield Hit("too_long", asked.all, {"count": count, "most": wanted.most})
    elif count > wanted.usual:
        yield Hit("long", asked.all, {"count": count, "usual": wanted.usual})
