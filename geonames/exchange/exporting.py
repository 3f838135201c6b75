"""Makes an export: one state of the register, read once, written into a folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from boundaries.shapes.service import map_approval, permit_boundaries
from boundaries.units.service import unit_id_at
from data import feed
from data.blobs import sha256_of
from data.db import Audience
from data.errors import Conflict
from data.governing import govern
from geonames.exchange import store
from geonames.exchange.datasets import DATASETS
from geonames.exchange.entries import told_of
from geonames.exchange.model import BOOKS, DICTIONARY, FORMATS, LINKED, PAPERS, Asked, Dataset
from geonames.exchange.packaging import NOTES, PACKAGE, SUMS, State, Written, notes_of, package_of, sums_of
from geonames.exchange.tables import Rows
from geonames.exchange.writers import WRITERS, Notes, Source
from geonames.places.days import gazetteer_span
from geonames.places.types import read_tree
from geonames.publications.collating import Found, collate
from geonames.publications.publishing import publish
from geonames.publications.telling import Told

#: How far it is: rows done, of how many (None: it is not counted before), of what.
Tell = Callable[[int, int | None, str], None]
#: Tables that are boundaries: they go out under a map-approval number only (地图管理条例).
BOUNDARIES = ("outlines",)
UNFINISHED = ".unfinished"
#: What a format holds where nothing is chosen; of the others everything.
_ALL = {**dict.fromkeys(LINKED, ("places",)), **dict.fromkeys(BOOKS, ("places", "units"))}
NOT_APPROVED = "boundary: the installation has no map-approval number (审图号)"


@dataclass(frozen=True, slots=True)
class Exported:
    """An export as it was made: its files, the package among them, and its descriptor."""

    files: tuple[Written, ...]
    package: dict[str, Any]


def nobody(_done: int, _total: int | None, _note: str) -> None:
    """Whoever waits is told nothing."""


def settle(connection: Connection, asked: Asked) -> tuple[State, dict[str, Any]]:
    """The state that an export shows, and the values of its filters; from here on its date of decisions governs.

    Raises as `Asked.check` and `unit_id_at`; `NotPermitted` `map_not_approved` where boundaries are asked
    for by name and may not go out; `BadRequest` `as_of_before_register`, `as_of_after_register`.
    """
    asked.check()
    govern(connection, asked.governed_by)
    span = gazetteer_span(connection)
    day = span.day(asked.as_of)
    if set(asked.collections) & set(BOUNDARIES):
        permit_boundaries(connection, Audience.PUBLIC)
    values: dict[str, Any] = {"day": day, "period": f"[{day},{day}]", **asked.filters}
    if asked.within is not None:
        unit_id_at(connection, asked.within, day)  # what the divisions' last day shows stands on a later one too
        units, codes = store.below(connection, asked.within, day)
        values |= {"units": units, "codes": codes}
    state = State(day, span.register_through, feed.last_number(connection), map_approval(connection))
    return state, values


def chosen(asked: Asked, approval: str | None) -> tuple[list[Dataset], dict[str, str]]:
    """The tables of an export, and why others are not in it."""
    tables, left_out = [], {}
    wanted = asked.collections or _ALL.get(asked.format, tuple(DATASETS))
    for name, dataset in DATASETS.items():
        strange = [one for one in asked.filters if one not in dataset.conditions]
        if name not in wanted or (asked.format in LINKED and name == "names"):
            continue
        if strange:
            left_out[name] = f"has no {', '.join(strange)} to be filtered by"
        elif name in BOUNDARIES and approval is None:
            left_out[name] = NOT_APPROVED
        else:
            tables.append(dataset)
    return tables, left_out


def export(
    connection: Connection,
    asked: Asked,
    target: Path,
    identity: UUID,
    made_at: datetime,
    base: str,
    tell: Tell = nobody,
    fonts: Path | None = None,
) -> Exported:
    """Write an export into the folder `target`, which must not be there; `connection` sees one state of the register.

    Killed on its way it leaves `target` with the ending `.unfinished`, which the next attempt begins anew. Raises as
    `settle`, and `Conflict` `export_exists`; of a book as `collate` and `publish`. `fonts`: a folder of further fonts.
    """
    if target.exists():
        raise Conflict(f"{target} is there already: name another folder. Nothing was written.", code="export_exists")
    state, values = settle(connection, asked)
    folder = target.with_name(target.name + UNFINISHED)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = _Making(connection, asked, values, state.as_of, base, tell)
    tables, left_out = chosen(asked, state.map_approval)
    if asked.format in BOOKS:
        files = made.print_book(folder, tables, state, made_at, fonts)
    else:
        files = made.write(folder, tables)
    sources = store.sources(connection, made.decisions)
    package = package_of(identity, asked, state, made_at, files, sources, left_out)
    written = [one for one, _ in files] + _beside(folder, package, made.notes)
    written.append(_sums(folder, written))
    folder.replace(target)
    return Exported(tuple(written), package)


class _Making:
    """An export while it is made: what was seen of decisions, what did not fit, how far it is."""

    def __init__(
        self, connection: Connection, asked: Asked, values: Mapping[str, Any], day: date, base: str, tell: Tell
    ) -> None:
        self.connection, self.asked, self.values, self.day, self.base = connection, asked, values, day, base
        self.tell = tell
        self.decisions: set[UUID] = set()
        self.notes = Notes()
        self.done = 0

    def write(self, folder: Path, tables: Sequence[Dataset]) -> list[tuple[Written, list[Dataset]]]:
        """Write the tables; each file with the tables in it."""
        kind = FORMATS[self.asked.format]
        within: dict[str, list[Dataset]] = {}
        counts: dict[str, int] = {}
        for dataset in tables:
            name = ("gazetteer" if kind.key == "gpkg" else dataset.id) + kind.ending
            before = self.done
            source = Source(dataset, self._pieces(dataset), self.base, self.notes)
            WRITERS[kind.key](source, folder / name)
            within.setdefault(name, []).append(dataset)
            counts[dataset.id] = self.done - before
        return [
            (written(folder / name, kind.media_type, {one.id: counts[one.id] for one in datasets}), datasets)
            for name, datasets in within.items()
        ]

    def print_book(
        self, folder: Path, tables: Sequence[Dataset], state: State, at: datetime, fonts: Path | None
    ) -> list[tuple[Written, list[Dataset]]]:
        """Print what the tables hold as a book; its files."""
        rows = {one.id: [row for piece in self._pieces(one) for row in piece] for one in tables}
        sources = store.sources(self.connection, self.decisions)
        within = self.asked.within
        listed = (rows.get("places", ()), rows.get("units", ()))
        found = Found(*listed, within, state.as_of, state.seq, sources, self._told(*listed, state.as_of))
        book = collate(found, read_tree(self.connection, state.as_of), self.asked.format)
        self.tell(self.done, None, "pages")
        paths = publish(book, self.asked.paper or PAPERS[0], folder, fonts, at)
        return [(written(path, media_type, {}), []) for path, media_type in paths]

    def _told(self, places: Sequence[Any], units: Sequence[Any], day: date) -> Mapping[UUID, Told]:
        """What a dictionary tells of its entries; a list tells nothing."""
        if self.asked.format != DICTIONARY:
            return {}
        return told_of(self.connection, [row["id"] for row in (*places, *units)], day)

    def _pieces(self, dataset: Dataset) -> Iterator[Rows]:
        linked = self.asked.format in LINKED
        for rows in store.pieces(self.connection, dataset, self.asked, self.values, linked):
            self.decisions |= {row["decision"] for row in rows if row["decision"] is not None}
            self.done += len(rows)
            yield [linked_form(row, self.day) for row in rows] if linked else rows
            self.tell(self.done, None, dataset.id)


def linked_form(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    """A row as `geonames.linked.forms` wants a place. Without a name of the day it bears its last one."""
    valid = {"from": row["valid_from"], "to": row["valid_to"]}
    name = row["name"] or (row["names"][0]["text"] if row["names"] else str(row["id"]))
    return {
        **row,
        "name": name,
        "point": [row["longitude"], row["latitude"]],
        "valid": valid,
        "life": valid,
        "as_of": day,
        "past_names": [],
        "demonstration": False,
    }


def written(path: Path, media_type: str, rows: Mapping[str, int]) -> Written:
    """A file that was written."""
    return Written(path.name, media_type, path.stat().st_size, sha256_of(path).hex(), rows)


def _beside(folder: Path, package: Mapping[str, Any], notes: Notes) -> list[Written]:
    found = []
    if notes.lines:
        (folder / NOTES).write_text(notes_of(notes), "utf-8")
        found.append(written(folder / NOTES, "text/csv", {}))
    (folder / PACKAGE).write_bytes(orjson.dumps(package, option=orjson.OPT_INDENT_2) + b"\n")
    found.append(written(folder / PACKAGE, "application/json", {}))
    return found


def _sums(folder: Path, files: Sequence[Written]) -> Written:
    (folder / SUMS).write_text(sums_of(files), "utf-8")
    return written(folder / SUMS, "text/plain", {})
