"""R32, R40, R41: what names must not be borrowed or given up. 著名地理实体和遗产名称, 稳定, 保护名录."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from geonames.rules.around import Answer, NotKnown
from geonames.rules.checks.saying import Asked, Gap, Hit, Nothing, Parameters, Said, check, gap_of, items, names_of
from geonames.rules.model import Other


class BorrowedParameters(Parameters):
    """`words`: the famous natural features."""

    words: str


@check(
    "borrowed",
    BorrowedParameters,
    cases={"famous": ("feature",), "heritage": ("others",), "outside": ("others",)},
)
def borrowed(asked: Asked[BorrowedParameters]) -> Iterator[Said]:
    """The specific of a division is none of a famous feature, a heritage site, or something outside it."""
    found = asked.word_list(asked.parameters.words)
    if isinstance(found, Gap):
        yield found
    else:
        for entry in found.entries:
            if asked.subject.specific in (entry.text, *entry.note.split()):
                yield Hit("famous", asked.specific, {"feature": entry.text}, (Other(entry.text),))
    yield from _others("heritage", asked, asked.around.heritage())
    yield from _others("outside", asked, asked.around.outside_entities())


def _others(case: str, asked: Asked[BorrowedParameters], answer: Answer) -> Iterator[Said]:
    others = items(answer)
    if others:
        yield Hit(case, asked.specific, {"others": names_of(others)}, others)
    yield from gap_of(answer)


class StabilityParameters(Parameters):
    """`least_years`: between two changes of a name."""

    least_years: int


@check("stability", StabilityParameters, cases={"again": ("last", "least_years")})
def stability(asked: Asked[StabilityParameters]) -> Iterator[Said]:
    """A name that was changed a few years ago is not changed again."""
    changed = asked.around.renamings()
    if isinstance(changed, NotKnown):
        yield Gap("around", {"why": changed.why})
        return
    before = [day for day in changed if day <= asked.as_of]
    if before and asked.as_of < _years_after(max(before), asked.parameters.least_years):
        said = {"last": max(before).isoformat(), "least_years": asked.parameters.least_years}
        yield Hit("again", asked.all, said)


def _years_after(day: date, years: int) -> date:
    """The same day years later; of 29 February the 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


#: The paper that Art. 25 asks for before a listed name is changed.
PROTECTION = "protection_measures"


@check("protected", Nothing, cases={"no_measures": ("others",), "measures": ("others",)})
def protected(asked: Asked[Nothing]) -> Iterator[Said]:
    """A listed name is not given up without measures that protect it."""
    answer = asked.around.protection()
    listed = items(answer)
    if listed:
        measured = PROTECTION in (asked.subject.proposal.documents or ())
        yield Hit("measures" if measured else "no_measures", asked.all, {"others": names_of(listed)}, listed)
    yield from gap_of(answer)
