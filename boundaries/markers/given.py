"""What a side has given already: its agreement, its confirmation, its signature. Pure.

A step by which each side speaks once is not offered to a side that has spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.access import Actor

#: Effects by which each side speaks once, with the fact that keeps who has.
BY_UNIT: Mapping[str, str] = {"consent": "consents", "confirm": "confirmed"}
BY_MEMBER: Mapping[str, str] = {"sign_record": "signed", "sign_text": "signed"}


def by_unit(facts: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    """The effects that are spent for the unit in which the reader has his office; `sides` is a list with ids."""
    held = {str(grant.unit_id) for grant in actor.grants}
    own = [side["id"] for side in facts["sides"] if side["id"] in held]
    return _spent(facts, BY_UNIT, own)


def by_member(facts: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    """The effects that are spent for the side that names the reader; `sides` maps each side to its members."""
    own = [key for key, side in facts["sides"].items() if str(actor.account_id) in side["members"]]
    return _spent(facts, BY_MEMBER, own)


def _spent(facts: Mapping[str, Any], effects: Mapping[str, str], own: list[str]) -> frozenset[str]:
    if len(own) != 1:  # above both, or beside neither: what he may do is for the permissions to say
        return frozenset()
    return frozenset(effect for effect, fact in effects.items() if own[0] in (facts.get(fact) or {}))
