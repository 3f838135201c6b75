"""Reads the layout of plates from `data/rules/signs/plates.toml`, which tells the source of each measure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from geonames.signs.model import Size

RULES = Path(__file__).parents[2] / "data" / "rules" / "signs" / "plates.toml"


@cache
def plates() -> Mapping[str, Any]:
    """All of the file."""
    return tomllib.loads(RULES.read_text("utf-8"))


def directions() -> tuple[str, ...]:
    """The directions in which a street may run, each with its colours."""
    return tuple(plates()["direction"])


def preview_size() -> Size:
    """The size of a preview for which none was asked."""
    return Size(plates()["size"]["preview_width"], plates()["size"]["preview_height"])


def bounds() -> tuple[int, int]:
    """The least and the greatest width or height that can be asked for, in millimetres."""
    return plates()["size"]["least"], plates()["size"]["most"]
