"""Effects that the engine itself brings, for every procedure."""

from __future__ import annotations

from collections.abc import Mapping

from data.cases import store
from data.cases.model import Deciding, Effect, Outcome


def request_findings(deciding: Deciding) -> Outcome:
    """Ask for all open corrections in one request (一次性告知, 行政许可法 Art. 32 (4))."""
    rows = deciding.connection.execute(store.REQUEST_FINDINGS, {"id": deciding.case.id, "at": deciding.at})
    return Outcome(details={"findings": [str(row.id) for row in rows]})


ENGINE_EFFECTS: Mapping[str, Effect] = {"request_findings": request_findings}
