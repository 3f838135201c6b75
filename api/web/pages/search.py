"""Search: everything that a name, former name, pinyin or code finds, and by what it was found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.i18n import Translator
from api.web.view import View
from api.web.visit import Visiting
from geonames.search.service import search_places

router = APIRouter(include_in_schema=False)

PAGE = 30
#: The classes of 地名管理条例 第三条 that the register holds entries of so far.
CLASSES = ("ADMIN_DIVISION", "OTHER")


@router.get("/search")
def search(visit: Visiting) -> Response:
    """What `q` finds, within a unit or class where asked."""
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
    )


def _ask(visit: Visiting, q: str) -> dict[str, Any]:
    query = visit.view.query
    return search_places(
        visit.conn,
        q=q,
        within=query.get("within") or None,
        class_=query.get("class") or None,
        as_of=visit.view.as_of if visit.view.past else None,
        limit=PAGE,
        cursor=query.get("cursor") or None,
    )


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
    if kind in ("short", "alias", "pinyin", "initials", "traditional", "code") and by != name:
        return t(f"search.by.{kind}", name=by)
    return ""
