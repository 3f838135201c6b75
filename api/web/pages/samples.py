"""Examples for the style guide: real ones of the register; what is invented says so on the page."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.web.drawing.lineage import Descent, Relative, draw
from api.web.drawing.timeline import Axis
from api.web.history import version_rows
from api.web.view import Span, View

#: Names of tokens.css, with what each is for (keys of the catalogue, swatch.*).
COLOURS = (
    ("ink", "#1a2027"),
    ("ink-soft", "#444d58"),
    ("ink-faint", "#646e7a"),
    ("line-strong", "#b4bcc6"),
    ("line", "#dde1e6"),
    ("ground", "#f5f6f8"),
    ("action", "#1c4b82"),
    ("action-wash", "#e9f0f8"),
    ("legal", "#a8221a"),
    ("warn", "#7a5200"),
    ("warn-wash", "#fdf5e1"),
    ("done", "#1d6438"),
    ("claim-a", "#c0281f"),
    ("claim-b", "#1f5fbf"),
    ("halo", "#ffb000"),
    ("outside", "#eaedf0"),
)

#: 国函〔2010〕129号: 襄樊市 becomes 襄阳市 and keeps its code.
HUBEI = {"id": "420000", "code": "420000", "name": "湖北省"}
RENAMED_ON = date(2010, 11, 26)
XIANGYANG = {
    "versions": [
        {
            "code": "420600",
            "name": "襄樊市",
            "type": "地级市",
            "parent": HUBEI,
            "valid": {"from": date(1981, 12, 31), "to": RENAMED_ON, "precision": "before"},
            "opened_by": 1,
        },
        {
            "code": "420600",
            "name": "襄阳市",
            "type": "地级市",
            "parent": HUBEI,
            "valid": {"from": RENAMED_ON, "to": None, "precision": "day"},
            "opened_by": 2,
        },
    ],
    "decisions": [{"id": 2, "kind": "approval", "doc_no": "国函〔2010〕129号"}],
}


def everything(view: View) -> dict[str, Any]:
    """All that the style guide shows."""
    span = view.span or Span(date(1981, 12, 31), date(2024, 12, 31))
    axis = Axis(span.first, span.last)
    return {
        "colours": COLOURS,
        "rows": version_rows(view, axis, span.last, XIANGYANG),
        "ticks": axis.ticks(),
        "as_of_x": axis.at(span.last),
        "drawing": chaohu(),
        "addresses": dict.fromkeys(("a", "b", "c", "d"), "#lineage"),
        "layer": view.url("/map/layers/province.json"),
    }


def chaohu() -> Any:
    """巢湖市 (341400), abolished in 2011: its land went to three cities."""
    relatives = [
        Relative("a", "341400", "巢湖市", 0, "1999–2011", former=True),
        Relative("b", "340100", "合肥市", 1),
        Relative("c", "340200", "芜湖市", 1),
        Relative("d", "340500", "马鞍山市", 1),
    ]
    passages = [Descent("a", key, "划入", "2011-08-22", whole=False) for key in ("b", "c", "d")]
    return draw(relatives, passages)
