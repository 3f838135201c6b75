"""R06–R14, R39: names that are, sound or look like another. 重名, 同音, 形近, 一地一名."""

from __future__ import annotations

from collections.abc import Iterator

from geonames.rules.around import Answer, Pool, Reach
from geonames.rules.checks.saying import Asked, Gap, Hit, Parameters, Said, check, gap_of, items, names_of
from geonames.rules.model import Other, Subject, Text
from geonames.rules.pools import pool_of
from geonames.rules.sounds import sounds, toneless_word


class ReachParameters(Parameters):
    """How far names of each pool must differ; a name of another pool is not this rule's matter."""

    reach: dict[Pool, Reach]


class DuplicateParameters(ReachParameters):
    """`analogous`: generics that the article does not name and that are treated likewise."""

    analogous: tuple[str, ...] = ()


def in_reach(subject: Subject, parameters: ReachParameters) -> bool:
    """Whether the rule says how far names like this one must differ."""
    return pool_of(subject) in parameters.reach


def _where(asked: Asked[ReachParameters]) -> tuple[Pool, Reach]:
    pool = pool_of(asked.subject)
    if pool is None:
        raise AssertionError("asked about a name that has no pool")
    return pool, asked.parameters.reach[pool]


#: What the messages call each reach.
REACH = {
    Reach.NATION: Text("全国", "the country"),
    Reach.PROVINCE: Text("本省级行政区域", "the province"),
    Reach.COUNTY: Text("本县级行政区域", "the county"),
    Reach.TOWNSHIP: Text("本乡镇", "the township"),
    Reach.BUILT_UP: Text("本建成区（城镇）", "the built-up area (town)"),
}


def _met(case: str, asked: Asked[ReachParameters], answer: Answer, reach: Reach) -> Iterator[Said]:
    others = items(answer)
    if others:
        yield Hit(case, asked.all, {"others": names_of(others), "reach": REACH[reach]}, others)
    yield from gap_of(answer)


@check(
    "duplicate",
    DuplicateParameters,
    cases=dict.fromkeys(("full", "analogous", "specific", "specific_analogous"), ("others", "reach")),
    applies=in_reach,
)
def duplicate(asked: Asked[DuplicateParameters]) -> Iterator[Said]:
    """No other name in reach is the same; one with the same specific and another generic is looked at."""
    pool, reach = _where(asked)
    analogous = asked.subject.generic in asked.parameters.analogous
    yield from _met("analogous" if analogous else "full", asked, asked.around.same_name(pool, reach), reach)
    yield from _same_specific(asked, asked.around.same_specific(pool, reach), reach)


def _same_specific(asked: Asked[DuplicateParameters], answer: Answer, reach: Reach) -> Iterator[Said]:
    """Others with the same specific: those that the article names, and those that are only treated likewise."""
    likewise = asked.parameters.analogous
    own = asked.subject.generic in likewise
    for case, analogous in (("specific", False), ("specific_analogous", True)):
        others = tuple(o for o in items(answer) if (own or o.name.endswith(likewise or ("\0",))) is analogous)
        if others:
            yield Hit(case, asked.all, {"others": names_of(others), "reach": REACH[reach]}, others)
    yield from gap_of(answer)


class FamousParameters(Parameters):
    """`words`: the famous natural features."""

    words: str


@check("famous_feature", FamousParameters, cases={"famous": ("feature",)})
def famous_feature(asked: Asked[FamousParameters]) -> Iterator[Said]:
    """The whole name is that of a famous natural feature (entries in their full form)."""
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
        return
    for entry in found.entries:
        if asked.name in (entry.text, *entry.note.split()):
            yield Hit("famous", asked.all, {"feature": entry.text}, (Other(entry.text),))


class HomophoneParameters(ReachParameters):
    """`famous_words`: famous natural features, with which names of natural features are compared."""

    famous_words: str = ""


def _sounds_somewhere(subject: Subject, parameters: HomophoneParameters) -> bool:
    natural = subject.proposal.art3_class == "NATURAL" and bool(parameters.famous_words)
    return natural or in_reach(subject, parameters)


@check(
    "homophone",
    HomophoneParameters,
    cases={"toned": ("others", "reach"), "toneless": ("others", "reach"), "famous": ("feature",)},
    applies=_sounds_somewhere,
)
def homophone(asked: Asked[HomophoneParameters]) -> Iterator[Said]:
    """No other name in reach sounds the same, by approved readings; without regard to tones it is asked."""
    if in_reach(asked.subject, asked.parameters):
        pool, reach = _where(asked)
        answer = asked.around.same_sound(pool, reach)
        for case, toned in (("toned", True), ("toneless", False)):
            others = tuple(o for o in items(answer) if bool(o.toned_equal) is toned)
            if others:
                yield Hit(case, asked.all, {"others": names_of(others), "reach": REACH[reach]}, others)
        yield from gap_of(answer)
    else:
        yield from _famous_sound(asked)


def _famous_sound(asked: Asked[HomophoneParameters]) -> Iterator[Said]:
    found = asked.word_list(asked.parameters.famous_words)
    if isinstance(found, Gap):
        yield found
        return
    own = sounds(asked.subject.spelled)
    for entry in found.entries:
        if len(entry.text) == len(asked.name) and entry.text != asked.name and toneless_word(entry.text) == own:
            yield Hit("famous", asked.all, {"feature": entry.text}, (Other(entry.text),))


@check("dialect", ReachParameters, cases={"dialect": ("others", "reach")}, applies=in_reach)
def dialect(asked: Asked[ReachParameters]) -> Iterator[Said]:
    """No other name in reach sounds the same in the dialect of the place."""
    pool, reach = _where(asked)
    yield from _met("dialect", asked, asked.around.dialect_sound(pool, reach), reach)


@check("similar_form", ReachParameters, cases={"similar": ("others", "reach", "pairs")}, applies=in_reach)
def similar_form(asked: Asked[ReachParameters]) -> Iterator[Said]:
    """No other name in reach differs only in characters that are easily taken for each other."""
    pool, reach = _where(asked)
    answer = asked.around.similar_form(pool, reach)
    others = items(answer)
    if others:
        pairs = "、".join(sorted({o.detail for o in others if o.detail}))
        yield Hit("similar", asked.all, {"others": names_of(others), "reach": REACH[reach], "pairs": pairs}, others)
    yield from gap_of(answer)


@check(
    "one_name",
    ReachParameters,
    cases={"alias": ("others", "reach"), "given_up": ("others", "reach")},
    applies=in_reach,
)
def one_name(asked: Asked[ReachParameters]) -> Iterator[Said]:
    """The name is no alias of another place, and none that was given up in reach."""
    pool, reach = _where(asked)
    answer = asked.around.other_uses(pool, reach)
    for case, aliases in (("alias", True), ("given_up", False)):
        others = tuple(o for o in items(answer) if (o.role == "alias") is aliases)
        if others:
            yield Hit(case, asked.all, {"others": names_of(others), "reach": REACH[reach]}, others)
    yield from gap_of(answer)
