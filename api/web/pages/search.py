"""Search: everything that a name, former name, pinyin or code finds, and by what it was found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.i18n import Translator
from api.web.view import View
from api.web.visit import Visiting
from geonames.search.query import CLASSES, STATUSES
from geonames.search.service import search_places

router = APIRouter(include_in_schema=False)

PAGE = 30


@router.get("/search")
@router.get("/places")
def search(visit: Visiting) -> Response:
    """What `q` finds, within a unit, class or status where asked; all of it stands in the address."""
    view = visit.view
    q = view.query.get("q", "").strip()
    found = _ask(visit, q) if q else {"items": [], "next": None}
    return visit.page(
        "search.html",
        q=q,
        asked=bool(q),
        classes=CLASSES,
        items=[shown(view, item) for item in found["items"]],
        following=found["next"],
        statuses=STATUSES,
        within=_places(found.get("understood")),
    )


def _ask(visit: Visiting, q: str) -> dict[str, Any]:
    query = visit.view.query
    return search_places(
        visit.conn,
        q=q,
        within=query.get("within") or None,
        class_=query.get("class") or None,
        status=query.get("status") or None,
        as_of=visit.view.as_of if visit.view.past else None,
        limit=PAGE,
        cursor=query.get("cursor") or None,
    )


def _places(understood: dict[str, Any] | None) -> str:
    """The units that the question named before the place; nothing where it named none."""
    return "、".join(unit["name"] for unit in understood["within"]) if understood else ""


def shown(view: View, item: dict[str, Any]) -> dict[str, Any]:
    """A hit as the list shows it: where it leads and why it was found."""
    is_unit = item["class"] == "ADMIN_DIVISION"
    address = f"/units/{item['code']}" if is_unit else f"/places/{item['id']}"
    return {
        **item,
        "code": item["code"] if is_unit else None,
        "address": view.url(address),
        "level_label": view.t(f"level.{item['level']}") if is_unit else "",
        "why": why(view.t, item["name"], item["matched"]),
    }


def why(t: Translator, name: str, matched: dict[str, Any]) -> str:
    """By what it was found, where that is not plain from its name."""
    kind, by = matched["kind"], matched.get("name") or ""
    if kind == "former":
        until = (matched.get("valid") or {}).get("to")
        return t("search.was", name=by, day=until) if until else t("search.former", name=by)
    if kind in ("fuzzy", "homophone"):
        return t(f"search.by.{kind}", name=by)
    if kind in ("short", "alias", "pinyin", "initials", "traditional", "code") and by != name:
        return t(f"search.by.{kind}", name=by)
    return ""
