"""The check of an act against the register of a day: pure, every finding with its rule and article.

`block` findings keep the act from being executed. What the coding measure
forbids since 2025-09-01 is only told of acts that took effect before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from boundaries.changes.coding_rules import DIRECT, CodingRules, type_digits
from boundaries.changes.kinds import kinds, plan_article
from boundaries.changes.lines import Outcome, after_list, outcome_of
from boundaries.changes.model import Act, Finding, Named, Part, Severity
from boundaries.units.chronicle.parents import leaves
from boundaries.units.chronicle.replay import CodeList
from boundaries.units.coding import MUNICIPALITIES, level_of, parent_code

REGISTER = "登记册规则"
DUPLICATE = "地名管理条例 第九条"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looks at: the act, the units of the day before and after, codes ever used, the rules."""

    act: Act
    standing: CodeList
    used: Collection[str]
    outcome: Outcome
    after: CodeList
    rules: CodingRules

    def numbered(self) -> Iterator[tuple[int, Part]]:
        """The parts with their numbers, from 1."""
        yield from enumerate(self.act.parts, 1)

    def binding(self, severity: Severity) -> Severity:
        """`severity` where the coding measure was in force on the act's day, else `info`."""
        return severity if self.act.effective_on >= self.rules.reuse_from else "info"


def check(act: Act, standing: CodeList, used: Collection[str], rules: CodingRules) -> list[Finding]:
    """The findings on `act`; `standing` is code to name the day before, `used` every code ever given out."""
    outcome = outcome_of(act, standing)
    checked = Checked(act, standing, used, outcome, after_list(standing, outcome), rules)
    return [finding for rule in RULES for finding in rule(checked)]


def shapes(checked: Checked) -> Iterator[Finding]:
    """A part names as many units as its kind needs."""
    for number, part in checked.numbered():
        kind = kinds()[part.kind]
        for side, units, span in (("before", part.before, kind.before), ("after", part.after, kind.after)):
            if len(units) not in span:
                yield _block("part_shape", number, f"{part}: {span} unit(s) in `{side}`", plan_article())


def units_stand(checked: Checked) -> Iterator[Finding]:
    """What a part names before stands under that code and name the day before."""
    for number, part in checked.numbered():
        for unit in part.before:
            name = checked.standing.get(unit.code)
            if name != unit.name:
                said = f"the code is {name}'s" if name else "no unit has the code"
                yield _block("unit_not_standing", number, f"{unit} does not stand: {said}", REGISTER)


def codes_free(checked: Checked) -> Iterator[Finding]:
    """A unit that begins has a code of its own."""
    said: dict[str, str] = {}
    for number, part in checked.numbered():
        for unit in part.after:
            holder = checked.standing.get(unit.code)
            taken = holder if holder != unit.name and unit.code not in checked.outcome.ends else None
            other = taken or said.setdefault(unit.code, unit.name)
            if other != unit.name:
                yield _block("code_taken", number, f"{unit}: the code is {other}'s", checked.rules.kept_article)


def parts_do_something(checked: Checked) -> Iterator[Finding]:
    """What is set up does not stand already, and what is renamed has another name afterwards."""
    for number, part in checked.numbered():
        for unit in part.after:
            same = part.kind == "rename" and unit in part.before
            stands = checked.standing.get(unit.code) == unit.name and unit.code not in checked.outcome.ends
            if same or (part.kind == "establish" and stands):
                said = f"{unit} stands already: land that passes to it is a `boundary` part"
                yield _block("stands_already", number, f"{unit} keeps its name" if same else said, REGISTER)


def code_ranges(checked: Checked) -> Iterator[Finding]:
    """The two digits of the type lie in its range."""
    for number, unit in _beginning(checked):
        allowed = checked.rules.allowed(unit)
        if allowed is not None and type_digits(unit.code) not in allowed:
            said = f"{unit}: {type_digits(unit.code):02} is not a number of its type ({_spans(allowed)})"
            yield _block("code_range", number, said, checked.rules.range_article)


def codes_kept(checked: Checked) -> Iterator[Finding]:
    """Renaming keeps the code; a change of superior or type and an establishment need a new one."""
    for number, part in checked.numbered():
        if len(part.before) != 1 or len(part.after) != 1:
            continue
        same = part.before[0].code == part.after[0].code
        if (part.kind in checked.rules.same and part.kind != "boundary" and not same) or (
            part.kind in checked.rules.new and same
        ):
            said = f"{part}: a change of this kind {'needs a new code' if same else 'keeps the code'}"
            yield Finding("code_kept", checked.binding("block"), number, said, checked.rules.kept_article)


