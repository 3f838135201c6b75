"""Previews as they are asked for: of a plan that somebody is writing, and of the plan of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.access import Actor
from data.cases.model import Casework
from data.cases.reading import id_of, load_case, require_signed_in, today_of
from data.db import reading
from data.errors import Conflict, NotFound
from geonames.divisions.plan import act_of_plan, check_plan
from geonames.divisions.previewing import outlines, preview_of

PROCEDURE = "division.change"


def preview_of_plan(casework: Casework, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan would do today or on its planned day; BadInput `not_a_proposal`."""
    act = act_of_plan(check_plan(said), today_of(casework))
    with reading(casework.engine) as connection:
        return preview_of(connection, act)


def outlines_of_plan(casework: Casework, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outlines of the units that a plan names, as they are, as GeoJSON."""
    act = act_of_plan(check_plan(said), today_of(casework))
    with reading(casework.engine) as connection:
        return outlines(connection, act)


def preview_of_case(casework: Casework, actor: Actor, reference: str) -> dict[str, Any]:
    """The case (`number`, `title`, `facts`), the preview of its plan and the outlines of its units.

    NotFound `no_such_case` also for a case of another kind; Conflict `already_done` once it was executed: what it did
    stands in its decision.
    """
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        case = load_case(casework, connection, actor, id_of(connection, actor, reference)).case
        if case.procedure.key != PROCEDURE:
            raise NotFound("There is no division-change case with this id.", code="no_such_case")
        facts = case.facts
        _refuse_executed(facts)
        told = {"number": case.number, "title": case.title, "facts": facts, "state": case.state}
        act = act_of_plan(facts["plan"], today_of(casework), number=case.number, approval=facts.get("approval"))
        found = preview_of(connection, act, facts.get("figures"))
        return {**told, "preview": found, "outlines": outlines(connection, act)}


def _refuse_executed(facts: Mapping[str, Any]) -> None:
    done = facts.get("executed")
    if done:
        raise Conflict(
            f"The plan was executed on {done['on']}; what it did stands in the decision {done['decision']}.",
            code="already_done",
        )
