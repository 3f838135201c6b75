"""What a procedure (程序) is: states, transitions, clocks. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.access import Role


class DayKind(StrEnum):
    """What a term is counted in: 自然日 or 工作日."""

    CALENDAR = "calendar_days"
    WORKING = "working_days"


class RestDay(StrEnum):
    """What becomes of a term that would end on a day of rest."""

    STAYS = "stays"
    MOVES = "moves"


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages of the pages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class State:
    """One state (环节). `allows`: deeds that leave the state as it is (`assign`, `opine`, `consult` …)."""

    key: str
    label: Label
    ends: bool = False
    allows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """What an action brings with it: a text of up to `max_length` characters.

    `label`: how a form asks for it; None: the pages have a word for `name` (`reason`, `text` …).
    `choices`: what a form offers, by key, where the action takes one of a list and nothing else; its effect refuses
    what is none of them.
    """

    name: str
    required: bool = True
    max_length: int = 2000
    label: Label | None = None
    choices: tuple[tuple[str, Label], ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition by name, with an argument where it takes one: `votes_for:3`."""

    name: str
    argument: str = ""

    @classmethod
    def parse(cls, text: str) -> Guard:
        """`name` or `name:argument`."""
        name, _, argument = text.partition(":")
        return cls(name, argument)


@dataclass(frozen=True, slots=True)
class Transition:
    """In `state`, `action` by one of `roles` leads to `next`, if every guard holds.

    `permission` is the row of `data/rules/permissions.toml` that must permit it as well. `document`: the
    template that is made of it; `document_optional`: an office that numbers no such document here (its numbers
    are given elsewhere) takes the step without one. `effect`: what the subject does in the same transaction. `tells`:
    relations to the case that are notified. `article`: the legal basis, as it is shown to people.
    """

    state: str
    action: str
    label: Label
    roles: tuple[Role, ...]
    permission: str
    next: str
    article: str
    guards: tuple[Guard, ...] = ()
    fields: tuple[Field, ...] = ()
    document: str | None = None
    effect: str | None = None
    tells: tuple[str, ...] = ()
    document_optional: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take, the day on which it began not counted."""

    amount: int
    kind: DayKind
    rest_day: RestDay = RestDay.STAYS


@dataclass(frozen=True, slots=True)
class FactTest:
    """Whether a fact of the case, by its path (`route.announcing.since`), has a value."""

    path: str
    value: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A statutory deadline (法定期限): runs in some states, stands still in others, is stopped by all the rest.

    `warn_before`: so many days of the same kind before the end the assignee is warned. `escalate_to`: the
    role that is told when it has passed. `only_if`: cases of which the fact is another have no such term.
    `term_from`: the path of the fact that says the term (`amount`, `unit`); where it says none there is none.
    """

    key: str
    label: Label
    term: Term
    article: str
    runs_in: frozenset[str]
    pauses_in: frozenset[str] = frozenset()
    warn_before: int = 0
    escalate_to: Role | None = None
    only_if: FactTest | None = None
    term_from: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a case begins: who may, in which state, with which prefix of its number."""

    roles: tuple[Role, ...]
    state: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure as it holds from a day on: a case ends by the table under which it began."""

    key: str
    label: Label
    valid_from: date
    article: str
    opening: Opening
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    clocks: tuple[ClockRule, ...] = ()

    def transitions_from(self, state: str) -> tuple[Transition, ...]:
        """The ways out of `state` (and back to it), in the order of the table."""
        return tuple(t for t in self.transitions if t.state == state)

    def transition(self, state: str, action: str) -> Transition | None:
        """The row for `action` in `state`; None where the action is not possible there."""
        return next((t for t in self.transitions_from(state) if t.action == action), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a case that has to be put right or answered, under a rule."""

    id: str
    rule: str
    severity: str
    requested: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion, vote, consultation, reply or objection given in a case.

    `offices`: of a reply, the bodies in whose name its author could speak, each with the id of its unit.
    """

    id: str
    kind: str
    by: str
    stance: str | None = None
    answers: str | None = None
    #: given during the present stay in the state: votes of an earlier round do not count
    present: bool = True
    offices: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as guards see it. `findings`: those that are open."""

    state: str
    facts: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    attachments: int = 0
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing before an action is possible: a stable code, and words for a person.

    `counts`: the numbers in the message, for whoever says it in another language. `lacking`: what it is that
    lacks, by its name in both, where it has one.
    """

    code: str
    message: str
    counts: Mapping[str, int] = field(default_factory=dict)
    lacking: tuple[Label, ...] = ()

    def told(self) -> dict[str, object]:
        """As answers tell it."""
        return {
            "code": self.code,
            "message": self.message,
            "counts": dict(self.counts),
            "lacking": [{"zh": one.zh, "en": one.en} for one in self.lacking],
        }
