"""Lines as files: printed sheets as PDF, and the lines of a region (unit or box) on a day for other programs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from api.claims import claims_of
from api.deps import Ask, v1_router
from api.documents import fonts
from api.sheets import order_from
from api.v1.answers import STAFF_CACHE
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.lines import AS_OF_PROBLEMS, CODE_PROBLEMS, LINE_PROBLEMS
from api.v1.params import AsOf, Bbox, EntityId, ExportCrs, ExportEncoding, ExportFormat, LineUnit, parse_bbox
from api.v1.sheet_params import ClaimLeft, ClaimRight, SheetKind, SheetOther, SheetPaper, SheetScale
from boundaries.network.export import FORMATS, Wanted
from boundaries.network.region import MOST_SEGMENTS, Region, export_region
from boundaries.network.service import find_line
from boundaries.sheets.service import line_atlas, line_pdf
from boundaries.sheets.settings import usual_scale
from data.clock import system_clock

router = v1_router("lines", "/lines")


@router.get(
    "/export",
    summary="The boundary lines of a region as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file; a Shapefile is one zip.",
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for _, media in FORMATS.values()},
        },
        **problems_for(
            *AS_OF_PROBLEMS, *CODE_PROBLEMS, *EVERYWHERE, "map_not_approved", "bad_format", "bad_encoding", "bad_crs",
            "region_needed", "region_empty", "region_too_large", "bad_coordinates", "coordinates_out_of_range",
            "bbox_antimeridian", "bbox_empty",
        ),
    },
)  # fmt: skip
def export(
    ask: Ask,
    unit: LineUnit = None,
    bbox: Bbox = None,
    file_format: ExportFormat = "gpkg",
    crs: ExportCrs = 4490,
    encoding: ExportEncoding = "GB18030",
    as_of: AsOf = None,
) -> Response:
    """The segments on a day that bound `unit` or anything within it, or that touch `bbox`; each once.

    One of the two is named. At most 5,000 segments; `./diming boundary export --region` writes more. Shown to the
    public only under a map-approval number.
    """
    wanted, region = Wanted(file_format, crs, encoding), Region(unit, parse_bbox(bbox))
    with ask.databases.reading(ask.audience) as connection:
        exported = export_region(connection, region, wanted, as_of, ask.audience, most=MOST_SEGMENTS)
    headers = {"Content-Disposition": _attached(exported.name), "Cache-Control": STAFF_CACHE}
    return Response(exported.content, media_type=exported.media_type, headers=headers)


@router.get(
    "/{entity_id}/sheets",
    summary="The printed sheets of a boundary line",
    response_class=Response,
    responses={
        200: {
            "description": "The sheets, one on each page.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems_for(
            *AS_OF_PROBLEMS, *LINE_PROBLEMS, *EVERYWHERE, "map_not_approved", "bad_sheet_kind", "bad_sheet_scale",
            "bad_paper", "sheet_needs_other", "too_many_sheets", "claims_missing", "claims_on_agreement_sheet",
            "claim_not_of_line", "sign_in_needed", "not_permitted", "no_such_submission", "not_checked_yet",
            "submission_refused", "lines_unfit",
        ),
    },
)  # fmt: skip
def sheets(
    ask: Ask,
    entity_id: EntityId,
    kind: SheetKind = "agreement",
    scale: SheetScale = None,
    paper: SheetPaper = "A3",
    other: SheetOther = None,
    as_of: AsOf = None,
    claim_left: ClaimLeft = None,
    claim_right: ClaimRight = None,
) -> Response:
    """The line divided into sheets (分幅) by scale, with grid, scale bar, markers and legend, as one PDF of vectors.

    `diff` draws the version of the day `with` too; `claims` draws what both sides handed in, in red and blue, and no
    other kind does. Markers are for staff. Shown to the public only under a
    map-approval number.
    """
    claims = claims_of(ask.request, entity_id, {"claim_left": claim_left, "claim_right": claim_right})
    with ask.databases.reading(ask.audience) as connection:
        wanted = {"kind": kind, "scale": str(scale or ""), "paper": paper}
        order = order_from(wanted, usual_scale(find_line(connection, entity_id, as_of)["level"]))
        atlas = line_atlas(
            connection, entity_id, order, fonts(), as_of=as_of, other=other, claims=claims, audience=ask.audience
        )
    content = line_pdf(atlas, fonts(), system_clock())
    headers = {"Content-Disposition": _attached(f"{atlas.title}.pdf"), "Cache-Control": STAFF_CACHE}
    return Response(content, media_type="application/pdf", headers=headers)


def _attached(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
