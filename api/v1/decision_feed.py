"""`/v1/decision-feed`: names by decision, by day, as JSON and as Atom (RFC 4287)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID
from xml.etree import ElementTree as Xml

from fastapi import Query
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1.answers import PUBLIC_CACHE, conditional
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, Demonstration, IsoDate, _one_of, _schema, _unless_none, _whole_number
from api.v1.schemas import PartialDateText, Shape
from data.errors import BadRequest
from data.governing import EFFECTIVE, GOVERNING
from geonames.decision_feed.service import DEFAULT_LIMIT, MAX_LIMIT, Asked, decision_feed

router = v1_router("decisions", "/decision-feed")
ATOM = "http://www.w3.org/2005/Atom"
#: Civil time of China, in which decisions are dated.
MIDNIGHT = "T00:00:00+08:00"

_Date = Annotated[
    str,
    BeforeValidator(_unless_none(lambda text: _one_of(text, GOVERNING, "bad_governing_date"))),
    _schema("string", enum=list(GOVERNING)),
]
By = Annotated[
    _Date | None,
    Query(description="Which of a decision's dates governs: that of its effect, its approval or its announcement."),
]
GovernedBy = Annotated[_Date | None, Query(description="The same as `by`, under the name that other operations have.")]
Since = Annotated[IsoDate | None, Query(description="Only decisions of this day or later.", examples=["2010-11-26"])]
AsOf = Annotated[
    IsoDate | None, Query(alias="as_of", description="Only decisions of this day or earlier.", examples=["2010-11-26"])
]
Limit = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(1, MAX_LIMIT, "limit_out_of_range"))),
    _schema("integer", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
    Query(description="How many decisions at most."),
]


class FeedName(Shape):
    """A name that a decision gave (`opened`) or ended (`closed`)."""

    effect: Literal["opened", "closed"]
    collection: Literal["units", "places"]
    id: UUID
    name: str
    kind: str
    class_: str | None = Field(alias="class")
    roman: str | None


class FeedDecision(Shape):
    """A decision with its names; `date` is the one that governs. Of more than 200 names the rest are counted."""

    id: UUID
    title: str
    doc_no: str | None
    date: PartialDateText
    names: list[FeedName]
    names_in_all: int


class DecisionFeed(Shape):
    """A page of decisions, the latest first."""

    items: list[FeedDecision]
    next: str | None
    by: str


EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "id": "7c2831c0-33c8-5746-b0ac-ba0577d84a44",
            "kind": "approval",
            "doc_no": "国函〔2010〕129号",
            "title": "国务院关于同意湖北省襄樊市更名的批复",
            "authority": "国务院",
            "approved_on": "2010-11-26",
            "announced_on": None,
            "effective_on": "2010-11-26",
            "date": "2010-11-26",
            "names": [
                {
                    "effect": "opened",
                    "collection": "units",
                    "id": "44422e86-00c9-5a69-8e54-457a50855f4e",
                    "name": "襄阳市",
                    "kind": "standard",
                    "code": "420600",
                    "class": "ADMIN_DIVISION",
                    "roman": "Xiangyang Shi",
                }
            ],
            "names_in_all": 4,
        }
    ],
    "next": None,
    "by": "effective",
}
REFUSED = ("bad_governing_date", "bad_date", "period_reversed", "limit_out_of_range", "bad_cursor")


def _governing(by: str | None, governed_by: str | None) -> str:
    if by is not None and governed_by is not None and by != governed_by:
        raise BadRequest("`by` and `governed_by` say the same thing: give one of them.", code="bad_governing_date")
    return by or governed_by or EFFECTIVE


def _answers(media_type: str, example: Any) -> Responses:
    return {
        200: {"content": {media_type: {"example": example}}},
        304: {"description": "Unchanged since the ETag that was sent."},
        **problems_for(*REFUSED, *EVERYWHERE),
    }


@router.get(
    "", summary="Names by decision", response_model=DecisionFeed, responses=_answers("application/json", EXAMPLE)
)
def feed(
    ask: Ask,
    by: By = None,
    governed_by: GovernedBy = None,
    since: Since = None,
    until: AsOf = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    demonstration: Demonstration = "false",
) -> Response:
    """Decisions with the names that each gave and ended, the latest first; `since` and `as_of` bound the days.

    A date that is known only in part (`1986`) is told with every day on which it may have been.
    """
    asked = Asked(_governing(by, governed_by), since, until, demonstration == "true")
    return ask.answer(lambda connection: decision_feed(connection, asked, limit=limit, cursor=cursor))


@router.get(
    ".atom",
    summary="Names by decision, as Atom",
    response_class=Response,
    responses=_answers("application/atom+xml", "<feed xmlns='http://www.w3.org/2005/Atom'>…</feed>"),
)
def atom(
    ask: Ask,
    by: By = None,
    governed_by: GovernedBy = None,
    since: Since = None,
    until: AsOf = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    demonstration: Demonstration = "false",
) -> Response:
    """The same for feed readers (RFC 4287), each page with a link to the next (RFC 5005)."""
    asked = Asked(_governing(by, governed_by), since, until, demonstration == "true")

    def question(connection: Connection) -> dict[str, Any]:
        return decision_feed(connection, asked, limit=limit, cursor=cursor)

    with ask.databases.reading() as connection:
        found = question(connection)
    written = as_atom(str(ask.request.base_url).rstrip("/"), str(ask.request.url), found)
    return conditional(ask.request, written, PUBLIC_CACHE, "application/atom+xml")


def as_atom(base: str, here: str, found: dict[str, Any]) -> bytes:
    """A page of the feed as an Atom document; `base` and `here`: addresses of this installation and of the page."""
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "zh"})
    _text(root, "id", f"{base}/v1/decision-feed?by={found['by']}")
    _text(root, "title", "地名决定 · Decisions on names")
    items = found["items"]
    recorded = max((item["recorded_at"].isoformat() for item in items), default=f"1970-01-01{MIDNIGHT}")
    _text(root, "updated", recorded)
    _text(Xml.SubElement(root, f"{{{ATOM}}}author"), "name", "Diming 地名")
    Xml.SubElement(root, f"{{{ATOM}}}link", rel="self", href=here)
    if found["next"]:
        Xml.SubElement(root, f"{{{ATOM}}}link", rel="next", href=_next(base, here, found["next"]))
    for item in items:
        _add(root, base, item)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _next(base: str, here: str, cursor: str) -> str:
    query = here.partition("?")[2]
    kept = [part for part in query.split("&") if part and not part.startswith("cursor=")]
    return f"{base}/v1/decision-feed.atom?{'&'.join([*kept, f'cursor={cursor}'])}"


def _add(root: Xml.Element, base: str, item: dict[str, Any]) -> None:
    entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", f"urn:uuid:{item['id']}")
    number = f"（{item['doc_no']}）" if item["doc_no"] else ""
    _text(entry, "title", f"{item['title']}{number}")
    _text(entry, "updated", item["recorded_at"].isoformat())
    _text(entry, "published", _moment(item["date"]))
    if item["authority"]:
        _text(Xml.SubElement(entry, f"{{{ATOM}}}author"), "name", item["authority"])
    Xml.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/v1/decisions/{item['id']}")
    _text(entry, "summary", _summary(item))


def _moment(day: str) -> str:
    """The first moment of a date that may be partial."""
    year, month, dom = (*day.split("-"), "01", "01")[:3]
    return f"{year}-{month}-{dom}{MIDNIGHT}"


def _summary(item: dict[str, Any]) -> str:
    def of(effect: str) -> str:
        return "、".join(name["name"] for name in item["names"] if name["effect"] == effect)

    begun, ended = of("opened"), of("closed")
    parts = [f"启用：{begun}" if begun else "", f"停用：{ended}" if ended else ""]
    more = item["names_in_all"] - len(item["names"])
    return "；".join(part for part in (item["date"], *parts, f"另有 {more} 个" if more else "") if part)


def _text(parent: Xml.Element, name: str, value: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = value
