"""Compares the replayed register with the published summary, year by year; every disagreement is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from boundaries.units.chronicle.identity import Register, Version
from boundaries.units.chronicle.notation import Remark
from boundaries.units.chronicle.source import SummaryRow
from boundaries.units.coding import LEVEL_ZH

#: How the summary marks a county without a prefecture.
DIRECT = "直辖"


def standing(register: Register, day: date) -> dict[str, Version]:
    """The versions standing on a day, by code."""
    return {v.code: v for v in register.versions if _stands(register, v, day)}


def _stands(register: Register, version: Version, day: date) -> bool:
    begin = version.begin.moment.on if version.begin else register.first_day
    return begin <= day and (version.end is None or day < version.end.moment.on)


def crosscheck(register: Register, summary: Iterable[SummaryRow], last_year: int) -> list[Remark]:
    """Disagreements of code, name, level or parents on 31 December of every year."""
    rows = list(summary)
    remarks: list[Remark] = []
    for year in range(register.first_day.year, last_year + 1):
        ours = standing(register, date(year, 12, 31))
        listed = {row.code: row for row in rows if row.listed(year)}
        remarks += _compare(year, ours, listed)
    return remarks


def _compare(year: int, ours: dict[str, Version], listed: dict[str, SummaryRow]) -> Iterator[Remark]:
    units: dict[UUID | None, Version] = {version.unit_id: version for version in ours.values()}
    for code in sorted(ours.keys() | listed.keys()):
        version, row = ours.get(code), listed.get(code)
        if version is None or row is None:
            which = "only in the summary" if version is None else "only in the changes"
            name = row.name if row else version.name if version else ""
            yield Remark("summary_disagrees", year, None, f"{code} {name}: {which}")
            continue
        said = (row.name, row.level, *_parents_said(row))
        found = (version.name, LEVEL_ZH[version.level], *_parents_found(version, units))
        if said != found:
            yield Remark("summary_disagrees", year, None, f"{code}: summary {said}, changes {found}")


def _parents_said(row: SummaryRow) -> tuple[str, ...]:
    if row.level == LEVEL_ZH["province"]:
        return ()
    if row.level == LEVEL_ZH["prefecture"] or row.prefecture == DIRECT:
        return (row.province,)
    return (row.province, row.prefecture)


def _parents_found(version: Version, units: dict[UUID | None, Version]) -> tuple[str, ...]:
    names: list[str] = []
    above = units.get(version.parent_id)
    while above is not None:
        names.insert(0, above.name)
        above = units.get(above.parent_id)
    return tuple(names)
