"""Vocabularies that live in tables and are delivered as files: brought in after every upgrade.

What the files newly say is added; what they say differently replaces the delivered
row, whose knowledge ends; what an office entered or closed is left as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from data.ids import new_id

PLACE_TYPES = Path(__file__).parent / "reference" / "classes" / "types.csv"
#: Files whose change asks for another run.
FILES = (PLACE_TYPES,)
DELIVERED = "delivered"

STANDING = text("SELECT code, changed_by FROM diming.type_code WHERE upper_inf(known)")
SAME = text("""
    SELECT 1 FROM diming.type_code
    WHERE code = :code AND upper_inf(known) AND parent IS NOT DISTINCT FROM :parent AND name_zh = :name_zh
      AND name_en = :name_en AND class IS NOT DISTINCT FROM :class AND also = CAST(:also AS text[])
      AND conflicts_with IS NOT DISTINCT FROM :conflicts_with AND mark = :mark AND source = :source AND note = :note
      AND valid = daterange(CAST(:valid_from AS date), CAST(:valid_to AS date))
""")
END_KNOWN = text("""
    UPDATE diming.type_code SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE code = :code AND upper_inf(known)
""")
INSERT = text("""
    INSERT INTO diming.type_code (id, code, parent, name_zh, name_en, class, also, conflicts_with, mark, source,
                                   note, valid, changed_by)
    VALUES (:id, :code, :parent, :name_zh, :name_en, :class, CAST(:also AS text[]), :conflicts_with, :mark, :source,
            :note, daterange(CAST(:valid_from AS date), CAST(:valid_to AS date)), 'delivered')
""")


def deliver(connection: Connection) -> int:
    """Bring the delivered vocabularies in, in the caller's transaction; the rows written."""
    rows = list(_rows())
    owners: dict[str, set[str]] = {}
    for standing in connection.execute(STANDING):
        owners.setdefault(standing.code, set()).add(standing.changed_by)
    written = 0
    for row in rows:
        found = owners.get(row["code"], set())
        if found - {DELIVERED} or (found and connection.execute(SAME, row).first()):
            continue
        if found:
            connection.execute(END_KNOWN, row)
        connection.execute(INSERT, row)
        written += 1
    return written


def _rows() -> Iterator[Mapping[str, Any]]:
    with PLACE_TYPES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            empty = {key: row[key] or None for key in ("parent", "class", "conflicts_with", "valid_to")}
            values = {**row, **empty, "also": row["also"].split()}
            yield {**values, "id": new_id()}
