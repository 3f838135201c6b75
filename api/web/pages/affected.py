"""What a decision opened and closed, as rows that lead to the units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.web.visit import Visit
from boundaries.units.effects import versions_by_id


def affected_units(visit: Visit, decision: Mapping[str, Any], effect: str) -> list[dict[str, Any]]:
    """The unit versions that `decision` opened, closed or supports, each with its page on its first day."""
    versions = versions_by_id(visit.conn, [link["id"] for link in decision[effect]])
    return [
        {
            "code": v["code"],
            "name": v["name"],
            "type": v["type"],
            "start": v["valid_from"],
            "end": v["valid_to"],
            "start_known": v["begin_known"],
            "address": visit.view.url(f"/units/{v['code']}", as_of=v["valid_from"] if v["valid_to"] else None),
        }
        for v in versions
    ]
