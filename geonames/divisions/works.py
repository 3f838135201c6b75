"""What executed division changes left to do on lines: surveys, lines to end, markers to inscribe, by when.

Worked out from the cases and the register for any day, and kept nowhere: a work is there from the execution on, and
done when the register of boundaries says so (decision 50). Nobody ticks it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.changes.kinds import read_rules
from boundaries.risks.service import READ
from data.access import Actor, Matter, require
from data.access.table import permissions
from data.db import Row, fetch_all
from data.decisions import brief_decisions
from data.errors import BadRequest, NotPermitted, NotSignedIn
from data.paging import check_limit, decode_cursor, page
from geonames.applications.notices import below
from geonames.divisions import worksql
from geonames.divisions.rules import terms

STATES = ("open", "underway", "done")
PROJECT = "boundary_survey"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of a kind of work: the article that asks for it, and how sure that is."""

    article: str
    mark: str


@dataclass(frozen=True, slots=True)
class WantedWorks:
    """Which works: beside units whose codes lie in `within`, of a kind, in a state (None: not done yet), overdue."""

    within: str | None = None
    what: str | None = None
    state: str | None = None
    overdue: bool = False


@cache
def work_rules() -> Mapping[str, Rule]:
    """The kinds of works by key."""
    return {row["key"]: Rule(row["article"], row["mark"]) for row in read_rules("works")["class"]}


def list_works(
    connection: Connection,
    actor: Actor,
    day: date,
    wanted: WantedWorks | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the works as they stood on `day` beside the actor's units, those due first first.

    `{"items", "next", "as_of"}`. Errors: BadRequest `bad_parameter`, `limit_out_of_range`, `bad_cursor`; NotPermitted,
    NotSignedIn for whoever may read nothing about lines.
    """
    limit, asked = check_limit(limit), wanted or WantedWorks()
    _check(asked)
    query = {
        "list_of": "division_works", "for": actor.name, "day": day.isoformat(), "within": asked.within,
        "what": asked.what, "state": asked.state, "overdue": asked.overdue,
    }  # fmt: skip
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID, int)) or (None, None, None)
    values = {"after_due": after[0], "after_case": after[1], "after_place": after[2], "limit": limit + 1}
    rows = fetch_all(connection, worksql.WORKS, {**_asked(connection, actor, day, asked), **values})
    shown, following = page(rows, limit, query, lambda row: (row["due_on"], row["case_id"], row["place"]))
    known = brief_decisions(connection, [row["decision"] for row in shown])
    return {"items": [_work(row, known.get(row["decision"])) for row in shown], "next": following, "as_of": day}


def overdue_works(connection: Connection, actor: Actor, day: date) -> int:
    """How many works beside the actor's units are overdue; 0 for whoever may see none."""
    if not connection.scalar(worksql.ANY):
        return 0
    try:
        values = _asked(connection, actor, day, WantedWorks(overdue=True))
    except (NotPermitted, NotSignedIn):
        return 0
    return int(connection.scalar(worksql.NUMBER, values) or 0)


def _check(asked: WantedWorks) -> None:
    for name, value, known in (("what", asked.what, tuple(work_rules())), ("state", asked.state, STATES)):
        if value is not None and value not in known:
            raise BadRequest(f"{name} is one of {', '.join(known)}.", code="bad_parameter")


def _asked(connection: Connection, actor: Actor, day: date, asked: WantedWorks) -> dict[str, Any]:
    prefixes, levels = _reach(connection, actor)
    rule, evidence = terms()[read_rules("works")["term"]["term"]], read_rules("works")["evidence"]
    return {
        "day": day,
        "prefixes": prefixes,
        "levels": levels,
        "within": None if asked.within is None else below(asked.within),
        "what": asked.what,
        "state": asked.state,
        "overdue": asked.overdue,
        "months": rule.months,
        "longer": rule.months + rule.extension_months,
        "project": PROJECT,
        "surveyed": list(evidence["surveyed"]),
        "inscribed": list(evidence["inscribed"]),
    }


def _reach(connection: Connection, actor: Actor) -> tuple[list[str], list[str | None]]:
    """How the codes of the units begin beside which `actor` may look at lines, each with the level; else `require`."""
    roles = {role for row in permissions().get(READ, ()) for role in row.roles}
    grants = [grant for grant in actor.effective_grants() if grant.role in roles]
    if not grants:
        require(actor, READ, Matter())
    units = [grant.unit_id for grant in grants if grant.unit_id is not None]
    rows = fetch_all(connection, worksql.CODES, {"units": units}) if units else []
    codes: dict[UUID | None, str] = {row["unit_id"]: below(row["code"]) for row in rows}
    pairs = {
        (codes.get(grant.unit_id, ""), grant.level)
        for grant in grants
        if grant.unit_id is None or grant.unit_id in codes
    }
    ordered = sorted(pairs, key=lambda pair: (pair[0], pair[1] or ""))
    return [prefix for prefix, _ in ordered], [level for _, level in ordered]


def _work(row: Row, decision: Mapping[str, Any] | None) -> dict[str, Any]:
    rule, term = work_rules()[row["what"]], terms()[read_rules("works")["term"]["term"]]
    project = {"number": row["project_number"], "state": row["project_state"]} if row["project_number"] else None
    return {
        "what": row["what"],
        "state": row["state"],
        "units": row["units"],
        "line": None if row["line"] is None else {"id": row["line"], "name": row["line_name"]},
        "markers": row["markers"],
        "markers_left": row["markers_left"],
        "project": project,
        "effective_on": row["effective_on"],
        "due_on": row["due_on"],
        "overdue": row["overdue"],
        "article": rule.article,
        "mark": rule.mark,
        "term": {"article": term.article, "mark": read_rules("works")["term"]["mark"]},
        "decision": decision,
    }
