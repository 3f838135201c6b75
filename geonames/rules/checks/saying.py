"""What a check is given and what it may say; how a check is declared. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from geonames.rules.around import Known, NotKnown, Surroundings
from geonames.rules.model import Other, Span, Subject, Text
from geonames.rules.words import Entry, WordList, Words


class Parameters(BaseModel):
    """What a row sets for its check; a key that the check does not know is refused when the rows are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Parameters):
    """The parameters of a check that takes none."""


class Hit(NamedTuple):
    """Something found: a `case` the check declares, where in the name, and the values for its message."""

    case: str
    span: Span
    values: Mapping[str, object] = {}
    collides_with: tuple[Other, ...] = ()


class Gap(NamedTuple):
    """Something that could not be looked at: a key of the declared gaps, and the values for its message."""

    key: str
    values: Mapping[str, object] = {}


Said = Hit | Gap
P_co = TypeVar("P_co", bound=Parameters, covariant=True)


@dataclass(frozen=True, slots=True)
class Asked(Generic[P_co]):
    """Everything a check looks at."""

    subject: Subject
    parameters: P_co
    words: Words
    around: Surroundings
    as_of: date

    @property
    def name(self) -> str:
        """The whole name."""
        return self.subject.name

    @property
    def all(self) -> Span:
        """The span of the whole name."""
        return Span(0, len(self.name))

    @property
    def specific(self) -> Span:
        """The span of the specific part."""
        return Span(0, len(self.subject.specific))

    @property
    def generic(self) -> Span:
        """The span of the generic part."""
        return Span(len(self.name) - len(self.subject.generic), len(self.name))

    def part(self, span: Span) -> str:
        """The characters of a span."""
        return self.name[span.start : span.end]

    def word_list(self, name: str) -> WordList | Gap:
        """A list by name, or the gap that it is not there."""
        found = self.words.get(name)
        return Gap("no_list", {"list": self.words.title(name)}) if found is None else found


Run = Callable[[Asked[Any]], Iterator[Said]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check: `cases` with the values of their messages, `gaps` likewise; `applies` may say that it has no matter."""

    name: str
    run: Run
    parameters: type[Parameters]
    cases: Mapping[str, tuple[str, ...]]
    gaps: Mapping[str, tuple[str, ...]]
    applies: Callable[[Subject, Any], bool]


#: Gaps that any check may have: a list that is not there, an answer of the register that is not whole.
COMMON_GAPS = {"no_list": ("list",), "around": ("why",)}

REGISTRY: dict[str, Check] = {}


def _always(_subject: Subject, _parameters: Any) -> bool:
    return True


def check(
    name: str,
    parameters: type[Parameters],
    cases: Mapping[str, tuple[str, ...]],
    gaps: Mapping[str, tuple[str, ...]] | None = None,
    applies: Callable[[Subject, Any], bool] = _always,
) -> Callable[[Run], Run]:
    """Declare a function as the check `name`."""

    def declare(run: Run) -> Run:
        if name in REGISTRY:
            raise ValueError(f"check {name} is declared twice")
        REGISTRY[name] = Check(name, run, parameters, cases, {**COMMON_GAPS, **(gaps or {})}, applies)
        return run

    return declare


def items(answer: Known | NotKnown) -> tuple[Other, ...]:
    """What an answer holds, in an order of its own that does not depend on the answerer."""
    if isinstance(answer, NotKnown):
        return ()
    return tuple(sorted(answer.items, key=lambda o: (o.name, o.code or "", o.id or "", o.role)))


def gap_of(answer: Known | NotKnown) -> Iterator[Gap]:
    """The gap of an answer, if it has one."""
    why: Text | None = answer.why if isinstance(answer, NotKnown) else answer.gap
    if why is not None:
        yield Gap("around", {"why": why})


def names_of(others: tuple[Other, ...], most: int = 3) -> Text:
    """The first few of `others` in words: 鼓楼区（开封市）."""
    shown = [f"{o.name}（{o.unit}）" if o.unit else o.name for o in others[:most]]
    more = len(others) - most
    return Text(
        "、".join(shown) + (f" 等{len(others)}处" if more > 0 else ""),
        ", ".join(shown) + (f" and {more} more" if more > 0 else ""),
    )


def shown(entry: Entry) -> str:
    """A word with what it stands for: 威尼斯（意大利城市）."""
    return f"{entry.text}（{entry.note}）" if entry.note else entry.text
