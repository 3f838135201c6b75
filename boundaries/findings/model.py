"""What a finding is, and which ways lead from its states. Pure values.

Geometry is longitude and latitude (CGCS2000); measures carry their unit in
their name (`_m` metres, `_m2` square metres, `_deg` degrees from true north).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args
from uuid import UUID

from shapely.geometry.base import BaseGeometry

#: What found it: two surveys beside each other, the joint field record (联检记录表), a patrol, a submission's check.
Source = Literal["comparison", "record", "patrol", "submission"]
Severity = Literal["error", "warning", "info"]
State = Literal["open", "in_case", "settled", "dismissed"]
#: Whose matter it is, by the legal line: the unit on its left, on its right, both; None: it is of no side.
Side = Literal["left", "right", "both"]
SOURCES: tuple[Source, ...] = get_args(Source)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STATES: tuple[State, ...] = get_args(State)
SIDES: tuple[Side, ...] = get_args(Side)

#: From each state the states that may follow. What is settled or dismissed stays so: a new fact is a new finding.
FOLLOWING: Mapping[State, tuple[State, ...]] = {
    "open": ("in_case", "settled", "dismissed"),
    "in_case": ("open", "settled", "dismissed"),
    "settled": (),
    "dismissed": (),
}
MAX_REASON, MAX_NOTE, MAX_ITEM = 1000, 2000, 120


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """A finding about to be opened.

    `source_id` is the comparison, record, patrol observation or submission; `source_item` says which of
    its findings this is. The two with `source` are its key: opened twice, it is one finding.
    `facts` are names and codes that the text needs, `note` is what a person wrote.
    """

    line_id: UUID
    source: Source
    source_id: UUID
    kind: str
    severity: Severity
    found_on: date
    source_item: str = ""
    side: Side | None = None
    segment_id: UUID | None = None
    marker_id: UUID | None = None
    inspection_id: UUID | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    geometry: BaseGeometry | None = None


def may_follow(state: State, following: State) -> bool:
    """Whether a finding in `state` may become `following`."""
    return following in FOLLOWING[state]


def faults_of(draft: FindingDraft) -> list[str]:
    """What is wrong with a draft, in words; the kind is asked of the vocabulary, not here."""
    known: dict[str, tuple[str | None, ...]] = {
        "source": SOURCES,
        "severity": SEVERITIES,
        "side": (None, *SIDES),
    }
    wrong = [
        f"{name} is one of {', '.join(value for value in values if value)}, not {getattr(draft, name)!r}"
        for name, values in known.items()
        if getattr(draft, name) not in values
    ]
    wrong += [f"{name} is not a number" for name, value in sorted(draft.measures.items()) if not math.isfinite(value)]
    if len(draft.note) > MAX_NOTE:
        wrong.append(f"the note has more than {MAX_NOTE} characters")
    if len(draft.source_item) > MAX_ITEM:
        wrong.append(f"the item has more than {MAX_ITEM} characters")
    if draft.geometry is not None and draft.geometry.is_empty:
        wrong.append("the geometry is empty; leave it out where there is no place")
    return wrong
