"""Papers, scales and pens of printed sheets, read from `data/rules/boundaries/sheets.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadRequest

FILE = Path(__file__).parents[2] / "data" / "rules" / "boundaries" / "sheets.toml"


@cache
def settings() -> Mapping[str, Any]:
    """The whole file."""
    return tomllib.loads(FILE.read_text("utf-8"))


def papers() -> Mapping[str, tuple[float, float]]:
    """Width and height in millimetres by the name of the paper."""
    return {name: (float(w), float(h)) for name, (w, h) in settings()["papers"].items()}


def scales() -> list[int]:
    """The denominators that can be asked for, the largest scale first."""
    return list(settings()["scales"]["known"])


def usual_scale(level: str) -> int:
    """The denominator for lines of a level."""
    return int(settings()["scales"][level])


def check_scale(scale: int) -> int:
    """The denominator; `BadRequest` `bad_sheet_scale`."""
    if scale not in scales():
        known = ", ".join(f"1:{s}" for s in scales())
        raise BadRequest(f"1:{scale} is no scale for sheets; known: {known}.", code="bad_sheet_scale")
    return scale


def check_paper(paper: str) -> str:
    """The name of the paper; `BadRequest` `bad_paper`."""
    if paper not in papers():
        raise BadRequest(f"{paper[:10]!r} is no paper for sheets; known: {', '.join(papers())}.", code="bad_paper")
    return paper
