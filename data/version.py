"""The version of this software, from the one place that states it: `pyproject.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

PROJECT_FILE = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def version() -> str:
    """The version, e.g. `0.1.0`."""
    with PROJECT_FILE.open("rb") as handle:
        return str(tomllib.load(handle)["project"]["version"])
