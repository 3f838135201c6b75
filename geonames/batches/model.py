"""A batch and its rows: what a row says, which rows an action means, what speaks against a table. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from data.errors import BadInput
from geonames.applications.draft import Draft, check_facts, draft_of

#: A village campaign of a county has some hundreds of rows; one decision is one transaction.
MOST_ROWS = 1000
RANGE = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
ALL = "all"
#: How many of the faults of a table are told at once.
MOST_TOLD = 50


class RowState(StrEnum):
    """What became of a row."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    DROPPED = "dropped"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Row:
    """One place to be named: position in degrees (CGCS2000), `within` the smallest unit that holds it."""

    name: str
    within: str
    longitude: float
    latitude: float
    meaning: str
    origin: str = ""


def drafts(facts: Mapping[str, Any], rows: Sequence[Row]) -> list[Draft]:
    """Each row as an application of its own. BadInput `bad_batch` with every row that is wrong."""
    found = [f"row {n}: a name and place stand twice" for n in _twice(rows)]
    made: list[Draft] = []
    for number, row in enumerate(rows, start=1):
        try:
            made.append(draft_of(check_facts(said_of(facts, row))))
        except BadInput as error:
            found += [f"row {number}: {p['field']} {p['why']}" for p in error.extra["fields"]]
    if not 1 <= len(rows) <= MOST_ROWS:
        found.append(f"a batch has from 1 to {MOST_ROWS} rows")
    if found:
        raise bad_batch(found)
    return made


def said_of(facts: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """What a row says, as the facts of an application of its own."""
    point = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
    shared = {key: facts[key] for key in ("class", "applicant", "reason") if key in facts}
    told = {"names": [row.name.strip()], "within": row.within, "meaning": row.meaning, "origin": row.origin}
    return {"kind": "naming", **shared, **told, "geometry": point}


def _twice(rows: Sequence[Row]) -> Iterator[int]:
    """Rows that repeat an earlier one of the same township or county."""
    seen: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows, start=1):
        key = (row.name.strip(), row.within)
        seen[key] += 1
        if seen[key] > 1:
            yield number


def chosen_rows(text: str, numbers: Sequence[int]) -> list[int]:
    """Which of `numbers` are meant by `all` or by numbers and ranges with commas between: `1-120,130`.

    BadInput `bad_rows` where a part is none, or names a row that is not among them.
    """
    if text.strip().lower() in (ALL, "全部"):
        return list(numbers)
    wanted: set[int] = set()
    for part in re.split(r"[,，、\s]+", text.strip()):
        match = RANGE.fullmatch(part)
        if match is None:
            raise bad_rows(f"{part[:20]!r} is no number or range such as 1-120; all is {ALL}")
        first, last = int(match[1]), int(match[2] or match[1])
        wanted |= set(range(first, last + 1))
    foreign = sorted(wanted - set(numbers))
    if foreign or not wanted:
        raise bad_rows(f"{', '.join(map(str, foreign[:10])) or 'nothing'} cannot be chosen: not open, or not there")
    return sorted(wanted)


def called(names: Sequence[str]) -> str:
    """Several names in a title."""
    return names[0] if len(names) == 1 else f"{names[0]}等{len(names)}处地名"


def bad_rows(why: str) -> BadInput:
    """The refusal of a choice of rows."""
    return BadInput(f"rows: {why}. Nothing was changed.", code="bad_rows", fields=["rows"])


def bad_batch(found: Sequence[str]) -> BadInput:
    """The refusal of a table, with what is wrong."""
    return BadInput(
        f"The table cannot be taken: {'; '.join(found[:MOST_TOLD])}. Nothing was stored.",
        code="bad_batch",
        findings=list(found[:MOST_TOLD]),
        more=max(0, len(found) - MOST_TOLD),
    )
