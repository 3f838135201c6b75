"""What goes into a comparison of several lines and what comes out. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundaries.inspection.model import Comparison, Finding, Record
from boundaries.inspection.survey import Submission


@dataclass(frozen=True, slots=True)
class Named:
    """A line by its name or code: the legal one, and the surveys of the units on its left (A) and right (B)."""

    name: str
    legal: Record
    a: Submission
    b: Submission


@dataclass(frozen=True, slots=True)
class Several:
    """The comparison of each line by its name, in the order of names, and the findings about where they meet."""

    lines: Mapping[str, Comparison]
    meetings: Sequence[Finding]
