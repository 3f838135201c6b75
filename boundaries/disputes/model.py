"""The routes, what a dispute is opened with, and who has signed. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from data.workflow.model import CaseView, Missing

Route = Literal["reading", "unclear", "transfer"]
PROCEDURES: Mapping[Route, str] = {
    "reading": "dispute.reading",
    "unclear": "dispute.unclear",
    "transfer": "dispute.transfer",
}
#: A side's own file (分案), seen by its office and those above it.
SIDE_FILE = "dispute.side"
#: What the sides are called in a case: those of the line, then others that are asked to take part.
SIDE_KEYS = ("left", "right", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Party:
    """One side: the office that signs for it, its people by username; `unit` by code where it is not of the line."""

    office: str
    members: Sequence[str]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeOpening:
    """A dispute to be opened. `others`: further units that take part, as at a tri-point or among several provinces."""

    route: Route
    line: UUID
    summary: str
    left: Party
    right: Party
    others: Sequence[Party] = ()
    findings: Sequence[UUID] = ()
    inspection: UUID | None = None
    key: str | None = field(default=None)


def all_signed(case: CaseView, _argument: str) -> Missing | None:
    """Every side has signed what stands."""
    signed, sides = _mapping(case.facts.get("signed")), _mapping(case.facts.get("sides"))
    text = case.facts.get("signed_text")
    lacking = [side for side in sides if text is None or signed.get(side) != text]
    if not lacking:
        return None
    return Missing("signatures_missing", f"{len(lacking)} sides have not signed.", {"n": len(lacking)})


def course_adopted(case: CaseView, _argument: str) -> Missing | None:
    """A course is on the table that the document would make law."""
    if case.facts.get("course"):
        return None
    return Missing("course_missing", "No course of the line was put on the table yet.")


def no_village_changes(case: CaseView, _argument: str) -> Missing | None:
    """No natural village changes hands: only then does an agreement or decision take effect by itself (Art. 14)."""
    if case.facts.get("villages") == "no":
        return None
    return Missing("village_changes", "A natural village changes hands: it is reported for approval first (Art. 14).")


def village_changes(case: CaseView, _argument: str) -> Missing | None:
    """A natural village changes hands."""
    if case.facts.get("villages") == "yes":
        return None
    return Missing("no_village", "No natural village changes hands: nothing is to be reported for approval.")


def change_known(case: CaseView, _argument: str) -> Missing | None:
    """The approval of the change of divisions was found in the register."""
    if case.facts.get("change_decision"):
        return None
    return Missing("approval_missing", "The approval of the change of divisions was not found in the register yet.")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
