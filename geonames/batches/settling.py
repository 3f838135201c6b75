"""What is found about rows of a batch is justified, or overridden by a supervisor where a rule forbids the name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.cases.model import Deciding
from data.db import fetch_all
from data.errors import Conflict
from geonames.applications.given import acting_account
from geonames.batches import store
from geonames.batches.model import RowState


def justify(deciding: Deciding, numbers: Sequence[int]) -> None:
    """Say why rows may have their names in spite of what was found.

    Conflict `needs_supervisor` where a rule forbids the name of one of them: nothing is written.
    """
    forbidden = [row["row_number"] for row in _open(deciding) if _is_forbidden(row) and row["row_number"] in numbers]
    if forbidden:
        raise Conflict(
            f"A rule forbids the names of rows {_listed(forbidden)}: they are dropped, or overridden by a supervisor "
            "with the legal basis. Nothing was changed: justify the other rows.",
            code="needs_supervisor",
            rows=forbidden,
        )
    _settle(deciding, numbers)


def override(deciding: Deciding, numbers: Sequence[int]) -> None:
    """Let rows have their names against a rule: a supervisor by name, with the reason and the legal basis."""
    _settle(deciding, numbers, by=acting_account(deciding), basis=deciding.fields["basis"])


def _settle(deciding: Deciding, numbers: Sequence[int], **more: Any) -> None:
    values = {"case_id": deciding.case.id, "numbers": list(numbers), "reason": deciding.fields["reason"]}
    deciding.connection.execute(store.SETTLE, {"by": None, "basis": None, **values, **more})


def unsettled(deciding: Deciding, numbers: Sequence[int]) -> list[str]:
    """What stands against rows and nobody has settled, by row, in words."""
    return [
        f"第{row['row_number']}行 {row['name']}：{finding['message']}"
        for row in _open(deciding)
        if row["row_number"] in numbers and _is_unsettled(row)
        for finding in row["findings"]
        if finding["severity"] == row["verdict"]
    ]


def _is_forbidden(row: Any) -> bool:
    return row["verdict"] == "block" and row["overridden_by"] is None


def _is_unsettled(row: Any) -> bool:
    return _is_forbidden(row) or (row["verdict"] in ("warn", "ask") and row["justified"] is None)


def _open(deciding: Deciding) -> Sequence[Any]:
    return fetch_all(deciding.connection, store.ROWS, {"case_id": deciding.case.id, "state": RowState.OPEN})


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers[:20]) + (" …" if len(numbers) > 20 else "")
