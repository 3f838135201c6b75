"""From rows of the register to a book: which names are in it, in what order, and what is said of the rest. Pure.

Chapters are the eight classes of 地名管理条例 Art. 3; within one, entries stand by division code and then by spelling.
Names whose standing nobody has confirmed (未核实) are no standard names: they are counted, not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from data.errors import BadRequest, Conflict
from geonames.places.classes import ClassTree, place_classes
from geonames.publications.indices import all_indices, spelling
from geonames.publications.model import Book, Chapter, Entry, Section
from geonames.publications.strokes import spoken
from geonames.publications.telling import Told

#: What each kind of book is called; a dictionary tells of each name what is on record of it.
TITLES = {"book": "标准地名录", "dictionary": "标准地名词典"}
LIST, DICTIONARY = TITLES
DIVISIONS = "ADMIN_DIVISION"
LEVELS = {"province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级"}
#: Entries of one book. Measured: 20,000 are 470 pages of A4 in 25 s, on 16开 713 pages and 1.6 GB of memory.
MOST = 40_000
NOWHERE = "未注所在政区"
NATION = "全国"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What the register has: rows of the tables `places` and `units` (`geonames.exchange.datasets`), and its state."""

    places: Sequence[Row]
    units: Sequence[Row]
    within: str | None
    day: date
    changes_through: int
    sources: Sequence[tuple[str, str]] = ()
    #: Of a dictionary: what is told of places and divisions by their ids.
    told: Mapping[UUID, Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Raw:
    """An entry without its number."""

    name: str
    roman: str | None
    code: str | None
    where: str
    where_code: str
    detail: str
    texts: Sequence[tuple[str, str]]


def collate(found: Found, tree: ClassTree, kind: str = LIST) -> Book:
    """The book of what was found; `kind`: a key of `TITLES`.

    Raises `Conflict` `publication_empty` where there is no standard name, `BadRequest` `publication_too_large`.
    """
    standard = [row for row in found.places if row["name_kind"] == "standard"]
    amount = len(standard) + len(found.units)
    if amount == 0:
        raise Conflict(
            "There is no standard name here on that day. Names that nobody has confirmed are not printed: confirm "
            "them by a decision, or ask about another division or day.",
            code="publication_empty",
        )
    if amount > MOST:
        raise BadRequest(
            f"{amount:,} names are more than the {MOST:,} of one book: print it division by division.",
            code="publication_too_large",
        )
    chapters = tuple(_chapters(standard, found, tree))
    entries = [entry for chapter in chapters for section in chapter.sections for entry in section.entries]
    region = next((row["name"] for row in found.units if row["code"] == found.within), found.within or NATION)
    told = tuple(_told(found, region, entries, len(found.places) - len(standard), kind))
    return Book(region, TITLES[kind], found.day, told, chapters, all_indices(entries))


def _chapters(places: Sequence[Row], found: Found, tree: ClassTree) -> Iterable[Chapter]:
    by_class: dict[str, list[_Raw]] = {key: [] for key in place_classes()}
    by_class[DIVISIONS] += [_of_unit(row, _texts(found, row)) for row in found.units]
    for row in places:
        by_class[row["class"]].append(_of_place(row, tree, _texts(found, row)))
    number = chapter = 0
    for key, raws in by_class.items():
        if not raws:
            continue
        chapter += 1
        sections = []
        for title, rows in _sections(key, raws):
            entries = [
                Entry(number + n, r.name, r.roman, r.code, r.where, r.detail, r.texts) for n, r in enumerate(rows, 1)
            ]
            number += len(entries)
            sections.append(Section(title, entries))
        yield Chapter(f"{spoken(chapter)}、{place_classes()[key].name_zh}", sections)


def _sections(key: str, raws: list[_Raw]) -> Iterable[tuple[str, list[_Raw]]]:
    if key == DIVISIONS:
        yield "", sorted(raws, key=lambda r: (r.where_code, r.code or "", spelling(r.roman), r.name))
        return
    ordered = sorted(raws, key=lambda r: (not r.where_code, r.where_code, spelling(r.roman), r.name, r.code or ""))
    for (code, where), found in groupby(ordered, key=lambda r: (r.where_code, r.where)):
        yield (f"{where}　{code}" if code else NOWHERE), list(found)


def _texts(found: Found, row: Row) -> Sequence[tuple[str, str]]:
    told = found.told.get(row["id"]) if found.told else None
    return told.paragraphs() if told else ()


def _of_unit(row: Row, texts: Sequence[tuple[str, str]]) -> _Raw:
    detail = "　".join(filter(None, (LEVELS[row["level"]], row["type"], row["code"])))
    return _Raw(row["name"], row["romanization"], row["code"], row["code"], row["code"], detail, texts)


def _of_place(row: Row, tree: ClassTree, texts: Sequence[tuple[str, str]]) -> _Raw:
    kind = tree.nearest(row["type_code"]) if row["type_code"] else None
    words = kind.name_zh if kind else place_classes()[row["class"]].name_zh
    detail = "　".join(filter(None, (words, position(row["longitude"], row["latitude"]), row["place_code"])))
    where = row["unit_name"] or ""
    return _Raw(row["name"], row["romanization"], row["place_code"], where, row["unit_code"] or "", detail, texts)


def position(longitude: float | None, latitude: float | None) -> str:
    """A position to the second of arc: `110°00′00″E 30°00′00″N`; empty where none is on record."""
    if longitude is None or latitude is None:
        return ""
    return f"{_angle(longitude, 'EW')} {_angle(latitude, 'NS')}"


def _angle(degrees: float, sides: str) -> str:
    seconds = round(abs(degrees) * 3600)
    minutes, second = divmod(seconds, 60)
    degree, minute = divmod(minutes, 60)
    return f"{degree}°{minute:02d}′{second:02d}″{sides[degrees < 0]}"


def _told(found: Found, region: str, entries: Sequence[Entry], unverified: int, kind: str) -> Iterable[str]:
    """The paragraphs about the book: what is in it, what is not, by whose law, from what."""
    day = f"{found.day.year}年{found.day.month}月{found.day.day}日"
    yield f"本书收录{region}截至{day}登记在册的标准地名，共 {len(entries)} 条。"
    yield "条目按《地名管理条例》第三条的类别、所在政区代码、罗马字母拼写排列。"
    if unverified:
        yield f"另有 {unverified} 条地名未经核实，不属于标准地名，未收录。"
    unspelt = sum(1 for entry in entries if not entry.roman)
    if unspelt:
        yield f"有 {unspelt} 条没有登记罗马字母拼写，书中留空，未作推测。"
    if kind == DICTIONARY:
        yield from _told_of_texts(entries)
    yield "条目依次为：标准名称、罗马字母拼写；类型或级别、经纬度、代码。条目编号全书连续。没有登记的项目留空。"
    yield "经纬度为 2000 国家大地坐标系（CGCS2000）下的点位，取至秒，供查找用，不作为划界依据。"
    yield "本书不含地图，不表示行政区域界线；行政区域界线以经批准的界线详图为准。"
    yield "标准地名出版物由地名机构负责编纂（《地名管理条例》第二十二条）。"
    yield "本书由登记数据编排而成，出版前应经主管机构审定。"
    yield f"数据版次：变更第 {found.changes_through} 号。"
    for source, licence in found.sources:
        yield f"资料来源：{source}（{licence or '来源未注明许可，出版前应取得许可'}）。"


def _told_of_texts(entries: Sequence[Entry]) -> Iterable[str]:
    """What a dictionary has beside the names, and of how many it has nothing."""
    yield "条目下载明登记在册的曾用名和其他名称、含义、来历、沿革，出自命名公告、批量命名登记和地名文化遗产档案。"
    silent = sum(1 for entry in entries if not entry.texts)
    if silent:
        yield f"有 {silent} 条没有登记含义、来历、沿革和其他名称，只列名称，未作推测。"
