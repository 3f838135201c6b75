"""`/v1/inspections/{id}/…`: what a field party measured and photographed, and the forms that its record fills."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api import inspection_files
from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.marker_files import MEDIA
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.inspection_shapes import ENTERED, Entered
from api.v1.measure_shapes import MeasurementsSent
from api.v1.params import EntityId
from api.v1.rounds import ASKED, SENT, answer, answers
from boundaries.records.measurements import MeasurementDraft, geometry_of
from boundaries.records.measuring import enter_measurements
from data.cases.reading import require_signed_in
from data.documents.model import Form

router = v1_router("inspections", "/inspections")

FileForm = Annotated[Literal["word", "pdf"], Query(alias="format", description="Word (docx) or PDF.")]
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {}}}
}
PAPER: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document.", "content": {media: {} for media in MEDIA.values()}}
}
PRINTED = (*ASKED, "bad_id", "no_such_inspection", "template_refused")


def _file(*codes: str) -> Responses:
    return {**BYTES, **problems_for(*codes, *EVERYWHERE)}


def _paper(*codes: str) -> Responses:
    return {**PAPER, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "/{id}/measurements",
    summary="Enter measurements and photographs",
    response_model=Entered,
    responses=answers(
        200,
        ENTERED,
        *SENT,
        *("bad_id", "no_such_inspection", "measurement_malformed", "bad_fields", "marker_malformed", "marker_code"),
        *("no_such_attachment", "inspection_state", "already_handed_in", "inspection_revealed", "no_such_marker"),
        "coordinates_out_of_range",
    ),
)
def measure(request: Request, id: EntityId, body: MeasurementsSent) -> Response:  # noqa: A002 -- the address
    """Enter what the field party measured at markers and resurveyed along segments, with photographs; all or none.

    A marker is measured in the fields of its registration form; what is left out stays as it is registered.
    """
    actor = actor_of(request)
    require_signed_in(actor)
    drafts = [
        MeasurementDraft(
            one.task, one.kind, one.observed_on, one.registration, geometry_of(one.geometry), one.accuracy_m,
            one.photo, one.remark,
        )
        for one in body.measurements
    ]  # fmt: skip
    return answer({"entered": enter_measurements(casework_of(request), actor, id, drafts)})


@router.get(
    "/{id}/measurements/{measurement}/photo",
    summary="A photograph from the field",
    response_class=Response,
    responses=_file(*ASKED, "bad_id", "no_such_inspection", "no_such_blob"),
)
def measured_photo(request: Request, id: EntityId, measurement: EntityId) -> Response:  # noqa: A002 -- the address
    """The bytes of the photograph, for those who may see what its side found."""
    return inspection_files.photo(request, id, measurement, of_answer=False)


@router.get(
    "/{id}/record",
    summary="The record form",
    response_class=Response,
    responses=_paper(*PRINTED, "record_missing"),
)
def record(request: Request, id: EntityId, form: FileForm = "pdf") -> Response:  # noqa: A002 -- the address
    """联检记录表 as Word or PDF: the record as it was drawn up, and who signed it."""
    return inspection_files.paper(request, id, "record", Form(form))


@router.get(
    "/{id}/results",
    summary="The table of results of the line's markers",
    response_class=Response,
    responses=_paper(*PRINTED, "no_such_marker", "no_such_line", "line_not_standing"),
)
def results(request: Request, id: EntityId, form: FileForm = "pdf") -> Response:  # noqa: A002 -- the address
    """界桩成果表 as Word or PDF: the register with what the joint party measured."""
    return inspection_files.paper(request, id, "results", Form(form))


@router.get(
    "/{id}/registrations/{marker}",
    summary="The registration form of a marker",
    response_class=Response,
    responses=_paper(*PRINTED, "no_such_marker"),
)
def registration(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    marker: EntityId,
    form: FileForm = "pdf",
) -> Response:
    """界桩登记表 as Word or PDF: the register with what the joint party measured."""
    return inspection_files.paper(request, id, "registration", Form(form), marker)
