"""Matters reported upward (请示报告、重大事项) before a decision: a checklist by kind and circumstance, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.cases.model import Deciding, Outcome, ProposalRow
from data.clock import civil_date
from data.workflow.model import CaseView, Label, Missing
from geonames.applications.given import bad_field, facts_of
from geonames.applications.routes.model import Circumstance, Kind, Need

#: The paper that is asked for where a name stands on a protection list (Art. 25).
PROTECTION = "protection_measures"
TO_REPORT = {Need.COMPULSORY: "尚未报告", Need.WEIGHED: "由承办机关衡量"}
MATTERS = Path(__file__).parents[2] / "data" / "rules" / "reporting" / "matters.toml"


@dataclass(frozen=True, slots=True)
class ReportedMatter:
    """A row of the checklist: it fits applications of `kinds` with one of the circumstances; empty means all.

    `protected`: only where the name stands on a protection list. `need`: whether the decision waits for the report.
    """

    key: str
    label: Label
    kinds: frozenset[Kind]
    any_of: frozenset[Circumstance]
    protected: bool
    need: Need
    article: Label
    mark: str

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an application with these facts is such a matter."""
        given = set(facts.get("circumstances", ()))
        if self.protected and PROTECTION not in {paper["key"] for paper in facts.get("route", {}).get("papers", ())}:
            return False
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
            protected=row.get("protected", False),
            need=Need(row["need"]),
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


def checklist(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    """The matters of a case with what was reported, as people read them."""
    done = _reported(facts)
    for matter in matters_of(facts):
        kept = done.get(matter.key)
        state = f"{kept['how']}（{kept['on']}）" if kept else TO_REPORT[matter.need]
        yield ProposalRow(
            Label("请示报告", "to be reported upward"), f"{matter.label.zh}（{matter.article.zh}）：{state}"
        )


def _reported(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = facts.get("reported")
    return kept if isinstance(kept, Mapping) else {}


def matters_reported(case: CaseView, _argument: str) -> Missing | None:
    """Everything of the checklist that is compulsory was reported."""
    done = _reported(case.facts)
    left = [m for m in matters_of(case.facts) if m.key not in done and m.need is Need.COMPULSORY]
    if not left:
        return None
    told = ", ".join(f"{matter.key} ({matter.article.en})" for matter in left)
    called = tuple(matter.label for matter in left)
    return Missing("matters_unreported", f"To be reported upward first: {told}.", {"n": len(left)}, called)
