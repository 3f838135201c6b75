"""Reads the routes from `data/rules/routes/`; a row that has no meaning is refused before it is used."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.accounts.bodies import bodies
from data.workflow.model import DayKind, Label
from geonames.applications.routes.model import (
    Announcing,
    Body,
    Circumstance,
    Consulted,
    DueIn,
    Filing,
    Hearing,
    Kind,
    Need,
    Paper,
    Route,
    Seat,
    Since,
)
from geonames.places.classes import place_classes
from geonames.rules.errors import RuleError

FOLDER = Path(__file__).parents[3] / "data" / "rules" / "routes"
NATIONAL, WORDS = "national.toml", "words.toml"
MARKS = ("V", "M", "I")
#: A circumstance of the name itself, not of the place: it stands on a protection list (Art. 25).
PROTECTED = "protected"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Said(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def label(self) -> Label:
        return Label(self.zh, self.en)


class _Due(_Strict):
    amount: int = Field(gt=0)
    unit: DayKind
    since: Since
    article: _Said

    def due(self) -> DueIn:
        return DueIn(self.amount, self.unit, self.since, self.article.label())


class _Consulted(_Strict):
    body: Body
    seat: Seat | None = None
    need: Need
    article: _Said


class _RouteRow(_Strict):
    """A row as it is written; what it does not say is said by `defaults`."""

    id: str = Field(pattern=r"^[a-z]+(\.[a-z_]+)?$")
    title: _Said
    classes: tuple[str, ...] = Field(min_length=1)
    type_codes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...]
    any_of: tuple[Circumstance, ...] = ()
    body: Body
    seat: Seat
    article: _Said
    applicants: tuple[str, ...] = Field(min_length=1)
    applicants_article: _Said
    hearings: dict[Hearing, Need]
    consulted: tuple[_Consulted, ...] = ()
    decision: _Due | None = None
    signs: _Due | None = None
    valid_from: date
    valid_to: date | None = None
    mark: str
    note: _Said | None = None


class _PaperRow(_Strict):
    key: str
    need: Need
    kinds: tuple[Kind, ...] = tuple(Kind)
    when: str | None = None
    article: _Said


class _FilingRow(_Strict):
    of: tuple[Body, ...]
    to: Body
    above: bool
    through: Body | None = None
    days: int = Field(gt=0)
    article: _Said


class _KindRow(_Strict):
    """What holds for applications of one kind whatever their row says."""

    kind: Kind
    heard: bool
    article: _Said
    mark: str


class _AnnouncingRow(_Strict):
    of: tuple[Body, ...]
    by: Body
    since: Since
    days: int = Field(gt=0)
    article: _Said


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A document that applications of `kinds` carry; `when`: only in that circumstance."""

    paper: Paper
    kinds: frozenset[Kind]
    when: str | None


@dataclass(frozen=True, slots=True)
class KindRule:
    """Whether anything is heard before applications of a kind are decided on, under which article."""

    heard: bool
    article: Label
    mark: str


@dataclass(frozen=True, slots=True)
class RouteBook:
    """All routes with the words for people, the papers, and who files and announces.

    `kinds`: what holds for a kind whatever its row says.
    """

    routes: tuple[Route, ...]
    kinds: Mapping[Kind, KindRule]
    papers: tuple[PaperRule, ...]
    filings: tuple[Filing, ...]
    announcings: tuple[Announcing, ...]
    words: Mapping[str, Mapping[str, Label]]

    def word(self, of: str, key: str) -> Label:
        """What `key` of the vocabulary `of` (`body`, `seat`, `paper` …) is called."""
        return self.words[of][key]


@cache
def route_book() -> RouteBook:
    """The routes that come with the software."""
    return load_routes()


