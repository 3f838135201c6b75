"""Comparisons of one batch held against each other: where three or more of their lines meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.comparisons import store
from boundaries.comparisons.stored import drawn_comparison
from boundaries.inspection.report import finding_document
from boundaries.inspection.several.joints import THREE, meetings
from data.db import fetch_all


def meetings_of_batch(
    connection: Connection, batch: UUID, reach: tuple[Sequence[UUID | None], Sequence[str | None]]
) -> list[dict[str, Any]]:
    """What is to be told of the meetings of the lines that a batch compared and that lie in one's reach.

    As the findings of a report; empty while nothing is worked out. Nothing of it is kept: it follows from what is.
    """
    units, levels = reach
    values = {"batch": batch, "units": list(units), "levels": list(levels)}
    rows = fetch_all(connection, store.DRAWN_OF_BATCH, values)
    if len(rows) < THREE:
        return []
    named = {row["line_name"] or str(row["line_id"]): drawn_comparison(row) for row in rows}
    return [finding_document(finding) for finding in meetings(named)]
