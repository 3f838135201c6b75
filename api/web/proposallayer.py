"""A proposal as numbered rows of a list and as features of the map of findings (macros/findings_map.html). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shapely.geometry import Point, mapping

from api.web.i18n import Translator

Found = Mapping[str, Any]
Feature = dict[str, Any]


def rows_of(t: Translator, found: Found) -> list[dict[str, Any]]:
    """What the list shows: what stands against it first, then every change.

    Each has `number`, `severity`, `title`, `said`, `segment` (its id, or None) and `geometry` (None: nowhere to show).
    """
    against = found["against"] or {"conflicts": [], "faults": [], "opened": []}
    rows = [*_conflicts(t, against), *_faults(t, against), *_opened(t, against), *_changes(t, found)]
    return [{"number": number, **row} for number, row in enumerate(rows, 1)]


def _row(severity: str, title: str, said: str, geometry: Any, segment: Any = None) -> dict[str, Any]:
    return {"severity": severity, "title": title, "said": said, "geometry": geometry, "segment": segment}


def _conflicts(t: Translator, against: Found) -> Iterator[dict[str, Any]]:
    for conflict in against["conflicts"]:
        if "segment" in conflict:
            shown = conflict["theirs"] or conflict["ours"] or conflict["base"]
            yield _row("error", t("proposals.conflict"), t("proposals.conflict_said"), shown and shown["geometry"],
                       conflict["segment"])  # fmt: skip
        else:
            yield _row("error", t("proposals.line_conflict"), t("proposals.conflict_said"), None, conflict["line"])


def _faults(t: Translator, against: Found) -> Iterator[dict[str, Any]]:
    for fault in against["faults"]:
        place = mapping(Point(fault["at"])) if fault["at"] else None
        yield _row("error", t("proposals.fault." + fault["kind"]), t("proposals.fault_said"), place)


def _opened(t: Translator, against: Found) -> Iterator[dict[str, Any]]:
    for opening in against["opened"]:
        name = opening["unit"]["name"] if opening["unit"] else ""
        said = t("proposals.opened_said", name=name)
        yield _row("warning", t("proposals.opened"), said, mapping(Point(opening["at"])))


def _changes(t: Translator, found: Found) -> Iterator[dict[str, Any]]:
    for change in found["changes"]:
        shown = change["after"] or change["before"]
        yield _row("info", t("proposals.change." + change["kind"]), _of_change(t, change, shown), shown["geometry"],
                   change["segment"])  # fmt: skip


def _of_change(t: Translator, change: Found, shown: Found) -> str:
    sides = " | ".join(side["name"] if side else t("proposals.nobody") for side in (shown["left"], shown["right"]))
    moved = change["displacement"]
    if not moved:
        return sides
    return f"{sides} · " + t("proposals.moved", p50=moved["p50_m"], p95=moved["p95_m"], most=moved["max_m"])


def features_of(found: Found, rows: list[dict[str, Any]]) -> list[Feature]:
    """The courses before as ground, and every row that has a place."""
    before = [change["before"]["geometry"] for change in found["changes"] if change["before"]]
    told = [
        _feature(
            row["geometry"], draw="finding", id=str(row["number"]), severity=row["severity"],
            label=str(row["number"]), title=f"{row['number']} · {row['title']}",
        )
        for row in rows if row["geometry"]
    ]  # fmt: skip
    return [*(_feature(course, draw="legal") for course in before), *told]


def _feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
