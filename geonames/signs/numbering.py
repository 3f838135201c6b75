"""Numbers of the doors of one street (门牌号): held against a rule of numbering, and the next one proposed. Pure.

No number is skipped or given twice (Ningbo Arts. 21-24): one that no door bears is kept for later (reserved), or was
taken away (removed), and somebody has said so. Rules are local (`data/rules/signs/numbering.toml`): none is assumed.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.errors import BadInput, BadRequest, NotFound

RULES = Path(__file__).parents[2] / "data" / "rules" / "signs" / "numbering.toml"
STANDING, RESERVED, REMOVED = "standing", "reserved", "removed"
STATES = (STANDING, RESERVED, REMOVED)
SIDES = ("north", "south", "east", "west")
#: The greatest number of a door.
MOST = 9_999


@dataclass(frozen=True, slots=True)
class Ways:
    """How streets of one direction are numbered: from the end `begins`, odd and even numbers on a side each."""

    begins: str
    odd: str
    even: str

    def first(self, side: str) -> int:
        """The number with which a side begins. Raises `BadRequest` `bad_parameter` for a side the street lacks."""
        if side not in (self.odd, self.even):
            raise BadRequest(
                f"A street of this direction has the sides {self.odd} and {self.even}, not {side}.",
                code="bad_parameter",
            )
        return 1 if side == self.odd else 2


@dataclass(frozen=True, slots=True)
class NumberingRule:
    """A rule for divisions whose codes begin with one of `regions`.

    `mark`: V read in `source`, M remembered, I our own.
    """

    key: str
    regions: tuple[str, ...]
    step: int
    mark: str
    zh: str
    en: str
    source: str
    ways: Mapping[str, Ways]


@dataclass(frozen=True, slots=True)
class Door:
    """A number of the street: `line` in the table, `metres` along the street from the end where numbering begins.

    `sub`: what follows the number (12-1 has "1"), "" where nothing does.
    """

    line: int
    number: int
    sub: str
    side: str
    state: str = STANDING
    metres: float | None = None

    @property
    def said(self) -> str:
        """The number as it is written."""
        return f"{self.number}-{self.sub}" if self.sub else str(self.number)


@dataclass(frozen=True, slots=True)
class NumberFinding:
    """What is wrong: `kind`, the number, the line of the table (None: no line has it), in both languages."""

    kind: str
    number: str
    line: int | None
    message: str
    message_zh: str


@cache
def numbering_rules() -> tuple[NumberingRule, ...]:
    """All rules of the file."""
    return tuple(_rule(row) for row in tomllib.loads(RULES.read_text("utf-8"))["rule"])


def _rule(row: Mapping[str, Any]) -> NumberingRule:
    texts = {name: row[name] for name in ("key", "mark", "zh", "en", "source")}
    ways = {name: Ways(**one) for name, one in row["direction"].items()}
    return NumberingRule(regions=tuple(row["regions"]), step=row["step"], ways=ways, **texts)


def rule_named(key: str) -> NumberingRule:
    """Raises `NotFound` `numbering_rule_unknown`."""
    for rule in numbering_rules():
        if rule.key == key:
            return rule
    known = ", ".join(rule.key for rule in numbering_rules())
    raise NotFound(f"No rule of numbering is called {key}; there are {known}.", code="numbering_rule_unknown")


def rule_of(code: str) -> NumberingRule:
    """The rule of the longest region that `code` lies in. Raises `NotFound` `numbering_rule_unknown`."""
    fits = [(len(region), rule) for rule in numbering_rules() for region in rule.regions if code.startswith(region)]
    if not fits:
        raise NotFound(
            f"No rule of numbering is entered for {code}. Name one by its key, or add the city's rule to "
            "data/rules/signs/numbering.toml.",
            code="numbering_rule_unknown",
        )
    return max(fits, key=lambda one: one[0])[1]


def check_numbers(doors: Sequence[Door], ways: Ways, step: int) -> list[NumberFinding]:
    """Numbers that stand twice, on the wrong side, under no main number, out of order, or that nobody accounts for."""
    found = [*_twice(doors), *_wrong_side(doors, ways), *_without_main(doors)]
    for side in (ways.odd, ways.even):
        mine = [door for door in doors if door.side == side and door.number % 2 == ways.first(side) % 2]
        found += [*_skipped(mine, side, ways.first(side), step), *_out_of_order(mine)]
    return sorted(found, key=lambda one: (one.line is None, one.line or 0, one.kind, len(one.number), one.number))


def _twice(doors: Sequence[Door]) -> Iterator[NumberFinding]:
    first: dict[tuple[int, str], int] = {}
    for door in doors:
        before = first.setdefault((door.number, door.sub), door.line)
        if before != door.line:
            yield _finding("duplicate", door, f"stands in line {before} already", f"与第 {before} 行重复")


def _wrong_side(doors: Sequence[Door], ways: Ways) -> Iterator[NumberFinding]:
    sides = {1: ways.odd, 0: ways.even}
    words = {"north": "北", "south": "南", "east": "东", "west": "西"}
    for door in doors:
        due = sides[door.number % 2]
        if door.side != due:
            yield _finding("wrong_side", door, f"is of the {due} side, not {door.side}", f"应在{words[due]}侧")


def _without_main(doors: Sequence[Door]) -> Iterator[NumberFinding]:
    mains = {door.number for door in doors if not door.sub}
    for door in doors:
        if door.sub and door.number not in mains:
            yield _finding("no_main_number", door, f"has no number {door.number}", f"缺少主号 {door.number}")


def _skipped(doors: Sequence[Door], side: str, first: int, step: int) -> Iterator[NumberFinding]:
    held = {door.number for door in doors}
    for number in range(first, max(held, default=0), step):
        if number not in held:
            yield NumberFinding(
                "skipped", str(number), None,
                f"{number} ({side}) is skipped: enter it as reserved, or give it to a door",
                f"{number} 号为跳号：请登记为预留号，或编给门户",
            )  # fmt: skip


def _out_of_order(doors: Sequence[Door]) -> Iterator[NumberFinding]:
    placed = sorted(
        ((door.metres, door) for door in doors if door.metres is not None and not door.sub and door.state == STANDING),
        key=lambda one: (one[0], one[1].number),
    )
    for (_, before), (_, door) in pairwise(placed):
        if door.number < before.number:
            yield _finding("out_of_order", door, f"lies behind {before.said}", f"位置在 {before.said} 号之后")


def _finding(kind: str, door: Door, what: str, what_zh: str) -> NumberFinding:
    return NumberFinding(kind, door.said, door.line, f"{door.said} {what}", f"{door.said} 号{what_zh}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A number for a door at a position, those that are free there, and the doors before and behind it.

    `number` is None where no number is free between them: which one a door gets then, its city's rule says.
    """

    number: int | None
    free: tuple[int, ...]
    before: Door | None
    behind: Door | None


