"""What the steps of an inspection share: its row, whether it is answered and open to both, moving it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from boundaries.records import store
from boundaries.records.checklist import Stage
from boundaries.records.model import EntrySide, answering
from boundaries.records.reading import lacking_of
from boundaries.records.visibility import is_revealed
from boundaries.rounds import store as rounds
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one
from data.errors import Conflict


def require_answered(deciding: Deciding, stage: Stage) -> None:
    """That every question of a stage has an answer; `Conflict` `answers_missing`."""
    row = inspection_of(deciding)
    sides = [side for side in answering(row["mode"]) if not _is_excused(deciding, row, side)]
    lacking = sum(len(lacking_of(deciding.connection, row, stage, side)) for side in sides)
    if lacking:
        raise Conflict(
            f"{lacking} questions of the {stage} check have no answer yet. Nothing was changed.",
            code="answers_missing",
            n=lacking,
        )


def _is_excused(deciding: Deciding, row: Row, side: EntrySide) -> bool:
    """Whether the record goes on without a side that handed nothing in by the day named."""
    return row["mode"] == "separate" and side not in _handed_in(deciding, row) and is_open(deciding, row)


def _handed_in(deciding: Deciding, row: Row) -> set[str]:
    return {r["side"] for r in fetch_all(deciding.connection, store.HANDED_IN, {"id": row["id"]})}


def is_open(deciding: Deciding, row: Row) -> bool:
    """Whether each side may see what the other found."""
    today = civil_date(deciding.at)
    return is_revealed(row["mode"], row["reveal_after"], _handed_in(deciding, row), today)


def inspection_of(deciding: Deciding) -> Row:
    """The inspection of the case, locked."""
    row = fetch_one(deciding.connection, rounds.LOCK_INSPECTION, {"id": UUID(deciding.case.facts["inspection"])})
    assert row is not None  # noqa: S101 -- the case was opened on it
    return row


def moved(deciding: Deciding, state: str, facts: Mapping[str, Any]) -> Outcome:
    """Move the inspection to a state with its case."""
    inspection = deciding.case.facts["inspection"]
    deciding.connection.execute(store.MOVE, {"id": UUID(inspection), "state": state})
    return Outcome(details={"inspection": inspection}, facts=facts)
