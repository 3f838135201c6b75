"""Matters reported upward (请示报告、重大事项) before a decision: a checklist by kind and circumstance, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.workflow.model import CaseView, Label, Missing
from geonames.applications.given import bad_field, facts_of
from geonames.applications.routes.model import Circumstance, Kind

MATTERS = Path(__file__).parents[2] / "data" / "rules" / "reporting" / "matters.toml"


@dataclass(frozen=True, slots=True)
class ReportedMatter:
    """A row of the checklist: it fits applications of `kinds` with one of the circumstances; empty means all."""

    key: str
    label: Label
    kinds: frozenset[Kind]
    any_of: frozenset[Circumstance]
    article: Label
    mark: str

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an application with these facts is such a matter."""
        given = set(facts.get("circumstances", ()))
        return (not self.kinds or facts["kind"] in self.kinds) and (not self.any_of or bool(given & self.any_of))


@cache
def reported_matters() -> Sequence[ReportedMatter]:
    """The rows that come with the software."""
    rows = tomllib.loads(MATTERS.read_text("utf-8"))["class"]
    return tuple(
        ReportedMatter(
            key=row["key"],
            label=Label(**row["label"]),
            kinds=frozenset(Kind(kind) for kind in row["kinds"]),
            any_of=frozenset(Circumstance(one) for one in row["any_of"]),
            article=Label(**row["article"]),
            mark=row["mark"],
        )
        for row in rows
    )


def matters_of(facts: Mapping[str, Any]) -> list[ReportedMatter]:
    """What of the checklist an application is."""
    return [matter for matter in reported_matters() if matter.fits(facts)]


def report_matter(deciding: Deciding) -> Outcome:
    """Record that a matter was reported upward, to whom and under which number."""
    key = deciding.fields["matter"]
    if key not in {matter.key for matter in matters_of(deciding.case.facts)}:
        raise bad_field("matter", "is nothing of the checklist for this application")
    kept = {"how": deciding.fields["how"], "on": civil_date(deciding.at).isoformat()}
    return Outcome(facts={"reported": {**facts_of(deciding, "reported"), key: kept}})


def matters_reported(case: CaseView, _argument: str) -> Missing | None:
    """Everything of the checklist was reported."""
    kept = case.facts.get("reported")
    done = kept if isinstance(kept, Mapping) else {}
    left = [matter for matter in matters_of(case.facts) if matter.key not in done]
    if not left:
        return None
    told = ", ".join(f"{matter.key} ({matter.article.en})" for matter in left)
    return Missing("matters_unreported", f"To be reported upward first: {told}.", {"n": len(left)})
