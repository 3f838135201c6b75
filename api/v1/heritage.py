"""`/v1/heritage`: lists of place-name heritage (地名文化遗产), for everybody; their cases go on under `/v1/cases`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import case_shapes
from api.v1 import heritage_shapes as shapes
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.cases import Key
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within, Word
from api.v1.rounds import SENT
from api.v1.staff import answer, answers, today
from data.cases.reading import require_signed_in
from data.workflow.model import Label
from geonames.applications.notices import below
from geonames.heritage import service
from geonames.heritage.caring import open_care
from geonames.heritage.listing import NameSurveyed, open_listing
from geonames.heritage.sheet import sheet, words
from geonames.places.days import recorded_day

router = v1_router("heritage", "/heritage")
dossiers = v1_router("heritage", "/heritage-dossiers")

OPENED = (*SENT, "bad_case", "already_done", "idempotency_key_reused", "outcome_unknown")
ListName = Annotated[Word | None, Query(alias="list", description="Only this list.")]
LevelName = Annotated[shapes.LevelOfList | None, Query(description="Only lists of this level.")]
CategoryKey = Annotated[Word | None, Query(description="Only this category; keys in `/v1/heritage/sheet`.")]


@router.get(
    "",
    summary="Names on the lists of place-name heritage",
    response_model=shapes.EntryList,
    responses=answers(
        200,
        {"items": [shapes.ENTRY], "next": None, "as_of": "2026-03-11"},
        *("bad_code", "bad_date", "as_of_after_register", "limit_out_of_range", "bad_cursor"),
        *("query_too_long", "query_control_characters", "query_empty"),
    ),
)
def list_entries(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    list_: ListName = None,
    level: LevelName = None,
    category: CategoryKey = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The names that were listed on a day (default: today), by list."""
    wanted = service.Wanted(list_, level, category, None if within is None else below(within))
    now = today(request)
    return ask.answer(
        lambda connection: service.list_entries(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/sheet",
    summary="Categories of heritage and what a review asks",
    response_model=shapes.SheetShape,
    responses=answers(200, {"categories": [], "criteria": [], "levels": {}, "grades": {}, "continuity": {}}),
)
def heritage_sheet(request: Request) -> Response:
    """Categories and questions with their sources; an installation adds its own by `DIMING_HERITAGE_FILE`."""
    return conditional(request, encode(_sheet()), PUBLIC_CACHE, "application/json")


def _sheet() -> dict[str, Any]:
    found = sheet()
    categories = [
        {"key": c.key, "label": _label(c.label), "years": c.years, "source": c.source, "mark": c.mark}
        for c in found.categories.values()
    ]
    criteria = [
        {name: getattr(c, name) for name in ("key", "category", "required", "most", "source", "mark")}
        | {"label": _label(c.label)}
        for c in found.criteria
    ]
    lists = {name: {key: _label(label) for key, label in words(name).items()} for name in WORDS}
    return {"categories": categories, "criteria": criteria, **lists}


WORDS = ("levels", "grades", "continuity")


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


@router.get(
    "/{id}",
    summary="A listed name",
    response_model=shapes.EntryInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "bad_date", "as_of_after_register", "no_such_heritage"),
)
def find_entry(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None) -> Response:  # noqa: A002 -- the address
    """One name with its dossier: evidence with grades, earlier names, the review, measures; also off its list."""
    now = today(request)
    return ask.answer(lambda connection: service.find_entry(connection, id, recorded_day(connection, as_of, now)))


@dossiers.post(
    "",
    status_code=201,
    summary="Begin the dossier of a name",
    response_model=case_shapes.CaseInFull,
    responses=answers(201, case_shapes.EXAMPLE, *OPENED, "place_not_found", "already_listed"),
)
def begin_dossier(request: Request, body: shapes.NewDossier, key: Key) -> Response:
    """Open the case of a name that is to be listed; proposal, review, notice and listing are steps of it. The case."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    return answer(open_listing(casework, actor, NameSurveyed(body.model_dump(mode="json")), key), 201)


@router.post(
    "/{id}/care",
    status_code=201,
    summary="Begin the file of a listed name's care",
    response_model=case_shapes.CaseInFull,
    responses=answers(201, case_shapes.EXAMPLE, *OPENED, "bad_id", "no_such_heritage", "register_empty"),
)
def begin_care(request: Request, id: EntityId, key: Key) -> Response:  # noqa: A002 -- the name in the address
    """Open the case in which measures, reviews and perhaps the delisting of the name are recorded. The case."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    return answer(open_care(casework, actor, id, key), 201)
