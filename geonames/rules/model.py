"""What is proposed, and what the rules say of it. Pure: values only.

A proposal is judged by rows (`rows.py`) as of a day. What a rule may ask about
the register stands in `around.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from geonames.romanize.model import Romanization


class Severity(StrEnum):
    """`block`: the name cannot be approved so; `warn`: the applicant has to answer; `ask`: a person has to look."""

    BLOCK = "block"
    WARN = "warn"
    ASK = "ask"


class Verdict(StrEnum):
    """The most severe finding, or `pass`."""

    PASS = "pass"  # noqa: S105 -- a verdict, no password
    ASK = "ask"
    WARN = "warn"
    BLOCK = "block"


class Level(StrEnum):
    """Who made the rule: 国家法律法规, 部门规章和文件, 标准, 地方."""

    NATIONAL = "national"
    MINISTRY = "ministry"
    STANDARD = "standard"
    LOCAL = "local"


class Kind(StrEnum):
    """What is done: a new name, another name, or a look at a name that stands (never flagged, only shown)."""

    NAMING = "naming"
    RENAMING = "renaming"
    EXISTING = "existing"


class Text(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str


class UnitRef(NamedTuple):
    """A unit of the chain in which a place lies: `level` is province, prefecture, county or township."""

    code: str
    name: str
    level: str


class Override(NamedTuple):
    """Why a finding of `rule` should weigh less: a `ground` that the row knows, and the reason in words."""

    rule: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name to be judged, with whatever is known; None means "not said", never "there is none".

    `art3_class`: one of the eight of 地名管理条例 Art. 3. `type_code`: five digits of
    GB/T 18521. `within`: the units it lies in, from the province down. `point`:
    longitude and latitude (CGCS2000). `geometry`: GeoJSON. `figures`: scale figures by
    metric (`metrics.csv`), in the unit the metric names. `dates`: `application`,
    `construction_permit`, `planning_permit`. `documents`: kinds of papers attached.
    `authority`: the kind of body that is to approve. `place_id`: the place that has or
    gets the name; it never collides with itself.
    """

    name: str
    art3_class: str
    type_code: str | None = None
    within: tuple[UnitRef, ...] = ()
    kind: Kind = Kind.NAMING
    point: tuple[float, float] | None = None
    geometry: Mapping[str, object] | None = None
    meaning: str | None = None
    reason: str | None = None
    applicant: str | None = None
    roman: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    documents: frozenset[str] | None = None
    authority: str | None = None
    place_id: str | None = None
    previous_name: str | None = None
    overrides: tuple[Override, ...] = ()

    def unit_at(self, level: str) -> UnitRef | None:
        """The unit of a level in which the place lies, as far as it is known."""
        return next((unit for unit in self.within if unit.level == level), None)


@dataclass(frozen=True, slots=True)
class Subject:
    """A proposal with its name taken apart and spelled: what every check looks at.

    `specific` (专名), `between` (modifiers and nationalities before the generic) and `generic` (通名)
    joined are the name; each may be empty.
    """

    proposal: Proposal
    specific: str
    between: str
    generic: str
    spelled: Romanization

    @property
    def name(self) -> str:
        """The whole name."""
        return self.proposal.name


class Other(NamedTuple):
    """Something of the register with which a name meets.

    `role` is how it bears the name: `standard`, `former`, `alias`, `retired`. `unit` is the name
    of the unit it lies in. `detail`: which characters or readings meet. `toned_equal`: also the
    tones are the same. `distance_m` and `azimuth_deg` (0 north, clockwise) lead from it to the
    proposed place.
    """

    name: str
    id: str | None = None
    code: str | None = None
    unit: str | None = None
    role: str = "standard"
    toned_equal: bool | None = None
    detail: str | None = None
    distance_m: float | None = None
    azimuth_deg: float | None = None


class Span(NamedTuple):
    """Characters of the name, from `start` to before `end`, counted as Python counts them (code points)."""

    start: int
    end: int


class Lowered(NamedTuple):
    """Why a finding weighs less than its row says: `ground` and the reason given, or the source of the exception."""

    before: Severity
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says of the name. `case` tells apart what one rule can find (`full`, `specific`)."""

    rule: str
    case: str
    severity: Severity
    level: Level
    article: Text
    message: Text
    cure: Text
    span: Span
    collides_with: tuple[Other, ...] = ()
    lowered: Lowered | None = None


class Unchecked(NamedTuple):
    """A rule in force that could not be checked, or not wholly, and why."""

    rule: str
    why: Text


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything the rules in force on `as_of` say. Each of them is in exactly one of the last three.

    `context`: what the rules would say of a name that stands already; it never counts
    for the verdict. `not_applicable`: rules for other classes or other matters.
    """

    subject: Subject
    as_of: date
    verdict: Verdict
    findings: tuple[Finding, ...]
    context: tuple[Finding, ...]
    checked: tuple[str, ...]
    not_checked: tuple[Unchecked, ...]
    not_applicable: tuple[str, ...]