def codes_never_reused(checked: Checked) -> Iterator[Finding]:
    """A code that a unit had before is not given to another."""
    kept = {u.code for part in checked.act.parts if part.kind == "rename" for u in part.after}
    for number, unit in _beginning(checked):
        if unit.code in checked.used and unit.code not in kept:
            said = f"{unit}: the code was given out before"
            yield Finding("code_reused", checked.binding("block"), number, said, checked.rules.reuse_article)


def superiors(checked: Checked) -> Iterator[Finding]:
    """Nothing begins without its superior, and nothing is left without one."""
    for code, name in checked.after.items():
        if not _has_superior(code, checked.after) and (
            code in checked.outcome.begins or _has_superior(code, checked.standing)
        ):
            yield _block("no_superior", None, f"{code} {name} would stand below no unit", plan_article())


def _has_superior(code: str, units: CodeList) -> bool:
    above = parent_code(code, units)
    if level_of(code) != "county" or code[:2] in MUNICIPALITIES or code[2:4] == DIRECT:
        return above is not None or level_of(code) == "province"
    return above == code[:4] + "00"


def seats_of_units(checked: Checked) -> Iterator[Finding]:
    """A seat is that of a unit that stands afterwards, and each unit has one."""
    seen: set[str] = set()
    for number, part in checked.numbered():
        for unit in part.after if part.kind == "seat" else ():
            if checked.after.get(unit.code) != unit.name:
                said = f"{unit} does not stand afterwards: it has no seat"
                yield _block("unit_not_standing", number, said, plan_article())
            if unit.code in seen:
                yield _block("part_shape", number, f"{unit}: its seat is said twice", plan_article())
            seen.add(unit.code)


def seats_said(checked: Checked) -> Iterator[Finding]:
    """A plan that sets up a unit states where its government sits."""
    said = {unit.code for _, part in checked.numbered() if part.kind == "seat" for unit in part.after}
    for number, part in checked.numbered():
        for unit in part.after if part.kind in ("establish", "split", "convert", "merge") else ():
            if checked.outcome.begins.get(unit.code) == unit.name and unit.code not in said:
                said_not = f"{unit}: the plan does not state its seat"
                yield Finding("seat_unsaid", "warn", number, said_not, plan_article())


def areas_said(checked: Checked) -> Iterator[Finding]:
    """Where the area of what ends goes, and of what the area of what begins is made."""
    sources, targets = {a for a, _ in checked.outcome.flows}, {b for _, b in checked.outcome.flows}
    own_before, own_after = set(leaves(checked.standing)), set(leaves(checked.after))
    for code, name in checked.outcome.ends.items():
        if code in own_before and code not in sources:
            yield _block("area_unsaid", None, f"{code} {name} ends: to which units does its area go?", plan_article())
    for code, name in checked.outcome.begins.items():
        if code in own_after and code not in targets:
            yield _block("area_unsaid", None, f"{code} {name} begins: of which units is its area?", plan_article())


def names_free(checked: Checked) -> Iterator[Finding]:
    """A name that begins is borne by no other unit of its level when the act has taken effect."""
    for number, unit in _beginning(checked):
        level = level_of(unit.code)
        for code, name in checked.after.items():
            if name == unit.name and code != unit.code and level_of(code) == level:
                yield Finding("name_taken", "warn", number, f"{unit}: {code} bears the same name", DUPLICATE)


def _beginning(checked: Checked) -> Iterator[tuple[int, Named]]:
    seen: set[Named] = set()
    for number, part in checked.numbered():
        for unit in part.after if part.kind != "seat" else ():
            if checked.outcome.begins.get(unit.code) == unit.name and unit not in seen:
                seen.add(unit)
                yield number, unit


def _spans(values: Collection[int]) -> str:
    first = sorted(n for n in values if n - 1 not in values)
    last = sorted(n for n in values if n + 1 not in values)
    return ", ".join(f"{a:02}-{b:02}" for a, b in zip(first, last, strict=True))


def _block(rule: str, part: int | None, message: str, article: str) -> Finding:
    return Finding(rule, "block", part, message, article)


RULES: tuple[Callable[[Checked], Iterator[Finding]], ...] = (
    shapes, units_stand, codes_free, parts_do_something, code_ranges, codes_kept, codes_never_reused, superiors,
    areas_said, names_free, seats_of_units, seats_said,
)  # fmt: skip
