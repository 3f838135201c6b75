"""A proposal as numbered rows of a list and as features of the map of findings (macros/findings_map.html). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
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
            geometry = changed_part(conflict["ours"], conflict["theirs"])
            yield _row("error", t("proposals.conflict"), t("proposals.conflict_said"), geometry, conflict["segment"])
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
        geometry = changed_part(change["before"], change["after"])
        title = t("proposals.change." + change["kind"])
        yield _row("info", title, _of_change(t, change, shown), geometry, change["segment"])


def changed_part(before: Found | None, after: Found | None) -> dict[str, Any] | None:
    """The edges of the later course that the earlier has not; the whole where it stands alone or has no such edge."""
    if before is None or after is None:
        found = after or before
        return found["geometry"] if found else None
    known = {frozenset(edge) for edge in pairwise(map(tuple, before["geometry"]["coordinates"]))}
    runs: list[list[Any]] = [[]]
    for one, other in pairwise(map(tuple, after["geometry"]["coordinates"])):
        if frozenset((one, other)) in known:
            runs.append([])
        else:
            runs[-1] = runs[-1] + [other] if runs[-1] else [one, other]
    parts = [run for run in runs if run]
    return {"type": "MultiLineString", "coordinates": parts} if parts else after["geometry"]


def _of_change(t: Translator, change: Found, shown: Found) -> str:
    sides = " | ".join(side["name"] if side else t("proposals.nobody") for side in (shown["left"], shown["right"]))
    moved = change["displacement"]
    if not moved:
        return sides
    return f"{sides} · " + t("proposals.moved", p50=moved["p50_m"], p95=moved["p95_m"], most=moved["max_m"])


def features_of(found: Found, rows: list[dict[str, Any]]) -> list[Feature]:
    """The courses before and after as ground, and every row that has a place."""
    before = [change["before"]["geometry"] for change in found["changes"] if change["before"]]
    after = [change["after"]["geometry"] for change in found["changes"] if change["after"]]
    told = [
        _feature(
            row["geometry"], draw="finding", id=str(row["number"]), severity=row["severity"],
            label=str(row["number"]), title=f"{row['number']} · {row['title']}",
        )
        for row in rows if row["geometry"]
    ]  # fmt: skip
    ground = [("legal", before), ("handed_in", after)]
    return [*(_feature(course, draw=how) for how, courses in ground for course in courses), *told]


def _feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
