"""Batches for those who may see the case: opened with their table, the table replaced, the rows read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, require
from data.cases import service as cases
from data.cases.model import Casework, Opening
from data.cases.reading import load_case
from data.cases.views import Dossier, matter_of
from data.clock import civil_date
from data.db import fetch_all, reading, unit_of_work
from data.errors import Conflict, NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.applications.draft import Draft, draft_of
from geonames.batches import store
from geonames.batches.checking import check_rows, propose_rows
from geonames.batches.model import Row, drafts, said_of

PROCEDURE = "naming.batch"
#: In this state the table may be replaced; handing it in ends that.
DRAFTING = "drafting"
FILL = "case.answer"


def open_batch(
    casework: Casework, actor: Actor, opening: Opening, rows: Sequence[Row], key: str | None = None
) -> dict[str, Any]:
    """Open a batch with its table; the case. The table is checked before anything is stored.

    BadInput `bad_batch`, and the errors of opening a case.
    """
    drafts(opening.facts, rows)
    case = cases.open_case(casework, actor, opening, key)
    fill(casework, actor, UUID(str(case["id"])), rows)
    return case


def fill(casework: Casework, actor: Actor, case_id: UUID, rows: Sequence[Row]) -> None:
    """Put a table in the place of the present one, and check every row.

    BadInput `bad_batch`; Conflict `action_not_possible` after it was handed in; NotFound `no_such_case`.
    """
    with unit_of_work(casework.engine) as connection:
        dossier = _batch(casework, connection, actor, case_id, lock=True)
        require(actor, FILL, matter_of(dossier), casework.permissions)
        if dossier.case.state != DRAFTING:
            raise Conflict(
                "The table was handed in and stays as it is. Nothing was changed: rows are dropped or refused.",
                code="action_not_possible",
                state=dossier.case.state,
            )
        made, day = dict(enumerate(drafts(dossier.case.facts, rows), start=1)), civil_date(casework.clock())
        connection.execute(store.CLEAR, {"case_id": case_id})
        connection.execute(store.ADD, [_values(case_id, n, row) for n, row in enumerate(rows, start=1)])
        propose_rows(connection, case_id, made, day)
        check_rows(connection, case_id, made, day)
        details = {"case": str(case_id), "rows": len(rows)}
        audit.append(connection, actor=actor.name, action="batch.fill", decision_id=None, details=details)


def _values(case_id: UUID, number: int, row: Row) -> dict[str, Any]:
    return {
        "case_id": case_id, "number": number, "name": row.name.strip(), "within": row.within,
        "longitude": row.longitude, "latitude": row.latitude, "meaning": row.meaning, "origin": row.origin,
    }  # fmt: skip


def list_rows(
    casework: Casework,
    actor: Actor,
    case_id: UUID,
    *,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of rows with what was found about each, and how far the batch is: `{"items", "next", "counts"}`."""
    limit = check_limit(limit)
    query = {"list": "batch", "of": str(case_id), "state": state}
    after = decode_cursor(query, cursor, (int,))
    with reading(casework.engine) as connection:
        _batch(casework, connection, actor, case_id)
        values = {"case_id": case_id, "state": state, "after": after[0] if after else None, "limit": limit + 1}
        rows = fetch_all(connection, store.PAGE, values)
        counts = counts_of(connection, case_id)
    shown, following = page(rows, limit, query, lambda row: (row["row_number"],))
    return {"items": [dict(row) for row in shown], "next": following, "counts": counts}


def counts_of(connection: Connection, case_id: UUID) -> dict[str, int]:
    """How many rows are in each state; `unsettled`: open ones with findings that nobody has justified."""
    rows = fetch_all(connection, store.COUNTS, {"case_id": case_id})
    counts = {row["state"]: row["rows"] for row in rows}
    unsettled = sum(row["unsettled"] for row in rows if row["state"] == "open")
    return {"total": sum(counts.values()), "unsettled": unsettled, **counts}


def drafts_of(connection: Connection, case_id: UUID, facts: Mapping[str, Any], state: str) -> dict[int, Draft]:
    """The rows in a state as applications, by number."""
    found = fetch_all(connection, store.ROWS, {"case_id": case_id, "state": state})
    columns = ("name", "within", "longitude", "latitude", "meaning", "origin")
    return {r["row_number"]: draft_of(said_of(facts, Row(*(r[column] for column in columns)))) for r in found}


def _batch(casework: Casework, connection: Connection, actor: Actor, case_id: UUID, *, lock: bool = False) -> Dossier:
    dossier = load_case(casework, connection, actor, case_id, lock=lock)
    if dossier.case.procedure.key != PROCEDURE:
        raise NotFound("There is no batch with this id for you.", code="no_such_case")
    return dossier
