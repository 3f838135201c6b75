"""The three indices of a book: by spelling, by strokes, by code. Pure.

Where several entries bear one name, each row says in which division it lies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from geonames.publications.model import Entry, Group, Index
from geonames.publications.strokes import in_strokes, spoken, strokes

UNSPELT = "未注拼写"
NO_STROKES = "非汉字或笔画不详"
#: Digits of a division code down to the county: the heads of the index by code.
_COUNTY = 6


def all_indices(entries: Sequence[Entry]) -> tuple[Index, ...]:
    """By spelling, by strokes, by code."""
    names = _Names(entries)
    return (by_spelling(entries, names), by_strokes(entries, names), by_code(entries))


class _Names:
    """How a name stands in an index: with its division where it is not the only one."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.often = Counter(entry.name for entry in entries)

    def shown(self, entry: Entry) -> str:
        """The name, and where it lies if others bear it too."""
        return f"{entry.name}（{entry.where}）" if self.often[entry.name] > 1 and entry.where else entry.name


def spelling(roman: str | None) -> str:
    """The letters of a spelling by which it is ordered: ü as v, everything else left out."""
    folded = (roman or "").casefold().replace("ü", "v")
    return "".join(c for c in folded if c.isascii() and c.isalpha())


def by_spelling(entries: Sequence[Entry], names: _Names) -> Index:
    """Under the first letters of the romanization on record; what has none stands at the end and says so."""
    ordered = sorted(entries, key=lambda e: (not spelling(e.roman), spelling(e.roman), e.name, e.number))

    def head(entry: Entry) -> str:
        letters = spelling(entry.roman)
        return letters[0].upper() if letters else UNSPELT

    return Index("汉语拼音索引", "names", _grouped(ordered, head, names), "按登记的罗马字母拼写排序，不计声调。")


def by_strokes(entries: Sequence[Entry], names: _Names) -> Index:
    """Under the number of strokes of the first character."""
    ordered = sorted(entries, key=lambda e: (in_strokes(e.name), e.number))

    def head(entry: Entry) -> str:
        count = strokes(entry.name[0])
        return NO_STROKES if count is None else f"{spoken(count)}画"

    note = "按首字笔画数排序，同笔画数的按字符编码；不按笔顺。笔画数据：Unicode 15.0。"
    return Index("笔画索引", "names", _grouped(ordered, head, names), note)


def by_code(entries: Sequence[Entry]) -> Index:
    """Under the county's code; entries without a code are not in it, and it says how many."""
    coded = sorted((e for e in entries if e.code), key=lambda e: (e.code, e.number))
    groups = [
        Group(head, [(f"{e.code}　{e.name}", e.number) for e in found])
        for head, found in groupby(coded, key=lambda e: str(e.code)[:_COUNTY])
    ]
    lacking = len(entries) - len(coded)
    note = f"另有 {lacking} 条没有代码，未列入本索引。" if lacking else ""
    return Index("代码索引", "codes", groups, note)


def _grouped(ordered: Iterable[Entry], head: Callable[[Entry], str], names: _Names) -> list[Group]:
    return [Group(key, [(names.shown(e), e.number) for e in found]) for key, found in groupby(ordered, key=head)]
