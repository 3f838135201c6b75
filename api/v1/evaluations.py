"""`/v1/evaluations`: evaluations of division changes (行政区划变更效果评估); everybody reads, offices record."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import evaluation_shapes as shapes
from api.v1.answers import PUBLIC_CACHE, encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, KnownAt, Limit, Within, _one_of, _schema, optional_id
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import CODES, SENT
from api.v1.staff import Flag, answer, answers, today
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.documents.fonts import installed
from data.ids import new_id
from data.papers import DOCX, PDF
from geonames.applications.notices import below
from geonames.evaluations.files import as_csv, pdf_of, word_of
from geonames.evaluations.plan import evaluation, indicators
from geonames.evaluations.recording import Evaluating, record_evaluation
from geonames.evaluations.service import Wanted, find_evaluation, list_evaluations
from geonames.places.days import recorded_day

router = v1_router("units", "/evaluations")

FILES = ("values.csv", "report.docx", "report.pdf")
File = Annotated[
    str,
    BeforeValidator(unless_none(lambda text: _one_of(text, FILES, "bad_parameter"))),
    _schema("string", enum=list(FILES)),
    Path(description="Which file."),
]
OfChange = Annotated[
    UUID | None,
    BeforeValidator(optional_id),
    _schema("string", format="uuid", maxLength=36),
    Query(description="Only evaluations of the change that this decision made."),
]
DAYS = ("bad_date", "as_of_after_register")
FOUND = ("bad_id", "no_such_evaluation", *DAYS, "bad_moment")


def _indicators() -> dict[str, Any]:
    return {
        "items": [
            {
                "key": one.key,
                "label": {"zh": one.label.zh, "en": one.label.en},
                "group": {"zh": one.group.zh, "en": one.group.en},
                "measure": one.measure,
                "better": one.better,
            }
            for one in indicators().values()
        ]
    }


@router.get(
    "",
    summary="Evaluations of division changes",
    response_model=shapes.Evaluations,
    responses=answers(
        200,
        {"items": [shapes.EVALUATION], "next": None, "as_of": "2027-11-23"},
        *DAYS,
        *("bad_code", "bad_id", "bad_parameter", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    change: OfChange = None,
    overdue: Annotated[Flag, Query(description="Only those with a period that is overdue on the day.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The evaluations as they stand now, those of the latest changes first; overdue by a day (default: today)."""
    wanted, now = Wanted(None if within is None else below(within), change, overdue), today(request)
    return ask.answer(
        lambda connection: list_evaluations(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/indicators",
    summary="Indicators of evaluations",
    response_model=shapes.IndicatorList,
    responses=answers(200, _indicators()),
)
def list_indicators(request: Request) -> Response:
    """The indicators that this system proposes, with unit of measure and direction; an evaluation may use others."""
    del request
    return Response(encode(_indicators()), media_type="application/json", headers={"Cache-Control": PUBLIC_CACHE})


@router.get(
    "/{id}",
    summary="An evaluation",
    response_model=shapes.EvaluationInFull,
    responses=answers(200, shapes.WHOLE, *FOUND),
)
def find(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None, known_at: KnownAt = None) -> Response:  # noqa: A002 -- the name in the address
    """Every indicator with its values: the last before the change against the last after it."""
    now = today(request)
    return ask.answer(
        lambda connection: find_evaluation(connection, id, recorded_day(connection, as_of, now), known_at)
    )


@router.get(
    "/{id}/files/{file}",
    summary="An evaluation as a file",
    response_class=Response,
    responses={
        200: {"content": {
            "text/csv": {"example": "区划代码,名称,指标\r\n"}, DOCX: {"schema": {"type": "string", "format": "binary"}},
            PDF: {"schema": {"type": "string", "format": "binary"}},
        }},
        **problems_for(*FOUND, "bad_parameter", "characters_without_glyph", *EVERYWHERE),
    },
)  # fmt: skip
def download(request: Request, ask: Ask, id: EntityId, file: File) -> Response:  # noqa: A002 -- the name in the address
    """The self-evaluation report (自评报告) in Word or PDF, or the values as CSV, as they stand now."""
    with ask.reading() as connection:
        found = find_evaluation(connection, id, today(request))
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": f'attachment; filename="evaluation-{file}"'}
    if file == "values.csv":
        return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)
    if file == "report.docx":
        return Response(word_of(found), media_type=DOCX, headers=headers)
    return Response(pdf_of(found, installed()), media_type=PDF, headers=headers)


@router.post(
    "",
    status_code=201,
    summary="Record an evaluation",
    response_model=shapes.EvaluationRecorded,
    responses=answers(201, {"id": shapes.ID, "outcome": "new"}, *SENT, *CODES, "bad_evaluation"),
)
def record(request: Request, body: shapes.NewEvaluation) -> Response:
    """Record an evaluation by a document; a number that its division has is brought up to date."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    told = body.model_dump(include={"code", "title", "change", "periods", "values", "method", "conclusion"})
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.document or body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.source, licence=None, retrieved_on=None,
    )  # fmt: skip
    evaluating = Evaluating(evaluation(told), body.within, today(request))
    return answer(record_evaluation(casework.engine, actor, evaluating, document, casework.permissions), 201)
