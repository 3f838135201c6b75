"""What keys asked, by day and class of address: counted in memory, written now and then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

TallyKey = tuple[UUID, date, str]


@dataclass(slots=True)
class Used:
    """Requests of one key, day and class: all, those refused for the quota, those that failed here (5xx)."""

    asked: int = 0
    refused: int = 0
    failed: int = 0

    def add(self, other: Used) -> None:
        """Add `other`."""
        self.asked += other.asked
        self.refused += other.refused
        self.failed += other.failed


class Tally:
    """The counts of one process since they were last written."""

    def __init__(self) -> None:
        self._used: dict[TallyKey, Used] = {}

    def count(self, key: UUID, day: date, class_: str, status: int) -> None:
        """One answer with its HTTP status; 0: broken off without one."""
        used = self._used.setdefault((key, day, class_), Used())
        used.asked += 1
        used.refused += status == 429
        used.failed += status >= 500 or status == 0

    def take(self) -> Mapping[TallyKey, Used]:
        """Everything counted, to be written; counting begins anew."""
        taken, self._used = self._used, {}
        return taken

    def give_back(self, taken: Mapping[TallyKey, Used]) -> None:
        """What was taken could not be written: it counts again."""
        for key, used in taken.items():
            self._used.setdefault(key, Used()).add(used)
