"""The rules as dated rows: what a row says, read from `data/rules/naming/`, refused where it has no meaning.

A row holds for a region (empty: the whole country) and a time. In force on a day
is, for each rule, the row of the smallest region in which the place lies; a
local profile thus adds a rule, replaces one, or (`off`) takes one away. Which check a
row uses, its parameters and severities are validated against what the check declares.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geonames.romanize.model import CLASS_SHAPES
from geonames.rules.checks import REGISTRY
from geonames.rules.checks.saying import Check, Parameters
from geonames.rules.errors import RuleError
from geonames.rules.model import Kind, Level, Severity, Text
from geonames.rules.words import MARKS, Words, load_words

ROWS = Path(__file__).parents[2] / "data" / "rules" / "naming"
#: Files of that folder that hold no rows.
SOURCES, MESSAGES, GROUNDS = "sources.toml", "messages.toml", "grounds.toml"
#: What a message may name besides the values of its case.
ALWAYS = frozenset({"name", "specific", "generic", "rule"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Said(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Row(_Strict):
    """A row as it is written."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,11}$")
    check: str = ""
    title: _Said
    text: _Said
    article: _Said
    level: Level
    region: str = Field(default="", pattern=r"^([0-9]{6}|)$")
    valid_from: date
    valid_to: date | None = None
    mark: str
    source: str
    note: _Said | None = None
    classes: tuple[str, ...] = ()
    type_codes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = (Kind.NAMING, Kind.RENAMING)
    severity: dict[str, Severity] = {}
    grounds: dict[str, Severity] = {}
    parameters: dict[str, Any] = {}
    off: bool = False


class Source(NamedTuple):
    """A document that rules rest on: its title, its dates as far as known, how it was seen."""

    title: Text
    issued: str
    in_force: str
    seen: Text
    mark: str


class Wording(NamedTuple):
    """What a case says, and what would cure it; templates with `{names}`."""

    message: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds in `region` from `valid_from` to before `valid_to` (None: still).

    `classes` and `type_codes` (prefixes) empty: for all. `grounds`: for which reasons a finding
    may weigh less, and then how much. `mark`: V seen in its source, M from memory, I inferred.
    """

    id: str
    check: Check
    title: Text
    text: Text
    article: Text
    level: Level
    region: str
    valid_from: date
    valid_to: date | None
    mark: str
    source: str
    note: Text | None
    classes: frozenset[str]
    type_codes: tuple[str, ...]
    kinds: frozenset[Kind]
    severity: Mapping[str, Severity]
    grounds: Mapping[str, Severity]
    parameters: Parameters
    off: bool

    def holds_on(self, day: date) -> bool:
        """Whether the row is valid on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rows with what they need: word lists, wordings of cases and gaps, sources, grounds."""

    rules: tuple[Rule, ...]
    words: Words
    wordings: Mapping[tuple[str, str], Wording]
    gaps: Mapping[str, Text]
    sources: Mapping[str, Source]
    grounds: Mapping[str, Text]

    def in_force(self, day: date, codes: Iterable[str]) -> tuple[Rule, ...]:
        """The rules on a day for a place in the units `codes`, from the largest down; by id."""
        rank = {"": -1, **{code: n for n, code in enumerate(codes)}}
        found: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.region in rank and rule.holds_on(day):
                other = found.get(rule.id)
                if other is None or rank[other.region] < rank[rule.region]:
                    found[rule.id] = rule
        return tuple(found[id_] for id_ in sorted(found) if not found[id_].off)

    def rows(self, id_: str) -> tuple[Rule, ...]:
        """All rows of a rule, the country first, then by region and time."""
        return tuple(sorted((r for r in self.rules if r.id == id_), key=lambda r: (r.region, r.valid_from)))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all rules."""
        return tuple(sorted({rule.id for rule in self.rules}))


def load_book(*offices: Path) -> RuleBook:
    """The rules that come with the software and those of offices: folders with `rules/*.toml` and `words/*.csv`.

    Raises `RuleError` with everything that is wrong.
    """
    words = load_words(*(office / "words" for office in offices))
    paths = [*ROWS.rglob("*.toml"), *(p for office in offices for p in (office / "rules").glob("*.toml"))]
    tables = [(p, _table(p)) for p in sorted(paths) if p.name not in (SOURCES, MESSAGES, GROUNDS)]
    sources = _sources(tables)
    said = _table(ROWS / MESSAGES)
    problems: list[str] = []
    rules = [rule for path, table in tables for rule in _rules(path, table, problems)]
    book = RuleBook(
        rules=tuple(sorted(rules, key=lambda r: (r.id, r.region, r.valid_from))),
        words=words,
        wordings=_wordings(said["case"]),
        gaps={key: Text(**text) for key, text in said["gap"].items()},
        sources=sources,
        grounds={key: Text(**text) for key, text in _table(ROWS / GROUNDS).items()},
    )
    problems += [what for rule in book.rules for what in _wrong_rule(rule, book)]
    problems += [*_overlaps(book.rules), *_wrong_wordings(book)]
    if problems:
        raise RuleError("naming rules", problems)
    return book


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(path.name, [f"is no TOML: {error}"]) from error


