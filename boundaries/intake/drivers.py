"""Which formats the reading library may open at all in a process that reads a stranger's file: an allow-list.

What a file is, is told from its content (`kinds`), and the library must agree; but it asks all its drivers who knows
the file, and some of them open other files, the network or an algorithm that the content names. So those are not
there: they are left out where the process begins, before anything is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

CLOSED = Path(__file__).parents[2] / "data" / "rules" / "intake" / "closed_drivers.txt"


@cache
def closed_drivers() -> tuple[str, ...]:
    """The drivers that are left out, by their names."""
    rows = CLOSED.read_text("utf-8").splitlines()
    return tuple(row.strip() for row in rows if row.strip() and not row.startswith("#"))


def readers_only() -> Mapping[str, str]:
    """The environment of a process in which only the drivers of `kinds.SourceKind` can open a file."""
    return {"GDAL_SKIP": ",".join(closed_drivers())}
