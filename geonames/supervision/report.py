"""What somebody reports of a wrong use of a name: which use, what stands where, in his words. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.errors import BadInput
from geonames.supervision.rules import use_rules

#: Field of a report and the most characters of it; the last word says whether it must be there.
TEXTS: Mapping[str, tuple[int, bool]] = {
    "shown": (200, True), "where": (500, True), "what": (2000, False), "contact": (200, False),
}  # fmt: skip
#: Controls that a text may have: line feed and tab.
ALLOWED_CONTROLS = "\n\t"


class ReportState(StrEnum):
    """How a report stands: not looked at, a case was opened for it, or none is, with the reason."""

    WAITING = "waiting"
    TAKEN = "taken"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported. `contact`: how to reach whoever reports, if he wants; for the office alone."""

    use: str
    shown: str
    where: str
    what: str = ""
    contact: str = ""


def check_report(report: Report) -> Report:
    """The report without the spaces around its words; BadInput `bad_report` with everything that is wrong."""
    said = {name: str(getattr(report, name)).replace("\r\n", "\n").strip() for name in TEXTS}
    found = [] if report.use in use_rules().uses else [("use", f"is one of {', '.join(use_rules().uses)}")]
    for name, (most, needed) in TEXTS.items():
        if len(said[name]) > most or (needed and not said[name]):
            found.append((name, f"has {1 if needed else 0} to {most} characters"))
        elif _has_controls(said[name]):
            found.append((name, "contains a control character"))
    if found:
        raise refusal(found)
    return Report(report.use, **said)


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in ALLOWED_CONTROLS for c in text)


def refusal(found: list[tuple[str, str]]) -> BadInput:
    """The refusal of a report, field by field."""
    told = "; ".join(f"{field} {why}" for field, why in found)
    return BadInput(
        f"The report cannot be taken: {told}. Nothing was stored.",
        code="bad_report",
        fields=[{"field": field, "why": why} for field, why in found],
    )
