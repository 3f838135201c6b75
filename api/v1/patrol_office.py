"""`/v1/patrol`: who keeps which markers, plans, what was seen, days out; for the office."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of
from api.deps import v1_router
from api.uploads import blobs_of
from api.v1 import patrol_shapes as shapes
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, IsoDate, Limit, LineId, optional_id, optional_word
from api.v1.staff import answer, answers
from boundaries.patrol import assignments, plans, seen
from boundaries.patrol.assignments import NewAssignment
from boundaries.patrol.files import open_file
from boundaries.patrol.plans import NewPlan
from boundaries.patrol.rules import rules
from data.clock import civil_date
from data.db import reading

router = v1_router("patrol", "/patrol")

READ = ("sign_in_needed", "not_permitted", "limit_out_of_range", "bad_cursor", "register_empty")
WRITE = ("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large",
         "register_empty")  # fmt: skip
Flag = Annotated[bool, WithJsonSchema({"type": "boolean", "enum": [False, True], "default": False})]
StateWord = Annotated[
    str,
    BeforeValidator(lambda text: optional_word(text, tuple(rules().states), "marker_state_unknown")),
    WithJsonSchema({"type": "string", "enum": list(rules().states)}),
]
MarkerId = Annotated[
    Annotated[UUID, BeforeValidator(optional_id), WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})]
    | None,
    Query(description="Only of this marker."),
]


@router.get(
    "/assignments",
    summary="Who keeps which markers",
    response_model=shapes.AssignmentList,
    responses=answers(200, {"items": [shapes.EXAMPLE_ASSIGNMENT], "next": None}, *READ, "bad_id", "bad_date"),
)
def list_assignments(
    request: Request, line: LineId = None, as_of: AnyDay = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """The assignments for the divisions of your jurisdiction, the latest first; with `as_of` those of that day."""
    with reading(request.app.state.databases.office) as connection:
        return answer(
            assignments.list_assignments(
                connection, actor_of(request), line=line, as_of=as_of, limit=limit, cursor=cursor
            )
        )


@router.post(
    "/assignments",
    status_code=201,
    summary="Assign markers to a keeper",
    response_model=shapes.Assignment,
    responses=answers(
        201,
        shapes.EXAMPLE_ASSIGNMENT,
        *WRITE,
        *("bad_code", "no_such_account", "no_such_line", "no_such_marker", "code_never_existed", "code_not_standing"),
        *("keeper_level", "unit_not_beside_line", "marker_not_on_line", "bad_stretch", "constraint"),
    ),
)
def assign(request: Request, body: shapes.NewAssignmentBody) -> Response:
    """One marker, a stretch between two, or a whole line; for a division on one side of it."""
    wanted = NewAssignment(
        body.keeper, body.level, body.unit, body.line, body.begin_on, body.marker, body.from_, body.to
    )
    engine, now = request.app.state.databases.office, clock_of(request)()
    return answer(assignments.assign(engine, actor_of(request), wanted, now), 201)


@router.post(
    "/assignments/{id}/actions/end",
    summary="End an assignment",
    response_model=shapes.Assignment,
    responses=answers(
        200,
        shapes.EXAMPLE_ASSIGNMENT,
        *WRITE,
        *("bad_id", "no_such_assignment", "assignment_ended", "reason_missing"),
    ),
)
def end(request: Request, id: EntityId, body: shapes.Why) -> Response:  # noqa: A002 -- the name in the address
    """It ends today; what was seen under it stays."""
    engine, now = request.app.state.databases.office, clock_of(request)()
    return answer(assignments.end_assignment(engine, actor_of(request), id, body.reason, now))


@router.get(
    "/plans",
    summary="Plans of patrols",
    response_model=shapes.PlanList,
    responses=answers(200, {"items": [shapes.EXAMPLE_PLAN], "next": None}, *READ, "bad_id"),
)
def list_plans(
    request: Request,
    line: LineId = None,
    overdue: Annotated[Flag, Query(description="Only those that are past due and not done.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The plans for the divisions of your jurisdiction, the latest due first."""
    today = civil_date(clock_of(request)())
    with reading(request.app.state.databases.office) as connection:
        found = plans.list_plans(
            connection, actor_of(request), today, line=line, overdue=overdue, limit=limit, cursor=cursor
        )
    return answer(found)


@router.post(
    "/plans",
    status_code=201,
    summary="Make a plan of patrols",
    response_model=shapes.Plan,
    responses=answers(
        201,
        shapes.EXAMPLE_PLAN,
        *WRITE,
        *("bad_code", "no_such_line", "code_never_existed", "code_not_standing", "bad_plan", "keeper_level"),
        *("nobody_to_patrol", "unit_not_beside_line"),
    ),
)
def make_plan(request: Request, body: shapes.NewPlanBody) -> Response:
    """One task for each marker of each keeper; done by the first observation from the day on which it begins."""
    wanted = NewPlan(body.title, body.unit, body.line, body.begin_on, body.due_on, body.note, tuple(body.levels))
    engine, now = request.app.state.databases.office, clock_of(request)()
    return answer(plans.make_plan(engine, actor_of(request), wanted, now), 201)


