"""The guards that every procedure may use. A subject adds its own, of the same form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.workflow.model import CaseView, Missing

Condition = Callable[[CaseView, str], Missing | None]


@dataclass(frozen=True, slots=True)
class KnownGuard:
    """A condition, and whether it takes a number."""

    condition: Condition
    takes_number: bool = False


def no_open_findings(case: CaseView, _argument: str) -> Missing | None:
    """Nothing that blocks, asks or warns stands open; `info` does not hold up a case."""
    standing = [f for f in case.findings if f.severity != "info"]
    if not standing:
        return None
    return Missing(
        "findings_open", f"{len(standing)} findings are open: answer and settle them first.", {"n": len(standing)}
    )


def findings_to_request(case: CaseView, _argument: str) -> Missing | None:
    """There is something to ask for that has not been asked for."""
    if any(not f.requested for f in case.findings if f.severity != "info"):
        return None
    return Missing("nothing_to_request", "Record what is to be corrected first; there is nothing to ask for.")


def one_request(case: CaseView, _argument: str) -> Missing | None:
    """All corrections are asked for at once (一次性告知): none while an earlier request is unanswered.

    行政许可法 Art. 32 (4).
    """
    waiting = [f for f in case.findings if f.requested and not f.answered]
    if not waiting:
        return None
    return Missing(
        "request_unanswered",
        f"{len(waiting)} corrections were asked for and are not answered yet.",
        {"n": len(waiting)},
    )


def requested_findings_answered(case: CaseView, _argument: str) -> Missing | None:
    """Whoever hands in again has answered everything that was asked for."""
    waiting = [f for f in case.findings if f.requested and not f.answered]
    if not waiting:
        return None
    return Missing(
        "answers_missing", f"{len(waiting)} of the corrections asked for have no answer.", {"n": len(waiting)}
    )


def consultations_answered(case: CaseView, _argument: str) -> Missing | None:
    """Everybody who was consulted has replied."""
    replied = {o.answers for o in case.opinions if o.kind == "reply"}
    waiting = [o for o in case.opinions if o.kind == "consultation" and o.id not in replied]
    if not waiting:
        return None
    return Missing("replies_missing", f"{len(waiting)} of those consulted have not replied.", {"n": len(waiting)})


def attachments(case: CaseView, argument: str) -> Missing | None:
    """At least so many documents were handed in."""
    lacking = int(argument) - case.attachments
    if lacking <= 0:
        return None
    return Missing("documents_missing", f"{lacking} more documents are needed.", {"n": lacking})


def opinions(case: CaseView, argument: str) -> Missing | None:
    """At least so many experts have given an opinion."""
    lacking = int(argument) - len({o.by for o in case.opinions if o.kind == "opinion"})
    if lacking <= 0:
        return None
    return Missing("opinions_missing", f"{lacking} more opinions are needed.", {"n": lacking})


def votes_for(case: CaseView, argument: str) -> Missing | None:
    """At least so many votes in favour in this round, and more than against."""
    cast = [o.stance for o in case.opinions if o.kind == "vote" and o.present]
    in_favour, against = cast.count("for"), cast.count("against")
    if in_favour >= int(argument) and in_favour > against:
        return None
    return Missing(
        "votes_missing",
        f"{in_favour} for, {against} against; {argument} in favour and a majority are needed.",
        {"in_favour": in_favour, "against": against, "needed": int(argument)},
    )


def assigned(case: CaseView, _argument: str) -> Missing | None:
    """Somebody is answerable for the case."""
    return None if case.assigned else Missing("assignee_missing", "The case is assigned to nobody.")


GUARDS: Mapping[str, KnownGuard] = {
    "no_open_findings": KnownGuard(no_open_findings),
    "findings_to_request": KnownGuard(findings_to_request),
    "one_request": KnownGuard(one_request),
    "requested_findings_answered": KnownGuard(requested_findings_answered),
    "consultations_answered": KnownGuard(consultations_answered),
    "assigned": KnownGuard(assigned),
    "attachments": KnownGuard(attachments, takes_number=True),
    "opinions": KnownGuard(opinions, takes_number=True),
    "votes_for": KnownGuard(votes_for, takes_number=True),
}

#: The conditions alone, by name.
CONDITIONS: Mapping[str, Condition] = {name: known.condition for name, known in GUARDS.items()}