def load_routes(*offices: Path) -> RouteBook:
    """The routes that come with the software and those of offices: folders with one TOML for each division.

    Raises `RuleError` with everything that is wrong.
    """
    problems: list[str] = []
    words = _words()
    paths = sorted(p for f in (FOLDER, *offices) for p in f.glob("*.toml") if p.name != WORDS)
    tables = {path: tomllib.loads(path.read_text("utf-8")) for path in paths}
    national = tables[FOLDER / NATIONAL]
    routes = [route for path, table in tables.items() for route in _routes(path, table, problems)]
    begins = national["defaults"]["valid_from"]
    book = RouteBook(
        routes=tuple(sorted(routes, key=lambda r: (r.region, r.id, r.valid_from))),
        kinds=dict(_kind(_KindRow.model_validate(row)) for row in national["kind"]),
        papers=tuple(_paper(_PaperRow.model_validate(row)) for row in national["paper"]),
        filings=tuple(_filing(_FilingRow.model_validate(row), begins) for row in national["filing"]),
        announcings=tuple(_announcing(_AnnouncingRow.model_validate(row), begins) for row in national["announcing"]),
        words=words,
    )
    problems += [what for route in book.routes for what in _wrong(route, words)]
    if problems:
        raise RuleError("routes", problems)
    return book


def _words() -> Mapping[str, Mapping[str, Label]]:
    table = tomllib.loads((FOLDER / WORDS).read_text("utf-8"))
    words = {of: {key: Label(**said) for key, said in rows.items()} for of, rows in table.items()}
    return {**words, "body": {**bodies(), **words["no_body"]}}


def _routes(path: Path, table: Mapping[str, Any], problems: list[str]) -> Iterator[Route]:
    known = {
        "source",
        "route",
        "defaults",
        *(("paper", "filing", "announcing", "kind") if path.name == NATIONAL else ()),
    }
    problems += [f"{path.name}: unknown table {key}" for key in sorted(table.keys() - known)]
    region = "" if path.name == NATIONAL else path.stem
    if region and not (region.isdecimal() and len(region) in (6, 9)):
        problems.append(f"{path.name}: a profile is named after the code of its division")
    for number, row in enumerate(table.get("route", ()), start=1):
        try:
            yield _route(_RouteRow.model_validate({**table["defaults"], **row}), region, table["source"])
        except (ValidationError, KeyError) as error:
            problems.append(f"{path.name} row {number} ({row.get('id', 'no id')}): {error}")


def _route(row: _RouteRow, region: str, source: str) -> Route:
    return Route(
        id=row.id,
        title=row.title.label(),
        region=region,
        classes=frozenset(row.classes),
        type_codes=row.type_codes,
        kinds=frozenset(row.kinds),
        circumstances=frozenset(row.any_of),
        body=row.body,
        seat=row.seat,
        article=row.article.label(),
        applicants=row.applicants,
        hearings=row.hearings,
        consulted=tuple(Consulted(c.body, c.seat, c.need, c.article.label()) for c in row.consulted),
        decision=row.decision.due() if row.decision else None,
        signs=row.signs.due() if row.signs else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        mark=row.mark,
        source=source,
        note=row.note.label() if row.note else None,
    )


def _paper(row: _PaperRow) -> PaperRule:
    return PaperRule(Paper(row.key, row.need, row.article.label()), frozenset(row.kinds), row.when)


def _filing(row: _FilingRow, begins: date) -> Filing:
    term = DueIn(row.days, DayKind.CALENDAR, Since.APPROVAL, row.article.label())
    return Filing(frozenset(row.of), row.to, row.above, row.through, term, begins, None)


def _kind(row: _KindRow) -> tuple[Kind, KindRule]:
    return row.kind, KindRule(row.heard, row.article.label(), row.mark)


def _announcing(row: _AnnouncingRow, begins: date) -> Announcing:
    term = DueIn(row.days, DayKind.CALENDAR, row.since, row.article.label())
    return Announcing(frozenset(row.of), row.by, term, begins, None)


def _wrong(route: Route, words: Mapping[str, Mapping[str, Label]]) -> Iterable[str]:
    """What is wrong with a row by itself."""
    tests = (
        (f"mark is one of {', '.join(MARKS)}", route.mark not in MARKS),
        ("ends before it begins", route.valid_to is not None and route.valid_to <= route.valid_from),
        ("names an unknown class", not route.classes <= place_classes().keys()),
        ("names an unknown applicant", not set(route.applicants) <= words["applicant"].keys()),
        ("says not what is heard", set(route.hearings) != set(Hearing)),
        ("divisions have a route of their own", "ADMIN_DIVISION" in route.classes),
        ("the nation has no abolition", Kind.ABOLITION in route.kinds and not route.region),
    )
    return [f"{route.region or 'national'} {route.id}: {said}" for said, wrong in tests if wrong]
