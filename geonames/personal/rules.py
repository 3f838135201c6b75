"""Reads how long personal data are kept from `data/rules/personal/retention.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).parents[2] / "data" / "rules" / "personal" / "retention.toml"


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days after its purpose was served something is kept, and by which article."""

    days: int
    article: str


@cache
def retention() -> Mapping[str, Retention]:
    """By table."""
    return {key: Retention(**row) for key, row in tomllib.loads(RULES.read_text("utf-8")).items()}
