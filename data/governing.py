"""Which date of a decision governs an answer: its effect, its approval or its announcement.

A change is approved (批准) on one day, announced (公布) on another and takes effect
(施行) on a third. The register counts by the effect; a client that must follow
another date says so once, and everything that its connection then reads is
answered by it (`data/migrations/sql/25_governing.sql`). Nothing is written by it.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from data.errors import BadRequest

EFFECTIVE = "effective"
GOVERNING = (EFFECTIVE, "approved", "announced")
_OPTION = "governed_by"
SET = text("SELECT set_config('diming.governed_by', :by, true)")


def govern(connection: Connection, by: str) -> None:
    """Let `by` govern what `connection` reads until its transaction ends. BadRequest `bad_governing_date`."""
    if by not in GOVERNING:
        raise BadRequest(f"The date that governs is one of {', '.join(GOVERNING)}.", code="bad_governing_date")
    connection.execution_options(**{_OPTION: by})
    if by != EFFECTIVE:
        connection.execute(SET, {"by": by})


def governed_by(connection: Connection) -> str:
    """The date that governs what `connection` reads."""
    found: str = connection.get_execution_options().get(_OPTION, EFFECTIVE)
    return found
