"""The field record on the page of an inspection: measuring markers, resurveying, photographs, papers, works."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from shapely.geometry import Point
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.uploads import Upload, blobs_of, in_thread, receiving
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm
from api.web.pages.inspections import _page as inspection_page
from api.web.pages.inspections import _to as to_inspection
from api.web.pages.inspections import _uuid as uuid_of
from api.web.pages.rounds import today_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.findings import service as findings
from boundaries.markers.registration import number
from boundaries.records.measurements import FIELDS, MeasurementDraft, typed_course
from boundaries.records.measuring import enter_measurements
from data.access import Actor
from data.cases.attachments import keep_attachment
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.errors import BadInput, DimingError

router = APIRouter(include_in_schema=False)


@router.post("/inspections/{identity}/measurements")
def measure(visit: Visiting, identity: str, typed: Typed) -> Response:
    """Enter what was measured at a marker, or the course that was resurveyed along a segment."""
    inspection = uuid_of(identity)

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        draft = _draft(visit, typed)
        enter_measurements(casework_of(visit.request), actor, inspection, [draft])
        return to_inspection(visit, inspection, f"#task-{draft.task}", saved="1")

    return attempt(work, lambda error: inspection_page(visit, inspection, error, typed))


def _draft(visit: Visit, typed: TypedForm) -> MeasurementDraft:
    fields, task = typed.fields(), uuid_of(typed.one("task"))
    day, remark = parse_day(fields.get("observed_on")) or today_of(visit), fields.get("remark", "")
    if typed.one("kind") == "marker":
        registration = {name: fields[name] for name in FIELDS if name in fields}
        return MeasurementDraft(task, "marker", day, registration, remark=remark)
    accuracy = number(fields["accuracy_m"], "accuracy_m") if "accuracy_m" in fields else None
    course = typed_course(fields.get("course", ""))
    return MeasurementDraft(task, "resurvey", day, None, course, accuracy, remark=remark)


@router.post("/inspections/{identity}/photos")
async def add_photo(request: Request, visit: Visiting, identity: str) -> Response:
    """Keep a photograph of a segment or marker, with where it was taken."""
    inspection = uuid_of(identity)
    try:
        async with receiving(request) as (actor, came):
            task = await in_thread(lambda: _photographed(visit, actor, inspection, came))
    except DimingError as error:
        refused = error
        return await in_thread(lambda: inspection_page(visit, inspection, refused))
    address = visit.view.url(f"/inspections/{inspection}", saved="1") + f"#task-{task}"
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


def _photographed(visit: Visit, actor: Actor, inspection: UUID, came: Upload) -> UUID:
    casework = casework_of(visit.request)
    task = uuid_of(came.fields.get("task", ""))
    day = parse_day(came.fields.get("observed_on")) or civil_date(casework.clock())
    place, accuracy = _taken_at(came.fields)
    kept = keep_attachment(casework, blobs_of(visit.request), actor, came.file, came.name)
    remark = came.fields.get("remark", "")
    draft = MeasurementDraft(task, "photo", day, None, place, accuracy, kept["id"], remark)
    enter_measurements(casework, actor, inspection, [draft])
    return task


def _taken_at(fields: Mapping[str, str]) -> tuple[Point | None, float | None]:
    told = {name: fields.get(name, "").strip() for name in ("longitude", "latitude", "accuracy_m")}
    if bool(told["longitude"]) != bool(told["latitude"]):
        raise BadInput("A place has a longitude and a latitude. Nothing was stored.", code="measurement_malformed")
    if not told["longitude"]:
        return None, None
    place = Point(number(told["longitude"], "longitude"), number(told["latitude"], "latitude"))
    return place, number(told["accuracy_m"], "accuracy_m") if told["accuracy_m"] else None


#: How a finding of the inspection is ended on its page.
ENDS = {"settle": findings.settle, "dismiss": findings.dismiss}


@router.post("/inspections/{identity}/findings/{finding}")
def end_finding(visit: Visiting, identity: str, finding: str, typed: Typed) -> Response:
    """Settle a finding, or dismiss it as none, with the reason."""
    inspection, found = uuid_of(identity), uuid_of(finding)

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        end = ENDS.get(typed.one("how"))
        if end is None:
            raise BadInput("A finding is settled or dismissed. Nothing was changed.", code="bad_fields")
        end(visit.request.app.state.databases.office, actor, found, typed.fields().get("reason", ""))
        return to_inspection(visit, inspection, "#found", saved="1")

    return attempt(work, lambda error: inspection_page(visit, inspection, error, typed))
