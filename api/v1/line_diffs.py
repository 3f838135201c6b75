"""What differs: between two days of a line, a file and the register, two files; as an answer, table, map or sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from api import differences
from api.auth.identity import clock_of
from api.deps import Ask, v1_router
from api.differences import FORMS, MOST_TOLERANCE_M, Question, Sent
from api.uploads import in_thread
from api.v1 import line_schemas as schemas
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for, question
from api.v1.lines import AS_OF_PROBLEMS, LINE_PROBLEMS
from api.v1.params import EntityId, IsoDate, Moment, parse_date, parse_id, parse_moment, stable_error
from boundaries.network import service
from boundaries.network.difference.service import dates_of_line
from boundaries.network.service import SLIVER_M
from boundaries.shapes.service import STAFF_FOOTER
from data.errors import BadRequest

router = v1_router("lines", "/lines")
files = v1_router("lines", "/line-diffs")


def parse_form(text: Any) -> Any:
    """One of `FORMS`; `bad_format`."""
    if not isinstance(text, str) or text in FORMS:
        return text
    raise stable_error("bad_format", f"{text[:20]!r} is none of {', '.join(FORMS)}.")


def parse_tolerance(text: Any) -> Any:
    """Metres from 0 to `MOST_TOLERANCE_M`; `bad_tolerance`."""
    try:
        found = float(text)
        if 0 <= found <= MOST_TOLERANCE_M:
            return found
    except (TypeError, ValueError):
        pass
    raise stable_error("bad_tolerance", f"{str(text)[:20]!r} is no width from 0 to {MOST_TOLERANCE_M:g} metres.")


FormName = Annotated[
    str,
    BeforeValidator(parse_form),
    WithJsonSchema({"type": "string", "enum": list(FORMS), "default": "json"}),
    Query(alias="format", description="The answer, GeoJSON, GeoPackage, workbook, sheets (PDF), one map (SVG)."),
]
Tolerance = Annotated[
    float,
    BeforeValidator(parse_tolerance),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST_TOLERANCE_M, "default": SLIVER_M}),
    Query(description="Land up to this width in metres is a sliver, told apart."),
]
FromKnown = Annotated[
    Moment | None,
    Query(alias="from_known_at", description="The earlier side as the register knew it then (RFC 3339)."),
]
ToKnown = Annotated[
    Moment | None, Query(alias="to_known_at", description="The later side as the register knew it then (RFC 3339).")
]
BINARY: dict[str, Any] = {
    media: {"schema": {"type": "string", "format": "binary"}} for media in list(FORMS.values())[1:]
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "Lines, up to 50 MB."},
                        "other": {"type": "string", "format": "binary", "description": "The later of two files."},
                        "line": {"type": "string", "format": "uuid", "description": "Or a line of the register."},
                        "as_of": {"type": "string", "format": "date"},
                        "known_at": {"type": "string", "format": "date-time"},
                        "tolerance": {"type": "number", "minimum": 0, "maximum": MOST_TOLERANCE_M},
                        "format": {"type": "string", "enum": list(FORMS)},
                    },
                }
            }
        },
    }
}
DRAWN = ("nothing_to_draw", "too_many_sheets", "characters_without_glyph")


@router.get(
    "/{entity_id}/diff",
    summary="What differs between two dates",
    response_model=schemas.LineDiff,
    responses={
        **question(
            None, *AS_OF_PROBLEMS, *LINE_PROBLEMS, *DRAWN, "map_not_approved", "missing_parameter", "bad_format",
            "bad_tolerance",
        ),
        200: {"content": BINARY},
    },
)  # fmt: skip
def line_diff(
    ask: Ask,
    entity_id: EntityId,
    begin: Annotated[IsoDate, Query(alias="from", description="The earlier date.", examples=["2024-12-31"])],
    end: Annotated[IsoDate, Query(alias="to", description="The later date.", examples=["2024-12-31"])],
    begin_known: FromKnown = None,
    end_known: ToKnown = None,
    tolerance: Tolerance = SLIVER_M,
    form: FormName = "json",
) -> Response:
    """Per segment what became of it, how far it moved, and the land that changed hands in m² on the ellipsoid.

    Slivers are counted apart. Shown to the public only under a map-approval number. What was recorded later than
    `from_known_at` or `to_known_at` is not in that side.
    """
    known = begin_known, end_known
    if form == "json":
        return ask.answer_for_audience(
            lambda connection, audience: service.line_diff(
                connection, entity_id, begin, end, audience, tolerance, known=known
            )
        )
    return _file_of_dates(ask, entity_id, (begin, end), known, tolerance, form)


def _file_of_dates(
    ask: Ask,
    line: UUID,
    days: tuple[date, date],
    known: tuple[datetime | None, datetime | None],
    tolerance: float,
    form: str,
) -> Response:
    with ask.databases.reading(ask.audience) as connection:
        found = dates_of_line(
            connection, line, *days, ask.audience, tolerance, begin_known_at=known[0], end_known_at=known[1]
        )
        about = differences.about(connection, line, days[1], "after", ask.audience)
    content = differences.written(found, about, form, clock_of(ask.request))
    return differences.as_file(content, f"{about.name} {days[0]} {days[1]}", form)


@files.post(
    "",
    summary="What differs between a file and the register, or two files",
    response_model=schemas.FileDiff,
    responses={
        200: {"content": {"application/json": {"example": schemas.EXAMPLE_FILE_DIFF}, **BINARY}},
        **problems_for(
            *EVERYWHERE, *AS_OF_PROBLEMS, *LINE_PROBLEMS, *DRAWN, "sign_in_needed", "not_permitted",
            "cross_site_write", "bad_upload", "bad_format", "bad_tolerance", "missing_parameter", "lines_unfit",
            "unit_unknown", "body_too_large",
        ),
    },
    openapi_extra=BODY,
)  # fmt: skip
async def file_diff(request: Request) -> Response:
    """For staff: each file is read in a process of its own, judged as at the counter, compared, and forgotten.

    With `line` against the register on `as_of`; with `other` against that file. Nothing is stored.
    """
    async with differences.receiving_files(request) as sent:
        return await in_thread(lambda: compare(request, sent))


def compare(request: Request, sent: Sent) -> Response:
    """The answer about files that came, in the form that their fields ask for."""
    clock, engine = clock_of(request), request.app.state.databases.office
    wanted, form = asked_with(sent.fields)
    found, about = differences.compare_files(engine, clock, sent, wanted)
    if form != "json":
        return differences.as_file(differences.written(found, about, form, clock), about.name, form)
    told = {"id": None if sent.other is not None else wanted.line, **found.as_json(), "footer": STAFF_FOOTER}
    return Response(encode(told), media_type="application/json", headers={"Cache-Control": "no-store"})


def asked_with(fields: Mapping[str, str]) -> tuple[Question, str]:
    """What the fields of a form ask, and in which form; `BadRequest` under the codes of the parameters."""
    unknown = set(fields) - differences.FIELDS
    if unknown:
        raise BadRequest(f"There is no field {min(unknown)[:40]!r}.", code="unknown_parameter")
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    try:
        wanted = Question(
            parse_id(given["line"]) if "line" in given else None,
            parse_date(given["as_of"]) if "as_of" in given else None,
            parse_moment(given["known_at"]) if "known_at" in given else None,
            parse_tolerance(given.get("tolerance", SLIVER_M)),
        )
        return wanted, parse_form(given.get("format", "json"))
    except PydanticCustomError as error:
        raise BadRequest(error.message(), code=error.type) from error
