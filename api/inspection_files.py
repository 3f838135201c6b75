"""Papers and photographs of an inspection over HTTP, for pages and API alike; for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.attachments import GUARDED
from api.auth.identity import actor_of
from api.casework import casework_of
from api.documents import workshop_of
from api.marker_files import ENDING, MEDIA
from api.uploads import blobs_of
from boundaries.records import measuring, printing
from boundaries.records import reading as records
from data.access import Actor
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.documents.model import Form, Made

PhotoOf = Callable[[Casework, Actor, UUID, UUID], tuple[bytes, str]]


def paper(request: Request, inspection: UUID, which: str, form: Form, marker: UUID | None = None) -> Response:
    """A form of the inspection; `which` is one of `printing.PAPERS`, `marker` the one of a registration form."""
    actor, casework, workshop = actor_of(request), casework_of(request), workshop_of(request)
    require_signed_in(actor)
    if which == "registration" and marker is not None:
        name, made = printing.print_registration(workshop, casework, actor, inspection, marker)
    elif which == "results":
        name, made = printing.print_result_table(workshop, casework, actor, inspection)
    else:
        name, made = printing.print_record(workshop, casework, actor, inspection)
    return _sent(form, name, made)


def _sent(form: Form, name: str, made: Made) -> Response:
    content = made.word if form is Form.WORD else made.pdf
    headers = {**GUARDED, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name + ENDING[form], safe='')}"}
    return Response(content, media_type=MEDIA[form], headers=headers)


def photo(request: Request, inspection: UUID, one: UUID, *, of_answer: bool) -> Response:
    """The bytes of a photograph of an answer or of a measurement, to be saved."""
    actor = actor_of(request)
    require_signed_in(actor)
    found: PhotoOf = records.photo_of if of_answer else measuring.measured_photo
    digest, name = found(casework_of(request), actor, inspection, one)
    with blobs_of(request).open(digest) as file:
        content = file.read()
    headers = {**GUARDED, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type="application/octet-stream", headers=headers)
