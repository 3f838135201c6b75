"""What an application would meet: its route and what is found about its names, before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.errors import BadInput
from geonames.applications.checking import Checked, check_candidates
from geonames.applications.draft import Draft, check_facts, draft_of, unfinished
from geonames.applications.route_of_case import as_facts, find_route
from geonames.plans.service import check_taking_up
from geonames.rules.answer import as_answer
from geonames.rules.asking import NameQuestion, answer_of

#: No case has this id: every open application is another one.
NO_CASE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Preview:
    """`route`: as a case would keep it; `checks`: the answer of the check of each candidate, with `in_flight`."""

    facts: Mapping[str, Any]
    route: Mapping[str, Any]
    checks: list[dict[str, Any]]


def preview(connection: Connection, facts: Mapping[str, Any], day: date) -> Preview:
    """What would come of an application of these facts; the errors of opening it."""
    stored = check_facts(facts)
    draft = draft_of(stored)
    found = find_route(connection, draft, day)
    if draft.reserved_id is not None:
        check_taking_up(connection, draft.reserved_id, draft.names, draft.class_, draft.within)
    checked = check_candidates(connection, NO_CASE, draft, day)
    checks = [_answered(one) for one in checked]
    return Preview(stored, as_facts(found, day), checks)


@dataclass(frozen=True, slots=True)
class Glance:
    """As much of a `Preview` as what was typed so far allows; `route` and `checks` may be missing or empty."""

    route: Mapping[str, Any] | None
    checks: list[dict[str, Any]]


def glance(connection: Connection, facts: Mapping[str, Any], day: date) -> Glance:
    """What would be found about names while they are being typed: other fields may be empty still.

    The errors of a name, class, type, division or position that cannot be asked about.
    """
    draft = unfinished(facts)
    if not draft.within:
        return Glance(None, [_alone(connection, draft, name, day) for name in draft.names])
    checked = check_candidates(connection, NO_CASE, draft, day)
    return Glance(_route_if_any(connection, draft, day), [_answered(one) for one in checked])


def _alone(connection: Connection, draft: Draft, name: str, day: date) -> dict[str, Any]:
    """Without a division a name is read and held against the rules of words alone."""
    answer = answer_of(connection, NameQuestion(name=name, class_=draft.class_, meaning=draft.meaning or None), day)
    return {**answer, "in_flight": [], "reserved": []}


def _route_if_any(connection: Connection, draft: Draft, day: date) -> Mapping[str, Any] | None:
    try:
        return as_facts(find_route(connection, draft, day), day)
    except BadInput as error:
        if error.code != "no_route":
            raise
        return None


def _answered(one: Checked) -> dict[str, Any]:
    beside = {"in_flight": [dict(other) for other in one.others], "reserved": [dict(kept) for kept in one.reserved]}
    return {**as_answer(one.result), **beside}
