"""What is found about rows of a batch is justified, or overridden by a supervisor where a rule forbids the name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.cases.model import Deciding
from data.db import fetch_all
from data.errors import Conflict
from geonames.applications.given import acting_account, bad_field
from geonames.applications.grounds import grounds_of
from geonames.batches import store
from geonames.batches.model import RowState

BLOCK = "block"


def justify(deciding: Deciding, numbers: Sequence[int]) -> None:
    """Say why rows may have their names in spite of what was found, perhaps on a ground that a rule knows.

    Conflict `needs_supervisor` where a rule forbids the name of one of them and the ground does not lower it; BadInput
    `bad_fields` where nothing that was found about a row knows the ground. Nothing is written then.
    """
    ground = deciding.fields.get("ground", "").strip() or None
    rows = [row for row in _open(deciding) if row["row_number"] in numbers]
    strangers = [row["row_number"] for row in rows if ground and not _knows(row, ground)]
    if strangers:
        raise bad_field("ground", f"is none that the rules found about rows {_listed(strangers)} know")
    forbidden = [row["row_number"] for row in rows if _is_forbidden(row) and not _lowers(row, ground)]
    if forbidden:
        raise Conflict(
            f"A rule forbids the names of rows {_listed(forbidden)}: they are dropped, justified on a ground that the "
            "rule knows, or overridden by a supervisor with the legal basis. Nothing was changed: justify the others.",
            code="needs_supervisor",
            rows=forbidden,
        )
    _settle(deciding, numbers, ground=ground)


def _knows(row: Any, ground: str) -> bool:
    """Whether a rule that found something about the row knows the ground."""
    return any(ground in grounds_of(finding["rule"]) for finding in row["findings"])


def _lowers(row: Any, ground: str | None) -> bool:
    """Whether the ground holds against everything that forbids the name of the row."""
    forbidding = [grounds_of(f["rule"]) for f in row["findings"] if f["severity"] == BLOCK]
    return ground is not None and all(ground in known and known[ground].severity != BLOCK for known in forbidding)


def override(deciding: Deciding, numbers: Sequence[int]) -> None:
    """Let rows have their names against a rule: a supervisor by name, with the reason and the legal basis."""
    _settle(deciding, numbers, by=acting_account(deciding), basis=deciding.fields["basis"])


def _settle(deciding: Deciding, numbers: Sequence[int], **more: Any) -> None:
    values = {"case_id": deciding.case.id, "numbers": list(numbers), "reason": deciding.fields["reason"]}
    deciding.connection.execute(store.SETTLE, {"by": None, "basis": None, "ground": None, **values, **more})


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
    return row["verdict"] == BLOCK and row["overridden_by"] is None and row["ground"] is None


def _is_unsettled(row: Any) -> bool:
    return _is_forbidden(row) or (row["verdict"] in ("warn", "ask") and row["justified"] is None)


def _open(deciding: Deciding) -> Sequence[Any]:
    return fetch_all(deciding.connection, store.ROWS, {"case_id": deciding.case.id, "state": RowState.OPEN})


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers[:20]) + (" …" if len(numbers) > 20 else "")
