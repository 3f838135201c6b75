"""Who decides is the authority of the route: the approving authority of that very unit, not one above or below it."""

from __future__ import annotations

from boundaries.units.service import register_span, unit_id_at
from data.access import Role
from data.cases.model import Deciding
from data.errors import NotPermitted


def require_approver(deciding: Deciding) -> None:
    """NotPermitted `not_the_approver` where the actor approves for another unit than the route names (Art. 12).

    Where a person entered the authority by a local rule, or the authority is of the country, its seat is not known
    here and the permission table decides alone.
    """
    facts = deciding.case.facts
    approver = facts["route"]["approver"]
    if approver["code"] is None or facts.get("authority"):
        return
    seat = unit_id_at(deciding.connection, approver["code"], register_span(deciding.connection).register_through)
    held = {g.unit_id for g in deciding.actor.effective_grants() if g.role is Role.APPROVING_AUTHORITY}
    if seat not in held:
        raise NotPermitted(
            f"The route says that {approver['name']} approves, by {facts['route']['article']['en']}; your office is of "
            "another unit. Nothing was changed.",
            code="not_the_approver",
            approver=approver["name"],
        )
