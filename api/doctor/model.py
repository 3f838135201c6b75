"""What an examination finds; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something stands. `WARNING` will become wrong; `UNKNOWN` could not be asked."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a stable name, its state, what was seen, and what to do where it is not well."""

    check: str
    state: State
    said: str
    cure: str = ""


def ok(check: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(check, State.OK, said)


def warning(check: str, said: str, cure: str) -> Finding:
    """It works, and will not for long or not for every case."""
    return Finding(check, State.WARNING, said, cure)


def wrong(check: str, said: str, cure: str) -> Finding:
    """It does not work, or something was lost or changed."""
    return Finding(check, State.WRONG, said, cure)


def unknown(check: str, said: str) -> Finding:
    """Nobody can tell before something else is cured."""
    return Finding(check, State.UNKNOWN, said)


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong and nothing had to be left out."""
    return not any(one.state in (State.WRONG, State.UNKNOWN) for one in findings)
