"""Reads procedures from TOML; a table that cannot be run is refused before it is used."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from data.access import Role
from data.workflow.checks import check_procedure
from data.workflow.model import (
    ClockRule,
    DayKind,
    FactTest,
    Field,
    Guard,
    Label,
    Opening,
    Procedure,
    RestDay,
    State,
    Term,
    Transition,
)

FOLDER = Path(__file__).parents[1] / "procedures"
#: Where the lists are of which a field takes one.
RULES = Path(__file__).parents[1] / "rules"


class ProcedureError(ValueError):
    """A procedure's table says something that has no meaning or leads nowhere; `findings` lists all of it."""

    def __init__(self, name: str, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{name}: " + "; ".join(self.findings))


def load_procedure(path: Path) -> Procedure:
    """The procedure in the file at `path`, checked; raises `ProcedureError`."""
    return read_procedure(tomllib.loads(path.read_text("utf-8")), path.name)


def load_procedures(folder: Path = FOLDER) -> tuple[Procedure, ...]:
    """All procedures below `folder`, in order of their files."""
    return tuple(load_procedure(path) for path in sorted(folder.rglob("*.toml")))


def read_procedure(table: Mapping[str, Any], name: str = "procedure") -> Procedure:
    """The procedure in a parsed TOML document; raises `ProcedureError`."""
    try:
        procedure = _procedure(_Reader(table, name))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        said = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise ProcedureError(name, [said]) from error
    findings = check_procedure(procedure)
    if findings:
        raise ProcedureError(name, findings)
    return procedure


def in_force(procedures: Iterable[Procedure], key: str, day: date) -> Procedure | None:
    """The table of procedure `key` that holds on `day`: the latest that began on or before it."""
    begun = [p for p in procedures if p.key == key and p.valid_from <= day]
    return max(begun, key=lambda p: p.valid_from, default=None)


class _Reader:
    """A table of which every key must be read: a misspelt one must not be ignored."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self.table, self.where, self.read = table, where, set[str]()

    def need(self, key: str, kind: type) -> Any:
        self.read.add(key)
        if key not in self.table:
            raise KeyError(f"{self.where}.{key}")
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"{self.where}.{key} is no {kind.__name__}")
        return value

    def have(self, key: str, kind: type, default: Any) -> Any:
        return self.need(key, kind) if key in self.table else default

    def tables(self, key: str) -> list[_Reader]:
        rows = self.have(key, list, [])
        return [_Reader(row, f"{self.where}.{key}[{i}]") for i, row in enumerate(rows)]

    def done(self) -> None:
        unknown = sorted(set(self.table) - self.read)
        if unknown:
            raise ValueError(f"{self.where} has unknown keys {', '.join(unknown)}")


def _procedure(r: _Reader) -> Procedure:
    opening = _Reader(r.need("opening", dict), f"{r.where}.opening")
    states = [_state(s) for s in r.tables("state")]
    if len({s.key for s in states}) < len(states):
        raise ValueError(f"{r.where} has two states of the same key")
    procedure = Procedure(
        key=r.need("key", str),
        label=_label(r),
        valid_from=r.need("valid_from", date),
        article=r.need("article", str),
        opening=Opening(_roles(opening), opening.need("state", str), opening.need("prefix", str)),
        states={s.key: s for s in states},
        transitions=tuple(_transition(t) for t in r.tables("transition")),
        clocks=tuple(_clock(c) for c in r.tables("clock")),
    )
    opening.done()
    r.done()
    return procedure


def _state(r: _Reader) -> State:
    state = State(r.need("key", str), _label(r), r.have("ends", bool, False), frozenset(r.have("allows", list, [])))
    r.done()
    return state


def _transition(r: _Reader) -> Transition:
    transition = Transition(
        state=r.need("state", str),
        action=r.need("action", str),
        label=_label(r),
        roles=_roles(r),
        permission=r.need("permission", str),
        next=r.need("next", str),
        article=r.need("article", str),
        guards=tuple(Guard.parse(text) for text in r.have("guards", list, [])),
        fields=tuple(_field(f) for f in r.tables("field")),
        document=r.have("document", str, None),
        effect=r.have("effect", str, None),
        tells=tuple(r.have("tells", list, [])),
        document_optional=r.have("document_optional", bool, False),
    )
    r.done()
    return transition


def _field(r: _Reader) -> Field:
    label = _label(r) if "label" in r.table else None
    field = Field(
        r.need("name", str),
        r.have("required", bool, True),
        r.have("max_length", int, 2000),
        label,
        rule_list(r.have("choices", str, "")),
    )
    r.done()
    return field


def rule_list(name: str) -> tuple[tuple[str, Label], ...]:
    """The rows `[[class]]` of the list `name` below data/rules, in its order; nothing where a field has no list."""
    if not name:
        return ()
    rows = tomllib.loads((RULES / f"{name}.toml").read_text("utf-8"))["class"]
    return tuple((row["key"], Label(row["label"]["zh"], row["label"]["en"])) for row in rows)


def _clock(r: _Reader) -> ClockRule:
    escalate = r.have("escalate_to", str, None)
    rule = ClockRule(
        key=r.need("key", str),
        label=_label(r),
        term=_term(r),
        article=r.need("article", str),
        runs_in=frozenset(r.need("runs_in", list)),
        pauses_in=frozenset(r.have("pauses_in", list, [])),
        warn_before=r.have("warn_before", int, 0),
        escalate_to=Role(escalate) if escalate else None,
        only_if=_fact_test(r),
        term_from=r.have("term_from", str, None),
    )
    r.done()
    return rule


def _term(r: _Reader) -> Term:
    """The term in the table; where the facts of a case say it, the table has none."""
    rest = RestDay(r.have("rest_day", str, "stays"))
    if "term_from" in r.table:
        return Term(0, DayKind.CALENDAR, rest)
    return Term(r.need("amount", int), DayKind(r.need("unit", str)), rest)


def _fact_test(r: _Reader) -> FactTest | None:
    if "only_if" not in r.table:
        return None
    test = _Reader(r.need("only_if", dict), f"{r.where}.only_if")
    found = FactTest(test.need("fact", str), test.need("is", str))
    test.done()
    return found


def _label(r: _Reader) -> Label:
    label = r.need("label", dict)
    if set(label) != {"zh", "en"} or not all(isinstance(v, str) and v for v in label.values()):
        raise ValueError(f"{r.where}.label needs zh and en")
    return Label(label["zh"], label["en"])


def _roles(r: _Reader) -> tuple[Role, ...]:
    return tuple(Role(role) for role in r.need("roles", list))
