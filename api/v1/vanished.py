"""`/v1/vanished-names`: names that nothing bears any more (消失地名); everybody reads, heritage officers record."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import vanished_shapes as shapes
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within, Word, _one_of, _schema, _whole_number
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import CODES, SENT
from api.v1.staff import answer, answers, today
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.errors import BadInput
from data.ids import new_id
from geonames.applications.notices import below
from geonames.places.classes import place_classes
from geonames.places.days import recorded_day
from geonames.vanished.recording import Recording, record_vanished
from geonames.vanished.service import ORIGINS, Wanted, as_csv, find_vanished, list_vanished
from geonames.vanished.told import rows_told
from geonames.vanished.words import reasons

router = v1_router("heritage", "/vanished-names")


def _of(allowed: tuple[str, ...]) -> tuple[BeforeValidator, object]:
    """A parameter that is one of these words."""
    return BeforeValidator(unless_none(lambda text: _one_of(text, allowed, "bad_parameter"))), _schema(
        "string", enum=list(allowed)
    )


def _year(what: str) -> tuple[BeforeValidator, object, object]:
    read = BeforeValidator(unless_none(_whole_number(1, 9999, "bad_year")))
    return read, _schema("integer", minimum=1, maximum=9999), Query(description=what)


Said = Annotated[Word | None, Query(alias="q", description="Only names in which this stands.")]
OfReason = Annotated[str | None, *_of(tuple(reasons())), Query(description="Only names that vanished so.")]
OfOrigin = Annotated[str | None, *_of(ORIGINS), Query(description="Only what was recorded, or only what ended here.")]
OfClass = Annotated[str | None, *_of(tuple(place_classes())), Query(alias="class", description="Only this class.")]
Since = Annotated[int | None, *_year("Only names that vanished in this year or later.")]
Until = Annotated[int | None, *_year("Only names that vanished in this year or before.")]
PROBLEMS = (
    *("bad_code", "bad_date", "as_of_after_register", "bad_year", "bad_parameter"),
    *("query_too_long", "query_control_characters", "query_empty"),
)


@router.get(
    "",
    summary="Names that nothing bears any more",
    response_model=shapes.VanishedList,
    responses=answers(
        200,
        {"items": [shapes.NAME], "next": None, "as_of": "2026-03-11"},
        *PROBLEMS,
        *("limit_out_of_range", "bad_cursor"),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    q: Said = None,
    within: Within = None,
    reason: OfReason = None,
    origin: OfOrigin = None,
    class_: OfClass = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The names that had vanished by a day (default: today), the latest first: recorded, and ended by the register."""
    wanted = Wanted(q, None if within is None else below(within), reason, origin, class_, since, until)
    now = today(request)
    return ask.answer(
        lambda connection: list_vanished(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    ".csv",
    summary="Vanished names as CSV",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"example": "id,origin,code,name,roman,class,reason\r\n"}}},
        **problems_for(*PROBLEMS, *EVERYWHERE),
    },
)
def table(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    q: Said = None,
    within: Within = None,
    reason: OfReason = None,
    origin: OfOrigin = None,
    class_: OfClass = None,
    since: Since = None,
    until: Until = None,
) -> Response:
    """The same names as CSV in UTF-8, 100,000 at most, with the filters of the list."""
    wanted = Wanted(q, None if within is None else below(within), reason, origin, class_, since, until)
    with ask.reading() as connection:
        said = "".join(as_csv(connection, recorded_day(connection, as_of, today(request)), wanted))
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": 'attachment; filename="vanished-names.csv"'}
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/reasons",
    summary="Why names vanish",
    response_model=shapes.Reasons,
    responses=answers(200, {"items": []}),
)
def list_reasons(request: Request) -> Response:
    """The reasons with their sources."""
    items = [
        {"key": one.key, "label": {"zh": one.label.zh, "en": one.label.en}}
        | {name: getattr(one, name) for name in ("source", "mark", "by_register")}
        for one in reasons().values()
    ]
    return conditional(request, encode({"items": items}), PUBLIC_CACHE, "application/json")


@router.get(
    "/{id}",
    summary="A vanished name",
    response_model=shapes.VanishedInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "no_such_vanished_name"),
)
def find(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One name by its record, or by the place or unit that bore it."""
    return ask.answer(lambda connection: find_vanished(connection, id))


@router.post(
    "",
    status_code=201,
    summary="Record vanished names",
    response_model=shapes.RecordReport,
    responses=answers(201, shapes.REPORT, *SENT, *CODES, "vanished_table"),
)
def record(request: Request, body: shapes.NewRecord) -> Response:
    """Record names by one document, all or none; a number that the office has is told anew. Faults are in `rows`."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    rows = rows_told([(n, one.model_dump(by_alias=True)) for n, one in enumerate(body.names, 1)])
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.names[0].source, licence=None, retrieved_on=None,
    )  # fmt: skip
    recording = Recording(rows, body.within, today(request))
    report = record_vanished(casework.engine, actor, recording, document, casework.permissions)
    if "faulty" in report["counts"]:
        faulty = [row for row in report["rows"] if row["faults"]]
        told = "; ".join(f"row {row['line']}: {', '.join(row['faults'])}" for row in faulty[:20])
        raise BadInput(f"{told}. Nothing was stored.", code="vanished_table", findings=faulty[:50])
    return answer(report, 201)
