"""`/v1/lines`: boundary lines on a day, their segments and documents, their versions and what differs between two."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import line_schemas as schemas
from api.v1.answers import STAFF_CACHE
from api.v1.documentation import EVERYWHERE, problems_for, question
from api.v1.params import (
    AsOf,
    Cursor,
    EntityId,
    ExportCrs,
    ExportEncoding,
    ExportFormat,
    KnownAt,
    Level,
    Limit,
    LineName,
    LineUnit,
)
from boundaries.network import service
from boundaries.network.export import FORMATS, Wanted, export_line

router = v1_router("lines", "/lines")

AS_OF_PROBLEMS = ("bad_date", "bad_moment", "as_of_before_register", "as_of_after_register")
LINE_PROBLEMS = ("bad_id", "no_such_line", "line_not_standing")
CODE_PROBLEMS = ("bad_code", "code_never_existed", "code_not_standing")


@router.get(
    "",
    summary="Boundary lines on a date",
    response_model=schemas.LineList,
    responses=question(
        "lines",
        *AS_OF_PROBLEMS,
        *CODE_PROBLEMS,
        "bad_level",
        "limit_out_of_range",
        "bad_cursor",
        "query_too_long",
        "query_empty",
        "query_control_characters",
    ),
)
def list_lines(
    ask: Ask,
    name: LineName = None,
    unit: LineUnit = None,
    level: Level = None,
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    known_at: KnownAt = None,
) -> Response:
    """The lines of that name, beside that unit, of that level, in the order of their units' codes.

    A line without a name on record has `name: null`; none is made up.
    """
    return ask.answer(
        lambda connection: service.list_lines(
            connection, name=name, unit=unit, level=level, as_of=as_of, limit=limit, cursor=cursor, known_at=known_at
        )
    )


@router.get(
    "/{entity_id}",
    summary="A boundary line on a date",
    response_model=schemas.LineDetail,
    responses=question("line", *AS_OF_PROBLEMS, *LINE_PROBLEMS),
)
def find_line(ask: Ask, entity_id: EntityId, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The line with its segments: left and right unit, length, legal and technical status, accuracy, documents.

    Its course (`geometry`) is public only under a map-approval number (审图号); without one it is null for the
    public and `geometry_withheld` says why.
    """
    return ask.answer_for_audience(
        lambda connection, audience: service.find_line(connection, entity_id, as_of, audience, known_at)
    )


@router.get(
    "/{entity_id}/versions",
    summary="The versions of a boundary line",
    response_model=schemas.LineVersions,
    responses=question("line-versions", *LINE_PROBLEMS),
)
def line_versions(ask: Ask, entity_id: EntityId) -> Response:
    """The days from which some segment of the line has been another one, with the documents, first to last."""
    return ask.answer(lambda connection: service.line_versions(connection, entity_id))


@router.get(
    "/{entity_id}/export",
    summary="A boundary line as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file; a Shapefile is one zip.",
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for _, media in FORMATS.values()},
        },
        **problems_for(
            *AS_OF_PROBLEMS, *LINE_PROBLEMS, *EVERYWHERE, "map_not_approved", "bad_format", "bad_encoding", "bad_crs"
        ),
    },
)
def export(
    ask: Ask,
    entity_id: EntityId,
    file_format: ExportFormat = "gpkg",
    crs: ExportCrs = 4490,
    encoding: ExportEncoding = "GB18030",
    as_of: AsOf = None,
) -> Response:
    """The segments of the line on a day, in order, in the CGCS2000 system asked for; coordinates are not rounded.

    Shown to the public only under a map-approval number.
    """
    wanted = Wanted(file_format, crs, encoding)
    with ask.databases.reading(ask.audience) as connection:
        exported = export_line(connection, entity_id, wanted, as_of, ask.audience)
    disposition = f"attachment; filename*=UTF-8''{quote(exported.name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": STAFF_CACHE}
    return Response(exported.content, media_type=exported.media_type, headers=headers)
