"""Units as the API shows them: pure functions from rows to the public objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from data.db import Row


def uncertain_on(row: Row, as_of: date) -> bool:
    """Whether the documents leave open that this version holds on that day.

    `opened_within` and `closed_within` are half-open ranges of the days on
    which the change may or may not have happened yet.
    """
    windows = (row["opened_within"], row["closed_within"])
    return any(window is not None and as_of in window for window in windows)


def valid_object(row: Row) -> dict[str, Any]:
    """`valid` of a version: `from` inclusive, `to` exclusive or null, and how exactly they are known.

    `precision` is `day`, or `year` where a day within `from_within` or
    `to_within` is not known, or `before` where the unit is older than `from`.
    """
    begins, ends = row["opened_within"], row["closed_within"]
    precision = "day"
    if begins is not None or ends is not None:
        precision = "year"
    if not row["begin_known"]:
        precision = "before"
    result: dict[str, Any] = {
        "from": row["valid_from"],
        "to": row["valid_to"],
        "precision": precision,
    }
    if begins is not None:
        result["from_within"] = _days(begins)
    if ends is not None:
        result["to_within"] = _days(ends)
    return result


def _days(window: Any) -> list[date]:
    """First and last day on which the change may have happened."""
    return [window.lower, max(window.upper, window.lower + timedelta(days=1))]


def unit_object(
    row: Row,
    chain: Sequence[Row],
    decisions: Iterable[Mapping[str, Any]],
    *,
    as_of: date,
    register_through: date,
) -> dict[str, Any]:
    """The object of `GET /v1/units/{code}`; `chain` runs from the province down to the unit itself."""
    above = chain[-2] if len(chain) > 1 else None
    standing = row["valid_to"] is None or row["valid_to"] > register_through
    return {
        "id": row["unit_id"],
        "code": row["code"],
        "name": row["name"],
        "roman": row.get("roman"),
        "roman_source": row.get("roman_source"),
        "level": row["level"],
        "type": row["type"],
        "parent": {"code": above["code"], "name": above["name"]} if above else None,
        "chain": [{"code": c["code"], "name": c["name"], "level": c["level"]} for c in chain],
        "valid": valid_object(row),
        "as_of": as_of,
        "uncertain": uncertain_on(row, as_of) or any(uncertain_on(c, as_of) for c in chain if "opened_within" in c),
        "register_through": register_through,
        "status": "current" if standing else "former",
        "demonstration": bool(row.get("demonstration")),
        "decisions": list(decisions),
    }


def version_object(row: Row, parent: Row | None) -> dict[str, Any]:
    """One version in a unit's history; `parent` by the code and name of the version's first day."""
    return {
        "id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "roman": row.get("roman"),
        "level": row["level"],
        "type": row["type"],
        "parent": {"id": parent["unit_id"], "code": parent["code"], "name": parent["name"]} if parent else None,
        "valid": valid_object(row),
        "opened_by": row["opened_by"],
        "closed_by": row["closed_by"],
    }


def edge_object(row: Row, *, outgoing: bool) -> dict[str, Any]:
    """One lineage edge seen from one of its units; `unit` is the other side on that day."""
    side = "to" if outgoing else "from"
    window = row["happened_within"]
    return {
        "id": row["id"],
        "kind": row["kind"],
        "unit": {
            "id": row[f"{side}_unit"],
            "code": row[f"{side}_code"],
            "name": row[f"{side}_name"],
            "level": row[f"{side}_level"],
        },
        "whole_from": row["whole_from"],
        "whole_to": row["whole_to"],
        "date": row["happened_on"],
        "date_within": _days(window) if window is not None else None,
        "attested": row["attested"],
        "derived": row["derived"],
        "decision": row["opened_by"],
    }


def decision_object(row: Row) -> dict[str, Any]:
    """A decision in short, as it stands beside what it opened or closed."""
    keys = ("id", "doc_no", "title", "kind", "authority", "approved_on", "announced_on")
    return {**{key: row[key] for key in keys}, "effective_on": row["effective_on"], "basis": row["basis"]}
