"""Answers the permission question. Pure; what is not known is not permitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from data.access.model import Actor, Grant, Matter, Role
from data.access.table import Permission, Table, permissions
from data.errors import NotPermitted, NotSignedIn


class Reason(IntEnum):
    """Why not, from far to near: of several refusals the nearest is told."""

    NOT_SIGNED_IN = 0
    UNKNOWN_ACTION = 1
    ROLE = 2
    VIA = 3
    PERSONAL = 4
    JURISDICTION = 5
    LEVEL = 6
    STATE = 7
    RELATION = 8
    SEPARATION = 9


@dataclass(frozen=True, slots=True)
class Permit:
    """Yes, by this grant: its role, and for whom where the actor is a deputy."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why."""

    reason: Reason


def decide(actor: Actor, action: str, matter: Matter, table: Table | None = None) -> Permit | Refusal:
    """Whether `actor` may do `action` to `matter` under `table` (default: the installation's)."""
    rows = (permissions() if table is None else table).get(action)
    if actor.is_nobody:
        return Refusal(Reason.NOT_SIGNED_IN)
    if not rows:
        return Refusal(Reason.UNKNOWN_ACTION)
    nearest = Reason.ROLE
    for row, grant in _pairs(rows, actor):
        reason = _against(row, grant, actor, matter)
        if reason is None:
            return Permit(grant)
        nearest = max(nearest, reason)
    return Refusal(nearest)


def require(actor: Actor, action: str, matter: Matter, table: Table | None = None) -> Permit:
    """`decide`, with a refusal as `NotSignedIn` (`sign_in_needed`) or `NotPermitted` (`not_permitted`)."""
    answer = decide(actor, action, matter, table)
    if isinstance(answer, Permit):
        return answer
    if answer.reason is Reason.NOT_SIGNED_IN:
        raise NotSignedIn("Sign in first; nothing was changed.", code="sign_in_needed", action=action)
    raise NotPermitted(
        f"{SENTENCES[answer.reason]} Nothing was changed.",
        code="not_permitted",
        action=action,
        reason=answer.reason.name.lower(),
    )


def acting_grants(actor: Actor, role: Role, matter: Matter) -> tuple[Grant, ...]:
    """The grants by which `actor` may act as `role` in `matter`: own ones first, then those of the absent.

    For procedures, whose own tables say which role does what.
    """
    fitting = [g for g in actor.effective_grants() if g.role is role and _in_reach(g, matter)]
    return tuple(sorted(fitting, key=lambda grant: grant.for_id is not None))


SENTENCES = {
    Reason.UNKNOWN_ACTION: "There is no such action in the table of permissions.",
    Reason.ROLE: "None of your roles may do this.",
    Reason.VIA: "This is done by the person, signed in with a password; an API token may not.",
    Reason.PERSONAL: "This cannot be done for somebody else; a deputy may not.",
    Reason.JURISDICTION: "This is outside your jurisdiction.",
    Reason.LEVEL: "Your role is for units of another level.",
    Reason.STATE: "This is not possible in the present state.",
    Reason.RELATION: "This is for those who take part in the matter in another way than you.",
    Reason.SEPARATION: "You have already taken another part in this case; somebody else must do this.",
}


def _pairs(rows: Iterable[Permission], actor: Actor) -> Iterator[tuple[Permission, Grant]]:
    """Rows with the grants of their roles; what one may do oneself comes before what one may do for another."""
    grants = sorted(actor.effective_grants(), key=lambda grant: grant.for_id is not None)
    for grant in grants:
        for row in rows:
            if grant.role in row.roles:
                yield row, grant


def _against(row: Permission, grant: Grant, actor: Actor, matter: Matter) -> Reason | None:
    """The first thing that speaks against it, None where nothing does."""
    if row.via and actor.via not in row.via:
        return Reason.VIA
    if row.personal and grant.for_id is not None:
        return Reason.PERSONAL
    if not _within(row, grant, matter):
        return Reason.JURISDICTION
    if not _of_level(row, grant, matter):
        return Reason.LEVEL
    return _against_part(row, grant, actor, matter)


def _against_part(row: Permission, grant: Grant, actor: Actor, matter: Matter) -> Reason | None:
    """What speaks against it in the state of the matter and in the actor's part in it."""
    if row.states and matter.state not in row.states:
        return Reason.STATE
    if row.relations and not row.relations & _relations(grant, actor, matter):
        return Reason.RELATION
    if row.apart_from and row.apart_from & _deeds(grant, actor, matter):
        return Reason.SEPARATION
    return None


def _within(row: Permission, grant: Grant, matter: Matter) -> bool:
    if row.within == "anywhere":
        return True
    return grant.unit_id is None if row.within == "country" else grant.covers(matter.chain)


def _of_level(row: Permission, grant: Grant, matter: Matter) -> bool:
    if row.within != "anywhere" and grant.level is not None and grant.level != matter.level:
        return False
    return not row.levels or matter.level in row.levels


def _in_reach(grant: Grant, matter: Matter) -> bool:
    return grant.covers(matter.chain) and grant.level in (None, matter.level)


def _relations(grant: Grant, actor: Actor, matter: Matter) -> frozenset[str]:
    """A deputy has the relations of the absent person, and not his own, where he acts for him."""
    return _of(matter.relations, grant.for_id or actor.account_id)


def _deeds(grant: Grant, actor: Actor, matter: Matter) -> frozenset[str]:
    """What both have done counts: nobody gets round the separation of duties by a deputy."""
    return _of(matter.deeds, actor.account_id) | _of(matter.deeds, grant.for_id)


def _of(by_account: Mapping[UUID, frozenset[str]], account_id: UUID | None) -> frozenset[str]:
    return frozenset() if account_id is None else by_account.get(account_id, frozenset())
