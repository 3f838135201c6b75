"""Sheets as they are asked for by address: kind, scale, paper, and the address of their PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from boundaries.sheets.model import Kind, Order
from data.errors import BadRequest

DEFAULT_PAPER = "A3"


def order_from(query: Mapping[str, str], usual_scale: int) -> Order:
    """The order in an address: `kind`, `scale`, `paper`; raises what `Order.check` raises."""
    order = Order(
        cast(Kind, query.get("kind") or "agreement"),
        parse_scale(query.get("scale")) or usual_scale,
        query.get("paper") or DEFAULT_PAPER,
    )
    order.check()
    return order


def parse_scale(text: str | None) -> int | None:
    """The denominator, written `10000` or `1:10000`; `BadRequest` `bad_sheet_scale` for anything else."""
    if not text:
        return None
    digits = text.removeprefix("1:")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 9):
        raise BadRequest(f"{text[:20]!r} is no scale; write 1:10000.", code="bad_sheet_scale")
    return int(digits)


def pdf_address(line: UUID, order: Order, query: Mapping[str, str], as_of: date | None) -> str:
    """Where the PDF of these sheets is."""
    wanted: dict[str, Any] = {"kind": order.kind, "scale": order.scale, "paper": order.paper}
    if order.kind == "diff" and query.get("with"):
        wanted["with"] = query["with"]
    if order.kind == "claims":
        wanted |= {name: query[name] for name in ("claim_left", "claim_right") if query.get(name)}
    if as_of is not None:
        wanted["as_of"] = as_of
    return f"/v1/lines/{line}/sheets?{urlencode(wanted)}"
