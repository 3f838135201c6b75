"""What can be wrong with a marker's registration or a row of a table, in both languages, from
`data/rules/markers/faults.toml`. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parents[2] / "data" / "rules" / "markers" / "faults.toml"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `kind` is stable, `field` the field of the registration that it is about."""

    kind: str
    field: str
    message: str
    message_zh: str


class Faulty(Exception):
    """Raised while a row is read, where it cannot be read on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """The texts by kind."""
    return tomllib.loads(TEXTS.read_text("utf-8"))


def fault(kind: str, field: str = "", /, **facts: Any) -> Fault:
    """A fault with its texts filled."""
    said = texts()[kind]
    return Fault(kind, field, said["en"].format(**facts), said["zh"].format(**facts))
