"""`/v1/name-archives`: the archives of naming cases and places (地名档案), how long they are kept, who took them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.name_archives import archive_of_case, archive_of_place
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.archives import ZIP
from api.v1.case_shapes import Label
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.inspection_shapes import Sent
from api.v1.params import Cursor, EntityId, Limit
from api.v1.rounds import SENT
from api.v1.schemas import Shape
from api.v1.staff import answer, answers
from data.cases.reading import require_signed_in
from geonames.archives.service import access_log, schedule

router = v1_router("cases", "/name-archives")

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60e1"
ENTRY: dict[str, Any] = {
    "id": ID,
    "taken_at": "2026-03-02T02:00:00Z",
    "by": "示例审核员",
    "kind": "case",
    "subject": ID,
    "called": "D2026-7K3M9P",
    "purpose": "复核（虚构）",
    "files": 9,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
PERIOD: dict[str, Any] = {
    "key": "place",
    "what": {"zh": "地名", "en": "places"},
    "procedures": [],
    "decided": None,
    "label": {"zh": "永久", "en": "for ever"},
    "years": None,
    "source": "国家档案局令第8号",
    "mark": "[M]",
}


class Access(Shape):
    """Who took an archive, when and what for."""

    id: UUID
    taken_at: datetime
    by: str | None = Field(description="Null: the operator of the installation, by a command.")
    kind: Literal["case", "place"]
    subject: UUID
    called: str = Field(description="Number of the case, or the name of the place on that day.")
    purpose: str
    files: int = Field(description="Files in the package, without its manifests.")
    sha256: str = Field(description="Of the package.")


class AccessLog(Shape):
    """A page of the log, the latest first."""

    items: list[Access]
    next: str | None


class PeriodShape(Shape):
    """How long archives are kept."""

    key: str
    what: Label
    procedures: list[str] = Field(description="Of cases of these procedures; empty: of places.")
    decided: bool | None = Field(description="Only cases that ended by a decision, or only those that did not.")
    label: Label
    years: int | None = Field(description="After the year in which the case ended; null: for ever.")
    source: str
    mark: str


class Schedule(Shape):
    """The periods, first that fits."""

    items: list[PeriodShape]
    source: str


class Taking(Sent):
    """What an archive is taken for: it is written down."""

    purpose: Annotated[str, Field(max_length=500)]


Reference = Annotated[
    str, Path(description="The identifier of the case, or its number.", max_length=64, examples=["D2026-7K3M9P"])
]
PACKAGE = ("purpose_missing", "no_such_blob", "integrity_broken")


@router.post(
    "/cases/{reference}",
    summary="Take the archive of a naming case",
    response_class=Response,
    responses={200: ZIP, **problems_for(*SENT, *PACKAGE, "no_such_case", *EVERYWHERE)},
)
def take_case(request: Request, reference: Reference, body: Taking) -> Response:
    """Steps, documents, attachments, decisions and names, as a BagIt package. Who takes it is written down."""
    return archive_of_case(request, reference, body.purpose)


@router.post(
    "/places/{id}",
    summary="Take the archive of a place",
    response_class=Response,
    responses={200: ZIP, **problems_for(*SENT, *PACKAGE, "bad_id", "place_not_found", "register_empty", *EVERYWHERE)},
)
def take_place(request: Request, id: EntityId, body: Taking) -> Response:  # noqa: A002 -- the name in the address
    """What the register holds and held of a place, with decisions, signs, heritage, and the cases that you may see."""
    return archive_of_place(request, id, body.purpose)


@router.get(
    "/log",
    summary="Who took which archive",
    response_model=AccessLog,
    responses=answers(
        200,
        {"items": [ENTRY], "next": None},
        *("sign_in_needed", "not_permitted", "bad_id", "limit_out_of_range", "bad_cursor"),
    ),
)
def log(
    request: Request,
    subject: Annotated[UUID | None, Query(description="Only the archive of this case or place.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """For auditors and administrators of the whole country."""
    actor = actor_of(request)
    require_signed_in(actor)
    return answer(access_log(casework_of(request), actor, subject, limit, cursor))


@router.get(
    "/retention",
    summary="How long archives of names are kept",
    response_model=Schedule,
    responses=answers(200, {"items": [PERIOD], "source": "国家档案局令第8号"}),
)
def retention(request: Request) -> Response:
    """The periods with their sources. Nothing is destroyed by this software."""
    return conditional(request, encode(schedule()), PUBLIC_CACHE, "application/json")