def propose(doors: Sequence[Door], ways: Ways, step: int, side: str, metres: float) -> Proposal:
    """The next number on `side` at `metres`: free, between its neighbours, and nearest to what the distance asks for.

    Behind the last door it is the next of the side. Numbers of doors that were taken away are not given again.
    Raises `BadRequest` `bad_parameter` for a side the street lacks; `BadInput` `numbers_faulty` where the street's
    numbers have findings or the side's positions are unknown, since a proposal out of them would be a guess.
    """
    first = ways.first(side)
    mine = sorted((one for one in doors if one.side == side and not one.sub), key=lambda one: one.number)
    standing = [one for one in mine if one.state == STANDING]
    _check_sound(doors, standing, ways, step)
    before = next((one for one in reversed(standing) if (one.metres or 0.0) <= metres), None)
    behind = next((one for one in standing if (one.metres or 0.0) > metres), None)
    gone = {one.number for one in mine if one.state != RESERVED}
    low = before.number + step if before else first
    if behind is None:
        number = next((n for n in range(low, MOST + 1, step) if n not in gone), None)
        return Proposal(number, () if number is None else (number,), before, None)
    free = tuple(n for n in range(low, behind.number, step) if n not in gone)
    wanted = _between(before, behind, first, step, metres)
    return Proposal(min(free, key=lambda n: (abs(n - wanted), n), default=None), free, before, behind)


def _between(before: Door | None, behind: Door, first: int, step: int, metres: float) -> float:
    low, begin = (before.number, before.metres or 0.0) if before else (first - step, 0.0)
    end = behind.metres or 0.0
    return low + (behind.number - low) * (metres - begin) / (end - begin)


def _check_sound(doors: Sequence[Door], standing: Sequence[Door], ways: Ways, step: int) -> None:
    kinds = Counter(one.kind for one in check_numbers(doors, ways, step))
    unplaced = [one.said for one in standing if one.metres is None]
    if unplaced:
        raise BadInput(
            f"No position is known of {', '.join(unplaced[:10])}: enter the metres, then ask again.",
            code="numbers_faulty",
        )
    if kinds:
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        raise BadInput(f"The numbers of this street are faulty ({said}): mend them first.", code="numbers_faulty")
