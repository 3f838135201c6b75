"""My desk: the queue with its filters in the address, and acting on several cases at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import attempt
from api.web.pages.case_forms import Typed, case_page, fresh_key, known_case_note
from api.web.problem_page import wording
from api.web.visit import Visit, Visiting
from boundaries.risks.listing import overdue_reviews
from data.access import Actor
from data.cases import desk, service
from data.cases.model import Acted, Action, Casework
from data.cases.reading import find_case, require_signed_in
from data.cases.reading import today_of as today_of_cases
from data.db import reading
from data.errors import BadRequest, DimingError, NotFound
from geonames.divisions.works import overdue_works
from geonames.installations import conflicts
from geonames.signs.orders import overdue_orders

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 25
#: What the desk's address may say; a case opened from the desk carries the same, so that one can go on from it.
PARAMETERS = ("whose", "overdue", "ended", "procedure", "state", "level", "within", "q")
LEVELS = ("province", "prefecture", "county", "township")


def desk_parameters(query: Mapping[str, str]) -> dict[str, str]:
    """The part of an address that says which cases the desk shows."""
    return {name: query[name] for name in PARAMETERS if query.get(name)}


def wanted_of(casework: Casework, query: Mapping[str, str]) -> desk.DeskFilter:
    """The filter in an address; BadRequest (`bad_parameter`, `bad_level`, `bad_code`) for one that means nothing."""
    whose = next((name for name in desk.WHOSE if name == (query.get("whose") or "all")), None)
    if whose is None:
        raise BadRequest(f"whose is one of {', '.join(desk.WHOSE)}.", code="bad_parameter")
    level = query.get("level") or None
    if level is not None and level not in LEVELS:
        raise BadRequest(f"level is one of {', '.join(LEVELS)}.", code="bad_level")
    return desk.DeskFilter(
        whose=whose,
        overdue=query.get("overdue") == "1",
        open=query.get("ended") != "1",
        procedure=query.get("procedure") or None,
        state=query.get("state") or None,
        within=_unit(casework, query.get("within")),
        level=level,
        q=(query.get("q") or "").strip() or None,
    )


def _unit(casework: Casework, code: str | None) -> UUID | None:
    if not code:
        return None
    with reading(casework.engine) as connection:
        return unit_of_code(connection, code.strip())


@router.get("/desk")
def show_desk(visit: Visiting) -> Response:
    """The queue."""
    return _desk(visit)


def _desk(visit: Visit, error: DimingError | None = None) -> Response:
    casework, actor, query = casework_of(visit.request), actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    wanted = wanted_of(casework, query)
    with reading(casework.engine) as connection:
        found = desk.desk_page(casework, connection, actor, wanted, ON_A_PAGE, query.get("cursor") or None)
        reviews = overdue_reviews(connection, actor, today_of_cases(casework))
        works = overdue_works(connection, actor, today_of_cases(casework))
        signs, signs_within = _signs(connection, actor, today_of_cases(casework))
        waiting = conflicts.waiting(connection, actor)
    items = found["items"]
    return case_page(
        visit,
        "desk.html",
        error,
        items=items,
        following=found["next"],
        wanted=wanted,
        kept=desk_parameters(query),
        procedures=_procedures(casework),
        overdue=found["overdue"],
        reviews=reviews,
        works=works,
        signs=signs,
        signs_within=signs_within,
        conflicts=waiting if waiting < conflicts.MOST_COUNTED else f"{conflicts.MOST_COUNTED - 1}+",
        together=_together(items),
        before=known_case_note(query.get("before")),
    )


def _signs(connection: Connection, actor: Actor, today: date) -> tuple[int, str | None]:
    """How many orders of signs are overdue, and the division that the list is asked for where it is one."""
    number, within = overdue_orders(connection, actor, today)
    return number, within[0].ljust(6, "0") if within and len(within) == 1 else None


def _procedures(casework: Casework) -> list[Any]:
    """The latest table of each procedure, for the filters."""
    latest = {p.key: p for p in sorted(casework.procedures, key=lambda p: p.valid_from)}
    return list(latest.values())


def _together(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ways that the reader may take in at least one of the cases shown, each once."""
    return list({way["action"]: way for item in items for way in item["yours"]}.values())


@router.get("/desk/many")
def confirm_many(visit: Visiting) -> Response:
    """The cases chosen, what each of them still needs, and the fields of the action."""
    return _confirm(visit, visit.request.query_params.getlist("case"), visit.view.query.get("action", ""))


def _confirm(visit: Visit, cases: list[str], action: str, error: DimingError | None = None, **typed: str) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    chosen = [find_case(casework, actor, case) for case in _ids(cases)]
    ways = {case["id"]: next((w for w in case["next"] if w["action"] == action), None) for case in chosen}
    fields = {field["name"]: field for way in ways.values() if way for field in way["fields"]}
    label = next((way["label"] for way in ways.values() if way), None)
    return case_page(
        visit,
        "desk_many.html",
        error,
        chosen=chosen,
        ways=ways,
        action=action,
        label=label,
        fields=list(fields.values()),
        typed=typed,
        key=fresh_key(),
        kept=desk_parameters(visit.view.query),
    )


def _ids(cases: list[str]) -> list[UUID]:
    if not 1 <= len(cases) <= service.MAX_AT_ONCE:
        raise BadRequest(f"Choose from 1 to {service.MAX_AT_ONCE} cases first.", code="too_many_cases")
    try:
        return [UUID(case) for case in cases]
    except ValueError as error:
        raise BadRequest("A case is named by its id.", code="bad_id") from error


@router.post("/desk/many")
def act_on_many(visit: Visiting, typed: Typed) -> Response:
    """The same action in each of the cases chosen, with one result for each."""
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    cases, action = typed.many("case"), typed.one("action")

    def work() -> Response:
        wanted = Action(action, typed.fields(), None, typed.one("key"))
        results = service.act_on_many(casework, actor, _ids(cases), wanted)
        lines = [_result(visit, casework, actor, result) for result in results]
        return case_page(visit, "desk_results.html", lines=lines, kept=desk_parameters(visit.view.query))

    return attempt(work, lambda error: _confirm(visit, cases, action, error, **typed.fields()))


def _result(visit: Visit, casework: Casework, actor: Actor, result: Acted) -> dict[str, Any]:
    """What came of the action in one case, with the case as it is now where the reader may see it."""
    try:
        case: dict[str, Any] | None = find_case(casework, actor, result.case_id)
    except NotFound:
        case = None
    heading = None if result.done else wording(visit.view.t.language, dict(result.answer))["title"]
    return {"id": result.case_id, "case": case, "done": result.done, "answer": result.answer, "heading": heading}
