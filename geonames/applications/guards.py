"""What the route of an application asks for before a step: papers, hearings, the authority, the check of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.accounts.bodies import bodies
from data.workflow.guards import Condition
from data.workflow.model import CaseView, Label, Missing
from geonames.applications.reporting import matters_reported
from geonames.applications.routes.model import Hearing
from geonames.applications.routes.rows import route_book


def _route(case: CaseView) -> Mapping[str, Any]:
    route = case.facts.get("route")
    return route if isinstance(route, Mapping) else {}


def _given(case: CaseView, what: str) -> Mapping[str, Any]:
    found = case.facts.get(what)
    return found if isinstance(found, Mapping) else {}


def _called(what: str, keys: Iterable[str]) -> tuple[Label, ...]:
    return tuple(route_book().word(what, key) for key in keys)


def papers_handed_in(case: CaseView, _argument: str) -> Missing | None:
    """Every document that the route asks for was named among those handed in (Art. 11, 25)."""
    given = _given(case, "papers")
    lacking = [p["key"] for p in _route(case).get("papers", ()) if p["need"] == "compulsory" and p["key"] not in given]
    if not lacking:
        return None
    said = f"Documents are missing: {', '.join(lacking)}."
    return Missing("papers_missing", said, {"n": len(lacking)}, _called("paper", lacking))


def applicant_may_apply(case: CaseView, _argument: str) -> Missing | None:
    """The route admits this sort of applicant."""
    applicant = _given(case, "applicant")
    if applicant.get("sort") in _route(case).get("applicants", ()):
        return None
    return Missing("applicant_not_admitted", "The route does not admit this sort of applicant.")


def authority_known(case: CaseView, _argument: str) -> Missing | None:
    """Where the province rules who approves, somebody has entered the authority with its article."""
    body = _route(case).get("approver", {}).get("body")
    if body != "province_rules" or case.facts.get("authority"):
        return None
    return Missing("authority_missing", "Enter who approves by the local rule, with its article.")


def hearings_done(case: CaseView, _argument: str) -> Missing | None:
    """What is compulsory was heard and reported; what is weighed was heard, or left out with a reason (Art. 11)."""
    heard = _given(case, "heard")
    asked = _route(case).get("hearings", {})
    lacking = [key.value for key in Hearing if asked.get(key, "none") != "none" and key not in heard]
    if not lacking:
        return None
    said = f"To be heard, or left out with the reason: {', '.join(lacking)}."
    return Missing("hearings_missing", said, {"n": len(lacking)}, _called("hearing", lacking))


def consultation_reported(case: CaseView, _argument: str) -> Missing | None:
    """Whoever asked the public has reported on what it said."""
    kept = _given(case, "consultation")
    if not kept or kept.get("reported"):
        return None
    return Missing("consultation_unreported", "The public was asked: report on it after the period has ended.")


def compulsory_consulted(case: CaseView, _argument: str) -> Missing | None:
    """Each body that must be asked has replied itself: somebody who holds a role of that body, of that unit (Art. 12).

    Where the case keeps no unit (it began before units were kept, or the whole country approves) the body is enough.
    """
    route = _route(case)
    unit = route.get("approver", {}).get("unit")
    spoken = {office for opinion in case.opinions if opinion.kind == "reply" for office in opinion.offices}
    asked = [row["body"] for row in route.get("consulted", ()) if row["compulsory"]]
    silent = [body for body in asked if not any(body == of and unit in (None, at) for of, at in spoken)]
    if not silent:
        return None
    called = tuple(bodies()[body] for body in silent)
    said = f"By law these must be asked, and have not replied: {', '.join(body.en for body in called)}."
    return Missing("bodies_not_heard", said, {"n": len(silent)}, called)


def filed_first(case: CaseView, _argument: str) -> Missing | None:
    """Where the announcement follows the filing (Art. 14), the filing was acknowledged."""
    announcing = _route(case).get("announcing") or {}
    if announcing.get("term", {}).get("since") != "filing" or case.facts.get("filed_on"):
        return None
    return Missing("not_filed", "The announcement follows the filing: file the approval first.")


CONDITIONS: Mapping[str, Condition] = {
    "papers_handed_in": papers_handed_in,
    "applicant_may_apply": applicant_may_apply,
    "authority_known": authority_known,
    "matters_reported": matters_reported,
    "hearings_done": hearings_done,
    "consultation_reported": consultation_reported,
    "compulsory_consulted": compulsory_consulted,
    "filed_first": filed_first,
}
