"""Writes the forms under which names are compared: derived from the registers, with the row each comes from.

Every name of every unit and place, present and past, has a row for the time for
which it held, and the code of the unit at that time. The sound is that of the
approved spelling where one is stored, else what the rules of romanization give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data import derived
from data.db import unit_of_work
from data.some import OfSome
from geonames.likeness.forms import Forms, Stored, forms
from geonames.places.store import UNIT_TYPE_OF_LEVEL, copy_in_pieces, fetched
from geonames.romanize.versions import with_readings

#: Raise it when the forms change: the next start writes them again.
FORMS_VERSION = 2
SETTING = "name_keys"
#: Names in Latin letters or another script are not compared with Chinese ones.
LANGUAGE = "zh"

VERSIONS = OfSome.made(
    """
    SELECT v.unit_id, v.code, v.name, v.level, lower(v.valid) AS begin, upper(v.valid) AS end,
           coalesce(s.roman, r.roman) AS roman, s.toned,
           CASE WHEN u.classification <> 'public' THEN u.classification ELSE v.classification END
               AS classification
    FROM diming.unit_version v JOIN diming.unit u ON u.id = v.unit_id
    LEFT JOIN diming.spelling s
      ON s.subject_id = v.unit_id AND s.name = v.name AND s.preferred AND upper_inf(s.known)
    LEFT JOIN diming.unit_roman r ON r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)
    {some}
    WHERE upper_inf(v.known)
    ORDER BY v.unit_id, lower(v.valid)
    """,
    "v.unit_id",
)
PLACE_NAMES = OfSome.made(
    """
    SELECT n.subject_id, n.text, n.kind, n.romanization, lower(n.valid) AS begin, upper(n.valid) AS end,
           lower(p.valid) AS place_begin, upper(p.valid) AS place_end,
           p.class AS place_class, p.type_code, p.unit_id, w.level, w.code, s.roman, s.toned,
           CASE WHEN p.classification <> 'public' THEN p.classification ELSE n.classification END
               AS classification
    FROM diming.place_name n LEFT JOIN diming.place p ON p.id = n.subject_id AND upper_inf(p.known)
    LEFT JOIN diming.spelling s
      ON s.subject_id = n.subject_id AND s.name = n.text AND s.preferred AND upper_inf(s.known)
    LEFT JOIN LATERAL (
        SELECT v.level, v.code FROM diming.unit_version v
        WHERE v.unit_id = coalesce(p.unit_id, n.subject_id) AND upper_inf(v.known)
        ORDER BY lower(v.valid) DESC LIMIT 1
    ) w ON true
    {some}
    -- as the public sees them: what a decision changed that is not announced yet is still as it was
    WHERE (upper_inf(n.known) OR n.id IN (SELECT row_id FROM diming.held_open))
      AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
      AND n.language = :language AND (p.id IS NOT NULL OR w.code IS NOT NULL)
    ORDER BY n.subject_id, n.text, n.kind, lower(n.valid)
    """,
    "n.subject_id",
)
#: So many at once are followed in one piece.
PIECE = 20_000
ROWS = text("SELECT count(*) FROM diming.name_key")
LOCK = text("LOCK TABLE diming.name_key IN SHARE ROW EXCLUSIVE MODE")
CLEAR = OfSome(
    text("DELETE FROM diming.name_key"),
    text("DELETE FROM diming.name_key k USING unnest(CAST(:subjects AS uuid[])) s(id) WHERE k.subject_id = s.id"),
)
ANALYZE = text("ANALYZE diming.name_key")
COPY = """
    COPY diming.name_key (subject_id, collection, class, type_code, level, code, unit_id, name, kind, valid,
        whole, specific, generic, toned, toneless, specific_toned, specific_toneless, doubtful,
        classification) FROM STDIN
