"""What must hold before a division change goes on: a plan that passes, its dossier, every department heard. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from data.workflow.guards import Condition
from data.workflow.model import CaseView, Label, Missing
from geonames.divisions.rules import items


def plan_passes(case: CaseView, _argument: str) -> Missing | None:
    """Nothing that was found about the plan blocks it."""
    blocking = [f for f in _table(case.facts, "check").get("findings", []) if f["severity"] == "block"]
    if not blocking:
        return None
    return Missing(
        "plan_blocked", f"{len(blocking)} findings block the plan: put it right first.", {"n": len(blocking)}
    )


def dossier_complete(case: CaseView, _argument: str) -> Missing | None:
    """Every paper of Art. 13 was handed in."""
    there = _table(case.facts, "papers")
    lacking = [item for item in items("papers").values() if item.required and not there.get(item.key)]
    if not lacking:
        return None
    names = tuple(item.label for item in lacking)
    return Missing("dossier_incomplete", f"The dossier lacks {len(lacking)} papers.", {"n": len(lacking)}, names)


def departments_heard(case: CaseView, _argument: str) -> Missing | None:
    """Every department of Art. 14 has spoken; one that objects has to be won over first."""
    said, stances = _table(case.facts, "opinions"), items("stances")
    known = items("departments")
    silent = tuple(item.label for key, item in known.items() if key not in said)
    against = tuple(known[key].label for key, opinion in said.items() if not stances[opinion["stance"]].settles)
    if silent:
        message = f"{len(silent)} departments were not heard yet (Art. 14)."
        return Missing("departments_silent", message, {"n": len(silent)}, silent)
    if against:
        return Missing("departments_against", f"{len(against)} departments object.", {"n": len(against)}, against)
    return None


def figures_given(case: CaseView, _argument: str) -> Missing | None:
    """Of every town and subdistrict set up, each indicator has its figure, and what falls short its reason."""
    lacking = list(_unsettled(case.facts))
    if not lacking:
        return None
    return Missing(
        "figures_missing",
        f"{len(lacking)} indicators of the standard have no figure, or fall short without a reason.",
        {"n": len(lacking)},
    )


#: The paper that Art. 25 of the naming regulations asks for before a listed name is given up.
PROTECTION = "heritage_protection"


def listed_names_protected(case: CaseView, _argument: str) -> Missing | None:
    """A name on a heritage list that no unit bears after the change has its measures of protection in the dossier."""
    given_up = _table(case.facts, "check").get("listed_given_up", [])
    if not given_up or _table(case.facts, "papers").get(PROTECTION):
        return None
    names = sorted({row["name"] for row in given_up})
    message = f"{len(names)} listed names are given up: hand in the measures that protect them."
    lists = tuple(Label(f"{row['name']}（{row['list']}）", f"{row['name']} ({row['list']})") for row in given_up)
    return Missing("heritage_unprotected", message, {"n": len(names)}, lists)


def not_extended(case: CaseView, _argument: str) -> Missing | None:
    """The term is lengthened once."""
    if not case.facts.get("extension"):
        return None
    return Missing("extended_already", "The term was lengthened already; the article knows one extension.")


def _unsettled(facts: Mapping[str, object]) -> Iterator[str]:
    figures = _table(facts, "figures")
    for row in _table(facts, "check").get("standards", []):
        given = figures.get(row["unit"].split()[0], {}).get(row["indicator"], {})
        if row["verdict"] == "missing" or (row["verdict"] == "short" and not given.get("reason")):
            yield row["indicator"]


def _table(facts: Mapping[str, object], key: str) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], facts.get(key) or {})


CONDITIONS: Mapping[str, Condition] = {
    "plan_passes": plan_passes,
    "dossier_complete": dossier_complete,
    "departments_heard": departments_heard,
    "figures_given": figures_given,
    "not_extended": not_extended,
    "listed_names_protected": listed_names_protected,
}
