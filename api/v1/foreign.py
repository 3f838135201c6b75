"""`/v1/foreign-names`: foreign names in Chinese characters (外语地名汉字译写); everybody reads, reviewers record."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import foreign_shapes as shapes
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Word, _one_of, _schema
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import SENT
from api.v1.staff import answer, answers, today
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.errors import BadInput
from data.ids import new_id
from geonames.foreign.recording import record_foreign
from geonames.foreign.service import Wanted, as_csv, find_foreign, list_foreign, words
from geonames.foreign.told import rows_told
from geonames.foreign.words import countries, kinds, languages, rules, statuses
from geonames.places.days import recorded_day

router = v1_router("names", "/foreign-names")


def _of(allowed: tuple[str, ...]) -> tuple[BeforeValidator, object]:
    """A parameter that is one of these words."""
    schema = _schema("string", enum=list(allowed))
    return BeforeValidator(unless_none(lambda text: _one_of(text, allowed, "bad_parameter"))), schema


Said = Annotated[
    Word | None,
    Query(alias="q", description="Only names in whose original (without accents) or translation this stands."),
]
Language = Annotated[str | None, *_of(tuple(languages())), Query(description="Only this language (ISO 639).")]
Country = Annotated[str | None, *_of(tuple(countries())), Query(description="Only this country (ISO 3166-1).")]
OfKind = Annotated[str | None, *_of(tuple(kinds())), Query(description="Only this kind of places.")]
OfRule = Annotated[str | None, *_of(tuple(rules())), Query(description="Only what was translated by this rule.")]
OfStatus = Annotated[str | None, *_of(tuple(statuses())), Query(description="Only translations in this standing.")]
PROBLEMS = (
    *("bad_date", "as_of_after_register", "bad_parameter"),
    *("query_too_long", "query_control_characters", "query_empty"),
)


@router.get(
    "",
    summary="Foreign names in Chinese characters",
    response_model=shapes.ForeignNames,
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
    language: Language = None,
    country: Country = None,
    kind: OfKind = None,
    rule: OfRule = None,
    status: OfStatus = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The names whose translation stands on a day (default: today), by the letters of the original."""
    wanted, now = Wanted(q, language, country, kind, rule, status), today(request)
    return ask.answer(
        lambda connection: list_foreign(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    ".csv",
    summary="Foreign names as CSV",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"example": "id,code,original,roman,language,country\r\n"}}},
        **problems_for(*PROBLEMS, *EVERYWHERE),
    },
)
def table(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    q: Said = None,
    language: Language = None,
    country: Country = None,
    kind: OfKind = None,
    rule: OfRule = None,
    status: OfStatus = None,
) -> Response:
    """The same names as CSV in UTF-8, 100,000 at most, with the filters of the list."""
    wanted = Wanted(q, language, country, kind, rule, status)
    with ask.reading() as connection:
        said = "".join(as_csv(connection, recorded_day(connection, as_of, today(request)), wanted))
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": 'attachment; filename="foreign-names.csv"'}
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/words",
    summary="Rules of translation",
    response_model=shapes.Words,
    responses=answers(200, {"principles": [], "rules": [], "statuses": [], "kinds": [], "countries": []}),
)
def list_words(request: Request) -> Response:
    """The rules (GB/T 17693 by language), standings, kinds and countries, with their sources."""
    return conditional(request, encode(words()), PUBLIC_CACHE, "application/json")


@router.get(
    "/{id}",
    summary="A foreign name",
    response_model=shapes.ForeignNameInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "no_such_foreign_name"),
)
def find(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One name with what was told of it before."""
    return ask.answer(lambda connection: find_foreign(connection, id))


@router.post(
    "",
    status_code=201,
    summary="Record foreign names",
    response_model=shapes.ForeignReport,
    responses=answers(201, shapes.REPORT, *SENT, "foreign_table"),
)
def record(request: Request, body: shapes.NewForeignNames) -> Response:
    """Record names by one document, all or none; a number that stands is told anew. Faults are in `findings`."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    rows = rows_told([(n, one.model_dump()) for n, one in enumerate(body.names, 1)])
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.names[0].source, licence=None, retrieved_on=None,
    )  # fmt: skip
    report = record_foreign(casework.engine, actor, rows, document, casework.permissions)
    if "faulty" in report["counts"]:
        faulty = [row for row in report["rows"] if row["faults"]]
        told = "; ".join(f"row {row['line']}: {', '.join(row['faults'])}" for row in faulty[:20])
        raise BadInput(f"{told}. Nothing was stored.", code="foreign_table", findings=faulty[:50])
    return answer(report, 201)