"""


def refresh_name_keys(engine: Engine, actor: str) -> int | None:
    """Write what has changed since again, or all of it; the rows written, None for no need."""
    with unit_of_work(engine) as connection:
        if derived.is_current(connection, SETTING, _version()):
            return None
        changed = _changed(connection)
        pieces = [None] if changed is None else [changed[at : at + PIECE] for at in range(0, len(changed), PIECE)]
        written = sum(_write(connection, piece) for piece in pieces)
        connection.execute(ANALYZE)
        derived.remember(connection, SETTING, _version(), actor)
        return written


def _version() -> int:
    """Differs where the rows' form or any file of readings does."""
    return with_readings(FORMS_VERSION)


def _changed(connection: Connection) -> list[UUID] | None:
    """The places whose rows may have changed since; None where all are to be written."""
    held = int(connection.scalar(ROWS) or 0)
    return derived.changed_since(connection, SETTING, _version(), of=held, units=False)


def follow_names(connection: Connection, subjects: Sequence[UUID]) -> int:
    """Write the rows of some units or places again, in the transaction that changed them; the rows written."""
    return _write(connection, list(subjects)) if subjects else 0


def _write(connection: Connection, subjects: list[UUID] | None) -> int:
    connection.execute(LOCK)
    connection.execute(*CLEAR.of(subjects))
    statement, of = PLACE_NAMES.of(subjects)
    names = fetched(connection, statement, {**of, "language": LANGUAGE})
    rows = chain(_unit_rows(connection.execute(*VERSIONS.of(subjects))), _place_rows(names))
    return copy_in_pieces(connection, COPY, rows)


def _unit_rows(versions: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """A row for each name of a unit under each code, for the time for which both stood."""
    spans: dict[tuple[UUID, str, str, str, Stored | None, str], list[tuple[date, date | None]]] = defaultdict(list)
    for v in versions:
        spans[v.unit_id, v.name, v.code, v.level, _stored(v), v.classification].append((v.begin, v.end))
    for (unit_id, name, code, level, stored, classification), times in spans.items():
        type_code = UNIT_TYPE_OF_LEVEL[level]
        found = forms(name, "ADMIN_DIVISION", code, stored)
        subject = (unit_id, "units", "ADMIN_DIVISION", type_code, level, code, None)
        for begin, end in _joined(times):
            yield (*subject, name, "standard", _range(begin, end), *_columns(found), classification)


def _stored(row: Any) -> Stored | None:
    """The approved spelling of a row, if one is stored."""
    return Stored(row.roman, row.toned) if row.roman else None


def _joined(times: Sequence[tuple[date, date | None]]) -> Iterator[tuple[date, date | None]]:
    """Times that follow each other without a gap, as one; `times` in order."""
    begin, end = times[0]
    for following_begin, following_end in times[1:]:
        if end != following_begin:
            yield begin, end
            begin = following_begin
        end = following_end
    yield begin, end


def _place_rows(names: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """A row for each name of a place, and for each further name of a unit."""
    for n in names:
        place = n.type_code is not None
        found = forms(n.text, n.type_code if place else "ADMIN_DIVISION", n.code, _stored(n))
        begin, end = _later(n.begin, n.place_begin), _earlier(n.end, n.place_end)
        if begin is not None and end is not None and begin >= end:
            continue
        subject = (
            (n.subject_id, "places", n.place_class, n.type_code, None, None, n.unit_id)
            if place
            else (n.subject_id, "units", "ADMIN_DIVISION", UNIT_TYPE_OF_LEVEL[n.level], n.level, n.code, None)
        )
        yield (*subject, n.text, n.kind, _range(begin, end), *_columns(found), n.classification)


def _later(a: date | None, b: date | None) -> date | None:
    return max((day for day in (a, b) if day is not None), default=None)


def _earlier(a: date | None, b: date | None) -> date | None:
    return min((day for day in (a, b) if day is not None), default=None)


def _range(begin: date | None, end: date | None) -> str:
    return f"[{begin or ''},{end or ''})"


def _columns(found: Forms) -> tuple[Any, ...]:
    return (found.whole, found.specific, found.generic, *found.sound, *found.specific_sound, found.doubtful)
