"""Why names vanish: `data/rules/heritage/vanished.toml`. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from data.workflow.model import Label
from data.workflow.reading import RULES

FILE = RULES / "heritage" / "vanished.toml"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a name vanished, with the source of the word. `by_register`: said of what the register ended, by itself."""

    key: str
    label: Label
    source: str
    mark: str
    by_register: bool


@cache
def reasons() -> Mapping[str, Reason]:
    """The reasons by key, in the order of the file."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["class"]
    return {
        row["key"]: Reason(
            row["key"], Label(**row["label"]), row["source"], row["mark"], bool(row.get("by_register", False))
        )
        for row in rows
    }


def recorded_reasons() -> tuple[str, ...]:
    """The keys that an office may record."""
    return tuple(key for key, one in reasons().items() if not one.by_register)
