"""A foreign name as an office tells of it, one or a table of them (CSV). Pure.

Positions are degrees, longitude first; days are ISO 8601, `until` the last one on which the translation stood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data.errors import BadInput
from data.tables import rows_of
from data.workflow.model import Label
from geonames.foreign.folding import fold
from geonames.foreign.words import Named, countries, kinds, languages, of_china, rule_of, rules, statuses
from geonames.rules.script import is_han, is_listed

MOST = 20_000
#: Names under which the columns of a table are handed in; the first is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编号"),
    "original": ("original", "原文", "原文地名"),
    "roman": ("roman", "罗马字母转写"),
    "language": ("language", "语种"),
    "country": ("country", "国家或地区", "国家"),
    "region": ("region", "所在区域"),
    "kind": ("kind", "类别"),
    "translation": ("translation", "汉字译名", "译名"),
    "rule": ("rule", "译写规则"),
    "status": ("status", "译名状态"),
    "since": ("since", "启用日期"),
    "until": ("until", "停用日期"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
    "note": ("note", "说明"),
    "source": ("source", "资料来源"),
}
NEEDED = ("code", "original", "language", "kind", "translation", "rule", "status", "source")
ENCODINGS = ("utf-8-sig", "gb18030")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: What a translation has beside Chinese characters: 亚的斯·亚贝巴, 巴登-巴登, 刚果（布）.
MARKS = frozenset("·-—（）")


def _plain(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("holds characters that control")
    return text


def _word(said: str, known: Mapping[str, Named]) -> str:
    by_word = {key: key for key in known} | {one.label.zh: key for key, one in known.items()}
    if said not in by_word:
        raise ValueError(f"{said[:40]!r} is none of {', '.join(known)}")
    return by_word[said]


def _rule(said: str) -> str:
    by_number = {f"GB/T 17693.{n}": f"gbt17693-{n}" for n in range(1, 9)}
    return by_number.get(said) or _word(said, rules())


def _labelled(said: str, known: Mapping[str, Label]) -> str | None:
    return said if said in known else next((key for key, label in known.items() if said == label.zh), None)


def _language(said: str) -> str:
    found = _labelled(said, languages())
    if found is None:
        raise ValueError(f"{said[:20]!r} is no language by ISO 639 such as en, or 英语")
    return found


def _country(said: str) -> str:
    if said.upper() in of_china():
        raise ValueError(f"{said} is of China: its places bear standard names of their own and are not translated")
    found = _labelled(said.upper() if said.isascii() else said, countries()) if said else ""
    if found is None:
        raise ValueError(f"{said[:20]!r} is no foreign country or territory by ISO 3166-1 such as FR, or 法国")
    return found


def _translated(said: str) -> str:
    other = sorted({char for char in said if not is_han(char) and char not in MARKS})
    if other or not any(map(is_han, said)):
        raise ValueError(f"a translation is in Chinese characters, with {' '.join(sorted(MARKS))}; it has {other}")
    return said


def _nothing(value: object) -> object:
    return None if value == "" else value


Text = AfterValidator(_plain)
Optional = BeforeValidator(_nothing)


class Told(BaseModel):
    """A foreign name: the original, its translation, by which rule and source, from when until when."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    code: Annotated[str, Field(min_length=1, max_length=60), Text]
    original: Annotated[str, Field(min_length=1, max_length=200), Text]
    language: Annotated[str, Field(max_length=40), AfterValidator(_language)]
    kind: Annotated[str, Field(max_length=40), AfterValidator(lambda said: _word(said, kinds()))]
    translation: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_translated)]
    rule: Annotated[str, Field(max_length=60), AfterValidator(_rule)]
    status: Annotated[str, Field(max_length=40), AfterValidator(lambda said: _word(said, statuses()))]
    source: Annotated[str, Field(min_length=1, max_length=500), Text]
    roman: Annotated[str, Field(max_length=200), Text] = ""
    country: Annotated[str, Field(max_length=40), AfterValidator(_country)] = ""
    region: Annotated[str, Field(max_length=200), Text] = ""
    since: Annotated[date | None, Optional] = None
    until: Annotated[date | None, Optional] = None
    longitude: Annotated[Annotated[float, Field(ge=-180, le=180)] | None, Optional] = None
    latitude: Annotated[Annotated[float, Field(ge=-90, le=90)] | None, Optional] = None
    note: Annotated[str, Field(max_length=2000), Text] = ""

    @model_validator(mode="after")
    def _coherent(self) -> Told:
        if wrong := next(self._contradictions(), None):
            raise ValueError(wrong)
        return self

    def _contradictions(self) -> Any:
        rule = rules()[self.rule]
        if not fold(self.original):
            yield "original: has no letters"
        if not (self.country or self.region):
            yield "country: name the country, or the region of what lies in none"
        if rule.language not in (None, self.language):
            yield f"rule: {rule.label.zh} is for another language than {languages()[self.language].zh}"
        if self.rule == "other" and not self.note:
            yield "note: say by which rule it was translated"
        if self.since and self.until and self.until < self.since:
            yield "until: lies before since"
        if self.status == "discontinued" and self.until is None:
            yield "until: a translation that is no longer used has a last day"
        if (self.longitude is None) != (self.latitude is None):
            yield "longitude: longitude and latitude stand together"

    def doubts(self) -> tuple[str, ...]:
        """What is unusual and hinders nothing."""
        rare = [char for char in self.translation if is_han(char) and not is_listed(char)]
        standard = rule_of(self.language)
        found = [f"translation: {' '.join(rare)} stand outside the 8,105 characters of 通用规范汉字表"] if rare else []
        if standard and self.rule == "sound_and_meaning":
            found.append(f"rule: this language has a standard, {standard.label.zh}")
        return tuple(found)

    @property
    def wkt(self) -> str | None:
        """Its position; None: not told."""
        return None if self.longitude is None else f"POINT ({self.longitude} {self.latitude})"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its number in the file, what it tells, or what is wrong with it."""

    line: int
    code: str
    told: Told | None
    faults: tuple[str, ...] = ()


def rows_told(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Row]:
    """Numbered rows as they are told, each with what is wrong; a number that stands twice is wrong after the first."""
    if not 1 <= len(rows) <= MOST:
        raise wrong(f"from 1 to {MOST:,} names are recorded at a time, not {len(rows):,}")
    found, seen = [], set[str]()
    for line, row in rows:
        one = _row(line, row)
        twice = one.code in seen
        seen.add(one.code)
        found.append(Row(line, one.code, None, (f"the number {one.code} stands above already",)) if twice else one)
    return found


def _row(line: int, row: Mapping[str, Any]) -> Row:
    code = str(row.get("code", "")).strip()[:60]
    try:
        return Row(line, code, Told.model_validate(row))
    except ValidationError as error:
        return Row(line, code, None, tuple(_fault(one["loc"], one["msg"]) for one in error.errors()))


def _fault(where: tuple[int | str, ...], why: str) -> str:
    said = why.removeprefix("Value error, ")
    return f"{'.'.join(map(str, where))}: {said}" if where else said


def read_table(raw: bytes) -> list[Row]:
    """The rows of a table, UTF-8, else GB 18030. Raises `BadInput` `foreign_table` for what is no such table."""
    try:
        rows = rows_of(_text_of(raw))
    except ValueError as error:
        raise wrong(str(error)) from error
    if not rows:
        raise wrong("the table is empty")
    at = _columns([cell.strip() for cell in rows[0]])
    return rows_told([(line, cells) for line, row in enumerate(rows[1:], 2) if (cells := _cells(row, at))])


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    return {key: row[n].strip() for key, n in at.items() if n < len(row) and row[n].strip()}


def wrong(why: str) -> BadInput:
    """The refusal of a table."""
    return BadInput(f"This is no table of foreign names: {why}. Nothing was changed.", code="foreign_table")


def _text_of(raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise wrong("its text is neither UTF-8 nor GB 18030")


def _columns(header: Sequence[str]) -> dict[str, int]:
    at = {key: header.index(name) for key, names in COLUMNS.items() for name in names if name in header}
    missing = [COLUMNS[key][1] for key in NEEDED if key not in at]
    if missing:
        raise wrong(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:160]}")
    unknown = [name for name in header if name and not any(name in names for names in COLUMNS.values())]
    if unknown:
        raise wrong(f"nobody knows the columns {', '.join(unknown)[:160]}: rename or remove them")
    return at
