"""Word lists of the naming rules: read from CSV, matched against names. Pure but for the reading.

Which lists there are, what they are for and whether they come with the software
stands in `data/reference/words/lists.toml`. A list that does not come with it can be
laid beside the office's own rules (docs/guide/naming-rules.md); without it the
rules that need it report `not_checked`.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from geonames.rules.errors import RuleError
from geonames.rules.model import Severity, Span, Text

WORDS = Path(__file__).parents[2] / "data" / "reference" / "words"
#: Where in the text looked at a word counts.
MATCHES = ("anywhere", "whole", "start", "end")
COLUMNS = ("text", "match", "group", "note", "source", "mark")
EXCEPTIONS = "exceptions"
#: Marks of how a row is known: seen in its source, from memory, inferred.
MARKS = ("V", "M", "I")


class Entry(NamedTuple):
    """A word, where it counts, its group within the list, what it stands for, and where it is from."""

    text: str
    match: str
    group: str
    note: str
    source: str
    mark: str


class Match(NamedTuple):
    """A word found, and where."""

    entry: Entry
    span: Span


class Exempt(NamedTuple):
    """A name or phrase in which a word does not count (`to` None), or counts less; with reason and source."""

    rule: str
    text: str
    to: Severity | None
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class WordList:
    """A list with its words, longest first."""

    name: str
    entries: tuple[Entry, ...]

    def find(self, text: str, start: int = 0) -> tuple[Match, ...]:
        """The words in `text`, the longest where they overlap, in the order of the text; spans count from `start`."""
        taken: list[Match] = []
        for entry in self.entries:
            if entry.text not in text:
                continue
            for at in _positions(entry, text):
                span = Span(start + at, start + at + len(entry.text))
                if not any(span.start < other.span.end and other.span.start < span.end for other in taken):
                    taken.append(Match(entry, span))
        return tuple(sorted(taken, key=lambda match: match.span))

    def groups(self, *names: str) -> WordList:
        """The part of the list in some groups."""
        return WordList(self.name, tuple(entry for entry in self.entries if entry.group in names))


def _positions(entry: Entry, text: str) -> Iterator[int]:
    word, match = entry.text, entry.match
    if match == "whole":
        yield from [0] if word == text else []
    elif match == "start":
        yield from [0] if text.startswith(word) else []
    elif match == "end":
        yield from [len(text) - len(word)] if text.endswith(word) else []
    else:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


class ListInfo(NamedTuple):
    """What `lists.toml` says of a list; `groups` are the values its column `group` may have."""

    title: Text
    what: Text
    shipped: bool
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All lists: what is known of each, those that are there, and the exceptions by rule."""

    known: Mapping[str, ListInfo]
    lists: Mapping[str, WordList]
    exempt: Mapping[str, tuple[Exempt, ...]]

    def get(self, name: str) -> WordList | None:
        """The list, None where it is not there."""
        return self.lists.get(name)

    def title(self, name: str) -> Text:
        """What a list is called."""
        return self.known[name].title


def load_words(*folders: Path) -> Words:
    """The lists in `data/reference/words` and in further folders; a file there replaces the list of its name.

    Raises `RuleError` with everything that is wrong.
    """
    known = _known(WORDS / "lists.toml")
    problems: list[str] = []
    lists: dict[str, WordList] = {}
    for folder in (WORDS, *folders):
        for path in sorted(folder.glob("*.csv")):
            if path.stem != EXCEPTIONS:
                lists[path.stem] = _list(path, known, problems)
    absent = [name for name, info in known.items() if info.shipped and name not in lists]
    problems += [f"{name}.csv is missing" for name in absent]
    exempt = tuple(row for folder in (WORDS, *folders) for row in _exempt(folder / f"{EXCEPTIONS}.csv", problems))
    if problems:
        raise RuleError("word lists", problems)
    return Words(known, lists, {rule: tuple(r for r in exempt if r.rule == rule) for rule in {r.rule for r in exempt}})


def _known(path: Path) -> Mapping[str, ListInfo]:
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return {
        name: ListInfo(Text(**row["title"]), Text(**row["what"]), row["shipped"], tuple(row.get("groups", [""])))
        for name, row in table.items()
    }


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            yield number, {key: (value or "").strip() for key, value in row.items() if key is not None}


def _list(path: Path, known: Mapping[str, ListInfo], problems: list[str]) -> WordList:
    if path.stem not in known:
        problems.append(f"{path.name}: no list of that name (lists.toml)")
        return WordList(path.stem, ())
    entries = []
    for number, row in _rows(path):
        wrong = _wrong(row, known[path.stem])
        problems += [f"{path.name} line {number}: {what}" for what in wrong]
        if not wrong:
            entries.append(Entry(*(row[column] for column in COLUMNS)))
    twice = [text for text, count in Counter(e[:2] for e in entries).items() if count > 1]
    problems += [f"{path.name}: {text[0]} stands twice" for text in twice]
    return WordList(path.stem, tuple(sorted(entries, key=lambda e: (-len(e.text), e.text, e.match))))


def _wrong(row: Mapping[str, str], info: ListInfo) -> list[str]:
    if set(row) != set(COLUMNS):
        return [f"the columns are {','.join(COLUMNS)}"]
    return [
        said
        for said, wrong in (
            ("no text", not row["text"]),
            (f"match is one of {MATCHES}", row["match"] not in MATCHES),
            (f"group is one of {info.groups}", row["group"] not in info.groups),
            ("no source", not row["source"]),
            (f"mark is one of {MARKS}", row["mark"] not in MARKS),
        )
        if wrong
    ]


def _exempt(path: Path, problems: list[str]) -> Iterator[Exempt]:
    for number, row in _rows(path) if path.exists() else ():
        to = row.get("to", "")
        if to not in ("none", *Severity) or not all(row.get(key) for key in ("rule", "text", "reason", "source")):
            problems.append(f"{path.name} line {number}: needs rule,text,to (none or a severity),reason,source")
        else:
            yield Exempt(row["rule"], row["text"], None if to == "none" else Severity(to), row["reason"], row["source"])
