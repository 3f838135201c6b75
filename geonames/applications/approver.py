"""Who decides is the authority of the route: the body that it names, of the very unit that it names (Art. 12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from boundaries.units.service import register_span, unit_id_at
from data.access import Grant, Role
from data.accounts.bodies import bodies
from data.cases.model import Deciding
from data.errors import NotPermitted


def require_approver(deciding: Deciding) -> None:
    """NotPermitted `not_the_approver` where the actor decides for another body or unit than the route names (Art. 12).

    Where a person entered the authority by a local rule, that one is asked for: its body, and its unit where it was
    said. A role without a body approves nothing: an administrator says which body it is.
    """
    facts = deciding.case.facts
    wanted = _wanted(facts)
    seat = _seat(deciding, wanted)
    if any(_is(grant, wanted, seat) for grant in _held(deciding)):
        return
    called = f"{wanted['name'] or ''}{bodies()[wanted['body']].zh}"
    raise NotPermitted(
        f"The route says that {called} approves, by {wanted['article']}; your role is of another body or unit, or says "
        "no body (./diming user grant --body, or the page of the account). Nothing was changed.",
        code="not_the_approver",
        approver=called,
        body=wanted["body"],
        article=wanted["article"],
    )


def _wanted(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Body, code and name of whoever approves, and the article by which."""
    entered, route = facts.get("authority"), facts["route"]
    if not entered:
        return {**route["approver"], "article": route["article"]["zh"]}
    return {"body": entered["body"], "code": entered.get("code"), "name": "", "article": entered["article"]}


def _seat(deciding: Deciding, wanted: Mapping[str, Any]) -> UUID | None:
    if wanted["code"] is None:
        return None
    return unit_id_at(deciding.connection, wanted["code"], register_span(deciding.connection).register_through)


def _held(deciding: Deciding) -> Iterator[Grant]:
    return (g for g in deciding.actor.effective_grants() if g.role is Role.APPROVING_AUTHORITY)


def _is(grant: Grant, wanted: Mapping[str, Any], seat: UUID | None) -> bool:
    """Whether a role is that of the authority; the unit of one that a local rule names is not always known."""
    return grant.body == wanted["body"] and (wanted["code"] is None or grant.unit_id == seat)
