"""Numbers of documents (发文字号): by office, series and civil year, without gaps.

A number is taken in the transaction that issues the document. Two that are
issued at the same moment wait for each other on one row; a transaction that
fails gives its number back. A document that turns out to be wrong keeps its
number and is marked void (作废) with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_one
from data.documents import store
from data.documents.model import Number, Numbering
from data.errors import Conflict


def numbering_for(connection: Connection, kind: str, chain: Sequence[UUID], day: date) -> Numbering:
    """Who numbers documents of `kind` in the last unit of `chain` (from the province down) on `day`.

    Raises `Conflict` (`numbering_missing`) where nobody laid that down.
    """
    row = fetch_one(connection, store.FIND_NUMBERING, {"kind": kind, "chain": list(chain), "day": day})
    if row is None:
        raise Conflict(
            f"Nobody has laid down who numbers documents of the kind {kind} here. Nothing was changed: an "
            "administrator enters office and series under 管理 / 公文模板 (/manage/templates).",
            code="numbering_missing",
            kind=kind,
        )
    return numbering_of(row)


def numbering_of(row: Row) -> Numbering:
    """The numbering in a row of `document_numbering`."""
    return Numbering(
        id=row["id"],
        kind=row["kind"],
        unit_id=row["unit_id"],
        office=row["office"],
        heading=row["heading"],
        series=row["series"],
        sealed=row["sealed"],
        rare=row["rare"],
    )


def take_number(connection: Connection, numbering: Numbering, day: date) -> Number:
    """The next number of the series in the civil year of `day`, for the caller's transaction."""
    serial: int = connection.execute(
        store.TAKE_NUMBER, {"office": numbering.office, "series": numbering.series, "year": day.year}
    ).scalar_one()
    return Number(day.year, serial, written(numbering.series, day.year, serial))


def written(series: str, year: int, serial: int) -> str:
    """A number as GB/T 9704-2012, 7.2.5 writes it: whole year in 〔〕, the serial without zeros before it, 号."""
    return f"{series}〔{year}〕{serial}号"
