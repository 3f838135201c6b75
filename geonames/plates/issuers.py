"""Who issues number plates where: data/rules/signs/plate_issuers.toml. None is assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "rules" / "signs" / "plate_issuers.toml"
ISSUERS = ("police", "civil_affairs")


@cache
def issuer_rows() -> tuple[Mapping[str, str], ...]:
    """The rows of the file. ValueError where one names no issuer that is known."""
    rows = tuple(tomllib.loads(FILE.read_text("utf-8"))["rows"])
    for row in rows:
        if row["issuer"] not in ISSUERS or not row["source"]:
            raise ValueError(f"plate_issuers.toml: {row}")
    return rows


def issuer_of(code: str | None, rows: tuple[Mapping[str, str], ...] | None = None) -> Mapping[str, str] | None:
    """The row of the longest region that `code` lies in; None where nobody has entered who issues plates there."""
    known = issuer_rows() if rows is None else rows
    fits = [row for row in known if code is not None and code.startswith(row["region"])]
    return max(fits, key=lambda row: len(row["region"]), default=None)
