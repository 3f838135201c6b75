"""What decisions did to units: the versions behind the ids that a decision is linked to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

#: Present knowledge of the versions with these ids, in order of code and beginning.
VERSIONS_BY_ID = text("""
    SELECT v.id, v.unit_id, v.code, v.name, v.level, v.type, lower(v.valid) AS valid_from,
           upper(v.valid) AS valid_to, v.begin_known
    FROM published.unit_version v
    WHERE v.id = ANY(:ids) AND upper_inf(v.known)
    ORDER BY v.code, lower(v.valid)
""")


def versions_by_id(connection: Connection, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Code, name, level, type and validity of unit versions; ids of anything else are left out.

    `valid_to` is exclusive and None where the version still stands; `begin_known`
    is false where the unit is older than the register.
    """
    rows = connection.execute(VERSIONS_BY_ID, {"ids": list(ids)}).mappings()
    return [dict(row) for row in rows]
