"""`/v1/notices`: announcements of names (公告), for everybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, IsoDate, Limit, Within
from api.v1.schemas import Shape
from geonames.applications import notices

router = v1_router("notices", "/notices")


class Announcement(Shape):
    """What an announcement says: 地名管理条例 Art. 14."""

    id: UUID
    announced_on: date
    announced_by: str
    doc_no: str | None = Field(description="Number of the announcement.")
    decision: UUID = Field(description="The decision that approved the name: `/v1/decisions/{id}`.")
    kind: str
    name: str
    roman: str
    former_name: str | None
    within: str = Field(description="Code of the division in which the place lies.")
    division: str | None = Field(None, description="The divisions in words; announcements before version 0044 lack it.")
    place: UUID
    position: str
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON as applied for; of a batch none.")
    authority: str = Field(description="Who approved.")
    approved_on: date
    effective_on: date
    approval_doc_no: str | None


class AnnouncementList(Shape):
    """A page of announcements."""

    items: list[Announcement]
    next: str | None


EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091",
    "announced_on": "2026-03-10",
    "announced_by": "甘棠县民政局（虚构）",
    "doc_no": "演示〔2026〕8号",
    "decision": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6092",
    "kind": "naming",
    "name": "晴砚路",
    "roman": "Qingyan Lu",
    "former_name": None,
    "class": "STREET",
    "within": "990121100",
    "place": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6093",
    "division": "云垣省朔汀市甘棠县砚池镇",
    "position": "东起甲路，西至乙路",
    "geometry": {"type": "LineString", "coordinates": [[110.04, 30.04], [110.06, 30.05]]},
    "authority": "甘棠县人民政府（虚构）",
    "approved_on": "2026-03-02",
    "effective_on": "2026-03-02",
    "approval_doc_no": "演示〔2026〕7号",
    "meaning": "砚州之砚，取晴日临池之意。",
}
Since = Annotated[IsoDate | None, Query(description="Only those announced on this day or later.")]


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Announcements of names",
    response_model=AnnouncementList,
    responses=_answers({"items": [EXAMPLE], "next": None}, "bad_code", "bad_date", "limit_out_of_range", "bad_cursor"),
)
def list_notices(
    ask: Ask, within: Within = None, since: Since = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Announcements of the names within a division, the latest first."""
    return ask.answer(
        lambda connection: notices.list_notices(connection, within=within, since=since, limit=limit, cursor=cursor)
    )


@router.get(
    "/{id}",
    summary="An announcement of a name",
    response_model=Announcement,
    responses=_answers(EXAMPLE, "bad_id", "no_such_notice_of_names"),
)
def find_notice(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One announcement: standard name, romanization, division, position, authority, dates."""
    return ask.answer(lambda connection: notices.find_notice(connection, id))