@router.get(
    "/plans/{id}",
    summary="A plan and its tasks",
    response_model=shapes.PlanInFull,
    responses=answers(200, shapes.EXAMPLE_PLAN_IN_FULL, *READ, "bad_id", "no_such_plan"),
)
def find_plan(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """How far it is, and a page of its tasks, the open ones first."""
    today = civil_date(clock_of(request)())
    with reading(request.app.state.databases.office) as connection:
        return answer(plans.find_plan(connection, actor_of(request), id, today, limit=limit, cursor=cursor))


@router.post(
    "/plans/{id}/actions/cancel",
    summary="Cancel a plan",
    response_model=shapes.Plan,
    responses=answers(200, shapes.EXAMPLE_PLAN, *WRITE, "bad_id", "no_such_plan", "plan_cancelled", "reason_missing"),
)
def cancel(request: Request, id: EntityId, body: shapes.Why) -> Response:  # noqa: A002 -- the name in the address
    """Its open tasks are nobody's any more; what was done stays."""
    engine, now = request.app.state.databases.office, clock_of(request)()
    return answer(plans.cancel_plan(engine, actor_of(request), id, body.reason, now))


@router.get(
    "/observations",
    summary="What was seen",
    response_model=shapes.ObservationList,
    responses=answers(
        200,
        {"items": [shapes.EXAMPLE_OBSERVATION], "next": None, "crs": "CGCS2000 (EPSG:4490)"},
        *READ,
        *("bad_id", "bad_date", "marker_state_unknown"),
    ),
)
def list_observations(
    request: Request,
    line: LineId = None,
    marker: MarkerId = None,
    state: Annotated[StateWord | None, Query(description="Only markers seen in this state.")] = None,
    since: Annotated[IsoDate | None, Query(description="Only what was seen on this day or later.")] = None,
    findings: Annotated[Flag, Query(description="Only what opened findings.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The observations of keepers of your jurisdiction, the latest seen first."""
    with reading(request.app.state.databases.office) as connection:
        found = seen.list_observations(
            connection, actor_of(request), line=line, marker=marker, state=state, since=since,
            findings_only=findings, limit=limit, cursor=cursor,
        )  # fmt: skip
    return answer(found)


@router.get(
    "/observations/{id}",
    summary="One observation",
    response_model=shapes.SeenObservation,
    responses=answers(
        200, shapes.EXAMPLE_OBSERVATION, "sign_in_needed", "not_permitted", "bad_id", "no_such_observation",
        "register_empty",
    ),
)  # fmt: skip
def find_observation(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """What was seen, by whom, where, and which findings it opened; a keeper sees his own."""
    with reading(request.app.state.databases.office) as connection:
        return answer(seen.find_observation(connection, actor_of(request), id))


@router.get(
    "/files/{id}/content",
    summary="A photo or a voice note",
    response_class=Response,
    responses={
        200: {"description": "The bytes as they came.", "content": {"application/octet-stream": {}}},
        **problems_for("sign_in_needed", "not_permitted", "bad_id", "no_such_file", "no_such_blob",
                       "integrity_broken", "register_empty", *EVERYWHERE),
    },
)  # fmt: skip
def file_content(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The file as it came, for who brought it and for those who may read its patrol."""
    engine, blobs = request.app.state.databases.office, blobs_of(request)
    with open_file(engine, blobs, actor_of(request), id) as (row, source):
        content, media_type = source.read(), row["media_type"]
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Content-Disposition": f'inline; filename="{id}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.get(
    "/attendance",
    summary="Days out of keepers",
    response_model=shapes.AttendanceList,
    responses=answers(200, shapes.EXAMPLE_ATTENDANCE, *READ, "bad_date"),
)
def attendance(
    request: Request,
    from_: Annotated[IsoDate | None, Query(alias="from", description="First day; default: 30 days back.")] = None,
    to: Annotated[IsoDate | None, Query(description="Last day; default: today.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Of each keeper of your jurisdiction on how many days he was out, and what is still to do."""
    today = civil_date(clock_of(request)())
    until = to or today
    begin = from_ or seen.first_day(until)
    with reading(request.app.state.databases.office) as connection:
        found: dict[str, Any] = seen.attendance(
            connection, actor_of(request), today, begin=begin, until=until, limit=limit, cursor=cursor
        )
    return answer(found)
