"""The words of the inventory of signs: `data/rules/signs/inventory.toml`, one list for each kind of word. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data.workflow.model import Label

INVENTORY = Path(__file__).parents[2] / "data" / "rules" / "signs" / "inventory.toml"
#: The lists: kinds of signs, how they are, and what their panels say beside the standard name.
LISTS = ("type", "state", "text")
#: What is to be done about a sign.
ORDER = "order"


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(INVENTORY.read_text("utf-8"))


@cache
def words(name: str) -> Mapping[str, Label]:
    """The words of list `name` (of `LISTS`, or `ORDER`) by their keys, in the order of the file."""
    return {key: Label(one["zh"], one["en"]) for key, one in _file()[name].items()}


def classes_of(kind: str) -> tuple[str, ...]:
    """The classes of places (地名管理条例 Art. 3) whose names signs of this type say."""
    return tuple(_file()["type"][kind]["classes"])


def wrong_texts() -> tuple[str, ...]:
    """What a panel says that it must not: those signs are to be replaced."""
    return tuple(key for key, one in _file()["text"].items() if one["wrong"])
