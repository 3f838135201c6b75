"""What a dispute is about: its row, its findings, and the comparison of both surveys that told them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.comparisons import store as comparisons
from boundaries.disputes import store
from boundaries.findings import store as findings
from boundaries.findings.service import shown_finding
from data.cases.views import Dossier
from data.db import Row, fetch_all, fetch_one
from data.errors import NotFound


def require_dispute(connection: Connection, dossier: Dossier) -> Row:
    """The dispute of a case; `NotFound` `no_such_dispute`."""
    row = fetch_one(connection, store.OF_CASE, {"id": dossier.case.id})
    if row is None:
        raise NotFound("This case is no dispute about a boundary.", code="no_such_dispute")
    return row


def findings_of(connection: Connection, dossier: Dossier) -> list[dict[str, Any]]:
    """The findings with which a dispute was opened, in that order, for whoever may see its case."""
    wanted = [UUID(finding) for finding in dossier.case.facts["findings"]]
    rows = {row["id"]: row for row in fetch_all(connection, findings.BY_IDS, {"ids": wanted})}
    return [shown_finding(rows[finding]) for finding in wanted if finding in rows]


def comparison_row(connection: Connection, finding: Mapping[str, Any]) -> Row | None:
    """The worked-out comparison that told a finding, with both courses; None where something else told it."""
    if finding["source"]["kind"] != "comparison":
        return None
    row = fetch_one(connection, comparisons.FIND, {"id": finding["source"]["id"]})
    return row if row is not None and row["report"] is not None else None