def _sources(tables: Iterable[tuple[Path, dict[str, Any]]]) -> dict[str, Source]:
    found = dict(_table(ROWS / SOURCES))
    for _, table in tables:
        found |= table.get("source", {})
    return {key: _source(row) for key, row in found.items()}


def _source(row: Mapping[str, Any]) -> Source:
    return Source(**{**row, "title": Text(**row["title"]), "seen": Text(**row["seen"])})


def _rules(path: Path, table: Mapping[str, Any], problems: list[str]) -> Iterator[Rule]:
    problems += [f"{path.name}: unknown table {key}" for key in table.keys() - {"rule", "source"}]
    for number, row in enumerate(table.get("rule", ()), start=1):
        try:
            yield _rule(_Row.model_validate(row))
        except (ValidationError, KeyError) as error:
            problems.append(f"{path.name} row {number} ({row.get('id', 'no id')}): {_short(error)}")


def _short(error: ValidationError | KeyError) -> str:
    if isinstance(error, KeyError):
        return f"no check is called {error.args[0]!r}"
    return ", ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def _rule(row: _Row) -> Rule:
    check = REGISTRY[row.check]
    return Rule(
        id=row.id,
        check=check,
        title=row.title.text(),
        text=row.text.text(),
        article=row.article.text(),
        level=row.level,
        region=row.region,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        mark=row.mark,
        source=row.source,
        note=row.note.text() if row.note else None,
        classes=frozenset(row.classes),
        type_codes=row.type_codes,
        kinds=frozenset(row.kinds),
        severity=row.severity,
        grounds=row.grounds,
        parameters=check.parameters.model_validate(row.parameters),
        off=row.off,
    )


def _wrong_rule(rule: Rule, book: RuleBook) -> list[str]:
    """What is wrong with a row by itself."""
    lists = {
        value
        for key, value in rule.parameters.model_dump().items()
        if key.endswith("words") and isinstance(value, str) and value
    }
    weaker = [c for c in rule.severity if rule.severity[c] is Severity.BLOCK]
    tests = (
        (f"no source {rule.source!r} in {SOURCES}", rule.source not in book.sources),
        (f"mark is one of {MARKS}", rule.mark not in MARKS),
        ("ends before it begins", rule.valid_to is not None and rule.valid_to <= rule.valid_from),
        (f"unknown classes {sorted(rule.classes - CLASS_SHAPES.keys())}", not rule.classes <= CLASS_SHAPES.keys()),
        (f"severity must name exactly {sorted(rule.check.cases)}", not _covers(rule)),
        (
            f"unknown grounds {sorted(rule.grounds.keys() - book.grounds.keys())}",
            not rule.grounds.keys() <= book.grounds.keys(),
        ),
        (f"unknown word lists {sorted(lists - book.words.known.keys())}", not lists <= book.words.known.keys()),
        (
            "a local rule without a region blocks nothing",
            rule.level is Level.LOCAL and not rule.region and weaker != [],
        ),
        ("off is for a region", rule.off and not rule.region),
    )
    return [f"{rule.id} {rule.region or 'national'} {rule.valid_from}: {said}" for said, wrong in tests if wrong]


def _covers(rule: Rule) -> bool:
    return rule.off or rule.severity.keys() == rule.check.cases.keys()


def _overlaps(rules: Iterable[Rule]) -> Iterator[str]:
    """Two rows of a rule for a region that hold on the same day."""
    for before, after in pairwise(rules):
        if (before.id, before.region) == (after.id, after.region) and before.holds_on(after.valid_from):
            yield f"{before.id} {before.region or 'national'}: two rows hold on {after.valid_from}"


def _wordings(cases: Mapping[str, Any]) -> dict[tuple[str, str], Wording]:
    return {
        (check, case): Wording(Text(**said["message"]), Text(**said["cure"]))
        for check, said_of in cases.items()
        for case, said in said_of.items()
    }


def _wrong_wordings(book: RuleBook) -> Iterator[str]:
    """Cases and gaps without words, words that name values which a case does not have."""
    for check in REGISTRY.values():
        for case, values in check.cases.items():
            wording = book.wordings.get((check.name, case))
            texts = (*wording.message, *wording.cure) if wording else ()
            if wording is None:
                yield f"{MESSAGES}: no words for case {check.name}.{case}"
            yield from _unknown_fields(f"{check.name}.{case}", texts, values)
        for gap, values in check.gaps.items():
            if gap not in book.gaps:
                yield f"{MESSAGES}: no words for gap {gap}"
            yield from _unknown_fields(gap, book.gaps.get(gap, ()), values)


def _unknown_fields(where: str, texts: Iterable[str], values: Iterable[str]) -> Iterator[str]:
    for text in texts:
        fields = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        if not fields <= ALWAYS | set(values):
            yield f"{MESSAGES}: {where} names {sorted(fields - ALWAYS - set(values))}"
