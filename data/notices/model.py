"""What a notice says, and how people choose to hear of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

#: The inbox alone; the inbox and a mail for each notice; the inbox and one mail a day.
CHANNELS = ("inbox", "each", "daily")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened in which case (None: in none). `body` holds keys, numbers and dates, never personal data."""

    case_id: UUID | None
    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preference:
    """How somebody wants to hear of notices beside the inbox, and in which language mail is written."""

    channel: str = "inbox"
    language: str = "zh"
