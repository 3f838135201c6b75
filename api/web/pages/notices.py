"""Announcements of names (公告): the public list, one announcement, and the list as an Atom feed."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

from fastapi import APIRouter
from starlette.responses import Response

from api.web.drawing.shapes import draw_shapes
from api.web.visit import Visiting
from boundaries.units.coding import check_code
from data.decisions import is_demonstration_number
from data.errors import NotFound
from geonames.applications.notices import find_notice, list_notices
from geonames.applications.routes.rows import route_book
from geonames.places.classes import parse_class

router = APIRouter(include_in_schema=False)
PAGE = 50
ATOM = "http://www.w3.org/2005/Atom"


@router.get("/notices")
def notices(visit: Visiting) -> Response:
    """Announcements within a division, the latest first."""
    query = visit.view.query
    within = check_code(query["within"]) if query.get("within") else None
    found = list_notices(visit.conn, within=within, limit=PAGE, cursor=query.get("cursor") or None)
    return visit.page(
        "notices.html", items=found["items"], following=found["next"], within=within, kinds=route_book().words["kind"]
    )


@router.get("/notices.atom")
def feed(visit: Visiting) -> Response:
    """The latest announcements as an Atom feed (RFC 4287)."""
    query = visit.view.query
    within = check_code(query["within"]) if query.get("within") else None
    items = list_notices(visit.conn, within=within, limit=PAGE)["items"]
    return Response(_atom(str(visit.request.base_url).rstrip("/"), items), media_type="application/atom+xml")


def _atom(base: str, items: list[dict[str, Any]]) -> bytes:
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed")
    _text(root, "id", f"{base}/notices")
    _text(root, "title", "地名公告")
    _text(root, "updated", f"{items[0]['announced_on']}T00:00:00+08:00" if items else "1970-01-01T00:00:00+08:00")
    Xml.SubElement(root, f"{{{ATOM}}}link", rel="self", href=f"{base}/notices.atom")
    for item in items:
        entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", f"urn:uuid:{item['id']}")
        _text(entry, "title", f"{item['name']} {item['roman']}".strip())
        _text(entry, "updated", f"{item['announced_on']}T00:00:00+08:00")
        author = Xml.SubElement(entry, f"{{{ATOM}}}author")
        _text(author, "name", item["announced_by"])
        _text(entry, "summary", f"{item['position']}；{item['authority']}，{item['approved_on']}")
        Xml.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/notices/{item['id']}")
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: Xml.Element, name: str, value: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = value


@router.get("/notices/{notice_id}")
def notice(visit: Visiting, notice_id: str) -> Response:
    """One announcement, to be read and printed."""
    try:
        identifier = UUID(notice_id)
    except ValueError as error:
        raise NotFound("There is no announcement with this id.", code="no_such_notice_of_names") from error
    found = find_notice(visit.conn, identifier)
    geometry = found.get("geometry")
    return visit.page(
        "notice.html", notice=found, kinds=route_book().words["kind"],
        drawing=draw_shapes([geometry]) if geometry else None,
        is_invented=is_demonstration_number(found["approval_doc_no"]),
        art3=parse_class(found["class"]).art3,
    )  # fmt: skip
