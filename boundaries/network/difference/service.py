"""Differences asked for: between two dates of a line, a file and the register, two files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.network import queries
from boundaries.network.difference.files import LineFile, read_line_file, state_of
from boundaries.network.difference.model import Difference
from boundaries.network.model import Segment
from boundaries.network.service import SLIVER_M, compared_runs, run_of
from boundaries.shapes.service import permit_boundaries
from boundaries.units import store as unit_store
from data.db import Audience, fetch_all, fetch_one
from data.errors import BadInput
from data.ids import derived_id


def dates_of_line(
    connection: Connection,
    line: UUID,
    begin: date,
    end: date,
    audience: Audience = Audience.PUBLIC,
    tolerance_m: float = SLIVER_M,
    *,
    begin_known_at: datetime | None = None,
    end_known_at: datetime | None = None,
) -> Difference:
    """What differs between the courses of a line on two days, each as it was known at a moment (None: now).

    Raises `NotPermitted` `map_not_approved` for the public without an approval number, and as `find_line`.
    """
    permit_boundaries(connection, audience)
    known = begin_known_at, end_known_at
    return compared_runs(connection, line, (begin, end), audience, tolerance_m, known)[1]


#: How a file is read: here, or in a process of its own (`difference.guarded`) where anybody may have sent it.
Reader = Callable[[Path], LineFile]


def file_against_line(
    connection: Connection,
    line: UUID,
    path: Path,
    as_of: date | None = None,
    tolerance_m: float = SLIVER_M,
    *,
    known_at: datetime | None = None,
    read: Reader = read_line_file,
) -> Difference:
    """What differs between a line of the register (as known at a moment) and the lines of a file. For staff.

    Raises as `find_line`, `BadInput` `file_missing`, `lines_unfit`, and `unit_unknown` where the file names a unit
    that does not stand on the day.
    """
    run = run_of(connection, line, as_of, Audience.STAFF, known_at)
    known = run.state()
    file = read(path)
    found = state_of(file, known, lambda code, _name: unit_of_code(connection, code, run.day, path.name))
    names = _names(connection, [*known.values(), *found.values()], run.day)
    return Difference(known, found, run.label(known_at), file.name, tolerance_m, names)


def unit_of_code(connection: Connection, code: str, day: date, file: str) -> UUID:
    """The unit that has a code on a day; `BadInput` `unit_unknown`."""
    row = fetch_one(connection, unit_store.BY_CODE, {"code": code, "as_of": day, "known_at": None})
    if row is None:
        raise BadInput(f"{file} names the unit {code}, which does not stand on {day}.", code="unit_unknown", unit=code)
    found: UUID = row["unit_id"]
    return found


def two_files(one: Path, other: Path, tolerance_m: float = SLIVER_M, *, read: Reader = read_line_file) -> Difference:
    """What differs between the lines of two files; asks no database. Raises `BadInput` as `read_line_file`."""
    files = read(one), read(other)
    before = state_of(files[0], {}, _holder_of_code)
    after = state_of(files[1], before, _holder_of_code)
    return Difference(before, after, files[0].name, files[1].name, tolerance_m, _names_in(files))


def _holder_of_code(code: str, _name: str) -> UUID:
    return derived_id("holder-of-code", code)


def _names_in(files: Iterable[LineFile]) -> dict[UUID, dict[str, Any]]:
    return {
        _holder_of_code(code, name): {"code": code, "name": name}
        for file in files
        for code, name in file.names().items()
    }


def _names(connection: Connection, segments: Iterable[Segment], day: date) -> dict[UUID, dict[str, Any]]:
    holders = sorted({holder for s in segments for holder in (s.left, s.right) if holder is not None})
    rows = fetch_all(connection, queries.HOLDERS, {"ids": holders, "on": day})
    return {row["id"]: {"code": row["code"], "name": row["name"]} for row in rows}
