"""Processor time that processes used: it hardly depends on what else runs on the machine, unlike times of answers."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """Processor time of process `root`, its live descendants, and those that have ended (proc(5), fields 14 to 17)."""
    fields = {number: found for number in _numbers() if (found := _fields(number)) is not None}
    family, waiting = set(), [root]
    while waiting:
        number = waiting.pop()
        family.add(number)
        waiting += [child for child, found in fields.items() if int(found[1]) == number and child not in family]
    return sum(int(ticks) for number in family & fields.keys() for ticks in fields[number][11:15]) / TICKS


def _numbers() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _fields(number: int) -> list[str] | None:
    """The fields from the third on; the second, the name, may hold blanks."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
