"""`/v1/division-changes`: plans of division changes, shown before; their cases go on under `/v1/cases`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.cases import Key
from api.v1.division_shapes import EXAMPLE_PREVIEW, ChangePreview, ChangeRules, Plan, PlanOpened
from api.v1.division_works import EXAMPLE_WORK, DivisionWorks
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within
from api.v1.staff import Flag, today
from boundaries.changes.approval import authorities, matrix
from boundaries.changes.kinds import kinds, plan_article, read_rules
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from data.workflow.model import Label
from geonames.divisions.reading import preview_of_case, preview_of_plan
from geonames.divisions.rules import items
from geonames.divisions.subject import open_change
from geonames.divisions.works import WantedWorks, list_works
from geonames.places.days import recorded_day

router = v1_router("division changes", "/division-changes")

BODY = ("bad_body", "bad_json", "body_too_large", "cross_site_write", "not_a_proposal", "sign_in_needed")
OPENED = (
    *BODY,
    *("not_permitted", "bad_case", "bad_code", "code_never_existed", "code_not_standing", "register_empty"),
    *("idempotency_key_reused", "outcome_unknown", "decision_unresolved", "decision_in_the_past"),
)
NO_STORE = {"Cache-Control": "no-store"}


def _row(key: str, label: Label, article: str) -> dict[str, Any]:
    return {"key": key, "label": {"zh": label.zh, "en": label.en}, "article": article}


def _rules() -> dict[str, Any]:
    source = read_rules("approval")["source"]
    return {
        "kinds": [_row(kind.key, kind.label, plan_article()) for kind in kinds().values()],
        "authorities": [_row(one.key, one.label, source) for one in authorities().values()],
        "matrix": [
            {
                "change": sorted(row.change),
                "levels": sorted(row.levels),
                "types": None if row.types is None else sorted(row.types),
                "major": row.major,
                "sensitive": row.sensitive,
                "authority": row.authority,
                "report_to": row.report_to,
                "article": row.article,
                "mark": row.mark,
            }
            for row in matrix()
        ],
        "papers": [_row(one.key, one.label, one.article) for one in items("papers").values()],
        "departments": [_row(one.key, one.label, one.article) for one in items("departments").values()],
    }


@router.get(
    "/rules",
    summary="The rules by which division changes are judged",
    response_model=ChangeRules,
    responses={200: {"content": {"application/json": {"example": _rules()}}}, **problems_for(*EVERYWHERE)},
)
def rules(request: Request) -> Response:
    """Kinds of change, who approves which (Arts. 6 to 10), the dossier (Art. 13), the departments (Art. 14)."""
    del request
    return Response(encode(_rules()), media_type="application/json")


@router.post(
    "/preview",
    summary="Show what a plan would do",
    response_model=ChangePreview,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_PREVIEW}}},
        **problems_for(*BODY, "register_empty", "decision_unresolved", "decision_in_the_past", *EVERYWHERE),
    },
)
def preview(request: Request, body: Plan) -> Response:
    """Units, codes, names, lines, markers, heritage entries, who approves, what a rule blocks. Nothing is written."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    found = preview_of_plan(casework, body.model_dump(mode="json"))
    return Response(encode(found), media_type="application/json", headers=NO_STORE)


@router.post(
    "",
    status_code=201,
    summary="Open the case of a division change",
    response_model=case_shapes.CaseInFull,
    responses={
        201: {"content": {"application/json": {"example": case_shapes.EXAMPLE}}},
        **problems_for(*OPENED, *EVERYWHERE),
    },
)
def open_case(request: Request, body: PlanOpened, key: Key) -> Response:
    """Open the case; its papers, opinions, approval and execution are steps of it (`/v1/cases`). The case."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    found = open_change(casework, actor, unit, body.model_dump(mode="json", exclude={"within"}), key)
    return Response(encode(found), 201, media_type="application/json", headers=NO_STORE)


WorkKind = Literal["survey_new", "survey_again", "ends", "inscribe"]
WorkState = Literal["open", "underway", "done"]


@router.get(
    "/works",
    summary="What executed division changes left to do on lines",
    response_model=DivisionWorks,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_WORK}}},
        **problems_for(
            *("sign_in_needed", "not_permitted", "bad_code", "bad_date", "as_of_after_register", "bad_parameter"),
            *("limit_out_of_range", "bad_cursor", "register_empty", *EVERYWHERE),
        ),
    },
)
def works(
    request: Request,
    as_of: AnyDay = None,
    within: Within = None,
    what: Annotated[WorkKind | None, Query(description="The kind of work.")] = None,
    state: Annotated[WorkState | None, Query(description="Without it, what is not done.")] = None,
    overdue: Annotated[Flag, Query(description="Only those whose last day has passed.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Lines to survey or to end and markers to inscribe anew, beside your units, on a day; those due first first."""
    actor = actor_of(request)
    require_signed_in(actor)
    wanted = WantedWorks(within, what, state, overdue)
    with reading(request.app.state.databases.office) as connection:
        day = recorded_day(connection, as_of, today(request))
        found = list_works(connection, actor, day, wanted, limit, cursor)
    return Response(encode(found), media_type="application/json", headers=NO_STORE)


@router.get(
    "/{entity_id}/preview",
    summary="Show what the plan of a case would do today",
    response_model=ChangePreview,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_PREVIEW}}},
        **problems_for(
            *("sign_in_needed", "bad_id", "no_such_case", "register_empty", "decision_unresolved"),
            *("decision_in_the_past", "already_done", *EVERYWHERE),
        ),
    },
)
def preview_case(request: Request, entity_id: EntityId) -> Response:
    """As `POST /v1/division-changes/preview`, of the plan (as approved, where it was) and the figures of a case."""
    found = preview_of_case(casework_of(request), actor_of(request), str(UUID(str(entity_id))))
    return Response(encode(found["preview"]), media_type="application/json", headers=NO_STORE)
