"""The loads that commands and the demonstration start: each with what has to follow it.

Search keys, the forms under which names are compared and the points of past units are
derived from the registers; they are brought up to date after every load.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.changes.service import Change, change_divisions
from boundaries.shapes.load import import_units
from boundaries.shapes.model import CodeMapping, ImportOptions, ImportReport
from boundaries.units.coding import Level
from boundaries.units.enter import Entered, Follow, enter_decision
from boundaries.units.load import load_divisions
from boundaries.units.model import LoadReport, Spelling
from boundaries.units.seats.write import SeatsReport, load_seats
from data.errors import BadInput
from geonames.likeness.index import follow_names, refresh_name_keys
from geonames.places.load import PlacesReport, load_places
from geonames.places.past_points import place_past_units
from geonames.romanize.spelling import spell
from geonames.search.index import follow as follow_search
from geonames.search.index import refresh_search_keys
from geonames.spellings.write import refresh_spellings, write_spellings

Progress = Callable[[str], None]
CODE_MAP_COLUMNS = {"file_code", "register_code", "reason"}


def spell_unit(code: str, name: str, _level: Level) -> Spelling:
    """The spelling that a unit's name gets when it is loaded, as read in its province."""
    found = spell(name, "ADMIN_DIVISION", code)
    return Spelling(found.roman, found.source, found.ambiguous)


def divisions(engine: Engine, actor: str, progress: Progress) -> LoadReport:
    """The national division register from 1981 on."""
    report = load_divisions(engine, actor, progress, romanize=spell_unit)
    if report.changed:
        seats(engine, actor, progress)
        refresh(engine, actor, progress)
    return report


def seats(engine: Engine, actor: str, progress: Progress) -> SeatsReport:
    """The seats of governments that the texts of the register's decisions name."""
    report = load_seats(engine, actor)
    if report.changed:
        progress(f"read {report.seats:,} seats of governments from {report.texts:,} decisions")
    return report


def units(
    engine: Engine,
    path: Path,
    options: ImportOptions,
    actor: str,
    progress: Progress,
    *,
    preview: bool,
    national: bool,
) -> ImportReport:
    """Polygons of units from one file; with `national` the map of the country must be complete after it."""
    progress(f"reading {path.name}")
    report = import_units(engine, path, options, actor, preview=preview, national=national)
    if report.outcome == "loaded":
        refresh(engine, actor, progress)
    return report


def places(engine: Engine, actor: str, progress: Progress) -> PlacesReport:
    """The populated places of GeoNames."""
    report = load_places(engine, actor, progress)
    if report.changed:
        refresh(engine, actor, progress)
    return report


def decision(engine: Engine, path: Path, actor: str, *, preview: bool) -> Entered:
    """One later decision; search finds its units in the same transaction."""
    follow = _follow(actor)
    entered = enter_decision(engine, _content(path), actor, preview=preview, romanize=spell_unit, follow=follow)
    if entered.changed:
        load_seats(engine, actor)
    return entered


def division_change(engine: Engine, path: Path, actor: str, *, preview: bool) -> Change:
    """One act of division affairs, checked; search finds its units in the same transaction."""
    follow = _follow(actor)
    return change_divisions(engine, _content(path), actor, preview=preview, romanize=spell_unit, follow=follow)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", code="file_missing") from error


def _follow(actor: str) -> Follow:
    return lambda connection, units: follow_units(connection, actor, units)


def follow_units(connection: Connection, actor: str, units: Sequence[UUID], under: UUID | None = None) -> None:
    """Bring up to date what is derived from these units, in the transaction that changed them.

    `under`: the decision that their spellings follow, where they get no record of their own.
    """
    follow_search(connection, units)
    write_spellings(connection, actor, units, under)
    follow_names(connection, units)


def refresh(engine: Engine, actor: str, progress: Progress) -> dict[str, Any]:
    """Bring up to date what is derived: points of past units, search keys, names as compared; what was written."""
    points = place_past_units(engine, actor)
    spellings = refresh_spellings(engine, actor)
    if spellings is not None:
        progress(f"wrote {spellings:,} spellings")
    keys = refresh_search_keys(engine, actor)
    if keys is not None:
        progress(f"wrote {keys:,} search keys")
    names = refresh_name_keys(engine, actor)
    return {"past_points": points, "spellings": spellings, "search_keys": keys, "name_keys": names}


def read_code_map(path: Path) -> dict[str, CodeMapping]:
    """The codes of a file that stand for others: CSV with `file_code`, `register_code`, `reason`.

    Raises `BadInput` `code_map_malformed`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"The code map {path.name} cannot be read: {error}.", code="code_map_malformed") from error
    for number, row in enumerate(rows, 2):
        if not all((row.get(column) or "").strip() for column in CODE_MAP_COLUMNS):
            raise BadInput(
                f"Line {number} of {path.name} must have {', '.join(sorted(CODE_MAP_COLUMNS))}.",
                code="code_map_malformed",
            )
    return {row["file_code"]: CodeMapping(row["register_code"], row["reason"]) for row in rows}
