"""What a record that comes does to what stands here: rows to write, rows to close, or why neither. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geonames.installations.rows import CLOSED, COLUMNS, KEYS, Rows

#: What each installation says of its own about a decision: when it learnt of it.
OF_ITS_OWN = {"decision": {"recorded_at"}}


@dataclass(frozen=True, slots=True)
class Merge:
    """Rows that are new here, rows that have ended (table, id, until), and what stands against it."""

    new: tuple[tuple[str, dict[str, Any]], ...] = ()
    ended: tuple[tuple[str, str, str], ...] = ()
    against: tuple[str, ...] = field(default=())

    @property
    def is_nothing(self) -> bool:
        """Whether all of it is here already."""
        return not (self.new or self.ended or self.against)


def merge(came: Rows, here: Rows) -> Merge:
    """Hold the rows that came against those that stand here.

    A row of the register is written once and ended once, so that of two that differ otherwise one was written here
    or there against the rules: that is said and nothing is done.
    """
    new, ended, against = [], [], []
    for table in COLUMNS:
        stand = {_key(table, row): row for row in here[table]}
        for row in came[table]:
            there = stand.pop(_key(table, row), None)
            if there is None:
                new.append((table, row))
            elif table in CLOSED and _until(row) and not _until(there) and _same(table, row, there):
                ended.append((table, row["id"], _until(row) or ""))
            elif not _same(table, row, there) or (table in CLOSED and _until(row) != _until(there)):
                against.append(f"{table} {_key(table, row)[0]}")
        against += [f"{table} {key[0]} (here alone)" for key in stand if table in CLOSED]
    return Merge(tuple(new), tuple(ended), tuple(against))


def _key(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in KEYS[table])


def _same(table: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    left_out = OF_ITS_OWN.get(table, set()) | ({"known"} if table in CLOSED else set())
    return all(one[column] == other[column] for column in COLUMNS[table] if column not in left_out)


def _until(row: Mapping[str, Any]) -> str | None:
    """When the row ended, as the database writes it; None: it stands."""
    return str(row["known"]).rpartition(",")[2].rstrip(")]").strip('"') or None
