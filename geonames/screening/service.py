"""Screens a list: every row gets an answer, none is lost and none stops the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import unit_id_at
from data.clock import civil_date, system_clock
from data.crs import check_position
from data.errors import BadRequest, DimingError, NotFound
from geonames.likeness.forms import forms_of
from geonames.rules.model import CheckResult, Finding, Kind, Proposal, Severity, UnitRef
from geonames.rules.service import check_name, class_of, register_day, units_of
from geonames.screening.groups import WITHIN_LIST, Group, group_of
from geonames.screening.reading import NameList
from geonames.screening.repeats import Listed, Repeat, repeats, said

#: Told how many rows of how many are done.
Progress = Callable[[int, int], None]
COUNTY_DIGITS = 6
ARTICLE_OF_REPEATS = "地名管理条例 第九条(七)(八)"


class Said(NamedTuple):
    """One finding on one row, in words."""

    group: Group
    rule: str
    severity: Severity
    article: str
    message: str
    part: str
    cure: str
    meets: str


@dataclass(frozen=True, slots=True)
class Screened:
    """One row: its number in the file (the first row below the headings is 2), its findings or its problem."""

    row: int
    name: str
    findings: tuple[Said, ...]
    not_checked: tuple[tuple[str, str], ...]
    problem: str | None
    listed: Listed | None = None

    @property
    def worst(self) -> Severity | None:
        """The most severe finding."""
        return next((s for s in Severity if any(f.severity is s for f in self.findings)), None)


@dataclass(frozen=True, slots=True)
class Screening:
    """A list screened: as many rows as the list has, in its order, by the law and the register of a day."""

    names: NameList
    rows: tuple[Screened, ...]
    as_of: date
    register_day: date


def screen(
    connection: Connection,
    names: NameList,
    progress: Progress,
    *,
    class_: str | None = None,
    within: str | None = None,
    as_of: date | None = None,
) -> Screening:
    """Every row of the list against the rules; `class_` and `within` stand for columns that it does not have.

    Raises `BadRequest` and `NotFound` where `class_`, `within` or the day cannot be asked about;
    what is wrong with one row is said of that row.
    """
    day = as_of or civil_date(system_clock())
    asking = _Asking(connection, names, class_, within, day, {})
    asking.check_defaults()
    done = []
    for number, row in enumerate(names.rows, 2):
        done.append(asking.screened(number, row))
        progress(len(done), len(names.rows))
    again = repeats(row.listed for row in done if row.listed is not None)
    rows = tuple(_with_repeats(row, again.get(row.row)) for row in done)
    return Screening(names, rows, day, register_day(connection, day))


@dataclass(frozen=True, slots=True)
class _Asking:
    connection: Connection
    names: NameList
    class_: str | None
    within: str | None
    day: date
    units: dict[str, tuple[UnitRef, ...]]

    def check_defaults(self) -> None:
        """Refuse defaults that fit no row."""
        if self.class_:
            class_of(self.class_)
        if self.within:
            self._units(self.within)

    def screened(self, number: int, row: Sequence[str]) -> Screened:
        """One row."""
        name = self.names.cell(row, "name")
        if not name:
            return Screened(number, "", (), (), "没有名称")
        try:
            result = check_name(self.connection, self._proposal(row, name), self.day)
        except DimingError as error:
            if error.status >= 500:
                raise
            return Screened(number, name, (), (), f"{PROBLEMS.get(error.code, error.detail)} [{error.code}]")
        return _screened(number, result)

    def _proposal(self, row: Sequence[str], name: str) -> Proposal:
        given = self.names.cell(row, "class") or self.class_
        if not given:
            raise BadRequest("The row has no class.", code="class_missing")
        art3, type_code = class_of(given)
        return Proposal(
            name=name,
            art3_class=art3,
            type_code=type_code,
            within=self._units(self.names.cell(row, "within") or self.within),
            kind=Kind.EXISTING,
            point=self._point(row),
            place_id=self._own(row),
        )

    def _units(self, code: str | None) -> tuple[UnitRef, ...]:
        if not code:
            return ()
        if code not in self.units:
            self.units[code] = units_of(self.connection, code, self.day)
        return self.units[code]

    def _point(self, row: Sequence[str]) -> tuple[float, float] | None:
        texts = self.names.cell(row, "lon"), self.names.cell(row, "lat")
        if not any(texts):
            return None
        try:
            return check_position(float(texts[0]), float(texts[1]))
        except ValueError as error:
            raise BadRequest("lon and lat are not two numbers.", code="bad_coordinates") from error

    def _own(self, row: Sequence[str]) -> str | None:
        """The register's identifier of the place itself, by `id`: an identifier or a division code; else None."""
        text = self.names.cell(row, "id")
        try:
            return str(UUID(text))
        except ValueError:
            pass
        try:
            return str(unit_id_at(self.connection, text, register_day(self.connection, self.day))) if text else None
        except (BadRequest, NotFound):
            return None  # a number of the office's own, which the register does not know


def _screened(number: int, result: CheckResult) -> Screened:
    proposal = result.subject.proposal
    code = proposal.within[-1].code if proposal.within else ""
    spelled = forms_of(result.subject.spelled, proposal.type_code or proposal.art3_class)
    return Screened(
        row=number,
        name=proposal.name,
        findings=tuple(_said(finding, proposal.name) for finding in result.context),
        not_checked=tuple((gap.rule, gap.why.zh) for gap in result.not_checked),
        problem=None,
        listed=Listed(number, proposal.art3_class, code[:COUNTY_DIGITS], spelled),
    )


def _said(finding: Finding, name: str) -> Said:
    return Said(
        group=group_of(finding.rule),
        rule=finding.rule,
        severity=finding.severity,
        article=finding.article.zh,
        message=finding.message.zh,
        part=name[finding.span.start : finding.span.end],
        cure=finding.cure.zh,
        meets="、".join(f"{o.name}（{o.unit}）" if o.unit else o.name for o in finding.collides_with),
    )


def _with_repeats(row: Screened, repeat: Repeat | None) -> Screened:
    if repeat is None:
        return row
    found = [f"名单内同名：{said(repeat.same)}"] if repeat.same else []
    found += [f"名单内同音：{said(repeat.sound)}"] if repeat.sound else []
    added = [_repeat(message, row.name) for message in found]
    return Screened(row.row, row.name, (*row.findings, *added), row.not_checked, row.problem, row.listed)


def _repeat(message: str, name: str) -> Said:
    """Whether two rows lie in one built-up area the list does not say: a person has to look."""
    return Said(
        Group.SAME, WITHIN_LIST, Severity.ASK, ARTICLE_OF_REPEATS, message + "。", name, "核实是否在同一范围内。", ""
    )


#: What is wrong with a row, for the reader of the report.
PROBLEMS = {
    "class_missing": "没有类别：在名单中加“类别”列，或者用 --class 指明",
    "bad_class": "没有这个类别",
    "bad_type": "类别代码应为 GB/T 18521 的五位数字",
    "bad_code": "政区代码应为 6、9 或 12 位数字",
    "code_never_existed": "登记册中从未有过这个政区代码",
    "code_not_standing": "这个政区代码在该日没有对应的单位",
    "bad_coordinates": "经度、纬度不是两个数",
    "coordinates_out_of_range": "经纬度超出范围",
    "name_too_long": "名称超过 500 个字符",
    "name_control_characters": "名称中有控制字符",
}
