"""What a webhook wants, how it stands, and when it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

#: After an attempt that failed: 5 s, 30 s, 2 min, 10 min, 30 min, then every hour.
WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600))
#: A webhook that has failed for so long is switched off, and its owner is told.
SWITCHED_OFF_AFTER = timedelta(days=5)
#: A former secret signs beside the new one for so long, so that a receiver can change over without a gap.
FORMER_SECRET_LASTS = timedelta(hours=24)
#: Attempts are known for so long, for whoever asks what arrived.
KEEP_ATTEMPTS = timedelta(days=14)
#: Of one account.
MOST_WEBHOOKS = 20
MAX_URL = 2000
#: Codes, classes and the like in one filter.
MOST_IN_FILTER = 50
#: RFC 9110 section 15.5.11: the address is gone, and its owner means it.
GONE = 410


class HookState(StrEnum):
    """Whether a webhook is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"
    #: Switched off by the program: it failed for too long, or the receiver said that it is gone.
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of the feed: an empty part takes all. Divisions by code, with all below them."""

    collections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def looks_inside(self) -> bool:
        """Whether it must be known where a thing lies or what it is."""
        return bool(self.classes or self.within)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a filter asks of the thing that an entry tells of: codes of its divisions, whole chains, its class."""

    codes: frozenset[str] = frozenset()
    chained: frozenset[str] = frozenset()
    place_class: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """How an attempt went: the status, or the code of why there is none."""

    status: int | None
    problem: str | None
    duration_ms: int
    #: As the receiver asked for it (RFC 9110 section 10.2.3), in seconds.
    retry_after_s: int | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Message:
    """One entry as it is sent. `previous`: the number sent before it to this webhook; None: the first, or by hand."""

    entry: Mapping[str, Any]
    previous: int | None = None
    by_hand: bool = False

    @property
    def seq(self) -> int:
        """The number in the feed, which is the id of the message."""
        return int(self.entry["seq"])

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        return {
            "type": f"{self.entry['collection']}.{self.entry['kind']}",
            "timestamp": self.entry["at"],
            "previous": self.previous,
            "redelivery": self.by_hand,
            "data": dict(self.entry),
        }


def wait_after(failures: int, asked_s: int | None = None) -> timedelta:
    """How long after the `failures`-th failure in a row; a receiver may ask for more, up to the longest wait."""
    own = WAITS[min(failures, len(WAITS)) - 1]
    return max(own, min(timedelta(seconds=asked_s), WAITS[-1])) if asked_s is not None else own


def lies_within(traits: Traits, division: str) -> bool:
    """Whether a thing lies in the division: by its chain where it is known, else by how codes are built.

    Codes of GB/T 2260 and GB/T 10114 are nested: two digits for the province, two more for the prefecture, for the
    county, three for the township and for the village.
    """
    if traits.chained:
        return division in traits.chained
    stem = division[:-2] if division.endswith("00") and len(division) == 6 else division
    stem = stem[:-2] if stem.endswith("00") and len(stem) == 4 else stem
    return any(code.startswith(stem) for code in traits.codes)


def takes(wanted: Wanted, entry: Mapping[str, Any], traits: Traits) -> bool:
    """Whether the filter takes an entry."""
    if wanted.kinds and entry["kind"] not in wanted.kinds:
        return False
    if wanted.classes and traits.place_class not in wanted.classes:
        return False
    return not wanted.within or any(lies_within(traits, division) for division in wanted.within)


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as its run needs it. All up to `delivered_seq` has arrived or was not wanted."""

    id: UUID
    account_id: UUID
    url: str
    wanted: Wanted
    delivered_seq: int
    sent_seq: int | None
    failures: int
    secrets: Sequence[bytes] = field(repr=False, default=())
