"""What is said when something cannot be done in a case."""

from __future__ import annotations

from collections.abc import Iterable

from data.access.question import SENTENCES, Permit, Reason, Refusal
from data.cases.views import Dossier, history_line
from data.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn
from data.workflow.model import Missing, Procedure


def no_such_case() -> NotFound:
    """The same words for a case that does not exist and one that the caller may not see."""
    return NotFound("There is no such case for you.", code="no_such_case")


def refused(permission: str, answer: Permit | Refusal) -> NotPermitted:
    """The refusal of `permission`; a permit by a role that the procedure does not ask is one by role."""
    reason = answer.reason if isinstance(answer, Refusal) else Reason.ROLE
    if reason is Reason.NOT_SIGNED_IN:
        return NotSignedIn("Sign in first; nothing was changed.", code="sign_in_needed", action=permission)
    return NotPermitted(
        f"{SENTENCES[reason]} Nothing was changed.",
        code="not_permitted",
        action=permission,
        reason=reason.name.lower(),
    )


def changed(dossier: Dossier, seen: int) -> Conflict:
    """Somebody acted since; the answer shows what."""
    case = dossier.case
    since = [history_line(step) for step in dossier.steps if step["seq"] > seen]
    did = ", ".join(str(line["action"]) for line in since) or "nothing: the version named is a later one"
    return Conflict(
        f"The case has changed since you looked at it ({did}); it is now in {case.state}. Nothing of yours was done.",
        code="case_changed",
        state=case.state,
        version=case.version,
        changes=since,
    )


def not_possible(dossier: Dossier, action: str) -> Conflict:
    """The state has no such way out and allows no such deed."""
    case = dossier.case
    ways = [t.action for t in case.procedure.transitions_from(case.state)]
    ways += sorted(case.procedure.states[case.state].allows)
    return Conflict(
        f"{action[:40]!r} is not possible while the case is in {case.state}. Nothing was changed.",
        code="action_not_possible",
        state=case.state,
        version=case.version,
        possible=ways,
    )


def not_ready(dossier: Dossier, action: str, needs: Iterable[Missing]) -> Conflict:
    """Something is missing first."""
    listed = list(needs)
    return Conflict(
        f"{action} needs more first: " + " ".join(m.message for m in listed) + " Nothing was changed.",
        code="not_ready",
        state=dossier.case.state,
        version=dossier.case.version,
        needs=[m.told() for m in listed],
    )


def unknown_procedure(key: str, procedures: Iterable[Procedure]) -> BadInput:
    """There is no table for this kind of case today."""
    known = sorted({p.key for p in procedures})
    return BadInput(
        f"There is no procedure {key[:60]!r} in force; known: {', '.join(known) or 'none'}. Nothing was stored.",
        code="unknown_procedure",
    )
