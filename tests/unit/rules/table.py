"""What a row of the rules' tables is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A name of a class, and the case of the rule that it meets; None: the rule looks and says nothing."""

    rule: str
    name: str
    class_: str
    case: str | None = None
    said: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}-{self.name}-{self.case or 'passes'}"


def passes(rule: str, class_: str, *names: str, **said: Any) -> list[Row]:
    """Names of which the rule says nothing."""
    return [Row(rule, name, class_, None, said) for name in names]


def fails(rule: str, case: str, class_: str, *names: str, **said: Any) -> list[Row]:
    """Names of which the rule says `case`."""
    return [Row(rule, name, class_, case, said) for name in names]
