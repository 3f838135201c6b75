"""The versions of a unit as rows of its timeline: what changed from one to the next, and by which document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.web.drawing.timeline import Axis, Bar
from api.web.view import View
from boundaries.units.annals import changed_aspects

#: What makes two versions differ, the most telling first (keys of the catalogue, event.*).
TELLING = (("name", "renamed"), ("type", "retyped"), ("code", "recoded"), ("parent", "moved"))


def what_changed(version: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """The key of what happened when `version` began; `before` is the version that ended then."""
    if before is None:
        return "start" if version["valid"]["precision"] == "before" else "established"
    changed = [event for key, event in TELLING if key in changed_aspects(before, version)]
    if "renamed" in changed and "retyped" in changed:
        return "retyped"
    return changed[0] if changed else "changed"


def version_rows(view: View, axis: Axis, as_of: date, history: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The versions, the latest first, each with its bar."""
    decisions = {decision["id"]: decision for decision in history["decisions"]}
    versions: Sequence[Mapping[str, Any]] = history["versions"]
    previous = [None, *versions[:-1]]
    rows = [
        _row(view, axis, as_of, version, before, decisions.get(version["opened_by"]))
        for version, before in zip(versions, previous, strict=True)
    ]
    return rows[::-1]


def _row(
    view: View,
    axis: Axis,
    as_of: date,
    version: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    decision: Mapping[str, Any] | None,
) -> dict[str, Any]:
    valid = version["valid"]
    known = valid["precision"] != "before"
    moved = before is not None and "parent" in changed_aspects(before, version) and version["parent"]
    return {
        "start": valid["from"],
        "end": valid["to"],
        "start_known": known,
        "code": version["code"],
        "name": version["name"],
        "type": version["type"],
        "what": what_changed(version, before),
        "parent_changed": version["parent"]["name"] if moved else None,
        "decision": decision if decision and decision["kind"] != "source_record" else None,
        "bar": axis.bar(valid["from"], valid["to"], as_of, start_known=known),
        "fuzzy": _fuzzy(axis, valid),
        "url": view.url(f"/units/{version['code']}", as_of=_last_shown(view, valid)),
    }


def _last_shown(view: View, valid: Mapping[str, Any]) -> date | None:
    """The day on which a version is looked at: its first, or the present where it still stands."""
    last = view.span.last if view.span else None
    standing = valid["to"] is None or (last is not None and valid["to"] > last)
    first: date = valid["from"]
    return None if standing else first


def _fuzzy(axis: Axis, valid: Mapping[str, Any]) -> Bar | None:
    """The days within which the change may have happened, where the documents do not say."""
    if "from_within" not in valid:
        return None
    first, last = valid["from_within"]
    return axis.bar(first, last, first)
